"""The start page: failures with their reason, doubts, today's rope, who waits, the machine's health; by role."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from app import clock, models, times
from app.queries.doctor import Finding, examine
from app.queries.home import headline
from tests.fixtures.web import Web


def page(web: Web, role: str = "koordinator") -> str:
    """The start page as this role sees it."""
    return web.sign_in(role).get("/").get_data(as_text=True)


def a_post(web: Web, caption: str, state: str, due: datetime, ways: dict[str, dict[str, Any]]) -> int:
    """A post of the kecamatan with one delivery per connector."""
    home = web.organisations["kecamatan"]
    with web.parts.db.write() as session:
        row = models.Post(organisation_id=home, caption=caption, state=state, due_at=due)
        session.add(row)
        session.flush()
        for connector, values in ways.items():
            account = models.Account(
                organisation_id=home, connector=connector, remote_id=f"{connector}{row.id}", name=f"Akun {connector}"
            )
            session.add(account)
            session.flush()
            session.add(models.Delivery(post_id=row.id or 0, account_id=account.id or 0, due_at=due, **values))
        return row.id or 0


def a_worker(web: Web, beat: datetime, off: float | None = None) -> None:
    """A worker whose last sign of life was then."""
    with web.parts.db.write() as session:
        session.add(models.Worker(id="w", started_at=beat, beat_at=beat, clock_off_s=off))


def test_a_failure_says_why_what_is_safe_and_what_else_went_well(web: Web) -> None:
    now = clock.now()
    ways: dict[str, dict[str, Any]] = {
        "facebook": {"state": "published", "remote_id": "1", "published_at": now},
        "instagram": {"state": "failed", "error_code": "photo_ratio", "error_facts": {"photo": 3}},
    }
    a_post(web, "Posyandu lansia Desa Sadeng\n\nPanjang lebar", "partly", now - timedelta(minutes=1), ways)
    text = page(web)
    assert "Belum tayang di Instagram: “Posyandu lansia Desa Sadeng”" in text
    assert "foto ke-3" in text
    assert "Di Facebook sudah terbit hari ini" in text
    assert "tetap aman" in text
    assert "Belum tayang" not in page(web, "juri")
    assert "Belum tayang" not in page(web, "asing")


def test_doubt_forbids_sending_again_and_says_until_when(web: Web) -> None:
    now = clock.now()
    a_post(
        web,
        "Rapat",
        "publishing",
        now,
        {"facebook": {"state": "unsure", "unsure_since": now}, "instagram": {"state": "needs_person"}},
    )
    text = page(web)
    assert "jangan kirim ulang dulu" in text
    assert "Kami belum bisa memastikan “Rapat” terbit di Instagram" in text
    until = (now + timedelta(seconds=web.parts.settings.unsure_for_s)).astimezone(ZoneInfo("Asia/Jakarta"))
    assert f"sekitar pukul {until:%H.%M} WIB" in text


def test_today_is_the_organisations_own_day(web: Web) -> None:
    zone = ZoneInfo("Asia/Jakarta")
    midnight = datetime.combine(clock.now().astimezone(zone).date(), datetime.min.time(), zone)
    a_post(web, "Tepat tengah malam", "scheduled", midnight, {})
    a_post(web, "Sesaat sebelum besok", "in_review", midnight + timedelta(hours=23, minutes=59), {})
    a_post(web, "Kemarin malam", "published", midnight - timedelta(minutes=1), {})
    a_post(web, "Besok pagi", "scheduled", midnight + timedelta(hours=24), {})
    a_post(web, "Masih draf", "draft", midnight + timedelta(hours=12), {})
    text = page(web)
    assert "Tepat tengah malam" in text
    assert "Sesaat sebelum besok" in text
    assert not any(words in text for words in ("Kemarin malam", "Besok pagi", "Masih draf"))


def machine_line(text: str) -> str:
    """What the panel of accounts says of the publisher."""
    return text.split("Penerbit otomatis</span>")[1].split("</li>")[0]


@pytest.mark.parametrize(
    ("age_s", "told"),
    [
        (None, "Belum pernah dijalankan"),
        (31, "Tanda hidup terakhir"),
        (5, None),
        # Our clock was set back an hour: whoever beat "in the future" may be dead.
        (-3600, "Belum pernah dijalankan"),
    ],
)
def test_a_stopped_worker_is_told(web: Web, age_s: int | None, told: str | None) -> None:
    if age_s is not None:
        a_worker(web, clock.now() - timedelta(seconds=age_s))
    text = page(web, "petugas")
    assert ("sedang tidak berjalan" in text) == (told is not None)
    assert told is None or told in text
    assert ("Berjalan" in machine_line(text)) == (told is None)
    (line,) = [each for each in doctor(web) if each.name == "worker"]
    assert line.ok == (told is None)


@pytest.mark.parametrize(
    ("off", "sentence", "stops"),
    [
        (-95.2, "Jam komputer server 1 menit 35 detik lebih cepat daripada jam platform.", False),
        (119.4, "Jam komputer server 1 menit 59 detik lebih lambat daripada jam platform.", False),
        (121.0, "Jam komputer server 2 menit 1 detik lebih lambat daripada jam platform.", True),
        (-7 * 3600.0, "Jam komputer server 7 jam lebih cepat daripada jam platform.", True),
        (200_000.0, "Jam komputer server 2 hari 7 jam lebih lambat daripada jam platform.", True),
        (20.0, None, False),
    ],
)
def test_a_clock_that_is_off_is_told(web: Web, off: float, sentence: str | None, stops: bool) -> None:
    a_worker(web, clock.now(), off=off)
    text = page(web)
    assert ("Jam komputer server" in text) == (sentence is not None)
    assert sentence is None or sentence in text
    assert ("Tidak ada yang dikirim sampai jamnya benar" in text) == stops
    assert ("Berjalan" in machine_line(text)) != stops
    (line,) = [each for each in doctor(web) if each.name == "clock"]
    assert line.ok == (sentence is None)
    assert sentence is None or line.words.startswith(sentence)
    assert ("Tidak ada yang dikirim sampai jamnya benar." in line.words) == stops


def test_doctor_tells_of_a_pause_and_does_not_call_it_ill(web: Web) -> None:
    end = clock.now() + timedelta(minutes=19)
    a_post(web, "Kerja bakti", "published", clock.now(), {"facebook": {"state": "queued"}})
    with web.parts.db.write() as session:
        account = session.exec(select(models.Account).where(models.Account.connector == "facebook")).one()
        session.add(models.Budget(scope="page", remote_id=account.remote_id, used_percent=87.4, paused_until=end))
    (line,) = [each for each in doctor(web) if each.name == f"account {account.id}"]
    assert f"Platform meminta jeda sampai {times.moment(end, 'Asia/Jakarta', clock.now())}" in line.words
    with web.parts.db.write() as session:
        session.exec(select(models.Budget)).one().paused_until = clock.now()
    (line,) = [each for each in doctor(web) if each.name == f"account {account.id}"]
    assert "jeda" not in line.words


def doctor(web: Web) -> list[Finding]:
    """What the operator's look at the installation finds."""
    return examine(web.parts.settings)


