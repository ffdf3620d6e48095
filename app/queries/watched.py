"""Accounts that are read from outside, and tables that were handed in, as lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app import words
from app.models import SeenPost, Sheet, Watched


def listed(session: Session, organisation_id: int | None = None) -> list[dict[str, Any]]:
    """Watched accounts, oldest first. said: what hinders reading it, "" when nothing does. posts: seen and not gone."""
    posts = (
        select(func.count())
        .where(col(SeenPost.watched_id) == col(Watched.id), col(SeenPost.gone_at).is_(None))
        .scalar_subquery()
    )
    query = select(Watched, posts).order_by(col(Watched.id))
    if organisation_id is not None:
        query = query.where(col(Watched.organisation_id) == organisation_id)
    return [
        {
            "id": row.id,
            "organisation_id": row.organisation_id,
            "platform": row.platform,
            "handle": row.handle,
            "source": row.source,
            "reader_account_id": row.reader_account_id,
            "followers": row.followers,
            "posts": count,
            "active": row.active,
            "looked_at": row.looked_at.isoformat() if row.looked_at else None,
            "look_at": row.look_at.isoformat() if row.look_at else None,
            "reason": row.reason_code,
            "said": words.sentence(row.reason_code, row.reason_facts) if row.reason_code else "",
        }
        for row, count in session.execute(query)
    ]


def sheets(session: Session, organisation_id: int | None = None) -> list[dict[str, Any]]:
    """Tables that were handed in, the newest first, without their content."""
    names = ("id", "organisation_id", "name", "sha256", "rows", "by_name", "at", "checked_by", "checked_at")
    query = select(*(getattr(Sheet, name) for name in names)).order_by(col(Sheet.id).desc())
    if organisation_id is not None:
        query = query.where(col(Sheet.organisation_id) == organisation_id)
    return [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row._mapping.items()}
        for row in session.execute(query)
    ]
