"""Whose photo is it: a photo is seen by whoever may see a post that holds it."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from app.models import Photo, Post


def wanted(session: Session, sha256: str) -> bool:
    """Whether a post that may still need this photo holds it: none that was called off or is (being) taken back."""
    living = (
        select(col(Photo.id))
        .join(Post, col(Post.id) == col(Photo.post_id))
        .where(
            col(Photo.sha256) == sha256,
            col(Post.withdraw_at).is_(None),
            col(Post.state).not_in(("cancelled", "withdrawn")),
        )
    )
    return session.execute(living.limit(1)).first() is not None


def owners(session: Session, sha256: str) -> list[tuple[int, list[list[float]]]]:
    """(organisation, boxes that hide faces) of every post with this photo."""
    rows = session.execute(
        select(col(Post.organisation_id), col(Photo.boxes))
        .join(Photo, col(Photo.post_id) == col(Post.id))
        .where(col(Photo.sha256) == sha256)
        .order_by(col(Photo.id))
    )
    return [(organisation_id, list(boxes or [])) for organisation_id, boxes in rows]
