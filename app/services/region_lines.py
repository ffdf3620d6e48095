"""Lines of the Kemendagri list of regions: code and name, from the tables that go round.

What goes round: code and name with or without headings, codes dotted (32.01.39.2001), undotted (3201392001) or with
spaces, from UTF-8 or from an old Excel, sometimes a line twice. Codes of BPS look alike and mean other places: their
villages have 0 in front of the last part, which Kemendagri never has (1 kelurahan, 2 desa, 3 desa adat).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from app.faults import Fault
from app.papers import uploads
from app.papers.uploads import Cell, Limits
from app.problems import Problem
from app.services.keeping import storable

#: The whole list is some 4 MB and 91,000 lines.
MOST = Limits(size=15_000_000, unpacked=80_000_000, rows=120_000)
NAME_MOST = 120
_PARTS = (2, 2, 2, 4)
_LEVELS = ("provinsi", "kabupaten", "kecamatan")
_CODES = ("kode", "code", "kodewilayah", "kodekemendagri", "kodekelurahan", "kodedesa", "id")
_NAMES = ("nama", "name", "wilayah", "namawilayah", "namadaerah")


@dataclass(frozen=True, slots=True)
class Line:
    """One region of the list. level: see models/region.py; parent: the code one part shorter, None of a province."""

    line: int
    code: str
    name: str
    level: str
    parent: str | None


@dataclass
class Lines:
    """What a table holds. twice: lines that say again what another one said."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    twice: int = 0


def parse(content: bytes) -> Lines:
    """The lines of a file, sorted so that a parent stands before its children. Problem: see ``uploads.read``."""
    found, known = Lines(), dict[str, Line]()
    for line in _of_rows(uploads.read(content, MOST), found):
        first = known.setdefault(line.code, line)
        if first is line:
            continue
        if first.name == line.name:
            found.twice += 1
        else:
            facts = {"code": line.code, "first": first.line, "name": first.name}
            found.faults.append(Fault(line.line, "region_twice", facts))
    if not known and not found.faults:
        raise Problem("sheet_empty", field="file")
    found.lines = sorted(known.values(), key=lambda line: line.code)
    return found


def _of_rows(rows: Iterable[list[Cell]], found: Lines) -> Iterable[Line]:
    at: tuple[int, int] | None = None
    for number, cells in enumerate(rows, 1):
        row = [storable(uploads.text(cell)) for cell in cells]
        if not any(row):
            continue
        if at is None:
            at, is_heading = _columns(row)
            if is_heading:
                continue
        made = _line(number, *("".join(row[place : place + 1]) for place in at))
        if isinstance(made, Fault):
            found.faults.append(made)
        else:
            yield made


def _columns(row: list[str]) -> tuple[tuple[int, int], bool]:
    """Where code and name stand, and whether the row is their heading. Without a heading: the first two."""
    words = [re.sub(r"[^a-z]", "", cell.lower()) for cell in row]
    code_at = next((at for at, word in enumerate(words) if word in _CODES), None)
    name_at = next((at for at, word in enumerate(words) if word in _NAMES), None)
    if code_at is not None and name_at is not None:
        return (code_at, name_at), True
    # A heading in words of its own: no region is without a digit.
    return (0, 1), not any(one.isdigit() for one in "".join(row))


def _line(number: int, text: str, name: str) -> Line | Fault:
    code = code_of(text)
    if code is None:
        why = "region_code_cut" if _cut(text) else "region_code"
        return Fault(number, why, {"text": text[:40]})
    level = level_of(code)
    if level is None:
        return Fault(number, "region_code_village", {"text": text[:40]})
    if not name or len(name) > NAME_MOST or name.startswith("="):
        return Fault(number, "region_name", {"code": code})
    return Line(number, code, name, level, parent_of(code))


def code_of(text: str) -> str | None:
    """A code as it is kept, dotted; None for what is none. Example: "3201 39 2001" → "32.01.39.2001"."""
    squeezed = re.sub(r"[\s'’`]", "", text)
    parts = squeezed.split(".")
    if len(parts) == 1:
        if not (squeezed.isascii() and squeezed.isdigit() and len(squeezed) in (2, 4, 6, 10)):
            return None
        cuts = (0, 2, 4, 6, 10)
        parts = [squeezed[start:end] for start, end in pairwise(cuts) if end <= len(squeezed)]
    whole = len(parts) <= 4 and all(
        len(part) == size and part.isascii() and part.isdigit() for part, size in zip(parts, _PARTS, strict=False)
    )
    return ".".join(parts) if whole else None


def _cut(text: str) -> bool:
    """Whether it reads like a code of which digits are gone: 32.1 for 32.10."""
    return re.fullmatch(r"\d{1,2}(\.\d{1,2}){0,2}(\.\d{1,3})?", text.strip(), re.ASCII) is not None


def level_of(code: str) -> str | None:
    """The level of a dotted code; None when the fourth part is none of a kelurahan or desa."""
    parts = code.split(".")
    if len(parts) < 4:
        return _LEVELS[len(parts) - 1]
    return {"1": "kelurahan", "2": "desa", "3": "desa"}.get(parts[3][0])


def parent_of(code: str) -> str | None:
    """The code of the region around it."""
    return code.rpartition(".")[0] or None
