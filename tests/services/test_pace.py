"""How often to look: pure arithmetic on ages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import pace

AT = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=120))


def test_readings_stand_at_the_stated_ages() -> None:
    seen, after = [], AT
    while (reading := pace.next_reading(AT, after)) is not None:
        after, age = reading
        assert after == AT + timedelta(seconds=age)
        seen.append(after - AT)
    assert seen == [1 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY]


@given(AGES, st.booleans())
def test_the_next_reading_is_ahead_and_the_due_one_behind(age: timedelta, practice: bool) -> None:
    following = pace.next_reading(AT, AT + age, practice=practice)
    due = pace.due_age(AT, AT + age, practice=practice)
    assert following is None or following[0] > AT + age
    assert due is None or timedelta(seconds=due) <= age
    if following is not None and due is not None:
        assert due < following[1]
    assert following is not None or age >= 30 * DAY


def test_practice_posts_are_also_read_within_seconds() -> None:
    first = pace.next_reading(AT, AT, practice=True)
    assert first is not None
    assert first[1] < 60
    ordinary = pace.next_reading(AT, AT)
    assert ordinary is not None
    assert ordinary[1] == 3600


@pytest.mark.parametrize(
    ("age", "gap"),
    [
        (timedelta(0), timedelta(minutes=2)),
        (HOUR - timedelta(seconds=1), timedelta(minutes=2)),
        (HOUR, timedelta(minutes=10)),
        (6 * HOUR, timedelta(minutes=30)),
        (DAY, 4 * HOUR),
        (7 * DAY, DAY),
        (90 * DAY, None),
        (400 * DAY, None),
    ],
)
def test_polls_grow_rarer_and_end(age: timedelta, gap: timedelta | None) -> None:
    assert pace.next_poll(AT, AT + age) == (None if gap is None else AT + age + gap)


@given(AGES, AGES)
def test_an_older_post_is_never_polled_more_often(one: timedelta, other: timedelta) -> None:
    young, old = sorted((one, other))
    first, second = pace.next_poll(AT, AT + young), pace.next_poll(AT, AT + old)
    if second is not None:
        assert first is not None
        assert first - (AT + young) <= second - (AT + old)


def test_a_fresh_post_is_followed() -> None:
    assert pace.follow(AT) == {"reading_at": AT + HOUR, "collect_at": AT + timedelta(minutes=2)}
    assert pace.follow(AT, practice=True)["reading_at"] < AT + timedelta(minutes=1)


def test_an_open_award_is_polled_on() -> None:
    late = AT + 400 * DAY
    assert pace.next_poll(AT, late, keep_on=True) == late + DAY
    assert pace.next_poll(AT, AT + HOUR, keep_on=True) == pace.next_poll(AT, AT + HOUR)


@given(AGES, st.floats(0, 200), st.floats(0, 200))
def test_a_fuller_allowance_never_makes_polls_more_frequent(age: timedelta, one: float, other: float) -> None:
    less, more = (pace.next_poll(AT, AT + age, used_percent=used) for used in sorted((one, other)))
    assert (less is None and more is None) or (less is not None and more is not None and less <= more)
    assert pace.next_poll(AT, AT, used_percent=80) == AT + timedelta(minutes=8)
