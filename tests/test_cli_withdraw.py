"""post withdraw, and delivery resolve ID withdrawn: what is printed, refused, and left to people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import words_hand
from app.parts import Parts, build
from app.services import claiming, publishing
from app.settings import load
from connectors.practice.context import SCOPES
from connectors.practice.control import Control
from tests.fixtures.line import Connected, Line
from tests.fixtures.loop import until

KEYS = {"id", "organisation_id", "state", "due_at", "caption", "deliveries"}


def _work(done: Any) -> None:
    """What a worker would do, until it is done."""
    parts: Parts = build(load())
    try:
        until(lambda: _step(parts) == 0 and done())
    finally:
        parts.db.close()


def _step(parts: Parts) -> int:
    works = claiming.claim(parts)
    for work in works:
        publishing.work(parts, work)
    return len(works)


@pytest.fixture
def public(line: Line, connected: Connected, photo: Path) -> str:
    """A post that is public on both accounts; its number."""
    words = ["post", "add", "--org", connected.org, "--caption", "Kerja bakti", "--photo", f"{photo}::Tenda"]
    both = ["--to", connected.facebook, "--to", connected.instagram]
    number = str(line.json(*words, *both, "--at", "now", "--approve")["id"])
    line.refused("post", "withdraw", number, "--reason", "Salah", says="Batalkan")
    _work(lambda: line.json("post", "show", number)["state"] == "published")
    return number


def test_withdraw_in_one_line(line: Line, public: str, connected: Connected, practice: Control) -> None:
    line.refused("post", "withdraw", public, says="Alasan")
    line.refused("post", "withdraw", public, "--reason", "  ", says="Alasan")
    line.refused("post", "withdraw", "99", "--reason", "Salah", says="99")
    line.refused("post", "withdraw", public, "--reason", "Salah", "--as", "siapa@uji.example", says="siapa")
    asked = line.json("post", "withdraw", public, "--reason", "Wajah anak terlihat")
    assert set(asked) >= KEYS
    assert asked == line.json("post", "show", public)
    assert [each["state"] for each in asked["deliveries"]] == ["withdrawing", "withdrawing"]
    assert [each["hand_steps"] for each in asked["deliveries"]] == [[], []]
    line.refused("post", "withdraw", public, "--reason", "Salah", says="sedang ditarik")
    line.refused("post", "cancel", public, says="terlambat")
    line.refused("post", "reschedule", public, "--at", "now", says="sedang ditarik")
    _work(lambda: line.json("post", "show", public)["state"] == "withdrawn")
    assert practice.count(connected.page.page_id) == practice.count(connected.page.ig_id) == 0
    line.refused("post", "withdraw", public, "--reason", "Salah", says="sudah ditarik")


def test_what_a_person_has_to_delete(line: Line, public: str, connected: Connected, practice: Control) -> None:
    rest = [scope for scope in SCOPES if scope != "instagram_manage_contents"]
    practice.set_scopes(connected.page.ig_token, rest)
    assert line.json("account", "check", connected.instagram)["health"] == "connected"
    plain = line.run("post", "withdraw", public, "--reason", "NIK terlihat")
    assert (plain.exit_code, "Sedang ditarik" in plain.stdout) == (0, True)

    def facebook_is_done() -> bool:
        rows = line.json("delivery", "list")
        return [row["state"] for row in rows] == ["withdrawn", "withdrawing"] and bool(rows[1]["hand_steps"])

    _work(facebook_is_done)
    (row,) = line.json("delivery", "list", "--state", "withdrawing")
    assert row["hand_steps"] == words_hand.steps("instagram", "Uji", permalink=row["permalink"])
    said = line.run("delivery", "list", "--state", "withdrawing").stdout
    assert "instagram_manage_contents" in said
    assert said.count(". Buka aplikasi Instagram") == 1
    assert said in line.run("delivery", "list").stdout
    line.refused("delivery", "resolve", str(row["id"]), "published", says="tidak menunggu")
    done = line.json("delivery", "resolve", str(row["id"]), "withdrawn")
    assert (done["state"], done["hand_steps"]) == ("withdrawn", [])
    assert line.json("post", "show", public)["state"] == "withdrawn"
    assert line.json("delivery", "resolve", str(row["id"]), "withdrawn")["state"] == "withdrawn", "said twice"
