"""How the inbox of an organisation stands: what is open and late, how fast people answer, what was promised.

Numbers and rows without a resident's words. "Open": of a kind that asks for something, and something is still to come
(services/deadlines.is_open); "waiting": open and nobody has answered (or the resident came back); "late": past the
deadline of what is to come next. Joined duplicates count once, with the item that they were joined to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from app import times
from app.models import MUST_ANSWER, Aspiration, Handover, Organisation, Person, Promise
from app.models.inbox import ASKS, WAITING
from app.services.deadlines import open_ones
from app.worktime import Calendar, working_hours_between

#: Ages in days: up to and with each; older than the last is a class of its own.
AGES = (1, 3, 7, 14, 30)
#: How far back answers are measured, and how many at most (the newest).
BACK, MEASURED = timedelta(days=90), 2000
#: Rows of a list; more are counted.
ROWS = 20


@dataclass(frozen=True)
class Count:
    """How many of one sort. name: a kind, a desa or an age in days (AGES; None beyond)."""

    name: Any
    open: int
    waiting: int
    late: int


@dataclass(frozen=True)
class Answers:
    """First answers of the last ``BACK``. middle, slow: median and 90th percentile, working hours; None without any.

    due: answered, or past the deadline; in_time of them.
    """

    measured: int
    middle: Fraction | None
    slow: Fraction | None
    in_time: int
    due: int


@dataclass(frozen=True)
class Line:
    """One item of a list. by: the deadline that comes next; answering: of the first answer, else of the settling."""

    id: int
    kind: str
    village: str | None
    said_at: datetime
    by: datetime
    answering: bool
    assignee: str | None


@dataclass(frozen=True)
class Promises:
    """kept, kept_late, dropped: of the last ``BACK``; overdue is part of open."""

    open: int
    overdue: int
    kept: int
    kept_late: int
    dropped: int


@dataclass(frozen=True)
class Silent:
    """A handover whose answer is overdue."""

    item_id: int
    kind: str
    agency: str
    reference: str
    answer_by: date


@dataclass(frozen=True)
class Row:
    """One organisation among others: numbers only. oldest: when the longest-waiting item was said."""

    organisation_id: int
    name: str
    came: int
    open: int
    waiting: int
    late: int
    in_time: int
    due: int
    oldest: datetime | None


def total(session: Session, organisation_id: int, now: datetime) -> Count:
    """All that is open."""
    row = session.execute(select(*_counts(now)).where(_open(organisation_id))).one()
    return Count(None, *(int(value) for value in row))


def by_kind(session: Session, organisation_id: int, now: datetime) -> list[Count]:
    """Open items by kind, the most first."""
    return _grouped(session, organisation_id, now, col(Aspiration.kind))


def by_village(session: Session, organisation_id: int, now: datetime) -> list[Count]:
    """Open items by desa, the most first; None: nobody said which."""
    return _grouped(session, organisation_id, now, func.nullif(col(Aspiration.village), ""))


def by_age(session: Session, organisation_id: int, zone: str, now: datetime) -> list[Count]:
    """Open items by age in days of the calendar, the youngest first; classes without any are left out."""
    said_at, today = col(Aspiration.said_at), times.local(now, zone).date()
    since = [(datetime.combine(today - timedelta(days=days), time(), ZoneInfo(zone)), days) for days in AGES]
    age = case(*((said_at >= midnight, days) for midnight, days in since), else_=AGES[-1] + 1)
    found = _grouped(session, organisation_id, now, age)
    found.sort(key=lambda each: each.name)
    return [Count(None if each.name > AGES[-1] else each.name, each.open, each.waiting, each.late) for each in found]


def days_of(age: int | None, today: date) -> tuple[date | None, date]:
    """The first and last day on which what has this age was said; None: no first one."""
    older = [0, *(days + 1 for days in AGES)]
    at = len(AGES) if age is None else AGES.index(age)
    return (None if age is None else today - timedelta(days=age)), today - timedelta(days=older[at])


def answers(session: Session, organisation_id: int, calendar: Calendar, since: datetime, now: datetime) -> Answers:
    """How first answers came, of what was said since then."""
    said = and_(_must(organisation_id), col(Aspiration.said_at) >= since)
    rows = session.execute(
        select(col(Aspiration.said_at), col(Aspiration.answered_at))
        .where(said, col(Aspiration.answered_at).is_not(None))
        .order_by(col(Aspiration.said_at).desc())
        .limit(MEASURED)
    ).all()
    hours = sorted(working_hours_between(asked, max(asked, answered), calendar) for asked, answered in rows)
    in_time, due = session.execute(select(*_in_time(now)).where(said)).one()
    slow = hours[ceil(len(hours) * 0.9) - 1] if hours else None
    return Answers(len(hours), median(hours) if hours else None, slow, int(in_time), int(due))


def late(session: Session, organisation_id: int, now: datetime, person_id: int | None = None) -> list[Line]:
    """The first ``ROWS`` that are past their next deadline, the longest first. person_id: who looks; what is about
    them is left out."""
    return _lines(session, organisation_id, person_id, _next() <= now)


def soon(
    session: Session, organisation_id: int, now: datetime, until: datetime, person_id: int | None = None
) -> list[Line]:
    """The first ``ROWS`` whose next deadline comes before then, the nearest first; as ``late``."""
    return _lines(session, organisation_id, person_id, and_(_next() > now, _next() <= until))


def many(session: Session, organisation_id: int, now: datetime, until: datetime) -> int:
    """How many ``soon`` would be, those it leaves out included."""
    wanted = and_(_open(organisation_id), _next() > now, _next() <= until)
    return int(session.execute(select(func.count()).where(wanted)).scalar_one())


def promises(session: Session, organisation_id: int, zone: str, now: datetime) -> Promises:
    """What was promised to residents; kept and dropped ones that were due in the last ``BACK``."""
    today = times.local(now, zone).date()
    rows = session.execute(
        select(col(Promise.state), col(Promise.due_on), col(Promise.kept_at))
        .join(Aspiration, col(Aspiration.id) == col(Promise.aspiration_id))
        .where(
            col(Aspiration.organisation_id) == organisation_id,
            or_(col(Promise.state) == "open", col(Promise.due_on) >= today - BACK),
        )
    ).all()
    kept = [(on, at) for state, on, at in rows if state == "kept" and at is not None]
    late = sum(times.local(at, zone).date() > on for on, at in kept)
    return Promises(
        sum(state == "open" for state, _, _ in rows),
        sum(state == "open" and on < today for state, on, _ in rows),
        len(kept) - late,
        late,
        sum(state == "dropped" for state, _, _ in rows),
    )


def silent(session: Session, organisation_id: int, today: date, person_id: int | None = None) -> list[Silent]:
    """Handovers past the day on which they were to be answered, the longest first."""
    rows = session.execute(
        select(
            col(Aspiration.id), col(Aspiration.kind), col(Handover.agency), col(Handover.reference),
            col(Handover.answer_by),
        )
        .join(Aspiration, col(Aspiration.id) == col(Handover.aspiration_id))
        .where(
            col(Aspiration.organisation_id) == organisation_id,
            _not_about(person_id),
            col(Handover.state) == "sent",
            col(Handover.answer_by) < today,
        )
        .order_by(col(Handover.answer_by), col(Handover.id))
        .limit(ROWS)
    )  # fmt: skip
    return [Silent(*row) for row in rows]


def area(session: Session, organisation_ids: Collection[int], since: datetime, now: datetime) -> list[Row]:
    """One row an organisation, those with the most late items first; also where nothing ever came."""
    home, waits = col(Aspiration.organisation_id), col(Aspiration.status).in_(WAITING)
    in_time, due = (_sum(and_(col(Aspiration.kind).in_(MUST_ANSWER), _single(), rule)) for rule in _in_time_rules(now))
    # Two questions: each has its index, a mixture of both would have none.
    lately = {
        row[0]: row[1:]
        for row in session.execute(
            select(home, _sum(col(Aspiration.kind).in_(ASKS)), in_time, due)
            .where(home.in_(organisation_ids), col(Aspiration.said_at) >= since)
            .group_by(home)
        )
    }
    still = {
        row[0]: row[1:]
        for row in session.execute(
            select(home, *_counts(now), func.min(case((waits, col(Aspiration.said_at)))))
            .where(home.in_(organisation_ids), open_ones(), col(Aspiration.kind).in_(ASKS), _single())
            .group_by(home)
        )
    }
    names = session.execute(
        select(col(Organisation.id), col(Organisation.name)).where(col(Organisation.id).in_(organisation_ids))
    )
    found = []
    for id_, name in names:
        came, answered, asked = lately.get(id_, (0, 0, 0))
        is_open, waiting, late, oldest = still.get(id_, (0, 0, 0, None))
        found.append(Row(id_, name, came, is_open, waiting, late, answered, asked, oldest))
    return sorted(found, key=lambda each: (-each.late, -each.waiting, each.name, each.organisation_id))


def _next() -> Any:
    """The deadline that comes next: of the first answer while it waits, else of the settling."""
    waits = col(Aspiration.status).in_(WAITING)
    return case((waits, col(Aspiration.deadline)), else_=col(Aspiration.settle_by))


def _single() -> Any:
    return col(Aspiration.duplicate_of_id).is_(None)


def _open(organisation_id: int) -> Any:
    return and_(
        col(Aspiration.organisation_id) == organisation_id,
        open_ones(),
        col(Aspiration.kind).in_(ASKS),
        _single(),
    )


def _must(organisation_id: int) -> Any:
    return and_(col(Aspiration.organisation_id) == organisation_id, col(Aspiration.kind).in_(MUST_ANSWER), _single())


def _not_about(person_id: int | None) -> Any:
    about = col(Aspiration.about_id)
    return or_(about.is_(None), about != (person_id or 0))


def _sum(rule: Any) -> Any:
    return func.coalesce(func.sum(case((rule, 1), else_=0)), 0)


def _counts(now: datetime) -> tuple[Any, Any, Any]:
    return func.count(), _sum(col(Aspiration.status).in_(WAITING)), _sum(_next() <= now)


def _in_time_rules(now: datetime) -> tuple[Any, Any]:
    """(answered in time, due). One that was opened again and is past its new deadline is not in time."""
    answered, deadline = col(Aspiration.answered_at), col(Aspiration.deadline)
    passed = and_(col(Aspiration.status).in_(WAITING), deadline <= now)
    in_time = and_(answered.is_not(None), or_(deadline.is_(None), answered <= deadline), ~func.coalesce(passed, False))
    return in_time, or_(answered.is_not(None), passed)


def _in_time(now: datetime) -> tuple[Any, Any]:
    in_time, due = _in_time_rules(now)
    return _sum(in_time), _sum(due)


def _grouped(session: Session, organisation_id: int, now: datetime, by: Any) -> list[Count]:
    named = select(by.label("name"), *_counts(now)).where(_open(organisation_id)).group_by("name")
    rows = [Count(row[0], int(row[1]), int(row[2]), int(row[3])) for row in session.execute(named)]
    return sorted(rows, key=lambda each: (-each.open, str(each.name)))


def _lines(session: Session, organisation_id: int, person_id: int | None, which: Any) -> list[Line]:
    rows = session.execute(
        select(
            col(Aspiration.id), col(Aspiration.kind), col(Aspiration.village), col(Aspiration.said_at),
            col(Aspiration.deadline), col(Aspiration.settle_by), col(Aspiration.status), col(Person.name),
        )
        .outerjoin(Person, col(Person.id) == col(Aspiration.assignee_id))
        .where(_open(organisation_id), _not_about(person_id), which)
        .order_by(_next(), col(Aspiration.id))
        .limit(ROWS)
    )  # fmt: skip
    return [
        Line(id_, kind, village, said_at, deadline if status in WAITING else settle_by, status in WAITING, name)
        for id_, kind, village, said_at, deadline, settle_by, status, name in rows
    ]
