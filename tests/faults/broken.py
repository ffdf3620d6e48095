"""Workers with something broken in them, and what a worker knows of itself; run in the nursery."""

from __future__ import annotations

import itertools
import sys

import pytest
from sqlalchemy import text

from app.parts import Parts, build
from app.services import claiming, outcomes
from app.settings import load
from jobs import worker

#: Looks that a broken publisher still ends.
GOOD_LOOKS = 3


def dead_publisher() -> None:
    """Its publisher's thread ends at the fourth look, as by a fault that no handler knows."""
    looks = itertools.count(1)
    honest = claiming.claim

    def claim(parts: Parts, limit: int = 50, *, staging: int = 50) -> list[claiming.Work]:
        if next(looks) > GOOD_LOOKS:
            raise SystemExit
        return honest(parts, limit, staging=staging)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claiming, "claim", claim)
        worker.main()


def publisher_alone() -> None:
    """Nothing but its publisher writes. SIGSTOP would catch another thread in a transaction, and SQLite locked by a
    process that sleeps stays locked; a machine that sleeps puts all of them to sleep at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "TIMETABLE", ())
        patch.setattr(worker, "_FIRST_S", 3600.0)
        worker.main()


def persistent() -> None:
    """Gives up on nothing. Eight torn tries fail a post; whom so many kills strike is up to the machine's speed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes, "MOST_ATTEMPTS", 1000)
        worker.main()


def pragmas() -> None:
    """Says how the worker's own connections, for reading and for writing, keep what they are told."""
    parts = worker.Worker(build(load())).parts
    for transaction in (parts.db.read, parts.db.write):
        with transaction() as session:
            said = [session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")]
            sys.stdout.write(" ".join(map(str, said)) + "\n")
