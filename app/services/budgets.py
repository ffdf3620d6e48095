"""Allowances of the platforms, shared by all processes: pause before the block, for as long as the platform says.

Usage headers tell how much of an allowance is used (meta-platform.md section 6). At ``PAUSE_AT`` percent everything of
that scope waits: one Page, one Instagram account, or the whole app. Waiting costs no attempt. A pause begins and grows
by ``rise`` alone and is never shortened: what the platform asked for stands, whatever is heard later.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.db import Database, lease_time
from app.models import Account, Budget
from app.states import Actor, note
from connectors import Usage

#: Percent at which we stop by ourselves; Meta advises to slow down at 80 to 90.
PAUSE_AT = 85.0
#: Percent; smaller changes are not written down.
STEP = 5.0
#: Seconds of a pause without a stated end: doubled each time the allowance is still used up after it.
FIRST_S, MOST_S = 60.0, 3600.0
#: Seconds. No platform's window is longer than a day: an end further off is a mistake of whoever says it.
LONGEST_S = 86_400.0
#: A pause that ended longer ago says nothing of the next one.
_FORGOTTEN = timedelta(hours=1)

Key = tuple[str, str]
#: Seconds for which a process believes what it read of an allowance that is far from used up.
_LOOKED_S = 60.0
#: Of each database: allowance → (its step, monotonic seconds until which that is believed).
_unchanged: WeakKeyDictionary[Database, dict[Key, tuple[int, float]]] = WeakKeyDictionary()

METER = Actor("meter")


@dataclass(frozen=True)
class Standing:
    """One allowance. used: percent. pause_s: seconds of the last pause of our own choice, 0 when it did its work."""

    used: float = 0.0
    paused_until: datetime | None = None
    pause_s: float = 0.0


def rise(before: Standing, wait_s: float | None, present: datetime) -> Standing:
    """A pause of ``wait_s`` seconds; where no time was given, of a minute, growing to an hour while it is no use."""
    if wait_s and wait_s > 0:
        end = present + timedelta(seconds=min(max(wait_s, 1.0), LONGEST_S))
        return replace(before, paused_until=max(end, before.paused_until or end))
    last = before.paused_until
    if last is not None and last > present:
        # Several calls that were on their way tell of the same limit.
        return before
    again = last is not None and present - last < _FORGOTTEN and before.pause_s > 0
    length = min(2 * before.pause_s, MOST_S) if again else FIRST_S
    return replace(before, paused_until=present + timedelta(seconds=length), pause_s=length)


def after(before: Standing, usage: Usage, present: datetime, *, worked: bool) -> Standing:
    """What a job's usage headers mean. worked: the job was not refused; only then is a lower figure good news."""
    now = replace(before, used=usage.percent)
    if usage.percent >= PAUSE_AT:
        return rise(now, usage.regain_s, present)
    return replace(now, pause_s=0.0) if worked else now


