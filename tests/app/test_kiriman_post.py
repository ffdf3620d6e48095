"""One post: approver, coordinator, a stranger, and every state its deliveries may be in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from app import clock
from app.models import Delivery, Photo, Post
from app.services import drafting
from app.states import Actor
from tests.app.posting import approved, drafted, every, force, one, send, targets, two_accounts
from tests.fixtures.web import Web, token


@pytest.fixture
def accounts(web: Web) -> list[int]:
    """A Page and an Instagram account of the kecamatan."""
    return two_accounts(web)


def test_what_was_edited_after_it_was_read_is_not_approved_unseen(web: Web, accounts: list[int]) -> None:
    post_id = drafted(web, accounts)
    writer, boss = web.sign_in("petugas"), web.sign_in("pembina")
    writer.post(f"/kiriman/{post_id}/ajukan", data={"csrf_token": token(writer)})
    for page in (f"/kiriman/{post_id}", "/jadwal"):
        form = BeautifulSoup(boss.get(page).get_data(as_text=True), "html.parser").select_one(
            f'form[action="/kiriman/{post_id}/setujui"]'
        )
        assert form is not None
        fields = {str(field["name"]): str(field["value"]) for field in form.select("input")}
        with web.parts.db.write() as session:
            drafting.edit(session, post_id, Actor("Rina"), caption="Lain", account_ids=accounts, due_at=None)
        answer = boss.post(f"/kiriman/{post_id}/setujui", data=fields)
        assert answer.status_code == 409
        assert "baru saja mengubahnya" in answer.get_data(as_text=True)
        assert one(web, Post, id=post_id).state == "in_review"


def test_approving_makes_deliveries_and_sending_back_needs_a_reason(web: Web, accounts: list[int]) -> None:
    post_id = drafted(web, accounts)
    writer, boss = web.sign_in("petugas"), web.sign_in("pembina")

    def act(client: FlaskClient, verb: str, **values: Any) -> Any:
        return client.post(f"/kiriman/{post_id}/{verb}", data={"csrf_token": token(client), **values})

    assert act(writer, "ajukan").status_code == 303
    assert act(writer, "setujui").status_code in (403, 404)
    answer = act(boss, "kembalikan", reason="  ")
    assert answer.status_code == 422
    assert "Alasan wajib diisi" in answer.get_data(as_text=True)
    assert act(boss, "kembalikan", reason="Tulis nama desanya").status_code == 303
    page = writer.get(f"/kiriman/{post_id}").get_data(as_text=True)
    assert "“Tulis nama desanya”" in page
    assert act(writer, "ajukan").status_code == 303
    page = boss.get(f"/kiriman/{post_id}").get_data(as_text=True)
    assert "Menunggu persetujuan Anda" in page
    assert act(boss, "setujui").location == f"/kiriman/{post_id}"
    assert {row.state for row in every(web, Delivery)} == {"queued"}
    answer = act(boss, "setujui")
    assert answer.status_code == 422
    assert "sudah berpindah keadaan" in answer.get_data(as_text=True)
    assert len(every(web, Delivery)) == 2
    told = writer.get(f"/kiriman/{post_id}").get_data(as_text=True).split('id="riwayat"')[1]
    story = [
        "Draf dibuat",
        "Diajukan untuk",
        "Dikembalikan untuk",
        "Disetujui",
        "Dijadwalkan ke Facebook IPSM facebook",
    ]
    places = [told.index(words) for words in story]
    assert places == sorted(places)


def test_a_stranger_finds_nothing_and_changes_nothing(web: Web, accounts: list[int]) -> None:
    post_id = approved(web, accounts)
    delivery_id = force(web, post_id, "needs_person")
    client = web.sign_in("asing")
    csrf = {"csrf_token": token(client)}
    for address in ("", "/ubah", "/batal"):
        assert client.get(f"/kiriman/{post_id}{address}").status_code == 404
    for address in ("/ubah", "/foto", "/ajukan", "/batal", "/waktu", f"/pengiriman/{delivery_id}"):
        answer = client.post(f"/kiriman/{post_id}{address}", data=csrf | {"how": "resend", "do": "now", "reason": "x"})
        assert answer.status_code == 404, address
    assert every(web, Delivery)[0].state == "needs_person"
    # A delivery is reached through its own post only.
    other = approved(web, accounts)
    mine = web.sign_in("koordinator")
    data = {"csrf_token": token(mine), "how": "published"}
    assert mine.post(f"/kiriman/{other}/pengiriman/{delivery_id}", data=data).status_code == 404
    # Another post's photo is not moved or dropped through one's own.
    theirs, draft = drafted(web, accounts, hours=None), drafted(web, accounts, hours=None)
    photo = every(web, Photo, post_id=theirs)[0]
    answer = send(mine, f"/kiriman/{draft}/ubah", drop=str(photo.id), caption="x", accounts=accounts)
    assert answer.status_code == 422
    assert every(web, Photo, post_id=theirs)


def test_cancelling_is_asked_once_more_and_too_late_is_said(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    post_id = approved(web, accounts)
    force(web, post_id, "published", remote_id="1", published_at=clock.now())
    page = client.get(f"/kiriman/{post_id}/batal").get_data(as_text=True)
    assert "IPSM facebook" in page
    assert {row.state for row in every(web, Delivery)} == {"published", "queued"}
    csrf = {"csrf_token": token(client)}
    answer = client.post(f"/kiriman/{post_id}/batal", data=csrf)
    assert answer.status_code == 303
    assert "IPSM facebook sudah terlanjur tayang" in client.get(answer.location).get_data(as_text=True)
    assert {row.state for row in every(web, Delivery)} == {"published", "cancelled"}
    answer = client.post(f"/kiriman/{post_id}/batal", data=csrf)
    assert answer.status_code == 422
    assert "Sudah terlambat untuk dibatalkan" in answer.get_data(as_text=True)


def test_another_time_in_the_zone_and_faults_at_their_field(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    post_id = approved(web, accounts)
    force(web, post_id, "missed")
    csrf = {"csrf_token": token(client)}
    assert "sudah lewat terlalu lama" in client.get(f"/kiriman/{post_id}").get_data(as_text=True)
    answer = client.post(f"/kiriman/{post_id}/waktu", data=csrf | {"day": "2020-01-01", "hour": "08:00"})
    assert answer.status_code == 422
    assert 'id="hour-salah"' in answer.get_data(as_text=True)
    day = (clock.now() + timedelta(days=1)).astimezone(ZoneInfo("Asia/Jakarta")).date()
    answer = client.post(f"/kiriman/{post_id}/waktu", data=csrf | {"day": day.isoformat(), "hour": "07:15"})
    assert answer.status_code == 303
    wanted = datetime(day.year, day.month, day.day, 0, 15, tzinfo=UTC)
    assert {(row.state, row.due_at) for row in every(web, Delivery)} == {("queued", wanted)}


def test_a_doubtful_delivery_is_decided_by_who_may(web: Web, accounts: list[int]) -> None:
    post_id = approved(web, accounts)
    delivery_id = force(web, post_id, "needs_person", unsure_since=clock.now(), commit_at=clock.now(), looks=7)
    petugas, koordinator = web.sign_in("petugas"), web.sign_in("koordinator")
    address = f"/kiriman/{post_id}/pengiriman/{delivery_id}"
    page = petugas.get(f"/kiriman/{post_id}").get_data(as_text=True)
    assert "Minta koordinator melihatnya" in page
    assert "dibaca ulang 7 kali" in page
    for how in ("published", "resend"):
        answer = petugas.post(address, data={"csrf_token": token(petugas), "how": how})
        assert answer.status_code == 403
    page = koordinator.get(f"/kiriman/{post_id}").get_data(as_text=True)
    assert "Sudah tayang" in page
    assert "Belum ada, kirim ulang" in page
    data = {"csrf_token": token(koordinator), "how": "published"}
    assert koordinator.post(address, data=data).status_code == 303
    row = every(web, Delivery)[0]
    assert (row.state, row.confirmed_by) == ("published", "Uji Koordinator")
    answer = koordinator.post(address, data=data)
    assert answer.status_code == 422
    assert "tidak menunggu keputusan" in answer.get_data(as_text=True)


def test_a_refused_post_is_mended_and_only_the_refused_goes_again(web: Web, accounts: list[int]) -> None:
    post_id = approved(web, accounts[:1])
    force(web, post_id, "failed", error_code="duplicate")
    client = web.sign_in("petugas")
    page = client.get(f"/kiriman/{post_id}").get_data(as_text=True)
    assert "tulisan yang sama baru saja dikirim" in page
    assert "Perbaiki" in page
    answer = send(client, f"/kiriman/{post_id}/ubah", caption="Kalimat yang lain", do="resend")
    assert answer.status_code == 303
    assert [row.state for row in every(web, Delivery)] == ["queued"]
    post = one(web, Post)
    assert post.caption == "Kalimat yang lain"
    assert sorted(target.account_id for target in targets(web)) == accounts[:1]


def test_what_may_be_public_already_is_not_rewritten(web: Web, accounts: list[int]) -> None:
    post_id = approved(web, accounts[:1])
    client = web.sign_in("petugas")
    page = client.get(f"/kiriman/{post_id}/ubah")
    assert page.location == f"/kiriman/{post_id}"
    page_after = client.get(page.location).get_data(as_text=True)
    assert "isinya tidak dapat diubah lagi" in page_after
    assert f"/kiriman/{post_id}/ubah" not in page_after
    # Sent from a page that was still open: back to the post, nothing changed.
    data = {"csrf_token": token(client), "caption": "Lain", "when": "now", "accounts": accounts[:1]}
    assert client.post(f"/kiriman/{post_id}/ubah", data=data).location == f"/kiriman/{post_id}"
    assert one(web, Post).caption == "Posyandu lansia"
