"""Sanggahan: a participant objects to its sheet within the masa sanggah, and somebody answers in working days.

An objection that is right, wholly or in part, is heeded by the next version, which is written beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.awarding.rubric import INDICATORS
from app.models import AwardVersion, Membership, Objection, Score
from app.problems import Problem
from app.services import awards, freezing, gathering_frame
from app.states import OBJECTION, Actor, move, note

#: What may be objected to besides an indicator.
OTHER = "lain"
PARTS = (*INDICATORS, OTHER)
TEXT_MOST, ANSWER_MOST, ATTACHED_MOST = 4000, 4000, 10
WAITING = ("filed", "examined")


def file(
    session: Session, award_id: int, organisation_id: int, by: Actor, part: str, text: str,
    attachments: Sequence[str] = (),
) -> Objection:  # fmt: skip
    """Object, for a participant that one belongs to. part: an indicator or "lain". attachments: sha256 of masters.

    Problem: unknown_award, award_not_frozen, objection_late, not_participant, not_your_organisation, objection_part,
    text_needed, text_too_long, objection_attachments, objection_waiting (the same part waits for an answer already).
    """
    award = awards.opened(session, award_id)
    present = clock.now()
    if award.state not in ("frozen", "released") or award.objections_until is None:
        raise Problem("award_not_frozen", state=award.state)
    if present > award.objections_until:
        raise Problem("objection_late", at=award.objections_until)
    version = freezing.version_of(session, award_id)
    _theirs(session, version, organisation_id, by)
    if part not in PARTS:
        raise Problem("objection_part", field="part", name=part, known=", ".join(PARTS))
    text = awards.line(text, TEXT_MOST, "text")
    if not text:
        raise Problem("text_needed", field="text")
    if len(attachments) > ATTACHED_MOST or not all(re.fullmatch("[0-9a-f]{64}", each) for each in attachments):
        raise Problem("objection_attachments", field="attachments", most=ATTACHED_MOST)
    waiting = select(Objection.id).where(
        Objection.award_id == award_id, Objection.organisation_id == organisation_id, Objection.part == part,
        col(Objection.state).in_(WAITING),
    )  # fmt: skip
    if session.exec(waiting).first() is not None:
        raise Problem("objection_waiting", field="part")
    calendar = gathering_frame.of_host(session, award.organisation_id, award.zone)
    made = Objection(
        award_id=award_id, version_id=version.id or 0, organisation_id=organisation_id, part=part, text=text,
        attachments=list(attachments), by_person_id=by.person_id, by_name=by.who, at=present,
        answer_by=freezing.objections_end(present, calendar),
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(session, made, "file", by, target=made.state, facts={"award": award_id, "part": part})
    return made


def examine(session: Session, objection_id: int, by: Actor) -> Objection:
    """Somebody looks into it. Problem: unknown_objection, objection_closed."""
    made = _opened(session, objection_id)
    _move(session, made, "examine", by)
    return made


def answer(session: Session, objection_id: int, by: Actor, outcome: str, text: str) -> Objection:
    """Answer it. outcome: "accept", "accept_partly" or "reject". An accepted one waits for the next version.

    Problem: unknown_objection, objection_closed, objection_outcome, answer_needed, text_too_long.
    """
    if outcome not in ("accept", "accept_partly", "reject"):
        raise Problem("objection_outcome", field="outcome", name=outcome, known="accept, accept_partly, reject")
    text = awards.line(text, ANSWER_MOST, "answer")
    if not text:
        raise Problem("answer_needed", field="answer")
    made = _opened(session, objection_id)
    _move(session, made, outcome, by, answer=text, answered_by=by.who, answered_at=clock.now())
    return made


def withdraw(session: Session, objection_id: int, by: Actor) -> Objection:
    """Whoever filed it takes it back, or somebody of the same organisation.

    Problem: unknown_objection, objection_closed, not_your_organisation.
    """
    made = _opened(session, objection_id)
    _member(session, made.organisation_id, by)
    _move(session, made, "withdraw", by)
    return made


def get(session: Session, objection_id: int) -> Objection:
    """One; Problem("unknown_objection")."""
    made = session.get(Objection, objection_id)
    if made is None:
        raise Problem("unknown_objection", id=objection_id)
    return made


def of_award(session: Session, award_id: int) -> Sequence[Objection]:
    """All of an award, those that wait first, then the newest."""
    rows = session.exec(select(Objection).where(Objection.award_id == award_id)).all()
    return sorted(rows, key=lambda row: (row.state not in WAITING, row.answer_by if row.state in WAITING else row.at))


def _opened(session: Session, objection_id: int) -> Objection:
    made = session.get(Objection, objection_id, with_for_update=True, populate_existing=True)
    if made is None:
        raise Problem("unknown_objection", id=objection_id)
    return made


def _move(session: Session, made: Objection, action: str, by: Actor, **changes: Any) -> None:
    if (made.state, action) not in OBJECTION.moves:
        raise Problem("objection_closed", state=made.state)
    move(session, made, action, by, facts={"award": made.award_id, "part": made.part}, **changes)


def _theirs(session: Session, version: AwardVersion, organisation_id: int, by: Actor) -> None:
    query = select(Score.id).where(Score.version_id == version.id, Score.organisation_id == organisation_id)
    if session.exec(query).first() is None:
        raise Problem("not_participant", id=organisation_id)
    _member(session, organisation_id, by)


def _member(session: Session, organisation_id: int, by: Actor) -> None:
    """The operator at the command line writes down what came on paper, and the Event says so."""
    if by.person_id is None:
        return
    query = select(Membership.id).where(
        Membership.person_id == by.person_id, Membership.organisation_id == organisation_id
    )
    if session.exec(query).first() is None:
        raise Problem("not_your_organisation")
