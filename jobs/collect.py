"""Collect the comments of posts whose poll is due, several accounts at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from app.parts import Parts
from app.services import collecting

THREADS = 4


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing is due or we are to stop."""

    def one(delivery_id: int) -> None:
        if go_on():
            # Asked again before each batch: posts go first (jobs/worker.py).
            collecting.collect(parts, delivery_id, go_on)

    while go_on() and (due := collecting.due(parts)):
        with ThreadPoolExecutor(THREADS, thread_name_prefix="collect") as pool:
            list(pool.map(one, due))
