"""The jury: at least two people who mark the same drawn posts, each without seeing the others' marks.

The draw is made after the period by a seed that is recorded (app/awarding/draw.py), from the counted posts of everybody
who is eligible then; what was drawn is kept as evidence. Who belongs to a participant never judges it, and everybody
says first whom else they are close to. Once all marks are in, or a version is frozen, they are open and stay.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from app import clock
from app.awarding import draw as drawing
from app.awarding import rubric as rubrics
from app.models import Award, Conflict, Draw, Juror, Mark, Membership, Person
from app.parts import Parts
from app.problems import Problem
from app.services import awards, evidence, excluding, freezing, gathering, participants
from app.services.gathering_notes import post_key
from app.states import Actor, note

NOTE_MOST = 1000
BEST = 4
SEED_MOST = 60
_BATCH = 100
#: Roles that do not make somebody part of what an organisation posts and answers.
_APART = ("juri", "pengelola")
MEMBER = "anggota organisasi ini"


def appoint(session: Session, award_id: int, by: Actor, person_id: int) -> Juror:
    """Somebody is a juror from now on; organisations they belong to are conflicts at once.

    Problem: unknown_award, award_closed, unknown_juror (no such person), juror_already.
    """
    award = _open(session, award_id)
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise Problem("unknown_juror", field="person", id=person_id)
    if of_person(session, award_id, person_id) is not None:
        raise Problem("juror_already", field="person", name=person.name)
    juror = Juror(award_id=award_id, person_id=person_id, at=clock.now())
    session.add(juror)
    session.flush()
    note(session, award, "appoint", by, facts={"juror": juror.id, "person": person_id})
    for organisation_id in _memberships(session, award, person_id):
        _conflict(session, juror, organisation_id, MEMBER)
    return juror


def dismiss(session: Session, juror_id: int, by: Actor) -> None:
    """Not a juror any more. Problem: unknown_juror, award_closed, juror_has_marked."""
    juror = get(session, juror_id)
    award = _open(session, juror.award_id)
    if session.exec(select(func.count()).where(Mark.juror_id == juror_id)).one():
        raise Problem("juror_has_marked")
    for row in session.exec(select(Conflict).where(Conflict.juror_id == juror_id)):
        session.delete(row)
    session.flush()
    session.delete(juror)
    session.flush()
    note(session, award, "dismiss", by, facts={"juror": juror_id, "person": juror.person_id})


def declare(session: Session, juror_id: int, by: Actor, conflicts: Mapping[int, str]) -> Juror:
    """The juror says whom they are close to ({} : nobody), organisation → why. May be said again; what was said
    before stays.

    Problem: unknown_juror, award_closed, not_that_juror, not_participant, reason_needed.
    """
    juror = get(session, juror_id)
    award = _open(session, juror.award_id)
    _self(juror, by)
    known = {each.organisation_id for each in participants.field(session, award).entrants}
    for organisation_id, reason in sorted(conflicts.items()):
        if organisation_id not in known:
            raise Problem("not_participant", id=organisation_id)
        reason = awards.line(reason, NOTE_MOST, "reason")
        if not reason:
            raise Problem("reason_needed", field="reason")
        _conflict(session, juror, organisation_id, reason)
    juror.declared_at = clock.now()
    session.add(juror)
    session.flush()
    note(session, award, "declare", by, facts={"juror": juror_id, "conflicts": sorted(conflicts)})
    return juror


def draw(parts: Parts, award_id: int, by: Actor, seed: str = "") -> tuple[str, int]:
    """Draw the posts; (seed, how many posts are drawn now in all). seed: "" makes one. Said again, the first seed
    holds, what was drawn stays, and only participants without a draw get one.

    Problem: unknown_award, award_closed, draw_early (before the end), jury_few, bad_seed.
    """
    seed = seed.strip()
    if drawing.SIGN in seed or len(seed) > SEED_MOST or not seed.isprintable():
        raise Problem("bad_seed", field="seed", most=SEED_MOST)
    with parts.db.write() as session:
        award = _open(session, award_id)
        if clock.now() < awards.end(award):
            raise Problem("draw_early", at=awards.end(award))
        rubric = rubrics.read(award.rubric)
        if len(jurors(session, award_id)) < rubric.min_jurors:
            raise Problem("jury_few", least=rubric.min_jurors)
        if award.seed is None:
            award.seed = seed or secrets.token_hex(8)
            session.add(award)
            session.flush()
            # A seed that a person chose may have been tried beforehand, so that is told.
            note(session, award, "seed", by, facts={"seed": award.seed, "chosen": bool(seed)})
        kept = award.seed
    with parts.db.read() as session:
        snapshot = gathering.gather(session, awards.get(session, award_id), clock.now(), lean=True)
        done = set(session.exec(select(Draw.organisation_id).where(Draw.award_id == award_id).distinct()))
    eligible = {one.organisation_id for one in freezing.scored(snapshot) if one.eligible} - done
    chosen = {
        each["organisation_id"]: drawing.draw(
            kept, each["organisation_id"], [post["id"] for post in each["posts"]], rubric.jury_posts
        )
        for each in snapshot["participants"]
        if each["organisation_id"] in eligible
    }
    evidence.pin_posts(parts, award_id, [key for keys in chosen.values() for key in keys])
    _write(parts, award_id, by, kept, chosen)
    with parts.db.read() as session:
        return kept, session.exec(select(func.count()).where(Draw.award_id == award_id)).one()


def mark(session: Session, juror_id: int, draw_id: int, by: Actor, criteria: Mapping[str, int], text: str = "") -> Mark:
    """A juror's marks of one drawn post: each of the rubric's criteria, 0 to 4; given again, they are replaced.

    Problem: unknown_juror, not_that_juror, award_closed, unknown_draw, juror_undeclared, juror_partial (a conflict),
    marks_open (all are in: nothing is changed any more), bad_mark (name, most).
    """
    juror = get(session, juror_id)
    award = _open(session, juror.award_id)
    _self(juror, by)
    drawn = session.get(Draw, draw_id)
    if drawn is None or drawn.award_id != juror.award_id:
        raise Problem("unknown_draw", id=draw_id)
    if juror.declared_at is None:
        raise Problem("juror_undeclared")
    if drawn.organisation_id in conflicts_of(session, juror_id):
        raise Problem("juror_partial")
    if revealed(session, award):
        raise Problem("marks_open")
    given = _criteria(award, criteria)
    known = session.exec(select(Mark).where(Mark.juror_id == juror_id, Mark.draw_id == draw_id)).first()
    row = known or Mark(juror_id=juror_id, draw_id=draw_id)
    before = dict(row.criteria)
    row.criteria, row.note, row.at = given, awards.line(text, NOTE_MOST, "note"), clock.now()
    session.add(row)
    session.flush()
    facts = {"draw": draw_id, "to": given} | ({"from": before} if known else {})
    note(session, row, "mark", by, facts=facts)
    return row


def revealed(session: Session, award: Award) -> bool:
    """Whether jurors may see each other's marks: all are in, or a version was frozen."""
    if award.state in ("frozen", "released"):
        return True
    missing = outstanding(session, award.id or 0)
    return bool(missing) and not any(missing.values())


