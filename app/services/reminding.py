"""Reminders: a first answer or a settling near its deadline or past it, a promise, an agency that is silent.

Each is told once (``near_told``, ``late_told`` hold the deadline of which it was told: a deadline that moved is told
anew); services/notifying.py makes one letter of many. What is urgent does not pass here: whoever finds it calls
``states.tell(session, item, "urgent")``, and that goes out at any hour.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app import clock, times
from app.models import Aspiration, Handover, Organisation, Promise
from app.models.inbox import WAITING
from app.parts import Parts
from app.services import deadlines
from app.states import tell
from app.worktime import Calendar, NoWorkingTime, add_working_hours

#: Working hours before a deadline at which people are told that it comes near.
NEAR = 2
#: Local hours between which people are reminded; what falls due in between is told in the morning.
FROM, UNTIL = 7, 20
#: No organisation is closed for longer than that: the longest holidays, and a correction beside them.
FARTHEST = timedelta(days=120)
#: Items in one transaction.
BATCH = 100


def remind(parts: Parts, go_on: Callable[[], bool] = lambda: True) -> int:
    """Put into the outbox what people are to be reminded of now; how much that was. Cheap where nothing is due."""
    with parts.db.read() as session:
        places = session.exec(select(Organisation.id, Organisation.zone).order_by(col(Organisation.id))).all()
    told = 0
    for organisation_id, zone in places:
        if organisation_id is None or not FROM <= times.local(clock.now(), zone).hour < UNTIL:
            continue
        while go_on() and (some := _some(parts, organisation_id)):
            told += some
    return told


def _some(parts: Parts, organisation_id: int) -> int:
    """Tell of at most ``BATCH`` of a sort; how many. Looked at first without the right to write."""
    with parts.db.read() as session:
        if not _due(session, organisation_id):
            return 0
    with parts.db.write() as session:
        # Who writes at the same moment waits here, and then finds it told.
        session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        due = _due(session, organisation_id)
        for record, what, marks in due:
            for column, value in marks.items():
                setattr(record, column, value)
            session.add(record)
            session.flush()
            tell(session, record, what)
        return len(due)


def _due(session: Session, organisation_id: int) -> list[tuple[Any, str, dict[str, Any]]]:
    """(what to tell of, what to tell, the columns that say it was told)."""
    now = clock.now()
    organisation = session.get_one(Organisation, organisation_id)
    today = times.local(now, organisation.zone).date()
    found = _promises(session, organisation, now, today) + _handovers(session, organisation, now, today)
    waits = col(Aspiration.status).in_(WAITING)
    # While the resident is to answer, nobody is reminded.
    works = and_(deadlines.open_ones(), col(Aspiration.status).not_in((*WAITING, "menunggu warga")))
    ways = (("answer", col(Aspiration.deadline), waits), ("settle", col(Aspiration.settle_by), works))
    # Most organisations have nothing of the kind at most times; the calendar is asked only where one may have.
    if any(_some_within(session, organisation_id, which, by, now) for _, by, which in ways):
        near = _horizon(now, deadlines.of(session, organisation_id).calendar)
        for name, by, which in ways:
            found += _near_or_late(session, organisation_id, which, name, by, now, near)
    return found


def _some_within(session: Session, organisation_id: int, which: Any, by: Any, now: datetime) -> bool:
    """Whether anything that was not told may be near or late: two working hours are never more than that away."""
    untold = or_(col(Aspiration.late_told).is_distinct_from(by), by > now)
    rows = session.exec(
        select(Aspiration.id)
        .where(col(Aspiration.organisation_id) == organisation_id, which, by <= now + FARTHEST, untold)
        .limit(1)
    )
    return rows.first() is not None


def _horizon(now: datetime, calendar: Calendar) -> datetime:
    try:
        return add_working_hours(now, NEAR, calendar)
    except NoWorkingTime:
        return now + timedelta(hours=NEAR)


def _near_or_late(
    session: Session, organisation_id: int, which: Any, name: str, by: Any, now: datetime, near: datetime
) -> list[tuple[Any, str, dict[str, Any]]]:
    late, soon = col(Aspiration.late_told), col(Aspiration.near_told)
    rows = session.exec(
        select(Aspiration)
        .where(
            col(Aspiration.organisation_id) == organisation_id,
            which,
            # What was joined to another item is answered there.
            col(Aspiration.duplicate_of_id).is_(None),
            by <= near,
            or_(and_(by <= now, late.is_distinct_from(by)), and_(by > now, soon.is_distinct_from(by))),
        )
        .order_by(by)
        .limit(BATCH)
    )
    found = []
    for item in rows:
        at = item.deadline if name == "answer" else item.settle_by
        passed = at is not None and at <= now
        found.append((item, f"{name}_late", {"late_told": at}) if passed else (item, f"{name}_near", {"near_told": at}))
    return found


def _promises(
    session: Session, organisation: Organisation, now: datetime, today: date
) -> list[tuple[Any, str, dict[str, Any]]]:
    """Told the day before (or on the day), and once more when the day is over."""
    rows = session.exec(
        select(Promise)
        .join(Aspiration, col(Aspiration.id) == Promise.aspiration_id)
        .where(Aspiration.organisation_id == organisation.id, Promise.state == "open")
        .where(col(Promise.due_on) <= today + timedelta(days=1))
        .order_by(col(Promise.due_on), col(Promise.id))
    )
    found: list[tuple[Any, str, dict[str, Any]]] = []
    for promise in rows:
        if promise.due_on < today and not _since(promise.reminded_at, promise.due_on, organisation.zone):
            found.append((promise, "promise_late", {"reminded_at": now}))
        elif promise.due_on >= today and promise.reminded_at is None:
            found.append((promise, "promise_near", {"reminded_at": now}))
    return found[:BATCH]


def _handovers(
    session: Session, organisation: Organisation, now: datetime, today: date
) -> list[tuple[Any, str, dict[str, Any]]]:
    rows = session.exec(
        select(Handover)
        .join(Aspiration, col(Aspiration.id) == Handover.aspiration_id)
        .where(Aspiration.organisation_id == organisation.id, Handover.state == "sent")
        .where(col(Handover.answer_by) < today)
        .order_by(col(Handover.answer_by), col(Handover.id))
    )
    late = [each for each in rows if each.answer_by and not _since(each.reminded_at, each.answer_by, organisation.zone)]
    return [(each, "handover_late", {"reminded_at": now}) for each in late][:BATCH]


def _since(told_at: datetime | None, day: date, zone: str) -> bool:
    """Whether people were told after this day; a day that was put off later is told again."""
    return told_at is not None and times.local(told_at, zone).date() > day
