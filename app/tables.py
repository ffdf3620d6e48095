"""Tables that people hand in, CSV or XLSX, as rows of cells. Nothing in them is executed, fetched or followed.

What they are is told by their bytes, never by a name. A formula is its text ("=SUM(A1:A3)"), a number of a workbook an
exact Decimal, everything else text. A workbook is measured before it is opened: a few hundred bytes can claim to be a
million rows, or unpack to gigabytes.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from app.problems import Problem

Cell = str | Decimal
#: Columns and characters of a cell that are looked at; what lies beyond is a table of another kind.
COLUMNS, CHARACTERS = 60, 1000
#: What a workbook may unpack to, as a multiple of the bytes that a table may have, and in how many parts.
_UNPACKED, _PARTS = 20, 300
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: A document type is all that entities need to grow without end; no writer of workbooks makes one.
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank. line: where it begins in the file, from 1, as an editor or Excel counts."""

    line: int
    cells: tuple[Cell, ...]

    def text(self, column: int | None) -> str:
        """A cell as text, "" where there is none."""
        return plain(self.cells[column]) if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be taken, and why: a code of app/words_tables.py with its facts."""

    line: int
    code: str
    facts: dict[str, Any]


def plain(cell: Cell) -> str:
    """A cell as text; a whole number without its point."""
    if isinstance(cell, str):
        return cell
    return str(int(cell)) if cell == cell.to_integral_value() else str(cell.normalize())


def read(content: bytes, *, most_bytes: int, most_rows: int) -> Iterator[Row]:
    """The rows of a table that are not blank.

    Problem: table_empty, table_large, table_old_excel, table_kind, table_broken, table_unsafe at the first step;
    table_rows, table_broken while it is read.
    """
    if not content.strip():
        raise Problem("table_empty", field="file")
    if len(content) > most_bytes:
        raise Problem("table_large", field="file", most=f"{most_bytes // 1000:,}".replace(",", "."))
    if content.startswith(_OLD):
        raise Problem("table_old_excel", field="file")
    zipped = content.startswith(_ZIP)
    rows = _of_workbook(content, most_bytes * _UNPACKED) if zipped else _of_text(_decoded(content))
    empty = True
    for number, row in enumerate(_limited(rows, most_rows)):
        if number >= most_rows:
            raise Problem("table_rows", field="file", most=f"{most_rows:,}".replace(",", "."))
        if any(row.cells):
            empty = False
            yield row
    if empty:
        raise Problem("table_empty", field="file")


def _limited(rows: Iterator[Row], most: int) -> Iterator[Row]:
    try:
        yield from islice(rows, most + 1)
    except (csv.Error, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError, OverflowError):
        # What openpyxl raises at a part that is missing or torn is not one kind of error.
        raise Problem("table_broken", field="file") from None


def _decoded(content: bytes) -> str:
    """Text as Excel and editors here write it: UTF-8 or UTF-16 with their mark, UTF-8 without, else Windows-1252."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _text(content, name if name == "utf-16" else "utf-8-sig")
    if b"\x00" in content or content.startswith(b"%PDF"):
        raise Problem("table_kind", field="file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _text(content, "cp1252")


def _text(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Problem("table_kind", field="file") from None


def _of_text(text: str) -> Iterator[Row]:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip(" ,;\t")), "")
    # Excel set to Indonesian writes semicolons; it may say so in a first line "sep=;".
    told = re.fullmatch(r"sep=([,;\t])", first.strip())
    counted = {mark: first.count(mark) for mark in ";\t,"}
    mark = told[1] if told else max(counted, key=lambda one: counted[one])
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=mark), 1
    for cells in reader:
        if not (told and line == 1):
            yield Row(line, tuple(_clean(cell) for cell in cells[:COLUMNS]))
        line = reader.line_num + 1


def _clean(cell: str) -> str:
    """One line of visible characters: spaces of every kind are one space, what has no width is gone."""
    if len(cell) > CHARACTERS:
        cell = cell[:CHARACTERS]
    if cell.isascii() and cell.isprintable():
        return " ".join(cell.split())
    shown = "".join(" " if one.isspace() else one for one in cell if one.isspace() or one.isprintable())
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def _of_workbook(content: bytes, most_unpacked: int) -> Iterator[Row]:
    """The first sheet that has rows."""
    _measured(content, most_unpacked)
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError, OSError):
        raise Problem("table_broken", field="file") from None
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        sheet.reset_dimensions()  # what a sheet says of its own size is not believed
        found = False
        for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS), 1):
            row = Row(number, tuple(_value(cell) for cell in cells))
            found = found or any(row.cells)
            yield row
        if found:
            return


def _measured(content: bytes, most: int) -> None:
    """Refuse what unpacks to too much, declares entities or is torn. zipfile gives no more bytes than an entry says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > most:
                raise Problem("table_unsafe", field="file")
            if "xl/workbook.xml" not in archive.namelist():
                raise Problem("table_kind", field="file")
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    text = archive.read(part)
                    if _DOCTYPE.search(text) or text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                        raise Problem("table_unsafe", field="file")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, OSError, EOFError):
        # RuntimeError: locked with a password. NotImplementedError: packed in a way of its own.
        raise Problem("table_broken", field="file") from None


def _value(cell: Any) -> Cell:
    """The content of a workbook's cell. A number shown as "95%" is stored as 0.95: it is 95 here."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        if not number.is_finite():
            return str(value)
        return number * 100 if "%" in (cell.number_format or "") else number
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return _clean(str(value))
