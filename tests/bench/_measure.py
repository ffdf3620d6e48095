"""Interleaved rounds: A B, A B, ...; the median of the ratios of each round says more than any absolute number."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(name: str, ours: Callable[[], object], other: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Print and return the median ratio of speeds, ours / other (above 1: we are faster)."""
    ratios, mine, theirs = [], [], []
    for _ in range(rounds):
        a, b = seconds(ours), seconds(other)
        ratios.append(b / a)
        mine.append(a)
        theirs.append(b)
    ratio = statistics.median(ratios)
    print(
        f"{name:66} ratio {ratio:8.2f}   (ours {1000 * statistics.median(mine):9.2f} ms, "
        f"other {1000 * statistics.median(theirs):9.2f} ms, load {os.getloadavg()[0]:.1f})"
    )
    return ratio
