"""Accounts of an organisation and how they are, for the account page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.models import Account, Delivery
from app.queries.health import shown


@dataclass(frozen=True)
class Line:
    """One account. health: with "paused" while the platform's pause lasts. held, last_at: of its deliveries."""

    id: int
    connector: str
    name: str
    handle: str | None
    practice: bool
    health: str
    reason_code: str | None
    reason_facts: dict[str, Any]
    expires_at: datetime | None
    checked_at: datetime | None
    paused_until: datetime | None
    usage_percent: float
    last_heard_at: datetime | None
    held: int
    last_at: datetime | None


def of_organisation(session: Session, organisation_id: int, now: datetime) -> list[Line]:
    """All accounts in use, broken ones first, then by platform and name."""
    mine = col(Delivery.account_id) == col(Account.id)
    held = select(func.count()).where(mine, col(Delivery.state) == "held").correlate(Account).scalar_subquery()
    last = select(func.max(col(Delivery.published_at))).where(mine).correlate(Account).scalar_subquery()
    rows = session.execute(
        select(
            col(Account.id), col(Account.connector), col(Account.name), col(Account.handle), col(Account.practice),
            col(Account.health), col(Account.reason_code), col(Account.reason_facts), col(Account.expires_at),
            col(Account.checked_at), col(Account.paused_until), col(Account.usage_percent),
            col(Account.last_heard_at), held, last,
        )
        .where(col(Account.organisation_id) == organisation_id, col(Account.active).is_(True))
        .order_by(col(Account.connector), col(Account.name), col(Account.id))
    )  # fmt: skip
    found = [
        Line(
            id=row[0],
            connector=row[1],
            name=row[2],
            handle=row[3],
            practice=row[4],
            health=shown(row[5], row[10], now),
            reason_code=row[6],
            reason_facts=row[7] or {},
            expires_at=row[8],
            checked_at=row[9],
            paused_until=row[10],
            usage_percent=row[11],
            last_heard_at=row[12],
            held=row[13],
            last_at=row[14],
        )
        for row in rows
    ]
    return sorted(found, key=lambda line: {"broken": 0, "expiring": 1}.get(line.health, 2))


def owner(session: Session, account_id: int) -> int | None:
    """The organisation of an account; None when there is no such account in use."""
    found: int | None = session.execute(
        select(col(Account.organisation_id)).where(col(Account.id) == account_id, col(Account.active).is_(True))
    ).scalar_one_or_none()
    return found


def name(session: Session, account_id: int) -> tuple[str, str]:
    """Connector and name of an account that exists."""
    row = session.execute(select(col(Account.connector), col(Account.name)).where(col(Account.id) == account_id)).one()
    return row[0], row[1]
