"""Working time: the rules as a table against the real days of 2026 and 2027, and what must hold for any calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import national_days
from app.models.organisation import ZONES
from app.worktime import (
    Calendar,
    Correction,
    Hours,
    NoWorkingTime,
    add_working_days,
    add_working_hours,
    next_opening,
    working_hours_between,
)

WIB, WITA, WIT = ZONES
BREAK = (690, 780)


def real(zone: str = WIB, *corrections: Correction, **hours: object) -> Calendar:
    """With the country's days."""
    return Calendar(zone, Hours(**hours), corrections, national_days.of_year, national_days.ramadan)  # type: ignore[arg-type]  # given by name in the table


def at(words: str, zone: str = WIB) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))


#: what it shows, said (local), working days, when it is due (local)
ONE_DAY = [
    ("an ordinary Tuesday", "2026-08-04 10:20", 1, "2026-08-05 10:20"),
    ("before work", "2026-08-04 05:00", 1, "2026-08-05 08:00"),
    ("the moment work ends", "2026-08-04 16:00", 1, "2026-08-06 08:00"),
    ("a moment before", "2026-08-04 15:59:59", 1, "2026-08-05 15:59:59"),
    ("Friday evening, Monday is 17 August", "2026-08-14 18:30", 1, "2026-08-19 08:00"),
    ("Saturday, Tuesday is Maulid", "2026-08-22 10:00", 1, "2026-08-26 08:00"),
    ("cuti bersama before Christmas", "2026-12-23 10:00", 1, "2026-12-28 10:00"),
    ("the year ends", "2026-12-31 15:00", 1, "2027-01-04 15:00"),
    ("the homecoming: eight days closed", "2026-03-17 10:00", 1, "2026-03-25 10:00"),
    ("said in the homecoming", "2026-03-20 23:00", 1, "2026-03-26 08:00"),
    ("into Ramadan: its first day ends at 15.00", "2026-02-18 15:45", 1, "2026-02-19 15:00"),
    ("Ramadan, after its closing", "2026-03-02 15:30", 1, "2026-03-04 08:00"),
    ("Ramadan, to a Friday that ends at 15.30", "2026-02-26 14:59", 1, "2026-02-27 14:59"),
    ("Ramadan, Friday at 15.20", "2026-02-27 15:20", 1, "2026-03-02 15:00"),
    ("14 days across Independence Day and Maulid", "2026-08-10 09:00", 14, "2026-09-01 09:00"),
    ("no days: only into working time", "2026-08-15 09:00", 0, "2026-08-18 08:00"),
]


@pytest.mark.parametrize(("said", "days", "due"), [row[1:] for row in ONE_DAY], ids=[row[0] for row in ONE_DAY])
def test_working_days(said: str, days: int, due: str) -> None:
    assert add_working_days(at(said), days, real()) == at(due)


@pytest.mark.parametrize(
    ("zone", "due"), [(WIB, "2026-08-20 15:30"), (WITA, "2026-08-21 08:00"), (WIT, "2026-08-21 08:00")]
)
def test_one_moment_in_three_zones(zone: str, due: str) -> None:
    """15.30 in the west is 16.30 and 17.30 in the others: work is over there."""
    assert add_working_days(datetime(2026, 8, 19, 8, 30, tzinfo=UTC), 1, real(zone)) == at(due, zone)


#: what it shows, from, to (local), working hours
HOURS = [
    ("a morning", "2026-08-04 09:00", "2026-08-04 11:30", "2.5"),
    ("a night", "2026-08-04 20:00", "2026-08-05 07:00", "0"),
    ("over a weekend", "2026-08-07 15:00", "2026-08-10 09:00", "2"),
    ("over 17 August", "2026-08-14 15:00", "2026-08-18 09:00", "2"),
    ("a Ramadan week", "2026-02-23 00:00", "2026-03-01 00:00", "35.5"),
    ("backwards", "2026-08-04 11:00", "2026-08-04 09:00", "-2"),
    ("a second", "2026-08-04 09:00:00", "2026-08-04 09:00:01", "1/3600"),
]


@pytest.mark.parametrize(("a", "b", "hours"), [row[1:] for row in HOURS], ids=[row[0] for row in HOURS])
def test_working_hours(a: str, b: str, hours: str) -> None:
    assert working_hours_between(at(a), at(b), real()) == Fraction(hours)


def test_an_hour_before_closing_ends_at_closing_and_not_the_next_morning() -> None:
    assert add_working_hours(at("2026-08-04 15:00"), 1, real()) == at("2026-08-04 16:00")
    assert add_working_hours(at("2026-08-04 16:00"), 0, real()) == at("2026-08-04 16:00")
    assert add_working_hours(at("2026-08-04 16:00"), 1, real()) == at("2026-08-05 09:00")
    assert add_working_hours(at("2026-08-04 16:01"), 0, real()) == at("2026-08-05 08:00")


