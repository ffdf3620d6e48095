"""Collecting when something is odd: letters no database takes, a comment we choke on, a pause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import delete, update

from app import clock
from app.models import Aspiration, Award, Delivery, Organisation
from app.services import accounts, award_polls, budgets, collecting, counting, moderating
from connectors import Busy
from tests.fixtures.loop import BY, Loop

DAY = timedelta(days=1)


def test_letters_that_no_database_takes(loop: Loop) -> None:
    assert collecting.storable("a\0b \ud83d c 🙏 \ud83d\ude4f") == "ab \ufffd c 🙏 🙏"
    with loop.parts.db.write() as session:
        item = moderating.take_note(session, loop.organisation_id, BY, text="Jalan\0 rusak \udcff", author="A\0ni")
    kept: Aspiration = loop.row(Aspiration, item.id or 0)
    assert (kept.text, kept.author) == ("Jalan rusak \ufffd", "Ani")


def test_one_that_we_choke_on_waits_and_the_others_go_on(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    for number in range(2):
        loop.post(place.facebook, caption=f"Kiriman {number}")
    loop.settle()
    bad, good = loop.deliveries()
    for delivery in (bad, good):
        loop.control.comment(delivery.remote_id or "", "Ani", "Halo")
    honest = collecting.keep

    def keep(session, delivery, *rest):  # type: ignore[no-untyped-def]  # as collecting.keep
        if delivery.id == bad.id:
            raise ValueError("a fault of ours")
        return honest(session, delivery, *rest)

    monkeypatch.setattr(collecting, "keep", keep)
    with clock.travel(timedelta(seconds=10)):
        assert collecting.due(loop.parts) == [bad.id, good.id]
        began = clock.now()
        assert [collecting.collect(loop.parts, delivery.id or 0) for delivery in (bad, good)] == [0, 1]
        # Both wait for a later look, the bad one by its own back-off (which is short here).
        assert all(delivery.collect_at is not None and delivery.collect_at > began for delivery in loop.deliveries())


def test_a_limit_while_reading_is_heeded_by_all_reads_of_the_account(loop: Loop) -> None:
    place = loop.place()
    loop.post(place.facebook)
    loop.settle()
    (delivery,) = loop.deliveries()
    loop.control.fault("comments", "rate_limit", code=80001, minutes=5)
    collecting.collect(loop.parts, delivery.id or 0)
    before = len(loop.control.log())
    assert collecting.collect(loop.parts, delivery.id or 0) == 0
    assert not counting.count(loop.parts, delivery.id or 0)
    assert len(loop.control.log()) == before
    with clock.travel(timedelta(minutes=5, seconds=5)):
        assert counting.count(loop.parts, delivery.id or 0)
    with loop.parts.db.write() as session:
        accounts.heed(session, place.instagram, Busy("timeout"), BY)
    assert budgets.until(loop.parts.db, loop.account(place.instagram)) is None


def test_what_an_open_award_counts_is_collected_however_old_it_is(loop: Loop) -> None:
    place = loop.place()
    loop.post(place.facebook)
    loop.settle()
    (delivery,) = loop.deliveries()
    now = clock.now()
    published = now - timedelta(days=100)
    day = published.date()

    def polled(**values: Any) -> timedelta | None:
        """When the next poll is, with such an award, after a poll now."""
        given = {"name": "Lomba", "first": day - timedelta(days=3), "last": now.date(), "state": "fixed", **values}
        with loop.parts.db.write() as session:
            session.exec(delete(Award))
            session.add(Award(**given))
            row = session.get_one(Delivery, delivery.id)
            row.published_at = published
            session.add(row)
        collecting.collect(loop.parts, delivery.id or 0)
        at = loop.row(Delivery, delivery.id or 0).collect_at
        return None if at is None else at - clock.now()

    with loop.parts.db.write() as session:
        other = Organisation(name="Lain", category="organisasi")
        session.add(other)
        session.flush()
        elsewhere = other.id
    week = timedelta(days=7)
    for values, on in (
        ({}, True), ({"state": "frozen"}, True), ({"state": "draft"}, False), ({"state": "released"}, False),
        ({"last": now.date() - week + timedelta(days=1)}, True), ({"last": now.date() - week - 2 * DAY}, False),
        ({"first": day + 2 * DAY}, False), ({"organisation_id": loop.organisation_id}, True),
        ({"organisation_id": elsewhere}, False),
    ):  # fmt: skip
        next_poll = polled(**values)
        assert (next_poll is not None) is on, values
        assert next_poll is None or next_poll < timedelta(days=5)
    # It rests; then an award is fixed that counts it.
    assert polled(state="draft") is None
    assert award_polls.pick_up(loop.parts) == 0
    with loop.parts.db.write() as session:
        session.exec(update(Award).values(state="fixed"))
    assert award_polls.pick_up(loop.parts) == 1
    assert award_polls.pick_up(loop.parts) == 0
    assert loop.row(Delivery, delivery.id or 0).collect_at is not None
