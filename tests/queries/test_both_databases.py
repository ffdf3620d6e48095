"""The answers for inbox and statistics are the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app import clock
from app.models import Aspiration, Membership, Organisation, Outgoing, Person
from app.parts import Parts
from app.problems import Problem
from app.queries import board, conversation, figures, followers, inbox, periods, readings, statistics
from app.queries.figures import Scope
from app.queries.inbox import Wanted
from app.services import counting, deciding, moderating, rolling
from app.states import Actor
from tests.app import residents

BY = Actor("uji")


@dataclass
class Here:
    """As much of the web fixture as ``residents`` needs, on the database of the test."""

    parts: Parts
    organisations: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def here(parts: Parts) -> Any:
    made = Here(parts)
    with parts.db.write() as session:
        row = Organisation(name="IPSM Leuwisadeng", category="kecamatan")
        session.add(row)
        session.flush()
        made.organisations["kecamatan"] = row.id or 0
        for name, role in (("Dedi", "koordinator"), ("Ade", "petugas"), ("ani", "pengelola")):
            person = Person(email=f"{name}@uji.example", name=name, fs_uniquifier=name)
            session.add(person)
            session.flush()
            session.add(Membership(person_id=person.id, organisation_id=row.id, role=role))
    return made


def test_the_list_pages_by_key(here: Any) -> None:
    _, delivery = residents.public_post(here, residents.account(here))
    now = clock.now()
    for n in range(23):
        residents.item(
            here, delivery, f"100% nomor_{n}", deadline=None if n % 4 == 0 else now + timedelta(hours=n % 3),
            status="selesai" if n % 5 == 0 else "belum ditanggapi",
        )  # fmt: skip
    home = here.organisations["kecamatan"]
    wanted, seen = Wanted(status="semua", words="100% NOMOR*", order="mendesak"), list[int]()
    with here.parts.db.read() as session:
        while True:
            page = inbox.listed(session, home, wanted, most=5)
            seen += [line.id for line in page.lines]
            if not page.following:
                break
            wanted = Wanted(status="semua", words="100% NOMOR*", order="mendesak", after=page.following)
        assert len(seen) == len(set(seen)) == page.total == 23
        assert inbox.listed(session, home, Wanted(words="nomorX")).lines == []
        assert [name for _, name in inbox.helpers_of(session, home)] == ["ani", "Dedi"]
        assert inbox.heard_of(session, home) == (True, True)
        assert inbox.last_answer(session, home) is None


def test_a_thread_and_a_decision(here: Any) -> None:
    _, delivery = residents.public_post(here, residents.account(here))
    found = residents.item(here, delivery, "Jalan bolong")
    root = residents.rows(here, Aspiration)[0].comment_id
    first = residents.comment(here, delivery, "Sudah dicek", own=True, parent_id=root)
    residents.comment(here, delivery, "terima kasih", parent_id=first)
    with here.parts.db.write() as session:
        outgoing = moderating.reply(session, found, BY, "Jawaban")
    with here.parts.db.read() as session:
        thread = conversation.thread(session, found)
        assert thread is not None
        assert [said.text for said in thread.talk] == ["Jalan bolong", "Sudah dicek", "terima kasih"]
        assert len(conversation.others_since(thread, "0.0")) == 2
        assert conversation.others_since(thread, thread.seen) == []
        assert [trace.what for trace in thread.traces] == ["queue"]
    with here.parts.db.write() as session:
        row = session.get(Outgoing, outgoing.id)
        row.state = "failed"
        session.add(row)
    with here.parts.db.write() as session:
        moderating.reply(session, found, BY, "Yang kedua")
    with here.parts.db.write() as session, pytest.raises(Problem, match="answer_on_its_way"):
        deciding.decide(session, found, outgoing.id or 0, BY, "ulang")  # another answer is open
    assert [row.state for row in residents.rows(here, Outgoing)] == ["failed", "queued"]


def test_figures_followers_and_counting_now(here: Any) -> None:
    account = residents.account(here)
    now = clock.now()
    post_id, delivery = residents.public_post(here, account, at=now - timedelta(days=2))
    residents.reading(here, delivery, account, now - timedelta(days=1), reach=100, reactions=1)
    residents.reading(
        here, delivery, account, now - timedelta(hours=1), reach=200, reactions=4, refused=["post_clicks"]
    )
    residents.reading(here, None, account, now, followers=12)
    home = here.organisations["kecamatan"]
    with here.parts.db.write() as session:
        below = Organisation(name="Desa Kalong II", category="desa", parent_id=home)
        session.add(below)
        session.flush()
        wide = Scope((home, below.id or 0))
    with here.parts.db.read() as session:
        today, scope = now.date(), Scope((home,))
        (row,) = figures.published(session, scope, today - timedelta(days=3), today, "UTC")
        (row,) = figures.with_words(session, [row])
        assert (row.metrics["reach"], row.metrics["saves"], row.rate) == (200, None, Decimal(2))
        assert row.told("clicks") == "tidak tersedia"
        assert figures.published(session, scope, today - timedelta(days=9), today - timedelta(days=3), "UTC") == []
        area = board.read(session, wide, periods.read("30", "UTC", now), now, {})
        assert [(each.name, each.group.posts) for each in area.organisations] == [
            ("Desa Kalong II", 0), ("IPSM Leuwisadeng", 0)
        ], "an area is read from rollups, and there is none yet"  # fmt: skip
        (follower,) = followers.read(session, home, today - timedelta(days=1), today, "UTC")
        assert follower.followers == 12
        assert len(readings.of_deliveries(session, [delivery])[delivery]) == 2
        assert statistics.answers(session, [home], now - timedelta(days=3), now, now)[0].due == 0
    with here.parts.db.write() as session:
        rolling.read(session, delivery)
        rolling.followers_read(session, account, now)
    with here.parts.db.read() as session:
        area = board.read(session, wide, periods.read("30", "UTC", now), now, {})
        assert [(each.name, each.group.posts, each.followers) for each in area.organisations] == [
            ("IPSM Leuwisadeng", 1, {"facebook": 12}), ("Desa Kalong II", 0, {})
        ]  # fmt: skip
        assert sum(count or 0 for week in area.rhythm.weeks for count in week) == 1
    with here.parts.db.write() as session:
        assert counting.ask_now(session, post_id, BY) == 1
    assert counting.due(here.parts) == [delivery]
    with here.parts.db.write() as session, pytest.raises(Problem, match="unknown_post"):
        counting.ask_now(session, 999, BY)
