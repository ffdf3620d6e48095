"""Rollups of posts that became public or ceased to be so, by whatever way, also before anything is read of them."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.services import rebuilding


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing is left or we are to stop."""
    rebuilding.straighten(parts, go_on)
