"""Several at once, and workers that die: each post public exactly once."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select, update

from app import clock
from app.db import Database
from app.models import Delivery
from app.parts import Parts
from app.services import claiming, publishing, recording
from app.states import LEASED
from connectors import Busy
from jobs.publish import Publisher
from tests.fixtures.loop import Loop, Place, environment, until, with_times
from tests.jobs.children import running


def _public(loop: Loop, places: list[Place]) -> Counter[str]:
    return Counter(post.caption for place in places for post in loop.control.posts(place.page.page_id))


def _all_published(loop: Loop) -> bool:
    return all(one.state == "published" for one in loop.deliveries())


def test_two_publishers_twenty_deliveries(loop: Loop, database_url: str) -> None:
    places = [loop.place() for _ in range(4)]
    for number in range(20):
        loop.post(places[number % 4].facebook, caption=f"Kiriman {number}")
    other = replace(loop.parts, db=Database(database_url))
    publishers = [Publisher(loop.parts), Publisher(other)]
    for publisher in publishers:
        publisher.start()
    until(lambda: _all_published(loop), 30, "all published")
    for publisher in publishers:
        publisher.stop()
        assert not publisher.busy
        assert publisher._under_way == set()  # done futures are let go
    other.db.close()
    assert _public(loop, places) == Counter({f"Kiriman {number}": 1 for number in range(20)})
    assert {one.attempts for one in loop.deliveries()} == {1}


def test_stop_lets_a_call_end(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()
    loop.control.fault("flip", "slow", seconds=0.5)
    publisher = Publisher(loop.parts)
    publisher.start()
    until(lambda: loop.delivery(post_id).state == "committing")
    publisher.stop()
    assert loop.delivery(post_id).state == "published"


def test_a_failing_look_does_not_end_the_publisher(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    fails = iter([True, True])
    honest = claiming.claim

    def claim(parts: Parts, limit: int) -> list[claiming.Work]:
        if next(fails, False):
            raise OSError("disk full")
        return honest(parts, limit)

    monkeypatch.setattr(claiming, "claim", claim)
    publisher = Publisher(loop.parts)
    publisher.start()
    until(lambda: loop.delivery(post_id).state == "published")
    publisher.stop()


def test_two_claims_on_one_account_in_the_same_moment(loop: Loop, database_url: str) -> None:
    """Both see a free account; the database lets one of them commit, and the other one's batch is not lost."""
    place, elsewhere = loop.place(), loop.place()
    for number in range(6):
        loop.post(place.facebook, caption=f"Sama {number}")
        loop.post(elsewhere.facebook, caption=f"Lain {number}")
    while any(not one.ready for one in loop.deliveries()):
        for work in claiming.claim(loop.parts):
            if work.step == "stage":
                publishing.work(loop.parts, work)
            else:
                _let_go(loop, work)
    other = Database(database_url)
    first = loop.deliveries()[0]
    found: list[claiming.Work] = []
    with clock.travel(timedelta(seconds=10)):
        thread = threading.Thread(target=lambda: found.extend(claiming.claim(loop.parts, 50)))
        with other.write() as session:
            lease = clock.now() + timedelta(seconds=60)
            session.exec(
                update(Delivery).where(col(Delivery.id) == first.id).values(state="committing", lease_until=lease)
            )
            thread.start()
            if not other.sqlite:  # there a claim does not wait for the other one, until it wants the same account
                until(lambda: _waits_for_a_lock(loop))
        thread.join()
    other.close()
    assert [work.step for work in found] == ["commit"]
    committing = [one for one in loop.deliveries() if one.state == "committing"]
    assert sorted(one.account_id for one in committing) == sorted([place.facebook, elsewhere.facebook])


def _waits_for_a_lock(loop: Loop) -> bool:
    with loop.parts.db.read() as session:
        return bool(session.execute(text("select count(*) from pg_locks where not granted")).scalar_one())


def _let_go(loop: Loop, work: claiming.Work) -> None:
    """Undo a commit that was claimed and not begun."""
    recording.failed(loop.parts, work, Busy("lease_short"), committing=True)


def test_killed_at_random_moments(shared_loop: Loop, tmp_path: Path) -> None:
    loop = with_times(shared_loop, retry_first_s=0.1)
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    places = [loop.place() for _ in range(3)]
    ids = [loop.post(places[number % 3].facebook, caption=f"Mati {number}", photos=number % 2) for number in range(12)]
    loop.control.fault("any", "slow", None, seconds=0.12)  # so that a kill strikes in the middle of calls
    child_environment = environment(loop, loop.parts.settings.home, lease_s=2.5, http_timeout_s=1.2)
    kills = 0
    while kills < 5 and _open(loop, ids):
        with running(tmp_path, child_environment, "worker") as child:
            _until_it_calls(loop, ids)
            time.sleep(chance.uniform(0, 0.5))  # the random moment itself
            child.kill()
            child.ended()
        kills += 1
    loop.control.clear_faults()
    with running(tmp_path, child_environment, "worker") as child:
        until(lambda: not _open(loop, ids), 40, "all decided")
        child.kill(signal.SIGTERM)
        assert child.ended(30) == 0, child.words()
        assert not any(place.page.page_token in child.words() for place in places)
    rows = loop.deliveries(*ids)
    states = [(one.id, one.state, one.attempts, one.error_code, one.error_facts, one.wake_at) for one in rows]
    assert _public(loop, places) == Counter({f"Mati {number}": 1 for number in range(12)}), (seed, states)
    assert {one.state for one in rows} == {"published"}
    assert {one.lease_until for one in rows} == {None}
    assert kills >= 2, "the worker was too quick to be killed"


def _until_it_calls(loop: Loop, ids: list[int]) -> None:
    before = len(loop.control.log())
    until(lambda: len(loop.control.log()) > before or not _open(loop, ids), 20, "the worker's first call")


def _open(loop: Loop, ids: list[int]) -> bool:
    with loop.parts.db.read() as session:
        waiting = col(Delivery.state).in_(("queued", "unsure", *LEASED)) & col(Delivery.post_id).in_(ids)
        return session.exec(select(Delivery.id).where(waiting).limit(1)).first() is not None
