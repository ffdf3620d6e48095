"""Personal data in texts: recall and precision per type on both halves of the tables, and the cost of a list."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial

from app.language.findings import TYPES, find
from app.queries.masking import mask
from tests.bench._measure import ROUNDS, seconds
from tests.language.personal_tables import score, table


def _all(work: Callable[[str], object], page: list[str]) -> None:
    for text in page:
        work(text)


def run() -> None:
    """Print both."""
    halves = {half: score(table(half), find) for half in "ab"}
    for name in TYPES:
        told = [
            f"{half}: recall {each[name].recall:.3f} precision {each[name].precision:.3f}"
            for half, each in halves.items()
        ]
        print(f"checks {name:14} {'   '.join(told)}")
    for half, each in halves.items():
        for name, found in each.items():
            for miss in found.misses:
                print(f"checks {half} {name}: {miss}")
    texts = [row.text for half in "ab" for row in table(half)]
    plain = ["Lampu jalan mati sudah lama, mohon diperbaiki pak", "Mantap, terima kasih banyak 🙏🙏"]
    for what, said in (("of the tables", texts), ("without anything to find", plain)):
        page = (said * (1000 // len(said) + 1))[:1000]
        for word, work in (("find", find), ("mask", mask)):
            took = statistics.median(seconds(partial(_all, work, page)) for _ in range(ROUNDS))
            print(f"checks {word}, 1,000 comments {what}: {1000 * took:.1f} ms")
