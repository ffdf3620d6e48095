"""kentongan award: the words and keys that others build on, and what is told when it cannot be done."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import col, update

from app.db import Database
from app.models import Reading, Score
from app.parts import Parts
from app.sealing import sealer
from app.settings import load
from media.storage import Store
from tests.fixtures.contest import Contest, at, small, travelling
from tests.fixtures.line import Line

PERIOD = ("--from", "2026-06-01", "--to", "2026-07-31", "--category", "desa")
RANK = {
    "rank",
    "organisation_id",
    "organisation",
    "category",
    "score",
    "eligible",
    "reason",
    "indicators",
    "small_sample",
}
ROWS = ["konsistensi", "keterlibatan", "tingkat_respons", "kecepatan", "tuntas", "kualitas"]


@pytest.fixture
def world(line: Line) -> Contest:
    """On the home of the command line, with a name that a spreadsheet would run."""
    settings = load()
    parts = Parts(settings, Database(settings.database), sealer(settings), Store(settings.home / "photos"))
    made = small(parts)
    made.organisation("=HYPERLINK(1)")
    for day in (2, 9):
        for month in (6, 7):
            made.post("=HYPERLINK(1)", at(day, month=month))
    made.item("desa 1", at(8, 2), "kritik", answered_at=at(8, 3), deadline=at(9, 2))
    parts.db.close()
    return made


def test_create_rank_freeze_verify_export(line: Line, world: Contest, tmp_path: Path) -> None:
    rubric = tmp_path / "rubrik.json"
    rubric.write_text(json.dumps({"min_posts": 2, "weights": {"kualitas": 0}}), "utf-8")
    with travelling(at(20, month=5)):
        made = line.json("award", "create", "--name", "Anugerah", *PERIOD, "--rubric", str(rubric))
        assert (made["id"], made["state"], made["fixed_late"]) == (1, "fixed", False)
        line.refused("award", "freeze", "1", says="1 Juni 2026")
        line.refused(
            "award", "create", "--name", "Jauh", "--from", "9999-12-01", "--to", "9999-12-31", "--category", "desa",
            says="di antara 2000 dan 2100",
        )  # fmt: skip
        rubric.write_text("[" * 100_000, "utf-8")
        line.refused("award", "create", "--name", "Dalam", *PERIOD, "--rubric", str(rubric), says="bukan JSON")
    with travelling(at(10, month=7)):
        provisional = line.json("award", "rank", "1")
        assert len(provisional) == 5
    with travelling(at(20, month=8)):
        late = line.run("award", "create", "--name", "Terlambat", *PERIOD, "--json")
        assert "sesudah masa" in late.stderr
        line.refused("award", "verify", "1", says="belum dibekukan")
        line.refused(
            "award", "export", "1", "--format", "json", "--output", str(tmp_path / "x"), says="belum dibekukan"
        )
        frozen = line.json("award", "freeze", "1")
        assert frozen.keys() >= {"id", "version", "sha256", "frozen_at"}
        assert (frozen["version"], frozen["early"]) == (1, False)
        rows = line.json("award", "rank", "1", "--category", "desa")
        for row in rows:
            assert row.keys() == RANK
            assert list(row["indicators"]) == ROWS
        assert [row["rank"] for row in rows] == [1, 2, 3, None, None]
        assert all(row["score"] == round(row["score"], 2) for row in rows if row["eligible"])
        assert [row["reason"] for row in rows if not row["eligible"]] == [
            "Ada kiriman pada 1 dari 2 bulan; syaratnya 2 bulan.", "1 kiriman; syaratnya 2.",
        ]  # fmt: skip
        assert line.json("award", "rank", "1", "--category", "kecamatan") == []
        assert "desa 1" in line.run("award", "rank", "1").stdout
        _exported(line, tmp_path, frozen["sha256"], rows)
        found = line.json("award", "verify", "1")
        assert (found["ok"], found["sha256"], found["differences"]) == (True, frozen["sha256"], [])
        with world.parts.db.write() as session:
            session.exec(update(Reading).where(col(Reading.id) == 1).values(reactions=41))
        said = line.run("award", "verify", "1").stdout.splitlines()
        assert said[0].startswith("Cocok")
        assert "kiriman: suka (delivery:1): 40 → 41" in "".join(said), "told in words too, and no score changed"
        with world.parts.db.write() as session:
            session.exec(update(Score).values(score="99.99"))
        found = line.run("award", "verify", "1", "--json")
        assert (found.exit_code, json.loads(found.stdout)["ok"], found.stderr.count("\n")) == (1, False, 1)
        again = line.json("award", "freeze", "1")
        assert again["version"] == 2
        assert [each["version"] for each in line.json("award", "show", "1")["versions"]] == [2, 1]
        assert [each["state"] for each in line.json("award", "list")] == ["fixed", "frozen"]


def _exported(line: Line, folder: Path, sha256: str, rows: list[dict[str, Any]]) -> None:
    out = {kind: folder / f"hasil.{kind}" for kind in ("json", "xlsx", "csv", "pdf")}
    for kind, path in out.items():
        assert line.run("award", "export", "1", "--format", kind, "--output", str(path)).exit_code == 0
    content = out["json"].read_bytes()
    assert hashlib.sha256(content).hexdigest() == sha256
    assert {"participants", "denominators", "rubric"} <= set(json.loads(content))
    assert out["pdf"].read_bytes().startswith(b"%PDF-")
    table = list(csv.DictReader(io.StringIO(out["csv"].read_text("utf-8-sig"))))
    assert [row["nilai"] for row in table if row["nilai"]] == [f"{row['score']:.2f}" for row in rows if row["eligible"]]
    assert "'=HYPERLINK(1)" in {row["organisasi"] for row in table}
    book: Any = openpyxl.load_workbook(out["xlsx"])
    sheet = book["Peringkat"]
    lines = {cells[1].value: cells for cells in sheet.iter_rows(min_row=2)}
    hostile = lines["=HYPERLINK(1)"][1]
    assert (hostile.data_type, hostile.quotePrefix) == ("s", True)
    first = lines["desa 1"]
    assert first[11].value == (
        "=ROUND(SUMPRODUCT(Bobot!$B$2:$G$2,D2:I2)/SUMPRODUCT(Bobot!$B$2:$G$2*ISNUMBER(D2:I2))-K2,2)"
    )
    # What the formula says, reckoned here from the very cells that it names.
    weights = [cell.value for cell in book["Bobot"][2]][1:7]
    pairs = [(weight, cell.value) for weight, cell in zip(weights, first[3:9], strict=True) if cell.value is not None]
    assert round(sum(w * v for w, v in pairs) / sum(w for w, _ in pairs), 2) == first[12].value == rows[0]["score"]


def test_people_at_the_command_line(line: Line, world: Contest, tmp_path: Path) -> None:
    for name, role, organisation in (("Juri Satu", "juri", "kabupaten"), ("Ani", "koordinator", "desa 1")):
        world.person(name, role, organisation)
    rubric = tmp_path / "rubrik.json"
    rubric.write_text('{"min_posts": 2, "min_jurors": 1, "jury_posts": 1}', "utf-8")
    with travelling(at(20, month=8)):
        line.json("award", "create", "--name", "Uji", *PERIOD, "--rubric", str(rubric))
        names = ("draf", "Aturan", "2026-13-01")
        assert "2026-13-01" in line.refused("award", "create", "--name", names[0], "--from", names[2], *PERIOD[2:])
        rubric.write_text('{"weights": {"warna": 1}}', "utf-8")
        assert "warna" in line.refused("award", "create", "--name", "x", *PERIOD, "--rubric", str(rubric))
        rubric.write_text("[1]", "utf-8")
        line.refused("award", "create", "--name", "x", *PERIOD, "--rubric", str(rubric), says="JSON")
        line.refused("award", "rank", "77", says="77")
        register = tmp_path / "peserta.xlsx"
        assert line.run("award", "participants", "export", "1", "--output", str(register)).exit_code == 0
        assert line.json("award", "participants", "import", "1", str(register)) == {"taken": 5, "wrong": []}
        table = tmp_path / "peserta.csv"
        table.write_text("nama,ikut,catatan\ndesa 2,tidak,pamit\ndesa 99,ya,\n", "utf-8")
        taken = line.run("award", "participants", "import", "1", str(table), "--json")
        assert json.loads(taken.stdout)["taken"] == 1
        assert "Baris 3: “desa 99”" in taken.stderr
        standing = {row["organisation"]: row for row in line.json("award", "participants", "list", "1")}
        assert standing["desa 2"]["reason"] == "pamit"
        line.json("award", "jury", "add", "1", "jurisatu@contoh.id")
        line.json("award", "jury", "declare", "1", "--conflict", f"{world.ids['desa 1']}=sepupu")
        drawn = line.json("award", "jury", "draw", "1", "--seed", "7")["drawn"]
        marks = [f"{name}=4" for name in ("manfaat", "kejelasan", "orisinalitas", "aksesibilitas", "privasi")]
        other = next(each for each in drawn if each["organisation_id"] != world.ids["desa 1"])
        line.refused("award", "jury", "mark", "1", str(other["id"]), "manfaat=baik", says="manfaat")
        line.json("award", "jury", "mark", "1", str(other["id"]), *marks)
        line.refused("award", "exclude", "1", "delivery:1", says="alasan")
        excluded = line.json("award", "exclude", "1", "delivery:1", "--reason", "giveaway")
        assert line.run("award", "include", str(excluded["id"])).exit_code == 0
        line.json("award", "breach", "1", str(world.ids["desa 1"]), "--what", "NIK terlihat", "--post", "delivery:2")
        line.json("award", "freeze", "1")
        rows = {row["organisation_id"]: row for row in line.json("award", "rank", "1")}
        assert rows[other["organisation_id"]]["indicators"]["kualitas"] == 100.0
        assert world.ids["desa 2"] not in rows
        desa = str(world.ids["desa 1"])
        filed = line.json("award", "objection", "file", "1", desa, "--part", "tuntas", "--text", "Keliru",
                          "--as", "ani@contoh.id")  # fmt: skip
        line.refused("award", "release", "1", says="sanggahan")
        line.refused("award", "objection", "answer", str(filed["id"]), "maybe", "--text", "x", says="maybe")
        line.json("award", "objection", "answer", str(filed["id"]), "reject", "--text", "Sudah benar")
        (row,) = line.json("award", "objection", "list", "1")
        assert (row["state"], row["by"]) == ("rejected", "Ani")
        assert line.json("award", "release", "1", "--why", "diminta")["state"] == "released"
        assert line.json("award", "release", "1", "--take-back", "--why", "keliru")["state"] == "frozen"
