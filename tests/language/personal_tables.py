"""The readable tables of texts with personal data, and how a checker is scored on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent
_MARK = re.compile(r"\{(nik|kk|telepon|rekening|alamat|lokasi|plat|email|tanggal_lahir):((?:[^{}]|\{\w+\})*)\}")


class Row(NamedTuple):
    """One text without its marks, and what must be found in it: (type, start, end)."""

    text: str
    wanted: list[tuple[str, int, int]]


class Score(NamedTuple):
    """Counts of one type; `misses` are sentences for people."""

    hit: int
    missed: int
    wrong: int
    misses: list[str]

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.wrong) if self.hit + self.wrong else 1.0


def table(half: str) -> list[Row]:
    """All rows of a half: 'a' or 'b'."""
    lines = (_HERE / f"personal_{half}.txt").read_text("utf-8").split("\n")
    return [_row(line) for line in lines if line.strip() and not line.startswith("##")]


def _row(line: str) -> Row:
    text, wanted, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        wanted.append((mark[1], len(text), len(text) + len(mark[2])))
        text += mark[2]
        at = mark.end()
    return Row(text + line[at:], wanted)


def score(rows: Iterable[Row], find: Callable[[str], Iterable[tuple[str, int, int]]]) -> dict[str, Score]:
    """Per type. Found means: the same type, and at least half of what both cover together is covered by both."""
    hit: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    told: dict[str, list[str]] = {}
    for text, wanted in rows:
        found = [(kind, start, end) for kind, start, end in find(text)]
        for want in wanted:
            match = next((each for each in found if _same(each, want)), None)
            if match is None:
                missed[want[0]] += 1
                told.setdefault(want[0], []).append(f"missed {text[want[1] : want[2]]!r} in {text!r}")
            else:
                hit[want[0]] += 1
                found.remove(match)
        for kind, start, end in found:
            wrong[kind] += 1
            told.setdefault(kind, []).append(f"wrongly {text[start:end]!r} in {text!r}")
    names = sorted({*hit, *missed, *wrong})
    return {name: Score(hit[name], missed[name], wrong[name], told.get(name, [])) for name in names}


def _same(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    both = min(one[2], other[2]) - max(one[1], other[1])
    return one[0] == other[0] and both * 2 >= max(one[2], other[2]) - min(one[1], other[1])
