"""Spans of days for statistics, in an organisation's zone, each with the span it is compared to. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app import times

DAYS = ("30", "90")
#: How many months, this one included, are offered.
MONTHS = 12
#: And how many half years.
HALVES = 3


@dataclass(frozen=True)
class Period:
    """Whole days of a zone. key: in the address. first, last: days, both included; before_*: the span before it."""

    key: str
    zone: str
    first: date
    last: date
    before_first: date
    before_last: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def before(self) -> tuple[datetime, datetime]:
        """First moment of the span before, and the first after that."""
        return _midnight(self.before_first, self.zone), _midnight(self.before_last + timedelta(days=1), self.zone)

    @property
    def days(self) -> list[date]:
        """Its days in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def is_month(self) -> bool:
        """Whether it is a month of the calendar."""
        return len(self.key) == 7 and self.key[5].isdecimal()

    @property
    def words(self) -> str:
        """ "22 Juli–20 Agustus 2026"."""
        return span(self.first, self.last)

    @property
    def before_words(self) -> str:
        """ "30 hari sebelumnya", for a month its days."""
        return f"{self.key} hari sebelumnya" if self.key in DAYS else span(self.before_first, self.before_last)


def read(key: str, zone: str, now: datetime) -> Period:
    """The period of an address: "30", "90", a month "2026-08" or half a year "2026-S1"; 30 days for anything else, and
    for what is to come.

    This month is compared with as many days of the month before, this half year of the one before.
    """
    today = times.local(now, zone).date()
    half = _half(key, today)
    month = _month(key, today) if half is None else half
    if month is not None:
        months = 1 if half is None else 6
        first = month
        whole = _months_on(month, months) - timedelta(days=1)
        last = min(today, whole)
        before_first = _months_on(month, -months)
        before_last = month - timedelta(days=1)
        if last < whole:
            before_last = min(before_last, before_first + (last - first))
        return Period(key, zone, first, last, before_first, before_last)
    key = key if key in DAYS else DAYS[0]
    length = timedelta(days=int(key))
    first = today - length + timedelta(days=1)
    return Period(key, zone, first, today, first - length, first - timedelta(days=1))


def choices(zone: str, now: datetime) -> list[tuple[str, str]]:
    """(key, words) of what can be chosen: days back, this half year and the two before, months; the newest first."""
    found = [(key, f"{key} hari terakhir") for key in DAYS]
    month = times.local(now, zone).date().replace(day=1)
    half = month.replace(month=1 if month.month < 7 else 7)
    for _ in range(HALVES):
        number = 1 if half.month == 1 else 2
        found.append((f"{half.year}-S{number}", f"Semester {'I' * number} {half.year}"))
        half = _months_on(half, -6)
    for _ in range(MONTHS):
        found.append((f"{month:%Y-%m}", f"{times.MONTHS[month.month - 1]} {month.year}"))
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def span(first: date, last: date) -> str:
    """ "1–20 Agustus 2026", "22 Juli–20 Agustus 2026", "22 Desember 2025–20 Januari 2026"."""
    end = times.plain_date(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        return f"{first.day} {times.MONTHS[first.month - 1]}–{end}"
    return f"{times.plain_date(first)}–{end}"


def age(seconds: float) -> str:
    """How old a post was, in words: "40 menit", "3 jam", "7 hari"; under a minute "kurang dari semenit"."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "kurang dari semenit"
    if minutes < 60:
        return f"{minutes} menit"
    hours = round(minutes / 60)
    return f"{hours} jam" if hours < 48 else f"{round(hours / 24)} hari"


def _month(key: str, today: date) -> date | None:
    if len(key) != 7 or key[4] != "-":
        return None
    try:
        month = date.fromisoformat(f"{key}-01")
    except ValueError:
        return None
    return month if date(2015, 1, 1) <= month <= today else None


def _half(key: str, today: date) -> date | None:
    """Its first day; None for what is no half year, and for one to come."""
    if len(key) != 7 or key[4:6] != "-S" or key[6] not in "12" or not (key[:4].isascii() and key[:4].isdecimal()):
        return None
    year = int(key[:4])
    first = date(year, 1 if key[6] == "1" else 7, 1) if 2015 <= year <= today.year else today + timedelta(days=1)
    return first if first <= today else None


def _months_on(first: date, months: int) -> date:
    """The first of the month that many months on."""
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
