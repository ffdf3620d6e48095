"""The worker process: publisher, timetable, heartbeat. ``kentongan worker`` is this; ``serve`` keeps one."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from app import clock
from app.parts import Parts, build
from app.queries import queues
from app.services import hooking, workers
from app.settings import load
from jobs import TIMETABLE, Job
from jobs.publish import Publisher

log = logging.getLogger(__name__)

#: So soon it is seen whether the publisher has looked for the first time.
_FIRST_S = 0.25
#: Longest wait for the platforms' time before the first look; each commit asks again where nobody answered.
_HEAR_S = 5.0
#: A job's lease is prolonged with each beat while it runs, however long that is; a dead worker's ends after this.
LEASE_S = 15.0


class Worker:
    """Start it, wait, stop it. Two of them on one database do no harm: rows are claimed, jobs are leased."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.id = uuid.uuid4().hex
        self.publisher = Publisher(parts)
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._running: set[str] = set()
        self._beating = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        # Not the heart's own work: where names are not answered, a call takes longer than a lease.
        self._hearing = threading.Thread(target=self._hear, name="clock", daemon=True)
        self._heard = threading.Event()
        # Nothing is missed by APScheduler's rules: what is due stands in our tables, and a late firing is as good.
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for job in TIMETABLE:
            self._scheduler.add_job(
                self._fire, "interval", (job,), seconds=job.every.total_seconds(), id=job.name, next_run_time=_soon()
            )

    def start(self) -> None:
        """Begin. The first beat comes after the publisher's first look: who dies before that never was alive."""
        # Before the first look: a fresh process knows nothing yet of its clock.
        self._hearing.start()
        self._heard.wait(_HEAR_S)
        self._beating.start()
        self.publisher.start()
        self._scheduler.start()

    def stop(self) -> None:
        """End in order: nothing new is begun, what is under way is finished, posts before comments."""
        self._stopping.set()
        self.publisher.stop()
        self._scheduler.shutdown(wait=True)
        self._ended.set()
        self._beating.join()
        self._hearing.join(_HEAR_S)
        workers.leave(self.parts, self.id)

    def _fire(self, job: Job) -> None:
        def go_on() -> bool:
            # Posts go first, whatever else is due.
            self.publisher.give_way()
            return not self._stopping.is_set() and job.name in self._running

        if self._stopping.is_set() or not workers.take(self.parts, job.name, self.id, LEASE_S):
            return
        self._running.add(job.name)
        try:
            job.run(self.parts, go_on)
        except Exception:
            # What was due stands in the tables: the next firing finds it again.
            log.exception("job %s", job.name)
        finally:
            self._running.discard(job.name)
            workers.give_back(self.parts, job.name, self.id)

    def _beat(self) -> None:
        pause = _FIRST_S
        while not self._ended.wait(pause):
            try:
                looked = self.publisher.looked
                if looked is not None:
                    # What the beat says is the publisher's life, not this thread's: dead or stuck, it is soon stale.
                    workers.beat(self.parts, self.id, time.monotonic() - looked)
                    pause = workers.BEAT_S
                for name in list(self._running):
                    if not workers.take(self.parts, name, self.id, LEASE_S):
                        # We were silent too long and another worker has the job: leave it to that one.
                        self._running.discard(name)
            except Exception:
                # A database that is locked now may take the next beat; a missed one is seen by everybody.
                log.exception("heartbeat")

    def _hear(self) -> None:
        while not self._ended.is_set():
            try:
                workers.hear_the_time(self.parts)
            except Exception:
                log.exception("the platforms' time")
            self._heard.set()
            self._ended.wait(workers.BEAT_S)


def run(parts: Parts, *, until_idle: bool = False, with_parent: bool = False) -> list[str]:
    """Work until a signal, or with ``until_idle`` until nothing is due soon. Returns what is left, a line each.

    RuntimeError: the publisher ended by itself. This process ends too, so that its supervisor begins a fresh one.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    worker, began = Worker(parts), clock.now()
    worker.start()
    try:
        quiet = 0
        while not stop.wait(0.25):
            if not worker.publisher.alive:
                raise RuntimeError("the publisher ended by itself")
            if not until_idle:
                continue
            quiet = 0 if worker.publisher.busy or _pending(parts, began) else quiet + 1
            if quiet >= 2:
                break
    finally:
        worker.stop()
    with parts.db.read() as session:
        return queues.left(session, clock.now())


def _pending(parts: Parts, began: datetime) -> bool:
    if hooking.waiting(parts):
        return True
    with parts.db.read() as session:
        return queues.pending(session, clock.now(), timedelta(seconds=parts.settings.idle_s), since=began)


def _watch_parent(stop: threading.Event) -> None:
    """The supervisor holds the other end of our standard input: when it dies, we end too."""
    # Not sys.stdin: a thread inside its lock makes the interpreter's end a fatal error.
    while os.read(0, 1024):
        pass
    stop.set()


def _soon() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """``python -m jobs.worker``: the child of ``kentongan serve``; settings come from its environment."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    logging.Formatter.converter = time.gmtime
    run(build(load()), with_parent=True)


if __name__ == "__main__":
    main()
