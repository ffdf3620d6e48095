"""Several at once: each post public exactly once. Workers that die are in tests/faults."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, update

from app import clock
from app.db import Database
from app.models import Delivery
from app.parts import Parts
from app.services import claiming, publishing, recording
from connectors import Busy
from jobs.publish import Publisher
from tests.fixtures.loop import Loop, Place, until


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
        assert not publisher._under_way  # done futures are let go
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

    def claim(parts: Parts, limit: int, **more: Any) -> list[claiming.Work]:
        if next(fails, False):
            raise OSError("disk full")
        return honest(parts, limit, **more)

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
