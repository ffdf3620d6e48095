"""A clock that is wrong, or jumps: nothing is sent or given up by it, and once it is right all of it goes out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from app import clock
from app.models import Delivery
from app.services import claiming, publishing, recording, timekeeping, withdrawing, workers
from connectors import Busy
from connectors.practice import server as practice_server
from connectors.practice.server import PracticeServer
from tests.fixtures.loop import BY, Loop

#: How far our clock is ahead of the platform's; an hour is a wrong time zone.
JUMPS = [timedelta(minutes=3), timedelta(minutes=-3), timedelta(hours=1), timedelta(hours=-1), timedelta(hours=7)]
BY_A_HAIR = timedelta(seconds=100)


@pytest.fixture
def loop(loop_and_server: tuple[Loop, PracticeServer]) -> Loop:
    return loop_and_server[0]


def _jump(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Somebody sets our clock; the time since boot goes on as it was."""
    honest = clock.now
    monkeypatch.setattr(clock, "now", lambda: honest() + by)


def _right_again(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    loop.control.set_clock(0)
    timekeeping._asked.clear()  # a minute later
    workers.hear_the_time(loop.parts)


def _work(loop: Loop) -> None:
    for _ in range(4):
        loop.step()


@pytest.mark.parametrize("by", JUMPS)
def test_a_clock_that_jumps_between_staging_and_commit(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    place, other = loop.place(), loop.place()
    posts = [
        loop.post(place.facebook, caption="Sekarang"),
        loop.post(place.instagram, caption="Sekarang juga", photos=1),
        loop.post(other.facebook, caption="Nanti", due_at=clock.now() + timedelta(minutes=2)),
    ]
    while not all(loop.delivery(post_id).ready for post_id in posts):
        for work in _staging(loop):
            work()
    before = [(row.state, row.due_at, row.wake_at, row.attempts) for row in loop.deliveries(*posts)]
    _jump(monkeypatch, by)
    _work(loop)
    assert [(row.state, row.due_at, row.wake_at, row.attempts) for row in loop.deliveries(*posts)] == before
    assert loop.control.log(kind="flip") + loop.control.log(kind="publish") == []
    _right_again(loop, monkeypatch)
    loop.settle()
    with clock.travel(timedelta(minutes=3)):
        loop.settle()
    assert {row.state for row in loop.deliveries(*posts)} == {"published"}
    assert [loop.control.count(one) for one in (place.page.page_id, place.page.ig_id, other.page.page_id)] == [1, 1, 1]


def _staging(loop: Loop) -> list[Callable[[], None]]:
    """The staging of what is due, and no commit."""
    found: list[Callable[[], None]] = []
    for work in claiming.claim(loop.parts):
        if work.step == "stage":
            found.append(partial(publishing.work, loop.parts, work))
        else:
            recording.failed(loop.parts, work, Busy("lease_short"), committing=True)
    return found


@pytest.mark.parametrize("by", JUMPS)
def test_a_fresh_process_on_a_wrong_clock(loop: Loop, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.control.set_clock(-by.total_seconds())
    timekeeping.forget()
    _work(loop)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts, loop.control.count(place.page.page_id)) == ("queued", 0, 0)
    assert loop.control.log(kind="flip") == []
    _right_again(loop, monkeypatch)
    loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)


def test_nothing_is_missed_by_a_wrong_clock(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    loop.control.set_clock(0)
    workers.hear_the_time(loop.parts)
    post_id = loop.post(place.facebook)
    _jump(monkeypatch, timedelta(hours=7))  # later than any grace
    _work(loop)
    delivery: Delivery = loop.delivery(post_id)
    assert (delivery.state, loop.control.log(kind="feed")) == ("queued", [])
    _right_again(loop, monkeypatch)
    loop.settle()
    assert loop.control.count(place.page.page_id) == 1


@pytest.mark.parametrize("by", [BY_A_HAIR, -BY_A_HAIR])
def test_less_than_two_minutes_are_borne(loop: Loop, by: timedelta) -> None:
    place = loop.place()
    loop.control.set_clock(by.total_seconds())
    timekeeping.forget()
    post_id = loop.post(place.facebook)
    loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)


def test_a_platform_that_does_not_say_what_time_it_is_is_trusted(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = practice_server._Handler.send_header
    monkeypatch.setattr(
        practice_server._Handler,
        "send_header",
        lambda self, name, value: None if name == "Date" else honest(self, name, value),
    )
    place = loop.place()
    timekeeping.forget()
    loop.control.set_clock(7200)
    post_id = loop.post(place.facebook)
    loop.settle()
    assert loop.delivery(post_id).state == "published"
    assert timekeeping._heard == {}


def test_taking_back_waits_for_no_clock(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.settle()
    _jump(monkeypatch, timedelta(hours=-7))
    with loop.parts.db.write() as session:
        withdrawing.ask(session, post_id, "wajah anak", BY)
    _work(loop)
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("withdrawn", 0)
