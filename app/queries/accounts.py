"""Accounts of an organisation and how they are, for the account page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.models import Account, Delivery
from app.queries.health import shown
from app.services import budgets, vetting


@dataclass(frozen=True)
class Line:
    """One account. health: with "paused" while the platform's pause lasts. held, last_at: of its deliveries.

    usage_percent: of its fullest allowance, its own or the app's, as last told. paused_at: percent, where that is why
    it rests. notified: "yes" or "no", whether the platform tells us of comments by itself; None: never asked. silent:
    nothing is heard of it for longer than usual, or its comments cannot be read.
    """

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
    paused_at: int | None
    usage_percent: float
    last_heard_at: datetime | None
    hooked_at: datetime | None
    notified: str | None
    silent: bool
    held: int
    last_at: datetime | None


def of_organisation(session: Session, organisation_id: int, now: datetime) -> list[Line]:
    """All accounts in use, broken ones first, then by platform and name."""
    mine = col(Delivery.account_id) == col(Account.id)
    held = select(func.count()).where(mine, col(Delivery.state) == "held").correlate(Account).scalar_subquery()
    last = select(func.max(col(Delivery.published_at))).where(mine).correlate(Account).scalar_subquery()
    rows = session.execute(
        select(Account, held, last)
        .where(col(Account.organisation_id) == organisation_id, col(Account.active).is_(True))
        .order_by(col(Account.connector), col(Account.name), col(Account.id))
    ).all()
    pauses = budgets.pauses(session, now)
    used = budgets.used(session, [account for account, _, _ in rows])
    found = [
        Line(
            id=account.id or 0,
            connector=account.connector,
            name=account.name,
            handle=account.handle,
            practice=account.practice,
            health=shown(account.health, pauses.until(account, now), now),
            reason_code=account.reason_code,
            reason_facts=account.reason_facts or {},
            expires_at=account.expires_at,
            checked_at=account.checked_at,
            paused_until=pauses.until(account, now),
            paused_at=pauses.percent(account),
            usage_percent=used[account.id or 0],
            last_heard_at=account.last_heard_at,
            hooked_at=account.hooked_at,
            notified=account.settings.get(vetting.NOTIFIED),
            silent=account.silent_told_at is not None,
            held=waiting,
            last_at=published,
        )
        for account, waiting, published in rows
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
