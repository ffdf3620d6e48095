"""Everything the statistics page shows, as one object: the page, its XLSX, its CSV and its PDF say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from app import times
from app.models import Organisation
from app.queries import figures, followers, periods, slots, statistics
from app.queries.figures import Figures, Scope
from app.queries.followers import Follower
from app.queries.periods import Period
from app.queries.slots import Times
from app.queries.statistics import Answers, Group, Overdue, Platform

#: How long back the line of followers goes at least.
TREND = timedelta(days=90)
#: Weeks in the picture of the rhythm, and of which the best days are looked for.
WEEKS = 26
#: Followers older than this are not told of an area.
_FOLLOWERS = timedelta(days=30)


@dataclass(frozen=True)
class Plot:
    """Interactions gathered by the day of publishing, beside the span before. weeks: (words, now, before)."""

    now: list[int]
    before: list[int]
    total: int
    total_before: int
    top: int
    weeks: list[tuple[str, int, int]]
    counted: int
    marks: list[str]


@dataclass(frozen=True)
class Rhythm:
    """Posts a day, a list a week from Monday to Sunday; None for days to come. active: weeks with a post."""

    first: date
    weeks: list[list[int | None]]
    months: list[str]
    active: int


@dataclass(frozen=True)
class Named:
    """A group with the words for it. link: what narrows the page to it, by name of the argument."""

    name: str
    group: Group
    link: dict[str, str] = field(default_factory=dict)
    answers: Answers | None = None
    followers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """One look. rows: without words (figures.with_words gives them); villages: what can be chosen."""

    scope: Scope
    period: Period
    now: datetime
    rows: list[Figures]
    posts: tuple[int, int]
    platforms: list[Platform]
    platforms_before: dict[str, Platform]
    answers: Answers
    middle: dict[str, Decimal]
    highest: Decimal
    young: int
    overdue: Overdue
    sources: dict[str, int]
    plot: Plot | None
    rhythm: Rhythm
    times: list[Times]
    followers: list[Follower]
    tasks: list[Named]
    villages: list[Named]
    organisations: list[Named]
    places: list[str]


def read(session: Session, scope: Scope, period: Period, now: datetime, words: dict[str, str]) -> Board:
    """words: of the tugas. The scope's first organisation gives the zone; a period is read in it."""
    wide = Scope(scope.organisations)
    all_rows = figures.published(session, wide, period.first, period.last, period.zone)
    all_before = figures.published(session, wide, period.before_first, period.before_last, period.zone)
    rows, before = all_rows, all_before
    if scope != wide:
        rows, before = ([row for row in some if scope.holds(row)] for some in (all_rows, all_before))
    now_sums, then_sums = statistics.summed(rows), statistics.summed(before)
    today = times.local(now, period.zone).date()
    answered = statistics.answers(session, scope.organisations, period.start, period.end, now)
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    long = figures.published(session, scope, monday, today, period.zone) if scope.single else []
    per_day = _per_day(long) if scope.single else figures.days(session, scope, monday, today, period.zone)
    since = min(period.first, today - TREND)
    return Board(
        scope=scope,
        period=period,
        now=now,
        rows=rows,
        posts=(now_sums.posts, then_sums.posts),
        platforms=now_sums.platforms,
        platforms_before={each.connector: each for each in then_sums.platforms},
        answers=answered[0],
        middle=now_sums.middles,
        highest=max((rate for row in rows if (rate := row.rate) is not None), default=Decimal(1)) or Decimal(1),
        young=statistics.grown(rows, now),
        overdue=statistics.overdue(session, scope, now),
        sources=now_sums.sources,
        plot=_plot(period, rows, before),
        rhythm=_rhythm(per_day, monday, today),
        times=slots.read(long, period.zone),
        followers=followers.read(session, scope.organisations[0], since, today, period.zone) if scope.single else [],
        tasks=_tasks(rows, before, words),
        villages=_villages(rows, before),
        organisations=[] if scope.single else _organisations(session, scope, rows, before, answered, today),
        places=sorted({row.place for row in (*all_rows, *all_before)} - {""}, key=str.casefold),
    )


