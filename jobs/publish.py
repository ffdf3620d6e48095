"""The publisher: looks every half second for what is due, deliveries and answers, and works in its own threads."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from app.parts import Parts
from app.services import answering, claiming, linking, publishing

log = logging.getLogger(__name__)

LOOK_S = 0.5
#: Fifty accounts that publish in the same second, and some that prepare meanwhile. A thread mostly waits for answers.
THREADS = 64
#: Of these, at most so many do anything but make public or take back: twenty minutes ahead there is time.
STAGING = 12
#: Addresses of public posts are asked for by so many at a time, and only while nothing else is under way.
LINKING = 4
#: Seconds. So long collecting and counting wait between two pieces of work while posts or answers go out: all threads
#: of a process share one interpreter. It is no longer, so that a day of posts stops no comments.
GIVE_WAY_S = 2.0


class Publisher:
    """One per worker process. ``wake`` makes it look at once; ``stop`` lets what is under way end."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="publish")
        self._woken = threading.Event()
        self._stopping = threading.Event()
        #: What is under way → whether it is of the kind that must leave room (staging, looking, dropping, linking).
        self._under_way: dict[Future[None], bool] = {}
        #: Public posts whose address was not asked for yet. Lost with the process; collecting asks again.
        self._linkless: deque[int] = deque()
        self._guard = threading.Lock()
        #: Set while nothing is under way that a person waits for.
        self._calm = threading.Event()
        self._calm.set()
        self._thread = threading.Thread(target=self._loop, name="publisher", daemon=True)
        #: When a look last came to its end, monotonic seconds; None before the first. By this a worker is alive.
        self.looked: float | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Claim nothing more and wait for what is under way; a call to a platform is never torn off."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def give_way(self) -> None:
        """For whoever is less urgent: wait until nothing goes out, GIVE_WAY_S at most."""
        self._calm.wait(GIVE_WAY_S)

    @property
    def alive(self) -> bool:
        """Whether it looks, or is in the middle of it; False before ``start`` and after its end, however that came."""
        return self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        with self._guard:
            return bool(self._under_way or self._linkless)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self._look()
                self.looked = time.monotonic()
            except Exception:
                # A locked database or a full disk now says nothing about the next look.
                log.exception("the publisher's look failed")
            self._woken.wait(LOOK_S)

    def _look(self) -> None:
        free, slow = self._room()
        if free <= 0:
            return
        for work in claiming.claim(self.parts, free, staging=STAGING - slow):
            self._submit(self._publish, work, slow=work.step not in ("commit", "withdraw"))
        free, slow = self._room()
        for sending in answering.claim(self.parts, max(free, 1)):
            self._submit(answering.work, sending)
        free, slow = self._room()
        if free == THREADS:
            for delivery_id in self._next_linkless():
                self._submit(linking.link, delivery_id, slow=True)

    def _room(self) -> tuple[int, int]:
        """(free threads, threads that do what must leave room)"""
        with self._guard:
            return THREADS - len(self._under_way), sum(self._under_way.values())

    def _next_linkless(self) -> list[int]:
        with self._guard:
            return [self._linkless.popleft() for _ in range(min(LINKING, len(self._linkless)))]

    def _publish(self, parts: Parts, work: claiming.Work) -> None:
        publishing.work(parts, work)
        if work.step in ("commit", "look"):
            with self._guard:
                self._linkless.append(work.delivery_id)

    def _submit(self, do: Callable[[Parts, Any], None], claimed: Any, *, slow: bool = False) -> None:
        with self._guard:
            future = self._pool.submit(do, self.parts, claimed)
            self._under_way[future] = slow
            if not slow:
                self._calm.clear()
        future.add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        with self._guard:
            self._under_way.pop(future, None)
            if all(self._under_way.values()):
                self._calm.set()
        error = future.exception()
        if error is not None:
            # Whatever it was, the lease brings the row back.
            log.error("a publishing step failed", exc_info=error)
        self._woken.set()
