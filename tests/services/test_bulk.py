"""One change to many items, each checked; and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from app import clock
from app.db import Database
from app.models import Aspiration, Comment, Person
from app.problems import Problem
from app.services import bulk, handling, moderating, promising
from tests.fixtures.desk import Desk


def person(session: Session, desk: Desk) -> Person:
    return session.get_one(Person, desk.dedi.person_id)


#: What of an item a change may touch.
COLUMNS = (
    "kind", "kind_by", "status", "assignee_id", "labels", "secret", "answered_at", "settled_at", "deadline",
    "settle_by", "due_from",
)  # fmt: skip


def standing(desk: Desk, item: int) -> dict[str, Any]:
    row = desk.row(item)
    return {name: getattr(row, name) for name in COLUMNS}


CHANGES: dict[str, Any] = {
    "kind": "aspirasi",
    "status": "sudah ditanggapi",
    "assignee": None,  # filled in
    "label": "Jalan",
    "secret": True,
    "spam": True,
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_and_its_way_back(desk: Desk, what: str) -> None:
    items = [desk.item(kind="perlu dipilah"), desk.form(kind="keluhan"), desk.item(kind="kritik", labels=["Lama"])]
    before = [standing(desk, item) for item in items]
    events = [len(desk.events(item)) for item in items]
    with desk.db.write() as session:
        value: Any = person(session, desk) if what == "assignee" else CHANGES[what]
        done = bulk.apply(session, desk.organisation_id, [*items, *items], desk.ani, **{what: value})
    assert (done.changed, done.skipped) == (3, {})
    assert [standing(desk, item) for item in items] != before
    assert [len(desk.events(item)) for item in items] == [number + 1 for number in events], "one Event each"
    assert done.undo
    with desk.db.write() as session:
        back = bulk.undo(session, desk.organisation_id, done.undo, desk.dedi)
    assert (back.changed, back.skipped) == (3, {})
    assert [standing(desk, item) for item in items] == before
    with desk.db.write() as session, pytest.raises(Problem, match="nothing_to_undo"):
        bulk.undo(session, desk.organisation_id, done.undo, desk.dedi)


def test_what_does_not_fit_is_left_and_said(desk: Desk, database: Database) -> None:
    foreign = Desk(database).item()
    complaint, wish = desk.item(kind="keluhan"), desk.item(kind="aspirasi")
    with desk.db.write() as session:
        done = bulk.apply(session, desk.organisation_id, [complaint, wish, foreign, 99_999], desk.ani, status="selesai")
    assert done.changed == 1
    assert done.skipped == {complaint: "proof_needed", foreign: "unknown_item", 99_999: "unknown_item"}
    assert desk.row(complaint).status == "belum ditanggapi"
    assert desk.events(complaint) == []
    urgent = desk.item(urgent="anak")
    with desk.db.write() as session:
        done = bulk.apply(session, desk.organisation_id, [urgent, wish], desk.ani, spam=True)
        assert done.skipped == {urgent: "urgent_kept"}
        again = bulk.apply(session, desk.organisation_id, [wish], desk.ani, kind="spam")
    assert (again.changed, again.undo) == (0, None), "nothing to change is neither a change nor a refusal"


@pytest.mark.parametrize(
    ("changes", "count", "code"),
    [
        ({}, 1, "one_change"),
        ({"kind": "spam", "status": "selesai"}, 1, "one_change"),
        ({"kind": "gosip"}, 1, "unknown_kind"),
        ({"status": "hilang"}, 1, "unknown_status"),
        ({"label": "  "}, 1, "text_needed"),
        ({"label": "a" * 41}, 1, "label_long"),
        ({"kind": "spam"}, 101, "too_many_at_once"),
    ],
)
def test_refused_as_a_whole(desk: Desk, changes: dict[str, Any], count: int, code: str) -> None:
    with desk.db.write() as session, pytest.raises(Problem, match=code):
        bulk.apply(session, desk.organisation_id, range(1, count + 1), desk.ani, **changes)


def test_what_somebody_changed_since_stays_changed(desk: Desk) -> None:
    touched, left = desk.item(kind="perlu dipilah"), desk.item(kind="perlu dipilah")
    with desk.db.write() as session:
        done = bulk.apply(session, desk.organisation_id, [touched, left], desk.ani, kind="kritik")
        # Back and forth: what it says now is what the change said, and still somebody decided it anew.
        moderating.set_item(session, touched, desk.dedi, kind="pujian")
        moderating.set_item(session, touched, desk.dedi, kind="kritik")
        assert done.undo
        back = bulk.undo(session, desk.organisation_id, done.undo, desk.ani)
    assert (back.changed, back.skipped) == (1, {touched: "changed_since"})
    assert [desk.row(item).kind for item in (touched, left)] == ["kritik", "perlu dipilah"]


def test_a_token_opens_nothing_elsewhere(desk: Desk, database: Database) -> None:
    other, item = Desk(database), desk.item()
    with desk.db.write() as session:
        done = bulk.apply(session, desk.organisation_id, [item], desk.ani, kind="kritik")
    for token in ("", "0" * 16, done.undo or ""):
        with desk.db.write() as session, pytest.raises(Problem, match="nothing_to_undo"):
            bulk.undo(session, other.organisation_id, token, other.ani)
    assert desk.row(item).kind == "kritik"


class TestSpam:
    @pytest.mark.parametrize(
        ("state", "actions", "states"),
        [
            ("queued", ["hide"], ["cancelled"]),
            ("failed", ["hide"], ["cancelled"]),
            ("published", ["hide", "unhide"], ["published", "queued"]),
            ("unsure", ["hide", "unhide"], ["unsure", "queued"]),
        ],
    )
    def test_hidden_comments_are_shown_again(
        self, desk: Desk, state: str, actions: list[str], states: list[str]
    ) -> None:
        item = desk.item("gacor maxwin", kind="perlu dipilah")
        with desk.db.write() as session:
            done = bulk.apply(session, desk.organisation_id, [item], desk.ani, spam=True)
        (hide,) = desk.sendings(item)
        if state != "queued":
            desk.arrive(hide.id or 0, state)
        with desk.db.write() as session:
            if state == "published":
                _comment(session, item).hidden = True
            bulk.undo(session, desk.organisation_id, done.undo or "", desk.ani)
        assert [sending.action for sending in desk.sendings(item)] == actions
        assert [sending.state for sending in desk.sendings(item)] == states
        assert desk.row(item).kind == "perlu dipilah"

    def test_not_spam_after_all(self, desk: Desk) -> None:
        item, other = desk.item(kind="spam"), desk.item(kind="keluhan")
        with desk.db.write() as session:
            _comment(session, item).hidden = True
            done = bulk.apply(session, desk.organisation_id, [item, other], desk.ani, spam=False)
        assert done.changed == 1
        assert [desk.row(one).kind for one in (item, other)] == ["perlu dipilah", "keluhan"]
        assert [sending.action for sending in desk.sendings(item)] == ["unhide"]


def _comment(session: Session, item: int) -> Comment:
    row = session.get_one(Comment, session.get_one(Aspiration, item).comment_id)
    session.add(row)
    return row


def test_a_settled_group_goes_back_whole(desk: Desk) -> None:
    first, second = desk.item(kind="aspirasi"), desk.item(kind="aspirasi")
    with desk.db.write() as session:
        handling.join(session, second, first, desk.ani)
        day = clock.now().date() + timedelta(days=3)
        promise = promising.give(session, session.get_one(Aspiration, first), day, desk.ani, "Senin")
    before = [standing(desk, item) for item in (first, second)]
    with desk.db.write() as session:
        done = bulk.apply(session, desk.organisation_id, [first], desk.ani, status="selesai")
    assert {desk.row(item).status for item in (first, second)} == {"selesai"}
    with desk.db.write() as session:
        bulk.undo(session, desk.organisation_id, done.undo or "", desk.ani)
        assert [one.id for one in promising.open_of(session, first)] == [promise.id]
    assert [standing(desk, item) for item in (first, second)] == before


steps = st.one_of(
    st.tuples(st.just("kind"), st.sampled_from(["aspirasi", "kritik", "spam", "pertanyaan"])),
    st.tuples(st.just("status"), st.sampled_from(["ditindaklanjuti", "diarsipkan", "selesai", "dibuka lagi"])),
    st.tuples(st.just("label"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("secret"), st.just(True)),
)


@settings(max_examples=12, deadline=None)
@given(changes=st.lists(steps, min_size=1, max_size=4))
def test_the_last_change_taken_back_is_as_if_it_had_not_been(
    database: Database, changes: list[tuple[str, Any]]
) -> None:
    desk = Desk(database)
    items = [desk.form(kind="aspirasi"), desk.form(kind="perlu dipilah")]
    for what, value in changes:
        before = [standing(desk, item) for item in items]
        with desk.db.write() as session:
            done = bulk.apply(session, desk.organisation_id, items, desk.ani, **{what: value})
    if done.undo is not None:
        with desk.db.write() as session:
            back = bulk.undo(session, desk.organisation_id, done.undo, desk.dedi)
        assert (back.changed, back.skipped) == (done.changed, {})
    assert [standing(desk, item) for item in items] == before
