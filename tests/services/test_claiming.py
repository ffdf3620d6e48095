"""Claims side by side: rows nobody can digest, locks in one order, room for what is urgent."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, update

from app import clock
from app.models import Delivery
from app.services import claiming, publishing, queueing, recording
from app.states import Actor
from connectors import Unsure
from tests.fixtures.loop import Loop, with_times


@pytest.mark.parametrize("error", [AttributeError("x"), OverflowError("x"), RuntimeError("x")])
def test_a_row_nobody_can_digest_stops_no_other(loop: Loop, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    place, other = loop.place(), loop.place()
    bad, good = loop.post(place.facebook), loop.post(other.facebook)
    poisoned, honest = loop.delivery(bad).id, claiming._next

    def trip(look: Any, delivery: Delivery, *rest: Any) -> Any:
        if delivery.id == poisoned:
            raise error
        return honest(look, delivery, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(claiming, "_next", trip)
        loop.settle()
    assert (loop.state(good), loop.delivery(bad).state) == ("published", "queued")
    with clock.travel(timedelta(minutes=2)):
        loop.settle()
    assert loop.state(bad) == "published"


def test_two_claims_that_move_the_same_posts_never_wait_for_each_other(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL two workers may find deliveries of the same posts too late, in opposite order."""
    one, two = loop.place(), loop.place()
    posts = [loop.post(one.facebook, two.facebook), loop.post(one.facebook, two.facebook)]
    hours = {(posts[0], one.facebook): 10, (posts[1], two.facebook): 9.5}
    hours |= {(posts[1], one.facebook): 9, (posts[0], two.facebook): 8}
    with loop.parts.db.write() as session:
        for (post_id, account_id), ago in hours.items():
            mine = (col(Delivery.post_id) == post_id, col(Delivery.account_id) == account_id)
            session.exec(update(Delivery).where(*mine).values(due_at=clock.now() - timedelta(hours=ago)))
    both, settled, honest = threading.Barrier(2), threading.local(), queueing.settle

    def settle(session: Session, post_id: int, by: Actor) -> None:
        honest(session, post_id, by)
        if not getattr(settled, "once", False):
            settled.once = True
            with suppress(threading.BrokenBarrierError):  # the other one waits for our lock, or for all of our turn
                both.wait(1)

    errors: list[Exception] = []

    def claim() -> None:
        try:
            claiming.claim(loop.parts, 2)
        except Exception as error:
            errors.append(error)

    monkeypatch.setattr(queueing, "settle", settle)
    threads = [threading.Thread(target=claim) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
    assert {row.state for row in loop.deliveries(*posts)} == {"missed"}
    assert {loop.state(post_id) for post_id in posts} == {"failed"}


def _unclear(loop: Loop, post_id: int) -> None:
    while loop.delivery(post_id).state != "unsure":
        for work in claiming.claim(loop.parts):
            if work.step == "commit":
                recording.failed(loop.parts, work, Unsure("dropped"), committing=True)
            else:
                publishing.work(loop.parts, work)


def test_looks_leave_room_like_staging_does(loop: Loop) -> None:
    """An outage leaves a hundred unclear ones: their looks do not take the threads that publish what is due."""
    loop = with_times(loop, unsure_first_s=30)
    for _ in range(4):
        _unclear(loop, loop.post(loop.place().facebook))
    due = loop.post(loop.place().facebook)
    loop.step()
    assert loop.delivery(due).ready
    with clock.travel(timedelta(seconds=31)):
        steps = [work.step for work in claiming.claim(loop.parts, 3, staging=1)]
        assert steps == ["commit", "look"]
        assert claiming.claim(loop.parts, 3, staging=0) == []
        assert [work.step for work in claiming.claim(loop.parts, 50)] == ["look"] * 3


def test_who_waits_for_an_unclear_neighbour_is_not_written_down_twice_a_second(loop: Loop) -> None:
    loop = with_times(loop, unsure_first_s=30)
    place = loop.place()
    first = loop.post(place.facebook, caption="Satu")
    _unclear(loop, first)
    with loop.parts.db.write() as session:  # it can only be found by its words
        session.exec(update(Delivery).where(col(Delivery.post_id) == first).values(repeatable=False))
    second = loop.post(place.facebook, caption="Dua")
    loop.step()
    assert claiming.claim(loop.parts) == []
    wake_at = loop.delivery(second).wake_at
    assert wake_at is not None
    assert timedelta(seconds=2) < wake_at - clock.now() < timedelta(seconds=6)
