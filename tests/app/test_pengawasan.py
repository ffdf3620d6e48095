"""Oversight: numbers that agree with the rows behind them, on both databases; and who sees what of whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from app import clock
from app.models import Aspiration, Handover, Promise
from app.parts import Parts
from app.queries import oversight
from app.queries.oversight import Count
from app.services import deadlines
from tests.fixtures import scenery
from tests.fixtures.web import Web

ZONE = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 8, 6, 10, tzinfo=ZONE)  # a Thursday


def put(session: Session, home: int, said: str, kind: str = "keluhan", **columns: Any) -> int:
    said_at = datetime.fromisoformat(said).replace(tzinfo=ZONE)
    due = deadlines.both(said_at, kind, deadlines.of(session, home))
    row = Aspiration(
        **{
            "organisation_id": home,
            "source": "catatan",
            "text": "Rahasia warga",
            "kind": kind,
            "said_at": said_at,
            **due,
            **columns,
        }
    )
    session.add(row)
    session.flush()
    return row.id or 0


def answered(at: str) -> dict[str, Any]:
    return {"status": "sudah ditanggapi", "answered_at": datetime.fromisoformat(at).replace(tzinfo=ZONE)}


def fill(session: Session, home: int) -> None:
    """By number: 1 late, 2 late and joined to 1, 3 near, 4 sorted as praise, 5 answered in time, 6 answered late and
    past its settling, 7 done, 8 opened again and late, 9 far."""
    first = put(session, home, "2026-08-03 10:00", village="Kalong II")
    put(session, home, "2026-08-03 10:00", duplicate_of_id=first)
    put(session, home, "2026-08-05 12:00", "perlu dipilah", village="Kalong II")
    put(session, home, "2026-08-01 10:00", "pujian")
    put(session, home, "2026-08-05 09:00", "aspirasi", village="", **answered("2026-08-05 11:00"))
    put(session, home, "2026-07-13 09:00", **answered("2026-07-15 11:00"))
    put(session, home, "2026-07-13 09:00", "kritik", **{**answered("2026-07-13 13:00"), "status": "selesai"})
    put(session, home, "2026-06-01 09:00", **{**answered("2026-06-01 10:00"), "status": "dibuka lagi"})
    put(session, home, "2026-08-06 09:59")


def test_the_numbers(parts: Parts) -> None:
    with parts.db.write() as session:
        home, empty = scenery.organisation(session), scenery.organisation(session, "Kosong")
        fill(session, home)
        silent = put(session, home, "2026-08-05 09:00", status="diteruskan", answered_at=NOW)
        session.add_all(
            Promise(aspiration_id=1, text="x", due_on=date(2026, 8, day), state=state, kept_at=kept)
            for day, state, kept in (
                (1, "open", None), (9, "open", None),
                (3, "kept", datetime(2026, 8, 3, 23, tzinfo=ZONE)), (3, "kept", datetime(2026, 8, 4, 1, tzinfo=ZONE)),
                (3, "dropped", None),
            )
        )  # fmt: skip
        session.add_all(
            Handover(aspiration_id=silent, agency="Dinas", answer_by=day, state=state)
            for day, state in ((date(2026, 8, 5), "sent"), (date(2026, 8, 6), "sent"), (date(2026, 8, 1), "answered"))
        )
        now = NOW.astimezone(UTC)
        calendar = deadlines.of(session, home).calendar
        assert oversight.total(session, home, now) == Count(None, 6, 4, 3)
        assert oversight.by_kind(session, home, now) == [
            Count("keluhan", 5, 3, 3), Count("perlu dipilah", 1, 1, 0),
        ]  # fmt: skip
        villages = oversight.by_village(session, home, now)
        assert villages == [Count(None, 4, 2, 2), Count("Kalong II", 2, 2, 1)]
        assert [(each.name, each.open) for each in oversight.by_age(session, home, "Asia/Jakarta", now)] == [
            (1, 3),
            (3, 1),
            (30, 1),
            (None, 1),
        ]
        found = oversight.answers(session, home, calendar, now - oversight.BACK, now)
        assert (found.measured, found.middle, found.slow) == (5, Fraction(4), Fraction(18))
        assert (found.in_time, found.due) == (2, 6), "of 5 and 7; 6 and 10 came late, 1 never, 8 not again"
        assert [line.id for line in oversight.late(session, home, now)] == [8, 6, 1]
        assert [line.answering for line in oversight.late(session, home, now)] == [True, False, True]
        until = now + timedelta(hours=4)
        assert [line.id for line in oversight.soon(session, home, now, until)] == [3]
        assert oversight.many(session, home, now, until) == 1
        promised = oversight.promises(session, home, "Asia/Jakarta", now)
        assert promised == oversight.Promises(open=2, overdue=1, kept=1, kept_late=1, dropped=1)
        assert [(each.item_id, each.answer_by) for each in oversight.silent(session, home, date(2026, 8, 6))] == [
            (silent, date(2026, 8, 5))
        ]
        rows = oversight.area(session, [home, empty], now - oversight.BACK, now)
        assert [(row.name, row.open, row.waiting, row.late, row.in_time, row.due) for row in rows] == [
            ("IPSM Desa Uji", 6, 4, 3, 2, 6), ("Kosong", 0, 0, 0, 0, 0),
        ]  # fmt: skip
        assert rows[0].oldest == datetime(2026, 6, 1, 9, tzinfo=ZONE)
        assert oversight.answers(session, empty, calendar, now - oversight.BACK, now).middle is None


def test_every_day_has_one_age() -> None:
    today, seen = date(2026, 8, 6), []
    for age in (*oversight.AGES, None):
        first, last = oversight.days_of(age, today)
        seen += [(last - timedelta(days=n)) for n in range((last - (first or last)).days + 1)]
    assert seen == [today - timedelta(days=n) for n in range(32)]


@pytest.fixture
def filled(web: Web) -> Web:
    with web.parts.db.write() as session:
        fill(session, web.organisations["kecamatan"])
        put(session, web.organisations["desa"], "2026-08-03 10:00")
        put(session, web.organisations["lain"], "2026-08-03 10:00")
    return web


def page(web: Web, role: str, address: str = "/pengawasan") -> str:
    with clock.travel(NOW - datetime.now(UTC)):
        answer = web.sign_in(role).get(address)
        return f"{answer.status_code} " + " ".join(answer.get_data(as_text=True).split())


def test_the_koordinator_opens_what_is_behind_a_number(filled: Web) -> None:
    said = page(filled, "koordinator")
    assert "Lewat sejak" in said
    assert 'href="/kotak/8"' in said
    assert "tenggat=lewat" in said
    for query in ("jenis=keluhan", "desa=Kalong+II", "dari=2026-08-05&amp;sampai=2026-08-06", "?sampai=2026-07-06"):
        assert query in said, query
    assert "Desa Kalong II" not in said, "the organisation below is not theirs"
    assert "Rahasia warga" not in said


def test_what_is_about_a_person_is_not_in_their_list(filled: Web) -> None:
    with filled.parts.db.write() as session:
        session.get_one(Aspiration, 8).about_id = filled.people["koordinator"]
    assert 'href="/kotak/8"' not in page(filled, "koordinator")
    assert 'href="/kotak/8"' in page(filled, "pembina")


#: role, address → status, organisations in the table of the area, whether rows of items are shown
SEEN = [
    ("koordinator", "/pengawasan", "200", set(), True),
    ("pembina", "/pengawasan", "200", {"IPSM Leuwisadeng", "Desa Kalong II"}, True),
    ("kominfo", "/pengawasan", "200", {"Kabupaten Bogor", "IPSM Leuwisadeng", "Desa Kalong II"}, False),
    ("kominfo", "/pengawasan?organisasi={kecamatan}", "200", {"IPSM Leuwisadeng", "Desa Kalong II"}, False),
    ("pembina", "/pengawasan?organisasi={desa}", "200", {"IPSM Leuwisadeng", "Desa Kalong II"}, False),
    ("pengelola", "/pengawasan", "200", {"Kabupaten Bogor", "IPSM Ternate Utara", "Desa Kalong II"}, False),
    ("koordinator", "/pengawasan?organisasi={desa}", "404", set(), False),
    ("kominfo", "/pengawasan?organisasi={lain}", "404", set(), False),
    ("pembina", "/pengawasan?organisasi={kabupaten}", "404", set(), False),
    ("petugas", "/pengawasan", "403", set(), False),
    ("kominfo", "/pengawasan?organisasi=1' or 1", "404", set(), False),
]


@pytest.mark.parametrize(("role", "address", "status", "area", "items"), SEEN)
def test_who_sees_whom(filled: Web, role: str, address: str, status: str, area: set[str], items: bool) -> None:
    said = page(filled, role, address.format(**filled.organisations))
    assert said.startswith(status)
    table = said.partition('id="wilayah"')[2]
    assert all(f">{name}</a>" in table for name in area)
    assert bool(table) is bool(area)
    assert ("/kotak/" in said.partition("<main")[2]) is items
    assert "Rahasia warga" not in said
