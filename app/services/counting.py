"""Engagement comes in: readings at growing ages. What the platform did not give stays NULL."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Delivery, Organisation, Post, Reading
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, budgets, dead_metrics, outcomes, pace, rolling, vanishing
from app.states import Actor, note
from connectors import METRICS, Connector, ConnectorError, Counts, Gone, Unsupported

log = logging.getLogger(__name__)

COUNTER = Actor("counter")
FOLLOWERS_EVERY = timedelta(days=1)
FOLLOWERS_AGAIN = timedelta(minutes=10)
#: A person's "count now" is not repeated within this time.
ASKED_AGAIN = timedelta(minutes=1)


def due(parts: Parts, limit: int = 20) -> list[int]:
    """Deliveries whose next reading is due."""
    with parts.db.read() as session:
        rows = session.exec(
            select(Delivery.id)
            .join(Account, col(Account.id) == Delivery.account_id)
            .where(col(Delivery.reading_at) <= clock.now(), Delivery.state == "published", Account.health != "broken")
            .order_by(col(Delivery.reading_at))
            .limit(limit)
        ).all()
    return [row for row in rows if row is not None]


def due_accounts(parts: Parts, limit: int = 20) -> list[int]:
    """Accounts whose followers were not read for a day."""
    before = clock.now() - FOLLOWERS_EVERY
    with parts.db.read() as session:
        rows = session.exec(
            select(Account.id)
            .where(
                col(Account.active),
                Account.health != "broken",
                col(Account.counted_at).is_(None) | (col(Account.counted_at) <= before),
            )
            .limit(limit)
        ).all()
    return [row for row in rows if row is not None]


def wanted(session: Session, *, post_id: int | None, organisation_id: int | None) -> list[int]:
    """Public deliveries of a post or an organisation, for counting now. Problem: unknown_post, unknown_organisation."""
    query = select(Delivery.id).where(Delivery.state == "published", col(Delivery.remote_id).is_not(None))
    if post_id is not None:
        if session.get(Post, post_id) is None:
            raise Problem("unknown_post", id=post_id)
        query = query.where(Delivery.post_id == post_id)
    if organisation_id is not None:
        if session.get(Organisation, organisation_id) is None:
            raise Problem("unknown_organisation", field="organisation", id=organisation_id)
        query = query.join(Post, col(Post.id) == Delivery.post_id).where(Post.organisation_id == organisation_id)
    return [row for row in session.exec(query.order_by(col(Delivery.id))).all() if row is not None]


def accounts_of(session: Session, delivery_ids: list[int]) -> list[int]:
    """The accounts behind some deliveries."""
    query = select(Delivery.account_id).where(col(Delivery.id).in_(delivery_ids)).distinct()
    return sorted(session.exec(query).all())


def count(parts: Parts, delivery_id: int) -> bool:
    """Read the engagement of one public post now and keep it; False when the platform could not be asked."""
    with parts.db.read() as session:
        delivery = session.get(Delivery, delivery_id)
        account = session.get(Account, delivery.account_id) if delivery else None
        dead = dead_metrics.known(session, account) if account else frozenset()
    if delivery is None or account is None or delivery.remote_id is None:
        return False
    if (pause := budgets.until(parts.db, account)) is not None:
        _put_off(parts, delivery_id, pause)
        return False
    remote_id = delivery.remote_id
    try:
        counts = asked(parts, account, remote_id, dead)
    except Gone:
        _missing(parts, delivery, account)
        return False
    except Unsupported as error:
        log.info("engagement of delivery %s: %s", delivery_id, error)
        counts = None
    except (ConnectorError, Problem) as error:
        _later(parts, delivery_id, account, error)
        return False
    except Exception:
        # One post that we cannot digest must not be tried every moment, nor keep the others waiting.
        log.exception("engagement of delivery %s", delivery_id)
        _put_off(parts, delivery_id, clock.now() + outcomes.back_off(4, parts.settings))
        return False
    with parts.db.write() as session:
        keep(session, account, delivery, counts)
    if counts is not None:
        vanishing.seen(parts, delivery)
    return counts is not None


def asked(parts: Parts, account: Account, remote_id: str, dead: frozenset[str]) -> Counts:
    """What the platform says of one post now; raises a connector's errors. dead: metrics that are not asked for."""

    def ask(connector: Connector) -> Counts:
        connector.dead = dead
        return connector.counts(remote_id)

    return accounts.with_connector(parts, accounts.opened(parts, account), ask)


