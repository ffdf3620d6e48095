"""Replies, hides and deletes leave with the same care as posts: claimed under a fence, intent before the call, looked
up when the answer was unclear. Hiding and deleting may be repeated without harm, so they need no look; a private
message cannot be looked up, so a person decides.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from app import clock
from app.db import lease_time
from app.failpoints import reach
from app.models import Account, Comment, Delivery, Outgoing
from app.parts import Parts
from app.problems import Problem, Stale
from app.services import accounts, budgets, outcomes, timekeeping
from app.services.answer_results import ANSWERER, Sending, failed, sent
from app.services.claiming import HELD_LOOK
from app.states import LEASED, move
from connectors import Busy, Connector, ConnectorError

__all__ = ["ANSWERER", "Sending", "claim", "work"]

log = logging.getLogger(__name__)

_ORDER_GAP = timedelta(milliseconds=500)
#: A row that could not even be claimed (a fault of ours) rests this long, so that it never stops the others.
_REST = timedelta(seconds=60)
_UNREADABLE_AFTER = timedelta(hours=24)


def claim(parts: Parts, limit: int = 50) -> list[Sending]:
    """Take over what is due."""
    with parts.db.read() as session:
        if session.exec(select(Outgoing.id).where(_waiting(lease_time(session))).limit(1)).first() is None:
            return []
    claimed: list[Sending] = []
    with parts.db.write() as session:
        began, present = clock.since_boot(), lease_time(session)
        rows = session.exec(
            select(Outgoing, Account)
            .join(Account, col(Account.id) == Outgoing.account_id)
            .where(_waiting(present), timekeeping.right_for(present))
            .order_by(col(Outgoing.due_at), col(Outgoing.id))
            .limit(limit)
            .with_for_update(skip_locked=True, of=Outgoing)
        ).all()
        pauses = budgets.pauses(session, present)
        for outgoing, account in rows:
            step = _one(session, parts, outgoing, account, present, pauses)
            if step:
                claimed.append(Sending(step, outgoing.id or 0, outgoing.fence, began + parts.settings.lease_s))
        reach("claim.written")
    return claimed


def _waiting(present: datetime) -> Any:
    """SQL condition: something is to be done about this answer now."""
    return or_(
        and_(col(Outgoing.state).in_(("queued", "unsure", "held")), col(Outgoing.wake_at) <= present),
        and_(col(Outgoing.state) == "committing", col(Outgoing.lease_until) <= present),
    )


def work(parts: Parts, claimed: Sending) -> None:
    """Send, or look whether it was sent."""
    try:
        (_send if claimed.step == "send" else _look)(parts, claimed)
    except Stale as stale:
        log.info("overtaken: %s", stale)


def _one(
    session: Session, parts: Parts, outgoing: Outgoing, account: Account, present: datetime, pauses: budgets.Pauses
) -> Literal["send", "look"] | None:
    """``_next`` in a savepoint of its own: what goes wrong with one row is not the others' trouble."""
    try:
        with session.begin_nested():
            return _next(session, parts, outgoing, account, present, pauses)
    except Stale as stale:
        log.info("overtaken: %s", stale)
    except (LookupError, TypeError, ValueError, AssertionError):
        log.exception("outgoing %s could not be claimed", outgoing.id)
        session.refresh(outgoing)
        if outgoing.state not in LEASED:
            _put_off(session, outgoing, present + _REST)
    return None


def _next(
    session: Session, parts: Parts, outgoing: Outgoing, account: Account, present: datetime, pauses: budgets.Pauses
) -> Literal["send", "look"] | None:
    lease = present + timedelta(seconds=parts.settings.lease_s)
    fence = outgoing.fence + 1
    late = present > outgoing.due_at + timedelta(seconds=parts.settings.missed_after_s)
    if outgoing.state == "committing":
        why = f"lease ended {outgoing.lease_until}"
        unclear: dict[str, Any] = {"unsure_since": present, "looks": 0}
        move(session, outgoing, "expire", ANSWERER, why=why, wake_at=present, lease_until=None, fence=fence, **unclear)
        return None
    if _moot(session, outgoing):
        move(session, outgoing, "moot", ANSWERER, wake_at=None, fence=fence)
        return None
    if outgoing.state in ("queued", "unsure") and (until := pauses.until(account, present)):
        _put_off(session, outgoing, until)
        return None
    if outgoing.state == "unsure":
        move(session, outgoing, "look_again", ANSWERER, looks=outgoing.looks + 1, wake_at=lease, fence=fence)
        return "look"
    if late:
        move(session, outgoing, "miss", ANSWERER, wake_at=None, error_code=outgoing.error_code or "missed")
        return None
    if account.health == "broken":
        again = present + HELD_LOOK
        if outgoing.state == "held":
            _put_off(session, outgoing, again)
            return None
        code, facts = account.reason_code or "account_broken", account.reason_facts
        move(session, outgoing, "hold", ANSWERER, wake_at=again, error_code=code, error_facts=facts)
        return None
    if outgoing.state == "held":
        move(session, outgoing, "release", ANSWERER, wake_at=present, error_code=None, error_facts={})
    if _after_another(session, outgoing):
        _put_off(session, outgoing, present + _ORDER_GAP)
        return None
    # What an earlier unclear try may have said is older than this one: looked for from that one on.
    began = outgoing.commit_at if outgoing.looks else None
    attempt: dict[str, Any] = {"attempts": outgoing.attempts + 1, "commit_at": began or present}
    move(session, outgoing, "commit", ANSWERER, fence=fence, lease_until=lease, **attempt)
    return "send"


