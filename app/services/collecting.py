"""Comments come in by reading: all of a post again and again, at a pace by its age and the account's allowance.

What a read says is written down by services/keeping.py, as is what notifications say (services/hooking.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Comment, Delivery, Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, award_polls, budgets, linking, outcomes, pace, vanishing
from app.services.arriving import COLLECTOR
from app.services.keeping import Heard, keep, storable
from app.states import note
from connectors import Connector, ConnectorError, Gone, RemoteComment, Unsupported

log = logging.getLogger(__name__)

__all__ = ["collect", "due", "keep", "of_organisation", "storable"]
#: Rows written in one transaction (design.md section 12).
BATCH = 100


def due(parts: Parts, limit: int = 20) -> list[int]:
    """Deliveries whose comments are to be asked for now."""
    with parts.db.read() as session:
        rows = session.exec(
            select(Delivery.id)
            .join(Account, col(Account.id) == Delivery.account_id)
            .where(col(Delivery.collect_at) <= clock.now(), Delivery.state == "published", Account.health != "broken")
            .order_by(col(Delivery.collect_at))
            .limit(limit)
        ).all()
    return [row for row in rows if row is not None]


def of_organisation(session: Session, organisation_id: int | None) -> list[int]:
    """All public deliveries of an organisation (None: of everybody)."""
    query = select(Delivery.id).where(Delivery.state == "published", col(Delivery.remote_id).is_not(None))
    if organisation_id is not None:
        if session.get(Organisation, organisation_id) is None:
            raise Problem("unknown_organisation", field="organisation", id=organisation_id)
        query = query.join(Account, col(Account.id) == Delivery.account_id).where(
            Account.organisation_id == organisation_id
        )
    return [row for row in session.exec(query.order_by(col(Delivery.id))).all() if row is not None]


def collect(parts: Parts, delivery_id: int, give_way: Callable[[], object] = lambda: None) -> int:
    """Ask for all comments of one public post and keep what is new; how many were new.

    give_way: called before each batch; it may wait until more urgent things are done.
    A platform that cannot answer now only puts the next poll off. A read that ended early marks nothing deleted.
    """
    with parts.db.read() as session:
        delivery = session.get(Delivery, delivery_id)
        account = session.get(Account, delivery.account_id) if delivery else None
        if delivery is None or account is None or delivery.remote_id is None:
            return 0
    if (pause := budgets.until(parts.db, account)) is not None:
        _again(parts, delivery, account, pause - clock.now())
        return 0
    remote_id = delivery.remote_id
    seen: set[str] = set()
    began = clock.now()
    new = 0
    retry: timedelta | None = None
    read_at: datetime | None = None
    try:
        opening = accounts.opened(parts, account)

        def read(connector: Connector) -> int:
            fresh = 0
            if linking.wanted(delivery):
                linking.fill(parts, delivery, connector)
            for batch in _batches(connector.comments(remote_id)):
                give_way()
                seen.update(comment.remote_id for comment in batch)
                fresh += _keep_safely(parts, delivery, account, [Heard(comment, began) for comment in batch])
            return fresh

        new = accounts.with_connector(parts, opening, read)
        _missing(parts, delivery_id, seen, began)
        vanishing.seen(parts, delivery)
        read_at = began
    except Gone:
        # The post, or only a comment that was deleted while we read.
        retry = vanishing.look(parts, delivery, account, COLLECTOR)
    except Unsupported:
        pass
    except (ConnectorError, Problem) as error:
        log.warning("comments of delivery %s: %s", delivery_id, error)
        retry = max(timedelta(seconds=outcomes.asked_s(error)), outcomes.back_off(1, parts.settings))
        with parts.db.write() as session:
            accounts.heed(session, account.id or 0, error, COLLECTOR)
    except Exception:
        # One post that we cannot digest must not be tried every moment, nor keep the others waiting.
        log.exception("comments of delivery %s", delivery_id)
        retry = outcomes.back_off(4, parts.settings)
    _again(parts, delivery, account, retry, read_at)
    return new


def _keep_safely(parts: Parts, delivery: Delivery, account: Account, batch: list[Heard]) -> int:
    """``keep`` in a transaction of its own. Another process may have written the same comments a moment ago."""
    for last in (False, True):
        try:
            with parts.db.write() as session:
                return keep(session, delivery, account, batch)
        except IntegrityError:
            if last:
                raise
    raise AssertionError("unreachable")


def _missing(parts: Parts, delivery_id: int, seen: set[str], began: datetime) -> None:
    """After a complete read: what was there before and is not any more was deleted. Its text stays."""
    query = select(Comment.id, Comment.remote_id).where(
        Comment.delivery_id == delivery_id,
        col(Comment.deleted_at).is_(None),
        col(Comment.seen_at) < began,
        # Told of by a notification since: the next read knows more of it.
        or_(col(Comment.known_at).is_(None), col(Comment.known_at) <= began),
    )
    with parts.db.read() as session:
        gone = [comment_id for comment_id, remote_id in session.exec(query) if remote_id not in seen]
    for start in range(0, len(gone), BATCH):
        with parts.db.write() as session:
            some = col(Comment.id).in_(gone[start : start + BATCH])
            for comment in session.exec(select(Comment).where(some, col(Comment.deleted_at).is_(None))).all():
                comment.deleted_at, comment.known_at = clock.now(), began
                session.add(comment)
                session.flush()
                note(session, comment, "vanish", COLLECTOR)


def _again(
    parts: Parts, delivery: Delivery, account: Account, retry: timedelta | None, read_at: datetime | None = None
) -> None:
    """When to look next. read_at: when a read began that came to its end; None where there was none."""
    present = clock.now()
    published = delivery.published_at or present
    with parts.db.write() as session:
        used = budgets.used(session, [account])[account.id or 0]
        counted = award_polls.keep_on(session, account.organisation_id, published, present)
        at = pace.next_poll(published, present, practice=account.practice, keep_on=counted, used_percent=used)
        at = present + retry if retry else at
        fresh = session.get_one(Delivery, delivery.id, with_for_update=True)
        if fresh.state != "published":
            return  # taken back or vanished meanwhile
        # Pulled forward while we read: a notification wants another look.
        wanted = fresh.collect_at if fresh.collect_at != delivery.collect_at else None
        fresh.collect_at = min(filter(None, (at, wanted)), default=None)
        if read_at is not None:
            fresh.collected_at = read_at
            session.exec(update(Account).where(col(Account.id) == account.id).values(collected_at=present))
        session.add(fresh)


def _batches(comments: Iterator[RemoteComment]) -> Iterator[list[RemoteComment]]:
    while batch := list(islice(comments, BATCH)):
        yield [
            replace(each, text=storable(each.text), author_name=storable(each.author_name or "") or None)
            for each in batch
        ]
