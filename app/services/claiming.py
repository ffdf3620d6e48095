"""Claiming: which delivery is to be worked on now, and by whom.

A claim is a conditional update that raises the fence. One account is served in order, accounts run in parallel, and a
backlog after a long stop is spread (design.md section 5).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, func, literal_column, or_
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app import clock
from app.db import lease_time
from app.failpoints import reach
from app.models import Account, Delivery, Post
from app.parts import Parts
from app.problems import Stale
from app.services import budgets, outcomes, queueing, timekeeping
from app.settings import Settings
from app.states import LEASED, Actor, move
from connectors import Busy

log = logging.getLogger(__name__)

PUBLISHER = Actor("publisher")
#: Staged ids older than this are dropped: temporary photos and containers live 24 h (meta-platform.md sections 3, 8).
STAGED_FOR = timedelta(hours=20)
#: Overdue by more than this means the whole installation stood still: the backlog is spread.
BACKLOG = timedelta(minutes=15)
#: Another one of the account is being made public, or another process was quicker: asked again after this.
_ORDER_GAP = timedelta(milliseconds=500)
#: Seconds. An earlier post of the account is unclear, which may last a day: asked again after this.
_UNCLEAR_GAP_S = 5.0
#: A held delivery is looked at this often: an account that works again may have been mended a moment before the hold.
HELD_LOOK = timedelta(seconds=60)
_WAITING = ("queued", "unsure", "held", "cancelled", "withdrawing")
#: A row that could not even be claimed (a fault of ours) rests this long, so that it never stops the others.
_REST = timedelta(seconds=60)


Step = Literal["stage", "commit", "look", "drop", "withdraw"]


@dataclass(frozen=True)
class Work:
    """One claimed step. deadline: when the lease ends, by `clock.since_boot`. tried: a commit was begun before."""

    step: Step
    delivery_id: int
    fence: int
    deadline: float
    tried: bool = True

    def still_enough(self, settings: Settings) -> None:
        """Raise Busy("lease_short") unless the calls of a commit fit into what is left of the lease.

        A commit may be a look at the status and the call itself. Would the lease end meanwhile, another worker would
        take this for an unclear answer.
        """
        need = min(2 * settings.http_timeout_s, 0.9 * settings.lease_s)
        if self.deadline - clock.since_boot() < need:
            raise Busy("lease_short")


# Made once, making an alias takes longer than a look. The state is spelt out: a bound value would hide from the
# database that the partial index uq_delivery_one_commit fits.
_OTHER = aliased(Delivery)
_BUSY = (
    select(_OTHER.id)
    .where(col(_OTHER.account_id) == col(Delivery.account_id), col(_OTHER.state) == literal_column("'committing'"))
    .exists()
)


#: What must leave room for what only has to be made public or taken back: preparing, looking, dropping.
_SLOW = or_(
    col(Delivery.state).in_(("unsure", "cancelled")), and_(col(Delivery.state) == "queued", ~col(Delivery.ready))
)


def waiting(present: datetime, *, staging: bool = True) -> Any:
    """SQL condition: something is to be done about this delivery now.

    A staged one is not looked at while its account commits another: the end of that commit is its turn, without any
    time in between. staging False: what is slow is left out.
    """
    turn = or_(col(Delivery.state) != "queued", ~col(Delivery.ready), ~_BUSY)
    return or_(
        and_(
            col(Delivery.state).in_(_WAITING),
            col(Delivery.wake_at) <= present,
            turn if staging else and_(~_SLOW, turn),
        ),
        and_(col(Delivery.state).in_(LEASED), col(Delivery.lease_until) <= present),
    )


def claim(parts: Parts, limit: int = 50, *, staging: int = 50) -> list[Work]:
    """Take over what is due, at most ``limit`` steps. Cheap when nothing is: one indexed read.

    What only has to be made public comes first, then accounts take turns: a hundred posts of one account leave room
    for the one post of another. staging: at most so many steps that are neither a commit nor a withdrawal.
    """
    with parts.db.read() as session:
        due = waiting(lease_time(session), staging=staging > 0)
        if session.exec(select(Delivery.id).where(due).limit(1)).first() is None:
            return []
    claimed: list[Work] = []
    with parts.db.write() as session:
        # Only now, after waiting for the database: the lease must not seem longer here than it is in the row.
        began, present = clock.since_boot(), lease_time(session)
        rows = session.exec(_rows(present, limit, staging=staging > 0)).all()
        look = _Look(session, parts, present, budgets.pauses(session, present), staging)
        look.before({delivery.account_id for delivery, _, _ in rows})
        for delivery, account, post in rows:
            before, tried = delivery.state, delivery.commit_at is not None
            step = _one(look, delivery, account, post)
            if delivery.state not in (before, "staging"):
                look.posts.add(delivery.post_id)
            if step:
                assert delivery.id is not None
                claimed.append(Work(step, delivery.id, delivery.fence, began + parts.settings.lease_s, tried))
        # At the end and in one order: two processes never wait for each other's posts.
        for post_id in sorted(look.posts):
            queueing.settle(session, post_id, PUBLISHER)
        reach("claim.written")
    return claimed


def _rows(present: datetime, limit: int, *, staging: bool) -> Any:
    """Query: what is due now with its account and post, locked; the order is that of ``claim``."""
    due = waiting(present, staging=staging)
    turn = func.row_number().over(
        partition_by=col(Delivery.account_id), order_by=(col(Delivery.due_at), col(Delivery.id))
    )
    turns = select(col(Delivery.id).label("id"), turn.label("turn")).where(due).subquery()
    return (
        select(Delivery, Account, Post)
        .join(turns, turns.c.id == Delivery.id)
        .join(Account, col(Account.id) == Delivery.account_id)
        .join(Post, col(Post.id) == Delivery.post_id)
        .where(
            due,
            # Taking back is urgent and goes on whatever the clock says.
            or_(col(Post.withdraw_at).is_not(None), timekeeping.right_for(present)),
        )
        .order_by(_SLOW, turns.c.turn, col(Delivery.due_at), col(Delivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )


@dataclass
class _Look:
    """One claim under way, and what it read once for all its rows.

    staging: how many more steps may be claimed that are neither a commit nor a withdrawal. posts: to be settled.
    """

    session: Session
    parts: Parts
    present: datetime
    pauses: budgets.Pauses
    staging: int
    posts: set[int] = field(default_factory=set)
    #: Of each account: (state, repeatable, due_at, id) of what is committing or unclear.
    open: dict[int, list[tuple[str, bool, datetime, int]]] = field(default_factory=lambda: defaultdict(list))

    def before(self, account_ids: set[int]) -> None:
        """Read what of these accounts is committing or unclear."""
        columns = (Delivery.state, Delivery.repeatable, Delivery.due_at, Delivery.id, Delivery.account_id)
        under_way = col(Delivery.state).in_(("committing", "unsure"))
        query = select(*map(col, columns)).where(under_way, col(Delivery.account_id).in_(account_ids))
        for state, repeatable, due_at, id_, account_id in self.session.execute(query):
            self.open[account_id].append((state, repeatable, due_at, id_))

    def commits(self, account_id: int) -> bool:
        """Whether one of the account is committing: no other one begins to."""
        return any(state == "committing" for state, *_ in self.open[account_id])


def _one(look: _Look, delivery: Delivery, account: Account, post: Post) -> Step | None:
    """``_next`` in a savepoint of its own: what goes wrong with one row is not the others' trouble."""
    session, present = look.session, look.present
    state, ready = delivery.state, delivery.ready
    if state == "queued" and ready and look.commits(delivery.account_id):
        return None  # its turn comes as soon as the other one has ended
    if look.staging <= 0 and (state in ("unsure", "cancelled") or (state == "queued" and not ready)):
        return None
    try:
        with session.begin_nested():
            step = _next(look, delivery, account, post)
            if step == "commit":
                assert delivery.id is not None
                look.open[delivery.account_id].append(("committing", True, delivery.due_at, delivery.id))
            elif step and step != "withdraw":
                look.staging -= 1
            return step
    except IntegrityError:
        # Another process began to commit for this account in this moment (PostgreSQL): one at a time.
        rest = _ORDER_GAP
    except Stale as stale:
        log.info("overtaken: %s", stale)
        return None
    except DBAPIError:
        raise  # the database's trouble, not the row's
    except Exception:
        log.exception("delivery %s could not be claimed", delivery.id)
        rest = _REST
    session.refresh(delivery)
    if delivery.state not in LEASED:
        _put_off(session, delivery, present + rest)
    return None


