"""All readings of one post: the evidence behind its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from app.models import Activity, Post, Reading
from app.queries.home import headline
from connectors import METRICS


@dataclass(frozen=True)
class Read:
    """One reading. refused: metrics that the platform was asked for and did not give."""

    delivery_id: int
    read_at: datetime
    metrics: dict[str, int | None]
    refused: frozenset[str]

    def told(self, name: str) -> str:
        """Why a figure is missing."""
        return "tidak tersedia" if name in self.refused else "belum ada angka"


def of_deliveries(session: Session, delivery_ids: list[int]) -> dict[int, list[Read]]:
    """Readings by delivery, oldest first."""
    rows = session.execute(
        select(
            col(Reading.delivery_id),
            col(Reading.read_at),
            col(Reading.refused),
            *(getattr(Reading, name) for name in METRICS),
        )
        .where(col(Reading.delivery_id).in_(delivery_ids))
        .order_by(col(Reading.read_at), col(Reading.id))
    )
    found: dict[int, list[Read]] = {}
    for delivery_id, read_at, refused, *values in rows:
        read = Read(delivery_id, read_at, dict(zip(METRICS, values, strict=True)), frozenset(refused or ()))
        found.setdefault(delivery_id, []).append(read)
    return found


def post(session: Session, post_id: int) -> tuple[int, str] | None:
    """(organisation, headline) of a post."""
    row = session.execute(
        select(col(Post.organisation_id), col(Post.caption), col(Activity.title))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(col(Post.id) == post_id)
    ).first()
    return (row[0], headline(row[1], row[2])) if row else None
