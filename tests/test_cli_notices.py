"""`org notices`: who hears of trouble is set, tried out and cleared, and no address is ever quoted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fixtures.gateways import Ear, Mailbox
from tests.fixtures.line import Line

SECRET = "kunciRahasiaSekali"


def test_set_tried_out_and_cleared(line: Line, org: str, ear: Ear) -> None:
    assert line.json("org", "notices", org) == {"id": int(org), "addresses": []}
    urls = f"{ear.url}\n  tgram://123456789:abcdefg_hijklmnop/12315544/\n{ear.url}\n"
    assert line.json("org", "notices", org, "--urls-stdin", stdin=urls)["addresses"] == ["JSON", "Telegram"]
    assert ear.tries == 0
    line.json("org", "notices", org, "--urls-stdin", stdin=ear.url)
    tried = line.json("org", "notices", org, "--test")
    assert tried["tried"] == [{"number": 1, "service": "JSON", "sent": True}]
    assert len(ear.bodies()) == 1
    assert "uji coba" in ear.bodies()[0]
    assert line.json("org", "notices", org, "--urls-stdin", stdin=" \n")["addresses"] == []
    line.refused("org", "notices", org, "--test", says="Belum ada alamat")


def test_a_try_out_that_does_not_go(line: Line, org: str, ear: Ear) -> None:
    ear.status = 401
    result = line.run(
        "org", "notices", org, "--urls-stdin", "--test", "--json", stdin=f"{ear.url} json://127.0.0.1:1/x"
    )
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Alamat ke-1 (JSON): ditolak (401).",
        "Alamat ke-2 (JSON): tidak sampai karena tidak ada jawaban.",
        "Pesan uji coba tidak sampai ke 2 dari 2 alamat.",
    ]
    assert "rahasia" not in result.output


def test_the_koordinator_is_tried_by_mail(
    line: Line, org: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--name", "Ade", "--role", "koordinator", "--org", org, "--password-stdin")
    line.json("user", "add", "ade@uji.example", *words, stdin="kentongan berbunyi")
    monkeypatch.setenv("KENTONGAN_MAIL_URL", mailbox.url)
    (tried,) = line.json("org", "notices", org, "--test")["tried"]
    assert tried == {"number": 1, "service": "ade@uji.example", "sent": True}
    (mail,) = mailbox.to("ade@uji.example")
    assert "kentongan@uji.example" in mail["From"]
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    ("urls", "says"),
    [
        (SECRET, "ke-1 tidak diawali"),
        (f"json://127.0.0.1/x {SECRET}://host", "ke-2 tidak diawali"),
        ("json://", "ke-1 (json://)"),
        (f"json://a.example tgram://{SECRET}", "ke-2 (tgram://)"),
        (f"mailtos://{SECRET}", "ke-1 (mailtos://)"),
        ("${HOME}://x", "ke-1"),
        ("json://a\x00b", "ke-1"),
        (" ".join(f"json://a{number}.example/{SECRET}" for number in range(21)), "paling banyak 20"),
    ],
)
def test_what_cannot_be_used_is_named_not_quoted(line: Line, org: str, urls: str, says: str) -> None:
    said = line.refused("org", "notices", org, "--urls-stdin", stdin=urls, says=says)
    assert SECRET not in said


def test_the_addresses_of_readme_can_be_used(line: Line, org: str) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    section = readme.split("### Being told of trouble")[1].split("###")[0]
    urls = re.findall(r"`([a-z]+://[^`]+)`", section)
    kinds = line.json("org", "notices", org, "--urls-stdin", stdin="\n".join(urls))["addresses"]
    assert kinds == ["E-Mail", "Telegram", "WhatsApp", "Evolution API", "Whapi.Cloud", "JSON"]


def test_an_unknown_organisation(line: Line) -> None:
    line.refused("org", "notices", "99", says="99")
    line.refused("org", "notices", "99", "--urls-stdin", stdin="json://a.example", says="99")
    line.refused("org", "notices", "99", "--test", says="99")
