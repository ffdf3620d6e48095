"""Metrics that a platform does not know (any more): found one by one, remembered, and asked for again after a while.

Meta drops metrics for all versions at once, and one dead name fails the whole call (meta-platform.md section 5). Who
asks for it each time pays several calls more for each post, and the allowance is the account's.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, col, select

from app import clock
from app.models import Account, DeadMetric
from connectors import Counts

#: So long a dead name is left alone: Meta announces removals, and mistakes of its own it mends within days.
AGAIN = timedelta(days=7)


def known(session: Session, account: Account, kind: str = "post") -> frozenset[str]:
    """Names that are not asked for now."""
    query = select(DeadMetric.name).where(*_mine(account, kind), col(DeadMetric.try_at) > clock.now())
    return frozenset(session.exec(query).all())


def learn(session: Session, account: Account, counts: Counts, kind: str = "post") -> None:
    """Remember what died, forget what lives again: it was asked for and not refused."""
    rows = {row.name: row for row in session.exec(select(DeadMetric).where(*_mine(account, kind))).all()}
    present = clock.now()
    again = present + AGAIN
    for name in counts.dead:
        row = rows.get(name)
        if row is None:
            row = DeadMetric(connector=account.connector, account_id=account.id, kind=kind, name=name, try_at=again)
        row.try_at = again
        session.add(row)
    for name, row in rows.items():
        if row.try_at <= present and name not in counts.refused:
            session.delete(row)


def _mine(account: Account, kind: str) -> tuple[bool, ...]:
    return (  # type: ignore[return-value]  # comparisons of columns, which mypy takes for comparisons of values
        col(DeadMetric.connector) == account.connector,
        col(DeadMetric.account_id) == account.id,
        col(DeadMetric.kind) == kind,
    )
