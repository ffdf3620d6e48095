"""How an item ends, or goes on elsewhere: handed on to an agency, settled with proof, opened again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app import clock
from app.models import Aspiration, Attachment, Handover, Organisation
from app.problems import Problem
from app.services import agencies, items, promising
from app.services.collecting import storable
from app.states import HANDOVER, Actor, move, note

#: Characters of an agency's name, of a reference, of an answer.
NAME_MOST, REFERENCE_MOST, ANSWER_MOST = 120, 80, 4_000
#: Words that say how a complaint was settled; "sudah" and "beres" alone prove nothing.
PROOF_WORDS = 3
#: The latest date an agency may be given, in days.
_FARTHEST = timedelta(days=366)


def hand_over(
    session: Session, item_id: int, by: Actor, agency: str, reference: str = "", answer_by: date | None = None
) -> Handover:
    """Hand it on; the agency is remembered by its name. reference: its number there (a LAPOR! tracking id).

    Problem: name_needed, text_too_long, date_past, date_far, handed_already (it has it and has not answered).
    """
    item = items.opened(session, item_id, by)
    name = " ".join(_short(agency, NAME_MOST, "agency").split())
    reference = _short(reference, REFERENCE_MOST, "reference")
    if not name:
        raise Problem("name_needed", field="agency")
    _fitting(session, item, answer_by)
    if any(one.agency.casefold() == name.casefold() for one in _waiting(session, item_id)):
        raise Problem("handed_already", field="agency", agency=name)
    name = agencies.remembered(session, item.organisation_id, name).name
    made = Handover(
        aspiration_id=item_id, agency=name, reference=reference, answer_by=answer_by, by_name=by.who, at=clock.now()
    )
    session.add(made)
    session.flush()
    facts = {"handover": made.id, "agency": name, "reference": reference, "answer_by": answer_by}
    if item.status == "diteruskan":
        note(session, item, "hand_over", by, facts=facts)
    else:
        items.set_status(session, item, "diteruskan", by, facts=facts)
    return made


def answer_handover(session: Session, handover_id: int, by: Actor, text: str) -> Handover:
    """What the agency answered. The resident has to be told yet, so the item is ours to work on again.

    Problem: unknown_handover, text_needed, not_handed.
    """
    handover, item = _opened(session, handover_id, by)
    text = _short(text, ANSWER_MOST, "text")
    if not text:
        raise Problem("text_needed", field="text")
    _move(session, handover, "answer", by, answer=text)
    _ours_again(session, item, by, "the agency answered")
    return handover


def return_handover(session: Session, handover_id: int, by: Actor, reason: str = "") -> Handover:
    """It is not theirs, or they will not: it is ours again. Problem: unknown_handover, not_handed."""
    handover, item = _opened(session, handover_id, by)
    _move(session, handover, "return", by, answer=_short(reason, ANSWER_MOST, "reason"))
    _ours_again(session, item, by, "the agency returned it")
    return handover


def settle(
    session: Session, item_id: int, by: Actor, proof: str = "", attachment_ids: Iterable[int] = (), *,
    taken: bool = False,
) -> Aspiration:  # fmt: skip
    """Solved. A keluhan needs proof: words that say what was done, or a photo. What was promised is kept with it.

    attachment_ids: photos of this item that show it; those of kind "bukti" that are there count unasked. taken: the
    operator's word is taken for it.
    Problem: proof_needed, unknown_photo, status_impossible.
    """
    item = items.opened(session, item_id, by)
    proof = _short(proof, ANSWER_MOST, "proof")
    photos = _proofs(session, item_id, set(attachment_ids))
    if not taken:
        proven(item, proof, photos)
    if item.status == "selesai":
        raise Problem("status_impossible", field="status", source=item.status, target="selesai")
    items.set_status(session, item, "selesai", by, why=proof or None, facts={"attachments": photos})
    for promise in promising.open_of(session, item_id):
        promising.keep(session, promise.id or 0, by, why="settled")
    return item


def proven(item: Aspiration, proof: str, photos: Iterable[int] = ()) -> None:
    """Problem("proof_needed") for a keluhan of which nothing shows that it is solved."""
    said = len(re.findall(r"[^\W\d_]{2,}", proof))
    if item.kind == "keluhan" and said < PROOF_WORDS and not list(photos):
        raise Problem("proof_needed", field="proof", least=PROOF_WORDS)


def reopen(session: Session, item_id: int, by: Actor, reason: str) -> Aspiration:
    """Open it again, with a deadline of its own. Problem: reason_needed, status_impossible."""
    item = items.opened(session, item_id, by)
    reason = _short(reason, ANSWER_MOST, "reason")
    if not reason:
        raise Problem("reason_needed", field="reason")
    if item.status not in ("selesai", "diarsipkan", "sudah ditanggapi", "menunggu warga", "diteruskan"):
        raise Problem("status_impossible", field="status", source=item.status, target="dibuka lagi")
    items.set_status(session, item, "dibuka lagi", by, why=reason)
    return item


def _opened(session: Session, handover_id: int, by: Actor) -> tuple[Handover, Aspiration]:
    handover = session.get(Handover, handover_id)
    if handover is None:
        raise Problem("unknown_handover", id=handover_id)
    item = items.opened(session, handover.aspiration_id, by)
    session.refresh(handover)
    return handover, item


def _move(session: Session, handover: Handover, action: str, by: Actor, *, answer: str) -> None:
    if (handover.state, action) not in HANDOVER.moves:
        raise Problem("not_handed", agency=handover.agency)
    facts = {"agency": handover.agency, "item": handover.aspiration_id}
    move(session, handover, action, by, facts=facts, answer=answer, answered_at=clock.now())


def _ours_again(session: Session, item: Aspiration, by: Actor, why: str) -> None:
    if item.status == "diteruskan" and not _waiting(session, item.id or 0):
        items.set_status(session, item, "ditindaklanjuti", by, why=why)


def _waiting(session: Session, item_id: int) -> list[Handover]:
    query = select(Handover).where(Handover.aspiration_id == item_id, Handover.state == "sent")
    return list(session.exec(query.order_by(col(Handover.id))).all())


def _fitting(session: Session, item: Aspiration, answer_by: date | None) -> None:
    if answer_by is None:
        return
    zone = session.get_one(Organisation, item.organisation_id).zone
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    if answer_by < today:
        raise Problem("date_past", field="answer_by")
    if answer_by > today + _FARTHEST:
        raise Problem("date_far", field="answer_by")


def _proofs(session: Session, item_id: int, wanted: set[int]) -> list[int]:
    there = session.exec(
        select(Attachment).where(Attachment.aspiration_id == item_id).order_by(col(Attachment.id))
    ).all()
    if wanted - {one.id for one in there}:
        raise Problem("unknown_photo", field="attachments")
    return [one.id for one in there if one.id is not None and (one.id in wanted or one.kind == "bukti")]


def _short(text: str, most: int, field: str) -> str:
    text = storable(text).replace("\r\n", "\n").strip()
    if len(text) > most:
        raise Problem("text_too_long", field=field, most=most)
    return text
