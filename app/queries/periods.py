"""Spans of days for statistics, in an organisation's zone, each with the span it is compared to. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app import times

DAYS = ("30", "90")
#: How many months, this one included, are offered.
MONTHS = 12


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
    def words(self) -> str:
        """ "22 Juli–20 Agustus 2026"."""
        return span(self.first, self.last)

    @property
    def before_words(self) -> str:
        """ "30 hari sebelumnya", for a month its days."""
        return f"{self.key} hari sebelumnya" if self.key in DAYS else span(self.before_first, self.before_last)


def read(key: str, zone: str, now: datetime) -> Period:
    """The period of an address: "30", "90" or a month "2026-08"; 30 days for anything else, and months to come.

    This month is compared with as many days of the month before.
    """
    today = times.local(now, zone).date()
    month = _month(key, today)
    if month is not None:
        first = month
        whole = _next_month(month) - timedelta(days=1)
        last = min(today, whole)
        before_first = (month - timedelta(days=1)).replace(day=1)
        before_last = month - timedelta(days=1)
        if last < whole:
            before_last = min(before_last, before_first + (last - first))
        return Period(key, zone, first, last, before_first, before_last)
    key = key if key in DAYS else DAYS[0]
    length = timedelta(days=int(key))
    first = today - length + timedelta(days=1)
    return Period(key, zone, first, today, first - length, first - timedelta(days=1))


def choices(zone: str, now: datetime) -> list[tuple[str, str]]:
    """(key, words) of what can be chosen, the newest month first."""
    found = [(key, f"{key} hari terakhir") for key in DAYS]
    month = times.local(now, zone).date().replace(day=1)
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


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
