"""Deadlines on the way of an item: when it arrives, is sorted, comes back; and when the calendar moves under it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from app.models import KINDS as KINDS_OF_ITEMS
from app.models import Aspiration, CalendarEntry, Event, Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import calendars, deadlines, moderating
from app.services.calendars import Wish
from app.services.deadlines import Term
from app.states import ASPIRATION, Actor
from app.worktime import Hours
from jobs import remind
from tests.fixtures import scenery

BY = Actor("Uji")
DAY = date(2026, 8, 5)


def at(words: str, zone: str = "Asia/Jakarta") -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.fixture
def home(parts: Parts) -> int:
    with parts.db.write() as session:
        return scenery.organisation(session, "IPSM Leuwisadeng")


def item(session: Session, home: int, said: str = "2026-08-04 10:00", kind: str = "keluhan", **columns: object) -> int:
    said_at = at(said)
    due = deadlines.both(said_at, kind, deadlines.of(session, home))
    row = Aspiration(
        **{
            "organisation_id": home,
            "source": "catatan",
            "text": "x",
            "kind": kind,
            "said_at": said_at,
            **due,
            **columns,
        }
    )
    session.add(row)
    session.flush()
    return row.id or 0


#: kind, first answer, settled; said on Tuesday 4 August 2026, 10.00 WIB (17 and 25 August are holidays)
KINDS = [
    ("aspirasi", "2026-08-05 10:00", "2026-08-11 10:00"),
    ("kritik", "2026-08-05 10:00", "2026-08-11 10:00"),
    ("keluhan", "2026-08-05 10:00", "2026-08-26 10:00"),
    ("pertanyaan", "2026-08-05 10:00", "2026-08-11 10:00"),
    ("perlu dipilah", "2026-08-05 10:00", "2026-08-11 10:00"),
    ("pujian", None, None),
    ("spam", None, None),
]


@pytest.mark.parametrize(("kind", "answer", "settle"), KINDS)
def test_the_defaults(kind: str, answer: str | None, settle: str | None) -> None:
    rhythm = deadlines.Rhythm(
        calendars.Calendar("Asia/Jakarta", national=calendars.national_days.of_year), dict(deadlines.DEFAULTS)
    )
    said = at("2026-08-04 10:00")
    assert deadlines.first_answer_by(said, kind, rhythm) == (at(answer) if answer else None)
    assert deadlines.settle_by(said, kind, rhythm) == (at(settle) if settle else None)


def test_what_is_open_is_the_same_in_python_and_in_sql(parts: Parts, home: int) -> None:
    with parts.db.write() as session:
        for kind in KINDS_OF_ITEMS:
            for status in ASPIRATION.states:
                item(session, home, kind=kind, status=status)
        found = set(session.exec(select(Aspiration.kind, Aspiration.status).where(deadlines.open_ones())))
    assert found == {
        (kind, status) for kind in KINDS_OF_ITEMS for status in ASPIRATION.states if deadlines.is_open(kind, status)
    }
    assert ("keluhan", "sudah ditanggapi") in found, "solved is more than answered"
    assert ("pertanyaan", "sudah ditanggapi") not in found


#: What somebody wrote into the rules, and what becomes of it.
RULES = [
    ({}, (1, 14)),
    ({"deadlines": {"keluhan": {"answer": 2, "settle": 10}}}, (2, 10)),
    ({"deadlines": {"keluhan": {"answer": 0, "settle": "14"}}}, (1, 14)),
    ({"deadlines": {"keluhan": [1, 2]}}, (1, 14)),
    ({"deadlines": "x", "hours": "y"}, (1, 14)),
    ({"hours": {"week": [None] * 7, "friday_break": [900, 1], "ramadan": [1]}}, (1, 14)),
]


@pytest.mark.parametrize(("rules", "days"), RULES)
def test_rules_that_cannot_be_understood_are_as_if_not_written(rules: dict[str, object], days: tuple[int, int]) -> None:
    term = deadlines.terms_of(rules)["keluhan"]
    assert (term.answer, term.settle) == days
    assert calendars.hours_of(rules).week == Hours().week
    assert deadlines.terms_of({"deadlines": {"spam": {"answer": 1}}})["spam"] == Term(None, None)


def test_sorting_moves_the_deadlines_and_says_so(parts: Parts, home: int) -> None:
    with parts.db.write() as session:
        number = item(session, home, kind="perlu dipilah")
        moderating.set_item(session, number, BY, kind="keluhan")
        row = session.get_one(Aspiration, number)
        assert (row.deadline, row.settle_by) == (at("2026-08-05 10:00"), at("2026-08-26 10:00"))
        moderating.set_item(session, number, BY, kind="spam")
        assert (row.deadline, row.settle_by) == (None, None)
        moderating.set_item(session, number, BY, kind="pertanyaan")
        assert row.settle_by == at("2026-08-11 10:00"), "from when it was said, not from now"
        kinds = [each.facts for each in session.exec(select(Event).where(Event.what == "kind").order_by(Event.id))]  # type: ignore[arg-type]  # a column
    assert kinds[0]["settle_by"] == [str(at("2026-08-11 10:00")), str(at("2026-08-26 10:00"))]
    assert "deadline" not in kinds[0], "the first answer stayed where it was"


def test_opened_again_both_run_anew_also_when_it_is_sorted_later(parts: Parts, home: int) -> None:
    with parts.db.write() as session:
        number = item(session, home, status="selesai", answered_at=at("2026-08-04 12:00"))
        moderating.set_item(session, number, BY, status="dibuka lagi")
        row = session.get_one(Aspiration, number)
        assert row.due_from is not None
        assert row.deadline is not None
        assert row.due_from > row.said_at
        assert row.deadline > row.due_from
        since = row.due_from
        moderating.set_item(session, number, BY, kind="pertanyaan")
        assert row.deadline == deadlines.first_answer_by(since, "pertanyaan", deadlines.of(session, home))


def test_a_holiday_moves_open_deadlines_each_with_a_note(parts: Parts, home: int) -> None:
    """More than one transaction holds; what is settled stays, an answered one keeps when its answer was due."""
    with parts.db.write() as session:
        other = scenery.organisation(session, "Desa lain")
        open_ = [item(session, home) for _ in range(105)]
        answered = item(session, home, status="ditindaklanjuti", answered_at=at("2026-08-04 12:00"))
        settled = item(session, home, status="selesai")
        praise = item(session, home, kind="pujian")
        elsewhere = item(session, other)
        calendars.add(session, home, BY, Wish("libur", DAY, DAY, "Sedekah bumi"))
    assert deadlines.recompute_open(parts, home, BY) == 106
    assert deadlines.recompute_open(parts, home, BY) == 0
    with parts.db.read() as session:
        rows = {row.id: row for row in session.exec(select(Aspiration))}
        for number in open_:
            assert (rows[number].deadline, rows[number].settle_by) == (at("2026-08-06 10:00"), at("2026-08-27 10:00"))
        assert (rows[answered].deadline, rows[answered].settle_by) == (at("2026-08-05 10:00"), at("2026-08-27 10:00"))
        assert rows[settled].settle_by == at("2026-08-26 10:00")
        assert rows[praise].deadline is None
        assert rows[elsewhere].deadline == at("2026-08-05 10:00")
        notes = session.exec(select(Event).where(Event.what == "calendar")).all()
    assert len(notes) == 106
    assert notes[0].why == "kalender berubah"
    assert notes[0].facts["deadline"] == [str(at("2026-08-05 10:00")), str(at("2026-08-06 10:00"))]


def test_what_a_stop_left_undone_the_job_does(parts: Parts, home: int) -> None:
    with parts.db.write() as session:
        number = item(session, home)
        entry = calendars.add(session, None, BY, Wish("libur", DAY, DAY, "Cuti bersama"))
        entry_id = entry.id or 0
    remind.straighten(parts, lambda: False)
    with parts.db.read() as session:
        assert session.get_one(Aspiration, number).deadline == at("2026-08-05 10:00"), "asked to stop"
    remind.straighten(parts, lambda: True)
    with parts.db.read() as session:
        assert session.get_one(Aspiration, number).deadline == at("2026-08-06 10:00")
    with parts.db.write() as session:
        calendars.remove(session, entry_id, BY)
    remind.straighten(parts, lambda: True)
    with parts.db.read() as session:
        assert session.get_one(Aspiration, number).deadline == at("2026-08-05 10:00")
        assert [each.facts["name"] for each in session.exec(select(Event).where(Event.what == "remove"))] == [
            "Cuti bersama"
        ]


def test_hours_and_terms_of_an_organisation(parts: Parts, home: int) -> None:
    week = Hours(((600, 720), *[(480, 960)] * 5, None), (690, 780), None)
    with parts.db.write() as session:
        calendars.set_hours(session, home, BY, week)
        deadlines.set_terms(session, home, BY, {"keluhan": Term(2, 3)})
    with parts.db.read() as session:
        organisation = session.get_one(Organisation, home)
        rhythm = deadlines.of(session, home)
    assert calendars.hours_of(organisation.rules) == week
    assert rhythm.terms["keluhan"] == Term(2, 3)
    assert rhythm.terms["aspirasi"] == Term(1, 5)
    # Friday 15.00, then Saturday and Monday are working days; Monday ends at noon.
    assert deadlines.first_answer_by(at("2026-08-07 15:00"), "keluhan", rhythm) == at("2026-08-10 12:00")


#: what is wrong, the wish, the code
WRONG = [
    ("no kind", Wish("pesta", DAY, DAY, "x"), "unknown_kind"),
    ("no name", Wish("libur", DAY, DAY, "  "), "name_needed"),
    ("a long name", Wish("libur", DAY, DAY, "x" * 101), "text_too_long"),
    ("backwards", Wish("libur", DAY, DAY - timedelta(days=1), "x"), "day_order"),
    ("half a year closed", Wish("libur", DAY, DAY + timedelta(days=180), "x"), "day_long"),
    ("the year 2062", Wish("libur", date(2062, 8, 5), date(2062, 8, 5), "x"), "day_far"),
    ("hours without hours", Wish("jam", DAY, DAY, "x"), "hours_order"),
    ("hours backwards", Wish("jam", DAY, DAY, "x", 900, 480), "hours_order"),
    ("work until 25.00", Wish("kerja", DAY, DAY, "x", 480, 1500), "hours_order"),
    ("Friday ends before it begins", Wish("jam", DAY, DAY, "x", 480, 900, 400), "hours_order"),
]


@pytest.mark.parametrize(("wish", "code"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_cannot_be_is_refused(wish: Wish, code: str) -> None:
    with pytest.raises(Problem) as refused:
        calendars.check(wish)
    assert refused.value.code == code


def test_refused_hours_and_terms_change_nothing(parts: Parts, home: int) -> None:
    with parts.db.write() as session:
        for wrong in (Hours((None,) * 7), Hours(((900, 480), *[None] * 6)), Hours(friday_break=(780, 690))):
            with pytest.raises(Problem):
                calendars.set_hours(session, home, BY, wrong)
        for kind, term in (
            ("keluhan", Term(0, 5)),
            ("keluhan", Term(5, 2)),
            ("spam", Term(1, 1)),
            ("aspirasi", Term(1, 999)),
        ):
            with pytest.raises(Problem):
                deadlines.set_terms(session, home, BY, {kind: term})
        with pytest.raises(Problem, match="unknown_day"):
            calendars.remove(session, 404, BY)
        assert session.get_one(Organisation, home).rules == {}


def test_a_calendar_closed_by_mistake_and_a_liar_of_a_platform(parts: Parts, home: int) -> None:
    with parts.db.write() as session:
        session.add(
            CalendarEntry(organisation_id=home, kind="libur", first=date(2020, 1, 1), last=date(2040, 1, 1), name="x")
        )
        session.flush()
        rhythm = deadlines.of(session, home)
    assert deadlines.first_answer_by(at("2026-08-04 10:00"), "keluhan", rhythm) == at("2026-08-05 10:00")
    far = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
    assert deadlines.first_answer_by(far, "keluhan", rhythm) is None
