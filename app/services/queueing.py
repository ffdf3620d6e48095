"""From approval to the queue, and what a person may still do with what waits there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.db import lease_time
from app.models import Account, Delivery, Post, Target
from app.problems import Problem, Stale
from app.services import drafting
from app.settings import Settings
from app.states import Actor, move, note

#: Before these states nothing of a delivery is public, so it can be called off.
CANCELLABLE = ("queued", "held", "staging", "failed", "missed", "needs_person")
#: What the post's state is computed from.
_OPEN = ("queued", "staging", "committing", "handed", "held", "unsure", "needs_person")
_REFUSED = ("failed", "missed")
#: Columns of a delivery that begins anew because a person said so.
ANEW: dict[str, Any] = {"attempts": 0, "looks": 0, "unsure_since": None, "error_code": None, "error_facts": {}}


def approve(session: Session, settings: Settings, post_id: int, by: Actor, *, revision: int | None = None) -> Post:
    """Approve a post and make one delivery per account. Without a time it goes out now.

    revision: the one the approver read; Stale when the post was edited since, so that nothing is approved unseen.
    Problem("time_past") when its wished time is long over: what was meant for Monday is not sent on Thursday unasked.
    """
    post = session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    if post.state not in ("draft", "in_review"):
        raise Problem("wrong_state", state=post.state)
    if revision is not None and revision != post.revision:
        raise Stale(f"post {post_id}: revision {revision} was read, {post.revision} is there")
    drafting.blocked(session, post_id)
    present = lease_time(session)
    due_at = drafting.promised(post.due_at) or present
    move(session, post, "approve", by, approver_id=by.person_id, due_at=due_at)
    for account_id in session.exec(select(Target.account_id).where(Target.post_id == post_id)):
        delivery = Delivery(
            post_id=post_id, account_id=account_id, due_at=due_at, wake_at=first_look(settings, due_at, present)
        )
        session.add(delivery)
        session.flush()
        note(session, delivery, "queue", by, target="queued", facts={"due_at": due_at})
    return post


def send_back(session: Session, post_id: int, by: Actor, why: str) -> Post:
    """Return a submitted post to its author with a reason."""
    post = session.get(Post, post_id)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    if post.state != "in_review":
        raise Problem("wrong_state", state=post.state)
    if not why.strip():
        raise Problem("reason_needed", field="reason")
    move(session, post, "send_back", by, why=why.strip(), sent_back=why.strip())
    return post


def first_look(settings: Settings, due_at: datetime, present: datetime) -> datetime:
    """When staging may begin."""
    return max(present, due_at - timedelta(seconds=settings.stage_ahead_s))


def cancel(session: Session, post_id: int, by: Actor) -> list[str]:
    """Call off whatever is not public yet. Returns the names of accounts for which it was too late.

    Raises Problem("too_late_to_cancel") when nothing could be called off, Problem("already_cancelled") when all of it
    was before. A worker in the middle of staging loses its fence; what it prepared is deleted by `publishing.drop`.
    """
    post = session.get(Post, post_id)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    if post.state in ("draft", "in_review"):
        drafting.discard(session, post_id, by)
        return []
    if post.state == "cancelled":
        raise Problem("already_cancelled")
    late, done = [], 0
    for delivery, name in deliveries(session, post_id):
        if delivery.state in CANCELLABLE:
            # An unanswered try (needs_person) may be public: calling it off is a person's word that it is not.
            call_off(session, delivery, by)
            done += 1
        elif delivery.state != "cancelled":
            late.append(name)
    if not done:
        raise Problem("too_late_to_cancel", accounts=", ".join(late) or "-", state=post.state)
    settle(session, post_id, by)
    return late


def call_off(session: Session, delivery: Delivery, by: Actor) -> None:
    """Cancel one delivery; what was staged for it is dropped next. A worker that is staging it loses its fence."""
    fence, wake_at = delivery.fence, lease_time(session) if delivery.staged else None
    move(session, delivery, "cancel", by, under=fence, fence=fence + 1, lease_until=None, wake_at=wake_at)


def reschedule(session: Session, settings: Settings, post_id: int, due_at: datetime, by: Actor) -> list[str]:
    """Promise another time for what has not gone out, missed ones too. Returns names that were too late.

    Problem: unknown_post, time_past, time_far, time_naive, already_cancelled, too_late_to_reschedule, and
    refused_resend for a post that the platform refused: it is mended and sent again, a time alone does not help.
    """
    post = session.get(Post, post_id)
    if post is None:
        raise Problem("unknown_post", id=post_id)
    if post.withdraw_at is not None:
        raise Problem("withdraw_under_way")
    moment = drafting.promised(due_at)
    assert moment is not None
    if post.state == "cancelled":
        raise Problem("already_cancelled")
    late, done = [], 0
    if post.state not in ("draft", "in_review"):
        for delivery, name in deliveries(session, post_id):
            if delivery.state not in ("queued", "held", "missed", "staging"):
                if delivery.state != "cancelled":
                    late.append(name)
                continue
            _promise(session, settings, delivery, moment, by)
            done += 1
        if not done and post.state == "failed":
            raise Problem("refused_resend")
        if not done:
            raise Problem("too_late_to_reschedule", accounts=", ".join(late) or "-", state=post.state)
    post.due_at = moment
    session.add(post)
    note(session, post, "reschedule", by, facts={"due_at": moment})
    session.flush()
    settle(session, post_id, by)
    return late


def _promise(session: Session, settings: Settings, delivery: Delivery, moment: datetime, by: Actor) -> None:
    present = lease_time(session)
    # A worker that is staging keeps its lease; it reads the new time when it is done.
    wake_at = delivery.wake_at if delivery.state == "staging" else first_look(settings, moment, present)
    if delivery.state == "missed":
        move(session, delivery, "resend", by, due_at=moment, wake_at=wake_at, **ANEW)
        return
    delivery.due_at = moment
    if delivery.state != "held":  # its looks go on at their own pace
        delivery.wake_at = wake_at
    session.add(delivery)
    session.flush()
    note(session, delivery, "reschedule", by, facts={"due_at": moment})


def settle(session: Session, post_id: int, by: Actor) -> None:
    """Compute the post's state from its deliveries, after any of them moved."""
    settle_locked(session, locked(session, post_id), by)


