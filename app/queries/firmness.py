"""How firm the order of an award is, in words a hall understands."""

from __future__ import annotations

from dataclasses import dataclass

from app.awarding.sensitivity import Firmness, Trial
from app.parts import Parts
from app.queries import standings_award
from app.queries.standings_award import Standings
from app.words_award import INDICATORS


@dataclass(frozen=True)
class Told:
    """unchanged: ranks 1 to 3 in every trial; winner: rank 1. swaps: (first, second, whether they are equal now, in
    which trials); more: how many swaps are not listed."""

    unchanged: bool
    winner: bool
    trials: int
    swaps: tuple[tuple[str, str, bool, tuple[str, ...]], ...]
    more: int


def of(parts: Parts, found: Standings, most: int = 12) -> dict[str, Told]:
    """Category → how firm its order is; only those with ranks."""
    names = {place.organisation_id: place.organisation for place in found.places}
    return {each.category: _told(each, names, most) for each in standings_award.firmness(parts, found)}


def _told(found: Firmness, names: dict[int, str], most: int) -> Told:
    swaps = tuple(
        (names[swap.first], names[swap.second], swap.equal, tuple(_trial(trial) for trial in swap.trials))
        for swap in found.swaps
    )
    return Told(found.unchanged, not found.winner_changes_in, found.trials, swaps[:most], max(0, len(swaps) - most))


def _trial(trial: Trial) -> str:
    return f"{INDICATORS[trial.indicator]} {'+' if trial.factor > 1 else '−'}20%"
