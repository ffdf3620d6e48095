"""What is done with an inbox item besides answering it: notes, labels, duplicates, secrecy, urgency, photos.

Every act is one Event on the item. Handing on, settling and reopening stand in finishing.py, and are found here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.models import CHANNELS, Aspiration, Attachment, Event, ItemNote, Membership, Organisation, Person
from app.models.handling import ATTACHED
from app.models.inbox import URGENT
from app.problems import Problem
from app.services import deadlines, items, marking
from app.services.collecting import storable
from app.services.finishing import answer_handover, hand_over, reopen, return_handover, settle
from app.states import ASPIRATION, Actor, move, note
from media.intake import Taken

__all__ = [
    "add_note",
    "answer_handover",
    "attach",
    "decide_urgency",
    "hand_over",
    "join",
    "keep_secret",
    "part",
    "reopen",
    "return_handover",
    "set_about",
    "set_labels",
    "settle",
    "take_message",
]

#: Characters of a private note, of a text taken down by hand, of a line beside a photo, of one label.
NOTE_MOST, TEXT_MOST, LINE_MOST, LABEL_MOST = 4_000, 10_000, 300, 40
LABELS_MOST = 12
PHOTOS_MOST = 20


def add_note(session: Session, item_id: int, by: Actor, text: str) -> ItemNote:
    """A private note; residents never see it. Its words stay out of the history, which says only that there is one.

    Problem: unknown_item, text_needed, text_too_long.
    """
    item = items.opened(session, item_id, by)
    made = ItemNote(
        aspiration_id=item_id, author_id=by.person_id, author_name=by.who, text=_words(text, NOTE_MOST), at=clock.now()
    )
    session.add(made)
    session.flush()
    note(session, item, "note", by, facts={"note": made.id})
    return made


def set_labels(session: Session, item_id: int, by: Actor, labels: Iterable[str]) -> Aspiration:
    """These labels and no others, each once, as first written. Problem: label_long, labels_many."""
    item = items.opened(session, item_id, by)
    wanted = clean_labels(labels)
    if wanted != item.labels:
        items.write(session, item, "labels", by, facts={"from": item.labels, "to": wanted}, labels=wanted)
    return item


def clean_labels(labels: Iterable[str]) -> list[str]:
    """Labels as they are kept: one space between words, no two that differ in capitals only."""
    kept: dict[str, str] = {}
    for label in labels:
        plain = " ".join(storable(label).replace(",", " ").split())
        if len(plain) > LABEL_MOST:
            raise Problem("label_long", field="labels", most=LABEL_MOST)
        if plain:
            kept.setdefault(plain.casefold(), plain)
    if len(kept) > LABELS_MOST:
        raise Problem("labels_many", field="labels", most=LABELS_MOST)
    return list(kept.values())


def join(session: Session, item_id: int, into_id: int, by: Actor) -> Aspiration:
    """The item says the same as another: it follows that one's status and answer from now on, and is counted with it.

    What was joined to it follows the other one too: there is one step only, so no circle. About a member, secret or
    urgent: whoever of the two is, the other becomes as careful.
    Problem: unknown_item, join_self, join_elsewhere (another organisation), joined_already, joined_many.
    """
    if item_id == into_id:
        raise Problem("join_self", field="into")
    # Locked in the order of their numbers, so that "A into B" and "B into A" do not wait for each other.
    both = {number: items.opened(session, number, by) for number in sorted((item_id, into_id))}
    item, leader = both[item_id], both[into_id]
    if leader.duplicate_of_id is not None:
        leader = items.opened(session, leader.duplicate_of_id, by)
    if leader.id == item.id:
        raise Problem("join_circle", field="into")
    if leader.organisation_id != item.organisation_id:
        raise Problem("join_elsewhere", field="into")
    if item.duplicate_of_id == leader.id:
        raise Problem("joined_already", field="into")
    following = items.joined(session, item_id)
    if len(items.joined(session, leader.id or 0)) + len(following) + 1 > items.MOST_JOINED:
        raise Problem("joined_many", most=items.MOST_JOINED)
    for one in (item, *following):
        _follow(session, one, leader, by)
    return item


def _follow(session: Session, item: Aspiration, leader: Aspiration, by: Actor) -> None:
    before = {"into": leader.id, "status": item.status}
    about = leader.about_id or item.about_id
    items.write(session, item, "join", by, facts=before, duplicate_of_id=leader.id, about_id=about)
    if leader.about_id is None and about is not None:
        items.write(session, leader, "about", by, why="joined", facts={"person": about}, about_id=about)
    if leader.status != item.status and (item.status, leader.status) in ASPIRATION.moves:
        dates: dict[str, Any] = {"answered_at": item.answered_at or leader.answered_at, "settled_at": leader.settled_at}
        move(session, item, leader.status, by, why="joined", facts={"into": leader.id}, **dates)


def part(session: Session, item_id: int, by: Actor) -> Aspiration:
    """It is a matter of its own after all; its status stays as it is. Problem: not_joined."""
    item = items.opened(session, item_id, by)
    if item.duplicate_of_id is None:
        raise Problem("not_joined")
    items.write(session, item, "part", by, facts={"from": item.duplicate_of_id}, duplicate_of_id=None)
    return item


def keep_secret(session: Session, item_id: int, by: Actor, secret: bool, reason: str = "") -> Aspiration:
    """Rahasia: never shown in public, whatever its source. To take that back needs a reason, and is refused where the
    resident asked for it. Problem: reason_needed, secret_of_resident.
    """
    item = items.opened(session, item_id, by)
    if item.secret == secret:
        return item
    if not secret:
        if item.source == "formulir" and _first_secret(session, item_id):
            raise Problem("secret_of_resident", field="secret")
        if not reason.strip():
            raise Problem("reason_needed", field="reason")
    facts = {"from": item.secret, "to": secret}
    items.write(session, item, "secret", by, why=storable(reason).strip() or None, facts=facts, secret=secret)
    return item


def _first_secret(session: Session, item_id: int) -> bool:
    """Whether a secret item was so from the beginning: nobody of us ever decided it."""
    query = select(Event.id).where(Event.subject == "aspiration", Event.subject_id == item_id, Event.what == "secret")
    return session.exec(query.limit(1)).first() is None


def set_about(session: Session, item_id: int, by: Actor, person_id: int | None) -> Aspiration:
    """It is about a member: a pembina has it now, and that member can neither see nor close it (queries/privacy.py).

    None takes it back, which only a pembina, a pengelola or the operator may: not a friend of the member.
    Problem: unknown_member, forbidden.
    """
    item = items.opened(session, item_id, by)
    if person_id == item.about_id:
        return item
    if item.about_id is not None and by.person_id is not None and not _oversees(session, by.person_id, item):
        raise Problem("forbidden")
    facts = {"from": item.about_id, "person": person_id}
    if person_id is None:
        items.write(session, item, "about", by, facts=facts, about_id=None)
        return item
    if person_id not in _members(session, item.organisation_id):
        raise Problem("unknown_member", field="about", id=person_id)
    pembina = next(iter(_pembina(session, item.organisation_id, person_id)), None)
    facts["assignee"] = pembina
    items.write(session, item, "about", by, facts=facts, about_id=person_id, assignee_id=pembina)
    return item


def _members(session: Session, organisation_id: int) -> set[int]:
    query = select(Membership.person_id).where(Membership.organisation_id == organisation_id)
    return set(session.exec(query).all())


def _pembina(session: Session, organisation_id: int, but: int) -> Sequence[int]:
    """Active pembina of the organisation, else of the nearest one above it that has any; the longest there first."""
    seen: set[int] = set()
    here: int | None = organisation_id
    while here is not None and here not in seen:
        seen.add(here)
        found = session.exec(
            select(Membership.person_id)
            .join(Person, col(Person.id) == Membership.person_id)
            .where(Membership.organisation_id == here, Membership.role == "pembina", col(Person.active))
            .where(Membership.person_id != but)
            .order_by(col(Membership.id))
        ).all()
        if found:
            return found
        organisation = session.get(Organisation, here)
        here = organisation.parent_id if organisation else None
    return []


def _oversees(session: Session, person_id: int, item: Aspiration) -> bool:
    roles = session.exec(
        select(Membership.role, Membership.organisation_id).where(Membership.person_id == person_id)
    ).all()
    own = any(role == "pembina" and where == item.organisation_id for role, where in roles)
    return own or person_id == item.assignee_id or any(role == "pengelola" for role, _ in roles)


def decide_urgency(session: Session, item_id: int, by: Actor, urgent: bool, what: str | None = None) -> Aspiration:
    """Confirm that it is urgent, or that it is not. what: of URGENT; where nobody says it, violence, whose numbers
    serve any danger. Problem: unknown_urgency.
    """
    item = items.opened(session, item_id, by)
    kind = (what or item.urgent or "kekerasan") if urgent else None
    if urgent and kind not in URGENT:
        raise Problem("unknown_urgency", field="urgent", known=", ".join(URGENT))
    if kind == item.urgent and item.urgent_by is not None:
        return item
    facts = {"from": item.urgent, "to": kind}
    items.write(session, item, "urgent", by, facts=facts, urgent=kind, urgent_by=by.who)
    return item


def attach(
    session: Session, item_id: int, taken: Taken, kind: str, by: Actor, text: str = "", public: bool = False
) -> Attachment:
    """A photo beside the item (taken: media.intake). public: the tracking page shows it; only proof, never of a secret
    item. The same photo twice stays one. Problem: unknown_attachment, not_for_the_public, photos_many, text_too_long.
    """
    item = items.opened(session, item_id, by)
    return _attached(session, item, taken, kind, by, text, public)


def _attached(
    session: Session, item: Aspiration, taken: Taken, kind: str, by: Actor, text: str = "", public: bool = False
) -> Attachment:
    if kind not in ATTACHED:
        raise Problem("unknown_attachment", field="kind", name=kind, known=", ".join(ATTACHED))
    if public and (kind != "bukti" or item.secret):
        raise Problem("not_for_the_public", field="public")
    line = _words(text, LINE_MOST, needed=False)
    there = session.exec(
        select(Attachment).where(Attachment.aspiration_id == item.id).order_by(col(Attachment.id))
    ).all()
    same = next((one for one in there if one.sha256 == taken.sha256 and one.kind == kind), None)
    if same is not None:
        return same
    if len(there) >= PHOTOS_MOST:
        raise Problem("too_many_photos", most=PHOTOS_MOST)
    made = Attachment(
        aspiration_id=item.id or 0, kind=kind, sha256=taken.sha256, width=taken.width, height=taken.height,
        text=line, public=public, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(session, item, "attach", by, facts={"attachment": made.id, "kind": kind, "public": public})
    return made


def take_message(
    session: Session, organisation_id: int, by: Actor, text: str, author: str, channel: str | None,
    taken: Sequence[Taken] = (),
) -> Aspiration:  # fmt: skip
    """What a resident said to one of us, or wrote privately: pasted or shared in, with its channel and its pictures.

    A private message is secret from the start. text may be empty where there is a picture.
    Problem: unknown_organisation, unknown_channel, text_needed, text_too_long, and those of ``attach``.
    """
    rhythm = deadlines.of(session, organisation_id)
    if channel is not None and channel not in CHANNELS:
        raise Problem("unknown_channel", field="channel", name=channel, known=", ".join(CHANNELS))
    present = clock.now()
    item = Aspiration(
        organisation_id=organisation_id, source="catatan", channel=channel,
        author=_words(author, LINE_MOST, needed=False) or None, text=_words(text, TEXT_MOST, needed=not taken),
        secret=channel in PRIVATE, said_at=present, **deadlines.both(present, "perlu dipilah", rhythm),
    )  # fmt: skip
    marking.mark(item)
    session.add(item)
    session.flush()
    facts = {"channel": channel} if channel else {}
    note(session, item, "arrive", by, target=item.status, facts=facts)
    for photo in taken:
        _attached(session, item, photo, "tangkapan", by)
    return item


#: Channels of which nothing is for the public.
PRIVATE = ("whatsapp", "pesan facebook", "pesan instagram")


def _words(text: str, most: int, *, needed: bool = True) -> str:
    text = storable(text).replace("\r\n", "\n").strip()
    if needed and not text:
        raise Problem("text_needed", field="text")
    if len(text) > most:
        raise Problem("text_too_long", field="text", most=most)
    return text
