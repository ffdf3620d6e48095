"""The schedule: approvals first, then a month as one list of days, or the list from a day on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for

from app import clock, times
from app.forms.kiriman import read_day
from app.frame import organisation_id, parts, standing, zone
from app.queries import jadwal, kiriman
from app.rights import needs

bp = Blueprint("jadwal", __name__)

#: More than this many of a day are counted, not shown; the day's own list has them all.
SHOWN_A_DAY = 4
#: The list shows this many days and posts at once.
LIST_DAYS, LIST_POSTS = 60, 100


@dataclass(frozen=True)
class Day:
    """A day of the list. out: of another month. more: posts that are not shown."""

    day: date
    slots: Sequence[jadwal.Slot]
    more: int = 0
    out: bool = False
    past: bool = False
    today: bool = False


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    month: date
    day: date | None
    listed: bool
    state: str | None
    account_id: int | None
    before: bool

    def link(self, **other: Any) -> str:
        """The same page with something else chosen."""
        values: dict[str, Any] = {
            "bulan": None if self.listed else f"{self.month:%Y-%m}",
            "tampilan": "daftar" if self.listed else None,
            "hari": self.day.isoformat() if self.day else None,
            "saring": self.state,
            "akun": self.account_id,
        } | other
        return url_for("jadwal.index", **{key: value for key, value in values.items() if value is not None})


@bp.get("/jadwal")
@needs("jadwal.lihat")
def index() -> Any:
    """The page."""
    today = times.local(clock.now(), zone()).date()
    asked = _asked(today)
    since, until = _span(asked, today)
    with parts().db.read() as session:
        place = organisation_id()
        found = jadwal.between(session, place, _midnight(since), _midnight(until), account_id=asked.account_id)
        wanted = [slot for slot in found if asked.state is None or slot.state in jadwal.FILTERS[asked.state]]
        days, left = _listed(wanted, today) if asked.listed else (_month(wanted, since, asked, today), 0)
        shown = [slot.id for day in days for slot in day.slots]
        facts = {
            "nets": jadwal.nets(session, shown),
            "accounts": kiriman.choices(session, place),
            "approvals": jadwal.to_approve(session, place) if standing().may("kiriman.setujui") else [],
            "drafts": jadwal.drafts(session, place) if standing().may("kiriman.tulis") else [],
        }
    counts = {name: sum(slot.state in states for slot in found) for name, states in jadwal.FILTERS.items()}
    return render_template(
        "jadwal/index.html",
        asked=asked,
        days=days,
        left=left,
        counts=counts,
        total=len(found),
        month_words=f"{times.MONTHS[asked.month.month - 1]} {asked.month.year}",
        around=_around(asked),
        today=today,
        local_day=lambda at: times.local(at, zone()).date(),
        short_days=times.SHORT_DAYS,
        day_names=times.DAYS,
        **facts,
    )


def _asked(today: date) -> Asked:
    """The address, with the present for whatever cannot be read."""
    month = today.replace(day=1)
    named = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", request.args.get("bulan", ""), re.ASCII)
    if named:
        month = date(int(named[1]), int(named[2]), 1)
    day = read_day(request.args.get("hari"))
    state = request.args.get("saring")
    account = request.args.get("akun", "")
    return Asked(
        month=month,
        day=day,
        listed=request.args.get("tampilan") == "daftar" or day is not None,
        state=state if state in jadwal.FILTERS else None,
        account_id=int(account) if account.isascii() and account.isdigit() and len(account) < 10 else None,
        before=request.args.get("lewat") == "1",
    )


def _span(asked: Asked, today: date) -> tuple[date, date]:
    """First day and the day after the last one: whole weeks from Monday for a month."""
    if asked.day is not None:
        return asked.day, asked.day + timedelta(days=1)
    if asked.listed:
        return today, today + timedelta(days=LIST_DAYS)
    since = asked.month - timedelta(days=asked.month.weekday())
    last = _next(asked.month) - timedelta(days=1)
    return since, last + timedelta(days=7 - last.weekday())


def _month(slots: Sequence[jadwal.Slot], since: date, asked: Asked, today: date) -> list[Day]:
    """Every day of the weeks, empty ones too. Days gone by are marked, except where only they are of interest."""
    by_day = _by_day(slots)
    _, until = _span(asked, today)
    hide = not asked.before and asked.month.replace(day=1) == today.replace(day=1)
    days = []
    for at in range((until - since).days):
        day = since + timedelta(days=at)
        here = by_day.get(day, [])
        more = len(here) - SHOWN_A_DAY if len(here) > SHOWN_A_DAY else 0
        days.append(
            Day(
                day,
                here[: SHOWN_A_DAY - 1] if more else here,
                more + 1 if more else 0,
                out=day.month != asked.month.month,
                past=hide and day < today,
                today=day == today,
            )
        )
    return days


def _listed(slots: Sequence[jadwal.Slot], today: date) -> tuple[list[Day], int]:
    """Only days with posts; and how many posts there was no room for."""
    days = [Day(day, here, today=day == today) for day, here in sorted(_by_day(slots[:LIST_POSTS]).items())]
    return days, max(0, len(slots) - LIST_POSTS)


def _by_day(slots: Sequence[jadwal.Slot]) -> dict[date, list[jadwal.Slot]]:
    found: dict[date, list[jadwal.Slot]] = {}
    for slot in slots:
        found.setdefault(times.local(slot.due_at, zone()).date(), []).append(slot)
    return found


def _around(asked: Asked) -> list[tuple[str, str]]:
    """(words, address) of the month before and the one after."""
    months = ((asked.month - timedelta(days=1)).replace(day=1), _next(asked.month))
    here = replace(asked, day=None, listed=False)
    return [(f"{times.MONTHS[month.month - 1]} {month.year}", here.link(bulan=f"{month:%Y-%m}")) for month in months]


def _next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone()))