def locked(session: Session, post_id: int) -> Post:
    """The post as it stands now, locked where writes run side by side: of two deliveries that end at once, the second
    settles with both in view. Read again: a claim had it in hand since before it waited."""
    session.flush()
    return session.exec(
        select(Post).where(Post.id == post_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def settle_locked(session: Session, post: Post, by: Actor) -> None:
    """``settle`` of a post that is ``locked`` already."""
    if post.state in ("draft", "in_review"):
        return
    states = set(session.exec(select(Delivery.state).where(Delivery.post_id == post.id)))
    target = post_state(states)
    if target != post.state:
        try:
            move(session, post, f"now_{target}", by)
        except Stale:
            # Another delivery of the post settled it a moment ago, having seen what we saw or more.
            session.refresh(post)


def post_state(states: set[str]) -> str:
    """The state of an approved post, from the states of its deliveries (at least one)."""
    if states <= {"withdrawn", "gone", "cancelled"} and states & {"withdrawn", "gone"}:
        return "withdrawn"
    if states <= {"cancelled"}:
        return "cancelled"
    live = states - {"cancelled", "withdrawn", "gone"}
    if "published" in live or "withdrawing" in live:
        if live & set(_REFUSED) or live & {"held", "needs_person"}:
            return "partly"
        return "publishing" if live & set(_OPEN) else "published"
    if live <= set(_REFUSED):
        return "failed"
    return "publishing" if live & {"committing", "unsure", "handed", "needs_person"} else "scheduled"


def deliveries(session: Session, post_id: int) -> list[tuple[Delivery, str]]:
    """A post's deliveries with the names of their accounts, locked against claims until this transaction ends."""
    return list(
        session.exec(
            select(Delivery, Account.name)
            .join(Account, col(Account.id) == Delivery.account_id)
            .where(Delivery.post_id == post_id)
            .order_by(col(Delivery.id))
            # A claim that is under way is waited for, and sees what we decide.
            .with_for_update(of=Delivery)
        )
    )
