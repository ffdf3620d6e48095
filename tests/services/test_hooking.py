"""Notifications, worked off: any order, twice, too late, about what is not ours, and what they mean for an item."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from app import clock
from app.models import Account, Comment, Delivery, Hook, Outgoing, Tally, Tombstone
from app.services import answering, applying, collecting, handles, hooking, moderating
from app.services.notifications import changes, parse
from tests.fixtures.loop import BY
from tests.fixtures.talking import Talk, talking


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, photo_store: Any) -> Iterator[Talk]:
    with talking(tmp_path_factory.mktemp("kabar"), sqlite_template, photo_store) as made:
        yield made


class Thread:
    """A fresh Facebook post, and what is told of it: without the platform, which does not know these comments."""

    numbers = itertools.count(10_000)

    def __init__(self, talk: Talk) -> None:
        self.talk, self.parts = talk, talk.loop.parts
        (self.delivery,) = talk.publish(talk.place.facebook, photos=0)
        self.post = self.delivery.remote_id or ""
        self.page = talk.place.page.page_id
        self.began = datetime.now(UTC).replace(microsecond=0)

    def name(self) -> str:
        return f"{self.post}_{next(self.numbers)}"

    def body(self, verb: str, comment: str, at: float = 0, **said: Any) -> bytes:
        """at: seconds after the beginning."""
        time = int(self.began.timestamp() + at)
        value = {"item": "comment", "verb": verb, "comment_id": comment, "post_id": self.post, "parent_id": self.post}
        author = {"from": {"id": "9", "name": "Yanti S."}} if said.pop("named", True) else {}
        if verb == "add":
            value["created_time"] = time  # type: ignore[assignment]  # a number among texts
        entry = [{"id": self.page, "time": time, "changes": [{"field": "feed", "value": value | author | said}]}]
        return json.dumps({"object": "page", "entry": entry}).encode()

    def hear(self, *bodies: bytes) -> None:
        with clock.travel(timedelta(seconds=600)):
            for body in bodies:
                assert hooking.take(self.parts, body) == "stored"
                hooking.work(self.parts)

    def comment(self, remote_id: str) -> Comment | None:
        with self.parts.db.read() as session:
            return session.exec(select(Comment).where(Comment.remote_id == remote_id)).first()

    def here(self, remote_id: str) -> Comment:
        found = self.comment(remote_id)
        assert found is not None
        return found

    def item(self, remote_id: str) -> Any:
        return self.talk.items(self.talk.place.facebook).get(remote_id)


@pytest.fixture
def thread(talk: Talk) -> Thread:
    return Thread(talk)


def test_in_every_order_the_last_word_of_each_kind_stands(thread: Thread) -> None:
    for number, order in enumerate(itertools.permutations(range(4))):
        name = thread.name()
        told = [
            thread.body("add", name, 1, message="Jalan rusak"),
            thread.body("edited", name, 5, message="Jalan rusak parah"),
            thread.body("edited", name, 9, message="Jalan RT 3 rusak parah"),
            thread.body("hide", name, 12),
        ]
        thread.hear(*(told[each] for each in order), *([told[order[0]]] if number % 2 else []))
        kept = thread.here(name)
        assert kept.text == "Jalan RT 3 rusak parah"
        assert kept.said_at == thread.began + timedelta(seconds=1)
        assert [each["text"] for each in kept.versions][-1] == kept.text
        # Hidden before it is known: the poll tells.
        assert kept.hidden or order.index(3) == 0
        assert thread.item(name).text == kept.text
        assert thread.item(name).suggested_at is None


def test_a_removal_before_its_comment_leaves_a_tombstone(thread: Thread) -> None:
    name = thread.name()
    gone, added = thread.body("remove", name, 8), thread.body("add", name, 1, message="Salah kirim")
    thread.hear(gone, gone)
    with thread.parts.db.read() as session:
        (stone,) = session.exec(select(Tombstone).where(Tombstone.remote_id == name))
    assert thread.comment(name) is None
    thread.hear(added)
    kept = thread.here(name)
    assert (kept.text, kept.deleted_at) == ("Salah kirim", stone.at)
    thread.hear(added, gone, thread.body("edited", name, 5, message="Salah"))
    assert thread.here(name).deleted_at == stone.at
    with thread.parts.db.read() as session:
        assert session.exec(select(Tombstone).where(Tombstone.remote_id == name)).first() is None


def test_a_tombstone_is_older_than_a_read_after_it(thread: Thread) -> None:
    name = thread.talk.server.api.do_comment(thread.post, "Asep", "Masih ada")
    thread.hear(thread.body("remove", name, 5))
    with clock.travel(timedelta(seconds=700)):
        assert collecting.collect(thread.parts, thread.delivery.id or 0) == 1
    assert thread.here(name).deleted_at is None


def test_one_notification_may_say_several_things_of_one_comment(thread: Thread) -> None:
    name = thread.name()
    several = json.loads(thread.body("add", name, 1, message="Jalan rusak"))
    for at, words in ((9, "Jalan RT 3 rusak"), (5, "Jalan rusk")):
        several["entry"] += json.loads(thread.body("edited", name, at, message=words))["entry"]
    thread.hear(json.dumps(several).encode())
    kept = thread.here(name)
    assert (kept.text, len(kept.versions)) == ("Jalan RT 3 rusak", 3)


def test_what_the_platform_shows_is_there_whatever_was_told(thread: Thread) -> None:
    """A removal that was told and a read that began later: the read is right. One that began before is not."""
    name = thread.talk.server.api.do_comment(thread.post, "Asep", "Masih ada")
    thread.hear(thread.body("remove", name, 500))
    assert collecting.collect(thread.parts, thread.delivery.id or 0) == 1
    assert thread.here(name).deleted_at is not None
    with clock.travel(timedelta(seconds=700)):
        collecting.collect(thread.parts, thread.delivery.id or 0)
        assert thread.here(name).deleted_at is None
    # What is older than that read says nothing any more.
    thread.hear(
        thread.body("remove", name, 550),
        thread.body("edited", name, 20, message="Tulisan lama"),
        thread.body("hide", name, 30),
    )
    kept = thread.here(name)
    assert (kept.text, kept.hidden, kept.deleted_at) == ("Masih ada", False, None)
    assert [each["text"] for each in kept.versions] == ["Tulisan lama", "Masih ada"]


def test_a_reply_waits_for_its_thread_and_then_no_longer(thread: Thread) -> None:
    top, reply, lost = thread.name(), thread.name(), thread.name()
    later = thread.body("add", reply, 5, parent_id=top, message="Setuju")
    thread.hear(later, thread.body("add", lost, 6, parent_id=thread.name(), message="Balasan yang tertinggal"))
    assert thread.comment(reply) is None
    thread.hear(thread.body("add", top, 1, message="Lampu mati"))
    with clock.travel(timedelta(seconds=660)):
        hooking.work(thread.parts)
    assert thread.here(reply).parent_id == thread.here(top).id
    assert thread.comment(lost) is None
    for number in range(len(hooking.AGAIN_S)):
        with clock.travel((number + 1) * timedelta(hours=3)):
            hooking.work(thread.parts)
    assert thread.item(lost).text == "Balasan yang tertinggal"
    assert thread.item(reply) is None
    assert not hooking.waiting(thread.parts)


def test_the_post_is_read_soon_and_only_the_ones_that_are_ours_are_kept(thread: Thread) -> None:
    with thread.parts.db.write() as session:
        row = session.get_one(Delivery, thread.delivery.id)
        row.collect_at = None
        session.add(row)
    name = thread.name()
    thread.hear(
        thread.body("add", name, 1, message="Halo", named=False),
        thread.body("add", thread.name(), 1, message="Di kiriman lain", post_id=f"{thread.page}_1"),
        thread.body("add", thread.name(), 1, item="reaction"),
        thread.body("add", "", 1, message="tanpa nomor"),
        thread.body("unknown verb", thread.name(), 1),
    )
    with thread.parts.db.read() as session:
        assert session.get_one(Delivery, thread.delivery.id).collect_at is not None
        tallies = {row.name: row.value for row in session.exec(select(Tally))}
        account = session.get_one(Account, thread.talk.place.facebook)
    assert tallies["hook other post"] == 1
    assert tallies["hook other"] == 3
    assert account.hooked_at is not None
    assert (thread.here(name).author_name, thread.item(name).author_key) == (None, None)
    # Who it was is learned by whatever says it.
    thread.hear(thread.body("edited", name, 2, message="Halo semua"))
    assert (thread.item(name).author, thread.item(name).author_key) == ("Yanti S.", "facebook:9")


def test_whose_word_came_last_decides_in_any_order(thread: Thread) -> None:
    """Resident, our answer typed in the app, the resident again: open. Without the last: answered at its true time."""
    ours = {"id": thread.page, "name": "Desa 1"}
    for order in itertools.permutations(range(3)):
        top, answer, again = thread.name(), thread.name(), thread.name()
        told = [
            thread.body("add", top, 10, message="Kapan diperbaiki?"),
            thread.body("add", answer, 20, message="Besok", parent_id=top, **{"from": ours}),
            thread.body("add", again, 30, message="Belum juga", parent_id=top),
        ]
        thread.hear(*(told[each] for each in order))
        with clock.travel(timedelta(seconds=660)):
            hooking.work(thread.parts)
        item = thread.item(top)
        assert item.status == "dibuka lagi", order
        assert item.answered_at == thread.began + timedelta(seconds=20)
        assert item.due_from == thread.began + timedelta(seconds=30)
    top, answer, before = thread.name(), thread.name(), thread.name()
    thread.hear(
        thread.body("add", top, 10, message="Kapan?"),
        thread.body("add", answer, 20, message="Besok", parent_id=top, **{"from": ours}),
        thread.body("add", before, 15, message="Tolong ya", parent_id=top),
        thread.body("edited", answer, 40, message="Lusa", parent_id=top, **{"from": ours}),
    )
    assert (thread.item(top).status, thread.item(top).answered_at) == (
        "sudah ditanggapi", thread.began + timedelta(seconds=20),
    )  # fmt: skip


def test_our_reply_that_comes_back_before_its_result_is_written_counts_once(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk, parts = thread.talk, thread.parts
    name = talk.server.api.do_comment(thread.post, "Asep", "Kapan?")
    collecting.collect(parts, thread.delivery.id or 0)
    item = thread.item(name)
    with parts.db.write() as session:
        moderating.reply(session, item.id, BY, text="Besok pagi, Pak")
    after = max((each["id"] for each in talk.loop.control.told()), default=0)

    def told_first(point: str) -> None:
        if point == "answer.answered":
            talk.loop.control.tell(*(each["id"] for each in talk.loop.control.told(after)))
            assert hooking.work(parts) == 1

    monkeypatch.setattr(answering, "reach", told_first)
    talk.loop.settle()
    with parts.db.read() as session:
        (sent,) = session.exec(select(Outgoing).where(Outgoing.aspiration_id == item.id))
        mine = session.exec(select(Comment).where(Comment.remote_id == sent.remote_id)).all()
    assert (sent.state, len(mine), mine[0].own) == ("published", 1, True)
    assert thread.item(name).status == "sudah ditanggapi"
    assert talk.loop.events(thread.item(name)).count("sudah ditanggapi") == 1
    assert collecting.collect(parts, thread.delivery.id or 0) == 0


def test_two_workers_and_one_that_dies_between_taking_and_writing(thread: Thread) -> None:
    names = [thread.name() for _ in range(6)]
    for name in names:
        hooking.take(thread.parts, thread.body("add", name, 1, message=name))
    hooking.take_over(thread.parts)
    first, second = hooking.claim(thread.parts, 4), hooking.claim(thread.parts, 4)
    assert (len(first), len(second), hooking.claim(thread.parts)) == (4, 2, [])
    assert not {hook.id for hook in first} & {hook.id for hook in second}
    hooking.settle(thread.parts, second)
    # The first one died. When its time is over another takes what it had; and its waking up is no harm.
    with clock.travel(timedelta(seconds=hooking.LEASE_S + 1)):
        assert hooking.work(thread.parts) == 4
        hooking.settle(thread.parts, first)
    assert [thread.here(name).text for name in names] == names
    with thread.parts.db.read() as session:
        assert {
            hook.attempts for hook in session.exec(select(Hook).where(col(Hook.id).in_([h.id for h in first])))
        } == {2}


def test_one_that_cannot_be_worked_off_rests_in_the_end_with_why(
    thread: Thread, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = thread.name(), thread.name()

    def fails(*_: Any) -> None:
        raise ValueError("a fault of ours")

    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL):
        patch.setattr(applying, "apply", fails)
        hooking.take(thread.parts, thread.body("add", bad, 1, message="Halo"))
        for number in range(len(hooking.AGAIN_S) + 2):
            with clock.travel(number * timedelta(hours=3)):
                hooking.work(thread.parts)
    with thread.parts.db.read() as session:
        rests = session.exec(select(Hook).order_by(col(Hook.id).desc()).limit(1)).one()
    assert (rests.wake_at, rests.done_at, rests.attempts) == (None, None, len(hooking.AGAIN_S) + 1)
    assert rests.why == "ValueError: a fault of ours"
    thread.hear(thread.body("add", good, 1, message="Halo"))
    assert thread.comment(good) is not None
    with clock.travel(timedelta(days=31)):
        assert hooking.tidy(thread.parts) > 0
    with thread.parts.db.read() as session:
        assert session.exec(select(Hook.id)).first() is None


def test_a_members_own_account_is_neither_item_nor_answer(thread: Thread) -> None:
    parts, organisation = thread.parts, thread.talk.loop.organisation_id
    early, late, top = thread.name(), thread.name(), thread.name()
    bu_kader = {"from": {"id": "77", "name": "Bu Kader"}}
    thread.hear(
        thread.body("add", early, 1, message="Semangat!", **bu_kader), thread.body("add", top, 2, message="Kapan?")
    )
    assert thread.item(early).status == "belum ditanggapi"
    _, marked = handles.add(parts, organisation, BY, connector="facebook", name=" @Bu  KADER ")
    assert marked == 1
    thread.hear(
        thread.body("add", late, 3, message="Hadir", **bu_kader),
        thread.body("add", thread.name(), 4, message="Nanti ya", parent_id=top, **bu_kader),
    )
    assert (thread.here(early).staff, thread.item(early).status) == (True, "diarsipkan")
    assert (thread.here(late).staff, thread.item(late)) == (True, None)
    assert thread.item(top).status == "belum ditanggapi"
    assert handles.remove(parts, organisation, BY, connector="facebook", name="bu kader") == 3
    assert thread.item(early).status == "dibuka lagi"
    assert thread.item(late).status == "belum ditanggapi"


@pytest.mark.parametrize(
    "value",
    [
        {"entry": [{"id": "1", "time": "x", "changes": "no"}]},
        {"object": "page", "entry": [{"id": "1", "time": 1e400, "changes": [{}, {"field": "feed", "value": []}]}]},
        {"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {"item": "comment"}}]}]},
        {"object": "instagram", "entry": [{"id": 1, "time": -(10**18), "changes": [{"field": "comments"}]}]},
        {"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {
            "item": "comment", "verb": "add", "comment_id": "1_2", "message": {"a": 1}, "from": "x", "post": 7,
            "created_time": True}}]}]},
    ],
)  # fmt: skip
def test_odd_values_are_no_fault(value: dict[str, Any]) -> None:
    _, read = parse(json.dumps(value).encode())
    assert all(change.at <= clock.now() for change in changes(read, clock.now()))


def test_instagram_says_it_in_its_own_way(thread: Thread) -> None:
    page = thread.talk.place.page
    value = {"comment_id": "178_1", "text": "Mantap", "from": {"id": "5", "username": "yanti"}, "media": {"id": "77"}}
    entry = {"id": page.ig_id, "time": 1_790_000_000_000, "changes": [{"field": "comments", "value": value}]}
    (change,) = changes({"object": "instagram", "entry": [entry]}, datetime(2027, 1, 1, tzinfo=UTC))
    assert change.comment is not None
    assert (change.post_id, change.verb, change.comment.author_name) == ("77", "add", "yanti")
    assert change.at.replace(microsecond=0) == datetime.fromtimestamp(1_790_000_000, UTC)
