"""What came of an answer that was sent: it arrived, with what that means for the inbox, or why it did not."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock
from app.db import lease_time
from app.failpoints import reach
from app.models import Account, Comment, Outgoing
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, moderating, outcomes
from app.services.claiming import HELD_LOOK
from app.states import Actor, move, note
from connectors import ConnectorError, Gone

log = logging.getLogger(__name__)

ANSWERER = Actor("answerer")


@dataclass(frozen=True)
class Sending:
    """One claimed answer. deadline: when the lease ends, by `clock.since_boot`."""

    step: Literal["send", "look"]
    outgoing_id: int
    fence: int
    deadline: float


def sent(parts: Parts, claimed: Sending, remote_id: str, action: str) -> None:
    """Write down that it arrived; a late answer wins over whatever became of the row meanwhile."""
    present = clock.now()
    with parts.db.write() as session:
        outgoing = session.get(Outgoing, claimed.outgoing_id, with_for_update=True)
        assert outgoing is not None
        if outgoing.state == "published":
            if outgoing.remote_id != remote_id:
                note(session, outgoing, "second_id", ANSWERER, facts={"remote_id": remote_id})
            return
        if outgoing.state in ("unsure", "needs_person"):
            action = "found"
        elif outgoing.state != "committing":
            action = "late_id"
        done: dict[str, Any] = {"published_at": present, "wake_at": None, "lease_until": None}
        clean: dict[str, Any] = {"error_code": None, "error_facts": {}, "fence": outgoing.fence + 1}
        move(session, outgoing, action, ANSWERER, remote_id=remote_id, **done, **clean)
        _arrived(session, outgoing)
        reach("answer.written")


def _arrived(session: Session, outgoing: Outgoing) -> None:
    """What the answer means for the inbox."""
    comment = session.get(Comment, outgoing.comment_id)
    assert comment is not None
    if outgoing.action in ("reply", "private_reply"):
        moderating.answered(session, outgoing, ANSWERER)
        if outgoing.action == "reply":
            _own_comment(session, comment, outgoing)
        return
    if outgoing.action == "delete":
        comment.deleted_at = outgoing.published_at
    else:
        comment.hidden = outgoing.action == "hide"
    session.add(comment)


def _own_comment(session: Session, parent: Comment, outgoing: Outgoing) -> None:
    """Our reply stands in the thread at once; the next poll finds it by its remote id."""
    known = session.exec(
        select(Comment.id).where(
            Comment.account_id == outgoing.account_id, col(Comment.remote_id) == outgoing.remote_id
        )
    ).first()
    if known is not None or outgoing.remote_id is None or outgoing.published_at is None:
        return
    account = session.get(Account, outgoing.account_id)
    comment = Comment(
        account_id=outgoing.account_id,
        delivery_id=parent.delivery_id,
        parent_id=parent.id,
        remote_id=outgoing.remote_id,
        author_name=account.name if account else None,
        text=outgoing.text,
        versions=[{"text": outgoing.text, "seen_at": outgoing.published_at.isoformat()}],
        own=True,
        said_at=outgoing.published_at,
    )
    # A poll in another process may have found it in this moment; that costs us this row, not the reply's id.
    with suppress(IntegrityError), session.begin_nested():
        session.add(comment)
        session.flush()


def failed(parts: Parts, claimed: Sending, error: Exception) -> None:
    if not isinstance(error, ConnectorError | Problem):
        log.exception("outgoing %s", claimed.outgoing_id, exc_info=error)
    with parts.db.write() as session:
        present = lease_time(session)
        outgoing = session.get(Outgoing, claimed.outgoing_id)
        assert outgoing is not None
        if isinstance(error, Gone):
            # The comment is not there any more: for a delete that is the goal, for the rest it is the end.
            done: dict[str, Any] = {"wake_at": None, "lease_until": None, "error_code": "comment_gone"}
            move(session, outgoing, "fail", ANSWERER, under=claimed.fence, why=error.code, facts=error.facts, **done)
            return
        given: dict[str, Any] = {"attempts": outgoing.attempts, "settings": parts.settings, "present": present}
        outcome = outcomes.decide(error, committing=True, doubted=bool(outgoing.looks), **given)
        changes: dict[str, Any] = {"lease_until": None, **outcome.changes}
        why = getattr(error, "code", type(error).__name__)
        facts = getattr(error, "facts", {})
        move(session, outgoing, outcome.action, ANSWERER, under=claimed.fence, why=why, facts=facts, **changes)
        if outcome.action == "hold":
            outgoing.wake_at = present + HELD_LOOK
            session.add(outgoing)
        if outcome.broken and not accounts.mark_broken(session, outgoing.account_id, outcome.broken, ANSWERER):
            # The key was changed while this call was on its way: with the new one it goes on at once.
            outgoing.wake_at = present
            session.add(outgoing)
        if outcome.limit:
            accounts.pause(session, outgoing.account_id, outcome.limit, ANSWERER)
