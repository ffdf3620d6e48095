"""inbox: the acts beside reply, hide and set, on the command line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from tests.fixtures.line import Line


@pytest.fixture
def org(line: Line) -> str:
    return str(line.json("org", "add", "IPSM Uji", "--category", "organisasi")["id"])


def test_an_item_from_note_to_proof_and_back(line: Line, org: str) -> None:
    text = "Lampu jalan di RT 3 mati, hubungi saya 0812-3456-7890"
    one, two = (str(line.json("inbox", "add", "--org", org, "--text", text)["id"]) for _ in range(2))
    assert line.json("inbox", "note", one, "--text", "Sudah ditelepon")["note_id"]
    assert line.json("inbox", "label", one, "--label", "Lampu", "--label", "lampu")["labels"] == ["Lampu"]
    assert line.json("inbox", "join", two, "--into", one)["duplicate_of"] == int(one)
    assert line.json("inbox", "join", two)["duplicate_of"] is None
    assert line.json("inbox", "set", one, "--kind", "keluhan")["kind"] == "keluhan"
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    assert line.json("inbox", "handover", one, "--agency", "PLN", "--reference", "#9", "--answer-by", day)[
        "handover_id"
    ]
    made = line.json("inbox", "promise", one, "--by", day, "--text", "Diganti")
    assert made["state"] == "open"
    line.refused("inbox", "promise", two, "--keep", str(made["promise_id"]), says="Janji")
    line.refused("inbox", "promise", one, says="--keep")
    assert (
        line.json("inbox", "promise", one, "--drop", str(made["promise_id"]), "--reason", "hujan")["state"] == "dropped"
    )
    line.refused("inbox", "settle", one, says="bukti")
    assert line.json("inbox", "settle", one, "--proof", "Lampu sudah diganti PLN")["status"] == "selesai"
    line.refused("inbox", "reopen", one, says="Alasan")
    assert line.json("inbox", "reopen", one, "--reason", "Mati lagi")["status"] == "dibuka lagi"
    assert line.json("inbox", "secret", one)["secret"] is True
    line.refused("inbox", "secret", one, "--off", says="Alasan")
    assert line.json("inbox", "urgent", one, "--what", "anak")["urgent"] == "anak"
    assert line.json("inbox", "urgent", one, "--no")["urgent"] is None
    line.refused("inbox", "urgent", one, "--what", "gawat", says="anak")
    line.refused("inbox", "about", one, "--person", "siapa@contoh.id", says="siapa@contoh.id")
    line.refused("inbox", "delete", one, "--reason", "Memuat nomor orang lain", says="media sosial")
    line.refused("inbox", "private-reply", one, "--text", "Halo", says="media sosial")
    copied = line.run("inbox", "lapor", one).stdout
    assert "Klasifikasi: Pengaduan" in copied
    assert "3456" not in copied
    line.refused("inbox", "lapor", "99", says="99")


def test_ready_replies(line: Line, org: str) -> None:
    first = line.json("inbox", "canned", "list", "--org", org)
    assert first
    made = line.json(
        "inbox", "canned", "add", "--org", org, "--name", "Salam", "--text", "Halo {nama}", "--kind", "pujian"
    )
    line.refused("inbox", "canned", "add", "--org", org, "--name", "Lain", "--text", "Halo {nik}", says="nik")
    names = [row["name"] for row in line.json("inbox", "canned", "list", "--org", org)]
    assert names == [*(row["name"] for row in first), "Salam"]
    line.json("inbox", "canned", "remove", str(made["id"]), "--org", org)
    assert "Salam" not in [row["name"] for row in line.json("inbox", "canned", "list", "--org", org)]
