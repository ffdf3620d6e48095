"""The inbox: who waits longest stands on top, nothing is lost or shown too much; who may do what."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from app import clock
from app.models import Aspiration, Comment, Event, Outgoing
from app.services import moderating
from app.states import Actor
from app.times import deadline, next_midnight
from tests.app import residents
from tests.app.residents import page
from tests.fixtures.web import Web, post


def texts(soup: BeautifulSoup) -> list[str]:
    """The texts of the list, in order."""
    return [link.get_text() for link in soup.select(".pile li p a")]


@pytest.fixture
def delivery(web: Web) -> int:
    return residents.public_post(web, residents.account(web))[1]


def test_the_most_urgent_stands_on_top(web: Web, delivery: int) -> None:
    now = clock.now()
    for text, values in {
        "besok": {"deadline": now + timedelta(hours=20)},
        "lewat": {"deadline": now - timedelta(days=1)},
        "tanpa batas": {"deadline": None},
        "nanti": {"deadline": now + timedelta(days=6)},
        "selesai": {"deadline": now - timedelta(days=9), "status": "selesai"},
        "pujian": {"deadline": now - timedelta(days=9), "kind": "pujian"},
    }.items():
        residents.item(web, delivery, text, **values)
    client = web.sign_in("koordinator")
    assert texts(page(client, "/kotak")) == ["lewat", "besok", "nanti", "tanpa batas"]
    assert texts(page(client, "/kotak?status=semua"))[:4] == ["lewat", "besok", "nanti", "tanpa batas"]
    assert set(texts(page(client, "/kotak?status=semua"))[4:]) == {"selesai", "pujian"}
    top = page(client, "/kotak").select_one(".pile ol li")
    assert top is not None
    assert "Lewat sejak" in top.get_text()
    assert "beat3" in str(top)


def test_the_three_counts_of_the_start_page_lead_to_just_those(web: Web, delivery: int) -> None:
    now = clock.now()
    midnight = next_midnight(now, "Asia/Jakarta")
    for text, due in {
        "lewat": now - timedelta(days=1),
        "hari ini": now + (midnight - now) / 2,
        "tengah malam": midnight,
        "tanpa batas": None,
    }.items():
        residents.item(web, delivery, text, deadline=due)
    client = web.sign_in("koordinator")
    counts = page(client, "/").select(".tally a")
    assert [count.get_text(" ", strip=True) for count in counts] == ["1 Lewat batas", "1 Hari ini", "2 Nanti"]
    shown = [page(client, str(count["href"])) for count in counts]
    assert [texts(soup) for soup in shown] == [["lewat"], ["hari ini"], ["tengah malam", "tanpa batas"]]
    off = next(one for one in shown[0].select(".pile > .filters a") if "Hanya yang lewat batas" in one.get_text())
    assert len(texts(page(client, str(off["href"])))) == 4
    assert len(texts(page(client, "/kotak?tenggat=kapan-kapan"))) == 4
    assert "tenggat=lewat" in str(shown[0].select_one(".pile ol a"))


def test_pages_go_on_by_key_and_miss_nothing_when_something_arrives_between(web: Web, delivery: int) -> None:
    now = clock.now()
    same = now + timedelta(days=3)
    for n in range(60):
        residents.item(web, delivery, f"nomor {n}", deadline=same if n % 3 else None, kind="aspirasi")
    client = web.sign_in("koordinator")
    seen: list[str] = []
    address = "/kotak"
    while address:
        soup = page(client, address)
        seen += texts(soup)
        onward = [link for link in soup.select(".pile nav a") if "Berikutnya" in link.get_text()]
        address = str(onward[0]["href"]) if onward else ""
        if len(seen) == 25:
            residents.item(web, delivery, "baru datang", deadline=now)  # urgent, so on a page already read
    assert sorted(seen) == sorted(f"nomor {n}" for n in range(60))


@pytest.mark.parametrize(
    "key", ["x", "9.1.1", "0.99999999999999999999999.1", "1.2", "-1.0.0", "0.5.99999999999999999", "%00"]
)
def test_a_broken_key_or_filter_is_an_ordinary_page(web: Web, delivery: int, key: str) -> None:
    residents.item(web, delivery, "halo")
    client = web.sign_in("koordinator")
    page(client, f"/kotak?sesudah={key}&jenis={key}&status={key}&q={key}")


def test_counts_stand_beside_the_kinds_and_filter(web: Web, delivery: int) -> None:
    for text, kind in (("a", "keluhan"), ("b", "keluhan"), ("c", "pertanyaan"), ("d", "spam")):
        residents.item(web, delivery, text, kind=kind)
    client = web.sign_in("koordinator")
    soup = page(client, "/kotak")
    chips = [chip.get_text(strip=True) for chip in soup.select(".filters .chip")][:4]
    assert chips[0] == "Perlu dijawab 3"  # spam asks for nothing
    assert "Keluhan 2" in chips
    assert sorted(texts(page(client, "/kotak?jenis=keluhan"))) == ["a", "b"]


def test_search_looks_for_words_and_at_names(web: Web, delivery: int) -> None:
    residents.item(web, delivery, "diskon 100% untuk lansia", author="Neng Siti")
    residents.item(web, delivery, "100 orang hadir", author="Budi_1")
    client = web.sign_in("koordinator")
    assert texts(page(client, "/kotak?q=100%25+lansia")) == ["diskon 100% untuk lansia"]
    assert texts(page(client, "/kotak?q=hadi*")) == ["100 orang hadir"]
    assert "Tidak ketemu “_”" in page(client, "/kotak?q=_").get_text()
    assert texts(page(client, "/kotak?q=neng")) == ["diskon 100% untuk lansia"]
    assert texts(page(client, "/kotak?q=lansia+diskon")) == ["diskon 100% untuk lansia"]
    assert "Tidak ketemu “pupuk”" in page(client, "/kotak?q=pupuk").get_text()


def test_a_number_is_masked_in_the_list_and_whole_in_the_thread(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "hubungi 081234567890", author="0812-3456-7890")
    client = web.sign_in("koordinator")
    soup = page(client, "/kotak?status=selesai")  # nothing open: only then is no thread beside the list
    assert texts(soup) == []
    pile = page(client, f"/kotak/{found}").select_one(".pile")
    talk = page(client, f"/kotak/{found}").select_one(".talkpane")
    assert pile is not None
    assert talk is not None
    assert "081234567890" not in pile.get_text()
    assert "0812-3456-7890" not in pile.get_text()
    assert "08••••••••90" in pile.get_text()
    assert "081234567890" in talk.get_text()


def test_what_residents_write_is_never_markup(web: Web, delivery: int) -> None:
    nasty = '<script>alert(1)</script>"><img src=x onerror=alert(1)> {{ 7 * 7 }}'
    found = residents.item(web, delivery, nasty, author="<b>Yanti</b>", comments={"permalink": "javascript:alert(1)"})
    soup = page(web.sign_in("koordinator"), f"/kotak/{found}")
    assert not soup.select("main script, main img[src=x], main b")
    assert nasty in soup.get_text()
    assert "49" not in soup.select_one(".say div").get_text()  # type: ignore[union-attr]  # there is one
    assert not [link for link in soup.select("a[href]") if str(link["href"]).startswith("javascript:")]


def test_the_thread_shows_every_version_every_answer_and_what_was_deleted(web: Web, delivery: int) -> None:
    found = residents.item(
        web, delivery, "yang sekarang", comments={"versions": [{"text": "yang pertama"}, {"text": "yang sekarang"}]}
    )
    root = residents.rows(web, Aspiration, id=found)[0].comment_id
    first = residents.comment(web, delivery, "Sudah kami cek", own=True, parent_id=root, author_name="IPSM")
    residents.comment(web, delivery, "terima kasih", parent_id=first, deleted_at=clock.now(), hidden=True)
    soup = page(web.sign_in("koordinator"), f"/kotak/{found}")
    says = soup.select(".talk .say")
    assert [say.select_one(".words").get_text() for say in says] == ["yang sekarang", "Sudah kami cek", "terima kasih"]  # type: ignore[union-attr]  # each has
    assert "Pernah ditulis" in says[0].get_text()
    assert "yang pertama" in says[0].get_text()
    assert "ours" in says[1]["class"]
    assert "kita" in says[1].get_text()
    assert "Dihapus di Facebook" in says[2].get_text()
    assert "Disembunyikan dari umum" in says[2].get_text()


def test_kind_status_and_helper_are_set_and_stand_in_the_history(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong", kind="perlu dipilah")
    client = web.sign_in("koordinator")
    answer = post(
        client, f"/kotak/{found}/atur", kind="keluhan", status="ditindaklanjuti",
        assignee=str(web.people["koordinator"]), was_kind="perlu dipilah", was_status="belum ditanggapi",
        was_assignee="0",
    )  # fmt: skip
    assert answer.status_code == 303
    row = residents.rows(web, Aspiration)[0]
    assert (row.kind, row.kind_by, row.status) == ("keluhan", "Uji Koordinator", "ditindaklanjuti")
    assert row.assignee_id == web.people["koordinator"]
    history = page(client, f"/kotak/{found}").select_one(".rope").get_text()  # type: ignore[union-attr]  # there is one
    assert "Jenis: perlu dipilah menjadi keluhan" in history
    assert "Ditindaklanjuti" in history
    assert "Uji Koordinator" in history


def test_only_what_one_changed_is_written(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong", kind="perlu dipilah")
    was = {"was_kind": "perlu dipilah", "was_status": "belum ditanggapi", "was_assignee": "0"}
    first, second = web.sign_in("koordinator"), web.sign_in("pengelola")
    post(first, f"/kotak/{found}/atur", kind="keluhan", status="belum ditanggapi", assignee="0", **was)
    page(second, f"/kotak/{found}")
    # An old page that only sets the status leaves the colleague's kind alone ...
    assert post(
        second, f"/kotak/{found}/atur", kind="perlu dipilah", status="ditindaklanjuti", assignee="0", **was
    ).status_code == 303  # fmt: skip
    assert [(row.kind, row.status) for row in residents.rows(web, Aspiration)] == [("keluhan", "ditindaklanjuti")]
    # ... and one that sets the same thing otherwise is told.
    answer = post(
        second,
        f"/kotak/{found}/atur",
        kind="kritik",
        status="ditindaklanjuti",
        assignee="0",
        **{**was, "was_status": "ditindaklanjuti"},
    )
    assert answer.status_code == 409
    assert "Orang lain baru saja mengubahnya" in answer.get_data(as_text=True)
    assert residents.rows(web, Aspiration)[0].kind == "keluhan"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "apa saja"},
        {"status": "belum ditanggapi"},
        {"assignee": "999"},
        {"assignee": "x"},
        {"status": "hilang"},
    ],
)
def test_what_cannot_be_is_refused(web: Web, delivery: int, values: dict[str, str]) -> None:
    found = residents.item(web, delivery, "Jalan bolong", status="selesai")
    client = web.sign_in("koordinator")
    page(client, f"/kotak/{found}")
    before = residents.rows(web, Aspiration)[0]
    assert post(client, f"/kotak/{found}/atur", **values).status_code == 422
    assert residents.rows(web, Aspiration)[0] == before


def test_nobody_from_elsewhere_can_be_given_an_item(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    offered = page(client, f"/kotak/{found}").select_one("select#assignee")
    assert offered is not None
    assert [option.get_text() for option in offered.select("option")] == ["Belum ada", "Uji Koordinator"]
    assert post(client, f"/kotak/{found}/atur", assignee=str(web.people["asing"])).status_code == 422


def test_a_suggestion_is_shown_and_accepted_with_one_tap(web: Web, delivery: int) -> None:
    found = residents.item(
        web, delivery, "Mantap, foto doang", kind="perlu dipilah", suggested_kind="kritik", confidence=0.72
    )
    client = web.sign_in("koordinator")
    box = page(client, f"/kotak/{found}").select_one(".talkpane .notice.plan")
    assert box is not None
    assert "72%" in box.get_text()
    post(client, f"/kotak/{found}/atur", kind="kritik", setuju="1")
    assert residents.rows(web, Aspiration)[0].kind_by == "Uji Koordinator"
    assert page(client, f"/kotak/{found}").select_one(".talkpane .notice.plan") is None


def test_hiding_needs_a_reason_that_stays(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "gacor maxwin", kind="spam")
    client = web.sign_in("koordinator")
    for values in ({}, {"reason": "lain"}, {"reason": "asal"}):
        page(client, f"/kotak/{found}")
        assert post(client, f"/kotak/{found}/sembunyi", **values).status_code == 422
    assert residents.rows(web, Outgoing) == []
    assert post(client, f"/kotak/{found}/sembunyi", reason="lain", more="nomor HP orang").status_code == 303
    assert [(row.action, row.reason) for row in residents.rows(web, Outgoing)] == [("hide", "nomor HP orang")]
    soup = page(client, f"/kotak/{found}")
    assert "Menyembunyikan" in soup.select_one(".talk").get_text()  # type: ignore[union-attr]  # there is one
    assert "nomor HP orang" in soup.select_one(".rope").get_text()  # type: ignore[union-attr]  # there is one
    post(client, f"/kotak/{found}/sembunyi", reason="judi")  # a second tap
    assert len(residents.rows(web, Outgoing)) == 1


def test_a_hidden_comment_can_be_shown_again(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "maaf", comments={"hidden": True})
    client = web.sign_in("koordinator")
    assert "Tampilkan lagi" in page(client, f"/kotak/{found}").get_text()
    post(client, f"/kotak/{found}/tampil")
    assert [row.action for row in residents.rows(web, Outgoing)] == ["unhide"]


def test_buttons_only_for_what_the_platform_can(web: Web) -> None:
    _, delivery = residents.public_post(web, residents.account(web, "instagram_private"))
    found = residents.item(web, delivery, "halo", source="instagram_private")
    soup = page(web.sign_in("koordinator"), f"/kotak/{found}")
    assert soup.select_one("textarea#text") is not None
    assert soup.select_one("select#reason") is None  # this way cannot hide


def test_a_note_by_hand_joins_the_inbox_and_is_answered_in_person(web: Web) -> None:
    client = web.sign_in("koordinator")
    assert post(client, "/kotak/catat", text="  ", author="").status_code == 422
    answer = post(client, "/kotak/catat", text="Minta kursi roda", author="Pak RT", kind="aspirasi")
    assert answer.status_code == 303
    soup = page(client, answer.headers["Location"])
    assert soup.select_one("textarea#text") is None
    assert "jawab langsung kepada Pak RT" in soup.get_text()
    row = residents.rows(web, Aspiration)[0]
    assert (row.source, row.kind, row.status) == ("catatan", "aspirasi", "belum ditanggapi")
    post(client, f"/kotak/{row.id}/atur", status="sudah ditanggapi")
    assert residents.rows(web, Aspiration)[0].status == "sudah ditanggapi"
    assert post(client, f"/kotak/{row.id}/balas", text="halo", seen="0.0").status_code == 422


def test_the_approver_reads_and_changes_nothing(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("pembina")
    soup = page(client, f"/kotak/{found}")
    assert not soup.select(".desk form")
    assert "Catat tangan" not in soup.get_text()
    assert post(client, f"/kotak/{found}/balas", text="halo").status_code in (403, 404)
    assert residents.rows(web, Outgoing) == []


@pytest.mark.parametrize(("role", "status"), [("petugas", 403), ("kominfo", 403), ("juri", 403)])
def test_the_inbox_is_not_for_everybody(web: Web, delivery: int, role: str, status: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in(role)
    assert client.get("/kotak").status_code == status
    assert client.get(f"/kotak/{found}").status_code in (403, 404)


def test_an_empty_inbox_says_why(web: Web) -> None:
    client = web.sign_in("koordinator")
    assert "Belum ada akun tersambung" in page(client, "/kotak").get_text()
    _, delivery = residents.public_post(web, residents.account(web))
    assert "Belum ada tanggapan warga" in page(client, "/kotak").get_text()
    residents.item(web, delivery, "beres", status="selesai", answered_at=clock.now() - timedelta(minutes=12))
    assert "Jawaban terakhir 12 menit lalu" in page(client, "/kotak").get_text()


def test_the_list_keeps_its_filter_through_an_item_and_a_reply(web: Web, delivery: int) -> None:
    residents.item(web, delivery, "Jalan bolong")
    client = web.sign_in("koordinator")
    link = page(client, "/kotak?jenis=keluhan&q=jalan").select_one(".pile li p a")
    assert link is not None
    soup = page(client, str(link["href"]))
    assert [chip.get_text(strip=True) for chip in soup.select(".filters [aria-current]")] == ["Keluhan 1"]
    form = soup.select_one("form#balas")
    assert form is not None
    assert re.search(r"jenis=keluhan", str(form["action"]))


def test_events_of_program_words_never_show_through(web: Web, delivery: int) -> None:
    found = residents.item(web, delivery, "Jalan bolong")
    with web.parts.db.write() as session:
        moderating.reply(session, found, Actor("Uji", web.people["koordinator"]), "halo")
        moderating.set_item(session, found, Actor("Uji"), status="ditindaklanjuti")
    history = page(web.sign_in("koordinator"), f"/kotak/{found}").select_one(".rope")
    assert history is not None
    assert "Dicatat:" not in history.get_text()
    assert {event.what for event in residents.rows(web, Event)} >= {"queue", "ditindaklanjuti"}
    assert residents.rows(web, Comment)


def test_deadlines_in_words() -> None:
    now = clock.now().replace(year=2026, month=8, day=20, hour=1, minute=0, second=0, microsecond=0)  # Thu 08.00 WIB
    zone = "Asia/Jakarta"
    assert deadline(now + timedelta(hours=7), zone, now) == (2, "Hari ini, 15.00 WIB")
    assert deadline(now + timedelta(days=1, minutes=5), zone, now) == (2, "Besok, 08.05 WIB")
    assert deadline(now + timedelta(days=4), zone, now) == (1, "Sisa 2 hari kerja")  # Friday, Monday
    assert deadline(now - timedelta(days=1), zone, now) == (3, "Lewat sejak kemarin")
