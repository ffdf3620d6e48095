"""Awards as their pages show them: from a draft to the public result."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from app import clock
from app.models import Award, AwardVersion, Breach, Delivery, Exclusion, Membership, Photo, Post
from app.queries import jury_photos
from app.services import awards, freezing
from app.states import Actor
from tests.app import residents
from tests.fixtures import awarded
from tests.fixtures.web import Web, post


def test_from_the_draft_to_the_result(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    world = awarded.make(web, awarded.VILLAGES[:3])
    moment = [datetime(2025, 12, 18, 3, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    kominfo = web.sign_in("kominfo")
    page = kominfo.get("/penilaian/baru")
    form = BeautifulSoup(page.data, "html.parser").select_one("form.stack")
    assert form is not None
    values = {
        str(each["name"]): str(each.get("value", "")) for each in form.select("input[type=text], input[type=date]")
    }
    values |= {"name": "Anugerah Media Sosial", "categories": "organisasi", "area": str(web.organisations["kabupaten"])}
    refused = post(kominfo, "/penilaian/baru", **{**values, "w_kualitas": "banyak", "last": "2025-01-01"})
    assert refused.status_code == 422
    assert "Tulis angka" in refused.text
    assert "banyak" in refused.text
    made = post(kominfo, "/penilaian/baru", **values)
    assert made.status_code == 303
    award = residents.rows(web, Award)[0]
    address = made.headers["Location"]
    assert "Tetapkan dan umumkan" in kominfo.get(address).text
    koordinator = web.sign_in("koordinator")
    for hidden in ("", "/proyektor", "/periksa", "/kukuh", "/unduh", f"/lembar/{world.organisations['IPSM Ciampea']}"):
        assert koordinator.get(address + hidden).status_code == 404, hidden
    assert "Anugerah" not in koordinator.get("/penilaian").text
    post(kominfo, f"{address}/tetapkan", dibaca="lain")
    assert koordinator.get(address).status_code == 404, "it was changed since it was read"
    post(kominfo, f"{address}/tetapkan")
    assert "Anugerah" in koordinator.get("/penilaian").text
    post(kominfo, f"{address}/buka")
    assert koordinator.get(address).status_code == 404
    post(kominfo, f"{address}/tetapkan")
    moment[0] = datetime(2026, 4, 1, tzinfo=UTC)
    running = kominfo.get(address).text
    assert "sedang berjalan" in running
    assert "Nilai sementara" in running
    # Half of the period is over: who kept pace until today has a place, with half of the posts that the whole asks for.
    assert [each.text for each in BeautifulSoup(running, "html.parser").select(".board td.rank span")][:1] == ["1"]
    moment[0] = datetime(2026, 7, 8, 3, tzinfo=UTC)
    assert "belum diundi" in kominfo.get(f"{address}/bekukan").text
    post(kominfo, f"{address}/bekukan")
    frozen = BeautifulSoup(kominfo.get(address).data, "html.parser")
    ranks = [each.text.strip() for each in frozen.select(".board td.rank")]
    assert ranks == ["1", "2", "3"]
    assert "9 kiriman; syaratnya 12" in frozen.text
    sheet = kominfo.get(f"{address}/lembar/{world.organisations['IPSM Leuwisadeng']}").text
    assert "26 dari 26 pekan" in sheet
    assert kominfo.get(f"/hasil/{award.id}").status_code == 404
    early = post(kominfo, f"{address}/umumkan", why="")
    assert early.status_code == 422
    moment[0] = datetime(2026, 7, 20, 3, tzinfo=UTC)
    post(kominfo, f"{address}/umumkan", why="")
    public = web.client().get(f"/hasil/{award.id}")
    assert public.status_code == 200
    assert re.search(r"Hasil: organisasi", public.text)
    checked = kominfo.get(f"{address}/periksa").text
    assert "Angkanya sama" in checked


def _frozen(web: Web, moment: list[datetime], world: awarded.World) -> str:
    """An award that was frozen once; its address."""
    by = Actor("Kominfo Bogor")
    wish = awards.Wish(
        "Anugerah", awarded.FIRST, awarded.LAST, ("organisasi",), None, False, web.organisations["kabupaten"]
    )
    with web.parts.db.write() as session:
        number = awards.create(session, by, wish).id or 0
        awards.fix(session, number, by)
        session.add(
            Membership(
                person_id=web.people["koordinator"],
                organisation_id=world.organisations["IPSM Leuwisadeng"],
                role="koordinator",
            )
        )
        first = session.get(Delivery, world.deliveries["IPSM Leuwisadeng"][0])
        assert first is not None
        caption = session.get(Post, first.post_id)
        assert caption is not None
        caption.caption = "Hubungi Pak Budi 081234567890"
        session.add(caption)
        session.add(Photo(post_id=first.post_id, position=0, sha256="a" * 64, width=9, height=9, boxes=[[0, 0, 1, 1]]))
    moment[0] = datetime(2026, 7, 8, 3, tzinfo=UTC)
    freezing.freeze(web.parts, number, by)
    return f"/penilaian/{number}"


def test_what_is_not_for_somebody_is_not_there(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    world = awarded.make(web, awarded.VILLAGES[:3])
    moment = [datetime(2025, 12, 18, 3, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    address = _frozen(web, moment, world)
    number = int(address.rpartition("/")[2])
    leuwi, ciampea = (world.organisations[f"IPSM {name}"] for name in ("Leuwisadeng", "Ciampea"))
    first = world.deliveries["IPSM Leuwisadeng"][0]
    kominfo, koordinator, pengelola = (web.sign_in(role) for role in ("kominfo", "koordinator", "pengelola"))
    # The snapshot, and what stands in captions.
    assert koordinator.get(f"{address}/unduh?bentuk=json").status_code == 404
    assert "bentuk=json" not in koordinator.get(address).text
    assert kominfo.get(f"{address}/unduh?bentuk=json").status_code == 200
    for page in (f"{address}/lembar/{leuwi}", f"{address}/lembar/{leuwi}/kiriman?apa=delivery:{first}"):
        shown = koordinator.get(page).text
        assert "Hubungi Pak Budi" in shown, page
        assert "081234567890" not in shown, page
        assert "Kecualikan" not in shown, page
        assert "Kecualikan" in kominfo.get(page).text, page
    with web.parts.db.write() as session:
        assert jury_photos.evidence_boxes(session, number, first, "a" * 64) == [(0, 0, 1, 1)]
        assert jury_photos.evidence_boxes(session, number + 1, first, "a" * 64) is None
        held = session.get(Post, residents.rows(web, Delivery, id=first)[0].post_id)
        assert held is not None
        held.withdraw_at = moment[0]
        session.add(held)
        session.flush()
        assert jury_photos.evidence_boxes(session, number, first, "a" * 64) is None
    # Versions and categories that are none; somebody else's records.
    assert koordinator.get(f"{address}?versi=2").status_code == 404
    assert koordinator.get(f"{address}?kategori=%3Cb%3E&halaman=-1").status_code == 200
    assert koordinator.get(f"{address}/lembar/{leuwi}?versi=x").status_code == 404
    assert koordinator.get(f"{address}/lembar/{web.organisations['lain']}").status_code == 404
    # Objections: of members alone, also while they stand in another organisation of theirs.
    said = {"part": "keterlibatan", "text": "Keliru"}
    assert post(koordinator, f"{address}/lembar/{ciampea}/sanggah", **said).status_code == 404
    refused = post(pengelola, f"{address}/lembar/{leuwi}/sanggah", **said)
    assert refused.status_code == 422
    assert "Hanya anggota" in refused.text
    assert post(koordinator, f"{address}/lembar/{leuwi}/sanggah", **said).status_code == 303
    assert post(koordinator, f"{address}/lembar/{leuwi}/sanggah", **said).status_code == 422
    # Said twice, a breach counts once; left out twice, a post is left out once; of another area there is nothing.
    for _ in range(2):
        form = {"organisation": str(leuwi), "what": "Nomor telepon terbaca"}
        post(kominfo, f"{address}/catatan/pelanggaran?kiriman=delivery:{first}", **form)
        post(kominfo, f"{address}/catatan/kecuali?apa=delivery:{first}", reason="Bukan miliknya")
    assert len(residents.rows(web, Breach)) == 1
    assert len(residents.rows(web, Exclusion)) == 1
    empty = post(kominfo, f"{address}/catatan/pelanggaran", organisation=str(leuwi), what="")
    assert empty.status_code == 422
    assert "Alasan wajib" in empty.text
    undone = post(kominfo, f"{address}/catatan/kecuali/{residents.rows(web, Exclusion)[0].id}/batal", why=" ")
    assert undone.status_code == 422
    away = residents.account(web, organisation="lain")
    _, foreign = residents.public_post(web, away, organisation="lain")
    assert kominfo.get(f"{address}/catatan/kecuali?apa=delivery:{foreign}").status_code == 404
    assert post(kominfo, f"{address}/catatan/kecuali?apa=delivery:{foreign}", reason="x").status_code == 404
    changed = BeautifulSoup(koordinator.get(f"{address}/periksa").data, "html.parser")
    assert "kiriman" in changed.select_one(".diff tbody").text  # type: ignore[union-attr]  # there is one
    assert "081234567890" not in changed.text
    assert not re.search(r"delivery:|excluded_|read_at|posts\b", changed.select_one("main").text)  # type: ignore[union-attr]  # as above
    # Two people at once: the second one's form was shown with another version.
    again = {"why": "Sanggahan", "versi": "1"}
    post(kominfo, f"{address}/bekukan", **again)
    post(pengelola, f"{address}/bekukan", **again)
    assert len(residents.rows(web, AwardVersion)) == 2
    moment[0] = datetime(2026, 7, 20, 3, tzinfo=UTC)
    post(kominfo, f"{address}/umumkan", why="Dijawab lisan", versi="1")
    assert web.client().get(f"/hasil/{number}").status_code == 404, "the form told of version 1"
    for _ in range(2):
        post(kominfo, f"{address}/umumkan", why="Dijawab lisan", versi="2")
    public = web.client().get(f"/hasil/{number}?versi=1&kategori=x")
    assert "Versi 2" in public.text
    assert koordinator.get(f"{address}/unduh?bentuk=json").status_code == 200
    assert "Versi 1" in koordinator.get(f"{address}/lembar/{ciampea}?versi=1").text
    post(kominfo, f"{address}/tarik", why="Ada yang keliru", versi="2")
    assert web.client().get(f"/hasil/{number}").status_code == 404
