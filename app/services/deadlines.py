"""By when an item must be answered and settled: working days by kind, from the resident's own time.

The defaults (domain.md section 3, after the times of SP4N-LAPOR!): a first answer within 1 working day for every kind
that must be answered; a question or an aspiration settled within 5, a complaint within 14. Kritik has no class of its
own there; here it is 5, since most of it asks for an explanation and not for works. What is not sorted yet counts like
an aspiration; praise and spam have no deadline. ``Organisation.rules["deadlines"]`` holds what differs:
``{"keluhan": {"answer": 1, "settle": 10}}``.

A deadline runs from when the resident spoke, also when we heard of it only after an outage: it may have passed already
when the item arrives. When the resident comes back, it runs anew from then (``Aspiration.due_from``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from app.models import KINDS, Aspiration, Organisation
from app.models.inbox import WAITING
from app.parts import Parts
from app.problems import Problem
from app.services import calendars
from app.states import Actor, note
from app.worktime import Calendar, NoWorkingTime, add_working_days

#: A first answer is due in items of ``WAITING``; those of these are to be settled.
WORKED_ON = ("ditindaklanjuti", "diteruskan", "menunggu warga")
#: Nothing is due any more in items of these.
SETTLED = ("selesai", "diarsipkan")
#: Kinds that an answer alone does not settle.
NEEDS_DOING = ("keluhan",)
#: Longest term, working days: half a year.
LONGEST = 120
#: Items in one transaction.
BATCH = 100


@dataclass(frozen=True)
class Term:
    """Working days until the first answer and until it is settled; None: no such deadline."""

    answer: int | None
    settle: int | None


DEFAULTS = {
    "aspirasi": Term(1, 5),
    "kritik": Term(1, 5),
    "keluhan": Term(1, 14),
    "pertanyaan": Term(1, 5),
    "perlu dipilah": Term(1, 5),
    "pujian": Term(None, None),
    "spam": Term(None, None),
}


@dataclass(frozen=True)
class Rhythm:
    """An organisation's calendar and terms."""

    calendar: Calendar
    terms: Mapping[str, Term]


def of(session: Session, organisation_id: int) -> Rhythm:
    """As it is now. Problem("unknown_organisation")."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    return Rhythm(calendars.of(session, organisation), terms_of(organisation.rules))


def first_answer_by(said_at: datetime, kind: str, rhythm: Rhythm) -> datetime | None:
    """When the first answer is due, UTC; None for a kind that asks for none."""
    return _by(said_at, rhythm.terms[kind].answer, rhythm.calendar)


def settle_by(said_at: datetime, kind: str, rhythm: Rhythm) -> datetime | None:
    """When it is to be settled, UTC; None for a kind that asks for nothing."""
    return _by(said_at, rhythm.terms[kind].settle, rhythm.calendar)


def both(said_at: datetime, kind: str, rhythm: Rhythm) -> dict[str, Any]:
    """The columns of an item: deadline and settle_by, each a datetime or None."""
    return {
        "deadline": first_answer_by(said_at, kind, rhythm),
        "settle_by": settle_by(said_at, kind, rhythm),
    }


def anew(since: datetime, kind: str, rhythm: Rhythm) -> dict[str, Any]:
    """The columns of an item that is opened again, for ``states.move``: both run from then."""
    return {**both(since, kind, rhythm), "due_from": since}


def is_open(kind: str, status: str) -> bool:
    """Whether something is still to come: an answer settles a question, an aspiration and a criticism, unless somebody
    said that it is being worked on; a complaint is settled by being solved."""
    return status in (*WAITING, *WORKED_ON) or (status == "sudah ditanggapi" and kind in NEEDS_DOING)


def open_ones() -> Any:
    """``is_open`` as a condition; statuses by name, so that the index of the inbox passes over what is settled."""
    answered = and_(col(Aspiration.status) == "sudah ditanggapi", col(Aspiration.kind).in_(NEEDS_DOING))
    return or_(col(Aspiration.status).in_((*WAITING, *WORKED_ON)), answered)


def renew(session: Session, item: Aspiration, rhythm: Rhythm | None = None) -> dict[str, list[datetime | None]]:
    """Set an item's deadlines by its kind and the calendar; what changed, {"deadline": [before, now]}, for the Event
    that the caller writes. Of an item that was answered, the first answer's deadline stays as it was then."""
    wanted = _wanted(item, rhythm or of(session, item.organisation_id))
    changed: dict[str, list[datetime | None]] = {}
    for name, value in wanted.items():
        if (before := getattr(item, name)) != value:
            changed[name] = [before, value]
            setattr(item, name, value)
    if changed:
        session.add(item)
        session.flush()
    return changed


