"""What still waits in any queue, for `worker --until-idle` and for the health page."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from app.models import Account, Delivery, Outgoing
from app.states import LEASED

_WAITING = ("queued", "unsure", "withdrawing")


def pending(session: Session, now: datetime, within: timedelta, *, since: datetime) -> bool:
    """Whether anything is due within this time, or somebody holds a live lease.

    Recurring polls and readings count only when they were due at ``since``, when the worker began: with many young
    posts there is always a next one, and no round after the first is waited for.
    """
    for table in (Delivery, Outgoing):
        # What was prepared for a cancelled delivery still has to be dropped there.
        soon = (col(table.state).in_((*_WAITING, "cancelled"))) & (col(table.wake_at) <= now + within)
        # An expired lease is work too: the next look brings the row back.
        leased = col(table.state).in_(LEASED)
        if session.exec(select(table.id).where(soon | leased).limit(1)).first() is not None:
            return True
    due = (col(Delivery.collect_at) <= since) | (col(Delivery.reading_at) <= since)
    follow_up = (
        select(Delivery.id)
        .join(Account, col(Account.id) == Delivery.account_id)
        .where(due, Delivery.state == "published", Account.health != "broken")
        .limit(1)
    )
    return session.exec(follow_up).first() is not None


def left(session: Session, now: datetime) -> list[str]:
    """What waits for later, a line each: how many, and when the first is due."""
    lines = []
    for table, name in ((Delivery, "delivery"), (Outgoing, "outgoing")):
        rows = session.exec(
            select(table.state, func.count(), func.min(table.wake_at))
            .where(col(table.state).in_((*_WAITING, *LEASED, "held", "needs_person")))
            .group_by(table.state)
        ).all()
        for state, count, first in rows:
            when = f", next {first.isoformat(timespec='seconds')}" if first else ""
            lines.append(f"{count} {name} {state}{when}")
    return lines