def test_the_law_has_thirty_two_and_a_half_hours_in_a_ramadan_week() -> None:
    """Perpres 21/2023 takes a break of half an hour off each day, an hour on Fridays: our hours hold the breaks."""
    week = working_hours_between(at("2026-02-23 00:00"), at("2026-03-01 00:00"), real())
    assert week - 4 * Fraction(1, 2) - 1 == Fraction("32.5")


#: what it shows, corrections, date, opening parts, source
_FEAST = date(2027, 3, 11)
DAYS = [
    ("a plain day", [], date(2026, 8, 4), [(480, 960)], ""),
    ("a Friday with its break", [], date(2026, 8, 7), [(480, 690), (780, 960)], ""),
    ("a Sunday", [], date(2026, 8, 9), [], ""),
    ("a holiday", [], date(2026, 8, 17), [], "nasional"),
    ("cuti bersama", [], date(2026, 12, 24), [], "cuti bersama"),
    ("work on cuti bersama", [("kerja", "2026-12-24", "2026-12-24")], date(2026, 12, 24), [(480, 960)], "koreksi"),
    ("work on a Saturday", [("kerja", "2026-08-08", "2026-08-08")], date(2026, 8, 8), [(480, 960)], "koreksi"),
    ("a village feast", [("libur", "2026-08-04", "2026-08-05")], date(2026, 8, 5), [], "koreksi"),
    ("the day after it", [("libur", "2026-08-04", "2026-08-05")], date(2026, 8, 6), [(480, 960)], ""),
    ("other hours", [("jam", "2026-08-03", "2026-08-07", 540, 720)], date(2026, 8, 4), [(540, 720)], "koreksi"),
    ("other hours open no holiday", [("jam", "2026-08-17", "2026-08-21", 540, 720)], date(2026, 8, 17), [], "nasional"),
    ("estimated Ramadan", [], date(2027, 2, 8), [(480, 900)], "ramadan"),
    ("estimated Ramadan, Friday", [], date(2027, 2, 12), [(480, 690), (780, 930)], "ramadan"),
    ("Ramadan began a day later", [("jam", "2027-02-09", "2027-03-10", 480, 900)], date(2027, 2, 8), [(480, 960)], ""),
    ("one short day leaves the estimate", [("jam", "2027-02-10", "2027-02-10", 480, 720)], date(2027, 2, 8),
     [(480, 900)], "ramadan"),
    ("the feast a day later", [("libur", "2027-03-11", "2027-03-11")], _FEAST, [], "koreksi"),
]  # fmt: skip


@pytest.mark.parametrize(("wishes", "day", "spans", "source"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS])
def test_what_a_day_is(wishes: list[tuple[str, ...]], day: date, spans: list[tuple[int, int]], source: str) -> None:
    corrections = [
        Correction(number, kind, date.fromisoformat(first), date.fromisoformat(last), "Kami", *hours)  # type: ignore[arg-type]  # a row of the table
        for number, (kind, first, last, *hours) in enumerate(wishes, 1)
    ]
    found = real(WIB, *corrections, friday_break=BREAK).day(day)
    assert (list(found.spans), found.source) == (spans, source)


def test_the_organisations_own_word_wins_and_then_the_newer() -> None:
    day = date(2026, 8, 4)
    everywhere = Correction(9, "libur", day, day, "Semua", own=False)
    own = Correction(1, "kerja", day, day, "Kami")
    later = Correction(2, "libur", day, day, "Kami lagi")
    assert real(WIB, everywhere).day(day).source == "koreksi bersama"
    assert real(WIB, own, everywhere).day(day).spans == ((480, 960),)
    assert real(WIB, later, own, everywhere).day(day).name == "Kami lagi"


def test_what_is_estimated_says_so_until_people_correct_it() -> None:
    assert real().day(date(2027, 3, 10)).estimated, "Idul Fitri of a year to come"
    assert not real().day(date(2026, 3, 21)).estimated
    assert real().day(date(2027, 2, 8)).estimated, "Ramadan"
    feast = Correction(1, "libur", date(2027, 3, 10), date(2027, 3, 10), "Idul Fitri")
    assert not real(WIB, feast).day(date(2027, 3, 10)).estimated


