"""The working calendar of an organisation: read from the database, corrected by people.

``Organisation.rules["hours"]`` holds what differs from the defaults of app/worktime.Hours:
``{"week": [[480, 960], ..., null, null], "friday_break": [690, 780], "ramadan": [480, 900, 930]}``; what cannot be
understood there counts as not written, since a deadline must never fail to be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, or_, select

from app import clock, national_days
from app.models import CalendarEntry, Organisation
from app.models.calendar import CALENDAR
from app.problems import Problem
from app.states import Actor, note
from app.worktime import Calendar, Correction, Hours

#: Days that one entry may cover; a longer closure is a mistake in a year.
LONGEST = 92
#: Years around the present in which a day may lie.
YEARS = 10
NAME_MOST = 100
_MIDNIGHT = 1440


@dataclass(frozen=True)
class Wish:
    """A day or a range as people write it. first, last: local dates, inclusive. Times: minutes after midnight, of
    "jam", and of "kerja" where it differs from the week's; closes_friday None: as the other days."""

    kind: str
    first: date
    last: date
    name: str
    opens: int | None = None
    closes: int | None = None
    friday_closes: int | None = None


def of(session: Session, organisation: Organisation) -> Calendar:
    """The calendar as it is now; the organisation's own corrections and those of the installation in it."""
    rows = session.exec(
        select(CalendarEntry).where(
            or_(
                col(CalendarEntry.organisation_id) == organisation.id,
                col(CalendarEntry.organisation_id).is_(None),
            )
        )
    )
    corrections = tuple(
        Correction(
            row.id or 0, row.kind, row.first, row.last, row.name, row.opens, row.closes, row.friday_closes,
            own=row.organisation_id is not None,
        )
        for row in rows
    )  # fmt: skip
    return Calendar(
        organisation.zone, hours_of(organisation.rules), corrections, national_days.of_year, national_days.ramadan
    )


def hours_of(rules: Mapping[str, Any]) -> Hours:
    """The hours of an organisation's week."""
    given = rules.get("hours")
    given = given if isinstance(given, dict) else {}
    plain = Hours()
    week = given.get("week")
    if isinstance(week, list) and len(week) == 7 and any(_span(each) for each in week):
        days = tuple(_span(each) for each in week)
    else:
        days = plain.week
    ramadan = plain.ramadan
    if "ramadan" in given:
        ramadan = _three(given["ramadan"])
    return Hours(days, _span(given.get("friday_break")), ramadan)


def set_hours(session: Session, organisation_id: int, by: Actor, hours: Hours) -> None:
    """Other hours of the week. Problem: unknown_organisation, hours_none, hours_order (day, from 0: Monday)."""
    organisation = _organisation(session, organisation_id)
    if len(hours.week) != 7 or not any(hours.week):
        raise Problem("hours_none")
    for number, span in enumerate(hours.week):
        if span is not None and _span(list(span)) is None:
            raise Problem("hours_order", day=number)
    if hours.friday_break is not None and _span(list(hours.friday_break)) is None:
        raise Problem("hours_order", field="break_from", day=4)
    if hours.ramadan is not None and _three(list(hours.ramadan)) is None:
        raise Problem("hours_order", field="ramadan_opens")
    written = {
        "week": [list(span) if span else None for span in hours.week],
        "friday_break": list(hours.friday_break) if hours.friday_break else None,
        "ramadan": list(hours.ramadan) if hours.ramadan else None,
    }
    before = organisation.rules.get("hours")
    # A new dictionary: a change inside the old one would not be seen.
    organisation.rules = {**organisation.rules, "hours": written}
    session.add(organisation)
    session.flush()
    note(session, organisation, "hours", by, facts={"from": before, "to": written})


