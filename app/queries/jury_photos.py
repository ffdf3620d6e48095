"""The photos of posts that an award drew or counted, as people of other organisations may see them: only as they were
published, faces covered."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from app.models import Delivery, Draw, Evidence, Photo, Post

Box = tuple[float, float, float, float]


def boxes(session: Session, award_id: int, draw_id: int, sha256: str) -> list[Box] | None:
    """What is covered on a photo of a drawn post; None where the post has no such photo (any more)."""
    drawn = select(Draw.delivery_id).where(Draw.id == draw_id, Draw.award_id == award_id)
    return _covered(session, drawn, sha256)


def evidence_boxes(session: Session, award_id: int, delivery_id: int, sha256: str) -> list[Box] | None:
    """The same of a post of which the award keeps a copy."""
    kept = select(Evidence.delivery_id).where(Evidence.delivery_id == delivery_id, Evidence.award_id == award_id)
    return _covered(session, kept, sha256)


def _covered(session: Session, deliveries: Any, sha256: str) -> list[Box] | None:
    row = session.exec(
        select(Photo.boxes)
        .join(Delivery, col(Delivery.post_id) == col(Photo.post_id))
        .join(Post, col(Post.id) == col(Photo.post_id))
        .where(
            col(Delivery.id).in_(deliveries),
            Photo.sha256 == sha256,
            # What its organisation took back (a consent ended, say) is nobody else's to look at any more.
            col(Post.withdraw_at).is_(None),
            col(Post.state).not_in(("cancelled", "withdrawn")),
        )
    ).first()
    if row is None:
        return None
    return [(box[0], box[1], box[2], box[3]) for box in row if len(box) == 4]
