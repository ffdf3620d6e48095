"""Inbox items for a snapshot: what residents said in the period, and what became of it by the moment it is frozen.

Everybody is measured by the same terms (services/deadlines.DEFAULTS): a first answer within one working day, a keluhan
settled within 14, in the organisation's working calendar. An organisation that gave itself more time does not win by
it, nor by opening an item again: both run from when the resident first spoke. Only where the resident came back does
the settling run from then. What was joined to another item counts once, with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from app.models import MUST_ANSWER, Aspiration, Attachment, Comment, Event, Handover, Organisation
from app.services import deadlines, gathering_answers
from app.services.gathering_frame import Calendars, Frame, Owner, iso, plain
from app.worktime import Calendar, working_hours_between

#: Who opens an item again because the resident came back (services/threads, tracking).
_RESIDENT_BACK = ("collector", "warga")
_COUNTED = (*MUST_ANSWER, "perlu dipilah")
#: Of an organisation: {"hours": ..., "deadlines": ...}, where it has its own.
Rules = dict[str, Any]
_PLACES = Decimal("0.0001")
_SOME = 500


@dataclass
class Heard:
    """Of one participant, as the snapshot has them. joined: items that were joined to another and count with it.
    unsorted: items whose kind nobody decided, in no row. own_rules: hours and terms that its organisation gave itself;
    hours count, terms do not."""

    items: list[dict[str, Any]] = field(default_factory=list)
    undecided: list[dict[str, Any]] = field(default_factory=list)
    excluded: list[dict[str, Any]] = field(default_factory=list)
    joined: list[dict[str, Any]] = field(default_factory=list)
    unsorted: int = 0
    own_rules: dict[str, Any] = field(default_factory=dict)


def gather(session: Session, frame: Frame, owners: dict[int, Owner], calendars: Calendars) -> dict[int, Heard]:
    """Participant → its items, each list sorted by id."""
    ids = sorted(owners)
    rhythms = _rhythms(session, ids, calendars)
    rows: list[Any] = []
    joined: list[Any] = []
    for row in session.execute(_items(frame, ids)):
        (rows if row.duplicate_of_id is None else joined).append(row)
    complaints = [row.id for row in rows if row.kind == "keluhan"]
    proofs = _proofs(session, frame, complaints)
    back = _came_back(session, frame, [row.id for row in rows if row.kind == "keluhan" and row.due_from is not None])
    answered = [row.id for row in rows if row.answered_at is not None and row.answered_at <= frame.at]
    spoken = set() if frame.lean else gathering_answers.spoken(session, frame, answered)
    found: dict[int, Heard] = {}
    for number, (_, own) in rhythms.items():
        if own and not owners[number].inherited:
            found[number] = Heard(own_rules=own)
    for row in rows:
        owner = owners[row.organisation_id]
        if owner.since is not None and row.said_at < owner.since:
            continue
        mine = found.setdefault(owner.organisation_id, Heard())
        rhythm, own = rhythms[row.organisation_id]
        left_out = frame.excluded.get(("aspiration", row.id))
        if left_out is not None:
            line = {"id": row.id, "kind": row.kind, "said_at": iso(row.said_at), "reason": plain(left_out.reason)}
            mine.excluded.append({**line, "by": plain(left_out.by_name), "at": iso(left_out.at)})
        elif row.own or row.staff:
            # Found out after it had become an item: who registers a handle late, or that of a critic, is seen here.
            line = {
                "id": row.id,
                "kind": row.kind,
                "said_at": iso(row.said_at),
                "reason": "own" if row.own else "staff",
            }
            mine.excluded.append({**line, "by": None, "at": None})
        elif row.kind == "perlu dipilah":
            mine.unsorted += 1
        else:
            _count(
                mine,
                frame,
                row,
                rhythm,
                own_terms="deadlines" in own,
                proof=proofs.get(row.id),
                back=back.get(row.id),
                spoken=row.id in spoken,
            )
    for row in joined:
        owner = owners[row.organisation_id]
        if owner.since is None or row.said_at >= owner.since:
            line = {"id": row.id, "kind": row.kind, "said_at": iso(row.said_at), "into": row.duplicate_of_id}
            found.setdefault(owner.organisation_id, Heard()).joined.append(line)
    return found


def _items(frame: Frame, ids: Sequence[int]) -> Any:
    names = (
        "id", "organisation_id", "kind", "status", "source", "said_at", "deadline", "settle_by", "due_from",
        "answered_at", "settled_at", "duplicate_of_id",
    )  # fmt: skip
    return (
        select(*(col(getattr(Aspiration, name)) for name in names), col(Comment.own), col(Comment.staff))
        .outerjoin(Comment, col(Comment.id) == col(Aspiration.comment_id))
        .where(
            col(Aspiration.organisation_id).in_(ids),
            col(Aspiration.said_at) >= frame.start,
            col(Aspiration.said_at) < frame.until,
            col(Aspiration.kind).in_(_COUNTED),
        )
        .order_by(col(Aspiration.id))
    )


def _rhythms(
    session: Session, ids: Sequence[int], calendars: Calendars
) -> dict[int, tuple[deadlines.Rhythm, dict[str, Any]]]:
    """Organisation → (its calendar with everybody's terms, the hours and terms that it gave itself)."""
    found = {}
    columns = (col(Organisation.id), col(Organisation.zone), col(Organisation.rules))
    for number, zone, rules in session.execute(select(*columns).where(col(Organisation.id).in_(ids))):
        calendar = calendars.of(number, zone, rules or {})
        own = {name: rules[name] for name in ("hours", "deadlines") if (rules or {}).get(name)}
        own = json.loads(json.dumps(own), parse_float=str)  # what nobody understands must not stop a freeze
        found[number] = (deadlines.Rhythm(calendar, deadlines.DEFAULTS), own)
    return found


def _count(
    mine: Heard, frame: Frame, row: Any, rhythm: deadlines.Rhythm, *, own_terms: bool, proof: datetime | None,
    back: datetime | None, spoken: bool,
) -> None:  # fmt: skip
    """One item into its list. spoken: its answer is on record."""
    # What stands beside the item was the term when it was said; only where that may be another one it is made anew.
    plain_terms = not own_terms and row.due_from is None
    deadline = (
        row.deadline if plain_terms and row.deadline else deadlines.first_answer_by(row.said_at, row.kind, rhythm)
    )
    answered = row.answered_at if row.answered_at is not None and row.answered_at <= frame.at else None
    if answered is None and deadline is not None and deadline > frame.at:
        mine.undecided.append({"id": row.id, "kind": row.kind, "said_at": iso(row.said_at)})
        return
    in_time = answered is not None and (deadline is None or answered <= deadline)
    hours = None if answered is None else hours_between(row.said_at, answered, rhythm.calendar)
    mine.items.append(
        {
            "id": row.id,
            "kind": row.kind,
            "said_at": iso(row.said_at),
            "source": row.source,
            "answer": None if answered is None else "spoken" if spoken else "marked",
            "answered_in_time": in_time,
            "first_reply_working_hours": hours,
            "resolved_in_time": _resolved(frame, row, rhythm, plain_terms, proof, back),
        }
    )


def hours_between(said_at: datetime, answered_at: datetime, calendar: Calendar) -> Decimal:
    """Working hours until the first answer, 4 decimals half even; 0 where the answer is dated before the question."""
    hours = max(working_hours_between(said_at, answered_at, calendar), Fraction(0))
    exact = Decimal(hours.numerator) / Decimal(hours.denominator) if hours else Decimal(0)
    return exact.quantize(_PLACES, ROUND_HALF_EVEN)


def _resolved(
    frame: Frame, row: Any, rhythm: deadlines.Rhythm, plain_terms: bool, proof: datetime | None, back: datetime | None
) -> bool | None:
    """Of a keluhan: settled, or handed on with proof, in time; None for other kinds and while there is time left."""
    if row.kind != "keluhan":
        return None
    if plain_terms and row.settle_by:
        limit = row.settle_by
    else:
        limit = deadlines.settle_by(back or row.said_at, row.kind, rhythm)
    settled = row.settled_at if row.status == "selesai" else None
    done = [at for at in (settled, proof) if at is not None and at <= frame.at]
    if limit is None or (done and min(done) <= limit):
        return bool(done)
    return None if limit > frame.at and not done else False


def _proofs(session: Session, frame: Frame, complaints: Sequence[int]) -> dict[int, datetime]:
    """Keluhan → when it was first handed on in a way that can be followed: with a reference, an answer, or a photo."""
    found: dict[int, datetime] = {}
    for some in _some(complaints):
        photos = select(col(Attachment.aspiration_id), func.min(col(Attachment.at)))
        photos = photos.where(col(Attachment.aspiration_id).in_(some), col(Attachment.kind) == "bukti")
        shown: dict[int, datetime] = {
            row[0]: row[1] for row in session.execute(photos.group_by(col(Attachment.aspiration_id)))
        }
        query = select(
            col(Handover.aspiration_id), col(Handover.reference), col(Handover.state), col(Handover.at),
            col(Handover.answered_at),
        ).where(col(Handover.aspiration_id).in_(some), col(Handover.state) != "returned")  # fmt: skip
        for number, reference, state, at, answered_at in session.execute(query):
            moments = [at] if reference.strip() else []
            moments += [answered_at] if state == "answered" and answered_at is not None else []
            moments += [max(at, shown[number])] if number in shown else []
            for moment in moments:
                if moment <= frame.at:
                    found[number] = min(moment, found.get(number, moment))
    return found


def _came_back(session: Session, frame: Frame, ids: Sequence[int]) -> dict[int, datetime]:
    """Item → when its resident last came back."""
    found: dict[int, datetime] = {}
    for some in _some(ids):
        query = select(col(Event.subject_id), col(Event.at)).where(
            col(Event.subject) == "aspiration",
            col(Event.subject_id).in_(some),
            col(Event.what) == "dibuka lagi",
            or_(*(col(Event.who) == who for who in _RESIDENT_BACK)),
            col(Event.at) <= frame.at,
        )
        for number, at in session.execute(query.order_by(col(Event.at))):
            found[number] = at
    return found


def _some(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), _SOME):
        yield ids[start : start + _SOME]
