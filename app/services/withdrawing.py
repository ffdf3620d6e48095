"""Taking a public post back: on all platforms at once, read back until it is not there any more.

What is not public yet is called off. What is on its way is taken back as soon as we know that it is public. Where a
platform does not let us, a person has to, and we go on looking until it is gone. A withdrawal is urgent (a child's
face, a NIK): it waits for no allowance and no clock, and deleting may be repeated without harm.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from app.db import lease_time
from app.failpoints import reach
from app.models import Account, Delivery, Post
from app.parts import Parts
from app.problems import Problem, Stale
from app.services import accounts, budgets, queueing, rolling, vanishing
from app.services.claiming import HELD_LOOK, PUBLISHER, Work
from app.states import Actor, move, note, tell
from connectors import Busy, Connector, ConnectorError, Refused, SignInAgain, Unsupported, Unsure, load

log = logging.getLogger(__name__)

#: A withdrawal is to be complete within this time of the tap; what will take longer is told to people, who have hands.
GOAL = timedelta(seconds=60)
_FIRST_S, _LONGEST_S = 2.0, 600.0
#: Nothing of these is public: they are called off.
_NOT_PUBLIC = ("queued", "held", "staging", "failed", "missed")
#: These are, or may be.
_PERHAPS_PUBLIC = ("published", "committing", "unsure", "needs_person", "handed")


def ask(session: Session, post_id: int, reason: str, by: Actor) -> Post:
    """Somebody wants a post taken back, everywhere. What is public is being deleted from now on.

    Problem: unknown_post, reason_needed, not_public (cancel it instead), already_withdrawn, withdraw_under_way.
    """
    if session.get(Post, post_id) is None:
        raise Problem("unknown_post", id=post_id)
    if not reason.strip():
        raise Problem("reason_needed", field="reason")
    # Deliveries before their post, as everywhere: two transactions never wait for each other.
    deliveries = [one for one, _ in queueing.deliveries(session, post_id)]
    post = session.get_one(Post, post_id, with_for_update=True, populate_existing=True)
    if post.state == "withdrawn":
        raise Problem("already_withdrawn")
    if post.withdraw_at is not None:
        raise Problem("withdraw_under_way")
    if not any(one.state in _PERHAPS_PUBLIC for one in deliveries):
        raise Problem("not_public", state=post.state)
    post.withdraw_at, post.withdraw_reason = lease_time(session), reason.strip()
    session.add(post)
    session.flush()
    note(session, post, "withdraw", by, why=post.withdraw_reason)
    for delivery in deliveries:
        begin(session, delivery, by)
    queueing.settle(session, post_id, by)
    return post


def begin(session: Session, delivery: Delivery, by: Actor) -> None:
    """What the withdrawal of its post means for one delivery in the state it has now."""
    present = lease_time(session)
    if delivery.state == "published":
        anew: dict[str, Any] = {"looks": 0, "attempts": 0, "error_code": None, "error_facts": {}, "absent_at": None}
        rest: dict[str, Any] = {"wake_at": present, "collect_at": None, "reading_at": None}
        move(session, delivery, "withdraw", by, fence=delivery.fence + 1, **rest, **anew)
    elif delivery.state in _NOT_PUBLIC:
        queueing.call_off(session, delivery, by)
    elif delivery.state == "needs_person":
        # Nobody knows whether it is public: looked up once more, with a whole day's patience.
        move(session, delivery, "look_again", by, looks=0, unsure_since=present, wake_at=present)
    elif delivery.state == "unsure":
        delivery.wake_at = present
        session.add(delivery)
        session.flush()


def follow(session: Session, delivery: Delivery, by: Actor) -> None:
    """What became of it is known just now: its post is settled. Where somebody asked meanwhile to take the post back,
    what is public is taken back at once, and what was not sent never will be."""
    post = queueing.locked(session, delivery.post_id)
    if post.withdraw_at is not None and delivery.state in ("published", *_NOT_PUBLIC):
        begin(session, delivery, by)
    queueing.settle_locked(session, post, by)


def confirm(session: Session, delivery: Delivery, by: Actor) -> None:
    """A person says that it is not there (any more): agreed where it is known. Problem: nothing_to_resolve."""
    if delivery.state in ("withdrawn", "gone"):
        return  # our look was quicker than who followed the taps
    done: dict[str, Any] = {"wake_at": None, "error_code": None, "error_facts": {}, "confirmed_by": by.who}
    post = session.get(Post, delivery.post_id)
    if delivery.state == "withdrawing":
        action = "withdrawn"
    elif delivery.state == "needs_person" and post is not None and post.withdraw_at is not None:
        # It was never known as public, and is called off; an id that arrives late still has it taken back.
        action = "cancel"
    else:
        raise Problem("nothing_to_resolve", state=delivery.state)
    move(session, delivery, action, by, fence=delivery.fence + 1, why="said by a person", **done)
    queueing.settle(session, delivery.post_id, by)
    rolling.read(session, delivery.id or 0)


def take_back(parts: Parts, claimed: Work) -> None:
    """One round: delete it there, and look whether it is gone."""
    with parts.db.read() as session:
        delivery = session.get_one(Delivery, claimed.delivery_id)
        account = session.get_one(Account, delivery.account_id)
        # An id that a person typed may be of nothing: "not there" then says nothing of the post.
        typed = delivery.confirmed_by is not None and not vanishing.was_seen(session, delivery)
    if delivery.fence != claimed.fence:
        raise Stale(f"delivery {claimed.delivery_id}")
    if load()[account.connector].at_home:
        _done(parts, claimed)  # our own page dropped it when it was asked for
        return
    if account.health == "broken" and account.reason_code != "permission":
        # Not asked again with a key that is known as dead; looked at soon, in case it is connected again.
        reason = SignInAgain(account.reason_code or "account_broken", **dict(account.reason_facts))
        _not_yet(parts, claimed, reason, rest=HELD_LOOK)
        return
    if delivery.remote_id is None:
        _not_yet(parts, claimed, Unsupported("withdraw_no_id"))
        return
    remote_id = delivery.remote_id

    def use(connector: Connector) -> tuple[bool, ConnectorError | None]:
        if typed:
            if not connector.exists(remote_id):
                raise Unsupported("withdraw_not_found")
            with parts.db.write() as session:
                note(session, session.get_one(Delivery, claimed.delivery_id), vanishing.SEEN, PUBLISHER)
        return _delete(connector, remote_id)

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
        _not_yet(parts, claimed, hindered or Busy("withdraw_still_there"), rest=timedelta(0))
    else:
        _done(parts, claimed)


def _delete(connector: Connector, remote_id: str) -> tuple[bool, ConnectorError | None]:
    """(whether it can still be seen, why it was not deleted). Whatever the deletion said, the look decides: a person
    may have done it, and a lost answer says nothing."""
    why: ConnectorError | None = None
    try:
        connector.delete_post(remote_id)
    except (Unsupported, SignInAgain, Refused, Unsure) as error:
        why = error
    reach("withdraw.deleted")
    return connector.exists(remote_id), why


def _done(parts: Parts, claimed: Work) -> None:
    """Deleted and not there. True whoever found it, so no fence is asked for: on a slow line the next round begins
    before this one ends, and both would be overtaken for ever."""
    with parts.db.write() as session:
        delivery = session.get_one(Delivery, claimed.delivery_id)
        done: dict[str, Any] = {"wake_at": None, "error_code": None, "error_facts": {}}
        move(session, delivery, "withdrawn", PUBLISHER, fence=delivery.fence + 1, **done)
        queueing.settle(session, delivery.post_id, PUBLISHER)
        rolling.read(session, delivery.id or 0)
        reach("withdraw.written")


def _not_yet(parts: Parts, claimed: Work, error: ConnectorError | Problem, *, rest: timedelta | None = None) -> None:
    """It is (or may be) still there: look again later, and say so when a person should do it.

    rest: how long at least until the next look. None for what cannot be looked at from here: no look helps.
    """
    with parts.db.write() as session:
        delivery = session.get_one(Delivery, claimed.delivery_id)
        # The account before its deliveries, as where it is connected again.
        other_key = not _heed(session, delivery.account_id, error)
        delivery = session.get_one(Delivery, claimed.delivery_id, with_for_update=True, populate_existing=True)
        if delivery.fence != claimed.fence or delivery.state != "withdrawing":
            raise Stale(f"delivery {claimed.delivery_id} while withdrawing")
        post = session.get_one(Post, delivery.post_id)
        present = lease_time(session)
        if other_key:
            delivery.wake_at = present
            return
        gap = max(_gap(delivery.looks, error), rest or timedelta(0))
        definite = not isinstance(error, Busy | Unsure)
        told = bool(delivery.error_facts.get("by_hand"))
        hands = told or definite or present + gap - (post.withdraw_at or present) > GOAL
        if hands and not told:
            note(session, delivery, "by_hand", PUBLISHER, why=error.code, facts=error.facts)
            tell(session, delivery, "withdraw_by_hand")
        delivery.error_code = error.code
        delivery.error_facts = {**error.facts, "by_hand": True} if hands else dict(error.facts)
        delivery.wake_at = None if rest is None and isinstance(error, Unsupported) else present + gap
        session.add(delivery)


def _heed(session: Session, account_id: int, error: Exception) -> bool:
    """What it says of the whole account. False: of a key that was changed while the call was on its way. A permission
    that only deleting needs says nothing of the rest."""
    if isinstance(error, SignInAgain) and error.code != "permission":
        return accounts.mark_broken(session, account_id, error, PUBLISHER)
    if isinstance(error, Busy) and error.limit:
        accounts.pause(session, account_id, error, PUBLISHER)
    return True


def _gap(looks: int, error: Exception) -> timedelta:
    """Soon at first, then ever later; never earlier than the platform asked for."""
    gap = min(_FIRST_S * 2 ** min(max(looks - 1, 0), 20), _LONGEST_S)
    if isinstance(error, Busy):
        gap = max(gap, error.retry_after or (budgets.FIRST_S if error.limit else 0))
    return timedelta(seconds=gap)
