"""Letters to koordinator and pembina: the weekly digest, the monthly report, what the spam filter hid each day."""

from __future__ import annotations

from collections.abc import Callable

from app.parts import Parts
from app.queries import monthly, weekly
from app.queries.masking import mask
from app.services import digest, hidden_list, reporting


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """What is due now; most of the time nothing is."""
    hidden_list.send_due(parts, mask, go_on)
    digest.send_due(parts, weekly.read, go_on)
    reporting.send_due(parts, monthly.read, go_on)
