"""Work off what platforms told unasked."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.services import hooking


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing is due or we are to stop."""
    hooking.work(parts, go_on)
