"""The publisher: looks every half second for what is due, deliveries and answers, and works in its own threads."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from app.parts import Parts
from app.services import answering, claiming, publishing

log = logging.getLogger(__name__)

LOOK_S = 0.5
THREADS = 16


class Publisher:
    """One per worker process. ``wake`` makes it look at once; ``stop`` lets what is under way end."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="publish")
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._under_way: set[Future[None]] = set()
        self._guard = threading.Lock()
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

    @property
    def alive(self) -> bool:
        """Whether it looks, or is in the middle of it; False before ``start`` and after its end, however that came."""
        return self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        with self._guard:
            return bool(self._under_way)

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
        with self._guard:
            free = THREADS - len(self._under_way)
        if free <= 0:
            return
        for work in claiming.claim(self.parts, free):
            self._submit(publishing.work, work)
        with self._guard:
            free = THREADS - len(self._under_way)
        for sending in answering.claim(self.parts, max(free, 1)):
            self._submit(answering.work, sending)

    def _submit(self, do: Callable[[Parts, Any], None], claimed: Any) -> None:
        future = self._pool.submit(do, self.parts, claimed)
        with self._guard:
            self._under_way.add(future)
        future.add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        with self._guard:
            self._under_way.discard(future)
        error = future.exception()
        if error is not None:
            # Whatever it was, the lease brings the row back.
            log.error("a publishing step failed", exc_info=error)
        self._woken.set()
