"""Look at new texts of the inbox: urgency at once, then kinds by the model, which is trained and kept here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from app import clock
from app.parts import Parts
from app.services import suggesting

if TYPE_CHECKING:
    from app.language.triage import Triage

log = logging.getLogger(__name__)


class _Pupil:
    """The model of this process, and of what it was made."""

    def __init__(self) -> None:
        self.model: Triage | None = None
        self.lessons = 0
        self.learned: datetime | None = None

    def ready(self, parts: Parts) -> Triage:
        """Train when there is none, or when people have decided enough since."""
        present = clock.now()
        rested = self.learned is None or abs(present - self.learned) >= suggesting.RELEARN
        if self.model is not None and not rested:
            return self.model
        lessons = suggesting.lessons(parts)
        if self.model is None or abs(len(lessons) - self.lessons) >= suggesting.WORTH:
            from app.language import triage  # heavy: not before there is something to look at

            self.model = triage.train(lessons)
            self.lessons = len(lessons)
            log.info("kinds learned from the examples and %s corrections", len(lessons))
        self.learned = present
        return self.model


_pupil = _Pupil()


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing waits or we are to stop."""
    while go_on() and (looks := suggesting.waiting(parts)):
        suggesting.alarm(parts, looks)
        if not go_on():
            return
        if suggesting.suggest(parts, _pupil.ready(parts), looks) == 0:
            return  # all of them were changed meanwhile, or another worker was quicker
