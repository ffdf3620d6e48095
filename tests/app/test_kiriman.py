"""Composing: stories of a petugas on a phone, without script, with bad input, with two thumbs."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from app import clock
from app.models import Activity, Delivery, Event, Organisation, Photo, Post
from app.services import composing
from app.states import Actor
from tests.app.posting import drafted, every, jpeg, number, one, send, targets, two_accounts
from tests.fixtures.web import Web, token


@pytest.fixture
def accounts(web: Web) -> list[int]:
    """A Page and an Instagram account of the kecamatan."""
    return two_accounts(web)


def test_the_whole_composer_in_one_form_without_script(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    page = client.get("/kiriman/baru").get_data(as_text=True)
    assert page.count('name="accounts"') == 2
    assert all(f'value="{id_}" data-connector' in page for id_ in accounts)
    assert page.count("checked") == 3 + 1, "both accounts, the free hour, and the first face of the preview"
    assert 'data-most="2200"' in page
    assert 'data-most="63206"' in page
    assert "Ajukan" in page
    assert "Jadwalkan" not in page
    answer = send(
        client,
        "/kiriman/baru",
        [(jpeg(1), "satu.jpg"), (jpeg(2), "dua.jpg")],
        caption="Posyandu  hari ini\r\n#IPSM",
        variant_instagram="Untuk Instagram",
        accounts=[str(id_) for id_ in accounts],
        title="Posyandu lansia",
        village="Sadeng",
        done_on="2026-08-20",
        task="pendampingan",
    )
    assert answer.status_code == 303
    post = one(web, Post)
    assert answer.location.startswith(f"/kiriman/{post.id}/ubah")
    assert (post.state, post.caption, post.variants) == (
        "draft",
        "Posyandu  hari ini\n#IPSM",
        {"instagram": "Untuk Instagram"},
    )
    assert post.due_at is None
    assert [photo.position for photo in every(web, Photo)] == [1, 2]
    assert sorted(target.account_id for target in targets(web)) == accounts
    activity = one(web, Activity)
    assert (activity.title, activity.village, str(activity.done_on), activity.task) == (
        "Posyandu lansia",
        "Sadeng",
        "2026-08-20",
        "pendampingan",
    )
    first, second = every(web, Photo)
    edit = f"/kiriman/{post.id}/ubah"
    page = client.get(edit).get_data(as_text=True)
    assert "Untuk Instagram" in page
    both = [str(id_) for id_ in accounts]
    said: dict[str, Any] = {f"alt_{first.id}": "Kader mengukur tekanan darah", f"alt_{second.id}": ""}
    answer = send(client, edit, move=f"{second.id}:left", caption="Baru", accounts=both, **said)
    assert answer.status_code == 303
    rows = every(web, Photo)
    assert [(row.position, row.alt_text) for row in rows] == [(2, "Kader mengukur tekanan darah"), (1, "")]
    assert one(web, Post).caption == "Baru", "what was typed goes along with the arrow"
    answer = send(client, edit, drop=str(first.id), caption="Baru", accounts=both)
    assert [row.id for row in every(web, Photo)] == [second.id]
    answer = send(client, edit, do="submit", caption="Baru", accounts=both)
    assert answer.location == f"/kiriman/{post.id}"
    assert one(web, Post).state == "in_review"
    assert not every(web, Delivery)


def test_bad_input_keeps_everything_typed_and_the_good_photo(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    answer = send(
        client,
        "/kiriman/baru",
        [
            (jpeg(1), "bagus.jpg"),
            (jpeg(1)[: len(jpeg(1)) // 2], "DCIM/rusak <b>.jpg"),
            (b"%PDF-1.4 bukan foto", "surat.pdf"),
        ],
        caption="Cerita <panjang> sekali",
        variant_facebook="Untuk Facebook",
        accounts=str(accounts[0]),
        when="at",
        day="2026-02-30",
        hour="25:00",
        title="Kerja bakti",
        do="submit",
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for kept in ("Cerita &lt;panjang&gt; sekali", "Untuk Facebook", "Kerja bakti", 'value="2026-02-30"'):
        assert kept in page
    for said in ('href="#photos"', 'href="#day"', 'href="#hour"', "“rusak &lt;b&gt;.jpg”: Foto rusak", "“surat.pdf”: "):
        assert said in page
    post, photo = one(web, Post), one(web, Photo)
    assert post.state == "draft"
    assert f'action="/kiriman/{post.id}/ubah"' in page
    assert f"alt_{photo.id}" in page
    # Mended and sent from that very page.
    answer = client.post(
        f"/kiriman/{post.id}/ubah",
        data={
            "csrf_token": token(client),
            "revision": re.search(r'name="revision" value="(\d+)"', page)[1],  # type: ignore[index]  # asserted by use
            "caption": "Cerita",
            "accounts": accounts,
            "when": "now",
            "do": "submit",
        },
    )
    assert answer.status_code == 303
    assert one(web, Post).state == "in_review"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"caption": ""}, "Kiriman masih kosong"),
        ({"caption": "x", "accounts": "999"}, "Akun dengan nomor 999"),
        ({"caption": "x", "accounts": "1; drop table"}, "Akun dengan nomor 0"),
        ({"caption": "x", "when": "at", "day": "2020-01-01", "hour": "08:00"}, "sudah lewat"),
        ({"caption": "x", "when": "at", "day": "2099-01-01", "hour": "08:00"}, "setahun"),
        ({"caption": "x", "when": "at", "day": "", "hour": ""}, "Pilih tanggalnya."),
        ({"caption": "x", "when": "at", "day": "0001-01-01", "hour": "00:00"}, "Tanggal ini tidak ada"),
        ({"caption": "x", "when": "at", "day": "２０２６-01-01", "hour": "٠٨:٠٠"}, "Jam ini tidak ada"),
        ({"caption": "x", "task": "hacker"}, "Tugas ini tidak dikenal"),
        ({"caption": "x", "done_on": "kemarin"}, "Tanggal ini tidak ada"),
        ({"caption": "x", "do": "submit", "accounts": []}, "Belum ada akun tujuan"),
        ({"caption": "x" * 2201, "do": "submit"}, "terlalu panjang untuk IPSM instagram: 2201 huruf"),
        ({"caption": "x", "do": "submit"}, "IPSM instagram memerlukan paling sedikit 1 foto"),
    ],
)
def test_a_faulty_new_post_says_so_and_leaves_nothing(
    web: Web, accounts: list[int], values: dict[str, Any], sentence: str
) -> None:
    client = web.sign_in("petugas")
    answer = send(client, "/kiriman/baru", **({"accounts": [str(id_) for id_ in accounts]} | values))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert page.index("Belum bisa disimpan") < page.index(sentence)
    assert not every(web, Post)
    assert not every(web, Event, subject="post")


def test_a_double_tap_makes_one_post(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    page = client.get("/kiriman/baru").get_data(as_text=True)
    data = {
        "csrf_token": token(client),
        "form_number": number(page),
        "caption": "Sekali saja",
        "accounts": str(accounts[0]),
        "when": "now",
        "do": "submit",
    }
    first, second = (client.post("/kiriman/baru", data=data) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert one(web, Post).state == "in_review"
    # Another form by the same person is another post; the same number by somebody else too.
    data["form_number"] = number(client.get("/kiriman/baru").get_data(as_text=True))
    client.post("/kiriman/baru", data=data)
    other = web.sign_in("koordinator")
    other.post("/kiriman/baru", data=data | {"csrf_token": token(other)})
    assert len(every(web, Post)) == 3


def test_taps_that_arrive_at_once_make_one_post_and_all_are_answered(web: Web, accounts: list[int]) -> None:
    clients = [web.sign_in("petugas") for _ in range(4)]
    data = {"form_number": "f" * 24, "caption": "Serempak", "accounts": accounts[:1], "when": "now", "do": "submit"}
    sent = [(client, data | {"csrf_token": token(client)}) for client in clients]
    with ThreadPoolExecutor(len(sent)) as pool:
        answers = list(pool.map(lambda each: each[0].post("/kiriman/baru", data=each[1]), sent))
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, f"/kiriman/{one(web, Post).id}")}
    assert len(every(web, Event, subject="post", what="submit")) == 1


def test_two_people_do_not_overwrite_each_other(web: Web, accounts: list[int]) -> None:
    post_id = drafted(web, accounts, hours=None)
    client = web.sign_in("petugas")
    values: dict[str, Any] = {"caption": "Kalimat saya", "accounts": [str(id_) for id_ in accounts]}
    assert send(client, f"/kiriman/{post_id}/ubah", **values).status_code == 303
    # The same form again: nothing is lost, so nothing is said.
    assert send(client, f"/kiriman/{post_id}/ubah", revision="0", **values).status_code == 303
    answer = send(client, f"/kiriman/{post_id}/ubah", revision="0", **(values | {"caption": "Kalimat lain"}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Orang lain baru saja mengubahnya" in page
    assert "Kalimat lain" in page
    assert one(web, Post).caption == "Kalimat saya"


@pytest.mark.parametrize(
    ("zone", "word"), [("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT")]
)
def test_the_time_is_read_in_the_organisations_zone(web: Web, accounts: list[int], zone: str, word: str) -> None:
    with web.parts.db.write() as session:
        home = session.get(Organisation, web.organisations["kecamatan"])
        assert home is not None
        home.zone = zone
        session.add(home)
    client = web.sign_in("petugas")
    assert f"Jam ({word})" in client.get("/kiriman/baru").get_data(as_text=True)
    day = (clock.now() + timedelta(days=3)).astimezone(ZoneInfo(zone)).date()
    answer = send(client, "/kiriman/baru", caption="x", when="at", day=day.isoformat(), hour="19.30")
    assert answer.status_code == 303
    post = one(web, Post)
    assert post.due_at == datetime(day.year, day.month, day.day, 19, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    page = client.get(f"/kiriman/{post.id}/ubah").get_data(as_text=True)
    assert 'value="19:30"' in page
    assert f"19.30 {word}" in client.get(f"/kiriman/{post.id}").get_data(as_text=True)


def test_a_time_just_passed_is_now_and_an_old_draft_is_asked_again(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    here = (clock.now() - timedelta(minutes=20)).astimezone(ZoneInfo("Asia/Jakarta"))
    then: dict[str, Any] = {"when": "at", "day": f"{here:%Y-%m-%d}", "hour": f"{here:%H:%M}"}
    answer = send(client, "/kiriman/baru", caption="x", accounts=accounts[:1], **then)
    assert answer.status_code == 303
    post = one(web, Post)
    assert abs(post.due_at - clock.now()) < timedelta(minutes=1)
    with clock.travel(timedelta(hours=8)):
        edit = f"/kiriman/{post.id}/ubah"
        wib = post.due_at.astimezone(ZoneInfo("Asia/Jakarta"))
        old: dict[str, Any] = {
            "when": "at",
            "day": f"{wib:%Y-%m-%d}",
            "hour": f"{wib:%H:%M}",
            "accounts": str(accounts[0]),
        }
        assert send(client, edit, caption="x", **old).status_code == 303, "a draft may keep an old time"
        answer = send(client, edit, caption="x", do="submit", **old)
        assert answer.status_code == 422
        assert "sudah lewat" in answer.get_data(as_text=True)
        assert one(web, Post).state == "draft"


def test_the_free_hour_avoids_other_posts_and_the_night(web: Web, accounts: list[int]) -> None:
    from app.queries.kiriman import free_hour

    zone, place = "Asia/Jakarta", web.organisations["kecamatan"]
    now = datetime(2026, 8, 20, 12, 31, tzinfo=UTC)  # 19.31 WIB

    def hour() -> str:
        with web.parts.db.read() as session:
            return f"{free_hour(session, place, now, zone):%d %H.%M}"

    assert hour() == "20 21.00", "20.00 is less than half an hour ahead"
    post_id = drafted(web, accounts)
    with web.parts.db.write() as session:
        post = session.get(Post, post_id)
        assert post is not None
        post.due_at = datetime(2026, 8, 20, 14, 20, tzinfo=UTC)
        session.add(post)
    assert hour() == "21 06.00"
    with web.parts.db.read() as session:
        assert f"{free_hour(session, place, now, zone, but=post_id):%d %H.%M}" == "20 21.00"
        assert free_hour(session, web.organisations["desa"], now, zone).hour == 21


def test_a_photo_sent_by_script_makes_the_draft_once(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("petugas")
    page = client.get("/kiriman/baru").get_data(as_text=True)
    head = {"X-CSRFToken": token(client)}

    def upload(address: str, content: bytes) -> Any:
        data = {"photos": (io.BytesIO(content), "f.jpg"), "form_number": number(page), "accounts": accounts}
        return client.post(address, data=data, headers=head, content_type="multipart/form-data")

    first = upload("/kiriman/baru/foto", jpeg(1))
    assert first.status_code == 200
    assert first.json["edit"] == f"/kiriman/{first.json['post']}/ubah"
    assert f'data-photo="{first.json["photo"]}"' in first.json["frame"]
    assert f'name="alt_{first.json["photo"]}"' in first.json["words"]
    again = upload("/kiriman/baru/foto", jpeg(1))
    assert (again.json["photo"], again.json["new"]) == (first.json["photo"], False)
    more = upload(first.json["upload"], jpeg(2))
    assert more.json["revision"] > first.json["revision"]
    assert sorted(target.account_id for target in targets(web)) == accounts
    bad = upload(first.json["upload"], jpeg(1)[: len(jpeg(1)) // 2])
    assert (bad.status_code, bad.json["sentence"]) == (
        422,
        "Foto rusak atau belum terkirim seluruhnya. Ambil atau unggah lagi.",
    )
    assert len(every(web, Photo)) == 2
    assert one(web, Post).state == "draft"
    assert client.post(first.json["upload"], headers=head).status_code == 422
    assert client.post(first.json["upload"], data={"photos": (io.BytesIO(jpeg(1)), "f.jpg")}).status_code == 400


def test_more_than_ten_photos_are_named_and_ten_stay(web: Web, accounts: list[int]) -> None:
    post_id = drafted(web, accounts, photos=10)
    answer = send(
        web.sign_in("petugas"), f"/kiriman/{post_id}/ubah", [(jpeg(1), "kesebelas.jpg")], caption="x", accounts=accounts
    )
    assert answer.status_code == 422
    assert "“kesebelas.jpg”: Foto terlalu banyak; paling banyak 10." in answer.get_data(as_text=True)
    assert len(every(web, Photo)) == 10


def test_with_the_right_to_approve_the_composer_schedules(web: Web, accounts: list[int]) -> None:
    client = web.sign_in("pengelola")
    here = {"organisasi": web.organisations["kecamatan"], "csrf_token": token(client)}
    client.post("/saya/organisasi", data=here)
    page = client.get("/kiriman/baru").get_data(as_text=True)
    assert "Jadwalkan" in page
    assert "Terbitkan sekarang" in page
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    answer = send(
        client, "/kiriman/baru", caption="x", accounts=accounts[:1], when="at", day=day, hour="10:00", do="approve"
    )
    assert answer.status_code == 303
    post, delivery = one(web, Post), one(web, Delivery)
    assert (post.state, delivery.state, delivery.due_at) == ("scheduled", "queued", post.due_at)
    answer = send(
        client, "/kiriman/baru", caption="y", accounts=accounts[:1], when="at", day=day, hour="10:00", do="now"
    )
    assert answer.status_code == 303
    assert abs(every(web, Delivery)[-1].due_at - clock.now()) < timedelta(minutes=1)
    refused = send(web.sign_in("petugas"), "/kiriman/baru", caption="z", accounts=accounts[:1], do="approve")
    assert refused.status_code == 403
    assert len(every(web, Post)) == 2


def test_forms_remember_their_draft_even_when_two_arrive_at_once(web: Web) -> None:
    by = Actor("Rina", web.people["petugas"])

    def begin(session: Session) -> tuple[int, bool]:
        return composing.begin(session, web.organisations["kecamatan"], by, "n" * 24)

    with web.parts.db.write() as session:
        first = begin(session)
    with web.parts.db.write() as session:
        assert begin(session) == (first[0], False)
    with clock.travel(composing.REMEMBERED + timedelta(minutes=1)), web.parts.db.write() as session:
        assert begin(session)[1]
