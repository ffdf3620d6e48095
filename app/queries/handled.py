"""What is around an inbox item besides its talk: notes, handovers, promises, photos, duplicates, the same person's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app import clock
from app.models import Agency, Aspiration, Attachment, Event, Handover, ItemNote, Membership, Person, Promise
from app.queries import related
from app.queries.masking import mask
from app.queries.privacy import visible_to
from app.queries.related import Near

#: Other items that are named; the rest is counted.
SHOWN = 5


@dataclass(frozen=True)
class Noted:
    """A private note of the team. public: an answer on the tracking page; resident: what the resident added there."""

    id: int
    author: str
    text: str
    at: datetime
    public: bool
    resident: bool


@dataclass(frozen=True)
class Handed:
    """An item handed on."""

    id: int
    agency: str
    reference: str
    answer_by: date | None
    state: str
    answer: str
    answered_at: datetime | None
    at: datetime


@dataclass(frozen=True)
class Promised:
    """A date that was promised."""

    id: int
    text: str
    due_on: date
    state: str
    kept_at: datetime | None


@dataclass(frozen=True)
class Pictured:
    """A photo beside the item."""

    id: int
    kind: str
    sha256: str
    text: str
    public: bool


@dataclass(frozen=True)
class Around:
    """Everything of one item. leading: the item it is joined to; joined: those joined to it. alike: what seems to say
    the same and may be joined. on_page: it may stand on the organisation's own page. phoned: its resident left a phone
    number.
    """

    notes: list[Noted]
    handovers: list[Handed]
    promises: list[Promised]
    photos: list[Pictured]
    leading: Near | None
    joined: list[Near]
    related: list[Near]
    related_more: int
    alike: list[Near]
    about: str | None
    urgent: str | None
    urgent_by: str | None
    secret: bool
    masked: bool
    anonymous: bool
    channel: str | None
    village: str | None
    labels: list[str]
    settle_by: datetime | None
    settled_at: datetime | None
    why: list[tuple[str, float]]
    on_page: bool = False
    phoned: bool = False


def around(session: Session, item_id: int, reader: int | None = None) -> Around:
    """For the page of an item that exists. reader: the person who looks; other items about them are not there."""
    columns = (
        Aspiration.duplicate_of_id, Aspiration.urgent,
        Aspiration.urgent_by, Aspiration.secret, Aspiration.masked, Aspiration.anonymous, Aspiration.channel,
        Aspiration.village, Aspiration.labels, Aspiration.settle_by, Aspiration.settled_at, Aspiration.suggested_why,
        Person.name, Aspiration.on_page, Aspiration.contact,
    )  # fmt: skip
    row: Any = session.execute(
        select(*map(col, columns))
        .outerjoin(Person, col(Person.id) == col(Aspiration.about_id))
        .where(col(Aspiration.id) == item_id)
    ).one()
    leading_id, urgent, urgent_by, secret, masked, anonymous, *rest = row
    channel, village, labels, settle_by, settled_at, why, about, on_page, contact = rest
    seen = visible_to(reader)
    same = related.of_person(session, item_id, reader, most=SHOWN + 1)
    more = related.many_of_person(session, item_id, reader) - SHOWN if len(same) > SHOWN else 0
    leading = related.named(session, col(Aspiration.id) == leading_id, seen) if leading_id else []
    return Around(
        notes=_notes(session, item_id),
        handovers=_handovers(session, item_id),
        promises=_promises(session, item_id),
        photos=_photos(session, item_id),
        leading=leading[0] if leading else None,
        joined=related.named(session, col(Aspiration.duplicate_of_id) == item_id, seen, most=SHOWN + 1),
        related=same[:SHOWN],
        related_more=more,
        alike=[] if leading_id else related.same_matter(session, item_id, reader),
        about=about,
        urgent=urgent,
        urgent_by=urgent_by,
        secret=secret,
        masked=masked,
        anonymous=anonymous,
        channel=channel,
        village=village,
        labels=list(labels or []),
        settle_by=settle_by,
        settled_at=settled_at,
        why=[(word, weight) for word, weight in why or []],
        on_page=on_page,
        phoned=bool(contact),
    )


def agencies(session: Session, organisation_id: int) -> list[str]:
    """Names of those to whom items may be handed on."""
    rows = session.execute(
        select(col(Agency.name))
        .where(col(Agency.organisation_id) == organisation_id, col(Agency.active))
        .order_by(func.lower(col(Agency.name)))
    )
    return [name for (name,) in rows]


def urgent(session: Session, organisation_id: int, person_id: int | None) -> list[Near]:
    """What may be an emergency and is open, newest first; without those about the person who looks."""
    return related.named(
        session,
        col(Aspiration.organisation_id) == organisation_id,
        col(Aspiration.urgent).is_not(None),
        col(Aspiration.status).not_in(("selesai", "diarsipkan")),
        visible_to(person_id),
        most=SHOWN + 1,
    )


def members(session: Session, organisation_id: int) -> list[tuple[int, str]]:
    """(person id, name) of everybody of the organisation, by name: whom an item may be about."""
    rows = session.execute(
        select(col(Person.id), col(Person.name))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(col(Membership.organisation_id) == organisation_id)
        .order_by(func.lower(col(Person.name)), col(Person.id))
        .limit(200)
    )
    return [(id_, name) for id_, name in rows]


def hidden_lately(
    session: Session, organisation_id: int, who: str, days: int = 7, most: int = 50
) -> list[tuple[int, str]]:
    """(item, what it says, shortened) of what an actor (the spam filter) sorted in the last days, newest first."""
    rows = session.execute(
        select(col(Aspiration.id), col(Aspiration.text))
        .join(Event, (col(Event.subject_id) == col(Aspiration.id)) & (col(Event.subject) == "aspiration"))
        .where(
            col(Aspiration.organisation_id) == organisation_id,
            col(Event.who) == who,
            col(Event.what) == "kind",
            col(Event.at) > clock.now() - timedelta(days=days),
        )
        .order_by(col(Event.id).desc())
        .limit(most)
    )
    return [(id_, mask(" ".join(text.split()))[:120]) for id_, text in rows]


def owner_of(session: Session, table: Any, row_id: int) -> int | None:
    """The item that a note, handover, promise or photo belongs to."""
    found: int | None = session.execute(select(table.aspiration_id).where(table.id == row_id)).scalar()
    return found


def _notes(session: Session, item_id: int) -> list[Noted]:
    rows = session.execute(
        select(
            col(ItemNote.id), col(ItemNote.author_name), col(ItemNote.text), col(ItemNote.at), col(ItemNote.public),
            col(ItemNote.resident),
        )
        .where(col(ItemNote.aspiration_id) == item_id)
        .order_by(col(ItemNote.at), col(ItemNote.id))
    )  # fmt: skip
    return [Noted(*row) for row in rows]


def _handovers(session: Session, item_id: int) -> list[Handed]:
    rows = session.execute(
        select(
            col(Handover.id), col(Handover.agency), col(Handover.reference), col(Handover.answer_by),
            col(Handover.state), col(Handover.answer), col(Handover.answered_at), col(Handover.at),
        )
        .where(col(Handover.aspiration_id) == item_id)
        .order_by(col(Handover.id))
    )  # fmt: skip
    return [Handed(*row) for row in rows]


def _promises(session: Session, item_id: int) -> list[Promised]:
    rows = session.execute(
        select(col(Promise.id), col(Promise.text), col(Promise.due_on), col(Promise.state), col(Promise.kept_at))
        .where(col(Promise.aspiration_id) == item_id)
        .order_by(col(Promise.due_on), col(Promise.id))
    )
    return [Promised(*row) for row in rows]


def _photos(session: Session, item_id: int) -> list[Pictured]:
    rows = session.execute(
        select(
            col(Attachment.id), col(Attachment.kind), col(Attachment.sha256), col(Attachment.text),
            col(Attachment.public),
        )
        .where(col(Attachment.aspiration_id) == item_id)
        .order_by(col(Attachment.id))
    )  # fmt: skip
    return [Pictured(*row) for row in rows]
