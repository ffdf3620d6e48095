"""Darurat: recall first, on sentences of several tongues; talk about the matter is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.urgency import MOST, NUMBERS, urgent

_TABLES = Path(__file__).parent / "darurat"
URGENT = (_TABLES / "darurat.txt").read_text("utf-8").splitlines()
OTHER = (_TABLES / "bukan.txt").read_text("utf-8").splitlines()


def test_recall_and_false_alarms() -> None:
    assert len(URGENT) >= 80
    assert len(OTHER) >= 120
    missed = [text for text in URGENT if urgent(text) is None]
    false = [text for text in OTHER if urgent(text) is not None]
    assert len(missed) <= 0.03 * len(URGENT), missed
    assert len(false) <= 0.05 * len(OTHER), false


@pytest.mark.parametrize(
    ("text", "reason", "number"),
    [
        ("suami saya memukuli saya", "kekerasan", "129"),
        ("sy pengen mti aja, cape hidup", "bunuh_diri", "119 ext. 8"),
        ("hayang maehan maneh", "bunuh_diri", "119 ext. 8"),
        ("bocah kuwi digebuki bapake", "anak", "129"),
        ("nenek saya hilang dari kemarin sore", "hilang", "112"),
        ("ada orang ngamuk bawa golok di depan balai", "nyawa", "112"),
        ("makasih sosialisasi kdrt nya, sebenarnya saya dipukul suami tiap hari", "kekerasan", "129"),
        ("s a y a  𝐦𝐚𝐮  𝐛𝐮𝐧𝐮𝐡  𝐝𝐢𝐫𝐢", "bunuh_diri", "119 ext. 8"),
    ],
)
def test_reason_and_number(text: str, reason: str, number: str) -> None:
    found = urgent(text)
    assert found is not None
    assert reason in found.reasons
    assert number in found.numbers
    assert all(found.said)
    assert set(found.reasons) <= NUMBERS.keys()


@given(st.text(max_size=200))
def test_never_raises(text: str) -> None:
    found = urgent(text)
    assert found is None or found.numbers


def test_long_texts_end() -> None:
    for text in ("anak " * MOST, "suami istri anak hilang tidak " * MOST, "di " * MOST, "a" * 10 * MOST):
        urgent(text)
