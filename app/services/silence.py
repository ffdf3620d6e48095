"""Accounts from which nothing is heard: longer than by their own rhythm, or because reading them fails.

Whoever is used to ten comments a day must be told when there are none for days: the key may have lost a right, or the
platform shows us nothing any more, and no error says so. Told once, until the account is heard again.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Comment, Delivery
from app.parts import Parts
from app.states import Actor, note, tell

SILENCE = Actor("collector")
#: The rhythm is taken from so many days, and only from so many comments.
DAYS, LEAST = 90, 20
#: Silent: so many times the longest gap but for one in twenty, and at least so long.
FACTOR, AT_LEAST = 4, timedelta(days=3)
#: Reading fails: no post of the last week was read whole for so long.
UNREAD = timedelta(hours=24)
_POLLED = timedelta(days=7)
#: What is told, keys of app/words_notices.py.
SILENT, FAILING = "account_silent", "account_unread"


def look(parts: Parts) -> int:
    """Look at all accounts; of how many somebody is told now."""
    with parts.db.read() as session:
        rows = session.exec(select(Account).where(col(Account.active), Account.health != "broken")).all()
        present = clock.now()
        told = 0
        found = {row.id or 0: (row, of(session, row, present)) for row in rows}
    for account_id, (account, what) in found.items():
        if what is None and account.silent_told_at is not None:
            _set(parts, account_id, None)
        elif what is not None and account.silent_told_at is None:
            told += _tell(parts, account, what)
    return told


def of(session: Session, account: Account, present: datetime) -> str | None:
    """SILENT, FAILING, or None when all is well or nothing can be said."""
    if failing_since(session, account, present) is not None:
        return FAILING
    limit = rhythm(_times(session, account, present))
    last = _last(session, account)
    return SILENT if limit is not None and last is not None and present - last > limit else None


def rhythm(times: Sequence[datetime]) -> timedelta | None:
    """The silence that is too long, from when comments were written; None where there are too few to say."""
    if len(times) < LEAST:
        return None
    ordered = sorted(times)
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(ordered))
    usual = gaps[int(0.95 * (len(gaps) - 1))]
    return max(FACTOR * usual, AT_LEAST)


def failing_since(session: Session, account: Account, present: datetime) -> datetime | None:
    """Since when no read of the account's young posts came to its end; None when one did, or there is nothing to read.

    A post that went out less than UNREAD ago says nothing yet.
    """
    young = (
        Delivery.account_id == account.id,
        Delivery.state == "published",
        col(Delivery.collect_at).is_not(None),
        col(Delivery.published_at) > present - _POLLED,
        col(Delivery.published_at) < present - UNREAD,
    )
    first, read = session.execute(
        select(func.min(col(Delivery.published_at)), func.max(col(Delivery.collected_at))).where(*young)
    ).one()
    if first is None or (read is not None and read > present - UNREAD):
        return None
    since: datetime = max(filter(None, (first, read)))
    return since


def _times(session: Session, account: Account, present: datetime) -> Sequence[datetime]:
    since = present - timedelta(days=DAYS)
    return session.exec(select(Comment.said_at).where(*_residents(account), col(Comment.said_at) > since)).all()


def _last(session: Session, account: Account) -> datetime | None:
    query = select(Comment.said_at).where(*_residents(account)).order_by(col(Comment.said_at).desc()).limit(1)
    return session.exec(query).first()


def _residents(account: Account) -> tuple[bool, ...]:
    return (Comment.account_id == account.id, col(Comment.own).is_(False), col(Comment.staff).is_(False))  # type: ignore[return-value]  # SQL conditions


def _tell(parts: Parts, account: Account, what: str) -> bool:
    with parts.db.write() as session:
        fresh = session.get(Account, account.id, with_for_update={"key_share": True}, populate_existing=True)
        # Heard in this moment, or told by another worker.
        if fresh is None or fresh.silent_told_at is not None or fresh.last_heard_at != account.last_heard_at:
            return False
        fresh.silent_told_at = clock.now()
        session.add(fresh)
        session.flush()
        note(session, fresh, "silent", SILENCE, why=what)
        tell(session, fresh, what)
        return True


def _set(parts: Parts, account_id: int, at: datetime | None) -> None:
    with parts.db.write() as session:
        session.exec(update(Account).where(col(Account.id) == account_id).values(silent_told_at=at))