def _moot(session: Session, outgoing: Outgoing) -> bool:
    """Whether the post it belongs to is being taken back or is gone: then nothing more is said under it. What may have
    been said is looked up for as long as the post may still be there."""
    of_post = select(Delivery.state).join(Comment, col(Comment.delivery_id) == col(Delivery.id))
    state = session.exec(of_post.where(Comment.id == outgoing.comment_id)).first()
    return state in ("withdrawn", "gone") or (state == "withdrawing" and outgoing.state != "unsure")


def _put_off(session: Session, outgoing: Outgoing, until: datetime) -> None:
    outgoing.wake_at = until
    session.add(outgoing)
    session.flush()


def _after_another(session: Session, outgoing: Outgoing) -> bool:
    """Whether something older for the same comment is still on its way: "hide, then show" must not end hidden."""
    older = select(Outgoing.id).where(
        Outgoing.aspiration_id == outgoing.aspiration_id,
        Outgoing.comment_id == outgoing.comment_id,
        col(Outgoing.id) < outgoing.id,
        col(Outgoing.state).in_(("queued", "committing", "unsure")),
    )
    return session.exec(older.limit(1)).first() is not None


def _load(parts: Parts, claimed: Sending) -> tuple[Outgoing, Comment, Account]:
    with parts.db.read() as session:
        outgoing = session.get(Outgoing, claimed.outgoing_id)
        assert outgoing is not None
        if outgoing.fence != claimed.fence:
            raise Stale(f"outgoing {claimed.outgoing_id}")
        comment, account = session.get(Comment, outgoing.comment_id), session.get(Account, outgoing.account_id)
        assert comment is not None
        assert account is not None
    return outgoing, comment, account


def _send(parts: Parts, claimed: Sending) -> None:
    outgoing, comment, account = _load(parts, claimed)
    reach("answer.claimed")

    def use(connector: Connector) -> str | None:
        if budgets.until(parts.db, account) is not None:
            raise Busy("paused")
        # Last of all: whatever slept or waited before this, a reply cannot be sent twice without harm.
        if claimed.deadline - clock.since_boot() < parts.settings.http_timeout_s:
            raise Busy("lease_short")
        reach("answer.begun")
        if outgoing.action == "reply":
            return connector.reply(comment.remote_id, outgoing.text)
        if outgoing.action == "private_reply":
            return connector.private_reply(comment.remote_id, outgoing.text)
        if outgoing.action == "delete":
            connector.delete_comment(comment.remote_id)
        else:
            connector.hide(comment.remote_id, outgoing.action == "hide")
        return None

    try:
        remote_id = accounts.with_connector(parts, accounts.opened(parts, account), use)
    except Exception as error:
        failed(parts, claimed, error)
        return
    reach("answer.answered")
    sent(parts, claimed, remote_id or comment.remote_id, "publish")
    reach("answer.recorded")


def _look(parts: Parts, claimed: Sending) -> None:
    outgoing, comment, account = _load(parts, claimed)
    if outgoing.action == "private_reply":
        _nobody_can_look(parts, claimed)
        return
    since = outgoing.commit_at or outgoing.due_at
    try:
        found = None
        if outgoing.action == "reply":
            found = accounts.with_connector(
                parts,
                accounts.opened(parts, account),
                lambda connector: connector.find_reply(comment.remote_id, outgoing.text, since),
            )
    except Exception as error:
        if not isinstance(error, ConnectorError | Problem):
            log.exception("look at outgoing %s", claimed.outgoing_id)
        _look_later(parts, claimed, error)
        return
    reach("answer.looked")
    if found:
        sent(parts, claimed, found, "found")
        return
    with parts.db.read() as session:
        present = lease_time(session)
    lasted = (present - (outgoing.unsure_since or present)).total_seconds()
    if outgoing.action == "reply" and not (outgoing.looks >= 2 and lasted >= parts.settings.unsure_for_s):
        _look_later(parts, claimed, None)
        return
    with parts.db.write() as session:
        fresh = session.get(Outgoing, claimed.outgoing_id)
        assert fresh is not None
        why = f"absent on {fresh.looks} looks over {lasted:.0f} s"
        if fresh.attempts >= outcomes.MOST_ATTEMPTS:
            # Never a clear answer and never to be seen: one more time would be no better.
            move(session, fresh, "unreadable", ANSWERER, under=claimed.fence, why=why, wake_at=None)
            return
        again = outcomes.resend_at(fresh.attempts, parts.settings, present)
        move(session, fresh, "absent", ANSWERER, under=claimed.fence, why=why, wake_at=again, unsure_since=None)


def _nobody_can_look(parts: Parts, claimed: Sending) -> None:
    """A private message cannot be read back there: a person looks in the app. By itself it never goes out again."""
    with parts.db.write() as session:
        outgoing = session.get(Outgoing, claimed.outgoing_id)
        assert outgoing is not None
        why = "a private message cannot be read back"
        move(session, outgoing, "unreadable", ANSWERER, under=claimed.fence, why=why, wake_at=None)


def _look_later(parts: Parts, claimed: Sending, error: Exception | None) -> None:
    """error: why it could not be read; None when it was read and is not there."""
    with parts.db.write() as session:
        present = lease_time(session)
        outgoing = session.get(Outgoing, claimed.outgoing_id)
        assert outgoing is not None
        if error is not None:
            accounts.heed(session, outgoing.account_id, error, ANSWERER)
        if error is not None and present - (outgoing.unsure_since or present) > _UNREADABLE_AFTER:
            move(session, outgoing, "unreadable", ANSWERER, under=claimed.fence, wake_at=None)
            return
        again = outcomes.look_at(error, outgoing.looks, parts.settings, present)
        session.exec(
            update(Outgoing)
            .where(col(Outgoing.id) == outgoing.id, col(Outgoing.fence) == claimed.fence)
            .values(wake_at=again)
        )
