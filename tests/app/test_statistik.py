"""Statistics: what is missing is never 0, sums say from how many posts, reach of two platforms is never added."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup, Tag

from app import clock
from app.models import Delivery, Event
from app.queries import figures, periods, statistics
from app.services import counting
from tests.app import residents
from tests.app.residents import page
from tests.fixtures.web import Web, post

JAKARTA, TERNATE = "Asia/Jakarta", "Asia/Jayapura"


def words(tag: Tag | BeautifulSoup | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def number(soup: BeautifulSoup, title: str) -> str:
    """One of the four numbers with all its lines."""
    found = next(term for term in soup.select(".stats dt") if term.get_text() == title)
    return words(found.parent)


def cell(row: Tag, label: str) -> str:
    return words(row.select_one(f'td[data-label="{label}"]'))


@pytest.fixture
def facebook(web: Web) -> int:
    return residents.account(web)


@pytest.fixture
def instagram(web: Web) -> int:
    return residents.account(web, "instagram", name="ipsm.leuwisadeng")


def test_the_newest_reading_stands_with_its_age_and_null_is_never_zero(web: Web, facebook: int) -> None:
    at = clock.now() - timedelta(hours=7)
    post_id, delivery = residents.public_post(web, facebook, at=at)
    residents.reading(web, delivery, facebook, at + timedelta(hours=1), reach=100, reactions=3)
    residents.reading(
        web, delivery, facebook, at + timedelta(hours=3), reach=400, reactions=20, comments=0,
        refused=["post_clicks", "saves"],
    )  # fmt: skip
    soup = page(web.sign_in("koordinator"), "/statistik")
    row = soup.select_one("table.posts tbody tr")
    assert row is not None
    assert "dibaca 3 jam setelah terbit" in words(row)
    assert cell(row, "Jangkauan") == "400"
    assert cell(row, "Komentar") == "0"  # a real nought stays one
    assert cell(row, "Dibagikan") == "belum ada angka"
    assert cell(row, "Klik") == "tidak tersedia"
    assert cell(row, "Disimpan") == "tidak tersedia"
    assert "5,0%" in cell(row, "Keterlibatan")  # (20 + 0) / 400
    assert f"/statistik/{post_id}" in str(row)


def test_a_post_without_any_reading_says_so(web: Web, facebook: int) -> None:
    residents.public_post(web, facebook)
    soup = page(web.sign_in("koordinator"), "/statistik")
    row = soup.select_one("table.posts tbody tr")
    assert row is not None
    assert "belum dibaca" in words(row)
    assert cell(row, "Jangkauan") == cell(row, "Keterlibatan") == "belum ada angka"
    assert number(soup, "Jangkauan") == "Jangkauan Facebook belum ada angka dari 0 dari 1 kiriman".replace(
        "Facebook ", ""
    )
    assert "0%" not in words(soup.select_one("main"))


def test_sums_say_from_how_many_and_platforms_stay_apart(web: Web, facebook: int, instagram: int) -> None:
    for n in range(3):
        post_id, one = residents.public_post(web, facebook, f"Kegiatan {n}")
        _, two = residents.public_post(web, instagram, post_id=post_id)
        residents.reading(web, one, facebook, reach=None if n == 0 else 1000, reactions=50)
        residents.reading(web, two, instagram, reach=300, reactions=30, saves=3)
    soup = page(web.sign_in("koordinator"), "/statistik")
    reach = number(soup, "Jangkauan")
    assert "2.000 dari 2 dari 3 kiriman" in reach
    assert "900 dari 3 kiriman" in reach
    assert "2.900" not in words(soup.select_one("main"))
    rate = number(soup, "Tingkat keterlibatan")
    # Only posts with both figures: 100 / 2,000 and 99 / 900.
    assert "5,0% dari jangkauan, 2 dari 3 kiriman" in rate
    assert "11,0% dari jangkauan, 3 kiriman" in rate
    assert "3 " in number(soup, "Kiriman terbit")  # posts, not deliveries


def test_adding_reach_of_two_platforms_is_refused(web: Web, facebook: int, instagram: int) -> None:
    post_id, one = residents.public_post(web, facebook)
    _, two = residents.public_post(web, instagram, post_id=post_id)
    for delivery, account in ((one, facebook), (two, instagram)):
        residents.reading(web, delivery, account, reach=10, reactions=1)
    with web.parts.db.read() as session:
        rows = figures.of_post(session, post_id)
    with pytest.raises(ValueError, match="never added"):
        statistics.total(rows, "reach")
    assert statistics.total(rows, "reactions").value == 2


def test_comparisons_are_spoken(web: Web, facebook: int) -> None:
    now = clock.now()
    for days, reach in ((2, 8412), (35, 5770)):
        _, delivery = residents.public_post(web, facebook, at=now - timedelta(days=days))
        residents.reading(web, delivery, facebook, reach=reach, reactions=10)
    residents.public_post(web, facebook, at=now - timedelta(days=3))
    soup = page(web.sign_in("koordinator"), "/statistik")
    assert "naik 46% dari 5.770" in number(soup, "Jangkauan")
    assert "1 lebih banyak dari 1" in number(soup, "Kiriman terbit")
    assert "2 kiriman belum berumur 7 hari" in words(soup.select_one("main"))


def test_answers_in_time_count_only_what_is_due(web: Web, facebook: int) -> None:
    _, delivery = residents.public_post(web, facebook)
    now = clock.now()
    said = now - timedelta(days=3)
    for values in (
        {"answered_at": said + timedelta(hours=2)},
        {"answered_at": said + timedelta(hours=40)},
        {},  # late and unanswered
        {"deadline": now + timedelta(hours=3)},  # still in time
        {"kind": "pujian"},  # asks for nothing
    ):
        residents.item(web, delivery, "x", **{"said_at": said, "deadline": said + timedelta(days=1), **values})
    text = number(page(web.sign_in("koordinator"), "/statistik"), "Dijawab tepat waktu")
    assert "1/3" in text
    assert "21,0 jam" in text


def test_followers_are_a_line_or_openly_missing(web: Web, facebook: int, instagram: int) -> None:
    now = clock.now()
    for days, count in ((40, 1180), (20, 1190), (1, 1204)):
        residents.reading(web, None, facebook, now - timedelta(days=days), followers=count)
    residents.reading(web, None, instagram, followers=None)
    soup = page(web.sign_in("koordinator"), "/statistik")
    one, two = soup.select(".account")
    assert "1.204 pengikut" in words(one)
    assert "dari 1.180" in str(one.select_one("svg.spark"))
    assert "tidak tersedia" in words(two)
    assert "0 pengikut" not in words(two)


def test_a_month_is_the_organisations_month(web: Web) -> None:
    """31 July 23.30 in WIT is still 14.30 UTC; in WIB the same moment is 21.30."""
    account = residents.account(web, organisation="lain")
    for at in (datetime(2026, 7, 31, 14, 30, tzinfo=UTC), datetime(2026, 7, 31, 15, 30, tzinfo=UTC)):
        residents.public_post(web, account, f"Kegiatan {at:%H}", at=at, organisation="lain")
    client = web.sign_in("asing")
    july, august = (page(client, f"/statistik?masa=2026-{month}") for month in ("07", "08"))
    assert "Kegiatan 14" in words(july)
    assert "Kegiatan 15" not in words(july)
    assert "Kegiatan 15" in words(august)
    assert "31 Jul" in words(july)


@pytest.mark.parametrize(
    "masa", ["", "x", "2026-13", "1999-01", "2999-01", "30", "90", "%00", "2026-1-1", "2026-S1", "²026-S1"]
)
def test_any_address_is_an_ordinary_page(web: Web, facebook: int, masa: str) -> None:
    residents.public_post(web, facebook)
    page(web.sign_in("koordinator"), f"/statistik?masa={masa}&sesudah={masa}")


def test_periods() -> None:
    now = datetime(2026, 8, 20, 3, tzinfo=UTC)
    thirty = periods.read("30", JAKARTA, now)
    assert (thirty.first, thirty.last) == (date(2026, 7, 22), date(2026, 8, 20))
    assert (thirty.before_first, thirty.before_last) == (date(2026, 6, 22), date(2026, 7, 21))
    assert thirty.words == "22 Juli–20 Agustus 2026"
    assert thirty.start == datetime(2026, 7, 21, 17, tzinfo=UTC)
    assert thirty.end == datetime(2026, 8, 20, 17, tzinfo=UTC)
    running = periods.read("2026-08", JAKARTA, now)
    assert (running.last, running.before_last) == (date(2026, 8, 20), date(2026, 7, 20))  # as many days
    whole = periods.read("2026-03", JAKARTA, now)
    assert (whole.first, whole.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (whole.before_first, whole.before_last) == (date(2026, 2, 1), date(2026, 2, 28))
    january = periods.read("2026-01", TERNATE, now)
    assert january.before_first == date(2025, 12, 1)
    half = periods.read("2026-S1", JAKARTA, now)
    assert (half.first, half.last) == (date(2026, 1, 1), date(2026, 6, 30))
    assert (half.before_first, half.before_last, half.is_month) == (date(2025, 7, 1), date(2025, 12, 31), False)
    running_half = periods.read("2026-S2", JAKARTA, now)
    assert (running_half.last, running_half.before_last) == (date(2026, 8, 20), date(2026, 2, 20))  # 51 days each
    assert periods.read("2027-S1", JAKARTA, now).key == periods.read("2026-S3", JAKARTA, now).key == "30"
    assert [words for key, words in periods.choices(JAKARTA, now) if "S" in key] == [
        "Semester II 2026", "Semester I 2026", "Semester II 2025"
    ]  # fmt: skip
    end_of_march = periods.read("2026-03", JAKARTA, datetime(2026, 3, 30, 3, tzinfo=UTC))
    assert end_of_march.before_last == date(2026, 2, 28)


def test_the_plot_gathers_both_spans_and_has_its_table(web: Web, facebook: int) -> None:
    now = clock.now()
    for days, reactions in ((1, 30), (10, 12), (33, 40)):
        _, delivery = residents.public_post(web, facebook, at=now - timedelta(days=days))
        residents.reading(web, delivery, facebook, reach=1000, reactions=reactions)
    soup = page(web.sign_in("koordinator"), "/statistik")
    plot = soup.select_one(".plot svg")
    assert plot is not None
    assert "Interaksi terkumpul 42" in str(plot["aria-label"])
    assert "sebelumnya 40" in str(plot["aria-label"])
    table = soup.select_one('section[aria-labelledby="h-interaksi"] table')
    assert table is not None
    sums = [[int(c.get_text()) for c in row.select("td")] for row in table.select("tbody tr")]
    assert [sum(column) for column in zip(*sums, strict=True)] == [42, 40]


def test_without_a_single_figure_there_is_no_plot_at_nought(web: Web, facebook: int) -> None:
    residents.public_post(web, facebook)
    assert page(web.sign_in("koordinator"), "/statistik").select_one(".plot") is None


def test_all_readings_of_a_post_are_its_evidence(web: Web, facebook: int, instagram: int) -> None:
    at = clock.now() - timedelta(days=2)
    post_id, one = residents.public_post(web, facebook, "Rapat", at=at)
    residents.public_post(web, instagram, at=at, post_id=post_id)
    for hours, reach in ((1, 100), (6, None), (24, 350)):
        residents.reading(web, one, facebook, at + timedelta(hours=hours), reach=reach, reactions=hours)
    soup = page(web.sign_in("koordinator"), f"/statistik/{post_id}")
    first, second = soup.select("main section.panel")
    assert [words(row.select_one("th div")).split(" Sel")[0][:6] for row in first.select("tbody tr")][-1] == "1 jam "[
        :6
    ]
    assert [cell(row, "Jangkauan") for row in first.select("tbody tr")] == ["350", "belum ada angka", "100"]
    assert "Jangkauan naik dari 100 menjadi 350" in str(first.select_one(".plot svg"))
    assert "Belum ada angka" in words(second)


def test_count_now_makes_the_next_reading_due_but_not_twice(web: Web, facebook: int, instagram: int) -> None:
    post_id, one = residents.public_post(web, facebook)
    _, two = residents.public_post(web, instagram, post_id=post_id)
    residents.reading(web, two, instagram)  # read a moment ago
    client = web.sign_in("petugas")
    answer = post(client, f"/statistik/{post_id}/hitung", page=f"/statistik/{post_id}")
    assert answer.status_code == 303
    assert counting.due(web.parts) == [one]
    assert [event.who for event in residents.rows(web, Event, what="count_now")] == ["Uji Petugas"]
    residents.reading(web, one, facebook)
    with web.parts.db.write() as session:
        for row in (session.get(Delivery, one), session.get(Delivery, two)):
            assert row is not None
            row.reading_at = None
            session.add(row)
    post(client, f"/statistik/{post_id}/hitung", page=f"/statistik/{post_id}")
    assert counting.due(web.parts) == []
    assert "Baru saja dihitung" in words(page(client, f"/statistik/{post_id}").select_one("main"))


@pytest.mark.parametrize("role", ["juri", "pembina", "kominfo"])
def test_who_only_looks_has_no_button_and_cannot_count(web: Web, facebook: int, role: str) -> None:
    post_id, _ = residents.public_post(web, facebook)
    client = web.sign_in(role)
    assert "Hitung sekarang" not in words(page(client, f"/statistik/{post_id}").select_one("main"))
    assert post(client, f"/statistik/{post_id}/hitung").status_code in (403, 404)
    assert counting.due(web.parts) == []


def test_kominfo_sees_its_area_and_nothing_beyond(web: Web, facebook: int) -> None:
    residents.public_post(web, facebook, "Pendataan lansia")
    client = web.sign_in("kominfo")
    offered = page(client, "/statistik").select("select#organisasi option")
    assert {option.get_text() for option in offered} == {"Kabupaten Bogor", "IPSM Leuwisadeng", "Desa Kalong II"}
    below = web.organisations["kecamatan"]
    assert "Pendataan lansia" in words(page(client, f"/statistik?organisasi={below}"))
    page(client, f"/statistik?organisasi={web.organisations['lain']}", 404)
    page(client, "/statistik?organisasi=abc", 404)
    assert client.get("/kotak").status_code == 403


def test_an_organisation_cannot_be_asked_for_by_a_stranger(web: Web, facebook: int) -> None:
    post_id, _ = residents.public_post(web, facebook, "Pendataan lansia")
    client = web.sign_in("asing")
    page(client, f"/statistik?organisasi={web.organisations['kecamatan']}", 404)
    page(client, f"/statistik/{post_id}", 404)
    page(client, "/statistik/999999", 404)
    assert page(client, "/statistik").select_one("select#organisasi") is None


def test_long_lists_have_pages(web: Web, facebook: int) -> None:
    now = clock.now()
    for n in range(55):
        residents.public_post(web, facebook, f"Kegiatan {n:02}", at=now - timedelta(hours=n))
    client = web.sign_in("koordinator")
    first = page(client, "/statistik")
    assert len(first.select("table.posts tbody tr")) == 50
    onward = first.select_one('nav[aria-label="Halaman kiriman"] a')
    assert onward is not None
    rest = page(client, str(onward["href"]).split("#")[0])
    assert len(rest.select("table.posts tbody tr")) == 5


def test_what_was_taken_back_is_not_counted(web: Web, facebook: int) -> None:
    _, delivery = residents.public_post(web, facebook, "Ditarik")
    with web.parts.db.write() as session:
        row = session.get(Delivery, delivery)
        assert row is not None
        row.state = "withdrawn"
        session.add(row)
    assert "Ditarik" not in words(page(web.sign_in("koordinator"), "/statistik").select_one("main"))


def test_rates_have_a_denominator_or_are_none() -> None:
    def row(**metrics: int | None) -> figures.Figures:
        all_ = dict.fromkeys(("reactions", "comments", "shares", "saves", "reach", "views", "clicks"), None) | metrics
        now = clock.now()
        return figures.Figures(1, 1, "x", 1, "facebook", "x", now, now, all_, frozenset())

    assert row(reach=0, reactions=1).rate is None
    assert row(reach=100).rate is None
    assert row(reach=200, reactions=3, saves=1).rate == Decimal(2)
    assert row(reach=100, reactions=0).rate == 0
