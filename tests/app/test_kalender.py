"""The page of the working calendar: what it shows, what people correct, and which deadlines move with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from app import clock
from app.forms.kalender import clock_words, week_form, week_values
from app.models import Aspiration, CalendarEntry, Organisation
from app.services import calendars, deadlines
from app.worktime import Hours
from tests.fixtures.web import Web, post

#: Always in the present of the test: the calendar is looked at around this year.
YEAR = 2027
SAID = datetime(YEAR, 8, 3, 3, tzinfo=UTC)  # a Tuesday, 10.00 WIB


def item(web: Web, place: str = "kecamatan", kind: str = "keluhan") -> int:
    home = web.organisations[place]
    with web.parts.db.write() as session:
        due = deadlines.both(SAID, kind, deadlines.of(session, home))
        row = Aspiration(organisation_id=home, source="catatan", text="x", kind=kind, said_at=SAID, **due)
        session.add(row)
        session.flush()
        return row.id or 0


def deadline(web: Web, number: int) -> datetime | None:
    with web.parts.db.read() as session:
        return session.get_one(Aspiration, number).deadline


def entries(web: Web) -> list[CalendarEntry]:
    with web.parts.db.read() as session:
        return list(session.exec(select(CalendarEntry)))


def text(client: object, address: str) -> str:
    return " ".join(client.get(address).get_data(as_text=True).split())  # type: ignore[attr-defined]  # a test client


@pytest.fixture(autouse=True)
def _in_the_summer() -> object:
    with clock.travel(datetime(YEAR, 8, 3, 4, tzinfo=UTC) - datetime.now(UTC)):
        yield


def test_the_year_is_listed_with_its_sources(web: Web) -> None:
    page = text(web.sign_in("koordinator"), "/kalender")
    for words in (
        "Kalender kerja 2027",
        "Hari Kemerdekaan Republik Indonesia",
        "Libur nasional",
        "Cuti bersama",
        "Hari Raya Idul Fitri (perkiraan)",
        "Ramadan (perkiraan)",
        "08.00–15.00, Jumat sampai 15.30",
    ):
        assert words in page, words
    assert "belum ditetapkan" not in page
    assert "Cuti bersama 2032 belum ditetapkan" in text(web.sign_in("koordinator"), "/kalender?tahun=2032")
    assert "Kalender kerja 2027" in text(web.sign_in("koordinator"), "/kalender?tahun=9999"), "too far is this year"


def test_a_day_is_added_corrected_and_taken_away_and_deadlines_follow(web: Web) -> None:
    client, number = web.sign_in("koordinator"), item(web)
    other = item(web, "desa")
    before = deadline(web, number)
    answer = post(client, "/kalender/hari", kind="libur", first="2027-08-04", last="", name="Sedekah bumi")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kalender")
    page = text(client, "/kalender")
    assert "“Sedekah bumi” masuk kalender. Batas waktu 1 masukan yang masih terbuka ikut bergeser." in page
    assert "Koreksi kami" in page
    assert "oleh Uji Koordinator" in page
    assert deadline(web, number) == before + timedelta(days=1)  # type: ignore[operator]  # an item of a kind with a deadline
    (entry,) = entries(web)
    assert 'value="Sedekah bumi"' in text(client, f"/kalender?ubah={entry.id}")
    moved = post(client, f"/kalender/hari/{entry.id}", kind="libur", first="2027-08-10", last="2027-08-11",
                 name="Sedekah bumi")  # fmt: skip
    assert moved.status_code == 303
    assert deadline(web, number) == before
    (entry,) = entries(web)
    assert (entry.first, entry.last) == (date(2027, 8, 10), date(2027, 8, 11))
    assert post(client, f"/kalender/hari/{entry.id}/hapus").status_code == 303
    assert entries(web) == []
    assert deadline(web, other) == before, "another organisation's"


def test_a_range_with_other_hours(web: Web) -> None:
    client, number = web.sign_in("koordinator"), item(web)
    values = {"kind": "jam", "first": "2027-08-04", "last": "2027-08-31", "name": "Jam HUT RI", "opens": "7.30",
              "closes": "0930", "friday_closes": "9"}  # fmt: skip
    assert post(client, "/kalender/hari", **values).status_code == 303
    (entry,) = entries(web)
    assert (entry.opens, entry.closes, entry.friday_closes) == (450, 570, 540)
    assert deadline(web, number) == datetime(YEAR, 8, 4, 2, 30, tzinfo=UTC), "10.00 the next day is past its closing"
    assert "07.30–09.30, Jumat sampai 09.00" in text(client, "/kalender")


def test_a_holiday_on_which_people_work_is_struck_out(web: Web) -> None:
    client = web.sign_in("koordinator")
    assert 'value="2027-08-17"' in text(client, "/kalender?tanggal=2027-08-17&jenis=kerja&nama=Upacara")
    post(client, "/kalender/hari", kind="kerja", first="2027-08-17", name="Upacara")
    assert "<s>Libur</s> dikoreksi" in text(client, "/kalender")


#: what is wrong, the form, the sentence
WRONG = [
    ("no name", {"first": "2027-08-04"}, "Tulis sebabnya"),
    ("no such day", {"first": "2027-02-30", "name": "x"}, "Tanggal ini tidak ada"),
    ("backwards", {"first": "2027-08-04", "last": "2027-08-03", "name": "x"}, "lebih awal"),
    ("no such hour", {"kind": "jam", "first": "2027-08-04", "name": "x", "opens": "8.77"}, "Jam ini tidak"),
    ("no hours", {"kind": "jam", "first": "2027-08-04", "name": "x"}, "Jam selesai harus sesudah"),
    ("an unknown kind", {"kind": "pesta", "first": "2027-08-04", "name": "x"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("values", "sentence"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_cannot_be_is_said_at_its_place(web: Web, values: dict[str, str], sentence: str) -> None:
    answer = post(web.sign_in("koordinator"), "/kalender/hari", **{"kind": "libur", **values})
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert entries(web) == []


def test_the_whole_installation_is_pengelolas(web: Web) -> None:
    number, far = item(web), item(web, "lain")
    own = deadline(web, far)
    values = {"kind": "libur", "first": "2027-08-04", "name": "Pemilihan", "scope": "semua"}
    assert post(web.sign_in("koordinator"), "/kalender/hari", **values).status_code == 303
    assert [entry.organisation_id for entry in entries(web)] == [web.organisations["kecamatan"]], "only here"
    client = web.sign_in("pengelola")
    assert post(client, "/kalender/hari", **values).status_code == 303
    everywhere = entries(web)[1]
    assert everywhere.organisation_id is None
    assert deadline(web, far) == own + timedelta(days=1)  # type: ignore[operator]  # as above
    assert "Koreksi semua organisasi" in text(web.sign_in("koordinator"), "/kalender")
    for address in (f"/kalender/hari/{everywhere.id}", f"/kalender/hari/{everywhere.id}/hapus"):
        assert post(web.sign_in("koordinator"), address, **values).status_code == 404
    assert post(client, f"/kalender/hari/{everywhere.id}/hapus").status_code == 303
    assert (deadline(web, far), len(entries(web))) == (own, 1)
    assert deadline(web, number) is not None


def test_hours_and_terms(web: Web) -> None:
    client, number = web.sign_in("koordinator"), item(web)
    week = {**week_values(Hours()), "d2_opens": "", "d2_closes": "", "break_from": "11.30", "break_to": "13.00"}
    assert post(client, "/kalender/jam", **week).status_code == 303
    assert deadline(web, number) == datetime(YEAR, 8, 5, 3, tzinfo=UTC), "nobody works on Wednesdays"
    broken = post(client, "/kalender/jam", **{**week, "d1_closes": "", "d0_opens": "09.15"})
    assert broken.status_code == 422
    assert 'value="09.15"' in broken.get_data(as_text=True), "what was typed"
    assert client.get("/kalender/jam").headers["Location"] == "/kalender#jam", "the address, opened again"
    assert "Isi jam buka dan jam tutup" in broken.get_data(as_text=True)
    assert post(client, "/kalender/jam").status_code == 422, "a week without a single hour"
    terms = {f"{part}_{kind}": "3" for part in ("answer", "settle")
             for kind in ("aspirasi", "kritik", "keluhan", "pertanyaan", "perlu_dipilah")}  # fmt: skip
    assert post(client, "/kalender/batas", **terms).status_code == 303
    with web.parts.db.read() as session:
        rules = session.get_one(Organisation, web.organisations["kecamatan"]).rules
    assert calendars.hours_of(rules).week[2] is None
    assert deadlines.terms_of(rules)["keluhan"] == deadlines.Term(3, 3)
    for wrong in ("0", "satu", "", "-1", "9999999"):
        assert post(client, "/kalender/batas", **{**terms, "answer_keluhan": wrong}).status_code == 422


def test_who_only_reads_sees_no_forms(web: Web) -> None:
    page = text(web.sign_in("pembina"), "/kalender")
    assert "Jam kerja seminggu" in page
    assert "/kalender/jam" not in page
    assert "/kalender/hari" not in page


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("08.00", 480), ("8:00", 480), ("8", 480), ("0830", 510), ("830", 510), ("24.00", 1440), ("23:59", 1439),
     ("25.00", None), ("8.61", None), ("pagi", None), ("٨.٠٠", None)],
)  # fmt: skip
def test_times_as_people_type_them(typed: str, minutes: int | None) -> None:
    form = week_form()(data={"break_from": "00.00", "break_to": typed, **{"d0_opens": "08.00", "d0_closes": "16.00"}})
    hours = form.hours()
    assert (hours.friday_break if hours else None) == ((0, minutes) if minutes else None)
    assert minutes is None or clock_words(minutes) == f"{minutes // 60:02}.{minutes % 60:02}"
