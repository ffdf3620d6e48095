"""Tables as XLSX and CSV in which a text stays a text, whatever it begins with.

A text that begins with = + - @, a tab or a line break is a formula to a spreadsheet program (CWE-1236, "CSV
injection"). In XLSX it is written as a string with the quote prefix, in CSV behind an apostrophe. A formula is written
only where it is asked for with ``Formula``. Numbers are numbers, times stand in the zone that is given.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

#: What starts a formula in Excel, LibreOffice or their East Asian editions (which read the wide signs too).
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What XML 1.0 cannot carry.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Excel's limits: letters in a cell, digits of a number, letters of a sheet's name.
_MOST_LETTERS, _MOST_DIGITS, _MOST_NAME = 32_767, 15, 31
#: Signs that a sheet's name must not have.
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")
#: Widths in letters.
_NARROW, _WIDE = 9, 60


@dataclass(frozen=True)
class Formula:
    """A real formula, in English names with commas ("=SUM(B2:B9)"): never made of what people typed."""

    text: str


#: What a cell may hold. None is an empty cell; a missing figure is written as the words that say why.
Value = str | int | float | Decimal | bool | datetime | date | Formula | None


@dataclass(frozen=True)
class Column:
    """A column: its title, its width in letters (None: as wide as its content), its number format ("0.0", "0.00%")."""

    title: str
    width: int | None = None
    format: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, columns and rows. A row shorter than the columns leaves the rest empty."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]] = field(default_factory=list)


def harmless(text: str) -> str:
    """A text for a CSV cell: with an apostrophe in front if a spreadsheet would take it as a formula."""
    return f"'{text}" if text.startswith(_STARTS) else text


def xlsx(sheets: Sequence[Sheet], zone: str) -> bytes:
    """A workbook: each sheet with a bold header that stays in sight, filters and fitting widths.

    zone: of every time in it, an IANA name. ValueError for no sheet or a naive time.
    """
    from openpyxl import Workbook  # 0.2 s to load: only who writes a workbook pays

    if not sheets:
        raise ValueError("a workbook without a sheet")
    # Before the writer begins: it does not bear being left half-way.
    for value in (value for sheet in sheets for row in sheet.rows for value in row):
        if isinstance(value, datetime):
            _local(value, ZoneInfo(zone))
    book = Workbook(write_only=True)
    book.properties.creator = "Kentongan"
    for sheet, name in zip(sheets, names([sheet.name for sheet in sheets]), strict=True):
        _write(book.create_sheet(name), sheet, ZoneInfo(zone))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_bytes(columns: Sequence[Column], rows: Iterable[Sequence[Value]], zone: str) -> bytes:
    """One table as CSV (RFC 4180) for other programs: comma, decimal point, ISO 8601 times of the zone, UTF-8 with BOM.

    ValueError for a formula (CSV has none) or a naive time.
    """
    here, out = ZoneInfo(zone), io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(_clean(column.title)) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(value, here) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def names(wanted: Sequence[str]) -> list[str]:
    """Sheet names that spreadsheet programs take: at most 31 letters, none of []:*?/\\, no two alike."""
    taken: set[str] = set()
    found = []
    for given in wanted:
        plain = " ".join(_NOT_IN_NAMES.sub(" ", given).split()).strip("' ") or "Lembar"
        # "History" is Excel's own.
        plain = f"{plain} 1" if plain.lower() == "history" else plain
        name, n = plain[:_MOST_NAME].rstrip("' "), 2
        while name.lower() in taken:
            tail = f" {n}"
            name, n = plain[: _MOST_NAME - len(tail)].rstrip("' ") + tail, n + 1
        taken.add(name.lower())
        found.append(name)
    return found


def _write(target: Any, sheet: Sheet, here: ZoneInfo) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(sheet.columns, 1):
        target.column_dimensions[get_column_letter(number)].width = column.width or _width(sheet, number - 1)
    target.freeze_panes = "A2"
    if sheet.columns:
        target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    header = []
    for column in sheet.columns:
        cell = WriteOnlyCell(target)
        _fill(cell, column.title, None, here)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="FFE9E2D3")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        header.append(cell)
    target.append(header)
    for row in sheet.rows:
        cells: list[Any] = []
        for column, value in zip(sheet.columns, row, strict=False):
            if _plain(value, column.format):
                cells.append(value)
                continue
            cell = WriteOnlyCell(target)
            _fill(cell, value, column.format, here)
            cells.append(cell)
        target.append(cells)


def _plain(value: Value, pattern: str | None) -> bool:
    """Whether a value needs no cell of our making (half the time of a long table): nothing that could be mistaken."""
    if isinstance(value, str):
        return value[:1].isalpha() and len(value) <= 200 and value.isprintable()
    return value is None or (type(value) is int and pattern is None and abs(value) < 10**_MOST_DIGITS)


def _fill(cell: Any, value: Value, pattern: str | None, here: ZoneInfo) -> None:
    """Put a value into a cell as what it is; the type is set by us, never guessed from the text."""
    if value is None:
        return
    if isinstance(value, Formula):
        cell.value = value.text if value.text.startswith("=") else f"={value.text}"
    elif isinstance(value, bool):
        cell.value = value
    elif isinstance(value, datetime):
        cell.value = _local(value, here).replace(tzinfo=None)
        cell.number_format = pattern or "dd/mm/yyyy hh:mm"
        return
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = pattern or "dd/mm/yyyy"
        return
    elif isinstance(value, int | float | Decimal) and _fits(value):
        cell.value = value
    else:
        text = _clean(str(value))
        cell.value = text
        cell.data_type = "s"
        if text.startswith(_STARTS):
            cell.quotePrefix = True
        return
    if pattern:
        cell.number_format = pattern


def _csv_cell(value: Value, here: ZoneInfo) -> str | int | float | Decimal:
    if isinstance(value, Formula):
        raise ValueError("CSV has no formulas")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, datetime):
        return _local(value, here).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return value
    return harmless(_clean(value))


def _fits(value: int | float | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit: a longer number (an id) is written as text."""
    if isinstance(value, int):
        return len(str(abs(value))) <= _MOST_DIGITS
    return Decimal(str(value)).is_finite()


def _local(at: datetime, here: ZoneInfo) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return at.astimezone(here)


def _clean(text: str) -> str:
    text = _ILLEGAL.sub("", text)
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"


def _width(sheet: Sheet, number: int) -> int:
    """As wide as the longest line among the first rows, within bounds."""
    longest = max(len(word) for word in sheet.columns[number].title.split() or [""]) + 3
    for row in sheet.rows[:200]:
        if number < len(row) and (value := row[number]) is not None:
            said = "00/00/0000 00:00" if isinstance(value, date) else str(getattr(value, "text", value))
            longest = max(longest, *(len(line) + 1 for line in said.split("\n")))
    return min(max(longest, _NARROW), _WIDE)
