"""Once a day the model of kinds learns from what coordinators decided otherwise."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app import clock
from app.parts import Parts
from app.services import suggesting

log = logging.getLogger(__name__)


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Nothing while there is little to learn, or the last lesson was not a day ago: it costs a core some seconds."""
    path = parts.settings.home / suggesting.FILE
    if path.is_file() and clock.now().timestamp() - path.stat().st_mtime < suggesting.RELEARN.total_seconds():
        return
    lessons = suggesting.lessons(parts)
    if len(lessons) < suggesting.WORTH or not go_on():
        return
    from app.language import triage

    model = triage.ready(path, lessons)
    path.touch()  # also when it is the same as before: asked again tomorrow
    log.info("kinds: model %s knows %s decisions", model.version, len(lessons))
