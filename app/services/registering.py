"""Writing the register of an award: by hand line by line, or from a table that was handed in, looked at first.

A table has a header; its columns are found by name: "nomor" (the organisation's), or "kode wilayah", or "nama"; and
"ikut" (ya / tidak), "kategori", "bergabung" (a day), "terbuka" (ya / tidak: everybody can see its accounts), "catatan
akun", "catatan". A column that is not there, and an empty cell, leave things as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.models import CATEGORIES, Award, Organisation, Participant
from app.papers import uploads
from app.papers.uploads import Cell, Limits
from app.parts import Parts
from app.problems import Problem
from app.services import awards, participants
from app.services.collecting import storable
from app.states import Actor, note

NOTE_MOST = 500
#: Of a table.
MOST = Limits(size=2_000_000, rows=10_000)
_BATCH = 100
#: Column → names under which it is found, lower case.
COLUMNS = {
    "organisation": ("nomor", "no organisasi", "id"),
    "region": ("kode wilayah", "kode"),
    "name": ("nama", "organisasi", "nama organisasi"),
    "takes_part": ("ikut",),
    "category": ("kategori",),
    "joined_on": ("bergabung", "tanggal bergabung"),
    "public": ("terbuka", "akun terbuka"),
    "public_note": ("catatan akun",),
    "note": ("catatan", "keterangan"),
}
_YES, _NO = ("ya", "y", "iya", "benar", "1"), ("tidak", "t", "tdk", "bukan", "0")


@dataclass(frozen=True)
class Change:
    """What a line says of one organisation; None: as it is."""

    takes_part: bool | None = None
    category: str | None = None
    joined_on: date | None = None
    public: bool | None = None
    public_note: str | None = None
    note: str | None = None

    def given(self) -> dict[str, Any]:
        """Only what is said."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Read:
    """One row of a table. line: in the file. problem: (code, facts) why it cannot be taken; else change is set."""

    line: int
    organisation_id: int | None
    organisation: str
    change: Change
    problem: tuple[str, dict[str, Any]] | None = None


@dataclass(frozen=True)
class Preview:
    """What a table would do. rows: all of it; ok: those that can be taken."""

    rows: tuple[Read, ...]

    @property
    def ok(self) -> tuple[Read, ...]:
        """Rows that can be taken."""
        return tuple(row for row in self.rows if row.problem is None)

    @property
    def wrong(self) -> tuple[Read, ...]:
        """Rows that cannot."""
        return tuple(row for row in self.rows if row.problem is not None)


def set_line(session: Session, award_id: int, organisation_id: int, by: Actor, change: Change) -> Participant:
    """Write what is said of one organisation; no line where it says nothing new. Once the rules are fixed nobody
    changes category any more.

    Problem: unknown_award, award_released, register_outside, register_category, unknown_category, register_why (who is
    taken out, or whose accounts are not public, needs a note), text_too_long.
    """
    award = awards.opened(session, award_id)
    organisation = _inside(session, award, organisation_id)
    _fitting(award, change)
    row = session.execute(
        select(Participant).where(
            col(Participant.award_id) == award_id, col(Participant.organisation_id) == organisation_id
        )
    ).scalar_one_or_none()
    row = row or Participant(award_id=award_id, organisation_id=organisation_id, category=organisation.category)
    if award.state != "draft" and change.category not in (None, row.category):
        raise Problem("register_category", field="category")
    before = {name: getattr(row, name) for name in change.given()}
    if before == change.given():
        return row  # as it is already, or as it is for who has no line
    for name, value in change.given().items():
        setattr(row, name, value)
    if (not row.takes_part and not row.note) or (not row.public and not row.public_note):
        raise Problem("register_why", field="public_note" if row.takes_part else "note")
    row.by_name = by.who
    session.add(row)
    session.flush()
    note(session, row, "register", by, facts={"organisation": organisation_id, "from": before, "to": change.given()})
    return row


def preview(session: Session, award_id: int, content: bytes) -> Preview:
    """Read a table without writing anything. Problem: as of uploads.read, unknown_award, register_columns."""
    award = awards.get(session, award_id)
    lines = uploads.read(content, MOST)
    header, places = _header(lines)
    known = _known(session, award)
    rows: list[Read] = []
    seen: dict[int, int] = {}
    for number, cells in enumerate(lines[header + 1 :], header + 2):
        if not any(uploads.text(cell) for cell in cells):
            continue
        made = _read(award, known, places, number, cells)
        if made.organisation_id is not None and made.problem is None:
            first = seen.setdefault(made.organisation_id, made.line)
            if first != made.line:
                twice = ("register_twice", {"line": first})
                made = Read(made.line, made.organisation_id, made.organisation, made.change, twice)
        rows.append(made)
    return Preview(tuple(rows))


