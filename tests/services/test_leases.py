"""Whose clock counts: leases while the machine sleeps, times that another process reads, clocks nobody knows yet."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app import clock
from app.db import lease_time
from app.models import Aspiration, Outgoing
from app.services import (
    answering,
    claiming,
    collecting,
    moderating,
    publishing,
    queueing,
    recording,
    withdrawing,
    workers,
)
from connectors import Busy, Unsure
from tests.fixtures.loop import BY, Loop, with_times


def _sleep(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The machine was suspended: time.monotonic() stood still meanwhile, the clock since boot went on."""
    honest = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda which: honest(which) + seconds)


def test_a_machine_that_slept_across_its_lease_publishes_nothing(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()
    (work,) = claiming.claim(loop.parts)
    assert work.step == "commit"
    with monkeypatch.context() as asleep:
        _sleep(asleep, loop.parts.settings.lease_s)
        publishing.work(loop.parts, work)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts, delivery.error_code) == ("queued", 0, "lease_short")
    assert loop.control.log(kind="flip") == []
    loop.settle()
    assert loop.control.count(place.page.page_id) == 1


def _reply(loop: Loop) -> tuple[int, answering.Sending]:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    loop.control.comment(delivery.remote_id or "", "Ani", "Kapan?")
    collecting.collect(loop.parts, delivery.id or 0)
    with loop.parts.db.write() as session:
        item = session.exec(select(Aspiration)).one()
        outgoing_id = moderating.reply(session, item.id or 0, BY, "Besok.").id or 0
    (sending,) = answering.claim(loop.parts)
    return outgoing_id, sending


def test_a_machine_that_slept_across_its_lease_answers_nothing(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    outgoing_id, sending = _reply(loop)
    with monkeypatch.context() as asleep:
        _sleep(asleep, loop.parts.settings.lease_s)
        answering.work(loop.parts, sending)
    outgoing = loop.row(Outgoing, outgoing_id)
    assert (outgoing.state, outgoing.error_code) == ("queued", "lease_short")
    loop.settle()
    assert loop.row(Outgoing, outgoing_id).state == "published"


@pytest.fixture
def another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process runs on a host whose clock is not the database's."""
    honest = clock.now
    monkeypatch.setattr(clock, "now", lambda: honest() + timedelta(seconds=100))


def _ahead(loop: Loop, row: Any, column: str = "wake_at") -> timedelta:
    """How far a time of a row lies ahead, by the clock that claims go by."""
    with loop.parts.db.read() as session:
        ahead: timedelta = getattr(row, column) - lease_time(session)
        return ahead


SOON = timedelta(seconds=60)


@pytest.mark.parametrize("error", [Busy("server_error"), Unsure("dropped"), Busy("unreached", unreached=True)])
def test_what_a_publisher_writes_is_by_the_clock_of_the_claims(loop: Loop, another_host: None, error: Any) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    assert _ahead(loop, loop.delivery(post_id), "due_at") < SOON
    loop.step()
    (work,) = claiming.claim(loop.parts)
    recording.failed(loop.parts, work, error, committing=True)
    delivery = loop.delivery(post_id)
    assert _ahead(loop, delivery) < SOON
    if delivery.state == "unsure":
        assert _ahead(loop, delivery, "unsure_since") < timedelta(seconds=1)
        with clock.travel(timedelta(seconds=loop.parts.settings.unsure_first_s + 1)):
            (look,) = claiming.claim(loop.parts)
            recording.unread(loop.parts, look, Busy("unreadable"))
            assert _ahead(loop, loop.delivery(post_id)) < SOON


def test_an_absence_lasts_by_one_clock(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not there for the stated time: two hosts' clocks must not make that up, or it goes out twice."""
    loop = with_times(loop, unsure_for_s=600)
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()
    (work,) = claiming.claim(loop.parts)
    recording.failed(loop.parts, work, Unsure("dropped"), committing=True)
    with loop.parts.db.write() as session:
        delivery = loop.delivery(post_id)
        delivery.repeatable, delivery.looks = False, 1
        session.add(delivery)
    with clock.travel(timedelta(seconds=loop.parts.settings.unsure_first_s + 1)):
        (look,) = claiming.claim(loop.parts)
        if not loop.parts.db.sqlite:
            honest = clock.now
            monkeypatch.setattr(clock, "now", lambda: honest() + timedelta(hours=1))
        recording.absent(loop.parts, look)
    assert loop.delivery(post_id).state == "unsure"


def test_what_people_ask_for_begins_by_the_clock_of_the_claims(loop: Loop, another_host: None) -> None:
    place = loop.place()
    called_off, public = loop.post(place.facebook), loop.post(place.instagram, photos=1)
    while not (loop.delivery(called_off).ready and loop.delivery(public).state == "published"):
        for work in claiming.claim(loop.parts):
            if work.step == "commit" and loop.delivery(called_off).id == work.delivery_id:
                recording.failed(loop.parts, work, Busy("lease_short"), committing=True)
            else:
                publishing.work(loop.parts, work)
    with loop.parts.db.write() as session:
        queueing.cancel(session, called_off, BY)
        withdrawing.ask(session, public, "foto anak", BY)
    assert _ahead(loop, loop.delivery(called_off)) <= timedelta(0)
    assert _ahead(loop, loop.delivery(public)) <= timedelta(0)


def test_a_jobs_lease_from_a_wrong_clock_holds_nobody_up(loop: Loop) -> None:
    """The clock was seven hours ahead, its worker is gone; comments are collected all the same."""
    with clock.travel(timedelta(hours=7)):
        assert workers.take(loop.parts, "collect", "gone", 15)
        assert not workers.take(loop.parts, "collect", "another", 15)
    assert workers.take(loop.parts, "collect", "fresh", 15)
    with clock.travel(-timedelta(seconds=100)):  # hosts' clocks may differ by so much
        assert not workers.take(loop.parts, "collect", "other host", 15)
