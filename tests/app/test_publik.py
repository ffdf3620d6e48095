"""The page for everybody: what stands on it and what does not, feeds, caching, and what it weighs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import atoma
import feedparser
import pytest
import qrcode
from sqlmodel import select

import app.models as models
from app import clock
from app.services import own_page, profiles, withdrawing
from app.services.answer_here import answer, put_on_page
from app.states import Actor
from tests.app.public_page import BY, SLUG, jpeg, opened, stand
from tests.fixtures.web import Web

ODD = 'Jalan <b>rusak</b> & "berlubang" ]]> 🌾👨‍👩‍👧 \x0b\x07 akhir\n\nBaris kedua: 5 > 3 & 2 < 4; &amp; tetap'


def test_the_front_page_says_who_we_are_and_what_we_did(web: Web) -> None:
    account = opened(web)
    with web.parts.db.write() as session:
        said = {
            "tagline": "Tetangga yang membantu tetangga",
            "about": "Relawan di delapan desa.",
            "contacts": [("WhatsApp", "0812 0000 1111")],
            "hours": "Senin–Jumat, 08.00–16.00 WIB",
            "address": "Kp. Contoh RT 01",
            "show_address": False,
        }
        day = datetime(2022, 7, 18, tzinfo=UTC).date()
        profiles.edit(
            session, web.organisations["kecamatan"], BY, said,
            sk_number="SK Camat nomor 400/12/2022", office_from=day, office_to=day.replace(year=2027),
        )  # fmt: skip
    stand(web, account, "Posyandu lansia: 32 orang diperiksa\n\nTerima kasih kader.", village="Sadeng",
          photos=[(jpeg(), "Kader mengukur tekanan darah")])  # fmt: skip
    stand(web, account, "Belum tayang", state="queued")
    body = web.client().get(f"/o/{SLUG}").get_data(as_text=True)
    for words in ("Tetangga yang membantu tetangga", "Relawan di delapan desa", "0812 0000 1111", "Desa Sadeng",
                  "SK Camat nomor 400/12/2022", "2022–2027", "Posyandu lansia: 32 orang diperiksa", "tel:112",
                  'alt="Kader mengukur tekanan darah"', "Kabupaten Bogor", "srcset="):  # fmt: skip
        assert words in body, words
    assert "Belum tayang" not in body
    assert "Kp. Contoh" not in body, "a secretariat may be somebody's home"
    assert "<script" not in body


def test_what_is_taken_back_is_gone_at_once(web: Web) -> None:
    delivery = stand(web, opened(web), "Foto anak", photos=[(jpeg(shade=33), "x")])
    client = web.client()
    address = f"/o/{SLUG}/{delivery.remote_id}"
    page = client.get(address)
    photo = re.search(r'src="(/o/[^"]+\.jpg)"', page.get_data(as_text=True))
    assert photo is not None
    picture = client.get(photo[1])
    assert picture.mimetype == "image/jpeg"
    assert "no-cache" in picture.headers["Cache-Control"]
    picture.close()
    same = client.get(photo[1], headers={"If-None-Match": picture.headers["ETag"]})
    assert same.status_code == 304
    same.close()
    with web.parts.db.write() as session:
        withdrawing.ask(session, delivery.post_id, "izin dicabut", Actor("Uji"))
    for gone in (address, photo[1]):
        answer_ = client.get(gone, headers={"If-None-Match": picture.headers["ETag"]})
        assert answer_.status_code == 404, gone
    for listed in ("", "/rss.xml", "/atom.xml", "/kegiatan"):
        assert "Foto anak" not in client.get(f"/o/{SLUG}{listed}").get_data(as_text=True)
    assert str(delivery.remote_id) not in client.get("/sitemap.xml").get_data(as_text=True)


def test_photos_of_others_and_of_drafts_are_not_there(web: Web) -> None:
    account = opened(web)
    other = opened(web, "lain", "ipsm-ternate")
    shown = stand(web, account, "Ada", photos=[(jpeg(shade=10), "")])
    hidden = stand(web, account, "Antre", photos=[(jpeg(shade=20), "")], state="queued")
    foreign = stand(web, other, "Ternate", photos=[(jpeg(shade=30), "")])
    with web.parts.db.read() as session:
        sha = {row.post_id: row.sha256 for row in session.exec(select(models.Photo))}
    client = web.client()
    for delivery, status in ((shown, 200), (hidden, 404), (foreign, 404)):
        answer_ = client.get(f"/o/{SLUG}/foto/{sha[delivery.post_id]}/s.jpg")
        assert answer_.status_code == status
        answer_.close()
    assert client.get(f"/o/{SLUG}/foto/{sha[shown.post_id]}/raksasa.jpg").status_code == 404
    assert client.get(f"/o/{SLUG}/{foreign.remote_id}").status_code == 404


def test_a_page_is_asked_for_anew_and_costs_nothing_unchanged(web: Web) -> None:
    account = opened(web)
    client = web.client()
    for address in (f"/o/{SLUG}", f"/o/{SLUG}/rss.xml", f"/o/{SLUG}/atom.xml", "/sitemap.xml", "/robots.txt"):
        first = client.get(address)
        assert first.status_code == 200, address
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in first.headers
        assert "Cookie" not in first.headers.get("Vary", "")
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    before = client.get(f"/o/{SLUG}").headers["ETag"]
    stand(web, account, "Baru")
    assert client.get(f"/o/{SLUG}", headers={"If-None-Match": before}).status_code == 200


def test_feeds_are_taken_by_readers(web: Web) -> None:
    account = opened(web)
    with web.parts.db.write() as session:
        organisation = session.get_one(models.Organisation, web.organisations["kecamatan"])
        organisation.name = "IPSM <Leuwi> & kawan \x08🌾"
        session.add(organisation)
    day = datetime(2026, 8, 20, 12, tzinfo=UTC)
    stand(web, account, ODD, at=day, photos=[(jpeg(), 'Warga & "kader" <di jalan>')])
    stand(web, account, "Kedua", at=day + timedelta(hours=1))
    client = web.client()
    rss, atom = client.get(f"/o/{SLUG}/rss.xml"), client.get(f"/o/{SLUG}/atom.xml")
    assert rss.mimetype == "application/rss+xml"
    assert atom.mimetype == "application/atom+xml"
    for feed in (rss, atom):
        read = feedparser.parse(feed.data)
        assert read.bozo == 0, read.get("bozo_exception")
        assert read.feed.title == "IPSM <Leuwi> & kawan 🌾"
        newest, older = read.entries
        assert newest.title == "Kedua"
        assert (
            older.title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").startswith("Jalan <b>rusak</b>")
        )
        said = older.content[0].value if "content" in older else older.summary
        assert "5 &gt; 3 &amp; 2 &lt; 4; &amp;amp; tetap" in said
        assert "<img" in said
        assert newest.link.startswith("http://localhost/o/")
        assert older.published_parsed[:4] == (2026, 8, 20, 12)
    strict = atoma.parse_atom_bytes(atom.data)
    assert strict.entries[0].title.value == "Kedua"
    assert len({entry.id_ for entry in strict.entries}) == 2
    assert strict.entries[1].updated == day
    assert len(atoma.parse_rss_bytes(rss.data).items) == 2


def test_an_empty_feed_is_a_feed(web: Web) -> None:
    opened(web)
    for kind in ("rss", "atom"):
        read = feedparser.parse(web.client().get(f"/o/{SLUG}/{kind}.xml").data)
        assert read.bozo == 0
        assert read.entries == []
    atoma.parse_atom_bytes(web.client().get(f"/o/{SLUG}/atom.xml").data)


def test_absolute_addresses_are_of_the_host_that_was_asked(web: Web) -> None:
    delivery = stand(web, opened(web), "Kiriman", photos=[(jpeg(), "x")])
    body = (
        web.client().get(f"/o/{SLUG}/{delivery.remote_id}", base_url="https://ipsm.example.id").get_data(as_text=True)
    )
    address = f"https://ipsm.example.id/o/{SLUG}/{delivery.remote_id}"
    assert f'<link rel="canonical" href="{address}">' in body
    assert f'property="og:url" content="{address}"' in body
    assert re.search(r'property="og:image" content="https://ipsm.example.id/o/[^"]+/l.jpg"', body)
    sitemap = web.client().get("/sitemap.xml", base_url="https://ipsm.example.id").get_data(as_text=True)
    assert f"<loc>{address}</loc>" in sitemap
    robots = web.client().get("/robots.txt", base_url="https://ipsm.example.id").get_data(as_text=True)
    assert "Sitemap: https://ipsm.example.id/sitemap.xml" in robots


def test_the_public_address_goes_before_the_host(web: Web) -> None:
    opened(web)
    settings = web.parts.settings.model_copy(update={"public_url": "https://ipsm.example.id"})
    web.app.extensions["kentongan"] = replace(web.parts, settings=settings)
    for address in (f"/o/{SLUG}/rss.xml", f"/o/{SLUG}/atom.xml", f"/o/{SLUG}", "/sitemap.xml"):
        body = web.client().get(address, base_url="http://10.0.0.7:8000").get_data(as_text=True)
        assert f"https://ipsm.example.id/o/{SLUG}" in body, address
        assert "10.0.0.7" not in body, address


def test_the_archive_goes_by_key_and_by_month(web: Web) -> None:
    account = opened(web)
    day = datetime(2026, 7, 31, 16, 30, tzinfo=UTC)  # 23.30 WIB, still July
    for number in range(30):
        stand(web, account, f"Kegiatan nomor {number:02d}", at=day + timedelta(hours=number // 2))
    client = web.client()
    seen: list[str] = []
    address: str | None = f"/o/{SLUG}/kegiatan"
    while address:
        body = client.get(address).get_data(as_text=True)
        seen += re.findall(r"Kegiatan nomor \d\d", body)
        following = re.search(r'rel="next" href="([^"]+)"', body)
        address = following[1].replace("&amp;", "&") if following else None
    assert seen == [f"Kegiatan nomor {number:02d}" for number in reversed(range(30))]
    july = client.get(f"/o/{SLUG}/kegiatan/2026/7").get_data(as_text=True)
    assert re.findall(r"Kegiatan nomor (\d\d)", july) == ["01", "00"]
    assert "Agustus" in july
    for odd in ("x", "99999999999999999-1", "-1", "1-" + "9" * 18):
        assert client.get(f"/o/{SLUG}/kegiatan?sebelum={odd}").status_code == 200
    assert client.get(f"/o/{SLUG}/kegiatan/2026/13").status_code == 404


def test_a_former_address_leads_to_the_present_one(web: Web) -> None:
    account = opened(web)
    delivery = stand(web, account, "Kiriman")
    assert own_page.open_page(web.parts, web.organisations["kecamatan"], "leuwisadeng", BY) == account
    answer_ = web.client().get(f"/o/{SLUG}/{delivery.remote_id}")
    assert answer_.status_code == 301
    assert answer_.headers["Location"] == f"/o/leuwisadeng/{delivery.remote_id}"
    assert web.client().get("/o/tidak-ada").status_code == 404
    with web.parts.db.read() as session:
        assert session.get_one(models.Account, account).remote_id == "leuwisadeng"


@pytest.mark.parametrize(("of_each", "told"), [(0, None), (3, "kurang dari lima"), (7, "7 keluhan")])
def test_numbers_are_told_from_five_on(web: Web, of_each: int, told: str | None) -> None:
    opened(web)
    with web.parts.db.write() as session:
        for _ in range(of_each):
            present = clock.now()
            session.add(
                models.Aspiration(
                    organisation_id=web.organisations["kecamatan"], source="catatan", kind="keluhan", text="x",
                    status="sudah ditanggapi", said_at=present, answered_at=present, deadline=present,
                )
            )  # fmt: skip
    body = web.client().get(f"/o/{SLUG}").get_data(as_text=True)
    assert ("kami mendengar" in body) == (told is not None)
    assert told is None or told in body
    assert re.search(r'class="val">[1-4]<', body) is None


def test_questions_stand_there_only_when_nobody_is_named(web: Web) -> None:
    opened(web)
    texts = {
        "boleh": "Kapan posyandu lansia bulan depan?",
        "rahasia": "Ini rahasia saya soal bantuan",
        "nomor": "Hubungi saya 081234567890 soal jadwal",
        "belum": "Belum diizinkan tampil",
    }
    with web.parts.db.write() as session:
        items = {}
        for key, text in texts.items():
            item = models.Aspiration(
                organisation_id=web.organisations["kecamatan"], source="formulir", kind="pertanyaan", text=text,
                secret=key == "rahasia", said_at=clock.now(),
            )  # fmt: skip
            session.add(item)
            session.flush()
            items[key] = item.id or 0
            answer(session, items[key], BY, "Tanggal 5, pukul delapan.")
        put_on_page(session, items["boleh"], BY, True)
    refused = {}
    for key in ("rahasia", "nomor"):
        try:
            with web.parts.db.write() as session:
                put_on_page(session, items[key], BY, True)
        except Exception as problem:
            refused[key] = getattr(problem, "code", None)
    assert refused == {"rahasia": "not_for_page", "nomor": "not_for_page"}
    body = web.client().get(f"/o/{SLUG}").get_data(as_text=True)
    assert texts["boleh"] in body
    assert "Tanggal 5, pukul delapan." in body
    assert not [key for key in ("rahasia", "nomor", "belum") if texts[key] in body]
    with web.parts.db.write() as session:
        row = session.get_one(models.Aspiration, items["boleh"])
        row.secret = True
        session.add(row)
    assert texts["boleh"] not in web.client().get(f"/o/{SLUG}").get_data(as_text=True)


def test_the_qr_code_leads_to_the_form(web: Web) -> None:
    opened(web)
    drawn = web.client().get(f"/o/{SLUG}/qr.svg")
    assert drawn.mimetype == "image/svg+xml"
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=4)
    code.add_data(f"http://localhost/o/{SLUG}/kirim")
    wanted = {(x, y) for y, row in enumerate(code.get_matrix()) for x, dark in enumerate(row) if dark}
    dark = re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn.get_data(as_text=True))
    assert {(int(x), int(y)) for x, y in dark} == wanted
    poster = web.client().get(f"/o/{SLUG}/poster").get_data(as_text=True)
    assert f"localhost/o/{SLUG}/kirim" in poster
    assert f"/o/{SLUG}/qr.svg" in poster
