"""How firm the order of a frozen version is, in words a hall understands. Computed once a version and process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.awarding import canonical, rubric, scoring, sensitivity
from app.awarding.sensitivity import Firmness, Trial
from app.parts import Parts
from app.services import freezing
from app.words_award import INDICATORS

#: Trials of one category: each of the six weights a fifth up and a fifth down.
TRIALS = 12


@dataclass(frozen=True)
class Told:
    """unchanged: ranks 1 to 3 in every trial. swaps: (first, second, whether they are equal now, in which trials)."""

    unchanged: bool
    winner: bool
    trials: int
    swaps: tuple[tuple[str, str, bool, tuple[str, ...]], ...]
    more: int


def of(parts: Parts, award_id: int, version: int, most: int = 12) -> dict[str, Told]:
    """Category → how firm its order is. Problem: unknown_award, unknown_version."""
    with parts.db.read() as session:
        row = freezing.version_of(session, award_id, version)
        return _told(row.sha256, freezing.content_of(row), most)


@lru_cache(maxsize=8)
def _told(_sha256: str, content: bytes, most: int) -> dict[str, Told]:
    snapshot = canonical.load(content)
    results = scoring.score(snapshot)
    names = {one.organisation_id: one.organisation for one in results}
    found = sensitivity.firmness(results, rubric.read(snapshot.get("rubric")))
    return {each.category: _of_category(each, names, most) for each in found}


def _of_category(found: Firmness, names: dict[int, str], most: int) -> Told:
    swaps = tuple(
        (names[swap.first], names[swap.second], swap.equal, tuple(_trial(trial) for trial in swap.trials))
        for swap in found.swaps
    )
    return Told(found.unchanged, not found.winner_changes_in, found.trials, swaps[:most], max(0, len(swaps) - most))


def _trial(trial: Trial) -> str:
    return f"{INDICATORS[trial.indicator]} {'+' if trial.factor > 1 else '−'}20%"
