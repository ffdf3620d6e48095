"""A worker is called running only while its publisher looks; a dead one is replaced; what is written is on disk."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from app import clock
from app.models import Worker as Row
from app.parts import Parts
from app.queries import health
from app.queries.doctor import Finding, examine
from app.services import claiming, workers
from jobs import serve
from jobs.serve import Supervisor
from jobs.worker import Worker
from tests.faults.nursery import Born, Nursery
from tests.fixtures.loop import Loop, until
from tests.fixtures.web import Web

#: What the person in charge was promised to be told within.
TOLD = timedelta(seconds=40)
STOPPED = "Penerbit otomatis sedang tidak berjalan"


def _named(web: Web) -> dict[str, str]:
    settings = web.parts.settings
    return {
        "KENTONGAN_HOME": str(settings.home),
        "KENTONGAN_SECRET_KEY": settings.secret_key,
        "PYTHONWARNINGS": "error",
    }


def _doctor(web: Web) -> Finding:
    (found,) = [one for one in examine(web.parts.settings) if one.name == "worker"]
    return found


def _page(web: Web) -> str:
    return web.sign_in("pengelola").get("/").get_data(as_text=True)


def _alive(parts: Parts, later: timedelta = timedelta(0)) -> bool:
    with parts.db.read() as session:
        return health.machine(session, clock.now() + later).worker_alive


@pytest.fixture
def worker_of(web: Web, nursery: Nursery) -> Iterator[Callable[..., Born]]:
    """Starts workers on the installation of ``web``; whoever is left is killed."""
    born: list[Born] = []

    def start(*what: str) -> Born:
        born.append(nursery.bear(_named(web), *what))
        return born[-1]

    yield start
    for one in born:
        if one.status() is None:
            one.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_dead_or_sleeping_worker_is_said_within_forty_seconds(
    web: Web, worker_of: Callable[..., Born], number: int
) -> None:
    assert not _doctor(web).ok
    child = worker_of()
    until(lambda: _alive(web.parts), 30, "it beats")
    assert _doctor(web).ok
    assert STOPPED not in _page(web)
    child.kill(number)
    with clock.travel(TOLD):
        assert not _doctor(web).ok
        assert STOPPED in _page(web)
    assert health.FRESH.total_seconds() + workers.BEAT_S < TOLD.total_seconds()


def test_a_worker_beats_soon_and_goes_on(web: Web, worker_of: Callable[..., Born]) -> None:
    child = worker_of()
    until(lambda: _alive(web.parts), 30)
    first = _beat(web.parts)
    until(lambda: _beat(web.parts) > first, workers.BEAT_S + 15, "the next beat")
    child.kill(signal.SIGTERM)
    assert child.ended() == 0, child.words()
    assert not _alive(web.parts)


def test_a_worker_whose_publisher_died_ends_and_was_running_no_longer(web: Web, worker_of: Callable[..., Born]) -> None:
    child = worker_of("tests.faults.broken:dead_publisher")
    assert child.ended() == 1  # its supervisor starts another
    assert "the publisher ended by itself" in child.words()
    assert not _alive(web.parts)


def _beat(parts: Parts) -> datetime:
    with parts.db.read() as session:
        return session.exec(select(Row.beat_at).order_by(col(Row.beat_at).desc())).one()


#: The death of the thread is what is tried here.
_DIES = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database has no part in it
@pytest.mark.parametrize("how", [pytest.param("dead", marks=_DIES), "stuck", "failing", "never"])
def test_a_heart_does_not_beat_for_a_publisher_that_does_not_look(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(workers, "BEAT_S", 0.02)
    beats: list[float] = []
    honest_beat, honest_claim = workers.beat, claiming.claim
    broken, let_go = threading.Event(), threading.Event()

    def beat(parts: Parts, worker_id: str, looked_s: float = 0.0) -> None:
        honest_beat(parts, worker_id, looked_s)
        beats.append(looked_s)

    def claim(parts: Parts, limit: int, **more: Any) -> list[claiming.Work]:
        if not broken.is_set() and how != "never":
            return honest_claim(parts, limit, **more)
        if how == "dead":
            raise SystemExit
        if how == "failing":
            raise OSError("disk full")
        let_go.wait(30)
        return []

    monkeypatch.setattr(workers, "beat", beat)
    monkeypatch.setattr(claiming, "claim", claim)
    worker = Worker(loop.parts)
    worker.start()
    try:
        if how == "never":
            # It hangs in its first look: the heart's thread lives, and there is nothing for it to say.
            time.sleep(1.0)
            assert beats == []
            assert not _alive(loop.parts)
            return
        until(lambda: beats, 20, "the first beat")
        assert _alive(loop.parts)
        broken.set()
        until(lambda: beats[-1] > 1.0, 20, "the heart's thread goes on")
        last = _beat(loop.parts)
        count, began = len(beats), time.monotonic()
        until(lambda: len(beats) > count + 3 and time.monotonic() - began > 5, 30)
        # The same moment is told again and again (but for a crowded machine's pauses): that of the last look.
        assert abs(_beat(loop.parts) - last) < timedelta(seconds=3)
        assert not _alive(loop.parts, health.FRESH)
    finally:
        let_go.set()
        worker.stop()


def test_a_platform_that_does_not_answer_stops_no_heart_and_no_publisher(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where names are not answered, asking for the time takes longer than the heart may be silent."""
    let_go = threading.Event()
    monkeypatch.setattr(workers, "hear_the_time", lambda _parts: let_go.wait(30))
    monkeypatch.setattr("jobs.worker._HEAR_S", 0.2)
    monkeypatch.setattr(workers, "BEAT_S", 0.02)
    worker = Worker(loop.parts)
    worker.start()
    try:
        until(lambda: _alive(loop.parts), 20)
        first = _beat(loop.parts)
        until(lambda: _beat(loop.parts) > first, 20, "the next beat")
    finally:
        let_go.set()
        worker.stop()