def worth_writing(before: Standing, now: Standing) -> bool:
    """Whether a step of STEP percent was crossed, or something about the pause changed."""
    crossed = int(before.used // STEP) != int(now.used // STEP)
    return crossed or (before.paused_until, before.pause_s) != (now.paused_until, now.pause_s)


@dataclass(frozen=True)
class Pauses:
    """The scopes that wait now, read once for many rows. used: percent of each."""

    ends: Mapping[Key, datetime]
    used: Mapping[Key, float]

    def until(self, account: Account, present: datetime) -> datetime | None:
        """When something of this account may be tried again; None when nothing hinders it."""
        later = [end for key in scopes(account) if (end := self.ends.get(key)) is not None and end > present]
        return max(later, default=None)

    def percent(self, account: Account) -> int | None:
        """How much is used of what waits, when that is why; None where a refusal began the pause, or nothing waits."""
        full = [self.used[key] for key in scopes(account) if self.used.get(key, 0) >= PAUSE_AT]
        return round(max(full)) if full else None


def pauses(session: Session, present: datetime) -> Pauses:
    """What waits now."""
    rows = session.exec(select(Budget).where(col(Budget.paused_until) > present)).all()
    return Pauses(
        {(row.scope, row.remote_id): row.paused_until for row in rows if row.paused_until},
        {(row.scope, row.remote_id): row.used_percent for row in rows},
    )


def until(db: Database, account: Account) -> datetime | None:
    """When something of this one account may be tried; None: now."""
    with db.read() as session:
        present = lease_time(session)
        return pauses(session, present).until(account, present)


def used(session: Session, accounts: Iterable[Account]) -> dict[int, float]:
    """Account id → percent used of its fullest allowance, as far as it was ever told."""
    rows = {(row.scope, row.remote_id): row.used_percent for row in session.exec(select(Budget)).all()}
    return {one.id or 0: max((rows.get(key, 0.0) for key in scopes(one)), default=0.0) for one in accounts}


def scopes(account: Account) -> list[Key]:
    """The allowances an account draws on: its own first, then the app's."""
    own = {"facebook": "page", "instagram": "ig"}.get(account.connector)
    if own is None:
        return [(account.connector, account.remote_id)]
    return [(own, account.remote_id), ("app", "practice" if account.practice else "graph")]


def heard(db: Database, account: Account, said: Mapping[str, Usage], *, worked: bool) -> None:
    """Keep what the headers of one job said. Most jobs cross no step and write nothing.

    worked: the job was not refused. Of an Instagram account's linked Page its uploads tell too.
    """
    of = {key[0]: key for key in scopes(account)}
    if page_id := account.settings.get("page_id"):
        of.setdefault("page", ("page", str(page_id)))
    told = {of[scope]: usage for scope, usage in said.items() if scope in of}
    if not told or all(_as_before(db, key, usage) for key, usage in told.items()):
        return
    with db.read() as session:
        present = lease_time(session)
        known = _standings(session, told)
        if not any(
            worth_writing(known.get(key, Standing()), after(known.get(key, Standing()), usage, present, worked=worked))
            for key, usage in told.items()
        ):
            _remember(db, known, told)
            return
    for key in told:
        _unchanged.get(db, {}).pop(key, None)
    with db.write() as session:
        # Always in the same order: two processes never wait for each other's rows.
        for key, usage in sorted(told.items(), key=lambda item: item[0]):
            row = _locked(session, key)
            before, present = _standing(row), lease_time(session)
            _write(session, row, before, after(before, usage, present, worked=worked), account, METER, "usage")


def _as_before(db: Database, key: Key, usage: Usage) -> bool:
    """Whether this process saw a moment ago that such a word changes nothing: no look at the database for it. Another
    process may have written since; then the next look, in a minute at most, follows."""
    step, until = _unchanged.get(db, {}).get(key, (-1, 0.0))
    return usage.percent < PAUSE_AT and int(usage.percent // STEP) == step and time.monotonic() < until


def _remember(db: Database, known: Mapping[Key, Standing], told: Mapping[Key, Usage]) -> None:
    until = time.monotonic() + _LOOKED_S
    for key, usage in told.items():
        if usage.percent < PAUSE_AT and not known.get(key, Standing()).pause_s:
            _unchanged.setdefault(db, {})[key] = (int(usage.percent // STEP), until)


def limited(session: Session, account: Account, scope: str | None, wait_s: float | None, by: Actor, why: str) -> None:
    """The platform refused for a limit: the app's holds up everybody, any other one this account."""
    keys = scopes(account)
    row = _locked(session, next((key for key in keys if key[0] == scope == "app"), keys[0]))
    before = _standing(row)
    _write(session, row, before, rise(before, wait_s, lease_time(session)), account, by, why)


def _write(
    session: Session, row: Budget, before: Standing, now: Standing, account: Account, by: Actor, why: str
) -> None:
    if not worth_writing(before, now):
        return
    row.used_percent, row.paused_until, row.pause_s = now.used, now.paused_until, now.pause_s
    row.updated_at = lease_time(session)
    session.add(row)
    session.flush()
    if now.paused_until != before.paused_until and account.id is not None:
        facts = {"until": now.paused_until, "scope": row.scope, "percent": round(now.used)}
        note(session, account, "pause", by, why=why, facts=facts)


def _standing(row: Budget) -> Standing:
    return Standing(row.used_percent, row.paused_until, row.pause_s)


def _standings(session: Session, keys: Iterable[Key]) -> dict[Key, Standing]:
    mine = or_(*((col(Budget.scope) == scope) & (col(Budget.remote_id) == remote_id) for scope, remote_id in keys))
    return {(row.scope, row.remote_id): _standing(row) for row in session.exec(select(Budget).where(mine)).all()}


def _locked(session: Session, key: Key) -> Budget:
    """The row, made when it is not there, locked until the transaction ends and as it stands now."""
    scope, remote_id = key
    query = (
        select(Budget)
        .where(col(Budget.scope) == scope, col(Budget.remote_id) == remote_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.exec(query).first()
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(Budget(scope=scope, remote_id=remote_id))
    except IntegrityError:  # another process made it in this moment (PostgreSQL)
        pass
    return session.exec(query).one()
