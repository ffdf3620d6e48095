"""Read the engagement of posts that reached a reading age, whoever sent them, and once a day each account itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from app.parts import Parts
from app.services import counting, noticing

THREADS = 4


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Until nothing is due or we are to stop."""

    def one(delivery_id: int) -> None:
        if go_on():
            counting.count(parts, delivery_id)

    while go_on() and (due := counting.due(parts)):
        with ThreadPoolExecutor(THREADS, thread_name_prefix="count") as pool:
            list(pool.map(one, due))
    for account_id in counting.due_accounts(parts):
        if not go_on():
            return
        noticing.daily(parts, account_id)
    while go_on() and (seen := noticing.due(parts)):
        for seen_post_id in seen:
            if not go_on():
                return
            noticing.count(parts, seen_post_id)