def recompute_open(parts: Parts, organisation_id: int, by: Actor) -> int:
    """After the calendar or the terms changed: open deadlines move, each with an Event; how many items moved.

    A hundred items a transaction; what a stop leaves undone the next call does (jobs/remind.py calls once in a while).
    """
    moved, last = 0, 0
    while True:
        with parts.db.read() as session:
            rhythm = of(session, organisation_id)
            rows = session.exec(_open(organisation_id, last)).all()
            wrong = [row.id or 0 for row in rows if _apart(row, rhythm)]
        if wrong:
            with parts.db.write() as session:
                moved += _move(session, organisation_id, wrong, by)
        if len(rows) < BATCH:
            return moved
        last = rows[-1].id or 0


def terms_of(rules: Mapping[str, Any]) -> dict[str, Term]:
    """The terms by kind; what cannot be understood is as by default."""
    given = rules.get("deadlines")
    given = given if isinstance(given, dict) else {}
    found = {}
    for kind in KINDS:
        plain, own = DEFAULTS[kind], given.get(kind)
        own = own if isinstance(own, dict) and plain.answer is not None else {}
        found[kind] = Term(_days(own.get("answer"), plain.answer), _days(own.get("settle"), plain.settle))
    return found


def set_terms(session: Session, organisation_id: int, by: Actor, terms: Mapping[str, Term]) -> None:
    """Other working days by kind; kinds that are not named stay. Problem: unknown_organisation, term_days."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    for kind, term in terms.items():
        fits = all(type(days) is int and 1 <= days <= LONGEST for days in (term.answer, term.settle))
        if DEFAULTS[kind].answer is None or not fits or (term.settle or 0) < (term.answer or 0):
            raise Problem("term_days", kind=kind, most=LONGEST)
    before = organisation.rules.get("deadlines") or {}
    written = {**before, **{kind: {"answer": term.answer, "settle": term.settle} for kind, term in terms.items()}}
    organisation.rules = {**organisation.rules, "deadlines": written}
    session.add(organisation)
    session.flush()
    note(session, organisation, "deadlines", by, facts={"from": before, "to": written})


def _by(said_at: datetime, days: int | None, calendar: Calendar) -> datetime | None:
    if days is None:
        return None
    try:
        return add_working_days(said_at, days, calendar)
    except NoWorkingTime:
        # A calendar without working time is a mistake; whoever is owed an answer does not wait for its correction.
        return said_at.astimezone(UTC) + timedelta(days=days)
    except OverflowError:
        return None  # said at the end of time, by a platform's word


def _days(given: Any, plain: int | None) -> int | None:
    return given if type(given) is int and 1 <= given <= LONGEST else plain


def _open(organisation_id: int, after: int) -> Any:
    return (
        select(Aspiration)
        .where(
            Aspiration.organisation_id == organisation_id,
            open_ones(),
            col(Aspiration.id) > after,
        )
        .order_by(col(Aspiration.id))
        .limit(BATCH)
    )


def _wanted(item: Aspiration, rhythm: Rhythm) -> dict[str, Any]:
    """What the calendar says now; the deadline of an answer that was given stays as it was then."""
    wanted = both(item.due_from or item.said_at, item.kind, rhythm)
    if item.status not in WAITING:
        wanted["deadline"] = item.deadline
    return wanted


def _apart(item: Aspiration, rhythm: Rhythm) -> bool:
    return any(getattr(item, name) != value for name, value in _wanted(item, rhythm).items())


def _move(session: Session, organisation_id: int, ids: list[int], by: Actor) -> int:
    """Looked at again under the lock: an answer or another calendar may have come in between."""
    rhythm = of(session, organisation_id)
    moved = 0
    for item in session.exec(
        select(Aspiration).where(col(Aspiration.id).in_(ids)).order_by(col(Aspiration.id)).with_for_update()
    ):
        facts = renew(session, item, rhythm) if is_open(item.kind, item.status) else {}
        if facts:
            note(session, item, "calendar", by, why="kalender berubah", facts=facts)
            moved += 1
    return moved
