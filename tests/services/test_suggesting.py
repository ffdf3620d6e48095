"""New texts are looked at once: urgent ones are told, kinds suggested and never decided, sure spam hidden on wish."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from app import clock, times
from app.language import triage
from app.models import Aspiration, Comment, Event, Letter, Notice, Organisation, Outgoing
from app.parts import Parts
from app.queries.masking import mask
from app.services import hidden_list, moderating, notice_addresses, suggesting
from app.states import Actor
from jobs import learn, suggest
from tests.fixtures import scenery

BY = Actor("Sari")
SPAM = "S L O T G A C O R hari ini maxwin, depo 10 ribu auto jp, klik link di bio m4xw1n88"
TEXTS = (
    "Lampu jalan depan posyandu mati sudah tiga hari, mohon diperbaiki",
    SPAM,
    "Tolong, tetangga saya dipukuli suaminya tiap malam sampai berdarah",
    "Alhamdulillah, terima kasih bapak ibu relawan, semoga sehat selalu",
)


@pytest.fixture
def ids(parts: Parts) -> list[int]:
    """One comment each on Facebook."""
    with parts.db.write() as session:
        home = scenery.organisation(session)
        account = scenery.account(session, home)
        delivery = scenery.delivery(session, scenery.post(session, home, [account]), account, "published")
        return [_item(session, home, account, delivery, text) for text in TEXTS]


def _item(session: Any, home: int, account: int, delivery: int, text: str) -> int:
    comment = Comment(
        account_id=account, delivery_id=delivery, remote_id=f"k{hash(text)}", text=text, said_at=clock.now(),
        author_name="Warga",
    )  # fmt: skip
    session.add(comment)
    session.flush()
    item = Aspiration(
        organisation_id=home, comment_id=comment.id, source="facebook", text=text, said_at=comment.said_at
    )
    session.add(item)
    session.flush()
    return item.id or 0


def rows(parts: Parts, table: Any, *rules: Any) -> list[Any]:
    with parts.db.read() as session:
        return list(session.exec(select(table).where(*rules).order_by(table.id)))


def run(parts: Parts) -> None:
    suggest.run(parts, lambda: True)


def test_each_text_is_looked_at_once_and_nothing_is_decided(parts: Parts, ids: list[int]) -> None:
    run(parts)
    items = rows(parts, Aspiration)
    assert [item.suggested_kind for item in items] == ["keluhan", "spam", "keluhan", "pujian"]
    assert {item.kind for item in items} == {"perlu dipilah"}
    assert {item.kind_by for item in items} == {None}
    assert all(0 < item.confidence <= 1 and item.suggested_at and item.suggested_by for item in items)
    assert items[0].suggested_why[0][0] in ("mati", "lampu", "diperbaiki", "mohon")
    assert suggesting.waiting(parts) == []
    assert rows(parts, Outgoing) == [], "the filter is off until somebody switches it on"
    # Edited meanwhile: looked at again, and only then.
    with parts.db.write() as session:
        item = session.get_one(Aspiration, ids[0])
        item.text, item.suggested_at = "Terima kasih, lampunya sudah menyala, mantap", None
        session.add(item)
    run(parts)
    assert rows(parts, Aspiration)[0].suggested_kind == "pujian"


def test_what_is_urgent_is_told_once_and_a_person_knows_better(parts: Parts, ids: list[int]) -> None:
    run(parts)
    urgent = rows(parts, Aspiration)[2]
    assert (urgent.urgent, urgent.urgent_by) == ("kekerasan", None)
    told = rows(parts, Notice, col(Notice.what) == "urgent")
    assert [notice.subject_id for notice in told] == [ids[2]]
    with parts.db.write() as session:
        item = session.get_one(Aspiration, ids[2])
        item.urgent, item.urgent_by, item.suggested_at = None, "Sari", None  # looked into: it was a play
        session.add(item)
    run(parts)
    assert rows(parts, Aspiration)[2].urgent is None
    assert len(rows(parts, Notice, col(Notice.what) == "urgent")) == 1


def test_a_text_that_changes_under_the_hand_is_not_judged_by_its_old_words(parts: Parts, ids: list[int]) -> None:
    looks = suggesting.waiting(parts)
    with parts.db.write() as session:
        item = session.get_one(Aspiration, ids[0])
        item.text = "Kapan jadwal posyandu?"
        session.add(item)
    assert suggesting.suggest(parts, triage.shipped(), looks) == len(ids) - 1
    assert [look.id for look in suggesting.waiting(parts)] == [ids[0]]


def test_sure_spam_is_hidden_where_that_is_wanted_and_comes_back_on_request(parts: Parts, ids: list[int]) -> None:
    with parts.db.write() as session:
        home = session.exec(select(Organisation.id)).one()
        suggesting.switch_filter(session, home or 0, BY, on=True)
        assert suggesting.filters(session, home or 0)
    run(parts)
    (hidden,) = rows(parts, Outgoing)
    assert (hidden.aspiration_id, hidden.action, hidden.reason) == (ids[1], "hide", suggesting.HIDDEN_BECAUSE)
    spam = rows(parts, Aspiration)[1]
    assert (spam.kind, spam.kind_by, spam.status) == ("spam", suggesting.FILTER.who, "diarsipkan")
    assert suggesting.lessons(parts) == [], "what the machine decided teaches nobody"
    with parts.db.write() as session:
        moderating.hide(session, ids[1], BY, "", hidden=False)
        moderating.set_item(session, ids[1], BY, kind="pertanyaan", status="dibuka lagi")
        item = session.get_one(Aspiration, ids[1])
        item.suggested_at = None
        session.add(item)
    run(parts)
    assert [row.action for row in rows(parts, Outgoing)] == ["hide", "unhide"], "a person has decided"
    assert rows(parts, Event, col(Event.what) == "hide_spam")


def test_what_was_hidden_is_told_the_next_morning_once(parts: Parts, ids: list[int]) -> None:
    hours = timedelta(hours=1)
    with parts.db.write() as session:
        home = session.exec(select(Organisation)).one()
        notice_addresses.store(parts, session, home.id or 0, "json://127.0.0.1:9/kabar", BY)
        suggesting.switch_filter(session, home.id or 0, BY, on=True)
    run(parts)
    assert hidden_list.send_due(parts, mask) == 0, "not on the same day"
    local = times.local(clock.now(), "Asia/Jakarta")
    morning = timedelta(days=1) + (6 - local.hour) * hours
    with clock.travel(morning):
        assert hidden_list.send_due(parts, mask) == 0, "nobody is woken"
    with clock.travel(morning + hours):
        assert hidden_list.send_due(parts, mask) == 1
        assert hidden_list.send_due(parts, mask) == 0
    with clock.travel(morning + 30 * hours):
        assert hidden_list.send_due(parts, mask) == 0, "nothing new was hidden"
    (letter,) = rows(parts, Letter)
    assert "1 komentar disembunyikan" in letter.title
    assert "S L O T" in letter.body
    assert str(ids[1]) in letter.body


def test_learning_waits_for_enough_to_learn_and_for_a_day(
    parts: Parts, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asked = parts.settings.home / suggesting.FILE, []

    def ready(where: Path, lessons: Any) -> triage.Triage:
        asked.append(list(lessons))
        model = triage.shipped()
        model.save(where)
        return model

    monkeypatch.setattr(triage, "ready", ready)
    learn.run(parts, lambda: True)
    assert asked == [], "nobody has decided anything"
    monkeypatch.setattr(suggesting, "WORTH", 1)
    with parts.db.write() as session:
        moderating.set_item(session, ids[0], BY, kind="kritik")
    learn.run(parts, lambda: True)
    assert [(text, kind) for text, kind, _ in asked[0]] == [(TEXTS[0], "kritik")]
    learn.run(parts, lambda: True)
    assert len(asked) == 1, "once a day"
    yesterday = time.time() - 90_000
    os.utime(path, (yesterday, yesterday))
    learn.run(parts, lambda: True)
    assert len(asked) == 2
    # What was learned is what suggests from now on.
    assert suggest.Reader().model(parts.settings.home).version == triage.load(path).version  # type: ignore[union-attr]  # it is there
