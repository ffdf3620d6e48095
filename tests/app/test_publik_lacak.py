"""Following by code: what its resident sees and nobody else, answers, additions, and codes that are wrong."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlmodel import Session, select

import app.models as models
from app import clock
from app.problems import Problem
from app.sealing import Sealer
from app.services import answer_here, codes, items, tracking
from app.states import Actor
from app.views import publik_lacak
from tests.app.public_page import SLUG, code_in, form_of, jpeg, opened
from tests.fixtures.web import Web, post

ADDRESS = f"/o/{SLUG}/lacak"
DEDI = Actor("Dedi Kurnia", None)


class Sent:
    """One keluhan with a photo, secret, as it was sent by the form."""

    def __init__(self, web: Web) -> None:
        self.web, self.client = web, web.client()
        values: dict[str, Any] = {**form_of(self.client), "secret": "y", "photos": (io.BytesIO(jpeg()), "a.jpg")}
        body = self.client.post(f"/o/{SLUG}/kirim", data=values, content_type="multipart/form-data")
        self.code = code_in(body.get_data(as_text=True)) or ""
        with web.parts.db.read() as session:
            self.item_id = session.exec(select(models.Aspiration.id)).one() or 0

    def seen(self, address: str = ADDRESS, **values: str) -> str:
        return self.client.post(address, data={"code": self.code, **values}).get_data(as_text=True)

    def item(self) -> models.Aspiration:
        with self.web.parts.db.read() as session:
            return session.get_one(models.Aspiration, self.item_id)


@pytest.fixture
def sent(web: Web) -> Sent:
    opened(web)
    return Sent(web)


def add(web: Web, row: Any) -> None:
    with web.parts.db.write() as session:
        session.add(row)


def test_its_resident_sees_what_is_theirs_and_not_the_teams_own(web: Web, sent: Sent) -> None:
    with web.parts.db.write() as session:
        answer_here.answer(session, sent.item_id, DEDI, "Besok pagi kami cek tiangnya.")
    day = date(2026, 12, 7)
    for row in (
        models.ItemNote(aspiration_id=sent.item_id, author_name="Dedi", text="CATATAN TIM"),
        models.Handover(
            aspiration_id=sent.item_id, agency="Pemerintah Desa Kalong II", reference="118/VIII", answer_by=day
        ),
        models.Promise(aspiration_id=sent.item_id, text="Lampu diganti", due_on=day),
        models.Promise(aspiration_id=sent.item_id, text="JANJI DICABUT", due_on=day, state="dropped"),
    ):
        add(web, row)
    body = sent.seen()
    for words in (
        "Kami terima",
        "Dijawab Dedi Kurnia",
        "Besok pagi kami cek tiangnya.",
        "Diteruskan ke Pemerintah Desa Kalong II",
        "rujukan 118/VIII",
        "Lampu diganti",
        "Senin, 7 Desember 2026",
        "Sudah ditanggapi",
        "Rahasia",
    ):
        assert words in body, words
    assert "CATATAN TIM" not in body
    assert "JANJI DICABUT" not in body
    assert (sent.item().status, sent.item().answered_at is not None) == ("sudah ditanggapi", True)
    photo = re.search(r'src="(/o/[^"]+lacak/foto/[^"]+)"', body)
    assert photo is not None
    picture = sent.client.get(photo[1])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert picture.headers["Cache-Control"] == "private, no-store"
    picture.close()
    with clock.travel(publik_lacak.PHOTO_FOR):
        assert sent.client.get(photo[1]).status_code == 404
    assert "no-store" in sent.client.post(ADDRESS, data={"code": sent.code}).headers["Cache-Control"]


def test_only_marked_attachments_are_seen(web: Web, sent: Sent) -> None:
    with web.parts.db.read() as session:
        own = session.exec(select(models.Attachment)).one()
    for kind, public in (("bukti", False), ("bukti", True), ("tangkapan", False)):
        add(
            web,
            models.Attachment(
                aspiration_id=sent.item_id, kind=kind, sha256=own.sha256, width=1, height=1, public=public
            ),
        )
    assert sent.seen().count("/lacak/foto/") == 2


@pytest.mark.parametrize("typed", ["", "x", "7F4K-29QX-MHR3", "2222-2222-2222", "' or 1=1 --", "\x00"])
def test_a_wrong_code_tells_nothing(sent: Sent, typed: str) -> None:
    answer = sent.client.post(ADDRESS, data={"code": typed})
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Lampu jalan" not in body
    assert "<ol" not in body


def test_a_code_of_another_page_is_as_unknown_as_any(web: Web, sent: Sent) -> None:
    opened(web, "lain", "ipsm-ternate")
    there = sent.client.post("/o/ipsm-ternate/lacak", data={"code": sent.code}).get_data(as_text=True)
    unknown = sent.client.post("/o/ipsm-ternate/lacak", data={"code": codes.shown(codes.derive(b"k" * 32, b"x"))})
    for code in (sent.code, codes.shown(codes.derive(b"k" * 32, b"x"))):
        there = there.replace(code, "")
    assert publik_lacak.UNKNOWN in there
    assert publik_lacak.UNKNOWN in unknown.get_data(as_text=True)


def test_wrong_codes_are_held_back_and_right_ones_are_not(sent: Sent) -> None:
    for _ in range(publik_lacak.PER_ADDRESS + 5):
        assert "Kami terima" in sent.seen()
    for number in range(publik_lacak.PER_ADDRESS):
        wrong = codes.shown(codes.derive(b"z" * 32, str(number).encode()))
        assert sent.client.post(ADDRESS, data={"code": wrong}).status_code == 422
    assert sent.client.post(ADDRESS, data={"code": sent.code}).status_code == 429
    with clock.travel(publik_lacak.WINDOW):
        assert "Kami terima" in sent.seen()


def test_a_code_outlives_a_changed_key(web: Web, sent: Sent) -> None:
    changed = Sealer(["baru" * 10, "k" * 40])
    organisation = web.organisations["kecamatan"]
    with web.parts.db.read() as session:
        assert tracking.find(session, changed, organisation, sent.code) == sent.item_id
        assert tracking.find(session, Sealer(["lain" * 10]), organisation, sent.code) is None


def test_what_is_added_reaches_the_team_and_opens_it_again(web: Web, sent: Sent) -> None:
    with web.parts.db.write() as session:
        answer_here.answer(session, sent.item_id, DEDI, "Sudah kami cek.")
        items.set_status(session, session.get_one(models.Aspiration, sent.item_id), "selesai", DEDI)
    before = sent.item().deadline
    with clock.travel(timedelta(days=3)):
        for _ in range(2):
            body = sent.seen(f"{ADDRESS}/tambah", text="Masih gelap\r\nsampai sekarang")
    assert "Keterangan Anda sudah kami terima." in body
    assert body.count("Anda menambahkan") == 1
    item = sent.item()
    assert (item.status, item.settled_at) == ("dibuka lagi", None)
    assert item.deadline is not None
    assert before is not None
    assert item.deadline > before
    with web.parts.db.read() as session:
        [note] = session.exec(select(models.ItemNote).where(models.ItemNote.resident)).all()
    assert (note.text, note.public) == ("Masih gelap\nsampai sekarang", False)
    assert sent.client.post(f"{ADDRESS}/tambah", data={"code": "salah", "text": "x"}).status_code == 422
    assert "Tulis keterangannya." in sent.seen(f"{ADDRESS}/tambah", text="")


def test_a_settled_one_can_be_said_to_be_not(web: Web, sent: Sent) -> None:
    assert "sudah selesai menurut Anda" not in sent.seen()
    with web.parts.db.write() as session:
        items.set_status(session, session.get_one(models.Aspiration, sent.item_id), "selesai", DEDI)
    assert "sudah selesai menurut Anda" in sent.seen()
    sent.seen(f"{ADDRESS}/nilai", selesai="ya")
    assert sent.item().status == "selesai"
    assert "Kami buka lagi" in sent.seen(f"{ADDRESS}/nilai", selesai="belum")
    assert sent.item().status == "dibuka lagi"
    sent.seen(f"{ADDRESS}/nilai", selesai="belum")
    with web.parts.db.read() as session:
        said = session.exec(select(models.Event.what).where(models.Event.who == "warga")).all()
    assert said == ["arrive", "content", "not_content", "dibuka lagi"]


def test_it_follows_the_answer_of_the_one_it_is_joined_to(web: Web, sent: Sent) -> None:
    leader = models.Aspiration(
        organisation_id=web.organisations["kecamatan"], source="catatan", text="CERITA ORANG LAIN", said_at=clock.now()
    )
    add(web, leader)
    with web.parts.db.write() as session:
        answer_here.answer(session, leader.id or 0, DEDI, "Tiangnya sudah diganti.")
        row = session.get_one(models.Aspiration, sent.item_id)
        row.duplicate_of_id = leader.id
        session.add(row)
    body = sent.seen()
    assert "Tiangnya sudah diganti." in body
    assert "CERITA ORANG LAIN" not in body
    with web.parts.db.write() as session:
        row = session.get_one(models.Aspiration, leader.id)
        row.secret = True
        session.add(row)
    assert "Tiangnya sudah diganti." not in sent.seen()


def test_an_answer_pressed_twice_is_one_and_a_comment_is_answered_there(web: Web, sent: Sent) -> None:
    def said(session: Session, text: str) -> int:
        return answer_here.answer(session, sent.item_id, DEDI, text).id or 0

    with web.parts.db.write() as session:
        assert said(session, "Kami cek.") == said(session, " Kami cek. ")
        assert said(session, "Sudah dicek.") > said(session, "Sudah dicek.") - 1
        with pytest.raises(Problem, match="text_needed"):
            said(session, "  ")
        assert [note.text for note in answer_here.answers(session, sent.item_id)] == ["Kami cek.", "Sudah dicek."]
    about = Actor("Anggota", web.people["petugas"])
    with web.parts.db.write() as session:
        row = session.get_one(models.Aspiration, sent.item_id)
        row.about_id = about.person_id
        session.add(row)
        session.flush()
        with pytest.raises(Problem, match="unknown_item"):
            answer_here.answer(session, sent.item_id, about, "Bukan saya.")


def test_the_form_pages_are_not_kept_nor_listed(client_of: FlaskClient) -> None:
    page = client_of.get(ADDRESS)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in page.headers
    for address in (f"{ADDRESS}/tambah", f"{ADDRESS}/nilai"):
        assert client_of.get(address).status_code == 200


@pytest.fixture
def client_of(web: Web) -> FlaskClient:
    opened(web)
    return web.client()


def test_a_coordinator_sees_the_phone_number_and_lets_an_answer_stand_in_public(web: Web) -> None:
    opened(web)
    resident = web.client()
    resident.post(f"/o/{SLUG}/kirim", data={**form_of(resident), "phone": "0812-3456-7890", "name": "Yanti"})
    koordinator, pembina = web.sign_in("koordinator"), web.sign_in("pembina")
    assert "3456" not in koordinator.get("/kotak/1").get_data(as_text=True)
    assert post(pembina, "/kotak/1/urus/telepon").status_code in (403, 404)
    assert post(koordinator, "/kotak/1/urus/di-halaman", tampil="1").status_code in (303, 422)
    assert "Lampu jalan" not in resident.get(f"/o/{SLUG}").get_data(as_text=True), "nobody has answered yet"
    said = "Besok kami cek tiangnya."
    assert post(koordinator, "/kotak/1/urus/jawab-di-sini", text=said).status_code == 303
    # Whoever has not seen that answer reads it first; what they wrote is kept, and goes out when sent once more.
    late = post(web.sign_in("pengelola"), "/kotak/1/urus/jawab-di-sini", text="Sudah kami lapor.", seen="0")
    assert late.status_code == 409
    again = BeautifulSoup(late.get_data(as_text=True), "html.parser")
    assert "baru saja membalas" in again.get_text()
    assert again.select_one("#balas textarea").get_text() == "Sudah kami lapor."
    assert again.select_one("#balas [name=seen]")["value"] == "1"
    # The day that it names is offered as a promise, once.
    promise = BeautifulSoup(koordinator.get("/kotak/1").get_data(as_text=True), "html.parser").select_one(
        "[name=due_on]"
    )
    due = str(promise["value"])
    assert post(koordinator, "/kotak/1/urus/janji", due_on=due, jawaban="1").status_code == 303
    assert 'name="due_on"' not in koordinator.get("/kotak/1").get_data(as_text=True)
    post(koordinator, "/kotak/1/urus/telepon")
    body = koordinator.get("/kotak/1").get_data(as_text=True)
    assert "Nomor HP warga: 0812-3456-7890" in body
    assert "Nomor HP dilihat" in body
    post(koordinator, "/kotak/1/urus/di-halaman", tampil="1")
    public = resident.get(f"/o/{SLUG}").get_data(as_text=True)
    assert "Besok kami cek tiangnya." in public
    assert "Yanti" not in public
    post(koordinator, "/kotak/1/urus/di-halaman", tampil="0")
    assert "Besok kami cek tiangnya." not in resident.get(f"/o/{SLUG}").get_data(as_text=True)
