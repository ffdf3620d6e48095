"""Freezing: every input of every score into one snapshot that never changes, its hash, and the scores from it alone.

The snapshot is gathered outside of any write, its evidence is pinned, then version and scores are written together:
whoever froze in the same moment sees that another version came first, and is told. A correction is a new version with
its reason; the old ones stay.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, update
from sqlmodel import Session, col, select

from app import clock
from app.awarding import canonical, formulas, scoring
from app.awarding.exact import Unusable
from app.models import Award, AwardVersion, Objection, Score
from app.parts import Parts
from app.problems import Problem
from app.services import awards, evidence, gathering, gathering_frame
from app.states import Actor, move, note
from app.worktime import Calendar, NoWorkingTime, add_working_days

#: The masa sanggah, working days (domain.md section 4).
OBJECTION_DAYS = 5
_MINUTE = 60_000_000
_WHY_MOST = 1000


@dataclass(frozen=True)
class Frozen:
    """What was frozen. early: posts of the last days had not been read at their age yet."""

    id: int
    version: int
    sha256: str
    frozen_at: datetime
    early: bool
    objections_until: datetime


def freeze(parts: Parts, award_id: int, by: Actor, why: str = "") -> Frozen:
    """Freeze a version. why: needed for a correction, that is for every version but the first.

    Problem: unknown_award, award_not_fixed (a draft), award_released (take it back first), award_not_begun,
    correction_why (field why), award_frozen_meanwhile (another version came first: look at it), snapshot_unusable.
    """
    why = awards.line(why, _WHY_MOST, "why")
    with parts.db.read() as session:
        gathering_frame.steady(session)
        award = awards.get(session, award_id)
        at = clock.now()
        last = newest(session, award_id)
        version = (last.version if last else 0) + 1
        _allowed(award, at, version, why)
        # From the readings themselves: whatever may be wrong with a rollup, it is in no frozen figure.
        snapshot = gathering.gather(session, award, at, version=version, why=why, raw=True)
        calendar = gathering_frame.of_host(session, award.organisation_id, award.zone)
    content, results = computed(snapshot)
    evidence.pin(parts, award_id, snapshot)
    until = objections_end(at, calendar)
    row = AwardVersion(
        award_id=award_id,
        version=version,
        formula=formulas.VERSION,
        sha256=canonical.sha256(snapshot),
        snapshot=packed(content),
        early=snapshot["frozen"]["early"],
        why=why,
        by_name=by.who,
        frozen_at=at,
    )
    with parts.db.write() as session:
        award = awards.opened(session, award_id)
        if (known := newest(session, award_id)) is not None and known.version >= version:
            raise Problem("award_frozen_meanwhile", version=known.version)
        _allowed(award, at, version, why)
        session.add(row)
        session.flush()
        # A version without its scores is none, so they are written in one statement with it, however many they are.
        if results:
            session.execute(insert(Score), [score_row(row.id or 0, result) for result in results])
        _heed(session, award_id, row.id or 0)
        facts = {"version": version, "sha256": row.sha256, "early": row.early}
        if award.state == "fixed":
            move(session, award, "freeze", by, why=why or None, facts=facts, objections_until=until)
        else:
            award.objections_until = until
            session.add(award)
            session.flush()
            note(session, award, "correct", by, why=why, facts=facts)
    return Frozen(row.id or 0, version, row.sha256, at, row.early, until)


def computed(snapshot: dict[str, Any]) -> tuple[bytes, list[scoring.Result]]:
    """The canonical bytes of a snapshot and the results from these bytes alone. Problem("snapshot_unusable")."""
    try:
        content = canonical.dump(snapshot)
        return content, scoring.score(canonical.load(content))
    except Unusable as trouble:
        raise Problem("snapshot_unusable", reason=trouble.code) from trouble


def scored(snapshot: dict[str, Any]) -> list[scoring.Result]:
    """The results of a snapshot that is looked at and not kept. Problem("snapshot_unusable")."""
    try:
        return scoring.score(snapshot)
    except Unusable as trouble:
        raise Problem("snapshot_unusable", reason=trouble.code) from trouble


def newest(session: Session, award_id: int) -> AwardVersion | None:
    """The newest frozen version, None before the first."""
    last = select(func.max(AwardVersion.version)).where(AwardVersion.award_id == award_id).scalar_subquery()
    query = select(AwardVersion).where(AwardVersion.award_id == award_id, AwardVersion.version == last)
    return session.exec(query).first()


def version_of(session: Session, award_id: int, version: int | None = None) -> AwardVersion:
    """A frozen version by its number, None: the newest. Problem: unknown_award, award_not_frozen, unknown_version."""
    awards.get(session, award_id)
    if version is None:
        found = newest(session, award_id)
        if found is None:
            raise Problem("award_not_frozen")
        return found
    query = select(AwardVersion).where(AwardVersion.award_id == award_id, AwardVersion.version == version)
    row = session.exec(query).first()
    if row is None:
        raise Problem("unknown_version", version=version)
    return row


def versions(session: Session, award_id: int) -> Sequence[AwardVersion]:
    """All versions, the newest first, without their snapshots being read."""
    from sqlalchemy.orm import defer

    query = select(AwardVersion).where(AwardVersion.award_id == award_id).options(defer(AwardVersion.snapshot))  # type: ignore[arg-type]  # SQLModel types its columns as their values
    return session.exec(query.order_by(col(AwardVersion.version).desc())).all()


def content_of(row: AwardVersion) -> bytes:
    """The frozen snapshot's bytes, exactly as they were hashed."""
    return zlib.decompress(row.snapshot)


