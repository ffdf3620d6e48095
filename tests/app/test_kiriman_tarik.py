"""Taking a post back, and a person's word about what the program cannot see: asked twice, for whoever may."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app import clock
from app.models import Account, Delivery, Event, Post, Worker
from app.problems import Problem
from app.services import addressing, withdrawing
from app.states import DELIVERY, Actor
from tests.app.posting import approved, drafted, every, force, one, two_accounts
from tests.fixtures.web import Web, token


@pytest.fixture
def accounts(web: Web) -> list[int]:
    """A Page and an Instagram account of the kecamatan."""
    return two_accounts(web)


def public(web: Web, post_id: int) -> list[int]:
    """All deliveries of a post are public; their ids."""
    ids = []
    with web.parts.db.write() as session:
        for row in every(web, Delivery, post_id=post_id):
            mine = session.get(Delivery, row.id)
            assert mine is not None
            mine.state, mine.remote_id, mine.published_at, mine.wake_at = "published", f"9_{row.id}", clock.now(), None
            mine.permalink = f"https://www.facebook.com/ipsm/posts/{row.id}"
            session.add(mine)
            ids.append(row.id)
    return ids


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def sent(client: FlaskClient, to: str, /, **values: Any) -> Any:
    return client.post(to, data={"csrf_token": token(client), **values})


def test_two_taps_by_a_petugas_take_it_back_everywhere(web: Web, accounts: list[int]) -> None:
    post_id = approved(web, accounts)
    public(web, post_id)
    client = web.sign_in("petugas")
    button = soup(client.get(f"/kiriman/{post_id}")).select_one("#kepala a.harm")
    assert button is not None
    assert button.get_text(strip=True) == "Tarik kiriman"
    asked = soup(client.get(str(button["href"])))
    text = asked.get_text(" ", strip=True)
    assert "Dihapus dari Facebook sekarang" in text
    assert "Dihapus dari Instagram sekarang" in text
    assert "Tidak dapat dibatalkan" in text
    assert "tetap ada di Kotak Aspirasi" in text
    assert {row.state for row in every(web, Delivery)} == {"published"}  # a look changes nothing

    answer = sent(client, str(button["href"]), why="anak", reason="kelas 2 SD")
    assert answer.status_code == 303
    assert {row.state for row in every(web, Delivery)} == {"withdrawing"}
    assert one(web, Post).withdraw_reason == "Ada wajah anak tanpa izin wali: kelas 2 SD"
    page = soup(client.get(answer.location))
    said = page.select_one("#keadaan")
    assert said is not None
    assert said["data-live"] == "standing"
    words = said.get_text(" ", strip=True)
    assert "Sedang ditarik dari semua akun" in words
    assert "oleh Uji Petugas: “Ada wajah anak tanpa izin wali: kelas 2 SD”. 0 dari 2 akun sudah tidak terlihat" in words
    assert not page.select("#kepala a.harm, #ubah-jadwal, form[action$='/waktu']")
    # Once more, from a page that was still open: nothing new, and it is said.
    again = sent(client, f"/kiriman/{post_id}/tarik", why="anak")
    assert again.status_code == 422
    assert "sedang ditarik" in again.get_data(as_text=True)
    assert client.get(f"/kiriman/{post_id}/tarik").status_code == 303
    assert len(every(web, Event, subject="post", what="withdraw")) == 1

    with web.parts.db.write() as session:
        for row in every(web, Delivery):
            mine = session.get(Delivery, row.id)
            assert mine is not None
            mine.state, mine.wake_at = "withdrawn", None
            session.add(mine)
        post = session.get(Post, post_id)
        assert post is not None
        post.state = "withdrawn"
        session.add(post)
    page = soup(client.get(f"/kiriman/{post_id}"))
    assert "Sudah tidak terlihat di semua akun" in page.get_text()
    assert page.select("[data-live=standing]") == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Pilih salah satu alasan"),
        ({"why": "sebab"}, "Pilih salah satu alasan"),
        ({"why": "lain", "reason": "  \u200b "[:2]}, "Tulis alasannya"),
        ({"why": "anak", "reason": "x" * 1001}, "Paling banyak 1.000 huruf"),
    ],
)
def test_without_a_reason_nothing_is_taken_back(
    web: Web, accounts: list[int], values: dict[str, str], said: str
) -> None:
    post_id = approved(web, accounts)
    public(web, post_id)
    answer = sent(web.sign_in("petugas"), f"/kiriman/{post_id}/tarik", **values)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert {row.state for row in every(web, Delivery)} == {"published"}


def test_the_button_stands_exactly_where_it_can_be_taken_back(web: Web, accounts: list[int]) -> None:
    writer, reader = web.sign_in("petugas"), web.sign_in("pembina")
    for state in DELIVERY.states:
        post_id = approved(web, accounts[:1])
        leased = {"lease_until": clock.now()} if state in ("staging", "committing") else {}
        force(web, post_id, state, remote_id="1", **leased)
        shown = bool(soup(writer.get(f"/kiriman/{post_id}")).select("#kepala a.harm"))
        assert not soup(reader.get(f"/kiriman/{post_id}")).select("#kepala a.harm")
        try:
            with web.parts.db.write() as session:
                withdrawing.ask(session, post_id, "salah foto", Actor("uji"))
            possible = True
        except Problem:
            possible = False
        assert shown == possible, state
        if state == "committing":  # one at a time for an account
            force(web, post_id, "failed", lease_until=None)


@pytest.mark.parametrize(
    ("state", "off", "alive", "said"),
    [
        ("queued", None, False, "Penerbit otomatis sedang tidak berjalan"),
        ("withdrawing", None, False, "Penerbit otomatis sedang tidak berjalan"),
        ("queued", 300.0, True, "Tidak ada yang dikirim sampai jamnya benar. Jam komputer server 5 menit lebih lambat"),
        ("withdrawing", 300.0, True, None),  # goes on by any clock
        ("queued", 90.0, True, None),
        ("published", None, False, None),
    ],
)
def test_the_page_says_when_nobody_works_on_it(
    web: Web, accounts: list[int], state: str, off: float | None, alive: bool, said: str | None
) -> None:
    post_id = approved(web, accounts[:1], hours=0)
    force(web, post_id, state, remote_id="1", published_at=clock.now())
    if alive:
        with web.parts.db.write() as session:
            session.add(Worker(id="w", started_at=clock.now(), beat_at=clock.now(), clock_off_s=off))
    text = soup(web.sign_in("petugas").get(f"/kiriman/{post_id}")).get_text(" ", strip=True)
    assert ("Penerbit otomatis sedang" in text or "Tidak ada yang dikirim" in text) == (said is not None)
    assert said is None or said in text


def test_a_draft_is_not_taken_back(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    post_id = drafted(web, accounts)
    answer = client.get(f"/kiriman/{post_id}/tarik")
    assert answer.status_code == 303
    assert "belum tayang di mana pun" in client.get(answer.location).get_data(as_text=True)
    assert web.sign_in("pembina").get(f"/kiriman/{post_id}/tarik").status_code in (403, 404)


def test_what_must_be_deleted_by_hand_is_shown_step_by_step(web: Web, accounts: list[int]) -> None:
    post_id = approved(web, accounts)
    first, second = public(web, post_id)
    client = web.sign_in("petugas")
    sent(client, f"/kiriman/{post_id}/tarik", why="lain", reason="Salah desa")
    with web.parts.db.write() as session:
        row = session.get(Delivery, first)
        assert row is not None
        row.error_code, row.error_facts = "delete_post", {"by_hand": True}
        session.add(row)
    page = soup(client.get(f"/kiriman/{post_id}"))
    assert "Ada yang harus Anda hapus sendiri" in page.get_text()
    way = page.select_one(f"#pengiriman-{first}")
    assert way is not None
    assert len(way.select("ol.taps > li")) >= 3
    assert [link.get_text(strip=True) for link in way.select(".acts a")] == ["Buka di Facebook", "Sudah saya hapus"]
    other = page.select_one(f"#pengiriman-{second}")
    assert other is not None
    assert other.select("ol.taps, .acts") == []
    # The word is asked for once more: after it nobody looks any more.
    address = f"/kiriman/{post_id}/pengiriman/{first}"
    assert "tidak melihat lagi" in client.get(f"{address}?how=withdrawn").get_data(as_text=True)
    assert one(web, Delivery, id=first).state == "withdrawing"
    assert sent(client, address, how="withdrawn").status_code == 303
    assert one(web, Delivery, id=first).state == "withdrawn"
    text = client.get(f"/kiriman/{post_id}").get_data(as_text=True)
    assert "Dinyatakan oleh Uji Petugas" in text
    assert "1 dari 2 akun sudah tidak terlihat" in text


def test_a_word_about_a_doubtful_one_is_asked_twice_and_takes_the_address(web: Web, accounts: list[int]) -> None:
    post_id = approved(web, accounts)
    delivery_id = force(web, post_id, "needs_person", commit_at=clock.now(), unsure_since=clock.now())
    with web.parts.db.write() as session:
        page_account = session.get(Account, accounts[0])
        assert page_account is not None
        page_account.remote_id = "4411"
        session.add(page_account)
        at = clock.now()
        for what, person in (("commit", None), ("look_again", None), ("look_again", None), ("look_again", 1)):
            session.add(
                Event(at=at, who="x", person_id=person, subject="delivery", subject_id=delivery_id, what=what)
            )  # fmt: skip
    client = web.sign_in("koordinator")
    way = soup(client.get(f"/kiriman/{post_id}")).select_one(f"#pengiriman-{delivery_id}")
    assert way is not None
    text = way.get_text(" ", strip=True)
    assert "kiriman dengan tulisan “Posyandu lansia” dan 1 foto" in text
    assert "dibaca ulang 2 kali, terakhir" in text
    assert way.select("form") == []  # no tap here decides anything
    links = [str(link["href"]) for link in way.select(".acts a")]
    assert [link.rsplit("=", 1)[1] for link in links] == ["published", "resend"]
    assert "dua kali" in client.get(links[1]).get_data(as_text=True)
    address = links[0].split("?")[0]
    assert web.sign_in("petugas").get(links[0]).status_code == 403

    wrong = sent(client, address, how="published", address="https://contoh.example/posts/1")
    assert wrong.status_code == 422
    assert "bukan alamat sebuah kiriman" in wrong.get_data(as_text=True)
    assert 'value="https://contoh.example/posts/1"' in wrong.get_data(as_text=True)
    assert one(web, Delivery, id=delivery_id).state == "needs_person"
    good = "facebook.com/permalink.php?story_fbid=77&id=4411&mibextid=rS40aB"
    assert sent(client, address, how="published", address=good).status_code == 303
    row = one(web, Delivery, id=delivery_id)
    assert (row.state, row.remote_id) == ("published", "4411_77")
    assert row.permalink == "https://facebook.com/permalink.php?story_fbid=77&id=4411"
    # Another post's address leads to another post's comments.
    other = approved(web, accounts)
    doubtful = force(web, other, "needs_person", commit_at=clock.now())
    taken = sent(client, f"/kiriman/{other}/pengiriman/{doubtful}", how="published", address=good)
    assert taken.status_code == 422
    assert "milik kiriman lain" in taken.get_data(as_text=True)
    # Decided meanwhile: the link of an old page leads back.
    assert client.get(links[0]).status_code == 303


@pytest.mark.parametrize("how", ["", "cancel", "published'--", "withdrawn"])
def test_an_unknown_word_changes_nothing(web: Web, accounts: list[int], how: str) -> None:
    post_id = approved(web, accounts)
    delivery_id = force(web, post_id, "failed", error_code="duplicate")
    client = web.sign_in("koordinator")
    address = f"/kiriman/{post_id}/pengiriman/{delivery_id}"
    assert client.get(f"{address}?how={how}").status_code == 303
    assert sent(client, address, how=how).status_code == 422
    assert one(web, Delivery, id=delivery_id).state == "failed"


PAGE = Account(organisation_id=1, connector="facebook", remote_id="4411", name="IPSM")
GRAM = Account(organisation_id=1, connector="instagram", remote_id="178", name="ipsm")
TRY = Account(organisation_id=1, connector="facebook", remote_id="55", name="IPSM", practice=True)


@pytest.mark.parametrize(
    ("account", "text", "found"),
    [
        (PAGE, "  ", (None, None)),
        (PAGE, "4411_90", (None, "4411_90")),
        (PAGE, "https://www.facebook.com/4411/posts/90", ("https://www.facebook.com/4411/posts/90", "4411_90")),
        # A name instead of the number, or another page's number: good to look at, no id.
        (PAGE, "https://m.facebook.com/ipsm/posts/pfbid02a", ("https://m.facebook.com/ipsm/posts/pfbid02a", None)),
        (PAGE, "https://facebook.com/4412/posts/90#x", ("https://facebook.com/4412/posts/90", None)),
        (GRAM, "www.instagram.com/p/DAx_1-b/?igsh=MW", ("https://www.instagram.com/p/DAx_1-b/", None)),
        (TRY, "http://127.0.0.1:9/facebook/55#ab", ("http://127.0.0.1:9/facebook/55#ab", None)),
        (PAGE, "4412_90", None),
        (PAGE, "https://facebook.com/", None),
        (PAGE, "http://facebook.com/4411/posts/90", None),
        (PAGE, "https://facebook.com.contoh.example/4411/posts/90", None),
        (PAGE, "https://facebook.com@contoh.example/4411/posts/90", None),
        (PAGE, "https://contoh.example@facebook.com/4411/posts/90", None),
        (PAGE, "https://notfacebook.com/4411/posts/90", None),
        (PAGE, "javascript:alert(1)//facebook.com/x", None),
        (PAGE, "https://facebook.com/a b", None),
        (PAGE, "https://[facebook.com/x", None),
        (PAGE, "https://facebook.com:99999/x", None),
        (PAGE, "https://facebook.com/" + "x" * 1000, None),
        (GRAM, "https://facebook.com/4411/posts/90", None),
        (TRY, "https://facebook.com/4411/posts/90", None),
    ],
)
def test_an_address_as_people_copy_it(account: Account, text: str, found: tuple[str | None, str | None] | None) -> None:
    if found is None:
        with pytest.raises(Problem, match="bad_address"):
            addressing.read(account, text)
    else:
        assert addressing.read(account, text) == found
