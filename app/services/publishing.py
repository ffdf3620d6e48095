"""Publishing: stage, commit, look up what stayed unclear, drop what was called off (design.md section 5).

No transaction is open while the network is used. Results are written by ``recording`` under the fence of the claim.
"""

from __future__ import annotations

import logging
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from app import clock
from app.db import lease_time
from app.failpoints import reach
from app.models import Account, Delivery, Post
from app.parts import Parts
from app.problems import Problem, Stale
from app.services import accounts, budgets, recording, rendering, timekeeping, withdrawing
from app.services.claiming import PUBLISHER, STAGED_FOR, Work, content_of
from app.states import note
from connectors import Busy, Connector, ConnectorError, Gone, Published, Staged, Unsupported

log = logging.getLogger(__name__)

#: Posts of this long ago may still stand in the list in which an unclear one is looked for.
_ALIKE = timedelta(days=7)


def work(parts: Parts, claimed: Work) -> None:
    """Do one claimed step; never raises for what a platform may answer."""
    steps = {"stage": _stage, "commit": _commit, "look": _look, "drop": _drop, "withdraw": withdrawing.take_back}
    reach(f"{claimed.step}.claimed")
    try:
        steps[claimed.step](parts, claimed)
    except Stale as stale:
        log.info("overtaken: %s", stale)


@dataclass(frozen=True)
class _Job:
    """What a step needs, read in one transaction and used outside it."""

    delivery: Delivery
    post: Post
    account: Account
    content: str
    #: When it was read, as claims count time, and whether something of the account waited then.
    present: datetime
    paused: bool
    #: Remote ids of the account's other posts: one with the same words is not this one.
    taken: Container[str]


#: One query, put together once: a commit has to be quick.
_OF_JOB = (
    select(Delivery, Post, Account)
    .join(Post, col(Post.id) == Delivery.post_id)
    .join(Account, col(Account.id) == Delivery.account_id)
    .where(col(Delivery.id) == bindparam("id_is"))
)


def _load(parts: Parts, claimed: Work) -> _Job:
    with parts.db.read() as session:
        delivery, post, account = session.exec(_OF_JOB, params={"id_is": claimed.delivery_id}).one()
        if delivery.fence != claimed.fence:
            raise Stale(f"delivery {claimed.delivery_id}")
        present = lease_time(session)
        paused = budgets.pauses(session, present).until(account, present) is not None
        return _Job(delivery, post, account, content_of(post, account), present, paused, _Taken(parts, delivery))


class _Taken(Container[str]):
    """Remote ids of the account's other posts, read when somebody asks: a commit that goes well never does."""

    def __init__(self, parts: Parts, delivery: Delivery) -> None:
        self._parts, self._delivery = parts, delivery
        self._ids: frozenset[str] | None = None

    def __contains__(self, remote_id: object) -> bool:
        if self._ids is None:
            others = select(Delivery.remote_id).where(
                Delivery.account_id == self._delivery.account_id,
                Delivery.id != self._delivery.id,
                col(Delivery.published_at) > clock.now() - _ALIKE,
            )
            with self._parts.db.read() as session:
                self._ids = frozenset(filter(None, session.exec(others)))
        return remote_id in self._ids


def _staged(delivery: Delivery) -> Staged:
    return Staged(dict(delivery.staged), ready=delivery.ready, repeatable=delivery.repeatable)


def _stage(parts: Parts, claimed: Work) -> None:
    job = _load(parts, claimed)
    delivery = job.delivery

    def save(staged: Staged) -> None:
        reach("stage.made")
        # Each remote id is on disk as soon as it is known; saving also prolongs the lease.
        with parts.db.write() as session:
            present = lease_time(session)
            hit = session.exec(
                update(Delivery)
                .where(
                    col(Delivery.id) == claimed.delivery_id,
                    col(Delivery.fence) == claimed.fence,
                    col(Delivery.state) == "staging",
                )
                .values(
                    staged=dict(staged.ids),
                    staged_at=present,
                    staged_of=job.content,
                    ready=False,
                    repeatable=staged.repeatable,
                    lease_until=present + timedelta(seconds=parts.settings.lease_s),
                )
            )
            if hit.rowcount != 1:
                raise Stale(f"delivery {claimed.delivery_id} while staging")
            reach("save.written")
        reach("stage.saved")

    def use(connector: Connector) -> Staged | Published:
        before = _staged(delivery)
        old = delivery.staged_at and clock.now() - delivery.staged_at >= STAGED_FOR
        if before.ids and (delivery.staged_of != job.content or old):
            # Tried before and now to be made anew (a person's "send again" a day later): it may have worked unheard.
            if delivery.commit_at is not None and (public := _found(parts, connector, job, delivery.commit_at)):
                return public
            _discard(connector, before)
            before = Staged()
            save(before)
        item = rendering.item(parts, job.post, job.account)
        # Renditions of ten large photos take their time: a whole lease for the calls.
        _prolong(parts, claimed)
        reach("stage.begun")
        try:
            return connector.stage(item, before, _remember(save, latest))
        except Stale:
            # Cancelled, or another worker took over: what of ours is not written down is nobody's any more.
            _discard(connector, _unwritten(parts, claimed, latest[-1] if latest else before))
            raise

    latest: list[Staged] = []
    try:
        staged = accounts.with_connector(parts, accounts.opened(parts, job.account), use)
    except Stale:
        raise
    except Exception as error:
        recording.failed(parts, claimed, error, committing=False)
        return
    reach("stage.done")
    if isinstance(staged, Published):
        recording.published(parts, claimed, staged, "late_id")
        return
    recording.staging(parts, claimed, job.content, staged)
    reach("stage.recorded")


