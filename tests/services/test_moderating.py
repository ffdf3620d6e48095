"""Answers and what is taken from the public: one answer by one coordinator, no hiding without grounds."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app import clock
from app.db import Database
from app.models import Account, Aspiration, Comment, Delivery, Outgoing, Promise
from app.problems import Problem
from app.services import canned, deciding, moderating, promising, rivals
from app.states import Actor
from tests.fixtures.desk import Desk

WORDS = "Promosi judi atau penipuan"


class TestTwoCoordinators:
    def test_who_comes_second_is_told_who_answered_and_when(self, desk: Desk) -> None:
        item = desk.item()
        with desk.db.write() as session:
            first = moderating.reply(session, item, desk.ani, "Kami cek besok")
        for state in ("queued", "published"):
            if state == "published":
                desk.arrive(first.id or 0)
            told = desk.refused("answered_meanwhile",
                lambda session: moderating.reply(session, item, desk.dedi, "Sudah", answering="0.0"),
            )  # fmt: skip
            assert (told.facts["who"], told.facts["text"]) == ("Ani", "Kami cek besok")
            assert abs(told.facts["at"] - clock.now()) < timedelta(minutes=1)
        assert len(desk.sendings(item)) == 1
        with desk.db.write() as session:
            moderating.reply(session, item, desk.dedi, "Tambahan", answering=first.id)
        assert len(desk.sendings(item)) == 2, "who has seen the first may answer again"

    def test_an_answer_that_never_left_is_none(self, desk: Desk) -> None:
        item = desk.item()
        with desk.db.write() as session:
            first = moderating.reply(session, item, desk.ani, "Kami cek")
        desk.arrive(first.id or 0, "failed")
        with desk.db.write() as session:
            moderating.reply(session, item, desk.dedi, "Kami cek ulang", answering="0.0")

    def test_an_answer_typed_on_the_platform_counts_too(self, desk: Desk) -> None:
        item = desk.item()
        with desk.db.write() as session:
            row = session.get_one(Aspiration, item)
            said = Comment(
                account_id=desk.account_id, delivery_id=desk.delivery_id, parent_id=row.comment_id, own=True,
                remote_id=f"own{item}", text="Sudah kami cek", said_at=clock.now(),
            )  # fmt: skip
            session.add(said)
            session.flush()
            number = said.id
        told = desk.refused("answered_meanwhile",
            lambda session: moderating.reply(session, item, desk.dedi, "Kami cek", answering="0.0"),
        )  # fmt: skip
        assert told.facts["text"] == "Sudah kami cek"
        with desk.db.write() as session:
            assert rivals.since(session, session.get_one(Aspiration, item), f"0.{number}") == []
            moderating.reply(session, item, desk.dedi, "Kami cek", answering=f"0.{number}")

    @pytest.mark.parametrize("answering", ["", "x", "1.x", "-3.4", "999999999999999999999.0"])
    def test_a_liars_knowledge_is_no_knowledge(self, desk: Desk, answering: str) -> None:
        item = desk.item()
        with desk.db.write() as session:
            moderating.reply(session, item, desk.ani, "Kami cek")
        with desk.db.write() as session, pytest.raises(Problem):
            moderating.reply(session, item, desk.dedi, "Kami cek juga", answering=answering)
        assert len(desk.sendings(item)) == 1

    def test_at_the_same_moment_one_answer_leaves(self, db: Database) -> None:
        """On both databases."""
        desk = Desk(db)
        item, start, codes = desk.item(), threading.Barrier(2), list[str]()

        def answer(by: Actor) -> None:
            start.wait(10)
            try:
                with db.write() as session:
                    moderating.reply(session, item, by, f"Jawaban {by.who}", answering="0.0")
            except Problem as problem:
                codes.append(problem.code)

        threads = [threading.Thread(target=answer, args=(by,)) for by in (desk.ani, desk.dedi)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert codes == ["answered_meanwhile"]
        assert len(desk.sendings(item)) == 1


class TestUrgent:
    def test_nothing_ready_made_for_whoever_is_in_danger(self, desk: Desk) -> None:
        item, plain = desk.item(urgent="kekerasan"), desk.item()
        with desk.db.write() as session:
            canned.begin(session, desk.organisation_id)
        with desk.db.read() as session:
            ready = canned.listed(session, desk.organisation_id)[0]
            filled = canned.fill(ready.text, desk.row(item), desk.organisation(), desk.ani)
        for text, canned_id in ((filled.upper(), None), (ready.text, None), ("Kami ke rumah Ibu", ready.id)):
            with desk.db.write() as session, pytest.raises(Problem, match="urgent_not_canned"):
                moderating.reply(session, item, desk.ani, text, canned_id=canned_id)
        with desk.db.write() as session:
            moderating.reply(session, item, desk.ani, "Kami ke rumah Ibu sekarang. Hubungi 112.")
            moderating.reply(session, plain, desk.ani, filled, canned_id=ready.id)

    @pytest.mark.parametrize(
        ("columns", "hidden"),
        [
            ({"kind": "perlu dipilah"}, True),
            ({"kind": "spam"}, True),
            ({"kind": "spam", "kind_by": "Ani"}, True),
            ({"kind": "perlu dipilah", "urgent": "anak"}, False),
            ({"kind": "spam", "urgent": "anak"}, False),
            ({"kind": "pujian", "kind_by": "Ani"}, False),
            ({"kind": "keluhan"}, False),
            ({"kind": "pertanyaan"}, False),
        ],
    )
    def test_what_the_filter_may_hide(self, desk: Desk, columns: dict[str, Any], hidden: bool) -> None:
        item = desk.item(**columns)
        with desk.db.write() as session:
            if hidden:
                moderating.hide(session, item, Actor("penyaring"), WORDS, by_itself=True)
                return
            with pytest.raises(Problem, match="not_by_itself"):
                moderating.hide(session, item, Actor("penyaring"), WORDS, by_itself=True)


class TestGrounds:
    @pytest.mark.parametrize("kind", ["kritik", "keluhan"])
    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            ("", "reason_needed"),
            (" \t", "reason_needed"),
            ("spam", "reason_short"),
            ("123 456 789 000", "reason_short"),
            ("tidak suka", "reason_dislike"),
            ("Tidak suka saja", "reason_dislike"),
            ("karena kami tidak suka komentarnya", "reason_dislike"),
            ("merusak nama baik desa", "reason_dislike"),
            ("gak enak dibaca sama pak lurah", None),
            ("Memuat nomor HP orang lain", None),
            ("Ujaran kebencian atau ancaman", None),
            (WORDS, None),
        ],
    )
    def test_reasons_for_hiding_and_deleting(self, desk: Desk, kind: str, reason: str, code: str | None) -> None:
        for act in (moderating.hide, moderating.delete):
            item = desk.item(kind=kind)
            if code:
                with desk.db.write() as session, pytest.raises(Problem, match=code):
                    act(session, item, desk.ani, reason)
                assert desk.sendings(item) == []
                continue
            with desk.db.write() as session:
                act(session, item, desk.ani, reason)
            (sending,) = desk.sendings(item)
            assert sending.reason == reason
            assert desk.events(sending.id or 0, "outgoing") == ["queue"]

    def test_other_kinds_need_any_reason_and_urgent_ones_a_real_one(self, desk: Desk) -> None:
        item, urgent = desk.item(kind="perlu dipilah"), desk.item(kind="perlu dipilah", urgent="anak")
        with desk.db.write() as session:
            moderating.hide(session, item, desk.ani, "iklan")
            moderating.hide(session, item, desk.ani, "", hidden=False)
        desk.refused("reason_short", lambda session: moderating.hide(session, urgent, desk.ani, "iklan"))

    def test_deleting_is_asked_for_once_and_only_where_it_can_be(self, desk: Desk) -> None:
        item = desk.item(kind="spam")
        with desk.db.write() as session:
            moderating.delete(session, item, desk.ani, "judi")
        desk.refused("delete_on_its_way", lambda session: moderating.delete(session, item, desk.dedi, "judi"))
        form = desk.form()
        desk.refused("no_platform", lambda session: moderating.delete(session, form, desk.ani, WORDS))


class TestPrivately:
    @pytest.mark.parametrize(
        ("ago", "code"),
        [(timedelta(hours=1), None), (timedelta(days=6, hours=23), None), (timedelta(days=7), "private_window")],
    )
    def test_within_seven_days(self, desk: Desk, ago: timedelta, code: str | None) -> None:
        item = desk.item(ago=ago)
        if code is None:
            with desk.db.write() as session:
                moderating.private_reply(session, item, desk.ani, "Boleh kami telepon?")
            assert [sending.action for sending in desk.sendings(item)] == ["private_reply"]
            return
        told = desk.refused(code, lambda session: moderating.private_reply(session, item, desk.ani, "Halo"))
        assert told.facts["permalink"].startswith("https://www.facebook.com/")

    @pytest.mark.parametrize("state", ["queued", "unsure", "needs_person", "published", "held"])
    def test_once_a_comment_unless_it_never_left(self, desk: Desk, state: str) -> None:
        item = desk.item()
        with desk.db.write() as session:
            first = moderating.private_reply(session, item, desk.ani, "Halo")
        if state != "queued":
            desk.arrive(first.id or 0, state)
        desk.refused("private_once", lambda session: moderating.private_reply(session, item, desk.dedi, "Halo"))
        desk.arrive(first.id or 0, "cancelled")
        with desk.db.write() as session:
            moderating.private_reply(session, item, desk.dedi, "Halo")

    def test_a_refused_right_is_remembered_until_the_account_is_looked_at_again(self, desk: Desk) -> None:
        one, two = desk.item(), desk.item()
        with desk.db.write() as session:
            first = moderating.private_reply(session, one, desk.ani, "Halo")
            row = session.get_one(Outgoing, first.id)
            row.state, row.error_code = "failed", "private_right"
            session.add(row)
        told = desk.refused("private_right", lambda session: moderating.private_reply(session, two, desk.ani, "Halo"))
        assert told.facts["permission"] == "pages_messaging"
        with desk.db.write() as session:
            account = session.get_one(Account, desk.account_id)
            account.checked_at = clock.now()
            session.add(account)
            session.flush()
            moderating.private_reply(session, two, desk.ani, "Halo")

    def test_long_ones_a_form_and_a_platform_that_cannot(self, desk: Desk, database: Database) -> None:
        item, form = desk.item(), desk.form()
        desk.refused("text_too_long", lambda session: moderating.private_reply(session, item, desk.ani, "🙏" * 251))
        desk.refused("no_platform", lambda session: moderating.private_reply(session, form, desk.ani, "Halo"))
        with desk.db.write() as session:
            account = session.get_one(Account, desk.account_id)
            account.connector = "instagram_private"
            session.add(account)
        told = desk.refused(
            "not_possible_there", lambda session: moderating.private_reply(session, item, desk.ani, "a")
        )
        assert told.facts["permalink"]

    def test_a_persons_word_answers_the_item(self, desk: Desk) -> None:
        item = desk.item()
        with desk.db.write() as session:
            sent = moderating.private_reply(session, item, desk.ani, "Halo")
        desk.arrive(sent.id or 0, "needs_person")
        with desk.db.write() as session:
            deciding.decide(session, item, sent.id or 0, desk.ani, "sudah")
        assert desk.row(item).status == "sudah ditanggapi"


def test_a_promise_stands_once_its_answer_is_public(desk: Desk) -> None:
    item, day = desk.item(), (clock.now() + timedelta(days=3)).date()
    past, far = clock.now().date() - timedelta(days=2), clock.now().date() + timedelta(days=500)
    for wrong, code in ((past, "date_past"), (far, "date_far")):
        with desk.db.write() as session, pytest.raises(Problem, match=code):
            moderating.reply(session, item, desk.ani, "Senin", promised=wrong)
    assert desk.sendings(item) == []
    with desk.db.write() as session:
        sent = moderating.reply(session, item, desk.ani, "Paling lambat\nSenin", promised=day)
        (promise,) = session.exec(select(Promise).where(Promise.aspiration_id == item))
        assert (promise.due_on, promise.text, promise.outgoing_id) == (day, "Paling lambat Senin", sent.id)
        assert promising.open_of(session, item) == []
    assert desk.events(item) == ["promise"]
    desk.arrive(sent.id or 0)
    with desk.db.read() as session:
        assert [one.due_on for one in promising.open_of(session, item)] == [day]


@pytest.mark.parametrize(("state", "code"), [("withdrawn", "post_gone"), ("gone", "post_gone"), ("published", None)])
def test_nothing_is_said_under_a_post_that_is_gone(desk: Desk, state: str, code: str | None) -> None:
    item = desk.item()
    with desk.db.write() as session:
        delivery = session.get_one(Delivery, desk.delivery_id)
        delivery.state = state
        session.add(delivery)
    if code is None:
        with desk.db.write() as session:
            moderating.reply(session, item, desk.ani, "Halo")
        return
    desk.refused(code, lambda session: moderating.reply(session, item, desk.ani, "Halo"))


def test_the_kind_decides_by_when(desk: Desk) -> None:
    item = desk.item(kind="keluhan", deadline=None)
    with desk.db.write() as session:
        moderating.set_item(session, item, desk.ani, kind="aspirasi")
        moderating.set_item(session, item, desk.ani, kind="spam")
    assert desk.row(item).deadline is None
    assert desk.row(item).kind_by == "Ani"
    assert desk.events(item) == ["kind", "kind"]
