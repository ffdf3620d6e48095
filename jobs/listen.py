"""See from which accounts nothing is heard, and tell the people in charge once."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.services import silence


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Look at all accounts; that is some indexed reads each."""
    if go_on():
        silence.look(parts)
