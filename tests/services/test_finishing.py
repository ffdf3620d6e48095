"""How an item ends: handed on, settled with proof, opened again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app import clock
from app.models import Agency, Aspiration, Handover, Promise
from app.services import handling, moderating, promising
from app.states import Actor
from media.intake import Taken
from tests.fixtures.desk import Desk

PHOTO = Taken("a" * 64, 800, 600, "jpeg", 1000)
PROOF = "Lampu sudah diganti hari Senin"


class TestHandingOn:
    def test_it_waits_for_the_agency_and_comes_back_with_its_answer(self, desk: Desk) -> None:
        item = desk.item()
        with desk.db.write() as session:
            handed = handling.hand_over(session, item, desk.ani, " Dinas  PUPR ", "#916", answer_by=_today(3))
        assert (handed.agency, handed.reference, desk.row(item).status) == ("Dinas PUPR", "#916", "diteruskan")
        assert desk.events(item) == ["diteruskan"]
        again = desk.refused(
            "handed_already", lambda session: handling.hand_over(session, item, desk.ani, "dinas pupr")
        )
        assert again.facts["agency"] == "dinas pupr"
        with desk.db.write() as session:
            handling.hand_over(session, item, desk.ani, "Desa")
            handling.answer_handover(session, handed.id or 0, desk.dedi, "Sudah dijadwalkan")
        assert desk.row(item).status == "diteruskan", "another agency has it yet"
        with desk.db.write() as session:
            other = session.exec(select(Handover).where(Handover.agency == "Desa")).one()
            handling.return_handover(session, other.id or 0, desk.dedi, "Bukan kewenangan desa")
        assert desk.row(item).status == "ditindaklanjuti"
        assert desk.events(item) == ["diteruskan", "hand_over", "ditindaklanjuti"]
        desk.refused("not_handed", lambda session: handling.answer_handover(session, handed.id or 0, desk.ani, "Lagi"))
        desk.refused("unknown_handover", lambda session: handling.return_handover(session, 9_999, desk.ani))

    def test_agencies_are_remembered_in_their_first_spelling(self, desk: Desk) -> None:
        one, two = desk.item(), desk.item()
        with desk.db.write() as session:
            handling.hand_over(session, one, desk.ani, "Puskesmas")
            second = handling.hand_over(session, two, desk.ani, "PUSKESMAS")
        assert second.agency == "Puskesmas"
        with desk.db.read() as session:
            names = session.exec(select(Agency.name).where(Agency.organisation_id == desk.organisation_id)).all()
        assert names == ["Puskesmas"]

    @pytest.mark.parametrize(
        ("agency", "days", "code"),
        [
            (" ", None, "name_needed"),
            ("Desa", -1, "date_past"),
            ("Desa", 400, "date_far"),
            ("a" * 121, None, "text_too_long"),
        ],
    )
    def test_refused(self, desk: Desk, agency: str, days: int | None, code: str) -> None:
        item = desk.item()
        answer_by = None if days is None else _today(days)
        desk.refused(code, lambda session: handling.hand_over(session, item, desk.ani, agency, answer_by=answer_by))
        assert desk.row(item).status == "belum ditanggapi"


def _today(days: int = 0) -> date:
    from zoneinfo import ZoneInfo

    return clock.now().astimezone(ZoneInfo("Asia/Jakarta")).date() + timedelta(days=days)


class TestSettling:
    def test_the_operators_word_is_taken(self, desk: Desk) -> None:
        item = desk.item()
        operator = Actor("pengelola")
        desk.refused("proof_needed", lambda session: handling.settle(session, item, operator))
        with desk.db.write() as session:
            moderating.set_item(session, item, operator, status="selesai")
        assert desk.row(item).status == "selesai"

    @pytest.mark.parametrize(
        ("kind", "proof", "photo", "settled"),
        [
            ("keluhan", "", False, False),
            ("keluhan", "sudah beres", False, False),
            ("keluhan", "... 123 !!! 4 5 6", False, False),
            ("keluhan", PROOF, False, True),
            ("keluhan", "", True, True),
            ("aspirasi", "", False, True),
            ("pertanyaan", "", False, True),
        ],
    )
    def test_a_complaint_needs_proof(self, desk: Desk, kind: str, proof: str, photo: bool, settled: bool) -> None:
        item = desk.item(kind=kind)
        if photo:
            with desk.db.write() as session:
                handling.attach(session, item, PHOTO, "bukti", desk.ani)
        acts = (
            lambda session: handling.settle(session, item, desk.ani, proof),
            lambda session: moderating.set_item(session, item, desk.ani, status="selesai", proof=proof),
        )
        if not settled:
            for act in acts:
                desk.refused("proof_needed", act)
            assert desk.row(item).settled_at is None
            return
        with desk.db.write() as session:
            acts[0](session)
        assert (desk.row(item).status, desk.row(item).settled_at is not None) == ("selesai", True)
        desk.refused("status_impossible", acts[0])

    def test_only_photos_of_the_item_are_its_proof(self, desk: Desk) -> None:
        item, other = desk.item(), desk.item()
        with desk.db.write() as session:
            foreign = handling.attach(session, other, PHOTO, "bukti", desk.ani).id or 0
            own = handling.attach(session, item, PHOTO, "laporan", desk.ani).id or 0
        desk.refused("unknown_photo", lambda session: handling.settle(session, item, desk.ani, PROOF, [foreign]))
        with desk.db.write() as session:
            handling.settle(session, item, desk.ani, "", [own])
        assert desk.row(item).status == "selesai"

    def test_what_was_promised_is_kept_and_reopening_gives_a_new_deadline(self, desk: Desk) -> None:
        item = desk.item(ago=timedelta(days=9))
        with desk.db.write() as session:
            promising.give(session, session.get_one(Aspiration, item), _today(2), desk.ani, "Diganti Senin")
            handling.settle(session, item, desk.ani, PROOF)
        with desk.db.read() as session:
            (promise,) = session.exec(select(Promise).where(Promise.aspiration_id == item))
        assert promise.state == "kept"
        desk.refused("reason_needed", lambda session: handling.reopen(session, item, desk.ani, " "))
        with desk.db.write() as session:
            handling.reopen(session, item, desk.ani, "Lampunya mati lagi")
        row = desk.row(item)
        assert (row.status, row.settled_at) == ("dibuka lagi", None)
        assert row.deadline is not None
        assert row.deadline > clock.now()
        desk.refused("status_impossible", lambda session: handling.reopen(session, item, desk.ani, "Lagi"))
