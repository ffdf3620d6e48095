"""Times and numbers in words, as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app import times

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"


def utc(text: str) -> datetime:
    """A moment in UTC from "2026-08-20 12:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        ("2026-08-20 12:00", WIB, "19.00 WIB"),
        ("2026-08-20 12:00", WITA, "20.00 WITA"),
        ("2026-08-20 12:00", WIT, "21.00 WIT"),
        ("2026-08-20 17:00", WIB, "00.00 WIB"),
        ("2026-08-20 00:05", WIB, "07.05 WIB"),
    ],
)
def test_clock_time(at: str, zone: str, words: str) -> None:
    assert times.clock_time(utc(at), zone) == words


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        ("2026-08-20 16:59", WIB, "Kamis, 20 Agustus 2026"),
        ("2026-08-20 17:00", WIB, "Jumat, 21 Agustus 2026"),  # midnight in WIB
        ("2026-08-20 15:59", WITA, "Kamis, 20 Agustus 2026"),
        ("2026-08-20 16:00", WITA, "Jumat, 21 Agustus 2026"),
        ("2026-08-20 14:59", WIT, "Kamis, 20 Agustus 2026"),
        ("2026-08-20 15:00", WIT, "Jumat, 21 Agustus 2026"),
        ("2025-12-31 17:00", WIB, "Kamis, 1 Januari 2026"),
    ],
)
def test_the_date_changes_at_the_zones_own_midnight(at: str, zone: str, words: str) -> None:
    assert times.long_date(times.local(utc(at), zone).date()) == words


def test_all_months_and_days_have_names() -> None:
    assert [times.short_date(date(2026, month, 1)) for month in (1, 5, 8, 10, 12)] == [
        "Kam 1 Jan",
        "Jum 1 Mei",
        "Sab 1 Agt",
        "Kam 1 Okt",
        "Sel 1 Des",
    ]
    assert times.short_date(date(2025, 8, 20), date(2026, 8, 20)) == "Rab 20 Agt 2025"
    assert times.plain_date(date(2026, 10, 18)) == "18 Oktober 2026"


NOW = utc("2026-08-20 02:40")  # 09.40 WIB


@pytest.mark.parametrize(
    ("at", "near", "past"),
    [
        ("2026-08-20 02:39:30", "hari ini 09.39 WIB", "baru saja"),
        ("2026-08-20 02:34", "hari ini 09.34 WIB", "6 menit lalu"),
        ("2026-08-20 00:31", "hari ini 07.31 WIB", "2 jam lalu"),
        ("2026-08-19 16:30", "kemarin 23.30 WIB", "kemarin 23.30 WIB"),  # ten hours ago, yet yesterday
        ("2026-08-19 09:05", "kemarin 16.05 WIB", "kemarin 16.05 WIB"),
        ("2026-08-18 12:00", "Sel 18 Agt, 19.00 WIB", "Sel 18 Agt, 19.00 WIB"),
        ("2026-08-21 01:05", "besok 08.05 WIB", "besok 08.05 WIB"),
        ("2025-08-20 12:00", "Rab 20 Agt 2025, 19.00 WIB", "Rab 20 Agt 2025, 19.00 WIB"),
    ],
)
def test_near_and_ago(at: str, near: str, past: str) -> None:
    assert times.moment(utc(at), WIB, NOW) == near
    assert times.ago(utc(at), WIB, NOW) == past


def test_ago_at_midnight_is_yesterday_only_where_the_day_changed() -> None:
    now, at = utc("2026-08-20 16:05"), utc("2026-08-20 14:30")  # 00.05 WITA, 23.05 WIB
    assert times.ago(at, WIB, now) == "1 jam lalu"
    assert times.ago(at, WITA, now) == "kemarin 22.30 WITA"


@pytest.mark.parametrize(
    ("at", "beats", "words"),
    [
        ("2026-08-19 09:00", 3, "Lewat sejak kemarin"),
        ("2026-08-20 01:00", 3, "Lewat sejak 08.00 WIB"),
        ("2026-08-20 02:40", 3, "Lewat sejak 09.40 WIB"),
        ("2026-08-20 08:00", 2, "Hari ini, 15.00 WIB"),
        ("2026-08-21 01:05", 2, "Besok, 08.05 WIB"),
        ("2026-08-24 01:05", 1, "Sisa 2 hari kerja"),
        ("2026-08-10 01:05", 3, "Lewat sejak Sen 10 Agt"),
    ],
)
def test_deadline(at: str, beats: int, words: str) -> None:
    assert times.deadline(utc(at), WIB, NOW) == (beats, words)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-08-19 19:59", "malam"),
        ("2026-08-19 20:00", "pagi"),
        ("2026-08-20 04:00", "siang"),
        ("2026-08-20 08:00", "sore"),
        ("2026-08-20 11:30", "malam"),
        ("2026-08-20 16:59", "malam"),
    ],
)
def test_greeting(at: str, words: str) -> None:
    assert times.greeting(utc(at), WIB) == f"Selamat {words}"


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        times.clock_time(datetime(2026, 8, 20, 12), WIB)  # noqa: DTZ001  the naive time is the point


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567"), (None, "belum ada angka")]
)
def test_numbers(value: int | None, words: str) -> None:
    assert times.number(value) == words


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (Decimal("12.45"), 1, "12,4"),
        (Decimal("12.55"), 1, "12,6"),
        (1234.5, 1, "1.234,5"),
        (Decimal("0.1") + Decimal("0.2"), 2, "0,30"),
        (-3, 0, "-3"),
        (None, 1, "belum ada angka"),
    ],
)
def test_decimals(value: Decimal | float | None, places: int, words: str) -> None:
    assert times.decimal(value, places) == words


def test_next_midnight_is_that_of_the_zone() -> None:
    assert times.next_midnight(utc("2026-08-20 16:59"), WIB) == utc("2026-08-20 17:00")
    assert times.next_midnight(utc("2026-08-20 17:00"), WIB) == utc("2026-08-21 17:00")
    assert times.next_midnight(utc("2026-12-31 14:00"), WIT) == utc("2026-12-31 15:00")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 detik"),
        (59.6, "1 menit"),
        (-125.2, "2 menit 5 detik"),
        (3600, "1 jam"),
        (3605, "1 jam"),
        (7 * 3600 + 90, "7 jam 1 menit"),
        (86_400 * 3 + 59, "3 hari"),
        (200_000, "2 hari 7 jam"),
    ],
)
def test_a_length_of_time_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert times.span(seconds) == words


def test_a_moment_to_the_second() -> None:
    at = datetime(2026, 8, 20, 12, 0, 7, tzinfo=UTC)
    assert times.exact(at, WIT, datetime(2026, 8, 20, tzinfo=UTC)) == "hari ini 21.00.07 WIT"
    assert times.exact(at, WIB, datetime(2027, 8, 20, tzinfo=UTC)) == "Kam 20 Agt 2026, 19.00.07 WIB"
