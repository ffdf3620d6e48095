"""Rollups of posts that became public or ceased to be so, by whatever way, also before anything is read of them."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.services import rebuilding


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Those that have just become public: a look that costs nothing."""
    while go_on() and rebuilding.begin(parts):
        pass


def straighten(parts: Parts, go_on: Callable[[], bool]) -> None:
    """All others, until nothing is left or we are to stop."""
    rebuilding.straighten(parts, go_on)
