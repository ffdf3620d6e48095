"""Ready replies of an organisation, with fields that are filled in when one is chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import clock, times
from app.models import KINDS, Aspiration, Canned, Organisation
from app.problems import Problem
from app.services.collecting import storable
from app.states import Actor, note

NAME_MOST, TEXT_MOST, MOST = 60, 2_000, 60
#: Fields in braces, with a line of meaning each.
FIELDS = {
    "nama": "who wrote, or Bapak/Ibu",
    "organisasi": "the organisation",
    "desa": "the village of the item, else the organisation's",
    "hari": "today, as Kamis, 20 Agustus 2026",
    "pengirim": "who answers",
}
_FIELD = re.compile(r"\{([^{}\n]{0,40})\}")

#: (name, kinds ([] for all), text): what an organisation begins with.
DEFAULTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "Terima kasih, kami cek",
        ("keluhan", "kritik", "pertanyaan"),
        "Terima kasih sudah memberi tahu, {nama}. Kami cek dulu ke lapangan; kabarnya kami sampaikan di sini.",
    ),
    (
        "Sudah diteruskan",
        ("keluhan", "aspirasi"),
        "Terima kasih, {nama}. Hal ini sudah kami teruskan kepada pihak yang berwenang. Begitu ada jawaban, kami "
        "sampaikan di sini.",
    ),
    (
        "Minta keterangan",
        ("keluhan", "pertanyaan"),
        "Terima kasih, {nama}. Boleh tahu di desa dan RT/RW mana? Nomor HP atau NIK jangan ditulis di sini; kirim "
        "lewat pesan pribadi, ya.",
    ),
    (
        "Usul dicatat",
        ("aspirasi",),
        "Terima kasih usulnya, {nama}. Sudah kami catat dan kami bawa ke rapat pengurus {organisasi} berikutnya.",
    ),
    (
        "Kritik diterima",
        ("kritik",),
        "Terima kasih sudah mengingatkan kami, {nama}. Masukan ini kami bahas di {organisasi}, dan hasilnya kami "
        "kabarkan di sini.",
    ),
    ("Terima kasih", ("pujian",), "Alhamdulillah, terima kasih dukungannya, {nama}. Salam sehat untuk keluarga."),
)


def begin(session: Session, organisation_id: int) -> None:
    """Give an organisation that has none yet the replies to begin with; for one that has any nothing happens."""
    if session.exec(select(Canned.id).where(Canned.organisation_id == organisation_id).limit(1)).first() is None:
        session.add_all(_defaults(organisation_id))
        session.flush()


def listed(session: Session, organisation_id: int, kind: str | None = None) -> list[Canned]:
    """The ready replies in their order, those for this kind first. While an organisation has none of its own, the ones
    to begin with, without numbers."""
    query = select(Canned).where(Canned.organisation_id == organisation_id)
    rows = list(session.exec(query.order_by(col(Canned.position), col(Canned.id))).all())
    rows = [row for row in rows if row.active] if rows else _defaults(organisation_id)
    return sorted(rows, key=lambda row: kind is not None and kind not in row.kinds)


def add(session: Session, organisation_id: int, by: Actor, name: str, text: str, kinds: Iterable[str] = ()) -> Canned:
    """Problem: unknown_organisation, name_needed, text_needed, text_too_long, unknown_field, unknown_kind, name_taken,
    canned_many."""
    if session.get(Organisation, organisation_id) is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    begin(session, organisation_id)
    name, text, wanted = _checked(name, text, kinds)
    count, last = session.exec(
        select(func.count(), func.max(Canned.position)).where(Canned.organisation_id == organisation_id)
    ).one()
    old = session.exec(select(Canned).where(Canned.organisation_id == organisation_id, Canned.name == name)).first()
    if old is not None and old.active:
        raise Problem("name_taken", field="name", name=name)
    if old is None and count >= MOST:
        raise Problem("canned_many", most=MOST)
    made = old or Canned(organisation_id=organisation_id, name=name, text=text)
    values = {"name": name, "text": text, "kinds": wanted, "active": True, "position": (last or 0) + 1}
    return _written(session, made, "add", by, **values)


def change(
    session: Session, organisation_id: int, canned_id: int, by: Actor, name: str, text: str, kinds: Iterable[str] = ()
) -> Canned:
    """Problem: unknown_canned, and those of ``add``."""
    row = get(session, organisation_id, canned_id)
    name, text, wanted = _checked(name, text, kinds)
    return _written(session, row, "change", by, name=name, text=text, kinds=wanted)


def remove(session: Session, organisation_id: int, canned_id: int, by: Actor) -> None:
    """Not offered any more. Problem: unknown_canned."""
    row = get(session, organisation_id, canned_id)
    _written(session, row, "remove", by, active=False)


def get(session: Session, organisation_id: int, canned_id: int) -> Canned:
    """One that is offered by this organisation. Problem: unknown_canned."""
    row = session.get(Canned, canned_id)
    if row is None or row.organisation_id != organisation_id or not row.active:
        raise Problem("unknown_canned", id=canned_id)
    return row


def fill(text: str, item: Aspiration, organisation: Organisation, by: Actor) -> str:
    """The text with its fields filled in. Problem: unknown_field."""
    village = item.village or (organisation.name if organisation.category in ("desa", "kelurahan") else "desa kita")
    known = {
        "nama": (item.author or "").strip() if not (item.anonymous or item.masked) else "",
        "organisasi": organisation.name,
        "desa": village,
        "hari": times.long_date(times.local(clock.now(), organisation.zone).date()),
        "pengirim": by.who,
    }
    known["nama"] = known["nama"] or "Bapak/Ibu"
    # In one pass: braces that came with a name are no field.
    filled = _FIELD.sub(lambda found: known[_field(found)], text)
    # "Yanti S." at the end of a sentence brings its own full stop.
    return filled.replace(f"{known['nama']}.", known["nama"]) if known["nama"].endswith(".") else filled


def is_ready_made(session: Session, item: Aspiration, by: Actor, text: str) -> bool:
    """Whether an answer is a ready reply word for word, as written or as filled in for this item."""
    organisation = session.get_one(Organisation, item.organisation_id)
    plain = _plain(text)
    rows = listed(session, item.organisation_id)
    return any(plain in (_plain(row.text), _plain(fill(row.text, item, organisation, by))) for row in rows)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _field(found: re.Match[str]) -> str:
    name = found.group(1).strip().lower()
    if name not in FIELDS:
        raise Problem("unknown_field", field="text", name=found.group(1), known=", ".join(FIELDS))
    return name


def _checked(name: str, text: str, kinds: Iterable[str]) -> tuple[str, str, list[str]]:
    name = " ".join(storable(name).split())
    text = storable(text).replace("\r\n", "\n").strip()
    if not name:
        raise Problem("name_needed", field="name")
    if not text:
        raise Problem("text_needed", field="text")
    for said, most, field in ((name, NAME_MOST, "name"), (text, TEXT_MOST, "text")):
        if len(said) > most:
            raise Problem("text_too_long", field=field, most=most)
    for found in _FIELD.finditer(text):
        _field(found)
    wanted = list(dict.fromkeys(kinds))
    for kind in wanted:
        if kind not in KINDS:
            raise Problem("unknown_kind", field="kinds", name=kind, known=", ".join(KINDS))
    return name, text, wanted


def _written(session: Session, row: Canned, what: str, by: Actor, **values: Any) -> Canned:
    try:
        with session.begin_nested():
            # Inside the savepoint: what is set before it is written before it, and takes the transaction along.
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)
            session.flush()
    except IntegrityError:
        raise Problem("name_taken", field="name", name=values.get("name", "")) from None
    note(session, row, what, by, facts={"name": row.name})
    return row


def _defaults(organisation_id: int) -> list[Canned]:
    rows: Sequence[tuple[str, tuple[str, ...], str]] = DEFAULTS
    return [
        Canned(organisation_id=organisation_id, name=name, text=text, kinds=list(kinds), position=place)
        for place, (name, kinds, text) in enumerate(rows, start=1)
    ]
