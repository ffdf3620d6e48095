"""Tables that people hand in (XLSX, CSV), read within bounds: an upload may be a bomb, a liar or another format.

``Problem`` codes (words in app/words_papers.py): sheet_large, sheet_format, sheet_old, sheet_broken, sheet_rows,
sheet_columns, sheet_empty, sheet_letters.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.problems import Problem

#: What an uploaded cell may be.
Cell = str | int | float | bool | datetime | date | time | timedelta | None
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
#: No workbook of people is as wide, none has as many parts; rows are counted to here even when most are empty.
_WIDEST, _PARTS, _LAST_ROW = 1024, 400, 200_000
#: Letters of one cell.
_LONGEST = 32_767


@dataclass(frozen=True)
class Limits:
    """Bounds of an upload: bytes as it came and unpacked, rows with content, columns."""

    size: int = 5_000_000
    unpacked: int = 40_000_000
    rows: int = 20_000
    columns: int = 60


def read(content: bytes, limits: Limits | None = None) -> list[list[Cell]]:
    """The rows of the first sheet (XLSX) or of the CSV file; rows[n] is line n + 1, empty lines inside are kept as [].

    Which of the two it is, its content says, not its name. Empty cells are None, formulas their last result, cells
    at the end of a row that are empty are left out. Raises Problem for whatever cannot be read within the limits.
    """
    limits = limits or Limits()
    if len(content) > limits.size:
        raise Problem("sheet_large", most=limits.size // 1_000_000)
    if content.startswith(_OLD_EXCEL):
        raise Problem("sheet_old")
    rows = _bounded(_xlsx(content, limits) if content.startswith(b"PK") else _csv(content), limits)
    if not rows:
        raise Problem("sheet_empty")
    return rows


def text(cell: Cell) -> str:
    """A cell as a person reads it: no space around, a whole number without ".0", nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return " ".join(str(cell).split())


def number(cell: Cell) -> Decimal | None:
    """A cell as a number, None when it is empty. "1.234,5" and "1,234.5" are both understood; ValueError else.

    One point followed by exactly three digits is read as Indonesian thousands: "1.234" is 1234.
    """
    if isinstance(cell, bool):
        raise ValueError("not a number")
    if isinstance(cell, int | float):
        found = Decimal(str(cell))
        if not found.is_finite():
            raise ValueError("not a number")
        return found
    said = text(cell).removesuffix("%").replace(" ", "").replace("\u00a0", "")
    if not said:
        return None
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", said) or re.fullmatch(r"[+-]?\d+,\d+", said):
        said = said.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", said):
        said = said.replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,12})?", said, re.ASCII):
        raise ValueError("not a number")
    return Decimal(said)


def _bounded(rows: Iterable[list[Cell]], limits: Limits) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    filled = empty = 0
    for row in rows:
        if len(row) > _WIDEST:
            raise Problem("sheet_columns", most=limits.columns)
        while row and row[-1] in (None, ""):
            row.pop()
        if not row:
            empty += 1
            if len(found) + empty > _LAST_ROW:
                raise Problem("sheet_rows", most=limits.rows)
            continue
        filled += 1
        if filled > limits.rows:
            raise Problem("sheet_rows", most=limits.rows)
        if len(row) > limits.columns:
            raise Problem("sheet_columns", most=limits.columns)
        found.extend([] for _ in range(empty))
        empty = 0
        found.append(row)
    return found


def _xlsx(content: bytes, limits: Limits) -> Iterator[list[Cell]]:
    from openpyxl import load_workbook

    try:
        _look_inside(content, limits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl speaks of extensions it leaves out: nothing we read
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            try:
                if not book.worksheets:
                    return
                sheet: Any = book.worksheets[0]
                sheet.reset_dimensions()  # what a file says about its size may be a lie
                for row in sheet.iter_rows(values_only=True):
                    yield [_cell(value) for value in row]
            finally:
                book.close()
    except (Problem, GeneratorExit):
        raise
    # A broken workbook fails in as many ways as it has parts (KeyError, ParseError, BadZipFile, ValueError, ...).
    except Exception as error:
        raise Problem("sheet_broken") from error


def _look_inside(content: bytes, limits: Limits) -> None:
    """The sizes that the archive declares, which zipfile never reads beyond; no part that defines entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > limits.unpacked or len(parts) > _PARTS:
            raise Problem("sheet_large", most=limits.unpacked // 1_000_000)
        if not any(part.filename == "[Content_Types].xml" for part in parts):
            raise Problem("sheet_format")
        for part in parts:
            if part.flag_bits & 1:
                raise Problem("sheet_old")
            if part.filename.endswith((".xml", ".rels")):
                _no_entities(archive.read(part))


def _no_entities(xml: bytes) -> None:
    """No office program writes a document type; who does wants to blow up a parser. UTF-16 would hide it from us."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in xml[:64]:
        raise Problem("sheet_broken")


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value[:_LONGEST]
    if value is None or isinstance(value, bool | int | float | datetime | date | time | timedelta):
        return value
    return str(value)


def _csv(content: bytes) -> Iterator[list[Cell]]:
    said = _decoded(content)
    first, _, rest = said.partition("\n")
    told = re.fullmatch(r"sep=(.)\r?", first)
    said, separator = (rest, told[1]) if told else (said, _separator(said))
    try:
        for row in csv.reader(io.StringIO(said, newline=""), delimiter=separator):
            yield [value[:_LONGEST] or None for value in row]
    except (csv.Error, TypeError, ValueError) as error:
        raise Problem("sheet_broken") from error


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark ("Unicode text" of Excel), else the Windows page of western languages."""
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            said = content.decode("utf-16")
        else:
            try:
                said = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                said = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Problem("sheet_letters") from error
    if re.search("[\x00-\x08\x0e-\x1f]", said):
        raise Problem("sheet_format")
    return said


def _separator(said: str) -> str:
    """The sign between the cells: what the first lines have most of outside of quotes, as titles and empty lines may
    stand above the headings; a semicolon wins a draw."""
    bare = re.sub(r'"[^"]*"', "", "\n".join(said[:20_000].splitlines()[:10]))
    return max(";,\t", key=lambda sign: (bare.count(sign), sign == ";"))