def _next(look: _Look, delivery: Delivery, account: Account, post: Post) -> Step | None:
    """Decide on one due row and claim it; None when it only had to be moved or put off."""
    session, parts, present, pauses = look.session, look.parts, look.present, look.pauses
    settings = parts.settings
    lease: dict[str, Any] = {"fence": delivery.fence + 1, "lease_until": present + timedelta(seconds=settings.lease_s)}
    if delivery.state in LEASED:
        _expire(session, settings, delivery, present)
        return None
    if delivery.state == "withdrawing":
        # Urgent, and harmless when done twice: no pause holds it up, and a dead worker is replaced soon.
        again = present + withdraw_lease(settings)
        looks = delivery.looks + 1
        _set(session, delivery, fence=lease["fence"], wake_at=again, looks=looks)
        return "withdraw"
    urgent = delivery.state == "unsure" and post.withdraw_at is not None
    if delivery.state in ("cancelled", "unsure") and not urgent and (until := pauses.until(account, present)):
        _put_off(session, delivery, until)
        return None
    if delivery.state == "cancelled":
        if not delivery.staged:
            _put_off(session, delivery, None)
            return None
        # A soft lease: dropping is harmless when done twice.
        _put_off(session, delivery, present + timedelta(seconds=settings.lease_s))
        return "drop"
    if delivery.state == "unsure":
        again = present + timedelta(seconds=settings.lease_s)
        move(session, delivery, "look_again", PUBLISHER, looks=delivery.looks + 1, wake_at=again, fence=lease["fence"])
        return "look"
    if post.withdraw_at is not None:
        queueing.call_off(session, delivery, PUBLISHER)
        return None
    if present > delivery.due_at + timedelta(seconds=settings.missed_after_s):
        move(session, delivery, "miss", PUBLISHER, wake_at=None, error_code=delivery.error_code or "missed")
        return None
    if delivery.state == "held":
        if account.health == "broken":
            _put_off(session, delivery, held_look(parts, delivery, present))
            return None
        clean: dict[str, Any] = {"error_code": None, "error_facts": {}}
        move(session, delivery, "release", PUBLISHER, wake_at=present, **clean)
    return _next_queued(look, delivery, account, post, lease)