def outstanding(session: Session, award_id: int) -> dict[int, int]:
    """Juror → how many drawn posts they have not marked yet; conflicts apart. {} where nothing was drawn."""
    drawn = dict(
        session.exec(
            select(Draw.organisation_id, func.count())
            .where(Draw.award_id == award_id)
            .group_by(col(Draw.organisation_id))
        ).all()
    )
    if not drawn:
        return {}
    found = {}
    for juror in jurors(session, award_id):
        apart = conflicts_of(session, juror.id or 0)
        wanted = sum(number for organisation_id, number in drawn.items() if organisation_id not in apart)
        given = (
            select(func.count())
            .select_from(Mark)
            .join(Draw, col(Draw.id) == col(Mark.draw_id))
            .where(Mark.juror_id == juror.id, col(Draw.organisation_id).not_in(apart))
        )
        found[juror.id or 0] = wanted - session.exec(given).one()
    return found


def get(session: Session, juror_id: int) -> Juror:
    """One juror; Problem("unknown_juror")."""
    juror = session.get(Juror, juror_id)
    if juror is None:
        raise Problem("unknown_juror", field="juror", id=juror_id)
    return juror


def of_person(session: Session, award_id: int, person_id: int) -> Juror | None:
    """Whether somebody is a juror of this award, and which."""
    return session.exec(select(Juror).where(Juror.award_id == award_id, Juror.person_id == person_id)).first()