def packed(content: bytes) -> bytes:
    """A snapshot as it is stored."""
    return zlib.compress(content, 6)


def objections_end(at: datetime, calendar: Calendar) -> datetime:
    """When the masa sanggah ends: at closing time of the fifth working day after, by the host's calendar."""
    try:
        day, _ = calendar.local(add_working_days(at, OBJECTION_DAYS, calendar))
        return calendar.moment(day, calendar.day(day).spans[-1][1] * _MINUTE)
    except NoWorkingTime:
        return at + timedelta(days=7)  # a calendar that was closed by mistake takes nobody's right away


def _heed(session: Session, award_id: int, version_id: int) -> None:
    """Objections that were accepted and waited for a version: this is the one."""
    waiting = (col(Objection.award_id) == award_id, col(Objection.state).in_(("accepted", "partly")))
    session.execute(
        update(Objection)
        .where(*waiting, col(Objection.outcome_version_id).is_(None))
        .values(outcome_version_id=version_id)
    )


def _allowed(award: Award, at: datetime, version: int, why: str) -> None:
    if award.state == "draft":
        raise Problem("award_not_fixed", state=award.state)
    if award.state == "released":
        raise Problem("award_released")
    if at < awards.start(award):
        raise Problem("award_not_begun", at=awards.start(award))
    if version > 1 and not why:
        raise Problem("correction_why", field="why")


def score_row(version_id: int, result: scoring.Result) -> dict[str, Any]:
    """The columns of a Score: what the ranking and the lembar nilai show of a result."""
    plain = result.plain()
    reason = plain["reason"]
    return {
        "version_id": version_id,
        "organisation_id": result.organisation_id,
        "organisation": result.organisation,
        "category": result.category,
        "rank": result.rank,
        "score": plain["score"],
        "eligible": result.eligible,
        "reason": reason["code"] if reason else None,
        "indicators": plain["indicators"],
        "small_sample": plain["small_sample"],
        "detail": {
            "points": plain["points"], "weights": plain["weights"], "breaches": plain["breaches"],
            "deduction": plain["deduction"], "reason": reason, "rows": plain["detail"],
        },
    }  # fmt: skip
