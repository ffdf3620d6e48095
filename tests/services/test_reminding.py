"""Reminders as a story with a moved clock, over real HTTP and a real mail server; and the weekly digest, once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from app import clock
from app.models import Aspiration, Event, Handover, Letter, Organisation, Promise
from app.parts import Parts
from app.queries import weekly
from app.services import deadlines, digest, notifying, reminding
from app.states import tell
from jobs import digest as digest_job
from jobs import notify, remind
from tests.fixtures.gateways import Ear, Mailbox
from tests.fixtures.telling import Village, home, person, rows

__all__ = ["home"]
SECRET_WORDS = "Bu Siti RT 03 belum dapat bantuan"


@contextmanager
def on(words: str, zone: str = "Asia/Jakarta") -> Iterator[None]:
    """At this local time."""
    at = datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))
    with clock.travel(at - datetime.now(UTC)):
        yield


def item(home: Village, said: str, kind: str = "keluhan", **columns: Any) -> int:
    """An item as it would stand, with its deadlines."""
    said_at = datetime.fromisoformat(said).replace(tzinfo=ZoneInfo("Asia/Jakarta"))
    with home.parts.db.write() as session:
        due = deadlines.both(said_at, kind, deadlines.of(session, home.id))
        values = {"source": "catatan", "text": SECRET_WORDS, "author": "Bu Siti", **due, **columns}
        row = Aspiration(organisation_id=home.id, kind=kind, said_at=said_at, **values)
        session.add(row)
        session.flush()
        return row.id or 0


def work(home: Village, words: str, ear: Ear) -> list[str]:
    """What the jobs do at this time, the letters of this moment; nothing is told twice at the same time."""
    before = len(ear.heard)
    with on(words):
        remind.run(home.parts, lambda: True)
        remind.run(home.parts, lambda: True)
    with on(words), clock.travel(timedelta(seconds=notifying.SETTLE_S + 1)):
        notify.run(home.parts, lambda: True)
    return ear.bodies()[before:]


def test_a_weeks_story(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    """Monday 10.00 keluhan, due Tuesday 10.00: near from 08.00, late after; answered, settled late two weeks on."""
    first = item(home, "2026-08-03 10:00")
    item(home, "2026-08-03 10:30", "pertanyaan")
    assert work(home, "2026-08-03 15:59", ear) == [], "one minute before closing: two hours and one minute are left"
    (near,) = work(home, "2026-08-04 08:00", ear)
    assert "1 keluhan hampir lewat batas jawaban." in near
    assert f"Keluhan nomor {first}, batasnya Sel 4 Agt, 10.00 WIB\n  https://ipsm.uji.example/kotak/{first}" in near
    assert "Siti" not in near
    assert "bantuan" not in near
    (later,) = work(home, "2026-08-04 08:40", ear)
    assert "1 pertanyaan hampir" in later
    assert "keluhan" not in later.lower(), "told once"
    (late,) = work(home, "2026-08-04 10:31", ear)
    assert "1 keluhan dan 1 pertanyaan lewat batas jawaban." in late
    assert work(home, "2026-08-05 09:00", ear) == [], "and not every day again"
    assert {to for to, _ in mailbox.came} == {"ade@uji.example"}, "the koordinator; nobody is in charge of them"
    with home.parts.db.write() as session:
        row = session.get_one(Aspiration, first)
        row.status, row.answered_at = "sudah ditanggapi", clock.now()
    # Due 14 working days after Monday 3 August: 17 August is none.
    assert work(home, "2026-08-21 15:59", ear) == []
    (near,) = work(home, "2026-08-24 08:00", ear)
    assert "1 keluhan hampir lewat batas penyelesaian" in near
    (late,) = work(home, "2026-08-24 10:01", ear)
    assert "1 keluhan lewat batas penyelesaian" in late


def test_a_moved_deadline_is_told_anew_and_a_joined_one_not(home: Village, ear: Ear) -> None:
    first = item(home, "2026-08-03 10:00")
    item(home, "2026-08-03 10:00", duplicate_of_id=first)
    item(home, "2026-08-03 10:00", "pujian")
    (late,) = work(home, "2026-08-04 10:01", ear)
    assert "1 keluhan lewat" in late, "the joined one is answered with the other"
    with home.parts.db.write() as session:
        row = session.get_one(Aspiration, first)
        for name, value in deadlines.anew(
            datetime(2026, 8, 5, 3, tzinfo=UTC), "keluhan", deadlines.of(session, home.id)
        ).items():
            setattr(row, name, value)
    assert row.due_from == datetime(2026, 8, 5, 3, tzinfo=UTC)
    (again,) = work(home, "2026-08-06 10:01", ear)
    assert "1 keluhan lewat" in again


def test_at_night_only_what_is_urgent(home: Village, ear: Ear, mailbox: Mailbox) -> None:
    """After an outage things fall due at night: they wait for the morning. What is urgent does not."""
    number = item(home, "2026-08-03 10:00", urgent="bunuh_diri", about_id=home.head)
    assert work(home, "2026-08-04 23:10", ear) == []
    with on("2026-08-04 23:11"):
        with home.parts.db.write() as session:
            tell(session, session.get_one(Aspiration, number), "urgent")
        notify.run(home.parts, lambda: True)
        assert len(ear.heard) == 1, "at once: it does not wait for others"
    said = ear.bodies()[-1]
    assert "1 keluhan mungkin darurat" in said
    for call in ("112", "119", "129", f"/kotak/{number}"):
        assert call in said
    assert "Siti" not in said
    assert {to for to, _ in mailbox.came} == {"dadan@uji.example"}, "the pembina, not the koordinator it is about"
    (morning,) = work(home, "2026-08-05 07:00", ear)
    assert "lewat batas jawaban" in morning
    assert {to for to, _ in mailbox.came} == {"dadan@uji.example"}, "what is about a member goes to the pembina"


def test_urgent_ones_do_not_wait_five_minutes_but_a_flood_is_told_together(
    home: Village, ear: Ear, mailbox: Mailbox
) -> None:
    numbers = [item(home, "2026-08-03 10:00", urgent="anak") for _ in range(4)]

    def urgent(number: int, at: str) -> None:
        with on(at):
            with home.parts.db.write() as session:
                tell(session, session.get_one(Aspiration, number), "urgent")
            notify.run(home.parts, lambda: True)

    urgent(numbers[0], "2026-08-03 10:01:00")
    urgent(numbers[1], "2026-08-03 10:01:20")
    urgent(numbers[2], "2026-08-03 10:01:40")
    assert len(ear.heard) == 1
    urgent(numbers[3], "2026-08-03 10:02:01")
    assert len(ear.heard) == 2
    assert "3 keluhan mungkin darurat" in ear.bodies()[-1]
    assert {to for to, _ in mailbox.came} == {"ade@uji.example", "dadan@uji.example"}, "koordinator and pembina"


def test_promises_and_silent_agencies(home: Village, ear: Ear) -> None:
    number = item(home, "2026-08-03 10:00", "aspirasi", status="ditindaklanjuti")
    with home.parts.db.write() as session:
        session.add(Promise(aspiration_id=number, text="dicek", due_on=date(2026, 8, 5)))
        session.add(Handover(aspiration_id=number, agency="Dinas Sosial", answer_by=date(2026, 8, 5)))
    assert work(home, "2026-08-03 19:59", ear) == []
    (tomorrow,) = work(home, "2026-08-04 07:00", ear)
    assert "Janji untuk 1 aspirasi segera jatuh tempo." in tomorrow
    assert "tanggalnya Rab 5 Agt\n" in tomorrow
    assert work(home, "2026-08-05 12:00", ear) == [], "the day itself is told already"
    (over,) = work(home, "2026-08-06 07:00", ear)
    assert "lewat tanggalnya" in over
    assert "1 aspirasi belum dijawab pihak yang diserahi" in over
    assert work(home, "2026-08-07 12:00", ear) == []
    with home.parts.db.write() as session:
        session.exec(select(Promise)).one().due_on = date(2026, 8, 7)
        session.exec(select(Handover)).one().answer_by = date(2026, 8, 7)
    texts = work(home, "2026-08-08 08:00", ear)
    assert len(texts) == 1, "put off, and passed again"
    assert "lewat tanggalnya" in texts[0]


def test_what_was_done_meanwhile_is_not_told(home: Village, ear: Ear) -> None:
    number = item(home, "2026-08-03 10:00")
    with on("2026-08-04 10:01"):
        assert reminding.remind(home.parts) == 1
    with home.parts.db.write() as session:
        session.get_one(Aspiration, number).status = "sudah ditanggapi"
    assert work(home, "2026-08-04 10:02", ear) == []
    assert {notice.wake_at for notice in rows(home.parts)[0]} == {None}


def test_two_reminders_at_once_tell_once_and_a_flood_is_one_letter(home: Village, ear: Ear) -> None:
    for minute in range(130):
        item(home, f"2026-08-03 {8 + minute // 60:02}:{minute % 60:02}")
    start = threading.Barrier(3)

    def one() -> None:
        start.wait(10)
        reminding.remind(home.parts)

    with on("2026-08-05 09:00"):
        threads = [threading.Thread(target=one) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert len(rows(home.parts)[0]) == 130
    (said,) = work(home, "2026-08-05 09:01", ear)
    assert "130 keluhan lewat" in said
    assert "dan 127 lagi" in said


def test_it_is_cheap_when_nothing_is_due(home: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    item(home, "2026-08-03 10:00", status="selesai")

    def refuse() -> None:
        raise AssertionError("no write for nothing")

    monkeypatch.setattr(home.parts.db, "write", refuse)
    with on("2026-08-13 09:00"):
        remind.run(home.parts, lambda: True)
        digest_job.run(home.parts, lambda: True)


# --- the digest ------------------------------------------------------------------------------------------------------
def digests(parts: Parts) -> list[Letter]:
    return [letter for letter in rows(parts)[1] if letter.causes[0].startswith("digest:")]


def test_the_digest_of_a_week(home: Village, mailbox: Mailbox) -> None:
    person(home.parts, home.id, "Juri", "juri")
    item(home, "2026-07-13 10:00", village="Kalong II", text="Jembatan putus, hubungi 0812-3456-7890 ya")
    item(home, "2026-07-14 10:00", text="KDRT di RT 05", secret=True)
    item(home, "2026-07-15 10:00", about_id=home.head)
    item(home, "2026-08-05 10:00", "pertanyaan", status="sudah ditanggapi",
         answered_at=datetime(2026, 8, 5, 5, 30, tzinfo=UTC))  # fmt: skip
    item(home, "2026-08-05 11:00", "spam")
    with home.parts.db.write() as session:
        session.add(Promise(aspiration_id=1, text="x", due_on=date(2026, 8, 12)))
    with on("2026-08-10 07:00"):
        digest_job.run(home.parts, lambda: True)
        notify.run(home.parts, lambda: True)
    assert sorted(to for to, _ in mailbox.came) == ["ade@uji.example", "dadan@uji.example"]
    (mail,) = mailbox.to("dadan@uji.example")
    assert mail["Subject"] == "Kentongan IPSM Leuwisadeng: ringkasan minggu lalu, 3 lewat batas"
    said = " ".join(mail.get_content().split())
    assert "Minggu Sen 3 Agt – Min 9 Agt" in said
    assert "Masuk 1, dijawab 1, selesai 0. Jawaban pertama biasanya dalam 2,5 jam kerja." in said
    assert "Masih terbuka 3: 3 keluhan." in said
    assert "Belum dijawab 3, lewat batas 3." in said
    assert "1 belum ditepati, 0 lewat tanggalnya, 1 jatuh tempo minggu ini" in said
    assert "Keluhan nomor 1, Kalong II, 28 hari, belum ditanggapi: “Jembatan putus" in said
    assert "3456" not in said
    assert "KDRT" not in said
    assert "nomor 3" in said
    (ade,) = mailbox.to("ade@uji.example")
    assert "nomor 3" not in ade.get_content(), "it is about the koordinator"


#: when (local), whether the digest of 3 to 9 August goes out
TIMES = [
    ("2026-08-09 23:59", False),
    ("2026-08-10 06:59:59", False),
    ("2026-08-10 07:00:00", True),
    ("2026-08-10 18:00", True),
    ("2026-08-12 06:59", True),
    ("2026-08-12 07:00", False),
    ("2026-08-14 12:00", False),
]


@pytest.mark.parametrize(("words", "sent"), TIMES)
@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Jayapura"])
def test_when_a_digest_is_due(words: str, sent: bool, zone: str) -> None:
    at = datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))
    assert (digest.due(at.astimezone(UTC), zone) == date(2026, 8, 10)) is sent


def test_once_a_week_with_several_workers_and_late_after_a_stop(home: Village) -> None:
    item(home, "2026-08-05 10:00")
    start = threading.Barrier(4)

    def one() -> None:
        start.wait(10)
        digest.send_due(home.parts, weekly.read)

    with on("2026-08-11 21:00"):  # the machine was off on Monday
        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert len(digests(home.parts)) == 2
    with on("2026-08-12 06:00"):
        assert digest.send_due(home.parts, weekly.read) == 0
    with on("2026-08-17 07:01"):
        assert digest.send_due(home.parts, weekly.read) == 2, "the next week, holiday or not"
    with home.parts.db.read() as session:
        weeks = [event.facts["week"] for event in session.exec(select(Event).where(Event.what == "digest"))]
    assert weeks == ["2026-08-10", "2026-08-17"]


def test_a_stop_while_it_is_written_leaves_nothing_half_done(home: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    item(home, "2026-08-05 10:00")

    def cut(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with on("2026-08-10 07:00"):
        with monkeypatch.context() as patch:
            patch.setattr(digest, "note", cut)
            with pytest.raises(KeyboardInterrupt):
                digest.send_due(home.parts, weekly.read)
        assert digests(home.parts) == []
        assert digest.send_due(home.parts, weekly.read) == 2


def test_a_quiet_village_gets_no_letter(home: Village) -> None:
    with on("2026-08-10 07:00"):
        digest_job.run(home.parts, lambda: True)
    assert digests(home.parts) == []
    with home.parts.db.read() as session:
        assert session.get(Organisation, home.id) is not None
