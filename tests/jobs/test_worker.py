"""The worker: ends when idle, ends in order, shares its periodic jobs with others."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from app import clock
from app.models import Account, JobLease, Reading
from app.models import Worker as WorkerRow
from app.parts import Parts
from app.queries import health
from app.services import accounts, counting, workers
from connectors import Busy
from jobs import TIMETABLE, Job, worker
from jobs.worker import Worker
from tests.faults.nursery import Nursery
from tests.fixtures.loop import BY, Loop, environment, until

#: For children whose work must succeed: no call of theirs is cut off because the machine is busy.
PATIENT = {"http_timeout_s": 20.0, "lease_s": 60.0}


def test_two_workers_until_idle(shared_loop: Loop, nursery: Nursery) -> None:
    """Due in three seconds: both wait for it, one sends it; what is left is said."""
    loop, place = shared_loop, shared_loop.place()
    due_at = clock.now() + timedelta(seconds=3)
    post_id = loop.post(place.facebook, place.instagram, caption="Tiga detik lagi", photos=2, due_at=due_at)
    loop.post(place.facebook, caption="Besok", due_at=clock.now() + timedelta(days=1))
    home = loop.parts.settings.home
    words = ("worker", "--until-idle")
    named = environment(loop, home, idle_s=5, **PATIENT)
    with nursery.running(named, *words) as one, nursery.running(named, *words) as other:
        assert (one.ended(), other.ended()) == (0, 0), one.words() + other.words()
        for child in (one, other):
            assert "1 delivery queued, next" in child.words()
            assert "Traceback" not in child.words()
            assert place.page.page_token not in child.words()
    assert loop.state(post_id) == "published"
    for delivery, remote in zip(loop.deliveries(post_id), (place.page.page_id, place.page.ig_id), strict=True):
        assert loop.control.count(remote) == 1
        assert delivery.published_at is not None
        # Two workers were starting on a shared machine; punctuality has a bench of its own.
        assert due_at <= delivery.published_at < due_at + timedelta(seconds=60)
    with loop.parts.db.read() as session:
        assert session.exec(select(WorkerRow)).all() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(shared_loop: Loop, nursery: Nursery, number: int) -> None:
    loop, place = shared_loop, shared_loop.place()
    loop.control.fault("flip", "slow", account_id=place.page.page_id, seconds=1.5)
    post_id = loop.post(place.facebook)
    with nursery.running(environment(loop, loop.parts.settings.home, **PATIENT), "worker") as child:
        until(lambda: loop.delivery(post_id).state == "committing", 30)
        child.kill(number)
        assert child.ended() == 0, child.words()
    assert loop.delivery(post_id).state == "published"  # what was under way was finished
    with loop.parts.db.read() as session:
        assert not health.machine(session, clock.now()).worker_alive
        assert all(lease.until <= clock.now() for lease in session.exec(select(JobLease)))


def test_the_timetable_is_as_decided(loop: Loop) -> None:
    """design.md section 12: memory store, UTC, no misfires, coalesced, one instance."""
    scheduler = Worker(loop.parts)._scheduler
    assert scheduler.timezone == UTC
    scheduler.start(paused=True)
    try:
        jobs = {job.id: job for job in scheduler.get_jobs()}
        assert set(jobs) == {job.name for job in TIMETABLE}
        for job in jobs.values():
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert {type(store).__name__ for store in scheduler._jobstores.values()} == {"MemoryJobStore"}
    finally:
        scheduler.shutdown()


def test_a_dead_owners_lease_is_taken_over_when_it_ends(loop: Loop) -> None:
    parts = loop.parts
    assert workers.take(parts, "collect", "mati", 30)
    assert not workers.take(parts, "collect", "hidup", 30)
    assert workers.take(parts, "collect", "mati", 30)
    assert workers.take(parts, "count", "hidup", 30)
    with clock.travel(timedelta(seconds=31)):
        assert workers.take(parts, "collect", "hidup", 30)
        assert not workers.take(parts, "collect", "mati", 30)
        workers.give_back(parts, "collect", "mati")  # not its any more
        assert not workers.take(parts, "collect", "mati", 30)
        workers.give_back(parts, "collect", "hidup")
        assert workers.take(parts, "collect", "mati", 30)
    # Three beats may fail; a dead worker keeps nobody from collecting for longer.
    assert 3 * workers.BEAT_S <= worker.LEASE_S <= 30


def test_one_of_many_gets_the_job(loop: Loop) -> None:
    barrier, got = threading.Barrier(8), []

    def take(name: str) -> None:
        barrier.wait()
        if workers.take(loop.parts, "collect", name, 30):
            got.append(name)

    threads = [threading.Thread(target=take, args=(f"pekerja {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_a_long_job_keeps_its_lease_and_a_lost_one_stops_it(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is turned by hand, and the silence is made: how quick the machine is does not matter."""
    monkeypatch.setattr(workers, "BEAT_S", 0.05)
    monkeypatch.setattr(worker, "LEASE_S", 30)
    begun, stopped, silent, held, speaks = (threading.Event() for _ in range(5))
    beat = workers.beat

    def beat_unless_silent(*given: Any) -> None:
        if silent.is_set():
            held.set()
            speaks.wait(60)
        beat(*given)

    monkeypatch.setattr(workers, "beat", beat_unless_silent)

    def left() -> timedelta:
        with loop.parts.db.read() as session:
            return session.get_one(JobLease, "collect").until - clock.now()

    def run(_parts: Parts, go_on: Callable[[], bool]) -> None:
        begun.set()
        until(lambda: not go_on(), 60)
        stopped.set()

    monkeypatch.setattr(worker, "TIMETABLE", (Job("collect", timedelta(seconds=60), run),))
    one = Worker(loop.parts)
    one.start()
    with ExitStack() as travels:
        travels.callback(one.stop)
        travels.callback(speaks.set)
        assert begun.wait(20)
        assert one._running == {"collect"}
        for _ in range(3):  # well beyond the lease
            travels.enter_context(clock.travel(timedelta(seconds=20)))
            until(lambda: left() > timedelta(seconds=20))
            assert not workers.take(loop.parts, "collect", "lain", 30)
        assert not stopped.is_set()
        silent.set()
        assert held.wait(20)
        travels.enter_context(clock.travel(timedelta(seconds=60)))
        assert workers.take(loop.parts, "collect", "lain", 90)
        speaks.set()
        assert stopped.wait(20)
    assert not one._running


