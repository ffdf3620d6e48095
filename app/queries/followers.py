"""Followers of accounts through time: of our own from the rollups a day, of those read from outside the newest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.models import Account, AccountDay, Reading, Watched


@dataclass(frozen=True)
class Follower:
    """One account. id: of Account, None when it is read from outside. asked: whether its followers were ever asked for.

    trend: (day, how many) where given, oldest first. read_on: the day of the newest count. trouble: why reading from
    outside fails (a code of app/words.py).
    """

    id: int | None
    connector: str
    account: str
    source: str
    asked: bool
    trend: list[tuple[date, int]]
    trouble: str | None = None

    @property
    def followers(self) -> int | None:
        """The newest count; None when there is none."""
        return self.trend[-1][1] if self.trend else None

    @property
    def read_on(self) -> date | None:
        """When it was read."""
        return self.trend[-1][0] if self.trend else None


def read(session: Session, organisation_id: int, since: date, until: date, zone: str) -> list[Follower]:
    """Every active account with its counts between these days, then its accounts that are read from outside."""
    accounts = session.execute(
        select(col(Account.id), col(Account.connector), col(Account.name), col(Account.counted_at))
        .where(col(Account.organisation_id) == organisation_id, col(Account.active).is_(True))
        .order_by(col(Account.connector), col(Account.name), col(Account.id))
    ).all()
    trends: dict[int, list[tuple[date, int]]] = {}
    for id_, day, count in session.execute(
        select(col(AccountDay.account_id), col(AccountDay.day), col(AccountDay.followers))
        .where(
            col(AccountDay.account_id).in_([row[0] for row in accounts]),
            col(AccountDay.followers).is_not(None),
            col(AccountDay.day).between(since, until),
        )
        .order_by(col(AccountDay.day))
    ):
        trends.setdefault(id_, []).append((day, count))
    rest = _raw(session, [row[0] for row in accounts if row[0] not in trends], since, until, zone)
    found = []
    for id_, connector, name, counted_at in accounts:
        own = trends.get(id_) or [(day, count) for day, count in rest.get(id_, []) if count is not None]
        found.append(Follower(id_, connector, name, "own", counted_at is not None or id_ in rest, own))
    return found + _watched(session, organisation_id, zone)


def newest(session: Session, ids: Iterable[int], since: date) -> dict[int, dict[str, int]]:
    """The newest followers of many organisations since a day: organisation → platform → the largest account's. Never
    added: the same person may follow both."""
    last = (
        select(col(AccountDay.account_id), func.max(col(AccountDay.day)).label("day"))
        .where(col(AccountDay.followers).is_not(None), col(AccountDay.day) >= since)
        .group_by(col(AccountDay.account_id))
        .subquery()
    )
    rows = session.execute(
        select(col(Account.organisation_id), col(Account.connector), func.max(col(AccountDay.followers)))
        .join(last, last.c.account_id == col(Account.id))
        .join(AccountDay, (col(AccountDay.account_id) == last.c.account_id) & (col(AccountDay.day) == last.c.day))
        .where(col(Account.organisation_id).in_(list(ids)), col(Account.active).is_(True))
        .group_by(col(Account.organisation_id), col(Account.connector))
    )
    found: dict[int, dict[str, int]] = {}
    for id_, connector, count in rows:
        found.setdefault(id_, {})[connector] = count
    return found


def _raw(
    session: Session, ids: list[int], since: date, until: date, zone: str
) -> dict[int, list[tuple[date, int | None]]]:
    """Of accounts without a rollup: a database from before."""
    if not ids:
        return {}
    here = ZoneInfo(zone)
    rows = session.execute(
        select(col(Reading.account_id), col(Reading.read_at), col(Reading.followers))
        .where(
            col(Reading.account_id).in_(ids),
            col(Reading.delivery_id).is_(None),
            col(Reading.read_at) >= datetime.combine(since, time(), here),
        )
        .order_by(col(Reading.read_at), col(Reading.id))
    )
    found: dict[int, list[tuple[date, int | None]]] = {}
    for id_, at, count in rows:
        day = at.astimezone(here).date()
        if day <= until:
            found.setdefault(id_, []).append((day, count))
    return found


def _watched(session: Session, organisation_id: int, zone: str) -> list[Follower]:
    rows = session.execute(
        select(
            col(Watched.platform), col(Watched.handle), col(Watched.source), col(Watched.followers),
            col(Watched.looked_at), col(Watched.reason_code),
        )
        .where(col(Watched.organisation_id) == organisation_id, col(Watched.active).is_(True))
        .order_by(col(Watched.platform), col(Watched.handle))
    )  # fmt: skip
    here = ZoneInfo(zone)
    return [
        Follower(
            None, platform, handle, source, looked is not None,
            [(looked.astimezone(here).date(), count)] if looked is not None and count is not None else [], trouble,
        )
        for platform, handle, source, count, looked, trouble in rows
    ]  # fmt: skip
