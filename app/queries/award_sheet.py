"""The lembar nilai: one participant in one version, with its own numbers, its category's medians and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.awarding import rubric
from app.models import Award, AwardVersion, Evidence, Objection
from app.parts import Parts
from app.problems import Problem
from app.queries import frozen, standings_award
from app.queries.standings_award import Place
from app.services import awards, freezing, gathering, jury


@dataclass(frozen=True)
class Line:
    """One indicator. weight: as the rubric has it, out of 100; effective: here, after rows without a figure gave theirs
    away; None: it has none here. figure: 0 to 100. points: what it adds. median: of the category. detail: what stands
    behind it (app/awarding/rows.py)."""

    indicator: str
    weight: Decimal
    effective: Decimal | None
    figure: Decimal | None
    points: Decimal | None
    median: Decimal | None
    small: bool
    dropped: bool
    detail: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """place: rank, score, category and reason (standings_award.Place). of: how many of the category are eligible.

    participant: as the snapshot has it (app/awarding/snapshot.md): posts, excluded_posts, items, undecided_items,
    jury, relabelled, hidden, flags, breach_details. version None: provisional. denominators: platform → reach or
    followers. copies: post key → its kept copy (Evidence), where it has one. objections: of this participant, the
    newest first.
    """

    award: Award
    version: AwardVersion | None
    at: datetime
    place: Place
    of: int
    lines: tuple[Line, ...]
    denominators: dict[str, str]
    participant: dict[str, Any]
    copies: dict[str, Evidence]
    objections: tuple[Objection, ...]


def sheet(parts: Parts, award_id: int, organisation_id: int, version: int | None = None) -> Sheet:
    """Of a version, None: the newest; before the first freeze what the database says now.

    Problem: unknown_award, unknown_version, not_participant.
    """
    found = standings_award.standings(parts, award_id, version=version)
    place = next((each for each in found.places if each.organisation_id == organisation_id), None)
    with parts.db.read() as session:
        award = awards.get(session, award_id)
        row = freezing.version_of(session, award_id, found.version) if found.version is not None else None
        if row is not None:
            participant = frozen.participant(row, organisation_id)
        else:
            participant = gathering.one(session, award, organisation_id, clock.now())
            if participant is not None and not jury.revealed(session, award):
                standings_award.blind(participant)
        # Rules do not change once they are fixed, so the award's own are those of every version.
        units = gathering.rules(session, award)[0]
        if place is None or participant is None:
            raise Problem("not_participant", id=organisation_id)
        return Sheet(
            award=award,
            version=row,
            at=found.at,
            place=place,
            of=int(place.detail.get("eligible", 0)),
            lines=_lines(place, rubric.read(award.rubric)),
            denominators=units.get(rubric.base(place.category), {}),
            participant=participant,
            copies=_copies(session, award_id, participant),
            objections=objections(session, award_id, organisation_id),
        )


def objections(session: Session, award_id: int, organisation_id: int) -> tuple[Objection, ...]:
    """Of one participant, the newest first."""
    query = select(Objection).where(Objection.award_id == award_id, Objection.organisation_id == organisation_id)
    return tuple(session.exec(query.order_by(col(Objection.id).desc())).all())


def _lines(place: Place, rules: rubric.Rubric) -> tuple[Line, ...]:
    total = sum(rules.weights.values())
    found = []
    for name in rubric.INDICATORS:
        detail = place.detail.get(name) or {}
        median = detail.get("median")
        found.append(
            Line(
                indicator=name,
                weight=Decimal(str(float(rules.weights[name] * 100 / total))),
                effective=place.weights.get(name),
                figure=place.indicators.get(name),
                points=place.points.get(name),
                median=None if median is None else Decimal(median),
                small=name in place.small_sample,
                dropped=bool(detail.get("dropped")),
                detail=detail,
            )
        )
    return tuple(found)


def _copies(session: Session, award_id: int, participant: dict[str, Any]) -> dict[str, Evidence]:
    own = [int(post["id"].split(":")[1]) for post in participant["posts"] if post["id"].startswith("delivery:")]
    seen = [int(post["id"].split(":")[1]) for post in participant["posts"] if post["id"].startswith("seen:")]
    query = select(Evidence).where(
        Evidence.award_id == award_id,
        col(Evidence.delivery_id).in_(own) | col(Evidence.seen_post_id).in_(seen),
    )
    rows = session.exec(query)
    return {f"delivery:{row.delivery_id}" if row.delivery_id else f"seen:{row.seen_post_id}": row for row in rows}
