"""Collecting when something is odd: letters no database takes, a comment we choke on, a pause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.models import Aspiration
from app.services import accounts, budgets, collecting, counting, moderating
from connectors import Busy
from tests.fixtures.loop import BY, Loop


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
