"""Indonesia's holidays, cuti bersama and Ramadan, from the `holidays` library. Loaded when first asked for: a third
of a second that no start waits for.

Days that depend on the moon are announced shortly before (sidang isbat). The library marks what it only estimates with
"(perkiraan)"; people correct it in the working calendar. Cuti bersama is decided for one year at a time: a year that
the library does not know yet has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from app.worktime import Named

NATIONAL, TOGETHER = "nasional", "cuti bersama"
_GUESS = " (perkiraan)"
_FEAST = "Hari Raya Idul Fitri"
#: Days from the first of Ramadan to Idul Fitri, 29 or 30. 30 was right in 2023, 2025 and 2026, a day early in 2024.
_FASTING = 30


@cache
def of_year(year: int) -> Mapping[date, Named]:
    """The national days of a year by date; one that is both a holiday and cuti bersama is a holiday."""
    import holidays  # here and not above: see the top of the file

    found: dict[date, Named] = {}
    for category, source in ((holidays.GOVERNMENT, TOGETHER), (holidays.PUBLIC, NATIONAL)):
        days = holidays.country_holidays("ID", years=year, language="id", categories=(category,))
        for day, name in days.items():
            found[day] = Named(name.replace(_GUESS, ""), source, _GUESS in name)
    return found


@cache
def ramadan(year: int) -> Sequence[tuple[date, date]]:
    """Estimated months of Ramadan that touch a year: (first, last day of fasting). Some years have two."""
    feasts = [
        day for each in (year, year + 1) for day, named in of_year(each).items() if _FEAST in named.name.split("; ")
    ]
    months = [(day - timedelta(days=_FASTING), day - timedelta(days=1)) for day in sorted(feasts)]
    return [month for month in months if month[0].year == year or month[1].year == year]


def together_known(year: int) -> bool:
    """Whether cuti bersama of that year is known."""
    return any(named.source == TOGETHER for named in of_year(year).values())