def jurors(session: Session, award_id: int) -> Sequence[Juror]:
    """All jurors in the order in which they were appointed."""
    return session.exec(select(Juror).where(Juror.award_id == award_id).order_by(col(Juror.id))).all()


def conflicts_of(session: Session, juror_id: int) -> dict[int, str]:
    """Organisation → why this juror does not judge it."""
    rows = session.exec(select(Conflict).where(Conflict.juror_id == juror_id))
    return {row.organisation_id: row.reason for row in rows}


def draws(session: Session, award_id: int) -> Sequence[Draw]:
    """What was drawn, by organisation and position."""
    query = select(Draw).where(Draw.award_id == award_id)
    return session.exec(query.order_by(col(Draw.organisation_id), col(Draw.position))).all()


def key_of(drawn: Draw) -> str:
    """ "delivery:5" or "seen:7": the post of a draw."""
    return post_key(drawn.delivery_id, drawn.seen_post_id)


def _write(parts: Parts, award_id: int, by: Actor, seed: str, chosen: Mapping[int, Sequence[str]]) -> None:
    """Some participants a transaction; whoever drew them in the meantime was first, with the same seed."""
    waiting = [number for number, keys in sorted(chosen.items()) if keys]
    while waiting:
        some: list[int] = []
        while waiting and sum(len(chosen[number]) for number in some) < _BATCH:
            some.append(waiting.pop(0))
        with parts.db.write() as session:
            award = awards.opened(session, award_id)
            known = set(
                session.exec(
                    select(Draw.organisation_id).where(Draw.award_id == award_id, col(Draw.organisation_id).in_(some))
                )
            )
            for number in some:
                if number in known:
                    continue
                for position, key in enumerate(chosen[number], 1):
                    subject, post = excluding.parsed(key)
                    column = "delivery_id" if subject == "delivery" else "seen_post_id"
                    row: dict[str, Any] = {"award_id": award_id, "organisation_id": number, column: post}
                    session.add(Draw(**row, position=position, seed=seed, at=clock.now()))
            session.flush()
            note(session, award, "draw", by, facts={"organisations": [n for n in some if n not in known]})


def _criteria(award: Award, given: Mapping[str, int]) -> dict[str, int]:
    names = rubrics.read(award.rubric).criteria
    for name in (*names, *given):
        value = given.get(name)
        if name not in names or type(value) is not int or not 0 <= value <= BEST:
            raise Problem("bad_mark", field=name, name=name, most=BEST)
    return {name: given[name] for name in names}


def _memberships(session: Session, award: Award, person_id: int) -> list[int]:
    """Participants that a person belongs to, but for those in whom they only judge or run the program. Who evaluates
    for a dinas belongs to it: where the dinas takes part, they judge the others."""
    known = {each.organisation_id for each in participants.field(session, award).entrants}
    rows = session.exec(select(Membership).where(Membership.person_id == person_id))
    return sorted(row.organisation_id for row in rows if row.role not in _APART and row.organisation_id in known)


def _conflict(session: Session, juror: Juror, organisation_id: int, reason: str) -> None:
    known = select(Conflict.id).where(Conflict.juror_id == juror.id, Conflict.organisation_id == organisation_id)
    if session.exec(known).first() is None:
        row = Conflict(juror_id=juror.id or 0, organisation_id=organisation_id, reason=reason, at=clock.now())
        session.add(row)
        session.flush()


def _self(juror: Juror, by: Actor) -> None:
    """Marks and conflicts are a juror's own word; the operator at the command line has it from them."""
    if by.person_id is not None and by.person_id != juror.person_id:
        raise Problem("not_that_juror")


def _open(session: Session, award_id: int) -> Award:
    award = awards.opened(session, award_id)
    if award.state not in ("draft", "fixed"):
        raise Problem("award_closed", state=award.state)
    return award
