"""Tracking codes: read however they are typed, every slip of one sign found, nothing stored that tells them."""

from __future__ import annotations

import pytest

from app.services import codes

KEY = b"k" * 32
CODE = codes.derive(KEY, b"satu")


def test_a_code_is_long_enough_and_says_nothing_of_its_seed() -> None:
    made = {codes.derive(KEY, str(number).encode()) for number in range(2000)}
    assert len(made) == 2000
    assert all(len(code) == codes.LENGTH and set(code) <= set(codes.ALPHABET) for code in made)
    assert len(codes.ALPHABET) ** (codes.LENGTH - 1) > 2**50
    assert not set("0O1ILBS") & set(codes.ALPHABET)
    assert codes.derive(b"x" * 32, b"satu") != CODE
    firsts = {code[0] for code in made}
    assert firsts == set(codes.ALPHABET)


def test_it_is_read_as_people_type_it() -> None:
    shown = codes.shown(CODE)
    assert codes.read(shown) == codes.read(shown.lower()) == codes.read(f"  {shown.replace('-', ' ')}\n") == CODE
    assert codes.read(shown.replace("-", "–").replace("8", "b").replace("5", "s")) == CODE


def test_every_wrong_sign_and_every_swap_is_found() -> None:
    for place in range(codes.LENGTH):
        for sign in codes.ALPHABET:
            if sign != CODE[place]:
                assert codes.read(CODE[:place] + sign + CODE[place + 1 :]) is None
    for place in range(codes.LENGTH - 1):
        swapped = CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :]
        assert swapped == CODE or codes.read(swapped) is None


@pytest.mark.parametrize("typed", ["", "-", "ABCD", CODE[:-1], CODE + "2", "0" * 12, "🌾" * 12, "٣" * 12, "\x00" * 12])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read(typed) is None


def test_only_a_keyed_digest_is_stored() -> None:
    digest = codes.digest(KEY, CODE)
    assert len(digest) == 64
    assert digest != codes.digest(b"x" * 32, CODE)
    assert CODE.lower() not in digest
