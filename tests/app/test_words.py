"""Sentences for people: dates as we say them, and a platform's own words only where ours do not say what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app import words

PATTERN = "Sambungan akan habis masa berlakunya pada {}. Sambungkan lagi sebelum itu."


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        ("2026-08-20T12:00:00+00:00", "Asia/Jakarta", "20 Agustus 2026"),
        ("2026-08-20T16:30:00+00:00", "Asia/Jakarta", "20 Agustus 2026"),
        ("2026-08-20T16:30:00+00:00", "Asia/Makassar", "21 Agustus 2026"),
        ("2026-12-31T15:00:00Z", "Asia/Jayapura", "1 Januari 2027"),
        (datetime(2026, 8, 20, 12, tzinfo=UTC), "Asia/Jakarta", "20 Agustus 2026"),
        ("2026-08-20T12:00:00", "Asia/Jakarta", "2026-08-20T12:00:00"),  # of no zone: shown, never guessed
        ("lusa", "Asia/Jakarta", "lusa"),
        ("0001-01-01T00:00:00+14:00", "Asia/Jakarta", "0001-01-01T00:00:00+14:00"),  # before the first day there is
    ],
)
def test_a_time_among_the_facts_is_said_as_a_date(at: object, zone: str, said: str) -> None:
    assert words.sentence("token_expiring", {"at": at}, zone) == PATTERN.format(said)


def test_what_a_person_typed_is_repeated_as_typed() -> None:
    assert "“2026-08-20T19:00”" in words.sentence("bad_time", {"text": "2026-08-20T19:00"})


def test_a_platforms_words_are_added_only_where_ours_do_not_name_the_cause() -> None:
    told = {"photo": 1, "user_msg": "The aspect ratio is not supported", "code": 99}
    assert words.sentence("photo_ratio", told) == (
        "Platform menolak foto ke-1 karena terlalu lebar atau terlalu tinggi."
    )
    assert words.sentence("refused", told) == "Platform menolaknya. Kata platform: “The aspect ratio is not supported”."
    assert words.sentence("refused", {"user_msg": "  "}) == "Platform menolaknya."


@pytest.mark.parametrize("facts", [None, {}, {"permission": None, "code": 200}, {"permission": " "}])
def test_a_permission_that_the_platform_did_not_name_is_not_said_as_a_dash(facts: dict[str, object] | None) -> None:
    said = words.sentence("permission", facts)
    assert said == "Ada izin yang belum diberikan. Sambungkan lagi dan centang semua izin yang diminta."
    assert "instagram_basic" in words.sentence("permission", {"permission": "instagram_basic"})
