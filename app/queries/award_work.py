"""What awards want of a person now, for the start page: marks, objections to answer, the next step, one's own sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.models import Award, AwardVersion, Juror, Objection, Score
from app.services import awards, jury
from app.services.objections import WAITING


@dataclass(frozen=True)
class Work:
    """kind: "declare", "mark", "objections", "freeze", "release" or "sheet". number: posts left, or objections.
    until: when an answer is due, or until when one may object."""

    kind: str
    award_id: int
    award: str
    number: int = 0
    until: datetime | None = None


def to_judge(session: Session, person_id: int) -> list[Work]:
    """Awards in which the person judges and something is missing."""
    query = (
        select(Award, col(Juror.id), col(Juror.declared_at))
        .join(Juror, col(Juror.award_id) == col(Award.id))
        .where(col(Juror.person_id) == person_id, col(Award.state) == "fixed")
    )
    found = []
    for award, juror_id, declared_at in session.execute(query.order_by(col(Award.id))).all():
        number = award.id or 0
        if declared_at is None:
            found.append(Work("declare", number, award.name))
        elif left := jury.outstanding(session, number).get(juror_id, 0):
            found.append(Work("mark", number, award.name, left))
    return found


def to_run(session: Session, managed: Iterable[Award], now: datetime) -> list[Work]:
    """The next step of awards that the person runs. managed: those."""
    mine = {award.id or 0: award for award in managed if award.state in ("fixed", "frozen", "released")}
    query = (
        select(col(Objection.award_id), func.count(), func.min(col(Objection.answer_by)))
        .where(col(Objection.award_id).in_(mine), col(Objection.state).in_(WAITING))
        .group_by(col(Objection.award_id))
    )
    waiting = {award_id: (count, due) for award_id, count, due in session.execute(query)} if mine else {}
    found = []
    for number, award in mine.items():
        if number in waiting:
            found.append(Work("objections", number, award.name, *waiting[number]))
        elif award.state == "fixed" and now >= awards.end(award):
            found.append(Work("freeze", number, award.name))
        elif award.state == "frozen" and award.objections_until is not None and now >= award.objections_until:
            found.append(Work("release", number, award.name))
    return found


def to_check(session: Session, organisation_id: int, now: datetime) -> list[Work]:
    """Awards in which the organisation has a sheet and may still object."""
    query = (
        select(col(Award.id), col(Award.name), col(Award.objections_until))
        .join(AwardVersion, col(AwardVersion.award_id) == col(Award.id))
        .join(Score, col(Score.version_id) == col(AwardVersion.id))
        .where(
            col(Score.organisation_id) == organisation_id,
            col(Award.state).in_(("frozen", "released")),
            col(Award.objections_until) > now,
        )
        .distinct()
        .order_by(col(Award.id))
    )
    return [Work("sheet", number, name, until=until) for number, name, until in session.execute(query)]
