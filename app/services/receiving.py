"""What a resident sends by the form of the organisation's own page becomes an item of the inbox, once.

The same form sent twice (a second tap, a lost answer on a weak line) has the same code, and the code is unique: the
second one finds the first. Another text from the same form is another item.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import clock
from app.models import MUST_ANSWER, Aspiration, Attachment, Organisation
from app.problems import Problem
from app.sealing import Sealer
from app.services import codes, deadlines, items, marking
from app.services.collecting import storable
from app.states import Actor, note

RESIDENT = Actor("warga")
#: Characters; photos.
TEXT_LEAST, TEXT_MOST = 10, 5000
NAME_MOST, PHONE_MOST, VILLAGE_MOST, PHOTOS_MOST = 120, 30, 60, 3


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form held. nonce: of the form as it was given out, unguessable. anonymous: name and phone are not
    kept at all. secret: never shown in public. photos: (sha256, width, height) of masters in the store."""

    nonce: str
    kind: str
    text: str
    village: str = ""
    name: str = ""
    phone: str = ""
    anonymous: bool = False
    secret: bool = False
    photos: Sequence[tuple[str, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """code: without hyphens. fresh: not known before."""

    item_id: int
    code: str
    fresh: bool


def receive(session: Session, sealer: Sealer, organisation_id: int, sent: Sent) -> Received:
    """Put it into the inbox. Problem: unknown_organisation, form_closed, text_needed, text_too_long, kind_needed."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    if not organisation.profile.get("form", True):
        raise Problem("form_closed")
    text = _words(sent.text)
    if sent.kind not in MUST_ANSWER:
        raise Problem("kind_needed", field="kind")
    code, hashed = _code(sealer, organisation_id, sent, text)
    if (before := _known(session, hashed)) is not None:
        return Received(before, code, fresh=False)
    item = _item(session, sealer, organisation_id, sent, text, hashed)
    try:
        with session.begin_nested():
            session.add(item)
            session.flush()
    except IntegrityError:
        # The other tap was quicker by a moment (PostgreSQL: two transactions side by side).
        before = _known(session, hashed)
        if before is None:
            raise
        return Received(before, code, fresh=False)
    assert item.id is not None
    photos = list(dict.fromkeys(sent.photos))[:PHOTOS_MOST]
    for sha256, width, height in photos:
        photo = Attachment(aspiration_id=item.id, kind="laporan", sha256=sha256, width=width, height=height)
        session.add(photo)
    session.flush()
    note(session, item, "arrive", RESIDENT, target=item.status, facts={"photos": len(photos)} if photos else {})
    return Received(item.id, code, fresh=True)


def known(session: Session, sealer: Sealer, organisation_id: int, sent: Sent) -> Received | None:
    """What became of the same form with the same words, if it was taken before."""
    code, hashed = _code(sealer, organisation_id, sent, _plain(sent.text))
    before = _known(session, hashed)
    return None if before is None else Received(before, code, fresh=False)


def phone(session: Session, sealer: Sealer, item_id: int, by: Actor) -> str:
    """The phone number that the resident left, for whoever is to call; that it was looked at stays in the history.

    Problem: unknown_item, no_phone.
    """
    item = items.opened(session, item_id, by)
    if not item.contact:
        raise Problem("no_phone")
    note(session, item, "contact_seen", by)
    return sealer.open(item.contact)["phone"]


def _item(session: Session, sealer: Sealer, organisation_id: int, sent: Sent, text: str, hashed: str) -> Aspiration:
    present = clock.now()
    name = "" if sent.anonymous else _line(sent.name, NAME_MOST)
    phone = "" if sent.anonymous else _line(sent.phone, PHONE_MOST)
    item = Aspiration(
        organisation_id=organisation_id,
        source="formulir",
        kind=sent.kind,
        kind_by=RESIDENT.who,
        author=name or None,
        author_key=_author_key(sealer, phone),
        village=_line(sent.village, VILLAGE_MOST) or None,
        text=text,
        secret=sent.secret,
        anonymous=sent.anonymous,
        contact=sealer.seal({"phone": phone}) if phone else "",
        code_hash=hashed,
        said_at=present,
        **deadlines.both(present, sent.kind, deadlines.of(session, organisation_id)),
    )
    marking.mark(item)
    return item


def _words(text: str) -> str:
    text = _plain(text)
    if len("".join(text.split())) < TEXT_LEAST:
        raise Problem("say_more", field="text")
    if len(text) > TEXT_MOST:
        raise Problem("text_too_long", field="text", most=TEXT_MOST)
    return text


def _plain(text: str) -> str:
    return storable(text).replace("\r\n", "\n").strip()


def _line(text: str, most: int) -> str:
    return " ".join(storable(text).split())[:most]


def _code(sealer: Sealer, organisation_id: int, sent: Sent, text: str) -> tuple[str, str]:
    """The code and what is stored of it. Of one form and one text: who writes a second complaint on the same page as
    before gets a second code."""
    said = "\0".join((sent.nonce, str(organisation_id), sent.kind, text))
    key = sealer.key_for("code")
    code = codes.derive(key, hashlib.sha256(said.encode()).digest())
    return code, codes.digest(key, code)


def _author_key(sealer: Sealer, phone: str) -> str | None:
    """By what the items of one phone are found, without telling the number; 0812… and +62812… are the same."""
    digits = "".join(sign for sign in phone if sign.isdecimal())
    digits = digits[2:] if digits.startswith("62") else digits.lstrip("0")
    if len(digits) < 7:
        return None
    return "hp:" + hmac.digest(sealer.key_for("phone"), digits.encode(), hashlib.sha256).hex()[:24]


def _known(session: Session, hashed: str) -> int | None:
    return session.exec(select(Aspiration.id).where(Aspiration.code_hash == hashed)).first()
