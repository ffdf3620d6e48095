"""Regions and what becomes of organisations, from the command line: twice is once, half is nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app.services import regions
from tests.fixtures.line import Line

SAMPLE = Path(__file__).parent / "fixtures" / "tables" / "wilayah.csv"


def _rows(line: Line, query: str, *values: object) -> list[Any]:
    connection = sqlite3.connect(line.home / "kentongan.sqlite3")
    rows = connection.execute(query, values).fetchall()
    connection.close()
    return rows


def _events(line: Line, what: str) -> list[dict[str, Any]]:
    return [json.loads(facts) for (facts,) in _rows(line, "select facts from event where what = ? order by id", what)]


def test_a_list_comes_in_once_and_makes_the_offices_of_a_kabupaten(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regions, "BATCH", 4)
    path = tmp_path / "daftar.csv"
    path.write_text("kode,nama\n32,JAWA BARAT\n32.01.39,LEUWISADENG\n32.01.39.2001,SADENG\n32.1,X\n", "utf-8")
    said = line.run("region", "import", str(path))
    assert said.exit_code == 1, "nothing of a list with a hole is taken"
    assert "Baris 3: Induk 32.01 dari 32.01.39 tidak ada" in said.stderr
    assert "Seluruhnya 3 baris bermasalah, jadi belum ada yang disimpan." in said.stderr
    assert line.json("region", "list") == []
    line.refused("region", "organisations", "32.01", says="Impor dahulu")
    line.refused("region", "import", str(tmp_path / "tidak-ada.csv"), says="tidak dapat dibaca")

    looked = line.json("region", "import", str(SAMPLE), "--under", "3201", "--dry-run")
    assert (looked["added"], looked["outside"], looked["written"]) == (14, 7, False)
    assert line.json("region", "list") == []
    assert line.json("region", "import", str(SAMPLE), "--under", "32.01")["added"] == 14
    again = line.json("region", "import", str(SAMPLE))
    assert (again["added"], again["same"], again["renamed"]) == (7, 14, 0)
    before = line.counts()
    assert line.json("region", "import", str(SAMPLE))["same"] == 21
    assert line.counts() == before, "a third time changes nothing"
    path.write_text("32.01.39.2002,LEUWI SADENG\n32.01.9,x\n", "utf-8")
    renamed = line.json("region", "import", str(path), "--skip-faults")
    assert (renamed["renamed"], [fault["line"] for fault in renamed["faults"]]) == (1, [2])
    assert _events(line, "import")[-1]["renamed"] == {"32.01.39.2002": ["LEUWISADENG", "LEUWI SADENG"]}
    listed = line.json("region", "list", "--under", "32.01", "--level", "kelurahan")
    assert [row["name"] for row in listed] == ["PONDOK RAJEG", "KARADENAN"]

    office = line.json("org", "add", "Diskominfo", "--category", "perangkat daerah", "--region", "32.01")["id"]
    assert line.json("region", "organisations", "32.01", "--dry-run") == {"made": 0, "missing": 12, "there": 0}
    assert line.json("region", "organisations", "32.01.39")["made"] == 6
    assert line.json("region", "organisations", "32.01") == {"made": 6, "missing": 0, "there": 6}
    assert line.json("region", "organisations", "32.01")["made"] == 0
    assert line.json("region", "organisations", "81.71")["made"] == 1
    line.refused("region", "organisations", "32.01.39.2001", says="kode kabupaten")
    rows = _rows(line, "select region_code, name, category, parent_id, zone, id from organisation")
    made = {code: rest for code, *rest in rows}
    assert made["32.01.39"][:4] == ["Kecamatan Leuwisadeng", "kecamatan", office, "Asia/Jakarta"]
    assert made["32.01.39.2003"][:3] == ["Desa Kalong II", "desa", made["32.01.39"][4]]
    assert made["32.01.01.1001"][:2] == ["Kelurahan Pondok Rajeg", "kelurahan"]
    assert made["81.71.01"][3] == "Asia/Jayapura"


def test_who_goes_on_as_whom(line: Line) -> None:
    old, new, newest = (
        str(line.json("org", "add", name, "--category", "desa")["id"]) for name in ("Kalong", "Kalong I", "Kalong Raya")
    )
    succeeded = ("org", "succeed", old, "--by", new, "--on", "2026-07-01", "--note", "Perda 4/2026")
    assert line.json(*succeeded) == {"id": int(old), "by": int(new), "on": "2026-07-01"}
    before = line.counts()
    line.json(*succeeded)
    assert line.counts() == before, "said twice it is said once"
    line.json("org", "succeed", new, "--by", newest, "--on", "2026-09-01")
    line.refused("org", "succeed", newest, "--by", old, "--on", "2026-10-01", says="tidak boleh berputar")
    line.refused("org", "succeed", old, "--by", old, "--on", "2026-10-01", says="dirinya sendiri")
    line.refused("org", "succeed", old, "--by", "99", "--on", "2026-10-01", says="tidak ada")
    line.refused("org", "succeed", newest, "--by", new, "--unsay", says="tidak tercatat")
    line.json("org", "succeed", new, "--by", newest, "--unsay")
    line.json("org", "succeed", newest, "--by", old, "--on", "2026-10-01")
    assert _events(line, "succeed")[0]["note"] == "Perda 4/2026"
    line.json("org", "joined", old, "--on", "2026-02-01")
    line.refused("org", "left", old, "--on", "2026-01-31", says="lebih awal")
    assert line.json("org", "left", old, "--on", "2026-06-30") == {"id": int(old), "left_on": "2026-06-30"}
    assert line.json("org", "left", old, "--back")["left_on"] is None
    line.refused("org", "left", old, says="--on atau --back")
