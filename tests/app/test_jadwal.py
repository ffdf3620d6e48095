"""The schedule: what an approver meets first, a month in the organisation's zone, filters, a thousand posts."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from app import clock
from app.models import Account, Organisation, Post, Target
from tests.fixtures.web import Web, token

NOW = datetime(2026, 8, 20, 3, 0, tzinfo=UTC)  # Thursday, 10.00 WIB


@pytest.fixture(autouse=True)
def _thursday() -> Any:
    with clock.travel(NOW - datetime.now(UTC)):
        yield


@pytest.fixture
def account(web: Web) -> int:
    with web.parts.db.write() as session:
        row = Account(
            organisation_id=web.organisations["kecamatan"], connector="facebook", remote_id="1", name="IPSM FB"
        )
        other = Account(
            organisation_id=web.organisations["kecamatan"], connector="instagram", remote_id="2", name="IPSM IG"
        )
        session.add_all([row, other])
        session.flush()
        return row.id or 0


def add(web: Web, caption: str, due_at: datetime | None, state: str = "scheduled", **values: Any) -> int:
    """A post as it stands in the database."""
    accounts = values.pop("accounts", [])
    place = web.organisations[values.pop("place", "kecamatan")]
    with web.parts.db.write() as session:
        post = Post(
            organisation_id=place,
            author_id=web.people["petugas"],
            caption=caption,
            due_at=due_at,
            state=state,
            updated_at=NOW,
            **values,
        )
        session.add(post)
        session.flush()
        session.add_all(Target(post_id=post.id or 0, account_id=id_) for id_ in accounts)
        return post.id or 0


def text(client: Any, address: str = "/jadwal") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def days(page: str) -> dict[str, str]:
    """Date → the HTML of its day."""
    parts = re.split(r'data-date="(\d{4}-\d\d-\d\d)"', page.split('class="month"')[1])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_an_approver_meets_what_waits_first(web: Web, account: int) -> None:
    add(web, "Kerja bakti", NOW + timedelta(hours=3))
    waits = add(web, "Sembako", NOW + timedelta(hours=5), "in_review", accounts=[account])
    late = add(web, "Sudah lewat", NOW - timedelta(hours=5), "in_review", accounts=[account])
    boss = web.sign_in("pembina")
    page = text(boss)
    assert page.index('id="persetujuan"') < page.index('id="kalender"')
    approvals = page[page.index('id="persetujuan"') : page.index('id="kalender"')]
    assert f"/kiriman/{waits}/setujui" in approvals
    assert "Uji Petugas · terbit hari ini 15.00 WIB" in approvals
    assert approvals.index("Sudah lewat") < approvals.index("Sembako")
    assert approvals.count("Setujui<") == 1, "what is too late is opened, not approved"
    assert "pilih waktu baru dulu" in approvals
    answer = boss.post(f"/kiriman/{waits}/setujui", data={"csrf_token": token(boss), "from": "jadwal"})
    assert answer.location == "/jadwal"
    assert "Disetujui. Terbit hari ini 15.00 WIB." in text(boss)
    data = {"csrf_token": token(boss), "from": "jadwal"}
    refused = boss.post(f"/kiriman/{late}/setujui", data=data)
    assert refused.status_code == 422
    assert 'id="persetujuan"' not in text(web.sign_in("petugas"))


def test_a_month_is_whole_weeks_from_monday_in_the_zone(web: Web, account: int) -> None:
    add(web, "Malam takbir", datetime(2026, 8, 20, 16, 30, tzinfo=UTC))  # 23.30 WIB, 01.30 WIT the next day
    add(web, "Bulan depan", datetime(2026, 9, 6, 3, 0, tzinfo=UTC))
    add(web, "Batal", datetime(2026, 8, 21, 3, 0, tzinfo=UTC), "cancelled")
    client = web.sign_in("petugas")
    page = text(client)
    shown = days(page)
    assert min(shown) == "2026-07-27"
    assert max(shown) == "2026-09-06"
    assert len(shown) == 42
    assert page.index("Senin") < page.index("Minggu")
    assert "Malam takbir" in shown["2026-08-20"]
    assert "23.30" in shown["2026-08-20"]
    assert "Bulan depan" in shown["2026-09-06"]
    assert "Batal" not in "".join(shown.values())
    assert page.count("today") == 1
    assert 'class="out bare past "' in page
    assert 'href="/jadwal?bulan=2026-07"' in page
    assert 'href="/jadwal?bulan=2026-09"' in page
    with web.parts.db.write() as session:
        home = session.get(Organisation, web.organisations["kecamatan"])
        assert home is not None
        home.zone = "Asia/Jayapura"
        session.add(home)
    shown = days(text(client))
    assert "Malam takbir" not in shown["2026-08-20"]
    assert "01.30" in shown["2026-08-21"]
    assert "semua jam WIT" in text(client)


def test_another_month_and_addresses_that_cannot_be_read(web: Web, account: int) -> None:
    add(web, "Tahun baru", datetime(2026, 12, 31, 17, 0, tzinfo=UTC))  # 1 January 2027, 00.00 WIB
    client = web.sign_in("petugas")
    page = text(client, "/jadwal?bulan=2027-01")
    assert "Januari 2027" in page
    assert "Tahun baru" in days(page)["2027-01-01"]
    assert " past" not in page.split('class="month"')[1]
    assert "bulan=2026-12" in page
    for nonsense in ("?bulan=2026-13", "?bulan=x", "?bulan=２０２６-08", "?saring=apa", "?akun=x", "?hari=2026-02-31"):
        assert "Agustus 2026" in text(client, "/jadwal" + nonsense)


def test_filters_by_state_and_account_count_what_there_is(web: Web, account: int) -> None:
    add(web, "Satu", NOW + timedelta(hours=1), accounts=[account])
    add(web, "Dua", NOW + timedelta(hours=2), accounts=[account + 1])
    add(web, "Tiga", NOW - timedelta(hours=2), "partly", accounts=[account, account + 1])
    add(web, "Orang lain", NOW, place="desa")
    client = web.sign_in("petugas")
    page = text(client)
    assert "Semua 3" in page
    assert "Terjadwal 2" in page
    assert "Gagal 1" in page
    assert "Orang lain" not in page
    page = text(client, "/jadwal?saring=gagal")
    assert "Tiga" in page
    assert "Satu" not in page
    assert "Semua 3" in page, "counts do not shrink with the filter"
    page = text(client, f"/jadwal?akun={account + 1}")
    assert "Satu" not in page
    assert {"Dua", "Tiga"} == {name for name in ("Dua", "Tiga") if f"</span>{name}</a>" in page}
    page = text(client, f"/jadwal?saring=gagal&akun={account}")
    assert f'href="/jadwal?bulan=2026-08&amp;saring=gagal&amp;akun={account + 1}"' in page


def test_the_list_runs_from_today_and_a_full_day_opens(web: Web, account: int) -> None:
    for at in range(7):
        add(web, f"Kegiatan {at}", datetime(2026, 8, 25, 1 + at, 0, tzinfo=UTC))
    add(web, "Kemarin", NOW - timedelta(days=1))
    add(web, "Bulan depan", NOW + timedelta(days=30))
    client = web.sign_in("petugas")
    day = days(text(client))["2026-08-25"]
    assert [f"Kegiatan {at}" in day for at in range(7)] == [True] * 3 + [False] * 4
    assert "+4 lagi" in day
    opened = text(client, re.findall(r'class="more" href="([^"]+)"', day)[0].replace("&amp;", "&"))
    assert all(f"Kegiatan {at}" in opened for at in range(7))
    assert "Selasa, 25 Agustus 2026" in opened
    listed = text(client, "/jadwal?tampilan=daftar")
    assert "Kemarin" not in listed
    assert listed.index("Kegiatan 6") < listed.index("Bulan depan")


def test_drafts_are_found_again_those_sent_back_first(web: Web, account: int) -> None:
    add(web, "Tanpa waktu", None, "draft")
    back = add(web, "Perlu diperbaiki", NOW + timedelta(days=1), "draft", sent_back="Nama desanya kurang")
    page = text(web.sign_in("petugas"))
    drafts = page[page.index('id="h-draf"') :]
    assert f"/kiriman/{back}/ubah" in drafts
    assert drafts.index("Nama desanya kurang") < drafts.index("Tanpa waktu")
    assert 'id="h-draf"' not in text(web.sign_in("pembina")), "who does not write has no drafts"


def test_a_month_of_a_thousand_posts_takes_few_queries(web: Web, account: int) -> None:
    with web.parts.db.write() as session:
        start = datetime(2026, 8, 1, 0, 0, tzinfo=UTC)
        place = web.organisations["kecamatan"]
        session.add_all(
            Post(
                organisation_id=place, caption="x" * 2000, state="scheduled", due_at=start + timedelta(minutes=44 * at)
            )
            for at in range(1000)
        )
        session.flush()
        ids = session.exec(select(Post.id)).all()
        session.add_all(Target(post_id=id_ or 0, account_id=account) for id_ in ids)
    client = web.sign_in("petugas")
    asked: list[str] = []
    listen = lambda *seen: asked.append(seen[2])  # noqa: E731  one line, removed again below
    event.listen(web.parts.db.engine, "before_cursor_execute", listen)
    began = time.thread_time()  # our own work: what else the machine does is not counted
    page = text(client)
    took = time.thread_time() - began
    event.remove(web.parts.db.engine, "before_cursor_execute", listen)
    posts = [sql for sql in asked if "FROM post" in sql and "count(" not in sql]
    assert len(posts) == 2, "the month, and the drafts"
    assert len([sql for sql in asked if "FROM target" in sql]) == 1
    assert "Semua 1.000" in page
    assert len(page) < 400_000
    assert took < 2
