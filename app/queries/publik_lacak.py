"""What a resident sees of an item with its code: a rope of steps, and nothing that is the team's own.

Also the questions and answers that a koordinator lets stand on the page for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from app.models import Aspiration, Attachment, Event, Handover, ItemNote, Outgoing, Promise
from app.queries.home import headline
from app.queries.masking import mask

#: Answered questions on the front page.
ANSWERED = 5
#: Statuses of an item that are steps by themselves; the others show as answers and hand-overs.
_STEPS = ("ditindaklanjuti", "menunggu warga", "selesai", "dibuka lagi", "diarsipkan")


@dataclass(frozen=True)
class Step:
    """One knot. what: "received", "answer", "own" (the resident's words), "handover", "returned", "agency" (its
    answer), "promise", "kept", or a status. who: of an answer; of a hand-over the agency. until: a promised date."""

    at: datetime
    what: str
    text: str = ""
    who: str = ""
    reference: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Trail:
    """An item as its resident sees it. next_by: until when we owe the next word; None where nothing is owed."""

    item_id: int
    headline: str
    text: str
    kind: str
    status: str
    village: str | None
    secret: bool
    anonymous: bool
    handed_to: str | None
    next_by: datetime | None
    steps: list[Step]
    photos: list[tuple[int, str, str]]  # (attachment, kind, words)


@dataclass(frozen=True)
class Exchange:
    """A question and its answers, for everybody. Numbers and addresses are masked."""

    said_at: datetime
    kind: str
    question: str
    answers: list[tuple[datetime, str]]


def trail(session: Session, item_id: int) -> Trail | None:
    """The item with everything that its resident may see."""
    item = session.get(Aspiration, item_id)
    if item is None or item.id is None:
        return None
    # Joined to another item, it follows that one's answers; a secret one's are nobody else's.
    leader = session.get(Aspiration, item.duplicate_of_id) if item.duplicate_of_id else None
    both = [item.id, *([leader.id] if leader is not None and leader.id is not None and not leader.secret else [])]
    handovers = list(_handovers(session, both))
    steps = [
        Step(item.said_at, "received"),
        *_notes(session, item.id, both),
        *_replies(session, both),
        *(step for handover in handovers for step in _handed(handover)),
        *_promises(session, both),
        *_statuses(session, item_id),
    ]
    with_agency = next((each.agency for each in reversed(handovers) if each.state == "sent"), None)
    due = item.deadline if item.status in ("belum ditanggapi", "dibuka lagi") else item.settle_by
    photos = session.execute(
        select(col(Attachment.id), col(Attachment.kind), col(Attachment.text))
        .where(_to_be_seen(item_id))
        .order_by(col(Attachment.id))
    )
    return Trail(
        item_id=item.id,
        headline=headline(item.text),
        text=item.text,
        kind=item.kind,
        status=item.status,
        village=item.village,
        secret=item.secret,
        anonymous=item.anonymous,
        handed_to=with_agency,
        next_by=None if item.status in ("selesai", "diarsipkan") else due,
        # Of one moment, in the order in which they were found: a status follows the words that brought it.
        steps=sorted(steps, key=lambda step: step.at),
        photos=[(number, kind, words) for number, kind, words in photos],
    )


def photo(session: Session, attachment_id: int, organisation_id: int) -> str | None:
    """The master of a photo that the resident of its item may see."""
    row = session.get(Attachment, attachment_id)
    if row is None or not (row.public or row.kind == "laporan"):
        return None
    item = session.get(Aspiration, row.aspiration_id)
    return row.sha256 if item is not None and item.organisation_id == organisation_id else None


def exchanges(session: Session, organisation_id: int) -> list[Exchange]:
    """Questions with answers that may be shown, newest first. What became secret or masked since is left out."""
    items = session.execute(
        select(col(Aspiration.id), col(Aspiration.said_at), col(Aspiration.kind), col(Aspiration.text))
        .where(
            col(Aspiration.organisation_id) == organisation_id,
            col(Aspiration.on_page),
            ~col(Aspiration.secret),
            ~col(Aspiration.masked),
            col(Aspiration.about_id).is_(None),
        )
        .order_by(col(Aspiration.said_at).desc())
        .limit(ANSWERED)
    ).all()
    said: dict[int, list[tuple[datetime, str]]] = {}
    notes = session.execute(
        select(col(ItemNote.aspiration_id), col(ItemNote.at), col(ItemNote.text))
        .where(col(ItemNote.aspiration_id).in_([row.id for row in items]), col(ItemNote.public))
        .order_by(col(ItemNote.id))
    )
    for item_id, at, text in notes:
        said.setdefault(item_id, []).append((at, mask(text)))
    return [Exchange(at, kind, mask(text), said[item_id]) for item_id, at, kind, text in items if item_id in said]


def _to_be_seen(item_id: int) -> Any:
    seen = or_(col(Attachment.public), col(Attachment.kind) == "laporan")
    return and_(col(Attachment.aspiration_id) == item_id, seen)


def _notes(session: Session, item_id: int, both: list[int]) -> Iterator[Step]:
    """Answers to it (and to the one it is joined to), and what its own resident added."""
    own = and_(col(ItemNote.resident), col(ItemNote.aspiration_id) == item_id)
    answers = and_(col(ItemNote.public), col(ItemNote.aspiration_id).in_(both))
    for row in session.execute(select(ItemNote).where(or_(own, answers)).order_by(col(ItemNote.id))).scalars():
        if row.public:
            yield Step(row.at, "answer", row.text, who=row.author_name)
        else:
            yield Step(row.at, "own", row.text)


def _replies(session: Session, both: list[int]) -> Iterator[Step]:
    """What was answered in public under a comment that says the same."""
    sent = (col(Outgoing.action) == "reply", col(Outgoing.state) == "published")
    query = select(col(Outgoing.text), col(Outgoing.published_at), col(Outgoing.created_at)).where(
        col(Outgoing.aspiration_id).in_(both), *sent
    )
    for text, published_at, created_at in session.execute(query):
        yield Step(published_at or created_at, "answer", text)


def _handovers(session: Session, both: list[int]) -> Iterator[Handover]:
    query = select(Handover).where(col(Handover.aspiration_id).in_(both)).order_by(col(Handover.id))
    yield from session.execute(query).scalars()


def _handed(row: Handover) -> Iterator[Step]:
    yield Step(row.at, "handover", who=row.agency, reference=row.reference, until=row.answer_by)
    if row.answered_at is not None:
        yield Step(row.answered_at, "agency" if row.state == "answered" else "returned", row.answer, who=row.agency)


def _promises(session: Session, both: list[int]) -> Iterator[Step]:
    query = select(Promise).where(col(Promise.aspiration_id).in_(both), col(Promise.state) != "dropped")
    for row in session.execute(query.order_by(col(Promise.id))).scalars():
        yield Step(row.at, "promise", row.text, until=row.due_on)
        if row.kept_at is not None:
            yield Step(row.kept_at, "kept", row.text)


def _statuses(session: Session, item_id: int) -> Iterator[Step]:
    rows = session.execute(
        select(col(Event.at), col(Event.target))
        .where(
            col(Event.subject) == "aspiration",
            col(Event.subject_id) == item_id,
            col(Event.what).in_(_STEPS),
            col(Event.target).is_not(None),
        )
        .order_by(col(Event.id))
    )
    for at, target in rows:
        yield Step(at, target)
