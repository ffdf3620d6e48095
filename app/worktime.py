"""Working time: which minutes of which day count, and moving along them. Pure: no database, no library, no present.

A calendar knows the hours of a week, national days, Ramadan and what people corrected, and answers for one local date
at a time. All moments that go in and out are aware; those that come out are in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

#: Parts of a day on which people work: (opens, closes), minutes after local midnight, in order.
Spans = tuple[tuple[int, int], ...]

FRIDAY = 4
#: Days that are looked through for working time before it is said that there is none.
FARTHEST = 800
#: A correction of hours that lasts this many days and meets an estimated Ramadan replaces the estimate.
REPLACES = 20
_MICRO = 60_000_000
_HOUR = 3_600_000_000


class NoWorkingTime(ValueError):
    """Nobody works for ``FARTHEST`` days on end: a calendar that a person has closed by mistake."""


@dataclass(frozen=True)
class Hours:
    """Of an ordinary week, Monday first: (opens, closes) in minutes after midnight, None for a free day.

    friday_break: without work on Fridays. ramadan: (opens, closes, closes on Fridays), None where hours stay the same.
    The defaults: Monday to Friday 08.00 to 16.00; in Ramadan 08.00 to 15.00, Fridays 15.30 (Perpres 21/2023).
    """

    week: tuple[tuple[int, int] | None, ...] = (*[(480, 960)] * 5, None, None)
    friday_break: tuple[int, int] | None = None
    ramadan: tuple[int, int, int] | None = (480, 900, 930)


@dataclass(frozen=True)
class Named:
    """A national day. source: "nasional" or "cuti bersama". estimated: the date depends on the moon."""

    name: str
    source: str
    estimated: bool = False


@dataclass(frozen=True)
class Correction:
    """What people wrote (models/calendar.CalendarEntry). own: of the organisation, not of the whole installation."""

    id: int
    kind: str
    first: date
    last: date
    name: str
    opens: int | None = None
    closes: int | None = None
    friday_closes: int | None = None
    own: bool = True

    def covers(self, day: date) -> bool:
        """Whether it is about this day."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Day:
    """What one date is. source: why it is not as any other ("" where it is): "nasional", "cuti bersama", "ramadan",
    "koreksi" (the organisation's own), "koreksi bersama" (of the installation)."""

    spans: Spans
    name: str = ""
    source: str = ""
    estimated: bool = False


def _no_days(_year: int) -> Mapping[date, Named]:
    return {}


def _no_months(_year: int) -> Sequence[tuple[date, date]]:
    return ()


@dataclass(frozen=True)
class Calendar:
    """The working calendar of one organisation. national, ramadan: by year; ranges include their last day."""

    zone: str
    hours: Hours = Hours()
    corrections: Sequence[Correction] = ()
    national: Callable[[int], Mapping[date, Named]] = _no_days
    ramadan: Callable[[int], Sequence[tuple[date, date]]] = _no_months
    _known: dict[date, Day] = field(default_factory=dict, repr=False, compare=False)

    def day(self, on: date) -> Day:
        """What this date is; computed once."""
        if on not in self._known:
            self._known[on] = self._look(on)
        return self._known[on]

    def local(self, at: datetime) -> tuple[date, int]:
        """The local date and microseconds after its midnight. ValueError for a naive time."""
        if at.tzinfo is None or at.utcoffset() is None:
            raise ValueError("a time without a zone")
        here = at.astimezone(ZoneInfo(self.zone))
        return here.date(), ((here.hour * 60 + here.minute) * 60 + here.second) * 1_000_000 + here.microsecond

    def moment(self, on: date, microseconds: int) -> datetime:
        """The reverse of ``local``, in UTC."""
        midnight = datetime.combine(on, time(), ZoneInfo(self.zone))
        return (midnight + timedelta(microseconds=microseconds)).astimezone(UTC)

    def _look(self, on: date) -> Day:
        open_or_not = self._newest(on, "libur", "kerja")
        named = self.national(on.year).get(on)
        source, name = _said_by(open_or_not)
        if open_or_not is None and named is not None:
            return Day((), named.name, named.source, named.estimated)
        if open_or_not is not None and open_or_not.kind == "libur":
            return Day((), name, source)
        span = self.hours.week[on.weekday()]
        if open_or_not is not None and open_or_not.opens is not None and open_or_not.closes is not None:
            return Day(self._broken(on, (open_or_not.opens, open_or_not.closes)), name, source)
        if span is None:
            if open_or_not is None:
                return Day(())
            # Called to work on a free day, nobody said from when: as on the first working day of the week.
            span = next((each for each in self.hours.week if each), (480, 960))
        other, estimated = self._other_hours(on)
        if other is not None:
            span = (other.opens or 0, _closing(other, on))
            if open_or_not is None:
                source, name = ("ramadan", other.name) if estimated else _said_by(other)
        return Day(self._broken(on, span), name, source, estimated and open_or_not is None)

    def _newest(self, on: date, *kinds: str) -> Correction | None:
        """The organisation's own wins over the installation's, the newer over the older."""
        found = [each for each in self.corrections if each.kind in kinds and each.covers(on)]
        return max(found, key=lambda each: (each.own, each.id), default=None)

    def _other_hours(self, on: date) -> tuple[Correction | None, bool]:
        """Hours of this day that differ from the week's, and whether that is an estimated Ramadan."""
        if (corrected := self._newest(on, "jam")) is not None:
            return corrected, False
        if self.hours.ramadan is None:
            return None, False
        for first, last in self.ramadan(on.year):
            if first <= on <= last and not self.replaced(first, last):
                return Correction(0, "jam", first, last, "Ramadan", *self.hours.ramadan), True
        return None, False

    def replaced(self, first: date, last: date) -> bool:
        """Whether people wrote down when this Ramadan really is."""
        return any(
            each.kind == "jam"
            and each.first <= last
            and each.last >= first
            and (each.last - each.first).days + 1 >= REPLACES
            for each in self.corrections
        )

    def _broken(self, on: date, span: tuple[int, int]) -> Spans:
        """The hours without Friday's break."""
        opens, closes = span
        rest = self.hours.friday_break if on.weekday() == FRIDAY else None
        if rest is None or rest[1] <= opens or rest[0] >= closes:
            return ((opens, closes),)
        return tuple(part for part in ((opens, rest[0]), (rest[1], closes)) if part[0] < part[1])


