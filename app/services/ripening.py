"""What a post had come to at the age of a week, and how many followed its account when it was posted. Pure.

Only readings within 7 days ± 24 h count as read there; else the figure is taken from the line between the readings
before and after that age, each metric apart and only where both have it, and is marked so; else it is not known
(issue of who is measured). All arithmetic is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

#: The metrics that are wanted at that age, in this order.
WEEKLY = ("reactions", "comments", "shares", "saves", "reach")
#: What an interaction is (domain.md section 4).
INTERACTIONS = ("reactions", "comments", "shares", "saves")
AGE = timedelta(days=7)
NEAR = timedelta(hours=24)
#: Followers that were read so long after the posting still stand for those at the posting.
SOON_AFTER = timedelta(hours=48)


@dataclass(frozen=True)
class Point:
    """One reading: when, and its figures by the names in WEEKLY, None where not given."""

    read_at: datetime
    figures: tuple[int | None, ...]


@dataclass(frozen=True)
class Week:
    """how: read, between, or None with all figures None. read_at: of the reading; of "between" the age itself."""

    how: str | None
    read_at: datetime | None
    figures: tuple[int | None, ...]


UNKNOWN = Week(None, None, (None,) * len(WEEKLY))


def week(published_at: datetime, points: Sequence[Point], *, age: timedelta = AGE, near: timedelta = NEAR) -> Week:
    """The figures at the age of 7 days, or another. points: any order; a reading that gave none of the figures says
    nothing. near: how far from that age a reading still counts as read there.

    >>> from datetime import UTC
    >>> at = datetime(2026, 8, 1, tzinfo=UTC)
    >>> at5, at10 = (Point(at + timedelta(days=d), (10 * d, None, 0, 0, 100 * d)) for d in (5, 10))
    >>> week(at, [at5, at10]).figures
    (70, None, 0, 0, 700)
    """
    known = sorted((one for one in points if any(value is not None for value in one.figures)), key=lambda p: p.read_at)
    at = published_at + age
    close = [one for one in known if abs(one.read_at - at) <= near]
    if close:
        # Of two that are equally near, the earlier one: sorting is stable and min takes the first.
        best = min(close, key=lambda one: abs(one.read_at - at))
        return Week("read", best.read_at, best.figures)
    before = [one for one in known if one.read_at < at]
    after = [one for one in known if one.read_at > at]
    if not before or not after:
        return UNKNOWN
    left, right = before[-1], after[0]
    share = Fraction(_microseconds(at - left.read_at), _microseconds(right.read_at - left.read_at))
    figures = tuple(
        None if one is None or other is None else round(one + share * (other - one))  # a Fraction rounds half even
        for one, other in zip(left.figures, right.figures, strict=True)
    )
    return Week("between", at, figures) if any(value is not None for value in figures) else UNKNOWN


def followers_at(published_at: datetime, readings: Sequence[tuple[datetime, int]]) -> int | None:
    """Followers when it was posted: the newest count at or before, else the first within 48 h after, else not known.

    readings: (when, how many) in order of time.
    """
    before = [count for at, count in readings if at <= published_at]
    if before:
        return before[-1]
    return next((count for at, count in readings if at - published_at <= SOON_AFTER), None)


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
