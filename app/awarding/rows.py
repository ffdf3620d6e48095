"""The six rows of a category's eligible participants, each with what stands behind its figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from app.awarding import formulas
from app.awarding.exact import Exact
from app.awarding.rubric import INDICATORS, Rubric
from app.awarding.tally import Tally


@dataclass(frozen=True)
class Row:
    """points: 0 to 100, None: no figure. small: few items behind it. detail: exact numbers for the lembar nilai."""

    points: Fraction | None
    detail: dict[str, Any] = field(default_factory=dict)
    small: bool = False


def rows(members: Sequence[Tally], rules: Rubric) -> list[dict[str, Row]]:
    """Of each member, in order: row → Row. members: the eligible ones of one category, and only they.

    detail of konsistensi: weeks, met, needed, by_week. Of keterlibatan: platforms, a list of {platform, posts,
    interactions, out_of, own (their ratio), m, k, r, percentile, among (how many are compared)}. Of the C rows: count,
    sum, own (their mean), p, added; kecepatan also median_hours. Of kualitas: jurors, a list of {juror, mean}; spread.
    """
    columns: dict[str, list[Row]] = {
        "konsistensi": [_consistency(one, rules) for one in members],
        "keterlibatan": _engagement(members, rules),
        "tingkat_respons": _shrunk(members, rules, lambda one: one.in_time),
        "kecepatan": _speeds(members, rules),
        "tuntas": _shrunk(members, rules, lambda one: one.settled),
        "kualitas": [_quality(one, rules) for one in members],
    }
    return [{name: columns[name][place] for name in INDICATORS} for place in range(len(members))]


def _consistency(one: Tally, rules: Rubric) -> Row:
    needed = rules.per_week(one.category)
    met = sum(posts >= needed for posts in one.by_week)
    return Row(
        formulas.consistency(one.by_week, needed),
        {"weeks": len(one.by_week), "met": met, "needed": needed, "by_week": one.by_week},
    )


def _engagement(members: Sequence[Tally], rules: Rubric) -> list[Row]:
    """A percentile on each platform, then their mean, weighted by counted posts."""
    parts: list[list[dict[str, Any]]] = [[] for _ in members]
    for platform in sorted({name for one in members for name in one.platforms}):
        there = [(place, one.platforms[platform]) for place, one in enumerate(members) if platform in one.platforms]
        totals = [(sums.interactions, sum(sums.bases)) for _, sums in there]
        mean = formulas.pooled(totals)
        middle = formulas.median([base for _, sums in there for base in sums.bases])
        if mean is None or middle is None:
            continue
        added = rules.shrink_posts * middle
        ratios = [formulas.shrunk_ratio(reached, out_of, mean, added) for reached, out_of in totals]
        inline = sorted(ratio for ratio in ratios if ratio is not None)
        for (place, sums), (reached, out_of), ratio in zip(there, totals, ratios, strict=True):
            if ratio is None:
                continue
            parts[place].append(
                {
                    "platform": platform,
                    "posts": len(sums.bases),
                    "interactions": reached,
                    "out_of": out_of,
                    "own": formulas.pooled([(reached, out_of)]),
                    "m": mean,
                    "k": added,
                    "r": ratio,
                    "percentile": formulas.percentile(ratio, inline),
                    "among": len(inline),
                }
            )
    return [
        Row(formulas.weighted_mean((part["percentile"], part["posts"]) for part in own), {"platforms": own})
        for own in parts
    ]


def _shrunk(members: Sequence[Tally], rules: Rubric, counted: Callable[[Tally], tuple[Exact, int]]) -> list[Row]:
    """A C row: everybody's mean, drawn to the category's; without any item in the category there is none."""
    totals = [counted(one) for one in members]
    mean = formulas.pooled(totals)
    if mean is None:
        return [Row(None, {"count": 0, "sum": 0, "own": None, "p": None, "added": rules.shrink_items})] * len(members)
    return [
        Row(
            formulas.shrunk_mean(total, count, mean, rules.shrink_items),
            {
                "count": count,
                "sum": total,
                "own": formulas.pooled([(total, count)]),
                "p": mean,
                "added": rules.shrink_items,
            },
            small=count < rules.small_sample,
        )
        for total, count in totals
    ]


def _speeds(members: Sequence[Tally], rules: Rubric) -> list[Row]:
    full, zero = rules.speed_full_hours, rules.speed_zero_hours
    sums = {one.organisation_id: formulas.speeds(one.hours, full, zero) for one in members}
    made = _shrunk(members, rules, lambda one: (sums[one.organisation_id], len(one.hours)))
    answered = [[Fraction(middle) for middle in _middle(one)] for one in members]
    return [
        Row(row.points, {**row.detail, "median_hours": formulas.median(hours)}, row.small)
        for row, hours in zip(made, answered, strict=True)
    ]


def _middle(one: Tally) -> list[Any]:
    """The one or two answered hours in the middle: the median without a fraction for each of the others."""
    inline = sorted(hours for hours in one.hours if hours is not None)
    return inline[(len(inline) - 1) // 2 : len(inline) // 2 + 1]


def _quality(one: Tally, rules: Rubric) -> Row:
    """spread: between the highest and the lowest juror, in marks."""
    means = [(juror, sum(marks, Fraction(0)) / len(marks)) for juror, marks in one.marks.items()]
    alone = [mean for _, mean in means]
    return Row(
        formulas.quality(list(one.marks.values()), rules.min_jurors),
        {
            "jurors": [{"juror": juror, "mean": mean} for juror, mean in means],
            "spread": max(alone) - min(alone) if alone else None,
        },
    )
