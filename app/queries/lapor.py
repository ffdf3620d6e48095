"""The text that is copied into SP4N-LAPOR!: one item in its form, personal data of others masked, nobody's name.

LAPOR! has no public interface (domain.md section 3), so a person copies it and brings its tracking id back. The author
stays with us: their name, address and contact are never in it.
"""

from __future__ import annotations

import re

from sqlmodel import Session, select

from app import times
from app.language import findings
from app.models import Aspiration, Organisation
from app.queries.masking import mask

#: Our kinds in the classes of LAPOR! (domain.md section 3).
CLASSES = {
    "keluhan": "Pengaduan",
    "kritik": "Pengaduan",
    "aspirasi": "Aspirasi",
    "pertanyaan": "Permintaan informasi",
}
_TITLE = 80
_HANDLE = re.compile(r"(?<![\w.])@[\w.]{2,}")


def text_for_lapor(session: Session, item_id: int) -> str:
    """Class, title, date, place, account. LookupError for an item that does not exist."""
    row = session.exec(
        select(Aspiration, Organisation)
        .join(Organisation)
        .where(Aspiration.id == item_id, Organisation.id == Aspiration.organisation_id)
    ).first()
    if row is None:
        raise LookupError(item_id)
    item, organisation = row
    told = without_names(item.text, item.author)
    place = item.village or organisation.name
    lines = [
        f"Klasifikasi: {CLASSES.get(item.kind, 'Pengaduan')}",
        f"Judul: {_title(told)}",
        f"Tanggal: {times.plain_date(times.local(item.said_at, organisation.zone).date())}",
        f"Lokasi: {place}" + (f" ({organisation.region_code})" if organisation.region_code else ""),
    ]
    if item.secret:
        lines.append("Sifat: Rahasia")
    if item.anonymous or item.secret or item.masked:
        lines.append("Pelapor: Anonim")
    lines += ["", "Isi laporan:", told, "", f"Diteruskan oleh {organisation.name}, catatan nomor {item.id}."]
    return "\n".join(lines)


def without_names(text: str, author: str | None = None) -> str:
    """A text with personal data masked: numbers and addresses, @names, its author's name, names of those in need."""
    hidden = text
    for found in sorted(findings.names_in_need(text), key=lambda each: -each.start):
        hidden = hidden[: found.start] + initials(hidden[found.start : found.end]) + hidden[found.end :]
    hidden = _HANDLE.sub("@•••", mask(hidden))
    name = (author or "").strip().removeprefix("@")
    if len(name) > 2:
        hidden = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "warga", hidden, flags=re.IGNORECASE)
    return hidden.strip()


def initials(name: str) -> str:
    """ "Siti Aminah" → "S. A."."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word)


def _title(told: str) -> str:
    line = " ".join(told.split())
    # Two letters before the sign: an initial ends no sentence.
    first = re.split(r"(?<=[^\W_]{2}[.!?])\s", line, maxsplit=1)[0]
    if len(first) <= _TITLE:
        return first.rstrip(".") or "Laporan warga"
    return f"{first[: _TITLE - 1].rsplit(' ', 1)[0]}…"
