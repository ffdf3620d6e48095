"""What is done with an item: each act is checked, and is one Event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.db import Database
from app.models import Aspiration, Attachment, ItemNote
from app.problems import Problem
from app.queries import privacy
from app.services import bulk, handling, moderating
from app.states import Actor
from media.intake import Taken
from tests.fixtures.desk import Desk

PHOTO = Taken("a" * 64, 800, 600, "jpeg", 1000)
PROOF = "Lampu sudah diganti hari Senin"


def test_a_note_is_private_and_its_words_stay_out_of_the_history(desk: Desk) -> None:
    item = desk.item()
    with desk.db.write() as session:
        note = handling.add_note(session, item, desk.ani, "  Rumah \0 pak RT\r\nsudah ditelepon ")
    assert (note.text, note.author_id, note.author_name) == (
        "Rumah  pak RT\nsudah ditelepon",
        desk.ani.person_id,
        "Ani",
    )
    assert desk.events(item) == ["note"]
    desk.refused("text_needed", lambda session: handling.add_note(session, item, desk.ani, " \n"))
    desk.refused("text_too_long", lambda session: handling.add_note(session, item, desk.ani, "a" * 4001))
    desk.refused("unknown_item", lambda session: handling.add_note(session, 99_999, desk.ani, "a"))


def test_labels_are_kept_once_in_their_first_spelling(desk: Desk) -> None:
    item = desk.item()
    with desk.db.write() as session:
        handling.set_labels(session, item, desk.ani, ["Jalan  Rusak", "jalan rusak", " ", "RT 03, RW 05"])
        handling.set_labels(session, item, desk.ani, ["Jalan Rusak", "RT 03 RW 05"])
    assert desk.row(item).labels == ["Jalan Rusak", "RT 03 RW 05"]
    assert desk.events(item) == ["labels"], "the same labels are no change"
    desk.refused("label_long", lambda session: handling.set_labels(session, item, desk.ani, ["a" * 41]))
    many = [str(number) for number in range(13)]
    desk.refused("labels_many", lambda session: handling.set_labels(session, item, desk.ani, many))


class TestDuplicates:
    def test_what_is_joined_follows_status_and_answer(self, desk: Desk) -> None:
        first, second, third = desk.item(), desk.item(), desk.item()
        with desk.db.write() as session:
            moderating.set_item(session, first, desk.ani, status="ditindaklanjuti")
            handling.join(session, second, first, desk.ani)
            handling.join(session, third, second, desk.ani)
        assert [desk.row(one).duplicate_of_id for one in (first, second, third)] == [None, first, first]
        assert desk.row(third).status == "ditindaklanjuti"
        with desk.db.write() as session:
            outgoing = moderating.reply(session, first, desk.ani, "Sudah kami perbaiki")
            handling.settle(session, first, desk.ani, PROOF)
        assert outgoing.aspiration_id == first
        rows = [desk.row(one) for one in (first, second, third)]
        assert {row.status for row in rows} == {"selesai"}
        assert all(row.settled_at for row in rows)
        assert desk.events(third) == ["join", "ditindaklanjuti", "selesai"]
        with desk.db.read() as session:
            counted = select(Aspiration.id).where(privacy.counted_once())
            own = session.exec(counted.where(Aspiration.organisation_id == desk.organisation_id)).all()
        assert own == [first]

    def test_an_answer_that_arrives_answers_all_of_them(self, desk: Desk) -> None:
        first, second = desk.item(), desk.item()
        with desk.db.write() as session:
            handling.join(session, second, first, desk.ani)
            outgoing = moderating.reply(session, first, desk.ani, "Kami cek besok")
        desk.arrive(outgoing.id or 0)
        with desk.db.write() as session:
            moderating.answered(session, session.merge(desk.sendings(first)[0]), Actor("uji"))
        assert {desk.row(one).status for one in (first, second)} == {"sudah ditanggapi"}
        assert desk.row(first).answered_at == desk.row(second).answered_at is not None

    def test_whole_groups_are_joined_and_no_circle_comes_of_it(self, desk: Desk) -> None:
        one, two, three = desk.item(), desk.item(), desk.item()
        with desk.db.write() as session:
            handling.join(session, two, one, desk.ani)
            handling.join(session, one, three, desk.ani)
        assert [desk.row(each).duplicate_of_id for each in (one, two, three)] == [three, three, None]
        desk.refused("join_circle", lambda session: handling.join(session, three, two, desk.ani))
        desk.refused("join_self", lambda session: handling.join(session, one, one, desk.ani))
        desk.refused("joined_already", lambda session: handling.join(session, two, three, desk.ani))
        desk.refused("unknown_item", lambda session: handling.join(session, two, 99_999, desk.ani))

    def test_another_organisations_item_is_refused(self, desk: Desk, database: Database) -> None:
        elsewhere = Desk(database)
        own, other = desk.item(), elsewhere.item()
        desk.refused("join_elsewhere", lambda session: handling.join(session, own, other, desk.ani))
        assert desk.row(own).duplicate_of_id is None

    def test_apart_again_it_keeps_its_status(self, desk: Desk) -> None:
        first, second = desk.item(), desk.item()
        with desk.db.write() as session:
            moderating.set_item(session, first, desk.ani, status="ditindaklanjuti")
            handling.join(session, second, first, desk.ani)
            handling.part(session, second, desk.ani)
            moderating.set_item(session, first, desk.ani, status="diarsipkan")
        assert (desk.row(second).duplicate_of_id, desk.row(second).status) == (None, "ditindaklanjuti")
        desk.refused("not_joined", lambda session: handling.part(session, second, desk.ani))

    def test_who_comes_back_is_a_matter_of_their_own(self, desk: Desk) -> None:
        first, second = desk.item(kind="aspirasi"), desk.item(kind="aspirasi")
        with desk.db.write() as session:
            handling.join(session, second, first, desk.ani)
            handling.settle(session, first, desk.ani)
            handling.reopen(session, second, desk.ani, "Warga menelepon lagi")
        assert (desk.row(first).status, desk.row(second).status) == ("selesai", "dibuka lagi")
        assert desk.row(second).duplicate_of_id is None
        third = desk.item(kind="aspirasi")
        with desk.db.write() as session:
            handling.join(session, third, first, desk.ani)
            handling.reopen(session, first, desk.ani, "Belum beres")
        assert (desk.row(third).status, desk.row(third).duplicate_of_id) == ("dibuka lagi", first)

    def test_about_a_member_is_so_for_both(self, desk: Desk) -> None:
        first, second = desk.item(), desk.item()
        with desk.db.write() as session:
            handling.set_about(session, second, desk.ani, desk.dedi.person_id)
            handling.join(session, second, first, desk.ani)
        assert desk.row(first).about_id == desk.row(second).about_id == desk.dedi.person_id


class TestSecrecy:
    def test_opening_again_needs_a_reason(self, desk: Desk) -> None:
        item = desk.item()
        with desk.db.write() as session:
            handling.keep_secret(session, item, desk.ani, True)
        desk.refused("reason_needed", lambda session: handling.keep_secret(session, item, desk.ani, False, "  "))
        with desk.db.write() as session:
            handling.keep_secret(session, item, desk.ani, False, "Bukan data pribadi")
        assert not desk.row(item).secret
        assert desk.events(item) == ["secret", "secret"]

    def test_what_the_resident_asked_for_stays(self, desk: Desk) -> None:
        asked, ours = desk.form(secret=True), desk.form()
        desk.refused("secret_of_resident", lambda session: handling.keep_secret(session, asked, desk.ani, False, "a"))
        with desk.db.write() as session:
            handling.keep_secret(session, ours, desk.ani, True)
            handling.keep_secret(session, ours, desk.ani, False, "Salah tekan")
        assert not desk.row(ours).secret


ACTS: dict[str, Callable[[Session, int, Actor], object]] = {
    "note": lambda session, item, by: handling.add_note(session, item, by, "a"),
    "labels": lambda session, item, by: handling.set_labels(session, item, by, ["a"]),
    "reply": lambda session, item, by: moderating.reply(session, item, by, "Itu tidak benar"),
    "private": lambda session, item, by: moderating.private_reply(session, item, by, "Cabut!"),
    "hide": lambda session, item, by: moderating.hide(session, item, by, "Promosi judi atau penipuan"),
    "delete": lambda session, item, by: moderating.delete(session, item, by, "Promosi judi atau penipuan"),
    "kind": lambda session, item, by: moderating.set_item(session, item, by, kind="spam"),
    "archive": lambda session, item, by: moderating.set_item(session, item, by, status="diarsipkan"),
    "settle": lambda session, item, by: handling.settle(session, item, by, PROOF),
    "hand over": lambda session, item, by: handling.hand_over(session, item, by, "Desa"),
    "about": lambda session, item, by: handling.set_about(session, item, by, None),
    "urgent": lambda session, item, by: handling.decide_urgency(session, item, by, False),
    "attach": lambda session, item, by: handling.attach(session, item, PHOTO, "bukti", by),
    "join": lambda session, item, by: handling.join(session, item, item + 1, by),
}


class TestAboutAMember:
    def test_a_pembina_has_it_and_the_member_neither_sees_nor_closes_it(self, desk: Desk) -> None:
        item = desk.item("Pak Dedi memotong bansos kami")
        with desk.db.write() as session:
            moderating.set_item(session, item, desk.ani, assignee=_person(session, desk.dedi))
            handling.set_about(session, item, desk.ani, desk.dedi.person_id)
        row = desk.row(item)
        assert (row.about_id, row.assignee_id) == (desk.dedi.person_id, desk.pembina.person_id)
        with desk.db.read() as session:
            seen = {
                who.who: session.exec(
                    select(Aspiration.id).where(Aspiration.id == item, privacy.visible_to(who.person_id))
                ).first()
                for who in (desk.ani, desk.dedi, desk.pembina, Actor("pengelola"))
            }
            assert seen == {"Ani": item, "Dedi": None, "Pak Haji": item, "pengelola": item}
            assert session.exec(select(Aspiration.id).where(privacy.hidden_from(desk.dedi.person_id))).all() == [item]
            assert privacy.owner(session, item, desk.dedi.person_id) is None
            assert privacy.owner(session, item, desk.ani.person_id) == desk.organisation_id

    @pytest.mark.parametrize("act", ACTS)
    def test_no_act_is_open_to_the_member(self, desk: Desk, act: str) -> None:
        item = desk.item(about_id=desk.dedi.person_id)
        desk.item()
        desk.refused("unknown_item", lambda session: ACTS[act](session, item, desk.dedi))
        assert desk.events(item) == []
        with desk.db.write() as session:
            done = bulk.apply(session, desk.organisation_id, [item], desk.dedi, status="diarsipkan")
        assert (done.changed, done.skipped) == (0, {item: "unknown_item"})

    def test_only_an_overseer_takes_it_back(self, desk: Desk) -> None:
        item = desk.item(about_id=desk.dedi.person_id)
        desk.refused("forbidden", lambda session: handling.set_about(session, item, desk.ani, None))
        desk.refused("forbidden", lambda session: handling.set_about(session, item, desk.ani, desk.ani.person_id))
        with desk.db.write() as session:
            handling.set_about(session, item, desk.pembina, None)
        assert desk.row(item).about_id is None

    def test_it_is_not_given_to_that_member_and_nobody_from_elsewhere_is_named(
        self, desk: Desk, database: Database
    ) -> None:
        item, stranger = desk.item(about_id=desk.dedi.person_id), Desk(database).ani
        with desk.db.read() as session:
            dedi = _person(session, desk.dedi)
        desk.refused("about_that_member", lambda session: moderating.set_item(session, item, desk.ani, assignee=dedi))
        other = desk.item()
        desk.refused("unknown_member", lambda session: handling.set_about(session, other, desk.ani, stranger.person_id))

    def test_without_a_pembina_the_one_above_has_it(self, desk: Desk, database: Database) -> None:
        below = Desk(database, parent_id=desk.organisation_id)
        item = below.item()
        with below.db.write() as session:
            handling.set_about(session, item, below.ani, below.pembina.person_id)
        assert below.row(item).assignee_id == desk.pembina.person_id


def _person(session: Session, who: Actor) -> Any:
    from app.models import Person

    return session.get_one(Person, who.person_id)


def test_urgency_is_decided_by_a_person(desk: Desk) -> None:
    suggested, plain = desk.item(urgent="anak"), desk.item()
    with desk.db.write() as session:
        handling.decide_urgency(session, suggested, desk.ani, True)
        handling.decide_urgency(session, suggested, desk.ani, True)
        handling.decide_urgency(session, plain, desk.ani, True, "bunuh_diri")
    assert (desk.row(suggested).urgent, desk.row(suggested).urgent_by) == ("anak", "Ani")
    assert desk.row(plain).urgent == "bunuh_diri"
    assert desk.events(suggested) == ["urgent"], "confirming twice is one decision"
    with desk.db.write() as session:
        handling.decide_urgency(session, suggested, desk.dedi, False)
    assert (desk.row(suggested).urgent, desk.row(suggested).urgent_by) == (None, "Dedi")
    desk.refused("unknown_urgency", lambda session: handling.decide_urgency(session, plain, desk.ani, True, "gawat"))


class TestAttaching:
    def test_only_proof_of_what_is_no_secret_is_for_the_public(self, desk: Desk) -> None:
        item, secret = desk.item(), desk.item(secret=True)
        with desk.db.write() as session:
            one = handling.attach(session, item, PHOTO, "bukti", desk.ani, "Lampu baru", public=True)
            again = handling.attach(session, item, PHOTO, "bukti", desk.ani)
        assert one.id == again.id
        assert desk.events(item) == ["attach"]
        for where, kind in ((item, "laporan"), (item, "tangkapan"), (secret, "bukti")):
            with desk.db.write() as session, pytest.raises(Problem, match="not_for_the_public"):
                handling.attach(session, where, PHOTO, kind, desk.ani, public=True)
        desk.refused("unknown_attachment", lambda session: handling.attach(session, item, PHOTO, "foto", desk.ani))

    def test_a_private_message_is_secret_and_keeps_its_picture(self, desk: Desk) -> None:
        with desk.db.write() as session:
            item = handling.take_message(
                session, desk.organisation_id, desk.ani, "", "0812", "whatsapp", [PHOTO, PHOTO]
            )
            spoken = handling.take_message(session, desk.organisation_id, desk.ani, "Jalan rusak", "", "tatap muka")
        assert (item.source, item.channel, item.secret, item.text) == ("catatan", "whatsapp", True, "")
        assert (spoken.secret, spoken.author) == (False, None)
        assert spoken.deadline is not None
        assert desk.events(item.id or 0) == ["arrive", "attach"]
        with desk.db.read() as session:
            (kept,) = session.exec(select(Attachment).where(Attachment.aspiration_id == item.id))
        assert (kept.kind, kept.public) == ("tangkapan", False)
        here = desk.organisation_id
        desk.refused("unknown_channel",
            lambda session: handling.take_message(session, here, desk.ani, "a", "", "burung"),
        )  # fmt: skip
        desk.refused("text_needed", lambda session: handling.take_message(session, here, desk.ani, "", "", "surat"))
        desk.refused("unknown_organisation", lambda session: handling.take_message(session, 0, desk.ani, "a", "", None))

    def test_a_message_that_accuses_somebody_is_masked(self, desk: Desk) -> None:
        with desk.db.write() as session:
            here = desk.organisation_id
            rows = [
                handling.take_message(session, here, desk.ani, text, "", None)
                for text in ("Pak Darmo memotong bansos saya", "Terima kasih Pak Darmo", "Bansos dipotong pak RT")
            ]
        assert [row.masked for row in rows] == [True, False, False]


def test_notes_come_in_the_order_they_were_written(desk: Desk) -> None:
    item = desk.item()
    with desk.db.write() as session:
        for text in ("satu", "dua"):
            handling.add_note(session, item, desk.ani, text)
        kept = session.exec(
            select(ItemNote.text).where(ItemNote.aspiration_id == item).order_by(col(ItemNote.id))
        ).all()
    assert kept == ["satu", "dua"]
