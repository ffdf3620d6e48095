"""Rankings of an award: of a frozen version as it was written, before that of what the database says now.

Provisional standings are kept for some minutes, since figures change slowly and gathering a year is work; what people
do to the award (an exclusion, the register, a mark) shows at once.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app import clock, times, words_award
from app.awarding import canonical, rubric, scoring, sensitivity
from app.awarding.sensitivity import Firmness
from app.db import Database
from app.models import Award, AwardVersion, Event, Score
from app.parts import Parts
from app.services import awards, freezing, gathering, jury

#: Seconds for which provisional standings are shown again.
FRESH_S = 180.0
_kept: weakref.WeakKeyDictionary[Database, dict[int, tuple[float, int, Standings]]] = weakref.WeakKeyDictionary()
#: What people do to an award shows at once: Events about these.
_DONE_TO = ("award", "participant", "flag", "mark")
#: By version, the last ones that were asked for: a version never changes.
_firm: weakref.WeakKeyDictionary[Database, dict[int, tuple[Firmness, ...]]] = weakref.WeakKeyDictionary()
_FIRM_MOST = 8


@dataclass(frozen=True)
class Place:
    """One line. category: with its band. rank None: see reason (a code of app/words_rubric.py with its facts).

    score, and indicators by row: exact, two decimals; None: no figure. points: row → what it adds to the score;
    weights: row → its weight here, out of 100. breaches, deduction: what confirmed breaches cost.
    """

    rank: int | None
    organisation_id: int
    organisation: str
    category: str
    score: Decimal | None
    eligible: bool
    reason: dict[str, Any] | None
    indicators: dict[str, Decimal | None]
    small_sample: tuple[str, ...]
    points: dict[str, Decimal]
    weights: dict[str, Decimal]
    breaches: int
    deduction: Decimal
    detail: dict[str, Any]


@dataclass(frozen=True)
class Standings:
    """places: by category in the award's order, then by rank, those without one last. version None: provisional,
    at: as of when. firm: see ``firmness``."""

    award_id: int
    at: datetime
    version: int | None
    sha256: str | None
    early: bool
    places: tuple[Place, ...]
    version_id: int | None = None
    firm: tuple[Firmness, ...] = ()

    def groups(self) -> list[str]:
        """Categories (with bands) in order."""
        return list(dict.fromkeys(place.category for place in self.places))

    def of(self, category: str) -> list[Place]:
        """Of one category, or of all bands of it."""
        return [place for place in self.places if category in (place.category, rubric.base(place.category))]


def standings(parts: Parts, award_id: int, *, version: int | None = None, fresh: bool = False) -> Standings:
    """Of the newest version or the one that is named; of an award that was never frozen what the database says now.

    fresh: not from what was kept. Problem: unknown_award, unknown_version.
    """
    with parts.db.read() as session:
        award = awards.get(session, award_id)
        if version is not None or award.state in ("frozen", "released"):
            return of_version(session, award, freezing.version_of(session, award_id, version))
        deeds = session.execute(select(func.max(col(Event.id))).where(col(Event.subject).in_(_DONE_TO))).scalar() or 0
    kept = _kept.setdefault(parts.db, {})
    since, before, made = kept.get(award_id, (0.0, -1, None))
    if made is None or fresh or before != deeds or time.monotonic() - since >= FRESH_S:
        with parts.db.read() as session:
            made = provisional(session, award)
        kept[award_id] = (time.monotonic(), deeds, made)
    return made


def provisional(session: Session, award: Award) -> Standings:
    """What the database says now, of the part of the period that is over (``so_far``)."""
    at = clock.now()
    snapshot = so_far(gathering.gather(session, award, at, lean=True), award, at)
    if not jury.revealed(session, award):
        for each in snapshot["participants"]:
            blind(each)
    results = freezing.scored(snapshot)
    places = tuple(_of_result(result) for result in results)
    firm = tuple(sensitivity.firmness(results, rubric.read(award.rubric)))
    return Standings(award.id or 0, at, None, None, gathering.early(award, at), places, firm=firm)


def so_far(snapshot: dict[str, Any], award: Award, at: datetime) -> dict[str, Any]:
    """A look while the period runs: weeks and months until today, and as many posts as that part of it asks for.

    Else nobody would be eligible before the last months, and every week to come would count as an empty one.
    """
    today = min(max(times.local(at, award.zone).date(), award.first), award.last)
    whole, part = (award.last - award.first).days + 1, (today - award.first).days + 1
    if part < whole:
        snapshot["award"]["last"] = today.isoformat()
        snapshot["rubric"]["min_posts"] = -(-snapshot["rubric"]["min_posts"] * part // whole)
    return snapshot


def blind(participant: dict[str, Any]) -> dict[str, Any]:
    """Without the jury's marks: as long as one juror is at work nobody knows what another gave."""
    participant["jury"], participant["jury_detail"] = [], []
    return participant


