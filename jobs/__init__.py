"""What happens by itself. The timetable on one screen; the queue is in the tables, never in a job store.

Publishing is not here: it looks every half second with threads of its own (jobs/publish.py), so that collecting or
counting never delays it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from app.parts import Parts
from jobs import check, collect, count, digest, hooks, learn, listen, notify, remind, roll, suggest, tidy, watch

#: Asked between two pieces of work: whether to go on (the lease is still ours and nobody wants us to stop).
GoOn = Callable[[], bool]


@dataclass(frozen=True)
class Job:
    """run(parts, go_on) does what is due and returns; it is fired every so often, in one process at a time."""

    name: str
    every: timedelta
    run: Callable[[Parts, GoOn], None]


TIMETABLE = (
    Job("collect", timedelta(seconds=2), collect.run),
    Job("hooks", timedelta(seconds=1), hooks.run),
    Job("count", timedelta(seconds=2), count.run),
    Job("watch", timedelta(minutes=1), watch.run),
    Job("roll", timedelta(seconds=10), roll.run),
    Job("straighten", timedelta(minutes=10), roll.straighten),
    Job("suggest", timedelta(seconds=2), suggest.run),
    Job("notify", timedelta(seconds=10), notify.run),
    Job("remind", timedelta(minutes=2), remind.run),
    Job("digest", timedelta(minutes=10), digest.run),
    Job("calendar", timedelta(hours=6), remind.straighten),
    Job("check", timedelta(minutes=10), check.run),
    Job("listen", timedelta(minutes=30), listen.run),
    Job("learn", timedelta(hours=1), learn.run),
    Job("tidy", timedelta(minutes=30), tidy.run),
)