def test_what_is_held_names_the_account_and_how_long_it_waits(web: Web) -> None:
    now = clock.now()
    for hours in (1, 5):
        ways: dict[str, dict[str, Any]] = {"facebook": {"state": "held", "error_code": "token_expired"}}
        a_post(web, f"Ditahan {hours}", "scheduled", now - timedelta(hours=hours), ways)
    with web.parts.db.write() as session:
        first, second = session.exec(select(models.Account).order_by(col(models.Account.id))).all()
        first.health = second.health = "broken"
        session.add_all([first, second])
        for row in session.exec(select(models.Delivery)):
            row.account_id = first.id or 0
            session.add(row)
    text = page(web)
    assert "2 kiriman ditahan: Facebook “Akun facebook” terputus" in text
    until = (now + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Jakarta"))
    assert f"{until:%H.%M} WIB</time>; lewat dari itu Anda yang memutuskan" in text
    assert f"/akun/{first.id}/sambung" in text
    assert text.count("Kiriman berikutnya akan ditahan") == 1  # the account for which nothing waits
    asked = page(web, "petugas")
    assert "Minta koordinator menyambungkannya lagi" in asked
    assert "/sambung" not in asked


def test_what_is_being_taken_back_is_told_and_what_a_person_must_delete_comes_first(web: Web) -> None:
    now = clock.now()
    public: dict[str, Any] = {"state": "withdrawing", "remote_id": "1", "published_at": now}
    by_hand = {**public, "remote_id": "2", "error_code": "delete_post", "error_facts": {"by_hand": True}}
    post_id = a_post(web, "Salah foto", "published", now, {"facebook": public, "instagram": by_hand})
    text = page(web, "petugas")
    assert "“Salah foto”</strong> sedang ditarik dari Facebook" in text
    assert "Hapus sendiri di Instagram: “Salah foto”" in text
    assert f"/kiriman/{post_id}#pengiriman-2" in text
    assert text.index("Hapus sendiri di Instagram") < text.index("sedang ditarik dari Facebook")


def test_more_failures_than_are_listed_are_counted(web: Web) -> None:
    for number in range(7):
        a_post(web, f"Kegiatan {number}", "failed", clock.now(), {"facebook": {"state": "failed"}})
    text = page(web)
    assert text.count("Belum tayang di Facebook") == 5
    assert "Masih ada 2 lagi yang gagal atau terlewat" in text


def test_who_waits_nearest_deadline_first(web: Web) -> None:
    now = clock.now()
    rows = [
        ("keluhan", "Jalan bolong", now - timedelta(days=1), "belum ditanggapi"),
        ("pertanyaan", "Syarat KIS?", now + timedelta(days=9), "dibuka lagi"),
        ("pujian", "Bagus!", None, "belum ditanggapi"),
        ("spam", "slot gacor", None, "belum ditanggapi"),
        ("kritik", "Sudah dijawab ini", now, "sudah ditanggapi"),
    ]
    with web.parts.db.write() as session:
        for kind, text, deadline, status in rows:
            session.add(
                models.Aspiration(
                    organisation_id=web.organisations["kecamatan"], source="catatan", kind=kind, text=text,
                    said_at=now, deadline=deadline, status=status,
                )
            )  # fmt: skip
    text = page(web)
    assert text.index("Jalan bolong") < text.index("Syarat KIS?")
    assert not any(words in text for words in ("Bagus!", "slot gacor", "Sudah dijawab ini"))
    assert "Lewat sejak kemarin" in text
    assert "Jalan bolong" not in page(web, "petugas")
    assert "Jalan bolong" not in page(web, "kominfo")
    assert "Jalan bolong" not in page(web, "asing")


def test_the_approver_sees_what_waits(web: Web) -> None:
    a_post(web, "Minta setuju", "in_review", clock.now() + timedelta(days=3), {})
    assert "1 kiriman menunggu persetujuan Anda" in page(web, "pembina")
    assert "menunggu persetujuan Anda" not in page(web, "petugas")


def test_empty_pages_say_what_to_do(web: Web) -> None:
    text = page(web)
    assert "Hari ini masih sepi" in text
    assert "Semua sudah dijawab" in text
    assert "Belum ada akun tersambung" in text
    assert "Statistik wilayah Anda" in page(web, "kominfo")


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ("", "Kiriman tanpa keterangan"),
        ("\n\n  Kerja bakti  \nbaris dua", "Kerja bakti"),
        ("kata " * 40, "kata " * 17 + "kata…"),
        ("x" * 200, "x" * 90 + "…"),
    ],
)
def test_headline(caption: str, words: str) -> None:
    assert headline(caption) == words
