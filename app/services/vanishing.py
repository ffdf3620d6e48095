"""A public post that is not there any more: somebody deleted it on the platform. Believed after two looks.

A platform says "does not exist" also of what a key may not see (meta-platform.md section 7), and lists lag. So a look
counts only while the account itself can be read, and two of them must lie some time apart.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Comment, Delivery, Event, Reading
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, outcomes, queueing, rolling
from app.states import Actor, move, note, tell
from connectors import ConnectorError, Unsupported

log = logging.getLogger(__name__)

#: Between the first look that did not find it and the one that is believed; elsewhere as long as the setting says that
#: 'not there' must last. On the practice platform hours are played in seconds.
PRACTICE_APART = timedelta(seconds=5)
#: Name of the Event that a post was seen under an id that a person typed.
SEEN = "seen_there"


def look(parts: Parts, delivery: Delivery, account: Account, by: Actor) -> timedelta | None:
    """A read said that the post is gone: see whether it is. In how long to look again; None: not at all."""
    remote_id = delivery.remote_id or ""
    try:
        opening = accounts.opened(parts, account)
        there = accounts.with_connector(parts, opening, lambda connector: connector.exists(remote_id))
    except Unsupported:
        return outcomes.back_off(4, parts.settings)
    except (ConnectorError, Problem) as error:
        log.warning("look for the post of delivery %s: %s", delivery.id, error)
        with parts.db.write() as session:
            accounts.heed(session, account.id or 0, error, by)
        return outcomes.back_off(4, parts.settings)
    with parts.db.write() as session:
        fresh = session.get_one(Delivery, delivery.id, with_for_update=True)
        if fresh.state != "published" or fresh.remote_id != remote_id:
            return None  # taken back meanwhile, say
        if there:
            _clear(session, delivery.id or 0)
            return outcomes.back_off(1, parts.settings)
        apart = PRACTICE_APART if account.practice else timedelta(seconds=parts.settings.unsure_for_s)
        return _not_there(session, fresh, apart, by)


def _not_there(session: Session, delivery: Delivery, apart: timedelta, by: Actor) -> timedelta | None:
    present = clock.now()
    if delivery.absent_at is None:
        delivery.absent_at = present
        session.add(delivery)
        session.flush()
        note(session, delivery, "unseen", by)
        return apart
    left = delivery.absent_at + apart - present
    if left > timedelta(0):
        return left
    if delivery.confirmed_by is not None and not was_seen(session, delivery):
        return timedelta(days=1)  # a person typed this id, and nothing ever stood under it
    why = f"not there at {delivery.absent_at.isoformat()} and now"
    done = {"collect_at": None, "reading_at": None, "wake_at": None}
    move(session, delivery, "vanish", by, why=why, fence=delivery.fence + 1, **done)
    tell(session, delivery, "gone")
    queueing.settle(session, delivery.post_id, by)
    rolling.read(session, delivery.id or 0)
    return None


def seen(parts: Parts, delivery: Delivery) -> None:
    """A read of the post worked: an earlier look that did not find it counts no more."""
    if delivery.absent_at is not None:
        with parts.db.write() as session:
            _clear(session, delivery.id or 0)


def was_seen(session: Session, delivery: Delivery) -> bool:
    """Whether anything was ever read from the post under its id."""
    subject = (Event.subject == "delivery", Event.subject_id == delivery.id, Event.what == SEEN)
    proofs = (
        select(Reading.id).where(Reading.delivery_id == delivery.id),
        select(Comment.id).where(Comment.delivery_id == delivery.id),
        select(Event.id).where(*subject),
    )
    return any(session.exec(proof.limit(1)).first() is not None for proof in proofs)


def _clear(session: Session, delivery_id: int) -> None:
    session.exec(update(Delivery).where(col(Delivery.id) == delivery_id).values(absent_at=None))