def take(parts: Parts, award_id: int, by: Actor, content: bytes) -> Preview:
    """Write the rows of a table that can be taken, some at a time; what could not is in the answer.

    Problem: as of ``preview``, award_released.
    """
    with parts.db.read() as session:
        made = preview(session, award_id, content)
    for start in range(0, len(made.ok), _BATCH):
        with parts.db.write() as session:
            for row in made.ok[start : start + _BATCH]:
                set_line(session, award_id, row.organisation_id or 0, by, row.change)
    return made


def _fitting(award: Award, change: Change) -> None:
    # After a freeze the register is corrected for the next version, never beneath a result that is public.
    if award.state == "released":
        raise Problem("award_released")
    if change.category is not None and change.category not in CATEGORIES:
        raise Problem("unknown_category", field="category", name=change.category, known=", ".join(CATEGORIES))
    for name in ("note", "public_note"):
        awards.line(getattr(change, name) or "", NOTE_MOST, name)


def _inside(session: Session, award: Award, organisation_id: int) -> Organisation:
    organisation = session.get(Organisation, organisation_id)
    inside = participants.area(award.organisation_id).subquery()
    found = session.execute(select(inside.c[0]).where(inside.c[0] == organisation_id)).first()
    if organisation is None or found is None:
        raise Problem("register_outside", field="organisation", id=organisation_id)
    return organisation


def _header(lines: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]]:
    """(which line, column → place). Titles may stand above it."""
    for number, line in enumerate(lines[:10]):
        titles = [uploads.text(cell).casefold() for cell in line]
        places = {
            name: titles.index(title) for name, words in COLUMNS.items() for title in words[::-1] if title in titles
        }
        if {"organisation", "region", "name"} & set(places):
            return number, places
    raise Problem("register_columns", field="file")


@dataclass
class _Known:
    """Organisations of the area, by what a table may call them."""

    names: dict[int, str] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    codes: dict[str, list[int]] = field(default_factory=dict)
    named: dict[str, list[int]] = field(default_factory=dict)


def _known(session: Session, award: Award) -> _Known:
    query = select(col(Organisation.id), col(Organisation.name), col(Organisation.region_code))
    found = _Known()
    rows = session.execute(query.where(col(Organisation.id).in_(participants.area(award.organisation_id))))
    for number, name, code in rows:
        found.names[number] = name
        found.numbers[str(number)] = [number]
        found.codes.setdefault(code or "", []).append(number)
        found.named.setdefault(name.casefold(), []).append(number)
    return found


def _read(
    award: Award, known: _Known, places: Mapping[str, int], line: int,
    cells: Sequence[Cell],
) -> Read:  # fmt: skip
    def cell(name: str) -> str:
        place = places.get(name)
        return storable(uploads.text(cells[place])) if place is not None and place < len(cells) else ""

    shown = cell("name") or cell("region") or cell("organisation")
    number, problem = _found(known, cell("organisation"), cell("region"), cell("name"))
    if problem is not None:
        return Read(line, None, shown, Change(), problem)
    name = known.names[number or 0]
    try:
        change = Change(
            takes_part=_yes(cell("takes_part"), "ikut"),
            category=cell("category").casefold() or None,
            joined_on=_day(cell("joined_on")),
            public=_yes(cell("public"), "terbuka"),
            public_note=cell("public_note") or None,
            note=cell("note") or None,
        )
        _fitting(award, change)
        if (change.takes_part is False and not change.note) or (change.public is False and not change.public_note):
            raise Problem("register_why")
    except Problem as trouble:
        return Read(line, number, name, Change(), (trouble.code, trouble.facts))
    return Read(line, number, name, change)


def _found(known: _Known, number: str, region: str, name: str) -> tuple[int | None, tuple[str, dict[str, Any]] | None]:
    """By number, else by region code, else by name; the first that is given decides, and must fit one only."""
    if number:
        found = known.numbers.get(number, [])
    elif region and name:
        found = [each for each in known.codes.get(region, []) if known.names[each].casefold() == name.casefold()]
    elif region:
        found = known.codes.get(region, [])
    else:
        found = known.named.get(name.casefold(), [])
    if len(found) == 1:
        return found[0], None
    said = name or region or number or "?"
    return None, ("register_unknown" if not found else "register_several", {"name": said})


def _yes(text: str, column: str) -> bool | None:
    plain = text.casefold()
    if not plain:
        return None
    if plain not in (*_YES, *_NO):
        raise Problem("register_yes", name=text, column=column)
    return plain in _YES


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("bad_date", text=text) from None