def _expire(session: Session, settings: Settings, delivery: Delivery, present: datetime) -> None:
    """A lease ended without a word: the worker died, or was too slow.

    A commit has counted its attempt and is looked up. Staging counts one now: a post that kills its worker each time
    (or is never done within a lease) would otherwise be begun for ever, and take the others' worker down with it.
    """
    why = f"lease ended {delivery.lease_until}"
    free: dict[str, Any] = {"fence": delivery.fence + 1, "lease_until": None}
    if delivery.state == "committing":
        unclear: dict[str, Any] = {"unsure_since": present, "looks": 0, "polls": 0}
        move(session, delivery, "expire", PUBLISHER, why=why, wake_at=present, **free, **unclear)
        return
    attempts = delivery.attempts + 1
    if attempts < outcomes.MOST_ATTEMPTS:
        again = outcomes.resend_at(attempts, settings, present)
        move(session, delivery, "expire", PUBLISHER, why=why, wake_at=again, attempts=attempts, **free)
        return
    ended: dict[str, Any] = {"wake_at": None, "attempts": attempts, "error_code": "internal", "error_facts": {}}
    move(session, delivery, "fail", PUBLISHER, why=why, **free, **ended)


def _next_queued(
    look: _Look, delivery: Delivery, account: Account, post: Post, lease: dict[str, Any]
) -> Literal["stage", "commit"] | None:
    session, parts, present = look.session, look.parts, look.present
    if account.health == "broken":
        code, facts = account.reason_code or "account_broken", account.reason_facts
        wake_at = held_look(parts, delivery, present)
        held: dict[str, Any] = {"wake_at": wake_at, "error_code": code, "error_facts": facts}
        move(session, delivery, "hold", PUBLISHER, **held)
        return None
    if until := look.pauses.until(account, present):
        _put_off(session, delivery, until)
        return None
    fresh = delivery.ready and delivery.staged_of == content_of(post, account)
    fresh = fresh and delivery.staged_at is not None and present - delivery.staged_at < STAGED_FOR
    if not fresh:
        move(session, delivery, "stage", PUBLISHER, **lease)
        return "stage"
    if delivery.due_at > present:
        _put_off(session, delivery, delivery.due_at)
        return None
    if (turn := _must_wait(look, delivery)) is not None:
        _put_off(session, delivery, turn)
        return None
    # What an earlier unclear try may have published is older than this one: looked for from that one on.
    began = delivery.commit_at if delivery.looks else None
    move(session, delivery, "commit", PUBLISHER, attempts=delivery.attempts + 1, commit_at=began or present, **lease)
    return "commit"


