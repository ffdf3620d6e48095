"""Is the machine well: a worker alive, the clock right, the accounts connected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.models import Account, Worker
from app.queries.deliveries import MOVING, Way
from app.services import budgets
from app.services.timekeeping import LIMIT_S

#: A worker that has not given a sign for so long is not believed to live.
FRESH = timedelta(seconds=30)
#: A clock off by more is told: posts would go out early or late by as much.
CLOCK_OFF_S = 30


@dataclass(frozen=True)
class Machine:
    """last_beat None: no worker ever ran. clock_off_s: the platform's clock less ours, when it is worth telling."""

    worker_alive: bool
    last_beat: datetime | None
    clock_off_s: float | None

    @property
    def clock_wrong(self) -> bool:
        """Whether the clock is so far off that nothing is sent by it."""
        return self.clock_off_s is not None and abs(self.clock_off_s) > LIMIT_S


def machine(session: Session, now: datetime) -> Machine:
    """State of the workers, as the database knows it.

    A beat of the future is no sign of life: our clock was set back, and who gave it may be dead since.
    """
    fresh = (col(Worker.beat_at) >= now - FRESH, col(Worker.beat_at) <= now + FRESH)
    last = session.execute(select(func.max(col(Worker.beat_at))).where(fresh[1])).scalar_one_or_none()
    off = session.execute(
        select(col(Worker.clock_off_s))
        .where(col(Worker.clock_off_s).is_not(None), *fresh)
        .order_by(func.abs(col(Worker.clock_off_s)).desc())
        .limit(1)
    ).scalar_one_or_none()
    worth = off if off is not None and abs(off) > CLOCK_OFF_S else None
    return Machine(last is not None and now - last <= FRESH, last, worth)


def stops(way: Way, machine: Machine, now: datetime) -> bool:
    """Whether this one is due and nobody works on it: no worker, or by a clock that is wrong.

    What is taken back goes on by any clock.
    """
    if machine.worker_alive and not machine.clock_wrong:
        return False
    if way.state == "withdrawing":
        return not machine.worker_alive
    return way.state in MOVING or (way.state == "queued" and way.due_at <= now)


@dataclass(frozen=True)
class AccountLine:
    """One account on the start page. health: as on the account page, with "paused" while the platform's pause lasts."""

    id: int
    connector: str
    name: str
    health: str
    expires_at: datetime | None


def account_lines(session: Session, organisation_id: int, now: datetime) -> list[AccountLine]:
    """The organisation's accounts, broken ones first."""
    rows = session.execute(
        select(Account)
        .where(col(Account.organisation_id) == organisation_id, col(Account.active).is_(True))
        .order_by(col(Account.connector), col(Account.id))
    ).scalars()
    pauses = budgets.pauses(session, now)
    found = [
        AccountLine(
            row.id or 0, row.connector, row.name, shown(row.health, pauses.until(row, now), now), row.expires_at
        )
        for row in rows
    ]
    return sorted(found, key=lambda line: line.health != "broken")


def shown(health: str, paused_until: datetime | None, now: datetime) -> str:
    """The health a person sees: a platform's pause hides no break."""
    return "paused" if health != "broken" and paused_until is not None and paused_until > now else health
