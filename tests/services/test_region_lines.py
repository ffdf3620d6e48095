"""Lists of regions as they go round: every way of writing them, and every way of lying."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

import pytest

from app.problems import Problem
from app.services import region_lines
from app.services.region_lines import code_of, parse
from app.services.regions import zone_of

SAMPLE = Path(__file__).parents[1] / "fixtures" / "tables" / "wilayah.csv"


def test_the_sample_is_read_from_the_outside_in() -> None:
    found = parse(SAMPLE.read_bytes())
    assert (len(found.lines), found.faults, found.twice) == (21, [], 0)
    assert found.lines[0].code == "13", "a parent stands before its children"
    kinds = {line.name: (line.code, line.level, line.parent, line.line) for line in found.lines}
    assert kinds["JAWA BARAT"] == ("32", "provinsi", None, 2)
    assert kinds["PASAR USANG"] == ("13.74.02.1002", "kelurahan", "13.74.02", 19)
    assert kinds["SIBANTENG"] == ("32.01.39.2005", "desa", "32.01.39", 9)


@pytest.mark.parametrize(
    "content",
    [
        "32;Jawa Barat\r\n32.01;Kab. Bogor\r\n",
        "sep=;\r\n32;Jawa Barat\r\n32.01;Kab. Bogor\r\n",
        "no,name,code\n1,Jawa Barat,32\n2,Kab. Bogor,3201\n",
        '\n\n"Kode Wilayah"\t"Nama Wilayah"\n" 32 "\t"Jawa  Barat"\n"32 01"\t"Kab.\u00a0Bogor"\n',
        "Sandi,Sebutan\n32,Jawa Barat\n32.01,Kab. Bogor\n",
    ],
    ids=["plain", "excel", "columns", "tabs", "own words"],
)
def test_ways_of_writing(content: str) -> None:
    for encoded in (
        content.encode(),
        codecs.BOM_UTF8 + content.encode(),
        codecs.BOM_UTF16_LE + content.encode("utf-16-le"),
        content.encode("cp1252"),
    ):
        found = parse(encoded)
        assert found.faults == []
        assert [(line.code, line.name) for line in found.lines] == [("32", "Jawa Barat"), ("32.01", "Kab. Bogor")]


def test_each_fault_has_its_line_and_its_reason() -> None:
    content = (
        "kode,nama\n32,Jawa Barat\n32,Jawa Barat\n32,Jabar\n\n32.1,Kab. Terpotong\n3201120003,Desa BPS\n"
        "32.01.39.4001,Aneh\n32.01.39,\n٣٢,Angka Arab\nabc,Apa\n32.01.39.2001.5,Panjang\n32.02,=HYPERLINK(1)\n"
    )
    found = parse(content.encode())
    assert [(fault.line, fault.code) for fault in found.faults] == [
        (4, "region_twice"),
        (6, "region_code_cut"),
        (7, "region_code_village"),
        (8, "region_code_village"),
        (9, "region_name"),
        (10, "region_code"),
        (11, "region_code"),
        (12, "region_code"),
        (13, "region_name"),
    ]
    assert found.twice == 1
    assert [line.code for line in found.lines] == ["32"]


def test_codes_and_zones() -> None:
    assert code_of("32012020 05") == "32.01.20.2005"
    assert code_of("32.01.20.2005") == code_of("3201202005") == code_of(" 32.01.20. 2005 ")
    assert [code_of(text) for text in ("", "3", "320", "32.", "32..01", "-3201", "32012020051")] == [None] * 7
    assert [zone_of(code) for code in ("32.01", "61", "64.02", "53", "81.71.01", "96")] == [
        "WIB",
        "WIB",
        "WITA",
        "WITA",
        "WIT",
        "WIT",
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet_empty"),
        (b" \n\n", "sheet_empty"),
        (b"\x89PNG\x00\x00", "sheet_format"),
        (b"\xd0\xcf\x11\xe0 old", "sheet_old"),
        (b"PK\x03\x04 torn", "sheet_broken"),
    ],
)
def test_what_is_no_table(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(content)
    assert refused.value.code == code


def test_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_lines, "MOST", replace(region_lines.MOST, rows=2))
    assert len(parse(b"11,a\n12,b").lines) == 2
    with pytest.raises(Problem) as refused:
        parse(b"11,a\n12,b\n13,c")
    assert refused.value.code == "sheet_rows"
