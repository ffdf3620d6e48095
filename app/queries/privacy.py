"""Who must not see an item: the member whom it is about. One condition for lists, counts, search, talk and exports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, false, not_
from sqlmodel import Session, col, select

from app.models import Aspiration


def hidden_from(person_id: int | None) -> Any:
    """SQL condition: this person must not see the item. None (the operator, a job): nothing is hidden."""
    if person_id is None:
        return false()
    # Never NULL, so that ``not_`` of it may be written.
    return and_(col(Aspiration.about_id).is_not(None), col(Aspiration.about_id) == person_id)


def visible_to(person_id: int | None) -> Any:
    """SQL condition: the other way round."""
    return not_(hidden_from(person_id))


def counted_once() -> Any:
    """SQL condition: the item leads, or stands alone. What is joined to another is counted with that one."""
    return col(Aspiration.duplicate_of_id).is_(None)


def owner(session: Session, item_id: int, person_id: int | None) -> int | None:
    """The organisation of an item; None where there is none, or it is about this person."""
    query = select(Aspiration.organisation_id).where(Aspiration.id == item_id, visible_to(person_id))
    return session.exec(query).first()
