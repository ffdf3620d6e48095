"""The days of a year that are not as any other: holidays, cuti bersama, Ramadan, and what people corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from app import national_days
from app.models import CalendarEntry
from app.worktime import Calendar


@dataclass(frozen=True)
class Special:
    """A day or a range. kind: libur, kerja or jam. source: as worktime.Day. entry_id: of a correction; everywhere: of
    the whole installation. overruled: people wrote otherwise for its first day. Times: minutes, of jam and kerja."""

    first: date
    last: date
    name: str
    kind: str
    source: str
    estimated: bool = False
    entry_id: int | None = None
    everywhere: bool = False
    overruled: bool = False
    opens: int | None = None
    closes: int | None = None
    friday_closes: int | None = None
    by: str = ""


def of_year(session: Session, organisation_id: int, calendar: Calendar, year: int) -> list[Special]:
    """In order of their first day; what stands on the same day: the correction first."""
    start, end = date(year, 1, 1), date(year, 12, 31)
    found = [_correction(row) for row in _entries(session, organisation_id, start, end)]
    for day, named in national_days.of_year(year).items():
        now = calendar.day(day)
        overruled = now.source.startswith("koreksi")
        found.append(Special(day, day, named.name, "libur", named.source, named.estimated, overruled=overruled))
    for first, last in national_days.ramadan(year):
        if calendar.hours.ramadan is not None:
            opens, closes, friday = calendar.hours.ramadan
            over = calendar.replaced(first, last)
            found.append(
                Special(
                    first, last, "Ramadan", "jam", "ramadan", True, overruled=over,
                    opens=opens, closes=closes, friday_closes=friday,
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (each.first, each.entry_id is None, each.last, each.name))


def working_days(calendar: Calendar, year: int) -> int:
    """How many days of a year people work."""
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return sum(day.year == year and bool(calendar.day(day).spans) for day in days)


def home_of(session: Session, entry_id: int) -> tuple[bool, int | None]:
    """(whether there is such a correction, its organisation; None: of the installation)."""
    row = session.get(CalendarEntry, entry_id)
    return row is not None, row.organisation_id if row else None


def _entries(session: Session, organisation_id: int, start: date, end: date) -> list[CalendarEntry]:
    home = col(CalendarEntry.organisation_id)
    rows = session.exec(
        select(CalendarEntry)
        .where(or_(home == organisation_id, home.is_(None)))
        .where(col(CalendarEntry.first) <= end, col(CalendarEntry.last) >= start)
        .order_by(col(CalendarEntry.first), col(CalendarEntry.id))
        .limit(400)
    )
    return list(rows)


def _correction(row: CalendarEntry) -> Special:
    everywhere = row.organisation_id is None
    return Special(
        row.first, row.last, row.name, row.kind, "koreksi bersama" if everywhere else "koreksi",
        entry_id=row.id, everywhere=everywhere, opens=row.opens, closes=row.closes, friday_closes=row.friday_closes,
        by=row.by_name,
    )  # fmt: skip
