"""Tell the people in charge what went wrong: gather what waits in the outbox into letters, and send them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.models import Letter
from app.parts import Parts
from app.queries import monthly
from app.services import letters, notifying, reporting
from app.services.gateways import File


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing is due or we are to stop."""
    notifying.gather(parts)
    while go_on() and letters.send_due(parts, go_on, _files):
        pass


def _files(parts: Parts, letter: Letter) -> Sequence[File]:
    return reporting.attachments(parts, monthly.read, letter)
