"""What is done with an item besides answering it, through the pages: each deed once, each by the right people only."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image

from app import clock
from app.models import Aspiration, Attachment, Handover, ItemNote, Outgoing, Promise
from app.views.kotak_urus import DEEDS
from tests.app import residents
from tests.fixtures.web import Web


@pytest.fixture
def found(web: Web) -> int:
    """A complaint on Facebook."""
    _, delivery = residents.public_post(web, residents.account(web))
    return residents.item(web, delivery, "Lampu jalan depan posyandu mati tiga hari")


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def do(client: FlaskClient, item: int, what: str, **values: Any) -> str:
    """Post a deed; the sentence on the page after it."""
    token = page(client, f"/kotak/{item}").select_one("[name=csrf_token]")
    assert token is not None
    answer = client.post(
        f"/kotak/{item}/urus/{what}", data={"csrf_token": token["value"], **values}, follow_redirects=True
    )
    assert answer.status_code in (200, 409, 422), what
    # A refusal stands on the page at once, above everything, with what was typed in its form.
    box = '[role="status"]' if answer.status_code == 200 else '[role="alert"]'
    said = BeautifulSoup(answer.get_data(as_text=True), "html.parser").select_one(box)
    return said.get_text(" ", strip=True) if said else ""


def item(web: Web, number: int) -> Aspiration:
    row: Aspiration = residents.rows(web, Aspiration, id=number)[0]
    return row


def test_each_deed_in_its_turn(web: Web, found: int) -> None:
    _, delivery = residents.public_post(web, 1)
    other = residents.item(web, delivery, "Lampunya mati juga di RT sebelah", author="Bu Nani")
    client, done = web.sign_in("koordinator"), set[str]()

    def deed(what: str, **values: Any) -> str:
        done.add(what)
        return do(client, found, what, **values)

    assert "disimpan" in deed("catat", text="Sudah saya foto")
    assert [note.text for note in residents.rows(web, ItemNote)] == ["Sudah saya foto"]
    assert "Anda" in deed("saya")
    assert item(web, found).assignee_id == web.people["koordinator"]
    deed("label", labels="lampu, PLN , lampu")
    assert item(web, found).labels == ["lampu", "PLN"]
    due = (clock.now() + timedelta(days=10)).date().isoformat()
    assert "PLN Leuwiliang" in deed("teruskan", lain="PLN Leuwiliang", reference="#9165816", answer_by=due)
    assert item(web, found).status == "diteruskan"
    handover = residents.rows(web, Handover)[0]
    assert "Jawaban" in deed("dijawab-instansi", nomor=handover.id, text="Diganti besok")
    deed("teruskan", lain="Desa", reference="")
    second = residents.rows(web, Handover)[1]
    assert "kembali" in deed("dikembalikan", nomor=second.id, text="Bukan wewenang desa")
    assert "dicatat" in deed("janji", due_on=due, text="Lampu menyala")
    promise = residents.rows(web, Promise)[0]
    assert "ditepati" in deed("ditepati", nomor=promise.id)
    deed("janji", due_on=due, text="Yang kedua")
    assert "dicabut" in deed("dicabut", nomor=promise.id + 1, reason="Salah tulis")
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (9, 90, 200)).save(picture, "JPEG")
    picture.seek(0)
    assert "Selesai" in deed("selesai", proof="Lampu sudah diganti PLN", photos=(picture, "bukti.jpg"), umum="1")
    assert item(web, found).status == "selesai"
    proof = residents.rows(web, Attachment)[0]
    assert (proof.kind, proof.public) == ("bukti", True)
    photo = client.get(f"/kotak/lampiran/{proof.id}.jpg")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    photo.close()
    assert "Dibuka lagi" in deed("buka-lagi", reason="Mati lagi")
    assert "Dirahasiakan" in deed("rahasia", secret="1")
    assert "Tidak lagi" in deed("rahasia", secret="0", reason="Sudah boleh umum")
    with web.parts.db.write() as session:
        row = session.get_one(Aspiration, found)
        row.urgent = "nyawa"
        session.add(row)
    assert "112" in page(client, f"/kotak/{found}").get_text()
    assert "Bukan darurat" in deed("darurat", urgent="0")
    assert item(web, found).urgent is None
    deed("gabung", into=other)
    assert item(web, found).duplicate_of_id == other
    assert "Dipisah" in deed("pisah")
    assert "dikirim" in deed("pribadi", text="Boleh tahu nomor tiangnya, Pak?")
    assert "dihapus" in deed("hapus", reason="Memuat data pribadi orang lain")
    assert [row.action for row in residents.rows(web, Outgoing)] == ["private_reply", "delete"]
    deed("jawab-di-sini", text="Ini ada komentarnya")  # refused: it has a comment to answer under
    assert [note.text for note in residents.rows(web, ItemNote) if note.public] == []
    # Both are of the form alone (tests/app/test_publik_lacak.py): a comment is public already, and left no number.
    assert "tidak dapat ditampilkan" in deed("di-halaman", tampil="1")
    assert "tidak meninggalkan nomor HP" in deed("telepon")
    deed("tentang", person=web.people["petugas"])
    assert item(web, found).about_id == web.people["petugas"]
    assert done == set(DEEDS)


def test_what_seems_the_same_is_joined_with_one_tap(web: Web, found: int) -> None:
    _, delivery = residents.public_post(web, 1)
    other = residents.item(web, delivery, "Lampu jalan dekat posyandu mati sudah tiga hari", author="Bu Nani")
    residents.item(web, delivery, "Kapan pembagian beras?", author="Bu Iis")
    client = web.sign_in("koordinator")
    (offer,) = page(client, f"/kotak/{other}").select("#serupa form")
    values = {str(one["name"]): str(one["value"]) for one in offer.select("input[name]")}
    assert values["into"] == str(found)
    client.post(str(offer["action"]), data=values)
    assert item(web, other).duplicate_of_id == found
    assert page(client, f"/kotak/{other}").select_one("#serupa") is None
    leading = page(client, f"/kotak/{found}")
    assert leading.select_one("#serupa") is None
    assert "digabung ke sini" in leading.get_text()
    rows = [row.get_text(" ", strip=True) for row in page(client, "/kotak").select(".pile ol li")]
    assert len(rows) == 2
    assert any("+1 serupa" in row for row in rows)
    top = page(client, "/").select(".tally a")
    assert sum(int(count.get_text(" ", strip=True).split()[0]) for count in top) == 2, "counted with the one that leads"


def test_whom_it_is_about_neither_sees_nor_closes_it(web: Web, found: int) -> None:
    client = web.sign_in("koordinator")
    token = page(client, f"/kotak/{found}").select_one("[name=csrf_token]")
    assert token is not None
    do(web.sign_in("pengelola"), found, "tentang", person=web.people["koordinator"])
    assert client.get(f"/kotak/{found}").status_code in (403, 404)
    for address in (f"/kotak/{found}/urus/selesai", f"/kotak/{found}/hadir", f"/kotak/{found}/balas"):
        answer = client.post(address, data={"csrf_token": token["value"], "proof": "Sudah", "text": "Sudah"})
        assert answer.status_code in (403, 404), address
    assert "Lampu jalan depan posyandu" not in client.get("/kotak").get_data(as_text=True)
    assert item(web, found).status == "belum ditanggapi"


def test_what_is_about_a_member_is_the_pembinas_to_answer_and_close(web: Web, found: int) -> None:
    do(web.sign_in("koordinator"), found, "tentang", person=web.people["petugas"])
    assert item(web, found).assignee_id == web.people["pembina"]
    pembina = web.sign_in("pembina")
    soup = page(pembina, f"/kotak/{found}")
    assert soup.select("form[action*='/balas']")
    assert "Selesai" in do(pembina, found, "selesai", proof="Sudah kami bicarakan dengan yang bersangkutan")
    assert item(web, found).status == "selesai"
    _, delivery = residents.public_post(web, 1)
    other = residents.item(web, delivery, "Jalan bolong", author="Pak Udin")
    assert not page(pembina, f"/kotak/{other}").select(".desk form")
    token = page(pembina, f"/kotak/{found}").select_one("[name=csrf_token]")
    assert token is not None
    answer = pembina.post(f"/kotak/{other}/urus/selesai", data={"csrf_token": token["value"], "proof": "Sudah beres"})
    assert answer.status_code in (403, 404)
    assert item(web, other).status == "belum ditanggapi"


def test_what_may_be_an_emergency_stands_above_everything(web: Web, found: int) -> None:
    client = web.sign_in("koordinator")
    assert page(client, "/kotak").select_one('section[aria-label="Darurat"]') is None
    with web.parts.db.write() as session:
        row = session.get_one(Aspiration, found)
        row.urgent, row.deadline = "hilang", clock.now() + timedelta(days=9)
        session.add(row)
    for address in ("/kotak", "/"):
        alarm = page(client, address).select_one('section[aria-label="Darurat"] a')
        assert alarm is not None
        assert str(alarm["href"]) == f"/kotak/{found}"
    do(client, found, "selesai", proof="Sudah ditemukan dan pulang ke rumahnya")
    assert page(client, "/").select_one('section[aria-label="Darurat"]') is None


def test_what_is_not_this_items_is_not_touched(web: Web, found: int) -> None:
    _, delivery = residents.public_post(web, 1)
    other = residents.item(web, delivery, "Jalan bolong", author="Pak Udin")
    client = web.sign_in("koordinator")
    do(client, other, "teruskan", lain="Desa")
    handover = residents.rows(web, Handover)[0]
    assert "tidak ada" in do(client, found, "dijawab-instansi", nomor=handover.id, text="Beres")
    for what, values in (
        ("dijawab-instansi", {"nomor": "x"}),
        ("janji", {"due_on": "besok"}),
        ("gabung", {"into": ""}),
        ("teruskan", {}),
        ("catat", {"text": " "}),
        ("selesai", {"proof": ""}),
        ("hapus", {"reason": ""}),
    ):
        assert do(client, found, what, **values), what  # a sentence, and nothing else
    assert residents.rows(web, Handover, id=handover.id)[0].state == "sent"
    assert item(web, found).status == "belum ditanggapi"
    assert residents.rows(web, ItemNote) == residents.rows(web, Promise) == residents.rows(web, Outgoing) == []
    token = page(client, f"/kotak/{found}").select_one("[name=csrf_token]")
    assert token is not None
    assert client.post(f"/kotak/{found}/urus/apa", data={"csrf_token": token["value"]}).status_code == 404


def test_several_at_once_and_back(web: Web, found: int) -> None:
    client = web.sign_in("koordinator")
    token = page(client, "/kotak").select_one("[name=csrf_token]")
    assert token is not None
    values = {"csrf_token": token["value"], "pick": [str(found), "999", "x"]}
    answer = client.post("/kotak/banyak", data={**values, "do": "jenis", "jenis": "kritik"}, follow_redirects=True)
    soup = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert "1 tanggapan menjadi kritik" in soup.get_text()
    assert "1 dilewati" in soup.get_text()
    undo = soup.select_one("#urung")
    assert undo is not None
    fields = {str(one["name"]): str(one.get("value", "")) for one in undo.select("input")}
    answer = client.post(str(undo["action"]), data=fields, follow_redirects=True)
    assert "kembali seperti semula" in answer.get_data(as_text=True)
    assert item(web, found).kind == "keluhan"
    assert "Pilih dahulu" in client.post(
        "/kotak/banyak", data={"csrf_token": token["value"], "do": "spam"}, follow_redirects=True
    ).get_data(as_text=True)


def test_rules_of_the_inbox(web: Web, found: int) -> None:
    client = web.sign_in("koordinator")

    def post(where: str, **values: Any) -> str:
        token = page(client, "/kotak/aturan").select_one("[name=csrf_token]")
        assert token is not None
        answer = client.post(
            f"/kotak/aturan/{where}", data={"csrf_token": token["value"], **values}, follow_redirects=True
        )
        return answer.get_data(as_text=True)

    assert "disimpan" in post("balasan", name="Lampu", text="Kami teruskan ke PLN, {nama}.", kinds=["keluhan"])
    assert "Lampu" in page(client, f"/kotak/{found}").get_text()
    refused = BeautifulSoup(post("balasan", name="Salah", text="Halo {siapa}"), "html.parser")
    assert "tidak dikenal" in refused.select_one("#balasan [role=alert]").get_text()
    assert refused.select_one("details[open] textarea").get_text() == "Halo {siapa}"
    assert client.get("/kotak/aturan/balasan").headers["Location"] == "/kotak/aturan#balasan", "opened again"
    post("pihak", name="PLN Leuwiliang")
    assert "PLN Leuwiliang" in page(client, f"/kotak/{found}").get_text()
    post("pihak", name="PLN Leuwiliang", hapus="1")
    assert "PLN Leuwiliang" not in page(client, f"/kotak/{found}").get_text()
    assert "Disimpan" in post("anggota", connector="instagram", name="@Dedi.K")
    assert "dedi.k" in page(client, "/kotak/aturan").get_text()
    assert "dinyalakan" in post("penyaring", hide_spam="1")
    assert "dimatikan" in post("penyaring", hide_spam="0")


def test_a_view_is_saved_and_forgotten(web: Web, found: int) -> None:
    client = web.sign_in("koordinator")
    soup = page(client, "/kotak?jenis=keluhan&petugas=belum")
    form = soup.select_one("nav.saved form")
    assert form is not None
    token = form.select_one("[name=csrf_token]")
    assert token is not None
    values = {"csrf_token": token["value"], "name": "Belum ada yang pegang"}
    assert "disimpan" in client.post(str(form["action"]), data=values, follow_redirects=True).get_data(as_text=True)
    link = page(client, "/kotak").select_one("nav.saved a")
    assert link is not None
    assert "jenis=keluhan" in str(link["href"])
    assert "petugas=belum" in str(link["href"])
    number = page(client, "/kotak/aturan").select_one("#tampilan [name=hapus]")
    assert number is not None
    values = {"csrf_token": token["value"], "hapus": number["value"]}
    client.post("/kotak/aturan/tampilan", data=values)
    assert page(client, "/kotak").select_one("nav.saved a") is None
