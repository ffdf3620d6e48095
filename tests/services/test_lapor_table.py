"""Tables of LAPOR! figures as offices keep them, and what is said of each row that cannot be read."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from app.problems import Problem
from app.services.lapor_table import parse
from app.words import sentence

OFFICE = (
    "Rekapitulasi SP4N-LAPOR! Kabupaten Contoh;;;;;;;;\r\nTahun 2025;;;;;;;;\r\n;;;;;;;;\r\n"
    "No;Nama Perangkat Daerah;Jumlah Laporan;Belum/Proses;Selesai;Tindak Lanjut (%);Diarsipkan;"
    "Rata-rata Hari Tindak Lanjut;Nilai Kualitas\r\n"
    "1;2;3;4;5;6;7;8;9\r\n"
    "1;Dinas Pendidikan;1.234;100;1.120;95,2%;14;3,5 hari;82,5\r\n"
    '2;"Dinas Pekerjaan Umum; Penataan Ruang";422;28;373;93%;21;17,9;-\r\n'
    "3;Kec. Babelan;-;-;-;-;-;-;\r\n"
    "Jumlah;;1.656;128;1.493;;35;;\r\n"
    "Sumber: rekap admin koordinator;;;;;;;;\r\n"
)


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_offices_table_is_read_by_its_headings() -> None:
    table = parse(OFFICE.encode("cp1252"))
    assert table.faults == table.doubts == []
    assert [
        (line.line, line.name, line.received, line.followed_up, line.archived, line.days, line.quality)
        for line in table.lines
    ] == [
        (6, "Dinas Pendidikan", 1234, 1120, 14, Decimal("3.5"), Decimal("82.5")),
        (7, "Dinas Pekerjaan Umum; Penataan Ruang", 422, 373, 21, Decimal("17.9"), None),
        (8, "Kec. Babelan", 0, 0, 0, None, None),
    ]
    assert table.headings["in_process"] == "Belum/Proses"
    assert table.headings["quality"] == "Nilai Kualitas"
    assert table.totals == [9, 10]


@pytest.mark.parametrize(
    "headings",
    [
        ("Instansi", "Laporan Masuk", "Ditindaklanjuti", "Laju Tindak Lanjut", "Kualitas Tindak Lanjut"),
        ("OPD", "Total", "Tuntas", "Waktu rata-rata (hari)", "Mutu"),
        (
            "Terdisposisi ke",
            "Jumlah Aduan Diterima",
            "Sudah Ditindak Lanjuti",
            "Rerata hari dari disposisi",
            "KUALITAS",
        ),
        ("Unit Kerja", "Terdisposisi", "Jumlah selesai", "Lama penyelesaian", "Skor kualitas"),
    ],
)
def test_variants_of_headings_and_numbers_of_a_workbook(headings: tuple[str, ...]) -> None:
    table = parse(workbook([[], list(headings), ["Dinas Sosial", 1234, 1200.0, 17.125, "4,1"]]), scale=5)
    [line] = table.lines
    assert (line.line, line.received, line.followed_up) == (3, 1234, 1200)
    assert (line.days, line.quality) == (Decimal("17.125"), Decimal(82))


def test_each_row_says_what_is_wrong_with_it() -> None:
    rows = [
        "perangkat daerah,laporan masuk,selesai,diarsipkan,rata-rata hari,kualitas,dalam proses",
        ",5,5,0,1,80,0",
        "Dinas A,5,5,1,1,80,0",
        "Dinas B,,5,0,1,80,0",
        "Dinas C,lima,5,0,1,80,0",
        "Dinas D,5,5,0,1,800,0",
        'Dinas E,"1,5",1,0,1,80,0',
        "Dinas F,5,-2,0,1,80,0",
        "Dinas G,5,5,0,Baik,80,0",
        "Dinas H,9,5,1,1,8,3",
        "DINAS  h,9,5,1,1,8,3",
        "Dinas I,=SUM(B2:B3),5,0,1,80,0",
        "Dinas J,9,5,1,1,8,4",
        "TOTAL,12,10,,,,",
    ]
    table = parse("\n".join(rows).encode())
    assert [(fault.line, fault.code) for fault in table.faults] == [
        (2, "lapor_agency"),
        (3, "lapor_sum"),
        (4, "lapor_missing"),
        (5, "lapor_number"),
        (6, "lapor_range"),
        (7, "lapor_whole"),
        (8, "lapor_number"),
        (9, "lapor_number"),
        (11, "lapor_twice"),
        (12, "lapor_formula"),
    ]
    assert [line.name for line in table.lines] == ["Dinas H", "Dinas J"]
    said = [sentence(fault.code, fault.facts) for fault in table.faults]
    assert said[1] == "Dinas A: ditindaklanjuti 5 dan diarsipkan 1 lebih banyak daripada masuk 5."
    assert said[3] == "Kolom laporan masuk berisi “lima”, bukan angka. Tulis seperti 1.234,5."
    assert not any("belum kami kenal" in one or "-" in one.split() for one in said)
    doubts = {doubt.code: doubt.line for doubt in table.doubts}
    assert doubts == {"lapor_rest": 13, "lapor_scale": 1}
    told = parse(b"OPD;masuk;selesai\nA;5;4\nTotal;9;4")
    assert [(doubt.code, doubt.facts["told"], doubt.facts["counted"]) for doubt in told.doubts] == [
        ("lapor_total", 9, 5)
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"OPD;masuk\nA;5", "table_columns"),
        (b"OPD;masuk;selesai\n\n", "sheet_empty"),
        (b"OPD;masuk;selesai\n" + b"A;1;1\n" * 1001, "sheet_rows"),
        (b"x" * 1_000_001, "sheet_large"),
    ],
)
def test_what_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(content)
    assert refused.value.code == code


def test_a_sheet_of_a_million_rows_is_left_at_the_limit() -> None:
    """The row number in the file says a million; what lies between is not made up."""
    import zipfile

    whole = workbook([["OPD", "masuk", "selesai"], ["A", 1, 1]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b'r="2"', b'r="1048576"').replace(b"A2", b"A1048576")
            new.writestr(part, text)
    with pytest.raises(Problem) as refused:
        parse(out.getvalue())
    assert refused.value.code == "sheet_rows"
