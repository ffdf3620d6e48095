"""Statistics from rollups: an area, filters, files and the monthly report that say the same; days and hours."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import openpyxl

from app import clock
from app.models import Activity, Post, SeenPost, SeenReading, Watched
from app.queries import figures, slots
from app.services import reporting, rolling
from tests.app import residents
from tests.app.residents import page
from tests.app.test_statistik import JAKARTA, cell, facebook, number, words
from tests.fixtures.web import Web, post

__all__ = ["facebook"]


def _rolled(web: Web, *deliveries: int) -> None:
    with web.parts.db.write() as session:
        for delivery in deliveries:
            rolling.read(session, delivery)


def test_rollups_areas_filters_and_files_say_the_same(web: Web, facebook: int) -> None:
    """Kominfo looks at its area: own posts by tugas and desa, one seen from outside, another village's account."""
    now = clock.now()
    village = residents.account(web, organisation="desa", name="Desa Kalong II")
    kecamatan, desa = web.organisations["kecamatan"], web.organisations["desa"]
    deliveries = []
    for n in range(14):
        at = now - timedelta(days=8, hours=n)
        with web.parts.db.write() as session:
            told = Activity(organisation_id=kecamatan, title=f"=Kegiatan {n}", task="penggerak", village="Kalong II")
            session.add(told)
            session.flush()
            one = Post(organisation_id=kecamatan, activity_id=told.id if n else None, state="published", due_at=at)
            session.add(one)
            session.flush()
        _, delivery = residents.public_post(web, facebook, at=at, post_id=one.id)
        read_at = at + timedelta(days=7, hours=3)
        residents.reading(web, delivery, facebook, read_at, reach=100, reactions=n, comments=2, planned_age_s=7 * 86400)
        deliveries.append(delivery)
    _, other = residents.public_post(web, village, "Posyandu", organisation="desa")
    residents.reading(web, other, village, reach=50, reactions=5, refused=["post_clicks"])
    _rolled(web, *deliveries, other)
    with web.parts.db.write() as session:
        session.add(Watched(organisation_id=desa, platform="instagram", handle="kalong.dua", followers=77))
        seen = SeenPost(
            organisation_id=desa, platform="instagram", source="public", remote_id="x", caption="Kerja bakti",
            permalink="https://instagram.example/p/x", published_at=now - timedelta(days=2),
        )  # fmt: skip
        session.add(seen)
        session.flush()
        session.add(SeenReading(seen_post_id=seen.id or 0, reactions=9))
        rolling.seen(session, seen.id or 0)
    client = web.sign_in("kominfo")
    soup = page(client, "/statistik?wilayah=1")
    main = words(soup.select_one("main"))
    assert "Seluruh wilayah" in main
    assert "16" in number(soup, "Kiriman terbit").split()
    assert "15 kiriman sambungan sendiri, 1 kiriman dibaca dari luar" in main
    table = soup.select_one('section[aria-labelledby="h-organisasi"] tbody')
    assert table is not None
    assert [words(row.select_one("th")) for row in table.select("tr")] == [
        "IPSM Leuwisadeng", "Desa Kalong II", "Kabupaten Bogor"
    ], "who is silent is there too"  # fmt: skip
    assert "0 " in cell(table.select("tr")[2], "Kiriman")
    assert cell(table.select("tr")[2], "Interaksi") == "belum ada angka"
    outside = soup.find("a", href="https://instagram.example/p/x")
    assert outside is not None
    assert "dibaca dari luar" in words(outside.find_parent("th"))

    narrow = f"organisasi={kecamatan}&tugas=penggerak&desa=kalong+ii"
    soup = page(client, f"/statistik?{narrow}")
    assert number(soup, "Kiriman terbit").startswith("Kiriman terbit 13 ")
    assert "Tugas: Penggerak · Desa: kalong ii" in words(soup.select_one("main"))
    assert "Baru saja" not in words(soup.select_one("main"))
    hours = words(soup.select_one('section[aria-labelledby="h-waktu"]'))
    assert "belum cukup kiriman" in hours or "Belum ada hari" in hours

    book = client.get(f"/statistik/unduh?jenis=xlsx&{narrow}")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data))["Per kiriman"]
    assert (sheet.max_row, sheet["A2"].data_type, sheet["A2"].value) == (14, "s", "=Kegiatan 1")
    assert [sheet["H2"].value, sheet["J2"].value, sheet["M2"].value] == [100, 1, "tidak tersedia"]
    lines = client.get(f"/statistik/unduh?jenis=csv&{narrow}").get_data(as_text=True).splitlines()
    assert len(lines) == 14
    assert lines[1].startswith("'=Kegiatan 1,IPSM Leuwisadeng,Facebook,")
    assert ",sambungan sendiri," in lines[1]
    paper = client.get(f"/statistik/unduh?jenis=pdf&{narrow}")
    assert paper.data.startswith(b"%PDF-")
    assert "attachment" in paper.headers["Content-Disposition"]

    month = f"{now:%Y-%m}"
    report = client.get(f"/statistik/laporan?bulan={month}&organisasi={kecamatan}")
    assert report.data.startswith(b"%PDF-")
    assert "filename*=UTF-8''Laporan%20IPSM%20Leuwisadeng" in report.headers["Content-Disposition"]
    assert post(client, "/statistik/laporan", kirim="1").status_code == 403
    for query in (f"bulan={month}&organisasi={web.organisations['lain']}", "bulan=2099-01", "bulan=x"):
        assert client.get(f"/statistik/laporan?{query}").status_code == 404, query
    head = web.sign_in("koordinator")
    for on in ("1", "0"):
        assert post(head, "/statistik/laporan", kirim=on).status_code == 303
        with web.parts.db.read() as session:
            assert reporting.is_on(session, kecamatan) is (on == "1")

    # Every way of asking for what is not theirs, or for nonsense.
    for query, status in {
        f"jenis=xlsx&organisasi={web.organisations['lain']}": 404, "jenis=exe": 404, "": 200,
        f"jenis=csv&akun={village}&organisasi={kecamatan}": 404, "jenis=csv&akun=x&tugas=x&desa=": 200,
    }.items():  # fmt: skip
        assert client.get(f"/statistik/unduh?{query}").status_code == status, query
    late = words(page(client, f"/statistik/{one.id}").select_one("main"))
    assert "terlambat 3 jam" in late
    assert "Pada umur 7 hari 15,0% dibaca" in late


