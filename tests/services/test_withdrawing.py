"""Taking a public post back: everywhere at once, looked at until it is gone, whatever happens meanwhile."""

from __future__ import annotations

import pytest

from app.problems import Problem
from app.services import withdrawing
from tests.fixtures.loop import BY, Loop


def withdraw(loop: Loop, post_id: int, reason: str = "Wajah anak terlihat") -> None:
    with loop.parts.db.write() as session:
        withdrawing.ask(session, post_id, reason, BY)


def test_taken_back_on_both_platforms_at_once(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook, place.instagram, photos=2)
    loop.settle()
    assert loop.state(post_id) == "published"
    withdraw(loop, post_id)
    loop.settle()
    assert [one.state for one in loop.deliveries(post_id)] == ["withdrawn", "withdrawn"]
    assert loop.state(post_id) == "withdrawn"
    assert loop.control.count(place.page.page_id) == loop.control.count(place.page.ig_id) == 0


def test_what_is_not_public_is_cancelled_instead(loop: Loop) -> None:
    place = loop.place()
    loop.control.fault("flip", "error_500")
    post_id = loop.post(place.facebook)
    with pytest.raises(Problem) as caught:
        withdraw(loop, post_id)
    assert caught.value.code == "not_public"
