"""From a snapshot to scores and ranks, and from nothing else: the same snapshot always gives the same results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.awarding import exact, formulas, rows, rubric, tally
from app.awarding.exact import Exact
from app.awarding.rubric import INDICATORS, RESPONSE, Rubric
from app.awarding.tally import Tally


@dataclass(frozen=True)
class Reason:
    """Why there is no rank. code: account_not_public, few_posts {posts, least}, few_months {months, least, of},
    few_eligible {eligible, least}, no_figures."""

    code: str
    facts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A participant's result. Not eligible: no score, no rank, no figures, only reasons and its own numbers in detail.

    indicators: row → 0 to 100, None without a figure. weights: row → effective weight, out of 100. points: row → what
    it adds to the score. score: the sum of points less the deduction (may fall below 0), rounded; ``exact``: before
    rounding. small_sample: rows with few items. detail: by row what stands behind the figure (see ``rows``), with the
    ``median`` of the category and ``dropped``; beside them ``posts``, ``months``, ``without_figures`` (posts that
    keterlibatan does not see) and ``eligible`` (how many in the category).
    """

    organisation_id: int
    organisation: str
    category: str
    rank: int | None
    score: Decimal | None
    exact: Fraction | None
    eligible: bool
    reasons: tuple[Reason, ...]
    indicators: dict[str, Fraction | None]
    points: dict[str, Fraction]
    weights: dict[str, Fraction]
    small_sample: list[str]
    breaches: int
    deduction: Exact
    detail: dict[str, Any]

    @property
    def reason(self) -> Reason | None:
        """The first of the reasons."""
        return self.reasons[0] if self.reasons else None

    def plain(self) -> dict[str, Any]:
        """For JSON: fractions as text with at most 10 decimals, score and indicators with 2, half even."""
        reason = {"code": self.reason.code, **self.reason.facts} if self.reason else None
        return {
            "rank": self.rank,
            "organisation_id": self.organisation_id,
            "organisation": self.organisation,
            "category": self.category,
            "score": None if self.score is None else str(self.score),
            "eligible": self.eligible,
            "reason": reason,
            "indicators": {
                name: None if value is None else str(exact.rounded(value)) for name, value in self.indicators.items()
            },
            "points": {name: exact.written(value) for name, value in self.points.items()},
            "weights": {name: exact.written(value) for name, value in self.weights.items()},
            "small_sample": self.small_sample,
            "breaches": self.breaches,
            "deduction": exact.written(self.deduction),
            "detail": _plain(self.detail),
        }


def score(snapshot: Mapping[str, Any]) -> list[Result]:
    """The results of all participants: by category in the award's order, then by rank, those without rank last.

    Unusable where the snapshot or its rubric cannot be read (tally.read, rubric.read).
    """
    rules = rubric.read(snapshot.get("rubric"))
    touched = _months(snapshot)
    dropped = snapshot.get("dropped") or {}
    grouped: dict[str, list[Tally]] = {}
    for one in tally.read(snapshot):
        grouped.setdefault(one.category, []).append(one)
    order = list((snapshot.get("award") or {}).get("categories") or [])
    found: list[Result] = []
    for category in sorted(grouped, key=lambda name: (_place(order, name), name)):
        without = frozenset(tally.of_category(dropped, category) or ())
        found += _category(grouped[category], rules, touched, without)
    return found


def _category(members: Sequence[Tally], rules: Rubric, touched: int, dropped: frozenset[str]) -> list[Result]:
    lacks = {one.organisation_id: _lacks(one, rules, touched) for one in members}
    eligible = [one for one in members if not lacks[one.organisation_id]]
    made = rows.rows(eligible, rules)
    medians = {
        name: formulas.median(row.points for sheet in made for row in [sheet[name]] if row.points is not None)
        for name in INDICATORS
    }
    results = [_result(one, sheet, rules, dropped, medians, touched) for one, sheet in zip(eligible, made, strict=True)]
    for one in results:
        one.detail["eligible"] = len(eligible)
    results = _ranked(results, rules)
    results += [
        _left_out(one, lacks[one.organisation_id], touched, len(eligible))
        for one in members
        if lacks[one.organisation_id]
    ]
    return results


def _lacks(one: Tally, rules: Rubric, touched: int) -> tuple[Reason, ...]:
    found = formulas.lacking(
        public=one.public,
        posts=one.posts,
        active=one.active_months,
        touched=touched,
        min_posts=rules.min_posts,
        min_active_months=rules.min_active_months,
    )
    return tuple(Reason(code, facts) for code, facts in found)


