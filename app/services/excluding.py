"""What people decide about an award: what is not counted, and which breach of privacy costs points.

Each has its reason and the name of who said so, stands in the snapshot, and can be taken back. Of a frozen award it
changes nothing until the next version.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.models import EXCLUDED, Aspiration, Award, Breach, Comment, Delivery, Exclusion, Post, SeenPost
from app.problems import Problem
from app.services import awards, participants
from app.states import Actor, note

REASON_MOST = 1000
#: How a subject is called in the snapshot and on the command line: "delivery:5", "seen:7", "comment:3", "item:9".
SUBJECTS = {"delivery": "delivery", "seen": "seenpost", "comment": "comment", "item": "aspiration"}


def exclude(session: Session, award_id: int, by: Actor, key: str, reason: str) -> Exclusion:
    """Leave something out. key: "delivery:5", "seen:7", "comment:3" or "item:9".

    Problem: unknown_award, award_not_fixed, award_released, exclude_what, exclude_unknown (nothing of a participant),
    excluded_already, reason_needed, text_too_long.
    """
    award = _open(session, award_id)
    subject, number = parsed(key)
    reason = _reason(reason)
    if _whose(session, award, subject, number) is None:
        raise Problem("exclude_unknown", field="subject", key=key)
    active = (Exclusion.award_id == award_id, Exclusion.subject == subject, Exclusion.subject_id == number)
    if session.exec(select(Exclusion.id).where(*active, col(Exclusion.lifted_at).is_(None))).first() is not None:
        raise Problem("excluded_already", field="subject", key=key)
    made = Exclusion(
        award_id=award_id, subject=subject, subject_id=number, reason=reason, by_name=by.who, at=clock.now()
    )
    session.add(made)
    session.flush()
    note(session, award, "exclude", by, why=reason, facts={"exclusion": made.id, "what": key})
    return made


def include(session: Session, exclusion_id: int, by: Actor, why: str = "") -> Exclusion:
    """It counts again. Problem: exclude_unknown, award_not_fixed, award_released."""
    made = session.get(Exclusion, exclusion_id, with_for_update=True)
    if made is None or made.lifted_at is not None:
        raise Problem("exclude_unknown", field="subject", key=exclusion_id)
    award = _open(session, made.award_id)
    made.lifted_at, made.lifted_by = clock.now(), by.who
    session.add(made)
    session.flush()
    note(session, award, "include", by, why=why.strip() or None, facts={"exclusion": made.id})
    return made


def confirm_breach(
    session: Session, award_id: int, by: Actor, organisation_id: int, what: str, key: str | None = None
) -> Breach:
    """A breach of privacy is confirmed: it costs points. key: the post it was in, "delivery:5" or "seen:7".

    Problem: unknown_award, award_not_fixed, award_released, not_participant, reason_needed (field what),
    exclude_what, exclude_unknown, text_too_long.
    """
    award = _open(session, award_id)
    what = _reason(what, "what")
    if organisation_id not in {each.organisation_id for each in participants.field(session, award).entrants}:
        raise Problem("not_participant", id=organisation_id)
    numbers: dict[str, Any] = {}
    if key is not None:
        subject, number = parsed(key)
        if subject not in ("delivery", "seenpost"):
            raise Problem("exclude_what", field="post", key=key)
        if _whose(session, award, subject, number) is None:
            raise Problem("exclude_unknown", field="post", key=key)
        numbers = {"delivery_id" if subject == "delivery" else "seen_post_id": number}
    made = Breach(
        award_id=award_id, organisation_id=organisation_id, what=what, by_name=by.who, at=clock.now(), **numbers
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(
        session, award, "breach", by, why=what, facts={"breach": made.id, "organisation": organisation_id, "post": key}
    )
    return made


def lift_breach(session: Session, breach_id: int, by: Actor, why: str) -> Breach:
    """It was none. Problem: unknown_breach, reason_needed, award_not_fixed, award_released."""
    made = session.get(Breach, breach_id, with_for_update=True)
    if made is None or made.lifted_at is not None:
        raise Problem("unknown_breach", id=breach_id)
    award = _open(session, made.award_id)
    why = _reason(why, "why")
    made.lifted_at, made.lifted_by = clock.now(), by.who
    session.add(made)
    session.flush()
    note(session, award, "no_breach", by, why=why, facts={"breach": made.id})
    return made


def parsed(key: str) -> tuple[str, int]:
    """("delivery", 5) of "delivery:5"; Problem("exclude_what")."""
    kind, _, number = key.strip().partition(":")
    if kind not in SUBJECTS or not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Problem("exclude_what", field="subject", key=key, known=", ".join(f"{each}:1" for each in SUBJECTS))
    return SUBJECTS[kind], int(number)


def _whose(session: Session, award: Award, subject: str, number: int) -> int | None:
    """The organisation of the award's area that it belongs to; None where there is no such thing."""
    asked: dict[str, Any] = {
        "delivery": select(Post.organisation_id)
        .join(Delivery, col(Delivery.post_id) == col(Post.id))
        .where(Delivery.id == number),
        "seenpost": select(SeenPost.organisation_id).where(SeenPost.id == number),
        "comment": select(Post.organisation_id)
        .join(Delivery, col(Delivery.post_id) == col(Post.id))
        .join(Comment, col(Comment.delivery_id) == col(Delivery.id))
        .where(Comment.id == number),
        "aspiration": select(Aspiration.organisation_id).where(Aspiration.id == number),
    }
    assert set(asked) == set(EXCLUDED)
    found: int | None = session.exec(asked[subject]).first()
    if found is None or award.organisation_id is None:
        return found
    inside = participants.area(award.organisation_id).subquery()
    return session.execute(select(inside.c[0]).where(inside.c[0] == found)).scalars().first()


def _open(session: Session, award_id: int) -> Award:
    award = awards.opened(session, award_id)
    if award.state == "draft":
        raise Problem("award_not_fixed", state=award.state)
    if award.state == "released":
        raise Problem("award_released")
    return award


def _reason(text: str, field: str = "reason") -> str:
    text = awards.line(text, REASON_MOST, field)
    if not text:
        raise Problem("reason_needed", field=field)
    return text
