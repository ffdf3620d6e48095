"""Answers: three taps, two coordinators never answer twice, what is on its way is said and can be decided."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app import clock
from app.models import Aspiration, Outgoing
from app.services import answering
from app.states import Actor, move
from tests.app import residents
from tests.app.residents import hidden, page
from tests.fixtures.web import Web, post


@pytest.fixture
def delivery(web: Web) -> int:
    return residents.public_post(web, residents.account(web))[1]


def test_three_taps_from_the_start_page(web: Web, delivery: int) -> None:
    residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    one = next(link for link in page(client, "/").select("a.btn") if "Balas" in link.get_text())
    soup = page(client, str(one["href"]))
    two = soup.select_one("a[data-ready]")
    assert two is not None
    soup = page(client, str(two["href"]).split("#")[0])
    box = soup.select_one("textarea#text")
    assert box is not None
    ready = box.get_text().strip()
    assert ready.startswith("Terima kasih sudah memberi tahu, Yanti S.")
    form = box.find_parent("form")
    assert form is not None
    values = {str(field["name"]): field.get("value", "") for field in form.select("input")}
    answer = client.post(str(form["action"]), data={**values, "text": box.get_text()})
    assert answer.status_code == 303
    sent = residents.rows(web, Outgoing)
    assert [(row.action, row.text.strip(), row.state) for row in sent] == [("reply", ready, "queued")]
    soup = page(client, answer.headers["Location"])
    assert "Sedang dikirim" in soup.select_one(".talk").get_text()  # type: ignore[union-attr]  # there is one
    assert soup.select_one("textarea#text") is None  # one open answer an item


def reply(web: Web, client: FlaskClient, found: int, text: str, seen: str | None = None):  # type: ignore[no-untyped-def]  # werkzeug's TestResponse
    seen = hidden(page(client, f"/kotak/{found}"), "seen") if seen is None else seen
    return post(client, f"/kotak/{found}/balas", text=text, seen=seen)


def test_two_coordinators_do_not_answer_twice(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    first, second = web.sign_in("koordinator"), web.sign_in("pengelola")
    seen = hidden(page(second, f"/kotak/{found}"), "seen")
    assert reply(web, first, found, "Sudah kami cek").status_code == 303
    answer = reply(web, second, found, "Jawaban kedua", seen)
    assert answer.status_code == 409
    body = unescape(answer.get_data(as_text=True))
    assert "Uji Koordinator sudah membalas lebih dulu" in body
    assert "Sudah kami cek" in body
    assert "Jawaban kedua" in body  # what was typed is kept
    assert len(residents.rows(web, Outgoing)) == 1


def test_an_answer_typed_on_the_platform_counts_too_and_may_be_followed_knowingly(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    seen = hidden(page(client, f"/kotak/{found}"), "seen")
    root = residents.rows(web, Aspiration, id=found)[0].comment_id
    residents.comment(web, delivery, "Dijawab di aplikasi", own=True, parent_id=root, author_name="IPSM")
    answer = reply(web, client, found, "Jawaban saya", seen)
    assert answer.status_code == 409
    soup = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert "Dijawab di aplikasi" in soup.select_one("#rekan").get_text()  # type: ignore[union-attr]  # there is one
    again = reply(web, client, found, "Jawaban saya", hidden(soup, "seen"))
    assert again.status_code == 303
    assert [row.text for row in residents.rows(web, Outgoing)] == ["Jawaban saya"]


def test_the_same_form_sent_twice_sends_once(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    seen = hidden(page(client, f"/kotak/{found}"), "seen")
    assert reply(web, client, found, "Sudah\r\nkami cek", seen).status_code == 303
    assert reply(web, client, found, "Sudah\r\nkami cek", seen).status_code == 303
    assert [row.text for row in residents.rows(web, Outgoing)] == ["Sudah\nkami cek"]
    assert "tidak dikirim dua kali" in page(client, f"/kotak/{found}").get_text()


def test_an_answer_that_came_back_as_comment_is_not_somebody_elses(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    assert reply(web, client, found, "Sudah kami cek").status_code == 303
    with web.parts.db.write() as session:
        row = session.get(Outgoing, residents.rows(web, Outgoing)[0].id)
        move(session, row, "commit", Actor("answerer"), lease_until=clock.now())
        move(session, row, "publish", Actor("answerer"), remote_id="balasan-1", published_at=clock.now())
    soup = page(client, f"/kotak/{found}")
    assert "Terkirim" in soup.select_one(".talk").get_text()  # type: ignore[union-attr]  # there is one
    seen = hidden(soup, "seen")
    root = residents.rows(web, Aspiration, id=found)[0].comment_id
    residents.comment(web, delivery, "Sudah kami cek", own=True, parent_id=root, remote_id="balasan-1")
    soup = page(client, f"/kotak/{found}")
    assert len(soup.select(".talk .say")) == 2  # shown once, as the comment it became
    assert "ditulis" in soup.select(".talk .say")[1].get_text()
    assert reply(web, client, found, "Tambahan", seen).status_code == 303


def test_bad_answers_get_a_sentence_and_send_nothing(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    for text, sentence in (("", "Tulis balasannya dahulu"), ("   ", "masih kosong"), ("x" * 2201, "Terlalu panjang")):
        answer = reply(web, client, found, text)
        assert answer.status_code == 422, text
        assert sentence in answer.get_data(as_text=True)
    assert residents.rows(web, Outgoing) == []
    page(client, f"/kotak/{found}/balas", 303)  # looked at again after a fault


def test_a_deleted_comment_cannot_be_answered_and_says_so(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong", comments={"deleted_at": clock.now()})
    client = web.sign_in("koordinator")
    soup = page(client, f"/kotak/{found}")
    assert soup.select_one("textarea#text") is None
    assert "sudah dihapus di Facebook" in soup.get_text()
    assert reply(web, client, found, "halo", "0.0").status_code == 422


@pytest.mark.parametrize(
    ("state", "values", "said", "buttons"),
    [
        ("failed", {"error_code": "comments_off"}, "Komentar dimatikan", {"ulang", "batal"}),
        ("needs_person", {"error_code": "timeout"}, "Perlu dicek", {"sudah", "ulang"}),
        ("missed", {"error_code": "missed"}, "Terlewat", {"ulang", "batal"}),
        ("held", {"error_code": "token_expired"}, "Ditahan", {"batal"}),
        ("unsure", {}, "jangan kirim ulang dulu", set()),
    ],
)
def test_what_is_on_its_way_is_said_in_words_and_can_be_decided(
    web: Web, delivery: int, state: str, values: dict[str, str], said: str, buttons: set[str]
) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    reply(web, client, found, "Jawaban kami")
    with web.parts.db.write() as session:
        row = session.get(Outgoing, residents.rows(web, Outgoing)[0].id)
        assert row is not None
        row.state, row.wake_at = state, None
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
    soup = page(client, f"/kotak/{found}")
    way = soup.select(".talk .say")[-1]
    assert said in way.get_text()
    assert {str(button["value"]) for button in way.select("button[name=pilih]")} == buttons
    for choice in sorted(buttons):
        answer = post(client, f"/kotak/{found}/putuskan", balasan=str(row.id), pilih=choice)
        assert answer.status_code == 303
        after = residents.rows(web, Outgoing)[0].state
        assert after == {"sudah": "published", "ulang": "queued", "batal": "cancelled"}[choice]
        break  # the first choice moves it on; the others no longer fit
    if buttons == {"sudah", "ulang"}:
        assert residents.rows(web, Aspiration)[0].status == "sudah ditanggapi"


def test_a_resent_answer_is_not_too_late_for_the_worker(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    reply(web, client, found, "Jawaban kami")
    number = residents.rows(web, Outgoing)[0].id
    with clock.travel(timedelta(days=2)):
        assert answering.claim(web.parts) == []
        assert residents.rows(web, Outgoing)[0].state == "missed"
        client = web.sign_in("koordinator")  # the session is two days old
        post(client, f"/kotak/{found}/putuskan", balasan=str(number), pilih="ulang")
        assert [claimed.outgoing_id for claimed in answering.claim(web.parts)] == [number]


def test_deciding_is_refused_for_what_is_not_open_or_not_of_this_item(web: Web, delivery: int) -> None:
    found, other = (residents.item(web, delivery, text) for text in ("satu", "dua"))
    client = web.sign_in("koordinator")
    reply(web, client, found, "Jawaban kami")
    number = str(residents.rows(web, Outgoing)[0].id)
    for item_id, values in (
        (other, {"balasan": number, "pilih": "batal"}),
        (found, {"balasan": number, "pilih": "sudah"}),
        (found, {"balasan": "x", "pilih": "batal"}),
        (found, {"balasan": number, "pilih": "lain"}),
    ):
        post(client, f"/kotak/{item_id}/putuskan", **values)
        assert residents.rows(web, Outgoing)[0].state == "queued"