def _prolong(parts: Parts, claimed: Work) -> None:
    """The lease of a staging that goes on, anew from now. Stale when somebody else has it."""
    with parts.db.write() as session:
        until = lease_time(session) + timedelta(seconds=parts.settings.lease_s)
        held = (col(Delivery.id) == claimed.delivery_id, col(Delivery.fence) == claimed.fence)
        hit = session.exec(update(Delivery).where(*held, col(Delivery.state) == "staging").values(lease_until=until))
        if hit.rowcount != 1:
            raise Stale(f"delivery {claimed.delivery_id} before staging")


def _unwritten(parts: Parts, claimed: Work, made: Staged) -> Staged:
    """What the row does not hold. What it holds, the next worker goes on with (perhaps it is public by now), and a
    cancelled row's is dropped by ``_drop``."""
    with parts.db.read() as session:
        delivery = session.get(Delivery, claimed.delivery_id)
        held = set(delivery.staged.values()) if delivery else set()
    return Staged({key: id_ for key, id_ in made.ids.items() if id_ not in held})


def _remember(save: Any, latest: list[Staged]) -> Any:
    def both(staged: Staged) -> None:
        latest.append(staged)
        save(staged)

    return both


def _commit(parts: Parts, claimed: Work) -> None:
    job = _load(parts, claimed)
    if job.content != job.delivery.staged_of:
        # Edited in the moment of the claim (PostgreSQL): what is staged has other words. Nothing was sent yet.
        recording.failed(parts, claimed, Busy("lease_short"), committing=True)
        return

    def use(connector: Connector) -> Published:
        item = rendering.staged_item(parts, job.post, job.account)
        _may(parts, opening, job)
        claimed.still_enough(parts.settings)
        connector.taken = job.taken
        reach("commit.begun")
        return connector.commit(item, replace(_staged(job.delivery), tried=claimed.tried))

    try:
        opening = accounts.opened(parts, job.account)
        published = accounts.with_connector(parts, opening, use)
    except Exception as error:
        recording.failed(parts, claimed, error, committing=True)
        return
    reach("commit.answered")
    recording.published(parts, claimed, published, "publish")
    reach("commit.recorded")


def _may(parts: Parts, opening: accounts.Opened, job: _Job) -> None:
    """Raise Busy("clock_off") where the platform's clock shows that ours is wrong: "due" then means nothing; and
    Busy("paused") where a pause began since the claim."""
    timekeeping.ask(parts, opening.platform, opening.wire)
    if timekeeping.wrong(opening.platform, job.present):
        raise Busy("clock_off")
    if job.paused:
        raise Busy("paused")


def _look(parts: Parts, claimed: Work) -> None:
    job = _load(parts, claimed)
    delivery = job.delivery
    since = delivery.commit_at or delivery.due_at

    def use(connector: Connector) -> Published | None:
        return _found(parts, connector, job, since)

    try:
        published = accounts.with_connector(parts, accounts.opened(parts, job.account), use)
    except (ConnectorError, Problem) as error:
        recording.unread(parts, claimed, error)
        return
    except Exception as error:  # a fault of ours must not leave the delivery without a next look
        log.exception("look at delivery %s", claimed.delivery_id)
        recording.unread(parts, claimed, Busy("internal", fault=type(error).__name__))
        return
    reach("look.answered")
    if published:
        recording.published(parts, claimed, published, "found")
        return
    recording.absent(parts, claimed)


def _found(parts: Parts, connector: Connector, job: _Job, since: datetime) -> Published | None:
    """Our post on the platform, None when it can be read and is not there."""
    connector.taken = job.taken
    found = connector.find(rendering.staged_item(parts, job.post, job.account), _staged(job.delivery), since)
    if found and found.remote_id in job.taken:
        # Another post with the same words: says nothing of ours.
        raise Busy("unreadable")
    return found


def _drop(parts: Parts, claimed: Work) -> None:
    """Delete what was prepared for a cancelled delivery. What an earlier try made public after all is told instead."""
    job = _load(parts, claimed)
    staged_at, tried_at = job.delivery.staged_at, job.delivery.commit_at

    def use(connector: Connector) -> Published | None:
        if tried_at is not None and (public := _found(parts, connector, job, tried_at)):
            return public
        connector.discard(_staged(job.delivery))
        return None

    try:
        if public := accounts.with_connector(parts, accounts.opened(parts, job.account), use):
            recording.published(parts, claimed, public, "late_id")
            return
    except (Unsupported, Gone):
        log.info("nothing to drop for delivery %s", claimed.delivery_id)
    except (ConnectorError, Problem) as error:
        log.warning("staged things of delivery %s: %s", claimed.delivery_id, error)
        if staged_at is not None and clock.now() - staged_at < STAGED_FOR:
            return  # the soft lease brings the row back
    reach("drop.answered")
    with parts.db.write() as session:
        delivery = session.get(Delivery, claimed.delivery_id)
        assert delivery is not None
        if delivery.state == "cancelled":
            delivery.staged, delivery.ready, delivery.wake_at = {}, False, None
            session.add(delivery)
            note(session, delivery, "drop", PUBLISHER)


def _discard(connector: Connector, staged: Staged) -> None:
    """Best effort: what stays behind is invisible, and Meta forgets it within a day."""
    try:
        connector.discard(staged)
    except (Unsupported, Gone):
        return
    except ConnectorError as error:
        log.warning("staged things left behind: %s", error)
