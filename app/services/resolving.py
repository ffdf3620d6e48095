"""A person decides what the program cannot know: a doubtful, refused or missed delivery, a withdrawal by hand."""

from __future__ import annotations

from sqlmodel import Session

from app import clock
from app.models import Account, Delivery, Post
from app.problems import Problem
from app.services import drafting, pace, queueing, withdrawing
from app.settings import Settings
from app.states import Actor, move


def resolve(
    session: Session, settings: Settings, delivery_id: int, how: str, by: Actor, *, remote_id: str | None = None
) -> Delivery:
    """A person's word: it is `published`, `resend` it, or (of a post being taken back) it is `withdrawn`.

    Problem: unknown_delivery, nothing_to_resolve, unknown_choice, withdraw_under_way, and why it cannot be sent.
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
        _published(session, delivery, by, remote_id)
    elif how == "resend":
        post = session.get(Post, delivery.post_id)
        if post is not None and post.withdraw_at is not None:
            raise Problem("withdraw_under_way")
        drafting.blocked(session, delivery.post_id, account_id=delivery.account_id)
        # A person's "send it" is a new promise: now, or the old time if that is still ahead.
        present = clock.now()
        due_at = max(delivery.due_at, present)
        wake_at = queueing.first_look(settings, due_at, present)
        fence = delivery.fence + 1
        move(session, delivery, "resend", by, due_at=due_at, wake_at=wake_at, fence=fence, **queueing.ANEW)
    else:
        raise Problem("unknown_choice", choice=how)
    queueing.settle(session, delivery.post_id, by)
    return delivery


def _published(session: Session, delivery: Delivery, by: Actor, remote_id: str | None) -> None:
    account = session.get(Account, delivery.account_id)
    at = delivery.commit_at or clock.now()
    move(
        session,
        delivery,
        "confirm",
        by,
        remote_id=(remote_id or "").strip() or delivery.remote_id,
        confirmed_by=by.who,
        published_at=at,
        wake_at=None,
        error_code=None,
        error_facts={},
        fence=delivery.fence + 1,
        **pace.follow(at, practice=bool(account and account.practice)),
    )
    withdrawing.follow(session, delivery, by)
