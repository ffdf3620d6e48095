"""A person decides what the program cannot know: a doubtful, refused or missed delivery, a withdrawal by hand."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app import clock
from app.db import lease_time
from app.models import Account, Delivery, Post
from app.problems import Problem
from app.services import addressing, drafting, pace, queueing, withdrawing
from app.settings import Settings
from app.states import Actor, move
from connectors import load


def resolve(
    session: Session,
    settings: Settings,
    delivery_id: int,
    how: str,
    by: Actor,
    *,
    remote_id: str | None = None,
    address: str = "",
) -> Delivery:
    """A person's word: it is `published`, `resend` it, or (of a post being taken back) it is `withdrawn`.

    address: of the post on its platform, as a person copied it; its id is taken from there where it holds one.
    Problem: unknown_delivery, nothing_to_resolve, unknown_choice, withdraw_under_way, bad_address, address_taken, and
    why it cannot be sent.
    """
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise Problem("unknown_delivery", id=delivery_id)
    if how == "withdrawn":
        withdrawing.confirm(session, delivery, by)
        return delivery
    if delivery.state not in ("unsure", "needs_person", "failed", "missed"):
        raise Problem("nothing_to_resolve", state=delivery.state)
    if how == "published":
        _published(session, delivery, by, remote_id, address)
    elif how == "resend":
        post = session.get(Post, delivery.post_id)
        if post is not None and post.withdraw_at is not None:
            raise Problem("withdraw_under_way")
        drafting.blocked(session, delivery.post_id, account_id=delivery.account_id)
        # A person's "send it" is a new promise: now, or the old time if that is still ahead.
        present = lease_time(session)
        due_at = max(delivery.due_at, present)
        wake_at = queueing.first_look(settings, due_at, present)
        fence = delivery.fence + 1
        move(session, delivery, "resend", by, due_at=due_at, wake_at=wake_at, fence=fence, **queueing.ANEW)
    else:
        raise Problem("unknown_choice", choice=how)
    queueing.settle(session, delivery.post_id, by)
    return delivery


def _published(session: Session, delivery: Delivery, by: Actor, remote_id: str | None, address: str) -> None:
    account = session.get(Account, delivery.account_id)
    permalink, named = addressing.read(account, address) if account else (None, None)
    known = (remote_id or "").strip() or named or delivery.remote_id
    _nobody_elses(session, delivery, known, permalink)
    at = delivery.commit_at or clock.now()
    can = load()[account.connector].can if account else frozenset()
    move(
        session,
        delivery,
        "confirm",
        by,
        remote_id=known,
        permalink=permalink or delivery.permalink,
        confirmed_by=by.who,
        published_at=at,
        wake_at=None,
        error_code=None,
        error_facts={},
        fence=delivery.fence + 1,
        **pace.follow(at, practice=bool(account and account.practice), can=can),
    )
    withdrawing.follow(session, delivery, by)


def _nobody_elses(session: Session, delivery: Delivery, remote_id: str | None, permalink: str | None) -> None:
    """An address copied from another post of the account would lead to that one's comments, and take it down."""
    same = [col(Delivery.remote_id) == remote_id] if remote_id else []
    same += [col(Delivery.permalink) == permalink] if permalink else []
    if not same:
        return
    other = select(Delivery.id).where(
        Delivery.account_id == delivery.account_id, Delivery.id != delivery.id, or_(*same)
    )
    if session.exec(other.limit(1)).first() is not None:
        raise Problem("address_taken", field="address")
