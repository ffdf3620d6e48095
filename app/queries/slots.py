"""On which days and hours posts went well, and how sure one can be of it. Pure functions.

What is compared is the rate at the age of 7 days (interactions per person reached), of one platform at a time. A
slot says its median and the interval in which the true median lies with at least 95 % (order statistics, no
assumption about the distribution: Conover, Practical Nonparametric Statistics, 3.2). Below 6 posts no such interval
exists, so nothing is said. A slot is called better or worse only where its interval and the one of all other
posts lie apart; for two medians that happens by chance far more rarely than 1 in 20, which pays for looking at
several slots at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import comb
from statistics import median

from app import times
from app.queries.figures import Figures

#: Fewest posts of which anything is said.
LEAST = 6
#: Begin and name of each block of hours, in order.
BLOCKS = ((0, "00–05"), (5, "05–09"), (9, "09–12"), (12, "12–15"), (15, "15–18"), (18, "18–21"), (21, "21–24"))


@dataclass(frozen=True)
class Slot:
    """A weekday or block of hours. middle, low, high: percent, None below ``LEAST`` posts. verdict: better, worse or
    nothing."""

    name: str
    posts: int
    middle: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    verdict: str = ""


@dataclass(frozen=True)
class Times:
    """Of one platform. posts: with a rate at 7 days; middle: the median of all of them."""

    connector: str
    posts: int
    middle: Decimal | None
    days: list[Slot]
    hours: list[Slot]

    @property
    def words(self) -> str:
        """What may be said, and nothing more."""
        if self.posts < 2 * LEAST:
            return f"Belum cukup kiriman: baru {self.posts} yang sudah dibaca pada umur 7 hari."
        better = [slot.name for slot in (*self.days, *self.hours) if slot.verdict == "better"]
        worse = [slot.name for slot in (*self.days, *self.hours) if slot.verdict == "worse"]
        if not better and not worse:
            return "Belum ada hari atau jam yang jelas berbeda dari yang lain."
        said = f"Lebih ramai daripada yang lain: {', '.join(better)}. " if better else ""
        return (said + (f"Lebih sepi: {', '.join(worse)}." if worse else "")).strip()


def read(rows: Iterable[Figures], zone: str) -> list[Times]:
    """By platform, in order of name; only platforms with a rate at 7 days."""
    found: dict[str, list[Figures]] = {}
    for row in rows:
        if row.week_rate is not None:
            found.setdefault(row.connector, []).append(row)
    return [_times(connector, own, zone) for connector, own in sorted(found.items())]


def interval(values: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """Between which of the values the median of what they were drawn from lies, with at least 95 %; None below 6.

    The k-th smallest and k-th largest hold it with 1 - 2·P(B < k), B binomial (n, ½); the largest such k is taken.

    >>> interval([Decimal(n) for n in range(1, 11)])
    (Decimal('2'), Decimal('9'))
    """
    n, k, below = len(values), 0, 0
    while k < n and 40 * (below + comb(n, k)) <= 2**n:
        below, k = below + comb(n, k), k + 1
    ordered = sorted(values)
    return (ordered[k - 1], ordered[n - k]) if k else None


def _times(connector: str, rows: list[Figures], zone: str) -> Times:
    days = _slots(rows, times.DAYS, lambda row: times.local(row.published_at, zone).weekday())
    hours = _slots(rows, [name for _, name in BLOCKS], lambda row: _block(times.local(row.published_at, zone).hour))
    rates = [row.week_rate for row in rows if row.week_rate is not None]
    return Times(connector, len(rows), median(rates) if len(rates) >= LEAST else None, days, hours)


def _block(hour: int) -> int:
    return max(number for number, (begin, _) in enumerate(BLOCKS) if begin <= hour)


def _slots(rows: list[Figures], names: Sequence[str], slot_of: Callable[[Figures], int]) -> list[Slot]:
    rates: list[list[Decimal]] = [[] for _ in names]
    for row in rows:
        if row.week_rate is not None:
            rates[slot_of(row)].append(row.week_rate)
    found = []
    for number, (name, own) in enumerate(zip(names, rates, strict=True)):
        span = interval(own)
        if span is None:
            found.append(Slot(name, len(own)))
            continue
        rest = interval([value for other, values in enumerate(rates) if other != number for value in values])
        verdict = "" if rest is None else "better" if span[0] > rest[1] else "worse" if span[1] < rest[0] else ""
        found.append(Slot(name, len(own), median(own), span[0], span[1], verdict))
    return found
