"""The resident's form: taken once, nothing lost on a fault, guards that say what to do, and nothing kept too much."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import select

import app.models as models
from app import clock
from app.services import codes, profiles
from app.views import publik_kirim
from tests.app.public_page import BY, SLUG, code_in, form_of, jpeg, opened
from tests.fixtures.web import Web

ADDRESS = f"/o/{SLUG}/kirim"


def items(web: Web) -> list[models.Aspiration]:
    with web.parts.db.read() as session:
        return list(session.exec(select(models.Aspiration).order_by(models.Aspiration.id)).all())  # type: ignore[arg-type]  # a column


def send(client: FlaskClient, values: dict[str, Any], **more: Any) -> Any:
    return client.post(ADDRESS, data={**values, **more}, content_type="multipart/form-data")


@pytest.fixture
def client(web: Web) -> FlaskClient:
    opened(web)
    return web.client()


def test_what_is_sent_is_an_item_with_a_code(web: Web, client: FlaskClient) -> None:
    photo = (io.BytesIO(jpeg(gps=True)), "IMG_1.jpg")
    values = form_of(client)
    sent = send(client, values, name="Yanti", phone="0812-3456-7890", photos=photo)
    assert sent.status_code == 200
    assert sent.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in sent.headers
    code = code_in(sent.get_data(as_text=True))
    assert code is not None
    [item] = items(web)
    assert (item.source, item.kind, item.kind_by, item.status) == ("formulir", "keluhan", "warga", "belum ditanggapi")
    assert (item.text, item.author, item.secret, item.anonymous) == (values["text"], "Yanti", False, False)
    assert web.parts.sealer.open(item.contact) == {"phone": "0812-3456-7890"}
    assert item.deadline is not None
    assert item.code_hash is not None
    assert str(codes.read(code)) not in item.code_hash.upper()
    with web.parts.db.read() as session:
        [beside] = session.exec(select(models.Attachment)).all()
        told = session.exec(select(models.Event).where(models.Event.subject == "aspiration")).all()
    assert [(event.what, event.who) for event in told] == [("arrive", "warga")]
    assert (beside.kind, beside.public) == ("laporan", False)
    with Image.open(web.parts.store.path(beside.sha256)) as stored:
        assert not stored.getexif()


def test_anonymous_and_secret(web: Web, client: FlaskClient) -> None:
    values = form_of(client)
    send(client, values, name="Yanti", phone="081234567890", anonymous="y", secret="y")
    [item] = items(web)
    assert (item.anonymous, item.secret, item.author, item.contact, item.author_key) == (True, True, None, "", None)


def test_a_second_tap_makes_one_item_and_shows_the_same_code(web: Web, client: FlaskClient) -> None:
    values = form_of(client)
    shown = {code_in(send(client, values).get_data(as_text=True)) for _ in range(3)}
    assert len(shown) == 1
    assert len(items(web)) == 1
    with clock.travel(timedelta(days=9)):  # the page lay open for long
        assert {code_in(send(client, values).get_data(as_text=True))} == shown
    assert len(items(web)) == 1


def test_a_second_complaint_from_the_same_page_is_another_one(web: Web, client: FlaskClient) -> None:
    values = form_of(client)
    first = code_in(send(client, values).get_data(as_text=True))
    second = code_in(send(client, values, text="Sekarang juga saluran airnya mampet.").get_data(as_text=True))
    assert None is not first != second is not None
    assert len(items(web)) == 2


def test_nothing_typed_is_lost_on_a_fault_photos_neither(web: Web, client: FlaskClient) -> None:
    values = form_of(client)
    typed = {"text": "Pendek", "name": "Yanti <b>", "phone": "0812", "kind": "keluhan"}
    photos = [(io.BytesIO(jpeg()), "a.jpg"), (io.BytesIO(b"bukan foto"), "b.pdf")]
    faulty = send(client, values, **typed, photos=photos)
    body = faulty.get_data(as_text=True)
    assert faulty.status_code == 422
    assert "Pendek</textarea>" in body
    assert 'value="Yanti &lt;b&gt;"' in body
    assert 'value="0812"' in body
    assert re.search(r'value="keluhan" checked', body)
    assert "b.pdf" in body
    kept = re.findall(r'name="kept" value="([^"]+)"', body)
    assert len(kept) == 1
    assert items(web) == []
    send(client, values, kept=kept, text="Lampu jalan mati tiga hari.")
    [item] = items(web)
    with web.parts.db.read() as session:
        assert len(session.exec(select(models.Attachment)).all()) == 1
    assert item.text == "Lampu jalan mati tiga hari."


def test_a_foreign_photo_is_not_taken_by_its_number(web: Web, client: FlaskClient) -> None:
    values = form_of(client)
    name = "a" * 64 + "-10-10.1900000000." + "x" * 43 + ".jpg"
    send(client, values, kept=[name, "kosong", ""])
    assert len(items(web)) == 1
    with web.parts.db.read() as session:
        assert session.exec(select(models.Attachment)).all() == []


def test_more_than_three_photos_are_said_and_three_are_kept(web: Web, client: FlaskClient) -> None:
    photos = [(io.BytesIO(jpeg(shade=number)), f"{number}.jpg") for number in range(4)]
    body = send(client, form_of(client), photos=photos).get_data(as_text=True)
    assert "Paling banyak 3 foto" in body
    assert len(re.findall('name="kept"', body)) == 3
    assert items(web) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ticket": "palsu"}, publik_kirim.OPEN_LONG),
        ({"ticket": ""}, publik_kirim.OPEN_LONG),
        ({"trap": "https://judi.example"}, publik_kirim.TRAPPED),
        ({"kind": "spam"}, "Pilih dahulu"),
        ({"kind": ""}, "Pilih dahulu"),
        ({"text": ""}, "Tulis sedikitnya satu kalimat"),
        ({"text": "a" * 5001}, "Terlalu panjang"),
        ({"text": " \n" * 40}, "Tulis sedikitnya satu kalimat"),
    ],
)
def test_each_guard_says_what_to_do(web: Web, client: FlaskClient, change: dict[str, str], said: str) -> None:
    answer = send(client, {**form_of(client), **change})
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in body
    assert items(web) == []
    if "text" not in change:
        assert "Lampu jalan depan posyandu" in body


def test_after_a_guard_the_next_tap_goes_through(web: Web, client: FlaskClient) -> None:
    values = form_of(client, waited=0)
    body = send(client, values).get_data(as_text=True)
    assert publik_kirim.TOO_QUICK in body
    again = {**values, "ticket": re.search(r'name="ticket" value="([^"]+)"', body)[1]}  # type: ignore[index]  # it is there
    with clock.travel(timedelta(seconds=4)):
        assert code_in(send(client, again).get_data(as_text=True))
    foreign = client.post(ADDRESS, data=form_of(client), headers={"Sec-Fetch-Site": "cross-site"})
    assert publik_kirim.FOREIGN in foreign.get_data(as_text=True)
    assert len(items(web)) == 1


def test_a_ticket_of_another_page_is_none(web: Web, client: FlaskClient) -> None:
    opened(web, "lain", "ipsm-ternate")
    values = form_of(client, "ipsm-ternate")
    assert publik_kirim.OPEN_LONG in send(client, values).get_data(as_text=True)


def test_personal_data_is_warned_of_once_and_never_forbidden(web: Web, client: FlaskClient) -> None:
    values = {**form_of(client), "text": "Pak RT suruh hubungi 0812-3456-7890 tapi tidak diangkat."}
    warned = send(client, values)
    body = warned.get_data(as_text=True)
    assert warned.status_code == 422
    assert "Ada nomor HP di tulisan ini. Hapus dulu?" in body
    assert "Kirim begini saja" in body
    assert items(web) == []
    anyway = re.search(r'name="anyway" value="([^"]+)"', body)
    assert anyway is not None
    other = send(client, {**values, "anyway": anyway[1], "text": values["text"] + " NIK 3201394501900001"})
    assert "Hapus dulu?" in other.get_data(as_text=True), "it was said of another text"
    assert code_in(send(client, {**values, "anyway": anyway[1]}).get_data(as_text=True))


def test_too_many_from_one_network_are_asked_to_wait_with_their_words(web: Web, client: FlaskClient) -> None:
    for number in range(publik_kirim.PER_ADDRESS):
        assert send(client, form_of(client), text=f"Keluhan warga nomor {number}").status_code == 200
    held = send(client, form_of(client), text="Keluhan yang satu ini penting")
    assert held.status_code == 429
    assert publik_kirim.TOO_OFTEN in held.get_data(as_text=True)
    assert "Keluhan yang satu ini penting" in held.get_data(as_text=True)
    with clock.travel(publik_kirim.WINDOW):
        assert send(client, form_of(client), text="Keluhan yang satu ini penting").status_code == 200


def test_a_closed_form_is_closed(web: Web, client: FlaskClient) -> None:
    values = form_of(client)
    with web.parts.db.write() as session:
        profiles.edit(
            session,
            web.organisations["kecamatan"],
            BY,
            {"form": False},
            sk_number=None,
            office_from=None,
            office_to=None,
        )
    assert send(client, values).status_code == 422
    assert "sedang ditutup" in client.get(ADDRESS).get_data(as_text=True)
    assert "Kirim aspirasi" not in client.get(f"/o/{SLUG}").get_data(as_text=True)
    assert items(web) == []


@pytest.mark.parametrize(
    ("chosen", "kept"), [("Sadeng", "Sadeng"), ("Di luar daftar ini", None), ("Desa Karangan", None)]
)
def test_only_villages_of_the_list_are_kept(web: Web, client: FlaskClient, chosen: str, kept: str | None) -> None:
    said = {"villages": ["Kalong II", "Sadeng"]}
    with web.parts.db.write() as session:
        profiles.edit(
            session, web.organisations["kecamatan"], BY, said, sk_number=None, office_from=None, office_to=None
        )
    send(client, form_of(client), village=chosen)
    assert [item.village for item in items(web)] == [kept]


def test_odd_text_is_kept_as_it_is(web: Web, client: FlaskClient) -> None:
    text = "Jalan \x00rusak 🌾 <script>alert(1)</script> عطل " + "é" * 20
    send(client, form_of(client), text=text)
    [item] = items(web)
    assert item.text == text.replace("\x00", "").strip()
