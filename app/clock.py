"""The only place that asks what time it is. Always aware, always UTC.

``since_boot`` is for lengths of time: nobody can set it, and it goes on while the machine sleeps.

A test moves time in its own process with ``travel``; child processes are steered by the ``_S`` settings instead.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_shift = timedelta(0)


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC) + _shift


def shift() -> timedelta:
    """How far this process has travelled; added where another clock than ours is read."""
    return _shift


def since_boot() -> float:
    """Seconds on a clock that nobody can set, counted also while the machine sleeps where the system can tell."""
    # On Linux time.monotonic() stands still in suspend: a lease would seem whole that has long gone to another host.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@contextmanager
def travel(by: timedelta) -> Iterator[None]:
    """Shift ``now()`` by this much inside the block (this process only)."""
    global _shift
    before = _shift
    _shift = before + by
    try:
        yield
    finally:
        _shift = before
