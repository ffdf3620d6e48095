"""A process that begins before the network does: nothing is given up by a clock that nobody could compare yet."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import clock
from app.services import timekeeping, workers
from connectors import Busy, Wire
from connectors.practice.server import PracticeServer
from tests.fixtures.loop import Loop


@pytest.fixture
def loop(loop_and_server: tuple[Loop, PracticeServer]) -> Loop:
    return loop_and_server[0]


def _nobody(_wire: Wire) -> datetime:
    raise Busy("unreached", unreached=True)


def test_a_power_cut_that_leaves_the_clock_in_another_zone(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine is up before the router, its hardware clock holds local time and is read as UTC: 7 hours ahead."""
    place, honest = loop.place(), clock.now
    timekeeping.forget()
    now = loop.post(place.facebook)
    later = loop.post(place.instagram, photos=1, due_at=clock.now() + timedelta(hours=3))
    before = [(row.state, row.wake_at) for row in loop.deliveries(now, later)]
    with monkeypatch.context() as dark:
        dark.setattr(clock, "now", lambda: honest() + timedelta(hours=7))
        dark.setattr(timekeeping, "date_of", _nobody)
        workers.hear_the_time(loop.parts)
        loop.step()
        assert [(row.state, row.wake_at) for row in loop.deliveries(now, later)] == before
        dark.undo()
        dark.setattr(clock, "now", lambda: honest() + timedelta(hours=7))
        timekeeping._asked.clear()  # a beat later
        workers.hear_the_time(loop.parts)  # the router is up
        loop.step()
        assert [(row.state, row.wake_at) for row in loop.deliveries(now, later)] == before
    loop.settle()
    assert [loop.state(now), loop.state(later)] == ["published", "scheduled"]


def test_a_platform_that_stays_away_is_not_waited_for_without_end(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its posts end held, missed or failed, and people hear of it."""
    place = loop.place()
    timekeeping.forget()
    post_id = loop.post(place.facebook)
    monkeypatch.setattr(timekeeping, "date_of", _nobody)
    workers.hear_the_time(loop.parts)
    assert loop.step() == 0
    boot = clock.since_boot
    monkeypatch.setattr(clock, "since_boot", lambda: boot() + timekeeping.PATIENCE_S + 1)
    workers.hear_the_time(loop.parts)
    with clock.travel(timedelta(seconds=loop.parts.settings.missed_after_s + 60)):
        loop.step()
    assert loop.delivery(post_id).state == "missed"


def test_while_nobody_answered_it_is_asked_with_every_beat(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    loop.place()
    timekeeping.forget()
    asked: list[Wire] = []

    def nobody(wire: Wire) -> datetime:
        asked.append(wire)
        return _nobody(wire)

    monkeypatch.setattr(timekeeping, "date_of", nobody)
    boot = clock.since_boot
    for beat in range(3):
        monkeypatch.setattr(clock, "since_boot", lambda beat=beat: boot() + beat * workers.BEAT_S)
        workers.hear_the_time(loop.parts)
    assert len(asked) == 3