def test_2026_is_the_joint_decree() -> None:
    """SKB 1497/2/5 of 2025: 17 holidays and 8 days of cuti bersama; Ramadan began on 19 February (sidang isbat)."""
    sources = [named.source for named in national_days.of_year(2026).values()]
    assert (sources.count("nasional"), sources.count("cuti bersama")) == (17, 8)
    assert national_days.ramadan(2026) == [(date(2026, 2, 19), date(2026, 3, 20))]
    assert len(national_days.ramadan(2030)) == 2, "two in one year"
    assert not national_days.together_known(2040)


def test_a_calendar_that_is_always_closed_says_so() -> None:
    closed = Calendar(WIB, corrections=[Correction(1, "libur", date(2020, 1, 1), date(2040, 1, 1), "x")])
    for lost in (
        lambda: add_working_hours(at("2026-08-04 09:00"), 1, closed),
        lambda: add_working_days(at("2026-08-04 09:00"), 1, closed),
    ):
        with pytest.raises(NoWorkingTime):
            lost()
    for naive_or_less in (
        lambda: add_working_hours(datetime(2026, 8, 4), 1, real()),  # noqa: DTZ001  # naive on purpose
        lambda: add_working_hours(at("2026-08-04 09:00"), -1, real()),
        lambda: add_working_days(at("2026-08-04 09:00"), -1, real()),
    ):
        with pytest.raises(ValueError):
            naive_or_less()


# --- for any calendar ------------------------------------------------------------------------------------------------
_spans = st.builds(lambda opens, length: (opens, min(opens + length, 1440)), st.integers(0, 1380), st.integers(60, 900))
_weeks = st.builds(lambda monday, rest: [monday, *rest], _spans, st.lists(st.none() | _spans, min_size=6, max_size=6))
_days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def _corrections(draw: st.DrawFn) -> list[Correction]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        first, (opens, closes) = draw(_days), draw(_spans)
        last = first + timedelta(days=draw(st.integers(0, 20)))
        kind = draw(st.sampled_from(["libur", "kerja", "jam"]))
        found.append(Correction(number, kind, first, last, "x", opens, closes, own=draw(st.booleans())))
    return found


_calendars = st.builds(
    lambda zone, week, rest, ramadan, corrections: Calendar(
        zone, Hours(tuple(week), rest, ramadan), corrections, national_days.of_year, national_days.ramadan
    ),
    st.sampled_from(ZONES),
    _weeks,
    st.none() | st.just(BREAK),
    st.none() | st.just((480, 900, 930)),
    _corrections(),
)
_moments = st.integers(0, 330 * 1440).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
_lengths = st.integers(0, 20 * 3600).map(lambda seconds: Fraction(seconds, 3600))
_few = settings(max_examples=40, deadline=None, database=None)


@_few
@given(_calendars, _moments, _lengths, _lengths)
def test_adding_hours(calendar: Calendar, start: datetime, one: Fraction, two: Fraction) -> None:
    """The inverse of measuring; in pieces as at once; inside working time; later for later."""
    end = add_working_hours(start, one, calendar)
    assert end >= start
    assert end.tzinfo is UTC
    assert working_hours_between(start, end, calendar) == one
    assert add_working_hours(end, two, calendar) == add_working_hours(start, one + two, calendar)
    assert add_working_hours(start + timedelta(hours=float(two)), one, calendar) >= end
    day, microseconds = calendar.local(end)
    assert any(o * 60_000_000 <= microseconds <= c * 60_000_000 for o, c in calendar.day(day).spans)


@_few
@given(_calendars, _moments, st.tuples(st.integers(0, 3000), st.integers(0, 3000)))
def test_measuring_hours(calendar: Calendar, a: datetime, steps: tuple[int, int]) -> None:
    """Additive, never negative forwards, never more than the clock shows, and the other way round the other sign."""
    b, c = a + timedelta(minutes=steps[0]), a + timedelta(minutes=sum(steps))
    whole = working_hours_between(a, c, calendar)
    assert working_hours_between(a, b, calendar) + working_hours_between(b, c, calendar) == whole
    assert 0 <= whole <= Fraction(sum(steps), 60)
    assert working_hours_between(c, a, calendar) == -whole


@_few
@given(_calendars, _moments, st.integers(0, 12), st.integers(0, 5000))
def test_adding_days(calendar: Calendar, start: datetime, days: int, minutes: int) -> None:
    """Inside working time, later for later and for more; what is closed begins at the next opening."""
    end = add_working_days(start, days, calendar)
    assert working_hours_between(end, end + timedelta(microseconds=1), calendar) or working_hours_between(
        end - timedelta(microseconds=1), end, calendar
    ), "at neither side of it is any work"
    assert add_working_days(start + timedelta(minutes=minutes), days, calendar) >= end
    assert add_working_days(start, days + 1, calendar) > end
    assert add_working_days(next_opening(start, calendar), days, calendar) == end
