"""The formulas of an award, one function each: pure, exact, with their source and a worked example.

Sources: "domain" is section 4 of the domain notes (rubric v1), "design" is section 9 of the design, which wins where
they differ; snapshot.md says how they fit together. Every number is an int or a Fraction; rounding is the last step.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction

from app.awarding import exact
from app.awarding.exact import Exact

#: Of these formulas; kept with each frozen version. A changed formula is another version.
VERSION = "1"
#: The best mark a juror can give.
BEST_MARK = 4
_THURSDAY = timedelta(days=3)
_WEEK = timedelta(days=7)


def monday(day: date) -> date:
    """The Monday of the day's week (ISO 8601: weeks run Monday to Sunday).

    >>> monday(date(2026, 3, 1))
    datetime.date(2026, 2, 23)
    """
    return day - timedelta(days=day.weekday())


def weeks(first: date, last: date) -> list[date]:
    """The Mondays of a period's weeks: those whose Thursday lies in it (design; as ISO 8601 gives a week to a year).

    1 January 2026 is a Thursday, 1 July 2026 a Wednesday, so the first half of 2026 has weeks from 29 December to 22
    June: 26. The week of 29 June has its Thursday on 2 July and belongs to the second half.

    >>> half = weeks(date(2026, 1, 1), date(2026, 6, 30))
    >>> len(half), half[0].isoformat(), half[-1].isoformat()
    (26, '2025-12-29', '2026-06-22')
    """
    begin = monday(first)
    if begin + _THURSDAY < first:
        begin += _WEEK
    return [begin + _WEEK * n for n in range(max(((last - begin - _THURSDAY) // _WEEK) + 1, 0))]


def months(first: date, last: date) -> int:
    """Calendar months that a period touches (snapshot.md).

    >>> months(date(2026, 1, 31), date(2026, 3, 1)), months(date(2025, 12, 1), date(2026, 1, 1))
    (3, 2)
    """
    return (last.year - first.year) * 12 + last.month - first.month + 1


def interactions(
    reactions: int | None,
    comments: int | None,
    excluded_comments: int | None,
    shares: int | None,
    saves: int | None,
) -> int | None:
    """Reactions + comments that count + shares + saves; None unless reactions and comments are known (domain).

    Every platform tells reactions and comments, so without one of them a sum would take what is missing for 0. Shares
    and saves are not told everywhere: where they are not, they add nothing. 4 reactions and 6 comments, 2 of them spam,
    shares unknown: 8. More comments left out than the platform still counts (it deleted some itself): none count.

    >>> interactions(4, 6, 2, None, None), interactions(None, 6, 2, 1, None), interactions(1, 1, 3, 0, None)
    (8, None, 1)
    """
    if reactions is None or comments is None:
        return None
    return reactions + max(comments - (excluded_comments or 0), 0) + (shares or 0) + (saves or 0)


def lacking(
    *, public: bool, posts: int, active: int, touched: int, min_posts: int, min_active_months: Exact
) -> list[tuple[str, dict[str, int]]]:
    """What a participant lacks to be eligible, as codes with facts; empty: it is eligible (domain).

    active of touched: calendar months with a post. 4 of 6 months are less than 3/4: 5 are needed.

    >>> lacking(public=True, posts=9, active=4, touched=6, min_posts=12, min_active_months=Fraction(3, 4))
    [('few_posts', {'posts': 9, 'least': 12}), ('few_months', {'months': 4, 'least': 5, 'of': 6})]
    """
    found: list[tuple[str, dict[str, int]]] = []
    if not public:
        found.append(("account_not_public", {}))
    if posts < min_posts:
        found.append(("few_posts", {"posts": posts, "least": min_posts}))
    least = -((-min_active_months * touched) // 1)
    if active < least:
        found.append(("few_months", {"months": active, "least": int(least), "of": touched}))
    return found


def consistency(posts_by_week: Sequence[int], needed: int) -> Fraction | None:
    """A: 100 x weeks with at least ``needed`` posts / weeks (domain). None without a week.

    25 of 26 weeks: 100 x 25/26 = 96.15. A flooded week is one week.

    >>> consistency([1] * 24 + [0, 500], 1), consistency([2, 1, 3], 2)
    (Fraction(1250, 13), Fraction(200, 3))
    """
    met = sum(posts >= needed for posts in posts_by_week)
    return Fraction(100 * met, len(posts_by_week)) if posts_by_week else None


def pooled(totals: Iterable[tuple[Exact, Exact]]) -> Fraction | None:
    """m or p: the sum of what was reached / the sum of what it was out of, over a category (design). None for 0/0.

    >>> pooled([(5, 100), (20, 300)]), pooled([(0, 0)])
    (Fraction(1, 16), None)
    """
    above: Exact = 0
    below: Exact = 0
    for reached, out_of in totals:
        above += reached
        below += out_of
    return Fraction(above) / Fraction(below) if below else None


def median(values: Iterable[Exact]) -> Fraction | None:
    """The middle one, or the mean of the two in the middle; None of nothing.

    >>> median([3, 1, 2]), median([4, 1, 3, 2]), median([])
    (Fraction(2, 1), Fraction(5, 2), None)
    """
    inline = sorted(values)
    if not inline:
        return None
    return Fraction(inline[(len(inline) - 1) // 2] + inline[len(inline) // 2]) / 2


def shrunk_ratio(reached: Exact, out_of: Exact, mean: Exact, added: Exact) -> Fraction | None:
    """B's r = (E + k m) / (R + k): a ratio of sums, drawn to the category's by k of its average reach (design).

    E interactions of a reach of R; m the category's ratio; k = shrink_posts x the median reach of its counted posts.
    30 of 200, in a category with 1/20 and k = 100: (30 + 5) / 300 = 7/60. None where R + k is 0.

    >>> shrunk_ratio(30, 200, Fraction(1, 20), 100), shrunk_ratio(0, 0, 0, 0)
    (Fraction(7, 60), None)
    """
    return (reached + added * mean) / Fraction(out_of + added) if out_of + added else None


def percentile(value: Exact, inline: Sequence[Exact]) -> Fraction:
    """Mid-rank: 100 x (below + half of the equal, oneself included) / n (design). inline: all n in order, with its own.

    Of [1, 2, 2, 5] the 2: one below, two equal: 100 x (1 + 1) / 4 = 50.

    >>> percentile(2, [1, 2, 2, 5]), percentile(5, [1, 2, 2, 5]), percentile(7, [7])
    (Fraction(50, 1), Fraction(175, 2), Fraction(50, 1))
    """
    below = bisect_left(inline, value)
    equal = bisect_right(inline, value) - below
    return Fraction(100 * (2 * below + equal), 2 * len(inline))


def weighted_mean(parts: Iterable[tuple[Exact, Exact]]) -> Fraction | None:
    """Of (value, weight); None where the weights are 0. B's mean of platforms, weighted by counted posts (design).

    Percentile 80 with 30 posts there and 50 with 10 posts here: (2400 + 500) / 40 = 72.5.

    >>> weighted_mean([(80, 30), (50, 10)]), weighted_mean([])
    (Fraction(145, 2), None)
    """
    return pooled((value * weight, weight) for value, weight in parts)


def shrunk_mean(total: Exact, count: int, mean: Exact, added: Exact) -> Fraction:
    """C: 100 x (sum + added x p) / (n + added): no cliff for few items, no gain from many (design).

    41 of 46 in time, the category's p = 3/4, 5 added: 100 x (41 + 3.75) / 51 = 87.75. Without an item: p.

    >>> shrunk_mean(41, 46, Fraction(3, 4), 5), shrunk_mean(0, 0, Fraction(3, 4), 5), shrunk_mean(0, 0, 1, 0)
    (Fraction(4475, 51), Fraction(75, 1), Fraction(100, 1))
    """
    return 100 * Fraction(total + added * mean) / (count + added) if count + added else 100 * Fraction(mean)


def speed(hours: Exact | Decimal | None, full: Exact | Decimal, zero: Exact | Decimal) -> Fraction:
    """C2's value of an item: 1 up to ``full`` working hours, falling in a line to 0 at ``zero``; unanswered 0 (domain).

    9 hours between 4 and 24: (24 - 9) / 20 = 0.75.

    >>> speed(9, 4, 24), speed(4, 4, 24), speed(24, 4, 24), speed(None, 4, 24)
    (Fraction(3, 4), Fraction(1, 1), Fraction(0, 1), Fraction(0, 1))
    """
    if hours is None:
        return Fraction(0)
    slope = (Fraction(zero) - Fraction(hours)) / (Fraction(zero) - Fraction(full))
    return min(max(slope, Fraction(0)), Fraction(1))


def speeds(hours: Iterable[int | Decimal | None], full: Decimal, zero: Decimal) -> Fraction:
    """The sum of ``speed`` over items, with one fraction instead of one for each: full ones, and those in between as
    (their number x zero - their hours) / (zero - full). ValueError for more digits than anybody writes.

    2 h, 9 h, 30 h, unanswered: 1 + 0.75 + 0 + 0.

    >>> speeds([2, Decimal("9.0"), 30, None], Decimal(4), Decimal(24))
    Fraction(7, 4)
    """
    at_once = 0
    between: list[int | Decimal] = []
    for one in hours:
        if one is not None and one < zero:
            if one <= full:
                at_once += 1
            else:
                between.append(one)
    with localcontext(Context(prec=100, traps=[Inexact, InvalidOperation])):
        try:
            spent = sum(between, Decimal(0))
        except Inexact:
            raise ValueError("digits") from None
    return at_once + (len(between) * Fraction(zero) - Fraction(spent)) / (Fraction(zero) - Fraction(full))


def quality(jurors: Sequence[Sequence[Exact]], min_jurors: int) -> Fraction | None:
    """D: 100 x the mean over jurors of the mean of their criteria / 4; None with too few jurors (domain, design).

    One gives 3, 3, 4, 2, 4 (3.2), the other 4, 3, 3, 3, 4 (3.4): 100 x 3.3 / 4 = 82.5.

    >>> quality([[3, 3, 4, 2, 4], [4, 3, 3, 3, 4]], 2), quality([[4, 4, 4, 4, 4]], 2)
    (Fraction(165, 2), None)
    """
    means = [Fraction(sum(marks)) / len(marks) for marks in jurors if marks]
    if not means or len(means) < min_jurors:
        return None
    return 100 * sum(means, Fraction(0)) / (len(means) * BEST_MARK)


def deduction(breaches: int, points: Exact, most: Exact) -> Exact:
    """Points lost for confirmed breaches of privacy: so many each, and never more than ``most`` (domain).

    >>> deduction(0, 5, 15), deduction(2, 5, 15), deduction(4, 5, 15)
    (0, 10, 15)
    """
    return min(breaches * points, most)


def effective(weights: Mapping[str, Exact], indicators: Mapping[str, Exact | None]) -> dict[str, Fraction]:
    """The weights out of 100 of the rows with a figure: that of a row without one is spread in proportion (design).

    Empty where no row with a weight has a figure.

    >>> effective({"a": 20, "b": 25, "c": 5}, {"a": 60, "b": None, "c": 0})
    {'a': Fraction(80, 1), 'c': Fraction(20, 1)}
    """
    used = {name: weights[name] for name, value in indicators.items() if value is not None}
    total = sum(used.values())
    return {name: Fraction(100 * weight) / total for name, weight in used.items()} if total else {}


def response(weights: Mapping[str, Exact], rows: Mapping[str, Exact | None]) -> Fraction | None:
    """C, which decides between equal scores: the C rows by their weights (snapshot.md); None without one.

    Rows 90, 60 and none, weights 12, 8 and 10: (1080 + 480) / 20 = 78.

    >>> response({"c1": 12, "c2": 8, "c3": 10}, {"c1": 90, "c2": 60, "c3": None})
    Fraction(78, 1)
    """
    return weighted_mean((value, weights[name]) for name, value in rows.items() if value is not None)


def ranks(keys: Sequence[tuple[Exact, ...]]) -> list[int]:
    """Competition ranks of keys that stand in order, best first: equal keys share a rank, the next is skipped (domain).

    >>> ranks([(90,), (81,), (81,), (70,)])
    [1, 2, 2, 4]
    """
    found: list[int] = []
    for place, key in enumerate(keys, 1):
        found.append(found[-1] if found and key == keys[place - 2] else place)
    return found


def rounded(value: Exact) -> Decimal:
    """A result: rounded once, at the end, half even, to two decimals (design).

    >>> rounded(Fraction(81125, 1000)), rounded(Fraction(81135, 1000)), rounded(Fraction(-1, 3))
    (Decimal('81.12'), Decimal('81.14'), Decimal('-0.33'))
    """
    return exact.rounded(value)
