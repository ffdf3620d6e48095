"""``kentongan text check``: findings are no failure, a text that is not UTF-8 is one, and no data is repeated."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from app import words_personal
from app.cli import main
from app.language.findings import TYPES


def _check(said: bytes, *words: str) -> Result:
    return CliRunner().invoke(main, ["text", "check", *words], input=said)


@pytest.mark.parametrize(
    ("said", "findings"),
    [
        (b"", []),
        (b"lampu mati", []),
        (b"\xef\xbb\xbfWA 081234567890\n", [{"type": "telepon", "start": 4, "end": 16}]),  # the mark is a character too
        ("é\r\n0812-3456-7890".encode(), [{"type": "telepon", "start": 3, "end": 17}]),
    ],
)
def test_json(said: bytes, findings: list[dict[str, object]]) -> None:
    result = _check(said, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"findings": findings}


def test_plain_sentences_do_not_repeat_the_data() -> None:
    result = _check(b"NIK 3201392008850001, WA 081234567890")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Ada NIK dan nomor telepon:",
        "- NIK: huruf ke-5 sampai ke-20",
        "- nomor telepon: huruf ke-26 sampai ke-37",
    ]
    assert _check(b"lampu mati").stdout == words_personal.NOTHING + "\n"


def test_not_utf8_is_one_sentence() -> None:
    result = _check(b"\xff\xfe 081234567890", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "UTF-8" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_every_type_has_its_word() -> None:
    assert set(TYPES) < set(words_personal.NAMES)
    assert words_personal.warning([]) == ""
    assert words_personal.warning(["nik", "telepon", "nik"]) == "Ada NIK dan nomor telepon di tulisan ini. Hapus dulu?"
    assert words_personal.listed(TYPES[:3]) == "NIK, nomor KK, dan nomor telepon"
