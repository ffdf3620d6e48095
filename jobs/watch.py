"""Look at the accounts that are read from outside, once a day each."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.services import watching


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing is due or we are to stop. One after the other: they draw on the same few readers' allowances."""
    while go_on() and (due := watching.due(parts)):
        for watched_id in due:
            if not go_on():
                return
            watching.look(parts, watched_id)
