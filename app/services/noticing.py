"""Posts that people made in the platform's own app on connected accounts: found daily, read at the same ages."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlmodel import col, select, update

from app import clock
from app.models import Account, SeenPost
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, budgets, counting, dead_metrics, outcomes, rolling, seeing
from connectors import ConnectorError, Gone, Unsupported, load

log = logging.getLogger(__name__)


def daily(parts: Parts, account_id: int) -> bool:
    """Once a day for each account: its followers, and what was posted there without us. False when it could not be
    asked for its followers."""
    if not counting.count_account(parts, account_id):
        return False
    try:
        notice(parts, account_id)
    except Exception as error:
        # Tomorrow's list holds it still.
        if isinstance(error, ConnectorError | Problem):
            log.warning("posts of account %s: %s", account_id, error)
        else:
            log.exception("posts of account %s", account_id)
        with parts.db.write() as session:
            accounts.heed(session, account_id, error, counting.COUNTER)
    return True


def notice(parts: Parts, account_id: int) -> int:
    """Look through the account's own list of posts; how many there are that we did not send. 0 where it has no list.

    Raises what a connector raises, and Problem.
    """
    with parts.db.read() as session:
        account = session.get_one(Account, account_id)
    if "recent" not in load()[account.connector].can:
        return 0
    since = clock.now() - seeing.BACK
    listed = accounts.with_connector(
        parts, accounts.opened(parts, account), lambda connector: list(connector.recent(since))
    )
    with parts.db.read() as session:
        # Oldest first, as all who keep several rollups in one transaction: they never wait for each other in a ring.
        found = seeing.not_ours(session, account, listed[::-1], since)
    owner = owner_of(account)
    for start in range(0, len(found), seeing.BATCH):
        with parts.db.write() as session:
            for row in seeing.write(session, owner, found[start : start + seeing.BATCH]):
                rolling.seen(session, row.id or 0)
    with parts.db.write() as session:
        seeing.absent(session, owner, (post.remote_id for post in listed), since)
        seeing.merge(session)
    return len(found)


def owner_of(account: Account) -> seeing.Owner:
    """Whose posts an account's list holds."""
    platform = rolling.platform_of(account.connector)
    return seeing.Owner(account.organisation_id, platform, "own", account.id, None, account.practice)


def due(parts: Parts, limit: int = 20) -> list[int]:
    """Seen posts of connected accounts whose next reading is due."""
    with parts.db.read() as session:
        rows = session.exec(
            select(SeenPost.id)
            .join(Account, col(Account.id) == SeenPost.account_id)
            .where(
                col(SeenPost.reading_at) <= clock.now(),
                col(SeenPost.gone_at).is_(None),
                Account.health != "broken",
                col(Account.active),
            )
            .order_by(col(SeenPost.reading_at))
            .limit(limit)
        ).all()
    return [row for row in rows if row is not None]


def count(parts: Parts, seen_post_id: int) -> bool:
    """Read the engagement of one such post now and keep it; False when the platform could not be asked."""
    with parts.db.read() as session:
        row = session.get(SeenPost, seen_post_id)
        account = session.get(Account, row.account_id) if row and row.account_id else None
        dead = dead_metrics.known(session, account) if account else frozenset()
    if row is None or account is None:
        return False
    if (pause := budgets.until(parts.db, account)) is not None:
        _put_off(parts, seen_post_id, pause - clock.now())
        return False
    remote_id = row.remote_id
    try:
        counts = counting.asked(parts, account, remote_id, dead)
    except Gone:
        # Seen again in the account's list, it comes back (services/seeing).
        with parts.db.write() as session:
            seeing.leave(session, session.get_one(SeenPost, seen_post_id))
        return False
    except Unsupported:
        _put_off(parts, seen_post_id, None)
        return False
    except (ConnectorError, Problem) as error:
        log.warning("engagement of seen post %s: %s", seen_post_id, error)
        with parts.db.write() as session:
            accounts.heed(session, account.id or 0, error, counting.COUNTER)
        wait = max(timedelta(seconds=outcomes.asked_s(error)), outcomes.back_off(4, parts.settings))
        _put_off(parts, seen_post_id, wait)
        return False
    except Exception:
        log.exception("engagement of seen post %s", seen_post_id)
        _put_off(parts, seen_post_id, timedelta(hours=6))
        return False
    with parts.db.write() as session:
        fresh = session.get(SeenPost, seen_post_id, with_for_update=True)
        if fresh is None or fresh.gone_at is not None:
            return False
        dead_metrics.learn(session, account, counts)
        seeing.read(session, fresh, counts.metrics, practice=account.practice)
    return True


def _put_off(parts: Parts, seen_post_id: int, wait: timedelta | None) -> None:
    at = clock.now() + wait if wait is not None else None
    with parts.db.write() as session:
        session.exec(update(SeenPost).where(col(SeenPost.id) == seen_post_id).values(reading_at=at))
