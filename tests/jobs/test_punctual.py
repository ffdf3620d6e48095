"""What makes posts punctual: accounts in parallel, each in order; staging leaves room; addresses come afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest

from app import clock
from app.models import Delivery, Post
from app.services import claiming, collecting, linking, recording
from app.services import publishing as publishing_steps
from connectors import Busy
from jobs import publish
from jobs.publish import Publisher
from tests.fixtures.loop import Loop, until, with_times


@contextmanager
def publishing(loop: Loop) -> Iterator[Publisher]:
    publisher = Publisher(loop.parts)
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.stop()


def _published(loop: Loop, *post_ids: int) -> list[Delivery]:
    rows = loop.deliveries(*post_ids)
    return [row for row in rows if row.state == "published"]


def test_each_account_in_order_and_no_account_waits_for_another(loop: Loop) -> None:
    """Three posts of a slow Page, three of a quick one, all due at once."""
    slow, quick = loop.place(), loop.place()
    due_at = clock.now() + timedelta(seconds=3)
    mine = [loop.post(slow.facebook, caption=f"Lambat {number}", due_at=due_at) for number in range(3)]
    others = [loop.post(quick.facebook, caption=f"Cepat {number}", due_at=due_at) for number in range(3)]
    with publishing(loop):
        until(lambda: all(row.ready for row in loop.deliveries()), why="staged")
        loop.control.fault("flip", "slow", None, account_id=slow.page.page_id, seconds=0.7)
        until(lambda: len(_published(loop, *others)) == 3, why="the quick ones")
        assert len(_published(loop, *mine)) < 3
        until(lambda: len(_published(loop, *mine)) == 3, why="the slow ones")
    for place, word in ((slow, "Lambat"), (quick, "Cepat")):
        shown = sorted(loop.control.posts(place.page.page_id), key=lambda post: post.published_at or 0)
        assert [post.caption for post in shown] == [f"{word} {number}" for number in range(3)]
    calls = [call for call in loop.control.log(kind="flip") if call.account_id == slow.page.page_id]
    # Not together, and without a pause in between: the next one begins as the one before it has ended.
    gaps = [later.at - sooner.at for sooner, later in pairwise(calls)]
    assert all(gap >= 0.7 for gap in gaps), gaps
    assert min(call.at for call in loop.control.log(kind="flip")) >= due_at.timestamp()


def test_the_next_of_an_account_is_not_claimed_before_its_turn(loop: Loop) -> None:
    place = loop.place()
    ids = [loop.post(place.facebook, caption=f"Urut {number}") for number in range(3)]
    while any(not row.ready for row in loop.deliveries()):
        _stage(loop)
    before = [row.wake_at for row in loop.deliveries(*ids[1:])]
    (first,) = claiming.claim(loop.parts)
    assert (first.step, first.delivery_id) == ("commit", loop.delivery(ids[0]).id)
    assert claiming.claim(loop.parts) == []
    assert [row.wake_at for row in loop.deliveries(*ids[1:])] == before, "nothing is put off: its turn comes at once"


def _stage(loop: Loop) -> None:
    for work in claiming.claim(loop.parts):
        if work.step == "stage":
            publishing_steps.work(loop.parts, work)
        else:
            recording.failed(loop.parts, work, Busy("lease_short"), committing=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what differs is the platform
def test_staging_leaves_threads_for_what_is_due(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "STAGING", 1)
    busy, urgent = loop.place(), loop.place()
    due_at = clock.now() + timedelta(seconds=2)
    now = loop.post(urgent.facebook, caption="Tepat waktu", due_at=due_at)
    loop.settle(within_s=0.5)
    assert loop.delivery(now).ready
    loop.control.fault("feed", "slow", None, account_id=busy.page.page_id, seconds=0.8)
    later = [
        loop.post(busy.facebook, caption=f"Nanti {number}", due_at=due_at + timedelta(days=1)) for number in (1, 2)
    ]
    with loop.parts.db.write() as session:
        for row in loop.deliveries(*later):
            session.merge(row).wake_at = clock.now()
    claimed = claiming.claim(loop.parts, staging=0)
    assert claimed == []
    with publishing(loop):
        until(lambda: loop.state(now) == "published")


def test_a_backlog_is_spread_per_account_while_others_go_on(loop: Loop) -> None:
    loop = with_times(loop, backlog_spread_s=300.0)
    late, fresh = loop.place(), loop.place()
    ids = [loop.post(late.facebook, caption=f"Tertunda {number}") for number in range(3)]
    with clock.travel(timedelta(minutes=20)):
        other = loop.post(fresh.facebook, caption="Baru")
        loop.settle()
        assert loop.state(other) == "published"
        assert [loop.state(id_) for id_ in ids] == ["published", "scheduled", "scheduled"]
        first = loop.delivery(ids[0]).published_at
        assert first is not None
        assert all((row.wake_at or first) >= first + timedelta(minutes=5) for row in loop.deliveries(*ids[1:]))
    for minutes, count in ((26, 2), (32, 3)):
        with clock.travel(timedelta(minutes=minutes)):
            loop.settle()
            assert len(_published(loop, *ids)) == count
    times = [row.published_at for row in loop.deliveries(*ids)]
    gaps = [later - sooner for sooner, later in pairwise(times) if later and sooner]
    assert min(gaps) >= timedelta(minutes=5)


def test_the_address_comes_later_and_its_failure_harms_nothing(loop: Loop) -> None:
    place = loop.place()
    loop.control.fault("read", "error_500", None, account_id=place.page.page_id)
    with publishing(loop) as publisher:
        post_id = loop.post(place.facebook)
        until(lambda: loop.state(post_id) == "published" and not publisher.busy)
    delivery = loop.delivery(post_id)
    assert (delivery.permalink, delivery.error_code) == (None, None)
    loop.control.clear_faults()
    assert delivery.id is not None
    collecting.collect(loop.parts, delivery.id)
    known = loop.delivery(post_id).permalink
    assert known is not None
    calls = len(loop.control.log())
    linking.link(loop.parts, delivery.id)  # known by now: not asked again
    assert (loop.delivery(post_id).permalink, len(loop.control.log())) == (known, calls)
    post: Post = loop.row(Post, post_id)
    assert post.state == "published"


def test_what_is_less_urgent_gives_way_but_not_for_ever(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    monkeypatch.setattr(publish, "GIVE_WAY_S", 20.0)
    loop.control.fault("flip", "slow", account_id=place.page.page_id, seconds=0.6)
    post_id, passed = loop.post(place.facebook), threading.Event()
    with publishing(loop) as publisher:
        publisher.give_way()  # nothing is under way: at once
        until(lambda: loop.delivery(post_id).state == "committing" and not publisher._calm.is_set())
        began = time.monotonic()
        publisher.give_way()
        passed.set()
        assert time.monotonic() - began < 15
        assert loop.delivery(post_id).state == "published"
        monkeypatch.setattr(publish, "GIVE_WAY_S", 0.01)
        publisher._calm.clear()
        publisher.give_way()  # however long posts go out