def keep(session: Session, account: Account, delivery: Delivery, counts: Counts | None) -> None:
    """Write a reading made now with all that follows from it. counts None: the platform has none, ever.

    After a stop there is one reading for all ages that passed meanwhile, marked with the last of them; one that was
    asked for in between, or made again, is marked with none.
    """
    present, published_at = clock.now(), delivery.published_at or delivery.due_at
    used = budgets.used(session, [account])[account.id or 0]
    following = pace.next_reading(published_at, present, practice=account.practice, used_percent=used)
    # First the delivery, last the rollups: two writers never wait for each other (services/rolling).
    session.exec(
        update(Delivery).where(*_public(delivery.id or 0)).values(reading_at=following[0] if following else None)
    )
    if counts is None:
        return
    planned = pace.due_age(published_at, present, practice=account.practice)
    served = select(Reading.id).where(Reading.delivery_id == delivery.id, Reading.planned_age_s == planned)
    if planned is not None and session.exec(served.limit(1)).first() is not None:
        planned = None
    session.add(_reading(delivery, counts, planned))
    dead_metrics.learn(session, account, counts)
    rolling.read(session, delivery.id or 0)


def _missing(parts: Parts, delivery: Delivery, account: Account) -> None:
    """It is said not to be there: looked at again soon, and its reading waits for that."""
    again = vanishing.look(parts, delivery, account, COUNTER)
    if again is not None:
        _put_off(parts, delivery.id or 0, clock.now() + again)


def count_account(parts: Parts, account_id: int) -> bool:
    """Read the followers of one account now and keep the number; False when the platform could not be asked."""
    with parts.db.read() as session:
        account = session.get(Account, account_id)
        if account is None:
            raise Problem("unknown_account", id=account_id)
    if (pause := budgets.until(parts.db, account)) is not None:
        _count_again(parts, account_id, pause)
        return False
    followers: int | None = None
    try:
        followers = accounts.with_connector(
            parts, accounts.opened(parts, account), lambda connector: connector.followers()
        )
    except Unsupported:
        pass
    except Exception as error:
        if isinstance(error, ConnectorError | Problem):
            log.warning("followers of account %s: %s", account_id, error)
        else:
            log.exception("followers of account %s", account_id)
        with parts.db.write() as session:
            accounts.heed(session, account_id, error, COUNTER)
        # Asked again soon after a failure, but not at once.
        _count_again(parts, account_id, clock.now() + FOLLOWERS_AGAIN)
        return False
    present = clock.now()
    with parts.db.write() as session:
        session.exec(update(Account).where(col(Account.id) == account_id).values(counted_at=present))
        session.add(Reading(account_id=account_id, followers=followers, read_at=present))
        rolling.followers_read(session, account_id, present)
    return True


def ask_now(session: Session, post_id: int, by: Actor) -> int:
    """A person wants the figures of a post now: its next reading is made due. How many accounts will be asked.

    What was read within ``ASKED_AGAIN`` is left alone, so that a tapped button costs no allowance. Problem:
    unknown_post.
    """
    post = session.get(Post, post_id)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    present = clock.now()
    fresh = select(Reading.delivery_id).where(
        col(Reading.delivery_id).is_not(None), col(Reading.read_at) > present - ASKED_AGAIN
    )
    rows = session.exec(
        select(Delivery.id)
        .join(Account, col(Account.id) == Delivery.account_id)
        .where(
            Delivery.post_id == post_id,
            Delivery.state == "published",
            col(Delivery.remote_id).is_not(None),
            Account.health != "broken",
            col(Delivery.id).not_in(fresh),
        )
    ).all()
    if rows:
        session.exec(update(Delivery).where(col(Delivery.id).in_(rows)).values(reading_at=present))
        note(session, post, "count_now", by, facts={"deliveries": len(rows)})
    return len(rows)


def _reading(delivery: Delivery, counts: Counts, planned: int | None) -> Reading:
    metrics: dict[str, Any] = {name: counts.metrics.get(name) for name in METRICS}
    return Reading(
        account_id=delivery.account_id,
        delivery_id=delivery.id,
        planned_age_s=planned,
        refused=list(counts.refused),
        raw=dict(counts.raw),
        **metrics,
    )


def _later(parts: Parts, delivery_id: int, account: Account, error: ConnectorError | Problem) -> None:
    """Not now: the reading stays due, a little later."""
    log.warning("engagement of delivery %s: %s", delivery_id, error)
    wait = max(timedelta(seconds=outcomes.asked_s(error)), outcomes.back_off(1, parts.settings))
    with parts.db.write() as session:
        accounts.heed(session, account.id or 0, error, COUNTER)
    _put_off(parts, delivery_id, clock.now() + wait)


def _count_again(parts: Parts, account_id: int, at: datetime) -> None:
    """Ask for the followers at that time: written as a reading a day before it."""
    with parts.db.write() as session:
        counted_at = at - FOLLOWERS_EVERY
        session.exec(update(Account).where(col(Account.id) == account_id).values(counted_at=counted_at))


def _put_off(parts: Parts, delivery_id: int, at: datetime) -> None:
    with parts.db.write() as session:
        session.exec(update(Delivery).where(*_public(delivery_id)).values(reading_at=at))


def _public(delivery_id: int) -> tuple[Any, Any]:
    """Not one that was taken back or vanished meanwhile."""
    return col(Delivery.id) == delivery_id, col(Delivery.state) == "published"