def add(session: Session, organisation_id: int | None, by: Actor, wish: Wish) -> CalendarEntry:
    """Write a correction down; organisation_id None: for the whole installation. Problems as of ``check``."""
    check(wish)
    if organisation_id is not None:
        _organisation(session, organisation_id)
    entry = CalendarEntry(organisation_id=organisation_id, kind=wish.kind, first=wish.first, last=wish.last, name="")
    _fill(entry, wish, by)
    session.add(entry)
    session.flush()
    note(session, entry, "add", by, facts=_facts(entry))
    return entry


def change(session: Session, entry_id: int, by: Actor, wish: Wish) -> CalendarEntry:
    """Write a correction anew. Problem("unknown_day") and as of ``check``."""
    check(wish)
    entry = get(session, entry_id)
    before = _facts(entry)
    _fill(entry, wish, by)
    session.add(entry)
    session.flush()
    note(session, entry, "change", by, facts={"from": before, "to": _facts(entry)})
    return entry


def remove(session: Session, entry_id: int, by: Actor) -> None:
    """Take a correction away; what it was stays in the history. Problem("unknown_day")."""
    entry = get(session, entry_id)
    note(session, entry, "remove", by, facts=_facts(entry))
    session.delete(entry)
    session.flush()


def get(session: Session, entry_id: int) -> CalendarEntry:
    """One correction; Problem("unknown_day")."""
    entry = session.get(CalendarEntry, entry_id)
    if entry is None:
        raise Problem("unknown_day", id=entry_id)
    return entry


def check(wish: Wish) -> None:
    """Problem: unknown_kind, name_needed, text_too_long, day_order, day_long, day_far, hours_order."""
    if wish.kind not in CALENDAR:
        raise Problem("unknown_kind", field="kind", name=wish.kind, known=", ".join(CALENDAR))
    if not wish.name.strip():
        raise Problem("name_needed", field="name")
    if len(wish.name) > NAME_MOST:
        raise Problem("text_too_long", field="name", most=NAME_MOST)
    if wish.last < wish.first:
        raise Problem("day_order", field="last")
    if (wish.last - wish.first).days >= LONGEST:
        raise Problem("day_long", field="last", most=LONGEST)
    if abs(wish.first.year - clock.now().year) > YEARS:
        raise Problem("day_far", field="first")
    given = (wish.opens, wish.closes)
    if wish.kind == "jam" or (wish.kind == "kerja" and given != (None, None)):
        if _span(list(given)) is None:
            raise Problem("hours_order", field="opens")
        if wish.friday_closes is not None and not (wish.opens or 0) < wish.friday_closes <= _MIDNIGHT:
            raise Problem("hours_order", field="friday_closes")


def _fill(entry: CalendarEntry, wish: Wish, by: Actor) -> None:
    timed = wish.kind != "libur"
    entry.kind, entry.first, entry.last = wish.kind, wish.first, wish.last
    entry.name = wish.name.replace("\0", "").strip()
    entry.opens, entry.closes = (wish.opens, wish.closes) if timed else (None, None)
    entry.friday_closes = wish.friday_closes if wish.kind == "jam" else None
    entry.by_name, entry.at = by.who, clock.now()


def _facts(entry: CalendarEntry) -> dict[str, Any]:
    names = ("organisation_id", "kind", "first", "last", "name", "opens", "closes", "friday_closes")
    return {name: getattr(entry, name) for name in names}


def _organisation(session: Session, organisation_id: int) -> Organisation:
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    return organisation


def _span(given: Any) -> tuple[int, int] | None:
    """Two whole minutes of a day in order, else None."""
    if not isinstance(given, list) or len(given) != 2 or not all(type(each) is int for each in given):
        return None
    opens, closes = given
    return (opens, closes) if 0 <= opens < closes <= _MIDNIGHT else None


def _three(given: Any) -> tuple[int, int, int] | None:
    if not isinstance(given, list) or len(given) != 3 or not all(type(each) is int for each in given):
        return None
    opens, closes, friday = given
    return (opens, closes, friday) if 0 <= opens < min(closes, friday) and max(closes, friday) <= _MIDNIGHT else None