def content_of(post: Post, account: Account) -> str:
    """What was staged: a later edit of the post, or another remote account, makes it stale."""
    return f"{post.revision}:{account.connector}:{account.remote_id}"


def _must_wait(look: _Look, delivery: Delivery) -> datetime | None:
    """One account is served in order, and a backlog is spread. The moment to ask again, or None to go on."""
    session, parts, present = look.session, look.parts, look.present
    for state, repeatable, due_at, other_id in look.open[delivery.account_id]:
        earlier = (due_at, other_id) < (delivery.due_at, delivery.id)
        if state == "committing":
            return present + _ORDER_GAP
        # An unclear one that can only be found by its caption must not get a neighbour that looks alike.
        if earlier and not repeatable:
            return present + timedelta(seconds=min(_UNCLEAR_GAP_S, parts.settings.unsure_first_s))
    if present - delivery.due_at > BACKLOG and parts.settings.backlog_spread_s:
        spread = timedelta(seconds=parts.settings.backlog_spread_s)
        newest = session.exec(
            select(Delivery.published_at)
            .where(Delivery.account_id == delivery.account_id, col(Delivery.published_at).is_not(None))
            .order_by(col(Delivery.published_at).desc())
            .limit(1)
        ).first()
        if newest and newest + spread > present:
            return newest + spread
    return None


def held_look(parts: Parts, delivery: Delivery, present: datetime) -> datetime:
    """When to look at a held delivery again: soon, and at the latest when it has become too late."""
    given_up = delivery.due_at + timedelta(seconds=parts.settings.missed_after_s + 1)
    return max(present, min(given_up, present + HELD_LOOK))


def withdraw_lease(settings: Settings) -> timedelta:
    """How long a worker has for one round of taking back before another may try the same."""
    return timedelta(seconds=min(15.0, settings.lease_s))


def _put_off(session: Session, delivery: Delivery, until: datetime | None) -> None:
    _set(session, delivery, wake_at=until)


def _set(session: Session, delivery: Delivery, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(delivery, name, value)
    session.add(delivery)
    session.flush()
