"""A resident's comment becomes an inbox item: whose it is, and by when it is to be answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from app import clock
from app.models import Account, Aspiration
from app.services import deadlines, marking
from app.states import Actor, note_rows

COLLECTOR = Actor("collector")
#: Until the model or a person looked.
NEW_KIND = "perlu dipilah"


def items(session: Session, account: Account, comments: Sequence[Mapping[str, Any]]) -> None:
    """The inbox items of top-level comments of residents, which are given as their columns."""
    if not comments:
        return
    rhythm = deadlines.of(session, account.organisation_id)
    shared = _shared(account)
    rows = [
        {
            **shared,
            "comment_id": comment["id"],
            "author": comment["author_name"],
            "author_key": author_key(account.connector, comment["author_id"], comment["author_name"]),
            "text": comment["text"],
            "masked": marking.wants_mask(comment["text"]),
            "said_at": comment["said_at"],
            **deadlines.both(comment["said_at"], NEW_KIND, rhythm),
        }
        for comment in comments
    ]
    session.execute(insert(Aspiration.__table__), rows)  # type: ignore[attr-defined]  # SQLModel tells no table
    query = select(Aspiration.id).where(col(Aspiration.comment_id).in_([row["comment_id"] for row in rows]))
    numbers = [number or 0 for number in session.exec(query.order_by(col(Aspiration.id)))]
    note_rows(session, "aspiration", numbers, "arrive", COLLECTOR, target=shared["status"])


def _shared(account: Account) -> dict[str, Any]:
    """What all new items have in common: the model's own defaults, asked once and not for each item.

    What is NULL is left out: binding it costs as much as binding something.
    """
    new = Aspiration(
        organisation_id=account.organisation_id, source=account.connector, kind=NEW_KIND, text="", said_at=clock.now()
    )
    return new.model_dump(exclude={"id"}, exclude_none=True)


def author_key(connector: str, author_id: str | None, name: str | None) -> str | None:
    """By what the items of one person on one platform are found; None for somebody unnamed."""
    who = author_id or (name or "").strip().lower()
    return f"{connector}:{who}" if who else None
