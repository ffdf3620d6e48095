"""The weekly digest to koordinator and pembina."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.queries import weekly
from app.services import digest


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """What is due now; most of the week nothing is."""
    digest.send_due(parts, weekly.read, go_on)
