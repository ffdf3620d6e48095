"""Who else looks at an item at this moment, and who is writing an answer: so that two do not answer one resident.

A look is a row that is fresh for seconds only; what is stale is swept away by those who look later.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock
from app.db import Database
from app.models import Person, Presence

#: A page that is open says so every few seconds (static/live/hadir.js: 5); after this long without a word it is closed.
#: What was written down RENEWED ago at most is not written again: two words of three only look.
FRESH, RENEWED = timedelta(seconds=20), timedelta(seconds=12)
_SWEPT_AFTER = timedelta(minutes=5)
_SWEPT_AT_ONCE = 50


@dataclass(frozen=True)
class Other:
    """Somebody else who looks at the item now."""

    name: str
    writing: bool
    seen_at: datetime


def look(db: Database, item_id: int, person_id: int, writing: bool) -> list[Other]:
    """I look at it: who else does, those who write first."""
    with db.read() as session:
        said = session.exec(
            select(Presence.writing, Presence.seen_at).where(
                Presence.aspiration_id == item_id, Presence.person_id == person_id
            )
        ).first()
        if said is not None and said[0] == writing and timedelta(0) <= clock.now() - said[1] < RENEWED:
            return others(session, item_id, person_id)
    with db.write() as session:
        return _renew(session, item_id, person_id, writing)


def _renew(session: Session, item_id: int, person_id: int, writing: bool) -> list[Other]:
    present = clock.now()
    mine = (col(Presence.aspiration_id) == item_id, col(Presence.person_id) == person_id)
    renewed = session.execute(update(Presence).where(*mine).values(writing=writing, seen_at=present))
    if not renewed.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives CursorResult
        # Two pages of one person may say it at once for the first time: one row is enough.
        with suppress(IntegrityError), session.begin_nested():
            session.add(Presence(aspiration_id=item_id, person_id=person_id, writing=writing, seen_at=present))
            session.flush()
        _sweep(session, present)
    return others(session, item_id, person_id)


def others(session: Session, item_id: int, person_id: int) -> list[Other]:
    """Who looks at it besides this person; reads only."""
    rows = session.exec(
        select(Person.name, Presence.writing, Presence.seen_at)
        .join(Person, col(Person.id) == Presence.person_id)
        .where(Presence.aspiration_id == item_id, Presence.person_id != person_id)
        .where(col(Presence.seen_at) > clock.now() - FRESH)
        .order_by(col(Presence.writing).desc(), Person.name)
    ).all()
    return [Other(*row) for row in rows]


def leave(session: Session, item_id: int, person_id: int) -> None:
    """The page is closed."""
    gone = (col(Presence.aspiration_id) == item_id, col(Presence.person_id) == person_id)
    session.execute(delete(Presence).where(*gone))


def _sweep(session: Session, present: datetime) -> None:
    """Rows of pages that were closed without a word."""
    stale = session.execute(
        select(Presence.aspiration_id, Presence.person_id)
        .where(col(Presence.seen_at) < present - _SWEPT_AFTER)
        .limit(_SWEPT_AT_ONCE)
    ).all()
    for item_id, person_id in stale:
        leave(session, item_id, person_id)