def top(value: int) -> int:
    """A round number at or above a value, for the axis; even, so that its half is whole."""
    step: int = 10 ** max(len(str(value)) - 2, 0)
    for factor in (10, 12, 16, 20, 30, 40, 50, 60, 80, 100):
        if factor * step >= value:
            return factor * step
    return 100 * step


def _plot(period: Period, rows: list[Figures], before: list[Figures]) -> Plot | None:
    """None without a single figure. Interactions may be added across platforms: each is an act. People may not."""
    if not any(row.interactions is not None for row in (*rows, *before)):
        return None
    days = len(period.days)
    now = statistics.days_of(rows, period.first, days)
    then = statistics.days_of(before, period.before_first, (period.before_last - period.before_first).days + 1)
    gathered = _gather(now), _gather(then)
    weeks = [
        (
            periods.span(period.days[at], period.days[min(at + 6, days - 1)]),
            sum(now[at : at + 7]),
            sum(then[at : at + 7]),
        )
        for at in range(0, days, 7)
    ]
    return Plot(
        now=gathered[0],
        # One line is as long as the other on paper: a month is drawn against the days it has.
        before=(gathered[1] + [gathered[1][-1]] * days)[:days],
        total=gathered[0][-1],
        total_before=gathered[1][-1],
        top=top(max(gathered[0][-1], gathered[1][-1])),
        weeks=weeks,
        counted=sum(1 for row in rows if row.interactions is not None),
        marks=[_mark(period.days[round(n * (days - 1) / 4)]) for n in range(5)] if days >= 5 else [],
    )


def _mark(day: date) -> str:
    return f"{day.day} {times.SHORT_MONTHS[day.month - 1]}"


def _gather(values: list[int]) -> list[int]:
    found: list[int] = []
    for value in values:
        found.append(value + (found[-1] if found else 0))
    return found


def _per_day(rows: list[Figures]) -> dict[date, int]:
    found: dict[date, set[int]] = {}
    for row in rows:
        if row.day is not None:
            found.setdefault(row.day, set()).add(row.post)
    return {day: len(posts) for day, posts in found.items()}


def _rhythm(posts: dict[date, int], first: date, today: date) -> Rhythm:
    weeks: list[list[int | None]] = []
    for week in range(WEEKS):
        days = [first + timedelta(weeks=week, days=day) for day in range(7)]
        weeks.append([posts.get(day, 0) if day <= today else None for day in days])
    months = [times.SHORT_MONTHS[(first + timedelta(weeks=n)).month - 1] for n in range(0, WEEKS, 4)]
    return Rhythm(first, weeks, months, sum(1 for week in weeks if any(week)))


def _tasks(rows: list[Figures], before: list[Figures], words: dict[str, str]) -> list[Named]:
    found = statistics.groups(rows, before, lambda row: row.task or "")
    return [
        Named(words.get(str(group.key), "Belum dipilih"), group, {"tugas": str(group.key) or "-"}) for group in found
    ]


def _villages(rows: list[Figures], before: list[Figures]) -> list[Named]:
    names: dict[str, str] = {}
    for row in (*rows, *before):
        names.setdefault(row.place.casefold(), row.place)
    found = statistics.groups(rows, before, lambda row: row.place.casefold())
    return [
        Named(name or "Tanpa desa", group, {"desa": name or "-"}) for group in found for name in [names[str(group.key)]]
    ]


def _organisations(
    session: Session,
    scope: Scope,
    rows: list[Figures],
    before: list[Figures],
    answered: dict[int, Answers],
    today: date,
) -> list[Named]:
    """Every organisation of the area, those without a post too: who is silent is to be seen."""
    by_id = {group.key: group for group in statistics.groups(rows, before, lambda row: row.organisation_id)}
    newest = followers.newest(session, scope.organisations, today - _FOLLOWERS)
    names = session.execute(
        select(col(Organisation.id), col(Organisation.name)).where(col(Organisation.id).in_(scope.organisations))
    ).all()
    none = statistics.Total(None, 0, 0)
    found = [
        Named(
            name,
            by_id.get(id_) or Group(0, none, [], {}, {}, id_),
            {"organisasi": str(id_)},
            answered.get(id_),
            newest.get(id_, {}),
        )
        for id_, name in names
    ]
    return sorted(found, key=lambda each: (-each.group.posts, -each.group.before, each.name.casefold()))
