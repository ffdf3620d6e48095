"""Look at new texts of the inbox: urgency at once, then kinds by the newest model this installation has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.parts import Parts
from app.services import suggesting

if TYPE_CHECKING:
    from app.language.triage import Triage


class Reader:
    """The model of one process; read anew when another one was learned (jobs/learn.py)."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._model: Triage | None = None
        self._of: tuple[Path, int] | None = None

    def model(self, home: Path) -> Triage:
        """What was learned here, else what the program came with."""
        path = home / suggesting.FILE
        of = (path, path.stat().st_mtime_ns if path.is_file() else 0)
        with self._guard:
            if self._model is None or self._of != of:
                from app.language import triage  # not before there is something to look at

                self._model, self._of = triage.load(path) or triage.shipped(), of
            return self._model


reader = Reader()


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing waits or we are to stop. What is urgent is told before the model is even there."""
    while go_on() and (looks := suggesting.waiting(parts)):
        suggesting.alarm(parts, looks)
        if not go_on() or suggesting.suggest(parts, reader.model(parts.settings.home), looks) == 0:
            return
