"""The photos of drawn posts, as jurors of any organisation may see them: only as they were published."""

from __future__ import annotations

from sqlmodel import Session, col, select

from app.models import Delivery, Draw, Photo

Box = tuple[float, float, float, float]


def boxes(session: Session, award_id: int, draw_id: int, sha256: str) -> list[Box] | None:
    """What is covered on a photo of a drawn post; None where the post has no such photo (any more)."""
    row = session.exec(
        select(Photo.boxes)
        .join(Delivery, col(Delivery.post_id) == col(Photo.post_id))
        .join(Draw, col(Draw.delivery_id) == col(Delivery.id))
        .where(Draw.id == draw_id, Draw.award_id == award_id, Photo.sha256 == sha256)
    ).first()
    if row is None:
        return None
    return [(box[0], box[1], box[2], box[3]) for box in row if len(box) == 4]
