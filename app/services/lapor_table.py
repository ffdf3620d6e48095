"""A table of SP4N-LAPOR! figures, one agency a row, as kominfo offices keep it: found by its headings, read with doubt.

There is no common form (domain.md section 3), so columns are known by the words of their headings, wherever they stand;
titles may stand above, a numbering row below, a row of totals and notes at the end. Numbers are Indonesian ("1.234,5"),
with or without "%" and "hari". Nothing is guessed: what was read of which column is shown before it is taken.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from app.awarding import exact
from app.faults import Fault
from app.papers import uploads
from app.papers.uploads import Cell, Limits
from app.problems import Problem
from app.services.keeping import storable

#: Rows: a table is taken in as a whole, in one transaction, and no kabupaten has as many offices and villages.
MOST = Limits(size=1_000_000, unpacked=20_000_000, rows=1_000)
NAME_MOST = 150
#: Rows in which the headings are looked for.
_HEADINGS_WITHIN = 20
MOST_REPORTS, MOST_DAYS = 1_000_000, 3_650
#: What quality may be measured out of; 1: a part, as Excel keeps a percentage.
SCALES = (100, 10, 5, 4, 1)
#: Column → words its heading has, better ones first, and words that make it another column.
_HEADINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "agency": (
        ("perangkat daerah", "instansi", "opd", "skpd", "unit kerja", "organisasi", "admin", "terdisposisi", "nama"),
        ("jumlah", "kode"),
    ),
    "quality": (("kualitas", "mutu"), ("rank", "peringkat")),
    "days": (("rata-rata", "rata rata", "rerata", "laju", "waktu", "lama", "hari"), ("kualitas", "batas", "tanggal")),
    "archived": (("diarsip", "arsip"), ("%", "persen")),
    "in_process": (("belum", "proses"), ("%", "persen", "rata", "waktu")),
    "followed_up": (
        ("selesai", "ditindaklanjuti", "ditindak lanjuti", "tindak lanjut", "tuntas"),
        ("%", "persen", "rata", "belum", "laju", "waktu", "hari", "kualitas", "tingkat", "proses"),
    ),
    "received": (
        (
            *("laporan masuk", "laporan diterima", "jumlah laporan", "total laporan", "jumlah aduan"),
            *("masuk", "diterima", "terdisposisi", "jumlah", "total"),
        ),
        ("%", "persen", "rata", "belum", "selesai", "tindak", "proses", "arsip", "nilai", "skor"),
    ),
}
_NEEDED = ("agency", "received", "followed_up")
_TOTAL = re.compile(r"(grand |sub)?\s*(total|jumlah)( keseluruhan| seluruhnya| laporan)?\s*:?|rata[- ]rata.*", re.I)
_NOTHING = ("", "-", "–", "—", "n/a", "na", "nihil", "tidak ada", "belum ada")
_UNITS = re.compile(r"\s*(hari kerja|hari|laporan|%)\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One agency. days: from disposisi; quality: 0 to 100; None where the table has none."""

    line: int
    name: str
    received: int
    followed_up: int
    archived: int
    days: Decimal | None
    quality: Decimal | None


@dataclass
class Table:
    """What was read. headings: column → its heading as it stands there. totals: lines left out as totals or notes.

    doubts: what does not forbid taking it, and should be looked at. sha256: of the file.
    """

    sha256: str
    headings: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)


def parse(content: bytes, *, scale: int = 100) -> Table:
    """Read a file. scale: what quality is out of. Problem: table_columns (missing), or one of ``uploads.read``."""
    rows = [[_plain(cell) for cell in row] for row in uploads.read(content, MOST)]
    table = Table(hashlib.sha256(content).hexdigest())
    start, at = _headings(rows)
    table.headings = {column: rows[start][place] for column, place in at.items()}
    known: dict[str, int] = {}
    for number, row in enumerate(rows[start + 1 :], start + 2):
        _take(table, _Row(number, row, at, scale), known)
    if not table.lines and not table.faults:
        raise Problem("sheet_empty", field="file")
    qualities = [line.quality for line in table.lines if line.quality is not None]
    if qualities and scale == 100 and max(qualities) <= 10:
        table.doubts.append(Fault(start + 1, "lapor_scale", {"most": _said(max(qualities))}))
    return table


