"""Regions, successors and LAPOR! tables on both databases: their writes are the databases' own kind of "or replace"."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from app.models import LaporRow, Organisation, Region
from app.parts import Parts
from app.problems import Problem
from app.services import lapor_import, lapor_table, people, regions, succession
from app.states import Actor

SAMPLE = Path(__file__).parents[1] / "fixtures" / "tables" / "wilayah.csv"
BY = Actor("uji")


def test_an_import_that_was_cut_off_goes_on(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "BATCH", 5)
    write, calls = regions._write, []

    def cut(*words: object) -> None:
        calls.append(words)
        if len(calls) == 3:
            raise OSError("no power")
        write(*words)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(regions, "_write", cut)
    with pytest.raises(OSError, match="no power"):
        regions.take_in(parts, SAMPLE.read_bytes(), BY)
    with parts.db.read() as session:
        there = {row.code: row.parent_code for row in session.exec(select(Region))}
    assert len(there) == 10
    assert {parent for parent in there.values() if parent} <= set(there), "what is there is whole"
    assert regions.take_in(parts, SAMPLE.read_bytes(), BY).added == 11
    # Another process was faster with the same lines and an older name.
    lines = regions.parse(SAMPLE.read_bytes()).lines[:3]
    write(parts, lines, {}, BY, {})
    assert regions.organisations(parts, "13.74", BY) == regions.Made(2, 0)
    assert regions.organisations(parts, "13", BY) == regions.Made(0, 2)
    with parts.db.read() as session:
        rows = session.exec(select(Organisation).order_by(Organisation.region_code)).all()
    assert [row.name for row in rows] == ["Kecamatan Padang Panjang Timur", "Kelurahan Pasar Usang"]
    assert rows[1].parent_id == rows[0].id


def test_successors_and_a_table_of_their_figures(parts: Parts) -> None:
    with parts.db.write() as session:
        a, b, c, d = (people.add_organisation(session, BY, name=f"Desa {name}", category="desa") for name in "ABCD")
        succession.succeed(session, BY, a, b, date(2026, 3, 1))
        succession.succeed(session, BY, b, c, date(2026, 6, 1))
        succession.succeed(session, BY, b, d, date(2026, 9, 1), "pemekaran")
        with pytest.raises(Problem) as refused:
            succession.succeed(session, BY, d, a, date(2027, 1, 1))
        assert refused.value.code == "succeed_circle"
    with parts.db.read() as session:
        days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 8, 31), date(2026, 9, 1))
        assert [succession.answering_for(session, a, day) for day in days] == [[a], [b], [c], [c, d]]
        assert [succession.predecessors(session, d, day) for day in days] == [[], [], [], [a, b]]

    table = lapor_table.parse(b"Instansi;masuk;selesai;hari\nds. A;5;4;2,5\nDinas;9;9;1\n")
    wish = lapor_import.Wish("2025", date(2025, 1, 1), date(2025, 12, 31), table.sha256, table.lines)
    with parts.db.write() as session:
        lapor_import.take_in(session, a, BY, wish)
    with pytest.raises(Problem) as again, parts.db.write() as session:
        lapor_import.take_in(session, a, BY, wish)
    assert (again.value.code, again.value.facts["name"]) == ("lapor_same", "2025")
    with parts.db.read() as session:
        rows = session.exec(select(LaporRow).order_by(LaporRow.agency)).all()
    assert [(row.agency, row.organisation_id, row.days) for row in rows] == [("Dinas", None, "1"), ("ds. A", a, "2.5")]
