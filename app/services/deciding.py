"""A person decides about an answer whose way is unclear or ended: it arrived, send it again, or let it be."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.db import lease_time
from app.models import Outgoing
from app.problems import Problem
from app.services import moderating
from app.states import DELIVERY, Actor, move


def decide(session: Session, item_id: int, outgoing_id: int, by: Actor, choice: str) -> Outgoing:
    """choice: "sudah" (it is public there), "ulang" (send again, as a new promise) or "batal" (never).

    Problem: unknown_item (no such answer of this item), unknown_choice, nothing_to_resolve (its state does not allow
    it), answer_on_its_way (another answer is open meanwhile).
    """
    outgoing = session.get(Outgoing, outgoing_id)
    if outgoing is None or outgoing.aspiration_id != item_id:
        raise Problem("unknown_item", id=outgoing_id)
    action = {"sudah": "confirm", "ulang": "resend", "batal": "cancel"}.get(choice)
    if action is None:
        raise Problem("unknown_choice", choice=choice)
    if (outgoing.state, action) not in DELIVERY.moves:
        raise Problem("nothing_to_resolve", state=outgoing.state)
    present = lease_time(session)
    fence = outgoing.fence + 1
    if action == "confirm":
        at = outgoing.commit_at or present
        done: dict[str, Any] = {"published_at": at, "wake_at": None, "confirmed_by": by.who, "error_code": None}
        move(session, outgoing, action, by, fence=fence, **done)
        if outgoing.action in ("reply", "private_reply"):
            moderating.answered(session, outgoing, by)
    elif action == "cancel":
        move(session, outgoing, action, by, fence=fence, wake_at=None)
    else:
        again: dict[str, Any] = {"due_at": present, "wake_at": present, "attempts": 0, "looks": 0, "unsure_since": None}
        try:
            with session.begin_nested():
                move(session, outgoing, action, by, fence=fence, error_code=None, error_facts={}, **again)
        except IntegrityError:
            # The index of one open answer an item saw another one.
            raise Problem("answer_on_its_way") from None
    return outgoing
