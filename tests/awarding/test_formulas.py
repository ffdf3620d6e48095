"""Every docstring's worked example, and what the formulas promise for any number."""

from __future__ import annotations

import doctest
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.awarding import canonical, draw, exact, flags, formulas, rubric

DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
HOURS = st.none() | st.integers(0, 40) | st.decimals(0, 40, places=4)


@pytest.mark.parametrize(
    "module", [formulas, exact, canonical, rubric, draw, flags], ids=lambda module: module.__name__
)
def test_worked_examples(module: ModuleType) -> None:
    ran = doctest.testmod(module)
    assert ran.attempted
    assert ran.failed == 0


def test_every_formula_has_a_worked_example() -> None:
    functions = [
        value
        for name, value in vars(formulas).items()
        if callable(value) and getattr(value, "__module__", "") == formulas.__name__
    ]
    assert len(functions) > 15
    assert [one.__name__ for one in functions if ">>>" not in (one.__doc__ or "")] == []


@settings(max_examples=40, deadline=None)
@given(DAYS, st.integers(0, 800), st.integers(0, 800))
def test_every_week_belongs_to_one_of_two_periods_that_follow_each_other(first: date, days: int, more: int) -> None:
    end, last = first + timedelta(days=days), first + timedelta(days=days + 1 + more)
    whole = formulas.weeks(first, last)
    assert whole == formulas.weeks(first, end) + formulas.weeks(end + timedelta(days=1), last)
    assert all(day.weekday() == 0 and first <= day + timedelta(days=3) <= last for day in whole)
    # As ISO 8601 gives a week to the year of its Thursday.
    assert (
        len(formulas.weeks(date(first.year, 1, 1), date(first.year, 12, 31)))
        == date(first.year, 12, 28).isocalendar()[1]
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(HOURS, max_size=8), st.decimals(0, 10, places=2), st.decimals("0.01", 30, places=2))
def test_the_sum_of_speeds_is_the_sum_of_each(hours: list[int | Decimal | None], full: Decimal, more: Decimal) -> None:
    apart = sum((formulas.speed(one, full, full + more) for one in hours), Fraction(0))
    assert formulas.speeds(hours, full, full + more) == apart
    assert 0 <= apart <= len(hours)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=9))
def test_percentiles_have_their_middle_at_fifty(values: list[int]) -> None:
    """However many are equal: the mean of all is 50, so that no platform is worth more than another."""
    found = [formulas.percentile(value, sorted(values)) for value in values]
    assert sum(found) == 50 * len(values)
    assert all(0 < one < 100 for one in found)


def test_a_hundred_digits_are_no_hours() -> None:
    with pytest.raises(ValueError, match="digits"):
        formulas.speeds(
            [Decimal(5) + Decimal(10) ** -20, Decimal("5e-99") + 5, Decimal("9e-110")], Decimal(0), Decimal(24)
        )
