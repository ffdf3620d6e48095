"""The resident's form on both databases: two taps at the same moment, and what is read of it afterwards."""

from __future__ import annotations

import threading
from dataclasses import replace

from sqlmodel import select

from app import clock
from app.models import Aspiration, Event
from app.parts import Parts
from app.queries import publik_angka, publik_lacak
from app.services import answer_here, receiving, tracking
from app.services.receiving import Received, Sent
from app.states import Actor
from tests.fixtures import scenery

SENT = Sent("n" * 22, "keluhan", "Saluran air mampet sejak Senin.", phone="+62 812-3456-7890", village="Sadeng")


def _organisation(parts: Parts) -> int:
    with parts.db.write() as session:
        return scenery.organisation(session)


def test_two_taps_at_the_same_moment_make_one_item(parts: Parts) -> None:
    organisation_id = _organisation(parts)
    got: list[Received] = []
    ready = threading.Barrier(4)

    def tap() -> None:
        ready.wait(10)
        with parts.db.write() as session:
            got.append(receiving.receive(session, parts.sealer, organisation_id, SENT))

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for each in taps:
        each.start()
    for each in taps:
        each.join(20)
    assert len(got) == 4
    assert len({(one.item_id, one.code) for one in got}) == 1
    assert sum(one.fresh for one in got) == 1
    with parts.db.read() as session:
        assert len(session.exec(select(Aspiration.id)).all()) == 1
        assert len(session.exec(select(Event.id).where(Event.what == "arrive")).all()) == 1


def test_it_is_answered_followed_and_counted(parts: Parts) -> None:
    organisation_id = _organisation(parts)
    other = replace(SENT, nonce="m" * 22, phone="0812 3456 7890", kind="pertanyaan", text="Kapan posyandu lansia?")
    with parts.db.write() as session:
        first = receiving.receive(session, parts.sealer, organisation_id, SENT)
        second = receiving.receive(session, parts.sealer, organisation_id, other)
        keys = set(session.exec(select(Aspiration.author_key)).all())
        assert len(keys) == 1, "the same phone, however it is written"
        assert "8123456" not in str(keys)
        answer_here.answer(session, second.item_id, Actor("Dedi"), "Tanggal lima.")
        answer_here.put_on_page(session, second.item_id, Actor("Dedi"), True)
        tracking.add(session, first.item_id, "Tambahan")
    with parts.db.read() as session:
        assert tracking.find(session, parts.sealer, organisation_id, first.code.lower()) == first.item_id
        trail = publik_lacak.trail(session, first.item_id)
        assert trail is not None
        assert [step.what for step in trail.steps] == ["received", "own"]
        [exchange] = publik_lacak.exchanges(session, organisation_id)
        assert (exchange.question, [text for _, text in exchange.answers]) == (other.text, ["Tanggal lima."])
        heard = publik_angka.heard(session, organisation_id, "Asia/Jakarta", clock.now())
        assert heard is not None
        assert (heard.total, heard.kinds, heard.quarter) == (None, [], True)