def _result(
    one: Tally,
    sheet: Mapping[str, rows.Row],
    rules: Rubric,
    dropped: frozenset[str],
    medians: Mapping[str, Fraction | None],
    touched: int,
) -> Result:
    indicators = {name: None if name in dropped else sheet[name].points for name in INDICATORS}
    weights = formulas.effective(rules.weights, indicators)
    # A weight is out of 100, so what a row adds is a hundredth of weight x figure.
    points = {name: weight * (indicators[name] or 0) / 100 for name, weight in weights.items()}
    lost = formulas.deduction(one.breaches, rules.breach_points, rules.breach_most)
    total = sum(points.values(), Fraction(0)) - lost if weights else None
    detail: dict[str, Any] = _own(one, touched)
    for name in INDICATORS:
        gone = name in dropped
        detail[name] = {**sheet[name].detail, "median": None if gone else medians[name], "dropped": gone}
    return Result(
        organisation_id=one.organisation_id,
        organisation=one.organisation,
        category=one.category,
        rank=None,
        score=None if total is None else formulas.rounded(total),
        exact=total,
        eligible=True,
        reasons=() if weights else (Reason("no_figures"),),
        indicators=indicators,
        points=points,
        weights=weights,
        small_sample=[name for name in INDICATORS if sheet[name].small and name not in dropped],
        breaches=one.breaches,
        deduction=lost,
        detail=detail,
    )


def _left_out(one: Tally, lacks: tuple[Reason, ...], touched: int, eligible: int) -> Result:
    return Result(
        organisation_id=one.organisation_id,
        organisation=one.organisation,
        category=one.category,
        rank=None,
        score=None,
        exact=None,
        eligible=False,
        reasons=lacks,
        indicators=dict.fromkeys(INDICATORS),
        points={},
        weights={},
        small_sample=[],
        breaches=one.breaches,
        deduction=0,
        detail={**_own(one, touched), "eligible": eligible},
    )


def _own(one: Tally, touched: int) -> dict[str, Any]:
    return {
        "posts": one.posts,
        "months": {"active": one.active_months, "of": touched},
        "without_figures": one.without_figures,
    }


def key(
    total: Decimal, weights: Mapping[str, Exact], indicators: Mapping[str, Fraction | None], breaches: int
) -> tuple[Exact, ...]:
    """What decides a rank, greater is better: score at 2 decimals, C, A, fewer breaches (domain notes, section 4).

    A row that the whole category lacks decides nothing.
    """
    answers = formulas.response(weights, {name: indicators[name] for name in RESPONSE})
    return (Fraction(total), _or_nothing(answers), _or_nothing(indicators["konsistensi"]), -breaches)


def _or_nothing(value: Fraction | None) -> Exact:
    return -1 if value is None else value


def _ranked(results: Sequence[Result], rules: Rubric) -> list[Result]:
    """In order, with ranks; without where fewer than ``min_ranked`` are eligible, with the reason."""
    keys = {
        one.organisation_id: key(one.score, rules.weights, one.indicators, one.breaches)
        for one in results
        if one.score is not None
    }
    scored = sorted(
        (one for one in results if one.score is not None),
        key=lambda one: (keys[one.organisation_id], -one.organisation_id),
        reverse=True,
    )
    unscored = [one for one in results if one.score is None]
    if len(results) < rules.min_ranked:
        few = Reason("few_eligible", {"eligible": len(results), "least": rules.min_ranked})
        return [_with(one, rank=None, reasons=(*one.reasons, few)) for one in [*scored, *unscored]]
    places = formulas.ranks([keys[one.organisation_id] for one in scored])
    return [_with(one, rank=place, reasons=()) for one, place in zip(scored, places, strict=True)] + unscored


def _with(one: Result, *, rank: int | None, reasons: tuple[Reason, ...]) -> Result:
    return Result(**{**vars(one), "rank": rank, "reasons": reasons})


def _months(snapshot: Mapping[str, Any]) -> int:
    days = tally.period(snapshot)
    return formulas.months(days.first, days.last)


def _place(order: Sequence[str], category: str) -> int:
    named = rubric.base(category)
    return order.index(named) if named in order else len(order)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return exact.written(value) if isinstance(value, Fraction) else value
