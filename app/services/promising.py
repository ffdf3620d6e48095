"""Janji: a date promised in an answer, kept or not; residents see it on the tracking page, and it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app import clock
from app.language import promised
from app.models import Aspiration, Organisation, Outgoing, Promise
from app.problems import Problem
from app.services import items
from app.states import PROMISE, Actor, move, note

#: The latest day that may be promised, in days from today.
FARTHEST = 366
TEXT_MOST = 300


@dataclass(frozen=True)
class Kept:
    """Promises that fell due in a span of time. late: kept, but after their day. broken: still open after it."""

    in_time: int
    late: int
    broken: int

    @property
    def rate(self) -> float | None:
        """Share kept in time, 0 to 1; None where nothing fell due."""
        due = self.in_time + self.late + self.broken
        return self.in_time / due if due else None


def find_date(text: str, today: date | datetime, zone: str) -> date | None:
    """The day an answer seems to promise, a suggestion only. today: a day of the zone, or an aware time."""
    return promised.find_date(text, _day(today, zone))


def check(session: Session, organisation_id: int, due_on: date) -> None:
    """Problem: date_past, date_far."""
    today = _day(clock.now(), session.get_one(Organisation, organisation_id).zone)
    if due_on < today:
        raise Problem("date_past", field="promised")
    if due_on > today + timedelta(days=FARTHEST):
        raise Problem("date_far", field="promised")


def give(
    session: Session, item: Aspiration, due_on: date, by: Actor, text: str, outgoing: Outgoing | None = None
) -> Promise:
    """Promise something by a day, in an answer that is on its way (outgoing) or by word of mouth.

    Problem: date_past, date_far. It stands once the answer is public (``real``).
    """
    check(session, item.organisation_id, due_on)
    short = " ".join(text.split())
    short = short if len(short) <= TEXT_MOST else f"{short[: TEXT_MOST - 1]}…"
    made = Promise(
        aspiration_id=item.id or 0, outgoing_id=outgoing.id if outgoing else None, text=short, due_on=due_on,
        by_name=by.who, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(session, item, "promise", by, facts={"promise": made.id, "due_on": due_on})
    return made


def keep(session: Session, promise_id: int, by: Actor, why: str | None = None) -> Promise:
    """It was kept, now. Problem: unknown_promise, promise_closed."""
    promise = _opened(session, promise_id, by, "keep")
    move(session, promise, "keep", by, why=why, facts=_facts(promise), kept_at=clock.now())
    return promise


def drop(session: Session, promise_id: int, by: Actor, reason: str) -> Promise:
    """It is taken back, and why is said. Problem: unknown_promise, promise_closed, reason_needed."""
    if not reason.strip():
        raise Problem("reason_needed", field="reason")
    promise = _opened(session, promise_id, by, "drop")
    move(session, promise, "drop", by, why=reason.strip(), facts=_facts(promise))
    return promise


def reopen(session: Session, promise_id: int, by: Actor) -> Promise:
    """Marked by mistake: it is to be kept yet. Problem: unknown_promise, promise_closed."""
    promise = _opened(session, promise_id, by, "reopen")
    move(session, promise, "reopen", by, facts=_facts(promise), kept_at=None)
    return promise


def real() -> Any:
    """SQL condition: the promise was really made: its answer is public, or it was given by word of mouth."""
    arrived = select(col(Outgoing.id)).where(
        Outgoing.state == "published", col(Outgoing.id) == col(Promise.outgoing_id)
    )
    return or_(col(Promise.outgoing_id).is_(None), arrived.exists())


def open_of(session: Session, item_id: int) -> list[Promise]:
    """What is still to be kept of an item, the nearest day first."""
    query = select(Promise).where(Promise.aspiration_id == item_id, Promise.state == "open", real())
    return list(session.exec(query.order_by(col(Promise.due_on), col(Promise.id))).all())


def kept_rate(session: Session, organisation_id: int, since: date, until: date) -> Kept:
    """Promises of an organisation that fell due from ``since`` to ``until`` (both included); dropped ones do not count.

    An open one of today is not broken yet. Kept in time is kept before its day has ended in the organisation's zone.
    """
    zone = session.get_one(Organisation, organisation_id).zone
    today = _day(clock.now(), zone)
    rows = session.exec(
        select(Promise)
        .join(Aspiration, col(Aspiration.id) == Promise.aspiration_id)
        .where(col(Aspiration.organisation_id) == organisation_id, real())
        .where(col(Promise.due_on) >= since, col(Promise.due_on) <= until)
    ).all()
    kept = [row.kept_at is not None and in_time(row.due_on, row.kept_at, zone) for row in rows if row.state == "kept"]
    broken = sum(row.state == "open" and row.due_on < today for row in rows)
    return Kept(in_time=sum(kept), late=len(kept) - sum(kept), broken=broken)


def in_time(due_on: date, kept_at: datetime, zone: str) -> bool:
    """Whether it was kept before the day had ended there."""
    return kept_at < datetime.combine(due_on + timedelta(days=1), time(), ZoneInfo(zone))


def _opened(session: Session, promise_id: int, by: Actor, action: str) -> Promise:
    promise = session.get(Promise, promise_id)
    if promise is None:
        raise Problem("unknown_promise", id=promise_id)
    items.opened(session, promise.aspiration_id, by)
    session.refresh(promise)
    if (promise.state, action) not in PROMISE.moves:
        raise Problem("promise_closed")
    return promise


def _facts(promise: Promise) -> dict[str, Any]:
    return {"due_on": promise.due_on, "item": promise.aspiration_id}


def _day(at: date | datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date() if isinstance(at, datetime) else at