def of_version(session: Session, award: Award, row: AwardVersion) -> Standings:
    """As it was frozen."""
    scores = session.execute(select(Score).where(col(Score.version_id) == row.id)).scalars().all()
    order = list(award.categories)
    places = sorted((_of_score(score) for score in scores), key=lambda place: _order(order, place))
    return Standings(award.id or 0, row.frozen_at, row.version, row.sha256, row.early, tuple(places), row.id)


def firmness(parts: Parts, found: Standings) -> tuple[Firmness, ...]:
    """How firm the order of each category is when each weight is a fifth higher or lower (app/awarding/sensitivity)."""
    if found.version_id is None:
        return found.firm
    kept = _firm.setdefault(parts.db, {})
    if found.version_id not in kept:
        with parts.db.read() as session:
            row = freezing.version_of(session, found.award_id, found.version)
        snapshot = canonical.load(freezing.content_of(row))
        made = sensitivity.firmness(scoring.score(snapshot), rubric.read(snapshot["rubric"]))
        while len(kept) >= _FIRM_MOST:
            kept.pop(next(iter(kept)))
        kept[found.version_id] = tuple(made)
    return kept[found.version_id]


def rows(found: Standings, category: str | None = None) -> list[dict[str, Any]]:
    """As ``award rank`` prints them: a stable contract (design.md section 13). Scores are numbers with two decimals."""
    places = found.places if category is None else found.of(category)
    return [
        {
            "rank": place.rank,
            "organisation_id": place.organisation_id,
            "organisation": place.organisation,
            "category": place.category,
            "score": _number(place.score),
            "eligible": place.eligible,
            "reason": words_award.reason(place.reason),
            "indicators": {name: _number(place.indicators.get(name)) for name in rubric.INDICATORS},
            "small_sample": list(place.small_sample),
        }
        for place in places
    ]


def _of_result(result: scoring.Result) -> Place:
    plain = result.plain()
    return _place(
        result, plain["reason"], plain["score"], plain["indicators"], plain["small_sample"], plain, plain["detail"]
    )


def _of_score(score: Score) -> Place:
    detail = score.detail
    return _place(score, detail["reason"], score.score, score.indicators, score.small_sample, detail, detail["rows"])


def _place(
    one: Any, reason: Any, score: str | None, indicators: dict[str, Any], small: Sequence[str], more: dict[str, Any],
    detail: dict[str, Any],
) -> Place:  # fmt: skip
    return Place(
        rank=one.rank,
        organisation_id=one.organisation_id,
        organisation=one.organisation,
        category=one.category,
        score=None if score is None else Decimal(score),
        eligible=one.eligible,
        reason=reason,
        indicators={name: None if value is None else Decimal(value) for name, value in indicators.items()},
        small_sample=tuple(small),
        points={name: Decimal(value) for name, value in more["points"].items()},
        weights={name: Decimal(value) for name, value in more["weights"].items()},
        breaches=more["breaches"],
        deduction=Decimal(more["deduction"]),
        detail=detail,
    )


def _order(categories: Sequence[str], place: Place) -> tuple[Any, ...]:
    base = rubric.base(place.category)
    where = categories.index(base) if base in categories else len(categories)
    score = -place.score if place.score is not None else Decimal(0)
    placed = (place.rank is None, place.rank or 0, place.score is None, score)
    return (where, place.category, *placed, place.organisation_id)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
