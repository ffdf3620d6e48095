"""Tables that go out and come in: nothing typed becomes a formula, nothing handed in breaks or overruns the reader."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from app.papers import sheets, uploads
from app.papers.sheets import Column, Formula, Sheet
from app.problems import Problem

AT = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
#: As a workbook gives a date: without a zone.
MIDNIGHT = datetime(2026, 1, 2, tzinfo=UTC).replace(tzinfo=None)
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0"]


def book(*made: Sheet) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(sheets.xlsx(made, "Asia/Makassar")))


def test_a_text_stays_a_text_and_a_number_a_number() -> None:
    rest = (5, Decimal("4.9"), AT, date(2026, 11, 1), None, Formula("=SUM(B2:B3)"))
    rows: list[list[sheets.Value]] = [[text, *rest] for text in HOSTILE]
    rows.append(["a\x00b\ud800 “…” Ñ", 3201202005000100, float("nan"), True, "1", "x" * 40_000, Formula("B2*2")])
    columns = [Column(name) for name in ("=Nama", "B", "C", "D", "E", "F")] + [Column("G", 12, "0.0")]
    sheet = book(Sheet("Isi", columns, rows))["Isi"]
    for number, text in enumerate(HOSTILE, 2):
        cell = sheet.cell(number, 1)
        assert (cell.data_type, cell.quotePrefix) == ("s", True), text
        assert str(cell.value).lstrip("\r\n") == text.lstrip("\r\n")
    assert sheet["A1"].data_type == "s"
    seen = [sheet.cell(2, n).value for n in (2, 3, 4, 5, 6, 7)]
    assert [str(value) if isinstance(value, datetime) else value for value in seen] == [
        5, 4.9, "2026-11-01 07:30:00", "2026-11-01 00:00:00", None, "=SUM(B2:B3)"
    ]  # fmt: skip
    assert sheet["G2"].data_type == "f"
    last = [cell.value for cell in sheet[len(HOSTILE) + 2]]
    assert last[:3] == ["ab “…” Ñ", "3201202005000100", "nan"], "an id keeps its digits, a NaN is no number"
    assert last[3] is True
    assert len(str(last[5])) == 32_767
    assert last[6] == "=B2*2"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["G"].width == 12
    with pytest.raises(ValueError, match="without a zone"):
        sheets.xlsx([Sheet("x", [Column("x")], [[AT.replace(tzinfo=None)]])], "Asia/Jakarta")


def test_csv_is_for_programs_and_harmless_all_the_same() -> None:
    rows: list[list[sheets.Value]] = [[text, -5, Decimal("4.9"), AT, None, True] for text in HOSTILE]
    made = sheets.csv_bytes([Column("=a"), *map(Column, "bcdef")], [*rows, ['a "b", c']], "Asia/Makassar")
    assert made.startswith(b"\xef\xbb\xbf")
    head, *read, last = csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert head[0] == "'=a"
    assert [row[0] for row in read] == [f"'{text}" for text in HOSTILE]
    assert read[0][1:] == ["-5", "4.9", "2026-11-01T07:30:00+08:00", "", "ya"]
    assert last == ['a "b", c']
    with pytest.raises(ValueError, match="no formulas"):
        sheets.csv_bytes([Column("a")], [[Formula("=1")]], "Asia/Jakarta")


def test_names_of_sheets_are_legal_and_apart() -> None:
    found = sheets.names(["Per kiriman", "per KIRIMAN", "a/b[c]:*?\\", "'", "", "x" * 40, "x" * 41, "History"])
    assert found == [
        "Per kiriman",
        "per KIRIMAN 2",
        "a b c",
        "Lembar",
        "Lembar 2",
        "x" * 31,
        "x" * 29 + " 2",
        "History 1",
    ]
    assert len(book(*(Sheet(name, []) for name in found)).sheetnames) == 8


def test_what_was_written_is_read_again() -> None:
    rows: list[list[sheets.Value]] = [["=1+1", 5, 4.5, None, None], [], ["b", None, None, "c"]]
    made = sheets.xlsx([Sheet("a", [Column(str(n)) for n in range(5)], rows), Sheet("b", [])], "Asia/Jakarta")
    assert uploads.read(made) == [["0", "1", "2", "3", "4"], ["=1+1", 5, 4.5], [], ["b", None, None, "c"]]
    assert [uploads.text(cell) for cell in (None, 3.0, " a  b ", MIDNIGHT, 4.5)] == [
        "", "3", "a b", "2026-01-02", "4.5"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"a;b\r\n1;2\r\n", [["a", "b"], ["1", "2"]]),
        (b'a,"b;c;d"\n1,2', [["a", "b;c;d"], ["1", "2"]]),
        (b"sep=|\r\na|b\r\n", [["a", "b"]]),
        (b"\xef\xbb\xbfnama\tx\n\xc3\x91", [["nama", "x"], ["Ñ"]]),
        ("nama;Ñ “x”\n".encode("cp1252"), [["nama", "Ñ “x”"]]),
        ("a\tÑ\n".encode("utf-16"), [["a", "Ñ"]]),
        (b"a;b\n\n;;\n1;;\n\n", [["a", "b"], [], [], ["1"]]),
    ],
)
def test_csv_as_people_save_it(content: bytes, rows: list[list[str]]) -> None:
    assert uploads.read(content) == rows


def _tampered(**parts: bytes) -> bytes:
    """A small real workbook with parts put in the place of its own."""
    source, out = (
        zipfile.ZipFile(io.BytesIO(sheets.xlsx([Sheet("a", [Column("a")], [["b"]])], "Asia/Jakarta"))),
        io.BytesIO(),
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, parts.get(name.rsplit("/", 1)[-1].split(".")[0], source.read(name)))
    return out.getvalue()


def _rows(body: str) -> bytes:
    head = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>'
    )
    return f"{head}{body}</sheetData></worksheet>".encode()


GOOD = _tampered()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * 5_000_001, "sheet_large"),
        (_tampered(theme1=b" " * 41_000_000), "sheet_large"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "sheet_old"),
        (GOOD[: len(GOOD) // 2], "sheet_broken"),
        (b"PK\x03\x04", "sheet_broken"),
        (_tampered(sheet1=b"<worksheet>"), "sheet_broken"),
        (_tampered(sheet1=b'<!DOCTYPE a [<!ENTITY b "c">]>' + _rows("")), "sheet_broken"),
        (_tampered(sheet1=_rows("")), "sheet_empty"),
        (_tampered(sheet1=_rows('<row r="1"/><row r="900000000"><c r="A900000000"><v>1</v></c></row>')), "sheet_rows"),
        (_tampered(sheet1=_rows('<row r="1"><c r="XFD1"><v>1</v></c></row>')), "sheet_columns"),
        (_tampered(sheet1=_rows('<row r="1"><c r="K1"><v>1</v></c></row>')), "sheet_columns"),
        (b"a\n" * 60, "sheet_rows"),
        (b";" * 20 + b"a", "sheet_columns"),
        (b"\n" * 9, "sheet_empty"),
        (b"", "sheet_empty"),
        (b"\x89PNG\r\n\x1a\n\0", "sheet_format"),
        (b"a;\x81\x8d\n", "sheet_letters"),
        (b'"' + b"a" * 200_000, "sheet_broken"),
    ],
)  # fmt: skip
def test_a_bomb_a_liar_and_another_format_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as told:
        uploads.read(content, uploads.Limits(rows=50, columns=10))
    assert told.value.code == code


def test_numbers_as_people_type_them() -> None:
    typed: dict[str, str | int] = {"1.234": 1234, "1.234.567,5": "1234567.5", "4,9%": "4.9", "1,234,567": 1234567,
                                   "12.5": "12.5", "-3": -3, " 1 234 ": 1234, "0": 0}  # fmt: skip
    for said, value in typed.items():
        assert uploads.number(said) == Decimal(value), said
    assert uploads.number(3.0) == 3
    assert uploads.number("") is uploads.number(None) is None
    for wrong in ("x", "1..2", "=1+1", "1e9", "٣", True, float("inf"), "9" * 30):
        with pytest.raises(ValueError, match="not a number"):
            uploads.number(wrong)
