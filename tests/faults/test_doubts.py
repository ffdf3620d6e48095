"""Tries that never get a clear answer: looked for from the first one on, and ended with a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import timekeeping
from connectors.facebook import Facebook
from connectors.practice.server import PracticeServer
from tests.faults.ground import Ground
from tests.fixtures.loop import Loop, until, with_times


def test_what_is_never_clear_and_never_there_ends_with_a_person(
    loop_and_server: tuple[Loop, PracticeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = with_times(loop_and_server[0], unsure_for_s=0.05, unsure_first_s=0.01, retry_max_s=0.05)
    monkeypatch.setattr(Facebook, "_direct", True)
    place = loop.place()
    loop.control.fault("feed", "error_500", None)
    post_id = loop.post(place.facebook)
    until(lambda: loop.step() and loop.delivery(post_id).commit_at)
    first = loop.delivery(post_id).commit_at
    until(lambda: loop.delivery(post_id).state == "needs_person" or (loop.step() and False))
    delivery = loop.delivery(post_id)
    assert (delivery.attempts, len(loop.control.log(kind="feed")), delivery.commit_at) == (8, 8, first)
    loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("needs_person", 0)


def test_what_an_early_try_published_is_found_after_a_late_one(
    loop_and_server: tuple[Loop, PracticeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list lagged for so long that it was tried again; "these photos were posted" then speaks of the first try."""
    ground = Ground(with_times(loop_and_server[0], unsure_for_s=0.05), loop_and_server[1])
    loop = ground.loop
    monkeypatch.setattr(Facebook, "_direct", True)
    monkeypatch.setattr(timekeeping, "wrong", lambda *_: False)
    place = loop.place()
    loop.control.fault("feed", "error_500_acted")
    loop.control.fault("read", "behind", None)
    post_id = loop.post(place.facebook, photos=1)
    until(lambda: loop.delivery(post_id).attempts == 1 or (loop.step() and False))
    # Absent for as long as is believed: waits to be tried again.
    until(lambda: loop.delivery(post_id).state == "queued" or (loop.step() and False))
    loop.control.clear_faults()
    with ground.travel(timedelta(minutes=10)):
        loop.settle()
    assert len(loop.control.log(kind="feed")) == 2
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)
