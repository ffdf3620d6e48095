"""Statistics of a period: per platform, per account, per post; and the readings of one post behind its figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col

from app import clock, times
from app.forms.statistik import Choice
from app.frame import actor, organisation_id, parts, say, standing, words_of, zone
from app.models import Organisation
from app.problems import Problem
from app.queries import periods, readings, statistics
from app.queries.periods import Period
from app.queries.statistics import Figures
from app.rights import needs, object_of, reach
from app.services import counting

bp = Blueprint("statistik", __name__)
#: Rows of the table of posts on one page.
PAGE = 50
#: How long back the line of followers goes at least.
TREND = timedelta(days=90)
#: Weeks in the picture of the rhythm.
WEEKS = 26


@bp.get("/statistik")
@needs("statistik.lihat", of_object=True)
def index() -> Any:
    """?masa=30|90|2026-08, ?organisasi=ID (for who sees several), ?sesudah=N rows of the table."""
    mine = organisation_id()
    asked = request.args.get("organisasi", "")
    if asked and not (asked.isdecimal() and len(asked) < 10):
        abort(404)
    object_of(int(asked) if asked else mine, stay=False)
    now, here = clock.now(), zone()
    period = periods.read(request.args.get("masa", ""), here, now)
    with parts().db.read() as session:
        place = organisation_id()
        area = _area(session)
        rows = statistics.published(session, place, period.start, period.end)
        before = statistics.published(session, place, *period.before)
        answers = statistics.answers(session, place, period.start, period.end, now)
        followers = statistics.followers(session, place, min(period.start, now - TREND))
        rhythm = statistics.published(session, place, now - timedelta(weeks=WEEKS + 1), now)
    form = Choice(masa=period.key, organisasi=place)
    form.masa.choices = dict(periods.choices(here, now))
    form.masa.choices.setdefault(period.key, period.words)
    form.organisasi.choices = {str(id_): name for id_, name in area}
    return render_template(
        "statistik/index.html",
        form=form,
        period=period,
        rows=rows,
        posts=(len({row.post_id for row in rows}), len({row.post_id for row in before})),
        platforms=statistics.platforms(rows),
        platforms_before={each.connector: each for each in statistics.platforms(before)},
        answers=answers,
        followers=followers,
        middle=statistics.middle_rate(rows),
        highest=max((row.rate for row in rows if row.rate is not None), default=Decimal(1)) or Decimal(1),
        young=len({row.post_id for row in rows if now - row.published_at < statistics.GROWN}),
        plot=_plot(period, rows, before),
        weeks=_rhythm(rhythm, times.local(now, here).date()),
        shown=_shown(),
        page=PAGE,
        compare=_compare,
        total=statistics.total,
        trend=_trend,
        more=_more,
        age=lambda row, at: periods.age((at - row.published_at).total_seconds()),
        percent=_percent,
    )


@bp.get("/statistik/<int:post_id>")
@needs("statistik.lihat", of_object=True)
def show(post_id: int) -> Any:
    """Every reading of one post."""
    with parts().db.read() as session:
        known = readings.post(session, post_id)
    object_of(known[0] if known else None, stay=False)
    with parts().db.read() as session:
        figures = statistics.of_post(session, post_id)
        read = readings.of_deliveries(session, [row.delivery_id for row in figures])
    return render_template(
        "statistik/show.html",
        headline=known[1] if known else "",
        post_id=post_id,
        figures=figures,
        read=read,
        missing=readings.missing,
        age=lambda row, at: periods.age((at - row.published_at).total_seconds()),
        percent=_percent,
        top=_top,
    )


@bp.post("/statistik/<int:post_id>/hitung")
@needs("kiriman.tulis", of_object=True)
def hitung(post_id: int) -> Any:
    """Count this post soon, not only when its next reading is planned."""
    with parts().db.read() as session:
        known = readings.post(session, post_id)
    object_of(known[0] if known else None)
    try:
        with parts().db.write() as session:
            asked = counting.ask_now(session, post_id, actor())
    except Problem as problem:
        say(words_of(problem), "fail")
    else:
        if asked:
            say("Sedang dihitung; muat ulang halaman ini sebentar lagi.", "plan")
        else:
            say("Baru saja dihitung, atau akunnya sedang terputus. Angka terakhir ada di bawah.", "wait")
    return redirect(url_for("statistik.show", post_id=post_id), 303)


def _area(session: Session) -> list[tuple[int, str]]:
    """The organisations whose statistics this person may see, by name."""
    ids = reach(session, standing().person_id, "statistik.lihat")
    if len(ids) < 2:
        return []
    rows = session.execute(
        select(col(Organisation.id), col(Organisation.name)).order_by(col(Organisation.name), col(Organisation.id))
    )
    return [(id_, name) for id_, name in rows if id_ in ids]


def _shown() -> int:
    """How many rows of the table come before this page; a whole number of pages."""
    given = request.args.get("sesudah", "")
    return int(given) // PAGE * PAGE if given.isdecimal() and len(given) < 7 else 0


def _plot(period: Period, rows: list[Figures], before: list[Figures]) -> dict[str, Any] | None:
    """Interactions gathered, by the day of publishing, beside the span before; None without a single figure.

    Interactions may be added across platforms: each is an act. People reached may not.
    """
    if not any(row.interactions is not None for row in (*rows, *before)):
        return None
    days = len(period.days)
    now = _daily(rows, period.start, days, period.zone)
    span = (period.before_last - period.before_first).days + 1
    then = _daily(before, period.before[0], span, period.zone)
    gathered = _gather(now), _gather(then)
    top = _top(max(gathered[0][-1], gathered[1][-1]))
    weeks = [
        (
            periods.span(period.days[at], period.days[min(at + 6, days - 1)]),
            sum(now[at : at + 7]),
            sum(then[at : at + 7]),
        )
        for at in range(0, days, 7)
    ]
    counted = sum(1 for row in rows if row.interactions is not None)
    # One line is as long as the other on paper: a month is drawn against the days it has.
    line = (gathered[1] + [gathered[1][-1]] * days)[:days]
    return {
        "now": gathered[0],
        "before": line,
        "total": gathered[0][-1],
        "total_before": gathered[1][-1],
        "top": top,
        "weeks": weeks,
        "counted": counted,
        "marks": [_mark(period.days[round(n * (days - 1) / 4)]) for n in range(5)] if days >= 5 else [],
    }


def _mark(day: date) -> str:
    return f"{day.day} {times.SHORT_MONTHS[day.month - 1]}"


def _daily(rows: list[Figures], start: datetime, days: int, zone_name: str) -> list[int]:
    first = times.local(start, zone_name).date()
    found = [0] * days
    for row in rows:
        at = (times.local(row.published_at, zone_name).date() - first).days
        if 0 <= at < days:
            found[at] += row.interactions or 0
    return found


def _gather(values: list[int]) -> list[int]:
    found: list[int] = []
    for value in values:
        found.append(value + (found[-1] if found else 0))
    return found


def _rhythm(rows: list[Figures], today: date) -> dict[str, Any]:
    """Posts per day of the last weeks, Monday to Sunday; None for days to come."""
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    posts: dict[date, set[int]] = {}
    for row in rows:
        posts.setdefault(times.local(row.published_at, zone()).date(), set()).add(row.post_id)
    weeks = []
    for week in range(WEEKS):
        days = [first + timedelta(weeks=week, days=day) for day in range(7)]
        weeks.append([len(posts.get(day, ())) if day <= today else None for day in days])
    months = [times.SHORT_MONTHS[(first + timedelta(weeks=n)).month - 1] for n in range(0, WEEKS, 4)]
    return {"weeks": weeks, "months": months, "active": sum(1 for week in weeks if any(week))}


def _trend(follower: statistics.Follower) -> list[int]:
    """The line of followers: from the lowest count up, since 1,100 and 1,150 look the same above a line at 0."""
    counts = [count for _, count in follower.trend]
    least = min(counts)
    return [count - least for count in counts]


def _top(value: int) -> int:
    """A round number at or above a value, for the axis; even, so that its half is whole."""
    step: int = 10 ** max(len(str(value)) - 2, 0)
    for factor in (10, 12, 16, 20, 30, 40, 50, 60, 80, 100):
        if factor * step >= value:
            return factor * step
    return 100 * step


def _compare(now: int | None, before: int | None) -> str:
    """A comparison in words: "naik 46% dari 5.770"."""
    if now is None or before is None:
        return "belum ada pembandingnya"
    if now == before:
        return f"sama dengan {times.number(before)}"
    if before == 0:
        return "sebelumnya 0"
    share = (Decimal(100) * abs(now - before) / before).quantize(Decimal(1), ROUND_HALF_EVEN)
    way = "naik" if now > before else "turun"
    return f"{way} {times.number(int(share)) if share else 'kurang dari 1'}% dari {times.number(before)}"


def _more(now: int, before: int) -> str:
    """A comparison of counts: "3 lebih banyak dari 14"."""
    if now == before:
        return f"sama dengan {times.number(before)}"
    way = "banyak" if now > before else "sedikit"
    return f"{times.number(abs(now - before))} lebih {way} dari {times.number(before)}"


def _percent(value: Decimal | None) -> str:
    """ "4,9%"; "belum ada angka" for none."""
    return times.NO_NUMBER if value is None else f"{times.decimal(value, 1)}%"