def working_hours_between(a: datetime, b: datetime, calendar: Calendar) -> Fraction:
    """Working hours from a to b, exact to the microsecond; negative when b is earlier."""
    if b < a:
        return -working_hours_between(b, a, calendar)
    (first, start), (last, end) = calendar.local(a), calendar.local(b)
    total = 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for opens, closes in calendar.day(day).spans:
            since = max(opens * _MICRO, start) if number == 0 else opens * _MICRO
            until = min(closes * _MICRO, end) if day == last else closes * _MICRO
            total += max(0, until - since)
    return Fraction(total, _HOUR)


def add_working_hours(start: datetime, hours: Fraction | float, calendar: Calendar) -> datetime:
    """The earliest moment of working time with so many working hours since start. ValueError for less than none;
    NoWorkingTime."""
    if hours < 0:
        raise ValueError("less than no working time")
    left = round(Fraction(hours) * _HOUR)
    for day, since, spans in _days(start, calendar):
        for opens, closes in spans:
            begin = max(opens * _MICRO, since)
            if begin > closes * _MICRO:
                continue
            if left <= closes * _MICRO - begin:
                return calendar.moment(day, begin + left)
            left -= closes * _MICRO - begin
    raise NoWorkingTime(f"{FARTHEST} days from {start}")


def next_opening(at: datetime, calendar: Calendar) -> datetime:
    """The same moment where people work then, else when they next begin. NoWorkingTime."""
    for day, since, spans in _days(at, calendar):
        for opens, closes in spans:
            if since < closes * _MICRO:
                return calendar.moment(day, max(opens * _MICRO, since))
    raise NoWorkingTime(f"{FARTHEST} days from {at}")


def add_working_days(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The same hour so many working days later, within that day's hours; what comes outside of working time counts
    from the next opening. ValueError for less than none; NoWorkingTime."""
    if days < 0:
        raise ValueError("less than no working days")
    begun = next_opening(start, calendar)
    day, since = calendar.local(begun)
    for _ in range(days):
        day = _next_working_day(day, calendar)
    return calendar.moment(day, _within(calendar.day(day).spans, since))


def _next_working_day(day: date, calendar: Calendar) -> date:
    for number in range(1, FARTHEST + 1):
        if calendar.day(later := day + timedelta(days=number)).spans:
            return later
    raise NoWorkingTime(f"{FARTHEST} days from {day}")


def _within(spans: Spans, at: int) -> int:
    """The time of day, moved on to the next opening of that day, or back to its end."""
    for opens, closes in spans:
        if at <= closes * _MICRO:
            return max(at, opens * _MICRO)
    return spans[-1][1] * _MICRO


def _days(start: datetime, calendar: Calendar) -> Iterator[tuple[date, int, Spans]]:
    """From the day of start on: (date, microseconds after midnight from which it counts, its spans)."""
    first, since = calendar.local(start)
    for number in range(FARTHEST + 1):
        day = first + timedelta(days=number)
        yield day, since if number == 0 else 0, calendar.day(day).spans


def _closing(other: Correction, on: date) -> int:
    if on.weekday() == FRIDAY and other.friday_closes is not None:
        return other.friday_closes
    return other.closes if other.closes is not None else 1440


def _said_by(correction: Correction | None) -> tuple[str, str]:
    if correction is None:
        return "", ""
    return ("koreksi" if correction.own else "koreksi bersama"), correction.name