@pytest.fixture
def quick_hands(monkeypatch: pytest.MonkeyPatch, web: Web) -> Iterator[tuple[Supervisor, list[Any], list[float]]]:
    """A supervisor whose workers are sleeping processes, its own clock in one hand: (it, its children, [seconds])."""
    made: list[subprocess.Popen[bytes]] = []
    now = [1000.0]

    def spawn(_settings: object) -> subprocess.Popen[bytes]:
        made.append(subprocess.Popen(["/bin/sleep", "60"], stdin=subprocess.PIPE))
        return made[-1]

    monkeypatch.setattr(serve, "spawn_worker", spawn)
    monkeypatch.setattr(serve, "time", SimpleNamespace(monotonic=lambda: now[0]))
    yield Supervisor(web.parts, jobs=True, demo=False), made, now
    monkeypatch.undo()
    for child in made:
        child.kill()
        child.communicate()


def test_a_killed_worker_is_replaced_within_seconds_and_a_crash_loop_is_slowed(
    quick_hands: tuple[Supervisor, list[Any], list[float]],
) -> None:
    supervisor, made, now = quick_hands

    def dies() -> float:
        """The youngest worker is killed; after how many seconds there is another."""
        made[-1].kill()
        made[-1].wait()
        before, at = len(made), now[0]
        while len(made) == before:
            now[0] += serve._CHECK_S
            supervisor._keep()
        return now[0] - at

    supervisor._keep()
    assert len(made) == 1
    now[0] += 3600
    assert dies() == serve._CHECK_S  # at once, after an hour of good work
    waits = [dies() for _ in range(8)]
    assert waits == sorted(waits)
    assert waits[0] <= 3
    assert waits[-1] == serve._SLOWEST_S + serve._CHECK_S == waits[-2]
    now[0] += serve._LIVED_S + 1
    assert dies() == serve._CHECK_S  # it had lived: no crash loop


def test_what_was_said_to_be_written_is_on_disk_in_both_processes(web: Web, worker_of: Callable[..., Born]) -> None:
    """journal_mode WAL and synchronous FULL (2): each commit waits for the disk, whoever commits."""
    child = worker_of("tests.faults.broken:pragmas")
    assert child.ended() == 0, child.words()
    assert child.words().split("\n") == ["wal 2", "wal 2", ""]
    parts: Parts = web.app.extensions["kentongan"]
    for transaction in (parts.db.read, parts.db.write):
        with transaction() as session:
            assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
            assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
