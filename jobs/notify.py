"""Tell the people in charge what went wrong: gather what waits in the outbox into letters, and send them."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.services import letters, notifying


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing is due or we are to stop."""
    notifying.gather(parts)
    while go_on() and letters.send_due(parts, go_on):
        pass
