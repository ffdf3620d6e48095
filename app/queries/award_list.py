"""Awards as lists and commands show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from app.models import Award
from app.queries.records import when
from app.services import awards, freezing


def every(session: Session) -> Sequence[Award]:
    """All awards, the newest first."""
    return session.exec(select(Award).order_by(col(Award.first).desc(), col(Award.id).desc())).all()


def plain(award: Award) -> dict[str, Any]:
    """One line of ``award list``."""
    return {
        "id": award.id,
        "name": award.name,
        "from": award.first.isoformat(),
        "to": award.last.isoformat(),
        "zone": award.zone,
        "categories": list(award.categories),
        "bands": award.bands,
        "organisation_id": award.organisation_id,
        "state": award.state,
        "fixed_at": when(award.fixed_at),
        "fixed_late": awards.fixed_late(award),
        "released_at": when(award.released_at),
        "objections_until": when(award.objections_until),
    }


def one(session: Session, award_id: int) -> dict[str, Any]:
    """``award show``: rules, and versions the newest first. Problem("unknown_award")."""
    award = awards.get(session, award_id)
    return {
        **plain(award),
        "rubric": award.rubric,
        "rubric_sha256": award.rubric_sha256,
        "denominators": award.denominators,
        "dropped": award.dropped,
        "versions": [
            {
                "version": row.version,
                "sha256": row.sha256,
                "frozen_at": when(row.frozen_at),
                "early": row.early,
                "why": row.why,
                "by": row.by_name,
            }
            for row in freezing.versions(session, award_id)
        ],
    }
