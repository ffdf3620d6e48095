"""A resident's comment becomes an inbox item: whose it is, and by when it is to be answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from app import clock
from app.models import Account, Aspiration, Comment
from app.services import deadlines, marking
from app.states import Actor, note_all

COLLECTOR = Actor("collector")


def items(session: Session, account: Account, comments: Sequence[Comment]) -> None:
    """The inbox items of top-level comments of residents."""
    if not comments:
        return
    rhythm = deadlines.of(session, account.organisation_id)
    present = clock.now()
    made = [
        Aspiration(
            organisation_id=account.organisation_id,
            comment_id=comment.id,
            source=account.connector,
            author=comment.author_name,
            author_key=author_key(account.connector, comment.author_id, comment.author_name),
            text=comment.text,
            # Said here because finding them out costs more than all the rest (pydantic asks each factory's signature).
            suggested_why=[],
            labels=[],
            created_at=present,
            masked=marking.wants_mask(comment.text),
            said_at=comment.said_at,
            **deadlines.both(comment.said_at, "perlu dipilah", rhythm),
        )
        for comment in comments
    ]
    session.add_all(made)
    session.flush()
    note_all(session, made, "arrive", COLLECTOR, target=made[0].status)


def author_key(connector: str, author_id: str | None, name: str | None) -> str | None:
    """By what the items of one person on one platform are found; None for somebody unnamed."""
    who = author_id or (name or "").strip().lower()
    return f"{connector}:{who}" if who else None
