"""The command line as operators and other programs use it: words, keys, exit codes, one sentence, nothing changed."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from app import cli
from connectors.practice.control import Control
from tests.fixtures.line import Connected, Line

SHOWN = {
    "id",
    "account_id",
    "connector",
    "state",
    "due_at",
    "published_at",
    "remote_id",
    "permalink",
    "attempts",
    "error",
}
ITEM = {"id", "kind", "suggested_kind", "confidence", "status", "text", "author", "source", "post_id", "remote_id"}
ITEM |= {"created_at", "deadline"}


def _at(**shift: float) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).isoformat()


# --- setting up ------------------------------------------------------------------------------------------------------
def test_all_commands_of_the_contract_are_there() -> None:
    wanted = {
        (): {"demo", "serve", "worker", "doctor", "db", "org", "user", "account", "post", "delivery"},
        ("inbox",): {"collect", "add", "list", "show", "reply", "hide", "set"},
        ("db",): {"upgrade", "check"},
        ("org",): {"add", "notices"},
        ("user",): {"add"},
        ("account",): {"add", "check", "drill"},
        ("post",): {"add", "approve", "show", "list", "cancel", "reschedule", "withdraw"},
        ("delivery",): {"list", "resolve"},
        ("engagement",): {"collect", "show"},
        ("text",): {"check"},
        ("award",): {"create", "freeze", "verify", "rank", "export"},
    }  # fmt: skip
    there = click.Context(cli.main)
    for group, commands in wanted.items():
        found: Any = cli.main
        for word in group:
            found = found.get_command(there, word)
        assert commands <= set(found.list_commands(there)), group


def test_upgrade_twice_and_check(line: Line) -> None:
    before = line.counts()
    assert line.run("db", "upgrade").exit_code == 0
    assert line.counts() == before
    assert line.run("db", "check").exit_code == 0
    assert (line.home / "secret.key").stat().st_mode & 0o777 == 0o600


def test_usage_is_exit_2(line: Line) -> None:
    for words in (["org", "add", "x"], ["nonsense"], ["post", "show", "satu"], ["delivery", "resolve", "1", "maybe"]):
        result = line.run(*words)
        assert result.exit_code == 2
        assert result.stdout == ""


def test_organisations_and_people(line: Line, org: str) -> None:
    child = line.json(
        "org", "add", "Desa Anak", "--category", "desa", "--parent", org, "--zone", "WITA", "--region", "32.01"
    )
    assert set(child) == {"id"}
    words = ["user", "add", "rina@uji.example", "--role", "petugas", "--org"]
    person = line.json(*words, org, "--name", "Rina", "--password-stdin", stdin="kentongan berbunyi\n")
    assert line.json(*words, str(child["id"])) == person, "a second organisation for the same person"


def test_bad_organisations_and_people(line: Line, org: str) -> None:
    line.refused("org", "add", "x", "--category", "rt", says="rt")
    line.refused("org", "add", " ", "--category", "desa", says="nama")
    line.refused("org", "add", "x", "--category", "desa", "--parent", "99", says="99")
    line.refused("org", "add", "x", "--category", "desa", "--zone", "GMT", says="GMT")
    line.refused("org", "add", "x", "--category", "desa", "--parent", "9" * 30)
    line.refused("org", "add", os.fsdecode(b"Desa \xff"), "--category", "desa", says="UTF-8")
    user = ["user", "add", "a@uji.example", "--name", "A", "--password-stdin"]
    line.refused(*user, "--role", "raja", "--org", org, stdin="kentongan berbunyi", says="raja")
    line.refused(*user, "--role", "juri", "--org", "99", stdin="kentongan berbunyi", says="99")
    line.refused(*user, "--role", "juri", "--org", org, stdin="pendek", says="pendek")
    line.refused(*user, "--role", "juri", "--org", org, stdin="", says="sandi")
    line.refused("user", "add", "bukan", "--name", "A", "--role", "juri", "--org", org, says="bukan")


# --- accounts --------------------------------------------------------------------------------------------------------
def test_accounts(line: Line, connected: Connected, practice: Control) -> None:
    assert line.json("account", "check", connected.facebook)["health"] == "connected"
    practice.end_token(connected.page.page_token)
    result = line.run("account", "check", connected.facebook, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["health"] == "broken"
    assert len(result.stderr.splitlines()) == 1
    practice.end_token(connected.page.page_token, subcode=None)
    words = ["account", "check", connected.facebook, "--token-stdin"]
    assert line.json(*words, stdin=connected.page.page_token)["health"] == "connected"


def test_bad_accounts(line: Line, connected: Connected, practice: Control) -> None:
    other = practice.make_page("Lain", "lain")
    add = ["account", "add", "facebook", "--remote-id", other.page_id, "--name", "x", "--token-stdin"]
    line.refused(*add, "--org", connected.org, stdin="latihan-page-salah")
    line.refused(*add, "--org", connected.org, stdin=other.user_token)
    line.refused(*add, "--org", connected.org, stdin="", says="token")
    line.refused(*add, "--org", "99", stdin=other.page_token, says="99")
    line.refused(*add, "--org", connected.org, "--setting", "page_id", stdin=other.page_token, says="page_id")
    line.refused("account", "add", "friendster", *add[3:], "--org", connected.org, stdin="x", says="friendster")
    line.refused("account", "add", "instagram_private", *add[3:], "--org", connected.org, stdin="x", says="accept_risk")
    taken = ["account", "add", "facebook", "--remote-id", connected.page.page_id, "--name", "x", "--token-stdin"]
    line.refused(*taken, "--org", connected.org, stdin=connected.page.page_token, says="sudah")
    line.refused("account", "check", "99", says="99")
    line.refused("account", "check", connected.facebook, "--token-stdin", stdin="EAAGsungguhan", says="latihan")
    line.refused("account", "drill", connected.instagram)


# --- posts -----------------------------------------------------------------------------------------------------------
def test_a_draft_without_a_time_then_all_the_way(line: Line, connected: Connected, photo: Path) -> None:
    both = ["--to", connected.facebook, "--to", connected.instagram]
    words = ["post", "add", "--org", connected.org, "--caption", "Kerja bakti 🙏", *both, "--photo", f"{photo}::Tenda"]
    made = line.json(*words)
    assert (made["state"], made["due_at"], made["deliveries"]) == ("draft", None, [])
    number = str(made["id"])
    line.refused("post", "reschedule", number, "--at", _at(hours=-2), says="lewat")
    at = _at(days=1)
    moved = line.json("post", "reschedule", number, "--at", at)
    assert datetime.fromisoformat(moved["due_at"]) == datetime.fromisoformat(at)
    approved = line.json("post", "approve", number)
    assert approved == line.json("post", "show", number)
    assert approved["state"] == "scheduled"
    assert [each["connector"] for each in approved["deliveries"]] == ["facebook", "instagram"]
    for each in approved["deliveries"]:
        assert set(each) >= SHOWN
        assert (each["state"], each["attempts"], each["error"], each["remote_id"]) == ("queued", 0, None, None)
        assert datetime.fromisoformat(each["due_at"]) == datetime.fromisoformat(at)
    assert line.json("post", "list", "--org", connected.org) == [approved]
    assert line.json("post", "list", "--org", "99") == []
    assert [row["id"] for row in line.json("delivery", "list", "--state", "queued")] == [
        each["id"] for each in approved["deliveries"]
    ]
    line.refused("delivery", "resolve", str(approved["deliveries"][0]["id"]), "resend")
    line.refused("post", "approve", number)
    assert line.json("post", "cancel", number)["state"] == "cancelled"
    line.refused("post", "cancel", number, says="sudah dibatalkan")
    line.refused("post", "reschedule", number, "--at", "now", says="dibatalkan")


@pytest.mark.parametrize("at", ["now", "half an hour ago"])
def test_a_time_within_the_last_hour_means_now(line: Line, connected: Connected, at: str) -> None:
    at = at if at == "now" else _at(minutes=-30)
    words = ["post", "add", "--org", connected.org, "--caption", "Sekarang", "--to", connected.facebook, "--approve"]
    made = line.json(*words, "--at", at)
    assert abs(datetime.fromisoformat(made["deliveries"][0]["due_at"]) - datetime.now(UTC)) < timedelta(seconds=30)


def test_the_caption_from_a_file(line: Line, connected: Connected, tmp_path: Path) -> None:
    path = tmp_path / "keterangan.txt"
    path.write_text("\ufeffBaris satu\r\nBaris dua 🙏\n", "utf-8")
    words = ["post", "add", "--org", connected.org, "--to", connected.facebook, "--caption-file", str(path)]
    assert line.json(*words)["caption"] == "Baris satu\nBaris dua 🙏"


def test_as_names_the_person(line: Line, connected: Connected) -> None:
    line.json(
        "user", "add", "rina@uji.example", "--name", "Rina", "--role", "petugas", "--org", connected.org,
        "--password-stdin", stdin="kentongan berbunyi",
    )  # fmt: skip
    words = ["post", "add", "--org", connected.org, "--to", connected.facebook, "--caption", "x"]
    line.json(*words, "--as", "Rina@uji.example")
    line.json(*words)
    events = [
        (row.who, row.person_id) for row in line.counts()["event"] if (row.subject, row.what) == ("post", "create")
    ]
    assert events == [("Rina", 1), ("pengelola", None)]
    line.refused(*words, "--as", "siapa@uji.example", says="siapa@uji.example")


def test_bad_posts(line: Line, connected: Connected, photo: Path, tmp_path: Path) -> None:
    broken, words_only = tmp_path / "rusak.jpg", tmp_path / "bukan.jpg"
    broken.write_bytes(photo.read_bytes()[:5000])
    words_only.write_text("bukan foto", "utf-8")
    binary = tmp_path / "biner.txt"
    binary.write_bytes(b"\xff\xfe\x00")
    add = ["post", "add", "--org", connected.org, "--to", connected.facebook]
    some = [*add, "--caption", "x"]
    line.refused("post", "add", "--org", connected.org, "--to", "99", "--caption", "x", says="99")
    line.refused("post", "add", "--org", connected.org, "--to", "9" * 25, "--caption", "x")
    line.refused("post", "add", "--org", "99", "--to", connected.facebook, "--caption", "x", says="99")
    line.refused("post", "add", "--org", connected.org, "--caption", "x", says="akun")
    line.refused(*add, says="kosong")
    line.refused(*add, "--caption", " \n ", says="kosong")
    line.refused(*add, "--caption", "x" * 70_000, says="panjang")
    line.refused(*add, "--caption", os.fsdecode(b"Halo \xff"), says="UTF-8")
    line.refused(*add, "--caption-file", str(tmp_path / "tidak-ada.txt"), says="tidak-ada.txt")
    line.refused(*add, "--caption-file", str(tmp_path), says="dibaca")
    line.refused(*add, "--caption-file", str(binary), says="UTF-8")
    line.refused(*some, "--at", _at(hours=-1, minutes=-1), says="lewat")
    line.refused(*some, "--at", _at(days=400), says="setahun")
    line.refused(*some, "--at", "2026-08-20T19:00", says="zona")
    line.refused(*some, "--at", "0001-01-01T00:00:00+14:00", says="lewat")
    line.refused(*some, "--at", "9999-12-31T23:59:59-12:00", says="setahun")
    line.refused(*some, "--at", "besok", says="besok")
    line.refused(*some, "--photo", str(broken), says="foto")
    line.refused(*some, "--photo", str(words_only), says="bukan foto")
    line.refused(*some, "--photo", str(tmp_path / "tidak-ada.jpg"), says="tidak-ada.jpg")
    line.refused(*some, "--photo", f"{photo}::{'x' * 1001}", says="1000")
    line.refused(*some, "--photo", str(photo), "--photo", str(photo), says="sama")
    line.refused("post", "add", "--org", connected.org, "--to", connected.instagram, "--caption", "x", says="foto")
    for command in (["show"], ["approve"], ["cancel"], ["reschedule", "--at", "now"]):
        line.refused("post", command[0], "99", *command[1:], says="99")
    line.refused("delivery", "resolve", "99", "published", says="99")
    line.refused("delivery", "list", "--state", "terkirim", says="terkirim")


# --- inbox and engagement --------------------------------------------------------------------------------------------
def test_a_note_in_the_inbox(line: Line, org: str) -> None:
    number = line.json("inbox", "add", "--org", org, "--text", "Jalan rusak di RT 2", "--author", "Pak Udin")["id"]
    (item,) = line.json("inbox", "list")
    assert set(item) >= ITEM
    assert (item["id"], item["kind"], item["source"], item["author"]) == (
        number,
        "perlu dipilah",
        "catatan",
        "Pak Udin",
    )
    assert line.json("inbox", "set", str(number), "--kind", "keluhan", "--status", "selesai")["status"] == "selesai"
    assert line.json("inbox", "list", "--kind", "keluhan", "--status", "selesai", "--query", "RUSAK", "--org", org)
    assert line.json("inbox", "list", "--kind", "pujian") == []
    assert line.json("inbox", "show", str(number))["thread"] == []
    line.refused("inbox", "reply", str(number), "--text", "Siap", says="media sosial")
    line.refused("inbox", "hide", str(number), says="alasan")


def test_bad_inbox_and_engagement(line: Line, org: str) -> None:
    number = str(line.json("inbox", "add", "--org", org, "--text", "x", "--author", "y")["id"])
    line.refused("inbox", "add", "--org", "99", "--text", "x", says="99")
    line.refused("inbox", "add", "--org", org, "--text", " ", says="kosong")
    line.refused("inbox", "list", "--kind", "gosip", says="gosip")
    line.refused("inbox", "list", "--status", "lupa", says="lupa")
    line.refused("inbox", "show", "99", says="99")
    line.refused("inbox", "set", number, "--kind", "gosip", says="gosip")
    line.refused("inbox", "set", number, "--status", "lupa")
    line.refused("inbox", "set", number, "--assignee", "siapa@uji.example", says="siapa")
    line.refused("inbox", "set", number)
    line.refused("inbox", "reply", "99", "--text", "x", says="99")
    line.refused("inbox", "collect", "--org", "99", says="99")
    line.refused("engagement", "collect", "--post", "99", says="99")
    line.refused("engagement", "show", "--post", "99", says="99")
    line.refused("engagement", "show", "--account", "99", says="99")
    line.refused("engagement", "show")
