"""One item of the inbox in the hands of somebody: opened, locked, moved on with those that are joined to it.

An item about a member does not exist for that member: whoever acts on it is told that there is no such item.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.models import Aspiration
from app.problems import Problem
from app.services import deadlines
from app.states import ASPIRATION, Actor, move, note

#: Nobody has answered yet, or the resident came back.
OPEN = ("belum ditanggapi", "dibuka lagi")
#: Items that may follow one: with it they are written in one transaction (design.md section 12).
MOST_JOINED = 40


def get(session: Session, item_id: int) -> Aspiration:
    """One inbox item; Problem("unknown_item")."""
    item = session.get(Aspiration, item_id)
    if item is None:
        raise Problem("unknown_item", id=item_id)
    return item


def opened(session: Session, item_id: int, by: Actor) -> Aspiration:
    """The item as it is now, locked until the transaction ends, for somebody who may act on it.

    Problem("unknown_item") also for the member whom it is about.
    """
    # Read anew: what this session had seen earlier may have been changed by somebody else meanwhile.
    session.flush()
    item = session.get(Aspiration, item_id, with_for_update=True, populate_existing=True)
    if item is None or (item.about_id is not None and item.about_id == by.person_id):
        raise Problem("unknown_item", id=item_id)
    return item


def write(
    session: Session, item: Aspiration, what: str, by: Actor, *, why: str | None = None,
    facts: Mapping[str, Any] | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Change columns of an item that are no state, with their one Event."""
    for name, value in changes.items():
        setattr(item, name, value)
    session.add(item)
    session.flush()
    note(session, item, what, by, why=why, facts=facts)


def joined(session: Session, item_id: int) -> list[Aspiration]:
    """What is joined to an item, by its number."""
    query = select(Aspiration).where(col(Aspiration.duplicate_of_id) == item_id).order_by(col(Aspiration.id))
    return list(session.exec(query).all())


def set_status(
    session: Session, item: Aspiration, status: str, by: Actor, *, why: str | None = None,
    facts: Mapping[str, Any] | None = None, **changes: Any,
) -> None:  # fmt: skip
    """Move an item, and with it those that are joined to it. Nothing happens where it stands there already; opened
    again, it has new deadlines.

    Problem: unknown_status, status_impossible.
    """
    if status not in ASPIRATION.states:
        raise Problem("unknown_status", field="status", name=status, known=", ".join(ASPIRATION.states))
    if status == item.status:
        return
    if (item.status, status) not in ASPIRATION.moves:
        raise Problem("status_impossible", field="status", source=item.status, target=status)
    if status == "dibuka lagi":
        changes = {**deadlines.anew(clock.now(), item.kind, deadlines.of(session, item.organisation_id)), **changes}
    given = {**_dates(item, status), **changes}
    if status == "dibuka lagi":
        # A matter of its own again: what is joined to another is not looked for by itself.
        given["duplicate_of_id"] = None
    move(session, item, status, by, why=why, facts=facts, **given)
    for other in joined(session, item.id or 0):
        if (other.status, status) in ASPIRATION.moves:
            also = {**_dates(other, status), **changes}
            move(session, other, status, by, why="joined", facts={"into": item.id}, **also)


def _dates(item: Aspiration, status: str) -> dict[str, Any]:
    """What a status says of the times of an item: the first answer stays, the settling goes when it is reopened."""
    dates: dict[str, Any] = {"settled_at": clock.now() if status == "selesai" else None}
    if status == "sudah ditanggapi" and item.answered_at is None:
        dates["answered_at"] = clock.now()
    return dates
