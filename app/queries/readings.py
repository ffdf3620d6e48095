"""All readings of one post: the evidence behind its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from app.models import Activity, Post, Reading
from app.queries.home import headline
from connectors import METRICS

#: Names under which platforms refuse a metric (connectors/facebook.py, connectors/instagram.py), besides our own.
_THEIRS = {
    "reach": {"post_total_media_view_unique"},
    "views": {"post_media_view"},
    "clicks": {"post_clicks"},
    "saves": {"saved"},
}
#: What a platform does not have at all.
_NEVER = {
    "facebook": {"saves"},
    "instagram": {"clicks"},
    "instagram_private": {"clicks"},
    "website": set(METRICS),
}
#: A reading this much after its time is still in time.
_IN_TIME_S = 3600
NOT_GIVEN, NOT_YET = "tidak tersedia", "belum ada angka"


def missing(name: str, connector: str, refused: frozenset[str]) -> str:
    """Why a reading has no figure: the platform has or gives none, or it may still come (insights lag up to 48 h)."""
    never = name in _NEVER.get(connector, ()) or bool(refused & ({name} | _THEIRS.get(name, set())))
    return NOT_GIVEN if never else NOT_YET


@dataclass(frozen=True)
class Read:
    """One reading. refused: metrics that the platform was asked for and did not give. planned_age_s: the age it was
    meant for."""

    delivery_id: int
    read_at: datetime
    metrics: dict[str, int | None]
    refused: frozenset[str]
    planned_age_s: int | None = None


def behind(read: Read, published_at: datetime) -> float | None:
    """By how many seconds a reading came later than it was meant to; None in time (within an hour) or unplanned."""
    if read.planned_age_s is None:
        return None
    late = (read.read_at - published_at).total_seconds() - read.planned_age_s
    return late if late > _IN_TIME_S else None


def of_deliveries(session: Session, delivery_ids: list[int]) -> dict[int, list[Read]]:
    """Readings by delivery, oldest first."""
    rows = session.execute(
        select(
            col(Reading.delivery_id),
            col(Reading.read_at),
            col(Reading.refused),
            col(Reading.planned_age_s),
            *(getattr(Reading, name) for name in METRICS),
        )
        .where(col(Reading.delivery_id).in_(delivery_ids))
        .order_by(col(Reading.read_at), col(Reading.id))
    )
    found: dict[int, list[Read]] = {}
    for delivery_id, read_at, refused, planned, *values in rows:
        read = Read(delivery_id, read_at, dict(zip(METRICS, values, strict=True)), frozenset(refused or ()), planned)
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