def test_best_times_are_only_claimed_where_they_are_sure() -> None:
    def rows(day: int, rates: list[int]) -> list[figures.Figures]:
        at = datetime(2026, 8, 3, 3, tzinfo=UTC) + timedelta(days=day)  # a Monday, 10.00 WIB
        nothing: dict[str, int | None] = dict.fromkeys(("reactions", "comments", "shares", "saves", "reach"))
        return [
            figures.Figures(n, n, "x", 1, "facebook", "x", at, at, nothing, frozenset(), week_rate=Decimal(value))
            for n, value in enumerate(rates)
        ]

    assert slots.interval([Decimal(n) for n in range(5)]) is None
    assert slots.interval([Decimal(n) for n in (9, 1, 5, 3, 7, 2)]) == (Decimal(1), Decimal(9)), (
        "of six only the whole span is sure"
    )
    assert slots.interval([Decimal(n) for n in range(1, 21)]) == (Decimal(6), Decimal(15))
    (few,) = slots.read(rows(0, [90] * 5) + rows(1, [1] * 6), JAKARTA)
    assert (few.days[0].middle, few.days[0].verdict, few.words[:19]) == (None, "", "Belum cukup kiriman")
    (clear,) = slots.read(rows(0, [20, 21, 22, 23, 24, 25]) + rows(1, [1, 2, 3, 4, 5, 6]), JAKARTA)
    assert (clear.days[0].verdict, clear.days[0].middle, clear.days[1].verdict) == ("better", Decimal("22.5"), "worse")
    assert clear.words == "Lebih ramai daripada yang lain: Senin. Lebih sepi: Selasa."
    (unclear,) = slots.read(rows(0, [1, 20, 21, 22, 23, 24]) + rows(1, [1, 2, 3, 4, 5, 26]), JAKARTA)
    assert unclear.words == "Belum ada hari atau jam yang jelas berbeda dari yang lain."