def test_followers_are_not_asked_every_moment_while_the_platform_is_down(loop: Loop) -> None:
    place = loop.place()
    loop.control.fault("read", "error_500", None)
    before = len(loop.control.log())
    for _ in range(3):
        for account_id in counting.due_accounts(loop.parts):
            assert not counting.count_account(loop.parts, account_id)
    asked = [call for call in loop.control.log()[before:] if call.kind == "read"]
    assert {call.account_id for call in asked} <= {place.page.page_id, place.page.ig_id, None}
    assert counting.due_accounts(loop.parts) == []
    loop.control.clear_faults()
    with clock.travel(counting.FOLLOWERS_AGAIN + timedelta(seconds=1)):
        assert len(counting.due_accounts(loop.parts)) == 2
        assert counting.count_account(loop.parts, place.facebook)
    with loop.parts.db.read() as session:
        assert [row.followers for row in session.exec(select(Reading))] == [500]


def test_a_pause_is_for_one_account_and_ends(loop: Loop) -> None:
    paused, free = loop.place(), loop.place()
    until_then = clock.now() + timedelta(minutes=5)
    with loop.parts.db.write() as session:
        accounts.heed(session, paused.facebook, Busy("rate_limit", limit=True, retry_after=300), BY)
        accounts.heed(session, paused.facebook, Busy("rate_limit", limit=True, retry_after=60), BY)  # changes nothing
    waits, goes = loop.post(paused.facebook), loop.post(free.facebook)
    loop.settle()
    assert (loop.state(waits), loop.state(goes)) == ("scheduled", "published")
    at: datetime | None = loop.delivery(waits).wake_at
    assert at is not None
    assert abs(at - until_then) < timedelta(seconds=10)
    with clock.travel(timedelta(minutes=5, seconds=10)):
        loop.settle()
    assert loop.state(waits) == "published"
    account: Account = loop.row(Account, paused.facebook)
    assert account.health == "connected"
