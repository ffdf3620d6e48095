"""The weekly digest to koordinator and pembina, and the daily list of what the spam filter hid."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.queries import weekly
from app.queries.masking import mask
from app.services import digest, hidden_list


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """What is due now; most of the time nothing is."""
    hidden_list.send_due(parts, mask, go_on)
    digest.send_due(parts, weekly.read, go_on)
