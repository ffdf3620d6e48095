"""How firm an order is: each weight a fifth higher and a fifth lower, one at a time, twelve trials.

No figure is calculated anew: a trial is the same points with other weights, and the same rules for equal scores. Only
weights are tried; another threshold would be another award.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.awarding import formulas
from app.awarding.rubric import INDICATORS, Rubric
from app.awarding.scoring import Result, key

#: What a weight is multiplied with.
FACTORS = (Fraction(6, 5), Fraction(4, 5))
#: Ranks that are looked at one by one.
PODIUM = 3


@dataclass(frozen=True, order=True)
class Trial:
    """One weight changed. factor: 6/5 or 4/5."""

    indicator: str
    factor: Fraction


@dataclass(frozen=True)
class Swap:
    """Two participants whose order is another one in these trials. first stood before second, or beside it (equal)."""

    first: int
    second: int
    equal: bool
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Rank:
    """Who holds a rank (several where it is shared, none where it was skipped), and who else in which trials.

    others: organisation_id → trials in which it holds this rank and did not before.
    """

    rank: int
    holders: tuple[int, ...]
    changed_in: tuple[Trial, ...]
    others: dict[int, tuple[Trial, ...]]


@dataclass(frozen=True)
class Firmness:
    """Of one category. trials: how many were made. podium: ranks 1 to 3. swaps: pairs that stand next to each other or
    on the podium, before or in a trial, in the order of their ranks.

    ranks: trial → organisation_id → rank. unchanged: no trial changes anything about ranks 1 to 3 ("tidak berubah").
    """

    category: str
    trials: int
    podium: tuple[Rank, ...]
    swaps: tuple[Swap, ...]
    ranks: dict[Trial, dict[int, int]]

    @property
    def winner_changes_in(self) -> tuple[Trial, ...]:
        """The trials in which rank 1 is held by another, by one more, or by one less."""
        return self.podium[0].changed_in

    @property
    def unchanged(self) -> bool:
        """Whether ranks 1 to 3 are the same in every trial."""
        return not any(rank.changed_in for rank in self.podium)


def firmness(results: Sequence[Result], rules: Rubric) -> list[Firmness]:
    """For each category that has ranks, in the order of the results."""
    grouped: dict[str, list[Result]] = {}
    for one in results:
        if one.rank is not None:
            grouped.setdefault(one.category, []).append(one)
    return [_of_category(category, members, rules) for category, members in grouped.items()]


def _of_category(category: str, members: Sequence[Result], rules: Rubric) -> Firmness:
    before = {one.organisation_id: one.rank for one in members if one.rank is not None}
    tried: dict[Trial, dict[int, int]] = {}
    for indicator in INDICATORS:
        for factor in FACTORS:
            tried[Trial(indicator, factor)] = _ranks(members, indicator, factor, rules)
    return Firmness(
        category=category,
        trials=len(tried),
        podium=tuple(_rank(rank, before, tried) for rank in range(1, PODIUM + 1)),
        swaps=_swaps(before, tried),
        ranks=tried,
    )


def _ranks(members: Sequence[Result], indicator: str, factor: Fraction, rules: Rubric) -> dict[int, int]:
    """Ranks with one weight multiplied.

    With T the sum of the weights in use, a row's points are w x figure / T and its effective weight W is 100 w / T. So
    with one w multiplied by f the sum of points S becomes (S + (f - 1) x its points) / (1 + (f - 1) x W / 100).
    """
    weights = {**rules.weights, indicator: rules.weights[indicator] * factor}
    more = factor - 1
    keyed = []
    for one in members:
        own, share = one.points.get(indicator, 0), one.weights.get(indicator, 0)
        total = (sum(one.points.values(), Fraction(0)) + more * own) / (1 + more * share / 100)
        decided = key(formulas.rounded(total - one.deduction), weights, one.indicators, one.breaches)
        keyed.append((decided, one.organisation_id))
    keyed.sort(reverse=True)
    places = formulas.ranks([decided for decided, _ in keyed])
    return {number: place for (_, number), place in zip(keyed, places, strict=True)}


def _rank(rank: int, before: Mapping[int, int], tried: Mapping[Trial, Mapping[int, int]]) -> Rank:
    holders = {number for number, place in before.items() if place == rank}
    changed: list[Trial] = []
    others: dict[int, list[Trial]] = {}
    for trial, places in tried.items():
        now = {number for number, place in places.items() if place == rank}
        if now != holders:
            changed.append(trial)
        for number in sorted(now - holders):
            others.setdefault(number, []).append(trial)
    return Rank(
        rank, tuple(sorted(holders)), tuple(changed), {number: tuple(trials) for number, trials in others.items()}
    )


def _swaps(before: Mapping[int, int], tried: Mapping[Trial, Mapping[int, int]]) -> tuple[Swap, ...]:
    inline = sorted(before, key=lambda number: (before[number], number))
    found: list[Swap] = []
    for first, second in _pairs(inline, before, tried):
        was = before[second] - before[first]
        trials = tuple(trial for trial, places in tried.items() if _sign(places[second] - places[first]) != _sign(was))
        if trials:
            found.append(Swap(first, second, was == 0, trials))
    return tuple(found)


def _pairs(
    inline: Sequence[int], before: Mapping[int, int], tried: Mapping[Trial, Mapping[int, int]]
) -> list[tuple[int, int]]:
    """Neighbours, and everybody beside whoever is on the podium before or in a trial."""
    place = {number: position for position, number in enumerate(inline)}
    top = {number for places in (before, *tried.values()) for number, rank in places.items() if rank <= PODIUM}
    pairs = {(position, position + 1) for position in range(len(inline) - 1)}
    for one in top:
        pairs |= {(min(place[one], other), max(place[one], other)) for other in place.values() if other != place[one]}
    return [(inline[first], inline[second]) for first, second in sorted(pairs)]


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
