"""The held-out comments and what is counted on them; the tests and `make bench` share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.language import triage
from app.language.training import KINDS, rows
from app.language.triage import ANSWERED, UNSURE, Suggestion, Triage

HERE = Path(__file__).parent
FIRST, SECOND = HERE / "heldout", HERE / "heldout" / "second"
#: Written before their author saw any training line of the fourth pass, scored once, then learnt from.
THIRD, FOURTH = HERE / "heldout" / "third", HERE / "heldout" / "fourth"
PARTS = (FIRST, SECOND, THIRD, FOURTH)


@cache
def model() -> Triage:
    """What the program comes with; test_triage.py holds that it is made of the examples as they are."""
    return triage.shipped()


def held_out(*folders: Path) -> list[tuple[str, str]]:
    """(text, kind), of all parts if none is named."""
    return [(row, kind) for folder in folders or PARTS for kind in KINDS for row in rows(folder / f"{kind}.txt")]


@cache
def judged(folder: Path) -> tuple[tuple[Suggestion, str], ...]:
    """What ``model`` says of each comment of one part, beside its kind."""
    comments = held_out(folder)
    return tuple(zip(model().suggest([text for text, _ in comments]), [kind for _, kind in comments], strict=True))


@dataclass(frozen=True)
class Figures:
    """Of one kind. An abstention is a miss for its kind's recall."""

    precision: float
    recall: float
    number: int
    unsure: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / ((self.precision + self.recall) or 1)


def figures(told: Sequence[tuple[Suggestion, str]], *, abstentions: bool = True) -> dict[str, Figures]:
    """Per kind. abstentions False: over the comments for which a kind was suggested at all."""
    told = [(said, kind) for said, kind in told if abstentions or said.kind != UNSURE]
    out = {}
    for kind in KINDS:
        hit = sum(said.kind == kind == truth for said, truth in told)
        suggested = sum(said.kind == kind for said, _ in told)
        there = sum(truth == kind for _, truth in told)
        unsure = sum(said.kind == UNSURE and truth == kind for said, truth in told)
        out[kind] = Figures(hit / (suggested or 1), hit / (there or 1), there, unsure)
    return out


def macro(of: dict[str, Figures]) -> float:
    """The mean of F1 over the six kinds."""
    return sum(each.f1 for each in of.values()) / len(of)


def leak(told: Sequence[tuple[Suggestion, str]]) -> float:
    """The part of what must be answered that was suggested as pujian or spam."""
    must = [said for said, kind in told if kind in ANSWERED]
    return sum(said.kind in ("pujian", "spam") for said in must) / len(must)
