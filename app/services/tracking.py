"""Following an item by its code: find it, add to it, say whether it is settled.

Whoever has the code is the resident; nobody is told whether another code exists.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from app import clock
from app.models import Aspiration, ItemNote
from app.problems import Problem
from app.sealing import Sealer
from app.services import codes, deadlines, items
from app.services.collecting import storable
from app.services.receiving import RESIDENT
from app.states import note

#: What a resident may add to one item: characters, and times.
ADD_MOST, ADDITIONS_MOST = 3000, 20
#: What the resident adds opens these anew: somebody had thought that it was enough.
_REOPENED = ("sudah ditanggapi", "selesai", "menunggu warga", "diarsipkan")


def find(session: Session, sealer: Sealer, organisation_id: int, text: str) -> int | None:
    """The item of a code as it was typed, on this organisation's page; None for any other code."""
    code = codes.read(text)
    if code is None:
        return None
    # A code lives longer than the installation's newest key.
    hashes = [codes.digest(key, code) for key in sealer.keys_for("code")]
    query = select(Aspiration.id).where(
        col(Aspiration.code_hash).in_(hashes), Aspiration.organisation_id == organisation_id
    )
    return session.exec(query).first()


def add(session: Session, item_id: int, text: str) -> ItemNote:
    """Tambah keterangan: kept beside the item, which is opened anew where it was answered or settled.

    The same words twice are one. Problem: unknown_item, text_needed, text_too_long, additions_many.
    """
    text = storable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Problem("text_needed", field="text")
    if len(text) > ADD_MOST:
        raise Problem("text_too_long", field="text", most=ADD_MOST)
    item = items.opened(session, item_id, RESIDENT)
    own = (col(ItemNote.aspiration_id) == item_id, col(ItemNote.resident))
    there = session.exec(select(ItemNote).where(*own).order_by(col(ItemNote.id))).all()
    if there and there[-1].text == text:
        return there[-1]
    if len(there) >= ADDITIONS_MOST:
        raise Problem("additions_many")
    said = ItemNote(aspiration_id=item_id, author_name=item.author or "Warga", text=text, resident=True)
    session.add(said)
    session.flush()
    note(session, item, "add", RESIDENT, facts={"note": said.id})
    _reopen(session, item, "the resident wrote again")
    return said


def rate(session: Session, item_id: int, content: bool) -> None:
    """Whether the resident finds it settled; "not yet" opens it anew. Problem: unknown_item, not_settled."""
    item = items.opened(session, item_id, RESIDENT)
    if item.status != "selesai":
        raise Problem("not_settled")
    note(session, item, "content" if content else "not_content", RESIDENT)
    if not content:
        _reopen(session, item, "the resident is not content")


def _reopen(session: Session, item: Aspiration, why: str) -> None:
    if item.status in _REOPENED:
        anew = deadlines.anew(clock.now(), item.kind, deadlines.of(session, item.organisation_id))
        items.set_status(session, item, "dibuka lagi", RESIDENT, why=why, **anew)
