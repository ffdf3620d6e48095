"""Promises counted, ready replies filled in, who looks at an item, what is masked, what LAPOR! and the eye get."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from app import clock, words
from app.db import Database
from app.models import Aspiration, Canned, Presence, Promise
from app.problems import Problem
from app.queries import lapor, related
from app.services import canned, handling, marking, presence, promising
from app.states import Actor
from tests.fixtures.desk import Desk


class TestPromises:
    def test_kept_in_time_late_and_broken(self, desk: Desk) -> None:
        zone, today = ZoneInfo("Asia/Jakarta"), clock.now().astimezone(ZoneInfo("Asia/Jakarta")).date()
        day = today - timedelta(days=5)
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
        rows: list[tuple[str, date, datetime | None]] = [
            ("kept", day, end - timedelta(seconds=1)),
            ("kept", day, end),
            ("open", day, None),
            ("open", today, None),
            ("dropped", day, None),
            ("kept", day - timedelta(days=30), end),
        ]
        item = desk.item()
        with desk.db.write() as session:
            for state, due_on, kept_at in rows:
                session.add(Promise(aspiration_id=item, text="a", due_on=due_on, state=state, kept_at=kept_at))
        with desk.db.read() as session:
            kept = promising.kept_rate(session, desk.organisation_id, today - timedelta(days=10), today)
            nothing = promising.kept_rate(session, desk.organisation_id, date(2020, 1, 1), date(2020, 2, 1))
        assert (kept.in_time, kept.late, kept.broken) == (1, 1, 1)
        assert kept.rate == pytest.approx(1 / 3)
        assert nothing.rate is None

    def test_a_day_in_the_organisations_zone(self) -> None:
        late = datetime(2026, 8, 19, 16, 0, tzinfo=ZoneInfo("UTC"))  # Thursday 01.00 in Jayapura
        assert promising.find_date("besok", late, "Asia/Jakarta") == date(2026, 8, 20)
        assert promising.find_date("besok", late, "Asia/Jayapura") == date(2026, 8, 21)
        assert promising.find_date("besok", date(2026, 8, 19), "Asia/Jakarta") == date(2026, 8, 20)

    def test_closed_ones_stay_closed(self, desk: Desk) -> None:
        item = desk.item()
        with desk.db.write() as session:
            row = session.get_one(Aspiration, item)
            made = promising.give(session, row, clock.now().date() + timedelta(days=2), desk.ani, "a" * 400)
            assert len(made.text) == promising.TEXT_MOST
            with pytest.raises(Problem, match="reason_needed"):
                promising.drop(session, made.id or 0, desk.ani, " ")
            promising.drop(session, made.id or 0, desk.ani, "Hujan")
            with pytest.raises(Problem, match="promise_closed"):
                promising.keep(session, made.id or 0, desk.ani)
            with pytest.raises(Problem, match="promise_closed"):
                promising.drop(session, made.id or 0, desk.ani, "lagi")
            with pytest.raises(Problem, match="unknown_promise"):
                promising.keep(session, 99_999, desk.ani)
            promising.reopen(session, made.id or 0, desk.ani)
        assert desk.events(made.id or 0, "promise") == ["drop", "reopen"]


class TestCanned:
    @pytest.mark.parametrize(
        ("text", "columns", "filled"),
        [
            ("Halo {nama}", {"author": "Siti {desa}"}, "Halo Siti {desa}"),
            ("Halo {NAMA}", {"author": None}, "Halo Bapak/Ibu"),
            ("Halo { nama }", {"anonymous": True}, "Halo Bapak/Ibu"),
            ("{nama}", {"masked": True}, "Bapak/Ibu"),
            ("di {desa}", {"village": "Cibanteng"}, "di Cibanteng"),
            ("di {desa}", {}, "di desa kita"),
            ("{pengirim}, {organisasi}", {}, "Ani, {organisation}"),
            ("tanpa isian } {", {}, "tanpa isian } {"),
        ],
    )
    def test_fields(self, desk: Desk, text: str, columns: dict[str, Any], filled: str) -> None:
        item = desk.row(desk.item(**columns))
        organisation = desk.organisation()
        said = canned.fill(text, item, organisation, desk.ani)
        assert said == filled.replace("{organisation}", organisation.name)

    def test_a_field_that_does_not_exist(self, desk: Desk) -> None:
        item = desk.row(desk.item())
        with pytest.raises(Problem) as caught:
            canned.fill("Halo {nik}", item, desk.organisation(), desk.ani)
        assert "nama" in words.sentence(caught.value.code, caught.value.facts)
        with desk.db.write() as session, pytest.raises(Problem, match="unknown_field"):
            canned.add(session, desk.organisation_id, desk.ani, "Salah", "Halo {nik}")

    def test_a_new_organisation_has_some_and_makes_them_its_own(self, desk: Desk, database: Database) -> None:
        here, item = desk.organisation_id, desk.row(desk.item())
        with desk.db.write() as session:
            first = canned.listed(session, here)
            assert [row.name for row in first] == [name for name, *_ in canned.DEFAULTS]
            assert canned.listed(session, here, "pujian")[0].name == "Terima kasih"
            assert session.exec(select(Canned).where(Canned.organisation_id == here)).all() == []
            for row in first:
                assert "{" not in canned.fill(row.text, item, desk.organisation(), desk.ani)
            made = canned.add(session, here, desk.ani, " Salam  kenal ", "Halo {nama}", ["pujian", "pujian"])
            assert (made.name, made.kinds) == ("Salam kenal", ["pujian"])
            assert len(canned.listed(session, here)) == len(first) + 1
            for row in canned.listed(session, here):
                canned.remove(session, here, row.id or 0, desk.ani)
            assert canned.listed(session, here) == [], "who wants none has none"
            again = canned.add(session, here, desk.ani, "Salam kenal", "Halo")
            assert again.id == made.id
            foreign = Actor("x")
            with pytest.raises(Problem, match="name_taken"):
                canned.add(session, here, desk.ani, "Salam kenal", "Halo")
            with pytest.raises(Problem, match="unknown_canned"):
                canned.change(session, here + 9_999, made.id or 0, foreign, "a", "b")
            other = canned.add(session, here, desk.ani, "Lain", "Halo")
            with pytest.raises(Problem, match="name_taken"):
                canned.change(session, here, other.id or 0, desk.ani, "Salam kenal", "Halo")
            canned.change(session, here, other.id or 0, desk.ani, "Baru", "Halo {hari}", ["kritik"])
            session.expire_all()
            assert canned.get(session, here, other.id or 0).name == "Baru"

    @pytest.mark.parametrize(
        ("name", "text", "kinds", "code"),
        [
            ("", "a", (), "name_needed"),
            ("a", " ", (), "text_needed"),
            ("a" * 61, "a", (), "text_too_long"),
            ("a", "a" * 2001, (), "text_too_long"),
            ("a", "a", ("gosip",), "unknown_kind"),
        ],
    )
    def test_refused(self, desk: Desk, name: str, text: str, kinds: tuple[str, ...], code: str) -> None:
        with desk.db.write() as session, pytest.raises(Problem, match=code):
            canned.add(session, desk.organisation_id, desk.ani, name, text, kinds)


def test_who_else_looks_and_who_writes(desk: Desk) -> None:
    item, other = desk.item(), desk.item()
    ani, dedi = desk.ani.person_id or 0, desk.dedi.person_id or 0

    def look(person_id: int, writing: bool = False, at: int = item) -> list[tuple[str, bool]]:
        return [(one.name, one.writing) for one in presence.look(desk.db, at, person_id, writing)]

    assert look(ani) == []
    assert look(dedi, True) == [("Ani", False)]
    assert look(ani) == [("Dedi", True)]
    assert look(ani, at=other) == [], "of another item"

    def written() -> datetime:
        with desk.db.read() as session:
            return session.exec(select(Presence.seen_at).where(Presence.aspiration_id == other)).one()

    first = written()
    for later, writing, again in ((5, False, False), (6, True, True), (19, True, True)):
        with clock.travel(timedelta(seconds=later)):
            before = written()
            look(ani, writing, at=other)
            assert (written() > before) is again, "what was said a moment ago is not written again"
    assert written() - first < presence.FRESH
    with clock.travel(presence.FRESH + timedelta(seconds=1)):
        assert look(ani) == [], "stale"
        assert look(dedi) == [("Ani", False)]
    with desk.db.write() as session:
        presence.leave(session, item, dedi)
        assert presence.others(session, item, ani) == []
    with clock.travel(timedelta(hours=1)):
        look(dedi)
        with desk.db.read() as session:
            rows = session.exec(select(Presence).where(Presence.aspiration_id == item)).all()
    assert [row.person_id for row in rows] == [dedi], "rows of closed pages are swept away"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Pak Darmo memotong bansos kami", True),
        ("bansos dipotong sama Bu Yanti 50 ribu", True),
        ("@darmo.jaya nilep uang kas", True),
        ("Kades Suherman korupsi dana desa", True),
        ("Ibu Siti Aminah yang sakit TBC belum dapat bantuan", True),
        ("Terima kasih Pak Darmo, jalannya bagus", False),
        ("bansos dipotong pak RT", False),
        ("Kades Cibanteng", False),
        ("bansos dipotong terus", False),
        ("Lampu jalan mati", False),
        ("", False),
    ],
)
def test_who_names_somebody_is_masked(text: str, masked: bool) -> None:
    assert marking.wants_mask(text) is masked
    item = Aspiration(organisation_id=1, source="formulir", text=text, said_at=clock.now())
    assert marking.mark(item) is masked
    assert not marking.mark(item), "once"


def test_a_long_text_is_judged_in_no_time() -> None:
    began = time.process_time()
    for text in ("pak bu " * 1500 + "korupsi", "pak" + " " * 9000 + "korupsi", "Siti " * 1500 + "sakit"):
        marking.wants_mask(text)
    assert time.process_time() - began < 1


class TestTogether:
    def test_the_same_matter_in_other_words(self, desk: Desk, database: Database) -> None:
        first = desk.item("Lampu jalan di RT 03 mati udah 3 minggu gak ada yg benerin")
        texts = {
            "Pak lampu jln RT 03 mati sudah 3 minggu, mohon diperbaiki": True,
            "lampu jalannya rt 03 masih mati, tiga minggu": True,
            "Lampu jalan RT 05 Cibanteng": False,
            "Kapan pembagian bansos tahap dua?": False,
            "Terima kasih banyak bapak ibu": False,
        }
        items = {text: desk.item(text) for text in texts}
        spam, old = desk.item(next(iter(texts)), kind="spam"), desk.item(next(iter(texts)), ago=timedelta(days=40))
        about = desk.item(next(iter(texts)), about_id=desk.dedi.person_id)
        Desk(database).item(next(iter(texts)))
        with desk.db.read() as session:
            found = {near.id for near in related.same_matter(session, first, desk.dedi.person_id)}
            by_ani = {near.id for near in related.same_matter(session, first, desk.ani.person_id)}
        wanted = {items[text] for text, same in texts.items() if same}
        assert found == wanted
        assert by_ani == wanted | {about}
        assert not found & {spam, old, first}
        joined = items["Pak lampu jln RT 03 mati sudah 3 minggu, mohon diperbaiki"]
        with desk.db.write() as session:
            handling.join(session, joined, first, desk.ani)
            assert joined not in {near.id for near in related.same_matter(session, first)}

    def test_of_the_same_person(self, desk: Desk) -> None:
        one = desk.item(author_key="facebook:7")
        two = desk.item("NIK 3201010101010001", author_key="facebook:7", secret=False)
        three = desk.item("rahasia sekali", author_key="facebook:7", secret=True)
        desk.item(author_key="facebook:8")
        nobody = desk.item()
        with desk.db.read() as session:
            found = related.of_person(session, one)
            assert related.of_person(session, nobody) == []
            assert related.of_person(session, 99_999) == []
        assert [near.id for near in found] == [three, two]
        assert found[0].text == "(rahasia)"
        assert "3201010101010001" not in found[1].text


class TestLapor:
    TEXT = "Bu Siti Aminah yang sakit TBC belum dapat bantuan. Hubungi Siti 0812-3456-7890 atau @siti.a ya, salam Siti"

    def test_nobody_is_named_and_no_number_is_left(self, desk: Desk) -> None:
        item = desk.item(self.TEXT, contact="tersegel", masked=True, village="Cibanteng")
        with desk.db.read() as session:
            text = lapor.text_for_lapor(session, item)
        for hidden in ("Siti", "Aminah", "3456", "siti.a", "tersegel"):
            assert hidden not in text
        lines = text.splitlines()
        assert lines[0] == "Klasifikasi: Pengaduan"
        assert lines[1].startswith("Judul: Bu S. A. yang sakit TBC")
        assert "Lokasi: Cibanteng" in lines
        assert "Pelapor: Anonim" in lines
        assert f"catatan nomor {item}" in text

    @pytest.mark.parametrize(
        ("kind", "named"), [("aspirasi", "Aspirasi"), ("pertanyaan", "Permintaan informasi"), ("kritik", "Pengaduan")]
    )
    def test_classes(self, desk: Desk, kind: str, named: str) -> None:
        item = desk.form("Kapan ada posyandu lagi di dusun kami?", kind, secret=kind == "kritik")
        with desk.db.read() as session:
            text = lapor.text_for_lapor(session, item)
        assert text.startswith(f"Klasifikasi: {named}\nJudul: Kapan ada posyandu lagi di dusun kami?\n")
        assert ("Sifat: Rahasia" in text) is (kind == "kritik")

    def test_there_is_no_such_item(self, desk: Desk) -> None:
        with desk.db.read() as session, pytest.raises(LookupError):
            lapor.text_for_lapor(session, 99_999)
