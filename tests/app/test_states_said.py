"""What is said of a delivery in each of its states: a table, on the page and on the command line alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app import clock, words, words_delivery, words_history
from app.models import Event, Organisation, Worker
from app.queries import records
from app.services import budgets
from app.states import DELIVERY
from tests.app.posting import approved, force, two_accounts
from tests.fixtures.web import Web

#: Thursday, 20 August 2026, 12.00 WIB.
NOW = datetime(2026, 8, 20, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
WAITS = words_delivery.Patience(held=6 * HOUR, unsure=timedelta(minutes=10))


@dataclass
class Row:
    """A delivery to an Instagram account, due an hour ago."""

    state: str
    connector: str = "instagram"
    account: str = "ipsm.uji"
    due_at: datetime = NOW - HOUR
    wake_at: datetime | None = None
    ready: bool = False
    attempts: int = 1
    unsure_since: datetime | None = None
    commit_at: datetime | None = None
    published_at: datetime | None = None
    remote_id: str | None = None
    confirmed_by: str | None = None
    error_code: str | None = None
    error_facts: dict[str, Any] = field(default_factory=dict)
    paused_until: datetime | None = None
    paused_at: int | None = None
    by_hand: bool = False


def row(state: str, **values: Any) -> Row:
    return Row(state, **values)


SAFE = "Foto dan tulisan Anda tetap aman."
TABLE = [
    (
        row("queued", due_at=NOW + HOUR, ready=True),
        "Akan terbit hari ini 13.00 WIB. Sudah disiapkan di Instagram, belum terlihat umum.",
        "Terbit sendiri pada waktunya.",
    ),
    (row("queued"), "Menunggu giliran sejak hari ini 11.00 WIB.", "Dikirim sebentar lagi."),
    (
        row("queued", wake_at=NOW + HOUR / 4),
        "Menunggu giliran sejak hari ini 11.00 WIB.",
        "Dikirim sendiri hari ini 12.15 WIB.",
    ),
    (
        row("queued", paused_until=NOW + 20 * HOUR, error_code="rate_limit"),
        "Instagram meminta jeda sampai besok 08.00 WIB.",
        "Kiriman ditunda, bukan gagal, dan dilanjutkan sendiri.",
    ),
    (
        row("queued", paused_until=NOW + HOUR, paused_at=87),
        "Instagram meminta jeda sampai hari ini 13.00 WIB (pemakaian 87 %).",
        "Kiriman ditunda, bukan gagal, dan dilanjutkan sendiri.",
    ),
    (
        row("queued", error_code="server_error", wake_at=NOW + HOUR / 2),
        "Platform sedang bermasalah.",
        "Belum gagal: dicoba lagi sendiri hari ini 12.30 WIB.",
    ),
    (
        row("staging"),
        "Sedang disiapkan di Instagram; belum terlihat umum.",
        "Terbit begitu selesai disiapkan.",
    ),
    (
        row("staging", due_at=NOW + HOUR),
        "Sedang disiapkan di Instagram; belum terlihat umum.",
        "Terbit sendiri hari ini 13.00 WIB.",
    ),
    (row("committing"), "Sedang diterbitkan di Instagram.", "Tunggu sebentar; biasanya kurang dari satu menit."),
    (
        row("published", published_at=NOW - HOUR, remote_id="1"),
        "Terbit hari ini 11.00 WIB.",
        "Sudah terlihat umum. Komentar warga masuk ke Kotak Aspirasi.",
    ),
    (
        row("published", published_at=NOW - HOUR, confirmed_by="Ade"),
        "Terbit hari ini 11.00 WIB. Dinyatakan oleh Ade.",
        "Alamatnya tidak kami ketahui, jadi komentarnya tidak terbaca dari sini.",
    ),
    (row("handed"), "Sudah diserahkan untuk Instagram “ipsm.uji”.", "Menunggu kabar bahwa sudah tayang."),
    (
        row("held", error_code="token_expired"),
        "Sambungan habis masa berlakunya. Sambungkan akun lagi. Kiriman ditahan, bukan batal.",
        "Sambungkan lagi Instagram “ipsm.uji”: setelah itu jalan sendiri. Ditunggu sampai hari ini 17.00 WIB; lewat "
        "dari itu Anda yang memutuskan.",
    ),
    (
        row("held", due_at=NOW - 7 * HOUR),
        "Sambungan akun terputus. Kiriman ditahan, bukan batal.",
        "Waktu tunggunya habis hari ini 11.00 WIB; sebentar lagi dinyatakan terlewat.",
    ),
    (
        row("unsure", unsure_since=NOW - HOUR / 12),
        f"Instagram tidak memberi jawaban jelas hari ini 11.55 WIB. {SAFE}",
        "Jangan kirim ulang dulu: kami masih mengeceknya sendiri. Hasilnya sekitar hari ini 12.05 WIB.",
    ),
    (
        row("unsure", unsure_since=NOW - 3 * HOUR),
        f"Instagram tidak memberi jawaban jelas hari ini 09.00 WIB. {SAFE}",
        "Jangan kirim ulang dulu: kami masih mengeceknya sendiri.",
    ),
    (
        row("needs_person", unsure_since=NOW - 25 * HOUR),
        f"Instagram tidak memberi jawaban jelas kemarin 11.00 WIB, dan halamannya tidak terbaca oleh kami. {SAFE}",
        "Buka Instagram “ipsm.uji” dan lihat sendiri, lalu pilih “sudah tayang” atau “kirim ulang”.",
    ),
    (
        row("failed", error_code="photo_ratio", error_facts={"photo": 3}),
        f"Platform menolak foto ke-3 karena terlalu lebar atau terlalu tinggi. {SAFE}",
        "Perbaiki, lalu kirim ulang.",
    ),
    (
        row("failed", error_code="server_error", attempts=8),
        f"Platform sedang bermasalah. Sudah dicoba 8 kali. {SAFE}",
        "Kirim ulang; bila masih gagal, beri tahu pengelola.",
    ),
    (
        row("missed", due_at=NOW - 24 * HOUR, error_code="missed"),
        f"Waktunya (kemarin 12.00 WIB) sudah lewat terlalu lama, jadi tidak kami terbitkan sendiri. {SAFE}",
        "Terbitkan sekarang, pilih waktu baru, atau batalkan.",
    ),
    (
        row("missed", due_at=NOW - 24 * HOUR, error_code="token_expired"),
        "Sambungan habis masa berlakunya. Sambungkan akun lagi. Waktunya (kemarin 12.00 WIB) sudah lewat terlalu lama, "
        f"jadi tidak kami terbitkan sendiri. {SAFE}",
        "Terbitkan sekarang, pilih waktu baru, atau batalkan.",
    ),
    (row("cancelled"), "Dibatalkan: tidak dikirim ke Instagram.", "Tulisan dan fotonya tetap tersimpan di sini."),
    (
        row("withdrawing"),
        "Sedang ditarik dari Instagram.",
        "Kami hapus dan lihat lagi sampai benar-benar tidak ada.",
    ),
    (
        row("withdrawing", by_hand=True, error_code="delete_post"),
        "Harus dihapus sendiri. Kiriman di platform ini tidak dapat ditarik dari sini.",
        "Hapus sendiri di aplikasinya, lalu nyatakan sudah dihapus. Kami terus melihat sampai tidak ada.",
    ),
    (
        row("withdrawn", confirmed_by="Ade"),
        "Sudah tidak terlihat di Instagram. Dinyatakan oleh Ade.",
        "Komentar warga tetap ada di Kotak Aspirasi.",
    ),
    (
        row("gone"),
        "Sudah tidak ada di Instagram: dihapus di sana, bukan dari sini.",
        "Aspirasi warga dari kiriman ini tetap ada di Kotak Aspirasi.",
    ),
]


@pytest.mark.parametrize(
    ("stand", "what", "step"), TABLE, ids=[f"{at}-{each[0].state}" for at, each in enumerate(TABLE)]
)
def test_each_state_has_its_two_sentences(stand: Row, what: str, step: str) -> None:
    said = words_delivery.say(stand, WAITS, "Asia/Jakarta", NOW)
    assert (said.what, said.step) == (what, step)
    later = words_delivery.say(stand, WAITS, "Asia/Jayapura", NOW)
    assert "WIB" not in later.what + later.step


def test_no_state_is_left_out() -> None:
    assert {each[0].state for each in TABLE} == set(DELIVERY.states) == set(words.DELIVERY)


def test_everything_that_may_become_of_a_delivery_has_words() -> None:
    # "moot" is an answer's alone: its post is gone.
    moves = {action for _, action in DELIVERY.moves} - {"moot"}
    moves |= {"queue", "reschedule", "second_id", "drop", "by_hand"}
    assert {what for what in moves if ("delivery", what) not in words_history.HISTORY} == set()


def test_the_page_says_it(web: Web) -> None:
    accounts = two_accounts(web)
    now = clock.now()
    posts = {}
    for state in DELIVERY.states:
        post_id = approved(web, accounts)
        needed: dict[str, Any] = {"error_code": "token_expired", "unsure_since": now, "commit_at": now}
        if state in ("staging", "committing"):
            needed["lease_until"] = now + HOUR
        if state in ("published", "withdrawing"):
            needed |= {"remote_id": "1", "published_at": now}
        posts[state] = post_id, force(web, post_id, state, **needed)
    for role in ("petugas", "koordinator", "pembina"):
        client = web.sign_in(role)
        for state, (post_id, delivery_id) in posts.items():
            page = BeautifulSoup(client.get(f"/kiriman/{post_id}").get_data(as_text=True), "html.parser")
            way = page.select_one(f"#pengiriman-{delivery_id}")
            assert way is not None
            text = way.get_text(" ", strip=True)
            assert len(text) > 60, text
            assert "None" not in text
            assert "token_expired" not in text
            # Who may only read is offered nothing; who may act has something to tap wherever something is to be done.
            offered = bool(way.select("form, .acts a.btn"))
            acts = state in ("failed", "missed") or (
                role == "koordinator" and state in ("unsure", "needs_person", "held")
            )
            assert offered == (acts and role != "pembina"), (role, state)


def test_a_pause_of_the_platform_says_until_when(web: Web) -> None:
    accounts = two_accounts(web)
    post_id = approved(web, accounts, hours=0)
    later = clock.now() + HOUR
    with web.parts.db.write() as session:
        budget(session, "page", "facebook", later)
    page = web.sign_in("petugas").get(f"/kiriman/{post_id}").get_data(as_text=True)
    assert "Facebook meminta jeda sampai" in page
    assert "Instagram meminta jeda" not in page


def budget(session: Any, scope: str, remote_id: str, until: datetime) -> None:
    """An allowance that is used up until then."""
    from app.models import Budget

    session.add(Budget(scope=scope, remote_id=remote_id, used_percent=100, paused_until=until))
    session.flush()
    assert budgets.pauses(session, clock.now())


def test_the_attempts_of_a_delivery_as_one_line_each(web: Web) -> None:
    accounts = two_accounts(web)
    post_id = approved(web, accounts)
    delivery_id = force(web, post_id, "needs_person")
    at = datetime(2026, 8, 20, 5, tzinfo=UTC)
    story: list[tuple[str, str | None, dict[str, Any], int | None]] = [
        ("stage", None, {}, None),
        ("wait", "server_error", {}, None),
        ("stage", None, {}, None),
        ("wait", "server_error", {}, None),
        ("stage", None, {}, None),
        ("staged", None, {}, None),
        ("commit", None, {}, None),
        ("unclear", "KeyError", {"token": "EAAB-rahasia"}, None),
        ("look_again", None, {}, None),
        ("look_again", None, {}, None),
        ("absent", "absent on 2 looks over 600 s", {}, None),
        ("commit", None, {}, None),
        ("expire", "lease ended 2026-08-20", {}, None),
        ("look_again", None, {}, None),
        ("unreadable", None, {"code": "rate_limit"}, None),
        ("resend", None, {}, web.people["koordinator"]),
        ("fail", "refused", {"user_msg": "An unexpected error has occurred", "code": 1}, None),
    ]
    about: dict[str, Any] = {"subject": "delivery", "subject_id": delivery_id}
    with web.parts.db.write() as session:
        for second, (what, why, facts, person) in enumerate(story):
            who, moment = "Uji Koordinator" if person else "publisher", at + timedelta(seconds=second)
            session.add(Event(at=moment, who=who, person_id=person, what=what, why=why, facts=facts, **about))
    page = BeautifulSoup(web.sign_in("petugas").get(f"/kiriman/{post_id}").get_data(as_text=True), "html.parser")
    box = page.select_one(f"#percobaan-{delivery_id}")
    assert box is not None
    when = [line.get_text(" ", strip=True) for line in box.select("li p.meta")]
    said = [" ".join(part.get_text() for part in line.select("strong, p:not(.meta)")) for line in box.select("li")]
    assert said.pop() == "Facebook menolak Platform menolaknya."
    when.pop()
    assert said[-7:] == [
        "Penyiapan di sana: belum selesai, dilanjutkan sebentar lagi (2 kali) Platform sedang bermasalah.",
        "Penyiapan di sana: siap, belum terlihat umum",
        "Penerbitan: tidak ada jawaban jelas Terjadi kesalahan di program kami. Pengelola dapat melihat catatannya.",
        "Pembacaan ulang halaman: tidak ada di sana, jadi dikirim lagi (2 kali)",
        "Penerbitan (percobaan ke-2): terhenti di tengah jalan, jadi dicek dulu di sana",
        "Pembacaan ulang halaman: tidak terbaca; perlu dilihat orang Terlalu banyak permintaan; platform meminta kami "
        "menunggu.",
        "Dikirim ulang ke Facebook",
    ]
    assert when[-7].startswith("Kam 20 Agt")
    assert when[-7].endswith("12.00.03 WIB · otomatis")
    assert "12.00.00 WIB sampai" in when[-7]
    assert when[-1].endswith("12.00.15 WIB · Uji Koordinator")
    whole = page.get_text()
    assert not any(raw in whole for raw in ("rahasia", "KeyError", "absent on", "lease ended", "unexpected error"))


def test_the_command_line_says_the_same(web: Web) -> None:
    accounts = two_accounts(web)
    post_id = approved(web, accounts)
    force(web, post_id, "held", error_code="token_expired", due_at=NOW)
    with web.parts.db.write() as session:
        place = session.get(Organisation, web.organisations["kecamatan"])
        assert place is not None
        place.zone = "Asia/Jayapura"
        session.add(place)
    with web.parts.db.read() as session:
        first, second = records.deliveries(session, post_ids=[post_id], patience=WAITS)
    assert first["said"].endswith("Kiriman ditahan, bukan batal.")
    assert first["next_step"] == "Waktu tunggunya habis Kam 20 Agt, 20.00 WIT; sebentar lagi dinyatakan terlewat."
    assert second["said"].endswith("WIT.")


@pytest.mark.parametrize(
    ("beats_ago", "off", "said"),
    [
        (None, None, "Penerbit otomatis sedang tidak berjalan. Tidak hilang:"),
        (timedelta(minutes=5), None, "Penerbit otomatis sedang tidak berjalan. Tidak hilang:"),
        (timedelta(seconds=2), -300.0, "Tidak ada yang dikirim sampai jamnya benar. Jam komputer server 5 menit lebih"),
        (timedelta(seconds=2), 300.0, "Tidak ada yang dikirim sampai jamnya benar. Jam komputer server 5 menit lebih"),
        (timedelta(seconds=2), None, "Dikirim sebentar lagi."),
    ],
)
def test_where_nobody_works_nothing_is_said_to_go_out_in_a_moment(
    web: Web, beats_ago: timedelta | None, off: float | None, said: str
) -> None:
    post_id = approved(web, two_accounts(web))
    with web.parts.db.write() as session:
        if beats_ago is not None:
            began = clock.now() - beats_ago
            session.add(Worker(id="w", started_at=began, beat_at=began, clock_off_s=off))
    force(web, post_id, "queued", due_at=clock.now() + HOUR)
    with web.parts.db.read() as session:
        later = records.post(session, post_id)["deliveries"][0]
    assert later["next_step"] == "Terbit sendiri pada waktunya.", "what is not due yet may still be in time"
    force(web, post_id, "queued", due_at=clock.now() - HOUR)
    with web.parts.db.read() as session:
        now_due = records.post(session, post_id)["deliveries"][0]
    assert now_due["next_step"].startswith(said)
    force(web, post_id, "unsure", due_at=NOW)
    with web.parts.db.read() as session:
        unclear = records.post(session, post_id)["deliveries"][0]
    assert unclear["next_step"].startswith("Jangan kirim ulang dulu")
    assert ("mengeceknya sendiri" in unclear["next_step"]) == (said == "Dikirim sebentar lagi.")
