"""The start page: failures with their reason, doubts, today's rope, who waits, the machine's health; by role."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock, models
from app.queries.home import headline
from tests.fixtures.web import Web


def page(web: Web, role: str = "koordinator") -> str:
    """The start page as this role sees it."""
    return web.sign_in(role).get("/").get_data(as_text=True)


def a_post(web: Web, caption: str, state: str, due: datetime, ways: dict[str, dict[str, object]]) -> int:
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
            session.add(models.Delivery(post_id=row.id, account_id=account.id, due_at=due, **values))
        return row.id or 0


def a_worker(web: Web, beat: datetime, off: float | None = None) -> None:
    """A worker whose last sign of life was then."""
    with web.parts.db.write() as session:
        session.add(models.Worker(id="w", started_at=beat, beat_at=beat, clock_off_s=off))


def test_a_failure_says_why_what_is_safe_and_what_else_went_well(web: Web) -> None:
    now = clock.now()
    ways: dict[str, dict[str, object]] = {
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


@pytest.mark.parametrize(
    ("age_s", "told"), [(None, "Belum pernah dijalankan"), (31, "Tanda hidup terakhir"), (5, None)]
)
def test_a_stopped_worker_is_told(web: Web, age_s: int | None, told: str | None) -> None:
    if age_s is not None:
        a_worker(web, clock.now() - timedelta(seconds=age_s))
    text = page(web, "petugas")
    assert ("sedang tidak berjalan" in text) == (told is not None)
    assert told is None or told in text


def test_a_clock_that_is_off_is_told(web: Web) -> None:
    a_worker(web, clock.now(), off=-95.2)
    assert "meleset 95 detik" in page(web)


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
