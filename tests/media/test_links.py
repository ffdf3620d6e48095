"""Public links: what was signed opens, until its time, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import LinkProblem, sign, verify
from tests.media.photos import CALM

KEY = b"k" * 32
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
NAME = "ab" * 32 + "-" + "0123456789abcdef"
TOKEN = sign(NAME, key=KEY, expires=NOW + timedelta(hours=1))


def code(token: str, key: bytes = KEY, now: datetime = NOW) -> str:
    with pytest.raises(LinkProblem) as caught:
        verify(token, key=key, now=now)
    return caught.value.code


def test_a_link_opens_until_its_second() -> None:
    assert TOKEN.isascii()
    assert TOKEN.endswith(".jpg")
    assert verify(TOKEN, key=KEY, now=NOW) == NAME
    jakarta = timezone(timedelta(hours=7))
    assert verify(TOKEN, key=KEY, now=(NOW + timedelta(minutes=59, seconds=59)).astimezone(jakarta)) == NAME
    assert code(TOKEN, now=NOW + timedelta(hours=1)) == "expired"


def test_another_key_or_a_forged_old_link_is_bad() -> None:
    assert code(TOKEN, key=b"x" * 32) == "bad"
    name, moment, rest = TOKEN.split(".", 2)
    assert code(f"{name}.{int(moment) + 1}.{rest}") == "bad"
    assert code(f"{name}.1.{rest}") == "bad"  # not "expired": nothing is said about what was never signed


@CALM
@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_any_changed_character_is_bad(at: int, character: str) -> None:
    changed = TOKEN[:at] + character + TOKEN[at + 1 :]
    if changed != TOKEN:
        assert code(changed) == "bad"


@CALM
@given(st.text(max_size=300))
def test_any_text_is_bad(text: str) -> None:
    assert code(text) == "bad"


# Hypothesis wants naive bounds and adds the zone itself.
YEARS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see above


@CALM
@given(st.from_regex(r"[A-Za-z0-9_-]{1,200}", fullmatch=True), YEARS)
def test_every_name_comes_back(name: str, expires: datetime) -> None:
    token = sign(name, key=KEY, expires=expires)
    assert verify(token, key=KEY, now=expires - timedelta(seconds=2)) == name


def test_what_cannot_be_signed() -> None:
    for name in ("", "../x", "a.b", "a/b", "é", "a\n", "x" * 201):
        with pytest.raises(ValueError, match="name"):
            sign(name, key=KEY, expires=NOW)
    with pytest.raises(ValueError, match="zone"):
        sign(NAME, key=KEY, expires=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        verify(TOKEN, key=KEY, now=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="16 bytes"):
        sign(NAME, key=b"short", expires=NOW)
