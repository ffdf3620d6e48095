"""Taking a public post back: on all platforms at once, read back until it is not there any more.

What is not public yet is called off. What is on its way is taken back as soon as we know that it is public. Where a
platform does not let us, a person has to, and we go on looking until it is gone. A withdrawal is urgent (a child's
face, a NIK): it waits for no allowance and no clock, and deleting may be repeated without harm.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app import clock
from app.db import lease_time
from app.failpoints import reach
from app.models import Account, Delivery, Post
from app.parts import Parts
from app.problems import Problem, Stale
from app.services import accounts, queueing
from app.services.claiming import PUBLISHER, Work
from app.states import Actor, move, note, tell
from connectors import Busy, Connector, ConnectorError, Refused, SignInAgain, Unsupported, Unsure

log = logging.getLogger(__name__)

_FIRST_S, _LONGEST_S = 2.0, 600.0
#: Nothing here can be taken back by a program any more, or need not be.
_NOT_PUBLIC = ("queued", "held", "staging", "failed", "missed")


def ask(session: Session, post_id: int, reason: str, by: Actor) -> Post:
    """Somebody wants a post taken back, everywhere. What is public is being deleted from now on.

    Problem: unknown_post, reason_needed, not_public (cancel it instead), already_withdrawn, withdraw_under_way.
    """
    post = session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    if not reason.strip():
        raise Problem("reason_needed", field="reason")
    if post.state == "withdrawn":
        raise Problem("already_withdrawn")
    if post.withdraw_at is not None:
        raise Problem("withdraw_under_way")
    deliveries = [one for one, _ in queueing.deliveries(session, post_id)]
    if not any(one.state in ("published", "committing", "unsure", "needs_person", "handed") for one in deliveries):
        raise Problem("not_public", state=post.state)
    post.withdraw_at, post.withdraw_reason = clock.now(), reason.strip()
    session.add(post)
    session.flush()
    note(session, post, "withdraw", by, why=post.withdraw_reason)
    for delivery in deliveries:
        begin(session, delivery, by)
    queueing.settle(session, post_id, by)
    return post


def begin(session: Session, delivery: Delivery, by: Actor) -> None:
    """What the withdrawal of its post means for one delivery in the state it has now."""
    present = clock.now()
    if delivery.state == "published":
        anew: dict[str, Any] = {"looks": 0, "attempts": 0, "error_code": None, "error_facts": {}, "absent_at": None}
        move(
            session,
            delivery,
            "withdraw",
            by,
            fence=delivery.fence + 1,
            wake_at=present,
            collect_at=None,
            reading_at=None,
            **anew,
        )
    elif delivery.state in _NOT_PUBLIC:
        queueing.call_off(session, delivery, by)
    elif delivery.state == "needs_person":
        # Nobody knows whether it is public: looked up once more, with a whole day's patience.
        move(session, delivery, "look_again", by, looks=0, unsure_since=present, wake_at=present)


def follow(session: Session, delivery: Delivery, by: Actor) -> None:
    """It has just become known as public: taken back at once where somebody asked for that meanwhile."""
    post = session.get(Post, delivery.post_id, populate_existing=True)
    if post is not None and post.withdraw_at is not None and delivery.state == "published":
        begin(session, delivery, by)


def confirm(session: Session, delivery: Delivery, by: Actor) -> None:
    """A person says that it is deleted there."""
    if delivery.state != "withdrawing":
        raise Problem("nothing_to_resolve", state=delivery.state)
    done: dict[str, Any] = {"wake_at": None, "error_code": None, "error_facts": {}, "confirmed_by": by.who}
    move(session, delivery, "withdrawn", by, fence=delivery.fence + 1, why="said by a person", **done)
    queueing.settle(session, delivery.post_id, by)


def take_back(parts: Parts, claimed: Work) -> None:
    """One round: delete it there, and look whether it is gone."""
    with parts.db.read() as session:
        delivery = session.get(Delivery, claimed.delivery_id)
        assert delivery is not None
        account = session.get(Account, delivery.account_id)
        assert account is not None
    if delivery.fence != claimed.fence:
        raise Stale(f"delivery {claimed.delivery_id}")
    if delivery.remote_id is None:
        _not_yet(parts, claimed, Unsupported("withdraw_no_id"))
        return
    remote_id, hindered = delivery.remote_id, None

    def use(connector: Connector) -> tuple[bool, ConnectorError | None]:
        why: ConnectorError | None = None
        try:
            connector.delete_post(remote_id)
        except (Unsupported, SignInAgain, Refused) as error:
            why = error  # a person may have done it all the same
        reach("withdraw.deleted")
        return connector.exists(remote_id), why

    try:
        there, hindered = accounts.with_connector(parts, accounts.opened(parts, account), use)
    except (ConnectorError, Problem) as error:
        _not_yet(parts, claimed, error)
        return
    except Exception as error:
        log.exception("withdrawal of delivery %s", claimed.delivery_id)
        _not_yet(parts, claimed, Busy("internal", fault=type(error).__name__))
        return
    reach("withdraw.answered")
    if there:
        _not_yet(parts, claimed, hindered)
        return
    with parts.db.write() as session:
        fresh = session.get(Delivery, claimed.delivery_id)
        assert fresh is not None
        done: dict[str, Any] = {"wake_at": None, "error_code": None, "error_facts": {}}
        move(session, fresh, "withdrawn", PUBLISHER, under=claimed.fence, **done)
        queueing.settle(session, fresh.post_id, PUBLISHER)
        reach("withdraw.written")


def _not_yet(parts: Parts, claimed: Work, error: ConnectorError | Problem | None) -> None:
    """It is (or may be) still there: look again later, and say so when a person has to do it."""
    with parts.db.write() as session:
        delivery = session.get(Delivery, claimed.delivery_id)
        assert delivery is not None
        if delivery.fence != claimed.fence or delivery.state != "withdrawing":
            raise Stale(f"delivery {claimed.delivery_id} while withdrawing")
        code = getattr(error, "code", None)
        facts = dict(getattr(error, "facts", {}))
        by_hand = error is not None and not isinstance(error, Busy | Unsure)
        if by_hand and delivery.error_code != code:
            note(session, delivery, "by_hand", PUBLISHER, why=code, facts=facts)
            tell(session, delivery, "withdraw_by_hand")
        if isinstance(error, SignInAgain) and error.code != "permission":
            accounts.mark_broken(session, delivery.account_id, error, PUBLISHER)
        delivery.error_code, delivery.error_facts = code, facts
        delivery.wake_at = _next_look(delivery.looks, error, lease_time(session))
        session.add(delivery)


def _next_look(looks: int, error: Exception | None, present: datetime) -> datetime:
    """Soon at first, then ever later; never earlier than the platform asked for."""
    gap = min(_FIRST_S * 2 ** max(looks - 1, 0), _LONGEST_S)
    if isinstance(error, Busy):
        gap = max(gap, error.retry_after or 0)
    return present + timedelta(seconds=gap)