def _plain(cell: Cell) -> str:
    """A cell as text; a number of a workbook is written as a person here would, so that there is one way to read it."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        number = uploads.number(round(cell, 6))
        return _said(number) if number is not None else ""
    return storable(uploads.text(cell))


def _said(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",") if number % 1 else str(int(number))


def _headings(rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    best: dict[str, int] = {}
    for number, row in enumerate(rows[:_HEADINGS_WITHIN]):
        at = _columns([" ".join(cell.lower().split()) for cell in row])
        if all(column in at for column in _NEEDED):
            return number, at
        best = at if len(at) > len(best) else best
    missing = {"agency": "perangkat daerah", "received": "laporan masuk", "followed_up": "selesai"}
    names = " dan ".join(f"“{missing[column]}”" for column in _NEEDED if column not in best)
    raise Problem("table_columns", field="file", missing=names)


def _columns(cells: list[str]) -> dict[str, int]:
    """Column → place. A word that comes earlier in the table of headings wins over a cell that comes earlier."""
    at: dict[str, int] = {}
    for column, (words, others) in _HEADINGS.items():
        free = [
            (place, cell)
            for place, cell in enumerate(cells)
            if cell and len(cell) <= 80 and place not in at.values() and not any(other in cell for other in others)
        ]
        found = next((place for word in words for place, cell in free if word in cell), None)
        if found is not None:
            at[column] = found
    return at


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: list[str]
    at: dict[str, int]
    scale: int

    def text(self, column: str) -> str:
        place = self.at.get(column)
        return self.cells[place] if place is not None and place < len(self.cells) else ""

    def first(self) -> str:
        return next((cell for cell in self.cells if cell), "")


def _take(table: Table, row: _Row, known: dict[str, int]) -> None:
    name = row.text("agency")
    if not row.first() or (re.fullmatch(r"\(?\d{1,2}\)?", name) and not known):
        return  # blank, or the numbers of the columns
    if _TOTAL.fullmatch(name) or (not name and _TOTAL.fullmatch(row.first())):
        _total(table, row)
        return
    figures = [row.text(column) for column in row.at if column != "agency"]
    if table.totals and not any(figures):
        table.totals.append(row.number)  # a note below the totals
        return
    try:
        line = _line(row, name)
    except _Refused as refused:
        table.faults.append(refused.fault)
        return
    first = known.setdefault(name.casefold(), row.number)
    if first != row.number:
        table.faults.append(Fault(row.number, "lapor_twice", {"name": name, "first": first}))
        return
    table.lines.append(line)
    process = row.text("in_process")
    if process not in _NOTHING:
        rest = _count(row, "in_process")
        if rest + line.followed_up + line.archived != line.received:
            table.doubts.append(Fault(row.number, "lapor_rest", {"name": name}))


class _Refused(Exception):
    def __init__(self, row: _Row, code: str, **facts: object) -> None:
        super().__init__(code)
        self.fault = Fault(row.number, code, dict(facts))


def _line(row: _Row, name: str) -> Line:
    if not name or len(name) > NAME_MOST:
        raise _Refused(row, "lapor_agency")
    received, followed = _count(row, "received"), _count(row, "followed_up")
    archived = _count(row, "archived", least_known=False)
    if followed + archived > received:
        raise _Refused(row, "lapor_sum", name=name, received=received, followed=followed, archived=archived)
    days = _measure(row, "days", lambda value: value <= MOST_DAYS)
    quality = _measure(row, "quality", lambda value: value <= row.scale)
    scaled = quality * 100 / row.scale if quality is not None else None
    return Line(row.number, name, received, followed, archived, days, scaled)


def _count(row: _Row, column: str, *, least_known: bool = True) -> int:
    """A whole number. least_known: an empty cell is a fault, not 0 (what is unknown is never 0); else it is 0."""
    said = row.text(column)
    if said.lower() in _NOTHING and said != "-":
        if not least_known:
            return 0
        raise _Refused(row, "lapor_missing", column=_WORDS[column])
    if said == "-":  # in a column of counts a dash is how offices write 0
        return 0
    value = _number(row, column, said)
    if value % 1 or value > MOST_REPORTS:
        raise _Refused(row, "lapor_whole", column=_WORDS[column], text=said[:40])
    return int(value)


def _measure(row: _Row, column: str, fits: Callable[[Decimal], bool]) -> Decimal | None:
    said = row.text(column)
    if said.lower() in _NOTHING:
        return None
    value = _number(row, column, said)
    if not fits(value):
        raise _Refused(row, "lapor_range", column=_WORDS[column], text=said[:40])
    return value if exact.fits(value) else exact.rounded(Fraction(value), exact.PLACES)


def _number(row: _Row, column: str, said: str) -> Decimal:
    try:
        value = uploads.number(_UNITS.sub("", said))
    except ValueError:
        value = None
    if value is None or value < 0:
        code = "lapor_formula" if said.startswith("=") else "lapor_number"
        raise _Refused(row, code, column=_WORDS[column], text=said[:40])
    return value


def _total(table: Table, row: _Row) -> None:
    """Left out; where it does not agree with the rows above, that is said."""
    table.totals.append(row.number)
    for column in ("received", "followed_up"):
        try:
            told = _count(row, column)
        except _Refused:
            continue
        counted = sum(getattr(line, column) for line in table.lines)
        if told != counted and not table.faults and not row.first().lower().startswith("rata"):
            facts = {"column": _WORDS[column], "told": told, "counted": counted}
            table.doubts.append(Fault(row.number, "lapor_total", facts))


_WORDS = {
    "received": "laporan masuk",
    "followed_up": "ditindaklanjuti",
    "in_process": "dalam proses",
    "archived": "diarsipkan",
    "days": "rata-rata hari",
    "quality": "kualitas",
}
