"""The inbox's search against a plain scan, on both databases: words, phrases, beginnings, scope, changes; views."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from app import fulltext, migrate
from app.db import Database
from app.language.stem import stem, words
from app.models import Aspiration, Comment, Handover, Organisation, Person
from app.parts import Parts
from app.problems import Problem
from app.queries import inbox, inbox_counts, searching
from app.queries.inbox import Beholder, Wanted
from app.queries.privacy import visible_to
from app.queries.searching import Term
from app.services import views
from tests.app import residents
from tests.queries.test_both_databases import Here

SAID = datetime(2026, 9, 1, 3, tzinfo=UTC)
WORDS = re.findall(
    r"\S+",
    "jalan berjalan perjalanan rusak kerusakan diperbaiki perbaikan baik jln pmks ppks bansos bantuan sosial mengeluh "
    "keluhan rt02 anak-anak pelayanan melayani o1 and or not near scope rusak! 12e3x LPR-7f3e2 Café ＡＢＣ",
)
said = some.lists(some.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)
asked = some.lists(
    some.tuples(some.sampled_from(("", "", "-", '"')), some.lists(some.sampled_from(WORDS), min_size=1, max_size=2),
                some.sampled_from(("", "", "*"))),
    min_size=1, max_size=3,
)  # fmt: skip


@pytest.fixture
def two(db: Database) -> Database:
    """Two organisations without any item."""
    with db.write() as session:
        for number in (1, 2):
            session.add(Organisation(id=number, name=f"IPSM {number}", category="organisasi"))
        session.flush()
        session.add(Person(id=1, email="a@uji.example", name="A", fs_uniquifier="a"))
    return db


@pytest.fixture
def here(parts: Parts) -> Here:
    """An organisation with what residents leave behind."""
    made = Here(parts)
    with parts.db.write() as session:
        session.add(Organisation(id=1, name="IPSM", category="organisasi"))
    made.organisations["kecamatan"] = 1
    return made


def note(session: Session, said: str, organisation_id: int = 1, **values: Any) -> int:
    """An item taken down by hand, a second later than the one before."""
    given = {"kind": "keluhan", "said_at": SAID + timedelta(seconds=random.randrange(10**6)), **values}
    row = Aspiration(organisation_id=organisation_id, source="catatan", text=said, **given)
    session.add(row)
    session.flush()
    return row.id or 0


def found(db: Database, asked: str, organisation_id: int = 1, **wanted: Any) -> list[int]:
    with db.read() as session:
        page = inbox.listed(session, organisation_id, Wanted(status="semua", words=asked, **wanted), most=1000)
    return [line.id for line in page.lines]


def has(seen: list[str], term: Term) -> bool:
    """What the index is to say, by looking at every word."""
    forms = {*seen, *map(stem, seen)}
    for row in term.ways:
        if term.exact or len(row) > 1:
            for start in range(len(seen) - len(row) + 1):
                *head, last = seen[start : start + len(row)]
                whole = last.startswith(row[-1]) if term.beginning else last == row[-1]
                if head == list(row[:-1]) and whole:
                    return True
        elif any(form.startswith(row[0]) if term.beginning else form == stem(row[0]) for form in forms):
            return True
    return False


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=some.lists(said, min_size=1, max_size=8), asked=some.lists(asked, min_size=1, max_size=6))
def test_search_is_a_scan(two: Database, texts: list[str], asked: list[Any]) -> None:
    with two.write() as session:
        session.execute(text("delete from aspiration"))
        stored = {note(session, said, organisation_id=1 + n % 2): said for n, said in enumerate(texts * 2)}
        mine = set(session.exec(select(Aspiration.id).where(Aspiration.organisation_id == 1)))
    for pieces in asked:
        typed = " ".join(f'"{" ".join(row)}"' if sign == '"' else f"{sign}{row[0]}{star}" for sign, row, star in pieces)
        terms = searching.parse(typed)
        right = {
            number
            for number, said in stored.items()
            if number in mine and all(has(words(said), term) != term.excluded for term in terms)
        }
        assert set(found(two, typed)) == right, typed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.text(max_size=40) | some.text("\"*-()|&!:^{}'\\ aN?+<>~,.o1", max_size=30))
def test_nothing_typed_is_an_error(two: Database, typed: str) -> None:
    found(two, typed.replace("\0", ""))
    with two.read() as session:
        terms = searching.parse(typed, typing=True)
        session.execute(searching.find(session, terms, None).ids()).all()


def test_forms_names_and_short_forms(two: Database) -> None:
    with two.write() as session:
        one = note(session, "Data PMKS belum diperbaiki, kami mengeluh")
        other = note(session, "jln rusak; bantuan sosial telat", author="Neng Siti", village="Leuwi Sadeng")
    for typed, right in {
        "ppks perbaikan": [one], "keluhan": [one], "memperbaiki -ppks": [], "jalan bansos": [other], "NENG": [other],
        '"rusak bantuan"': [other], '"bantuan rusak"': [], "leuw*": [other], "-jalan": [one], "bel*": [one],
        '"rusak bant': [], "!!": [],
    }.items():  # fmt: skip
        assert found(two, typed) == right, typed
    assert found(two, "", village="leuwi sadeng ") == [other]


def test_changes_are_followed(two: Database) -> None:
    with two.write() as session:
        number = note(session, "lampu mati", labels=["Penerangan Jalan"])
        note(session, "lampu mati", organisation_id=2, labels=["Penerangan Jalan"])
    assert found(two, "lampu", label="penerangan jalan") == [number]
    assert found(two, "lampu", label="penerangan") == []
    with two.write() as session:
        session.add(Handover(aspiration_id=number, agency="PLN", reference="LPR-55"))
        session.execute(update(Aspiration).where(col(Aspiration.id) == number).values(text="air macet", labels=[]))
    assert found(two, '"lpr 55" pln macet') == [number]
    assert found(two, "lampu") == found(two, "", label="Penerangan Jalan") == []
    with two.write() as session:
        session.execute(text("delete from handover"))
        session.execute(update(Aspiration).where(col(Aspiration.id) == number).values(organisation_id=2))
    assert found(two, "macet") == found(two, "lpr") == []
    assert found(two, "macet", organisation_id=2) == [number]
    with two.write() as session:
        session.execute(text("delete from aspiration"))
        assert session.execute(text("select count(*) from itemsearch")).scalar_one() == 0


@pytest.mark.parametrize("counted", [inbox_counts.COUNTED, 5], ids=["few", "more than are counted"])
def test_each_item_once_while_others_arrive(two: Database, counted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Above what is counted each page is looked up by its key, below it is taken out of what counting met.
    monkeypatch.setattr(inbox_counts, "COUNTED", counted)
    chance = random.Random(4)
    with two.write() as session:
        there = [
            note(session, f"jalan {n}", said_at=SAID + timedelta(minutes=chance.randrange(200))) for n in range(23)
        ]
    for order in ("terbaru", "mendesak"):
        for typed in ("jalan",) if counted == 5 else ("jalan", ""):
            seen, after = list[int](), ""
            with two.read() as session:
                while True:
                    wanted = Wanted(status="semua", words=typed, order=order, after=after)
                    page = inbox.listed(session, 1, wanted, most=4)
                    seen += [line.id for line in page.lines]
                    if not (after := page.following):
                        break
                    with two.write() as writing:
                        note(writing, "jalan baru", said_at=SAID + timedelta(days=1))
            assert set(there) <= set(seen), (order, typed)
            assert len(seen) == len(set(seen)), (order, typed)


def test_filters_and_who_may_see(two: Database) -> None:
    with two.write() as session:
        mine = note(session, "a", assignee_id=1, secret=True)
        about = note(session, "b", about_id=1, urgent="anak")
        late = note(session, "c", said_at=datetime(2026, 10, 5, 17, 30, tzinfo=UTC))  # the 6th in Jakarta
        page = inbox.listed(session, 1, Wanted(), by=Beholder(visible=visible_to(1)))
        assert {line.id for line in page.lines} == {mine, late}
        assert page.counts == {"keluhan": 2}
        for values, right in (
            ({"assignee": "saya"}, [mine]), ({"assignee": "belum"}, [late, about]), ({"assignee": "1"}, [mine]),
            ({"secret": "1"}, [mine]), ({"urgent": "1"}, [about]),
            ({"since": "2026-10-06", "until": "2026-10-06"}, [late]),
            ({"until": "2026-10-05"}, [mine, about]), ({"source": "formulir"}, []), ({"post": "7"}, []),
        ):  # fmt: skip
            shown = inbox.listed(session, 1, Wanted(order="terbaru", **values), by=Beholder(person_id=1))
            assert {line.id for line in shown.lines} == set(right), values
        guess = note(session, "kapan", kind="perlu dipilah", suggested_kind="pertanyaan")
        advert = note(session, "slot", kind="perlu dipilah", suggested_kind="spam")
        also = note(session, "c juga", duplicate_of_id=late)
        for plain in ({}, {"source": "catatan"}):  # counted by an index alone, or met one by one
            for kind, right in (
                ("pertanyaan", [guess]), ("spam", [advert]), ("keluhan", [mine, about, late]),
                ("perlu dipilah", [guess, advert]), ("", [mine, about, late, guess, advert]), ("pujian", []),
            ):  # fmt: skip
                for status, order in (("perlu", ""), ("semua", ""), ("perlu", "terbaru")):
                    shown = inbox.listed(session, 1, Wanted(kind=kind, status=status, order=order, **plain))
                    assert {line.id for line in shown.lines} == set(right), (kind, status)
                    number = shown.counts.get(kind, 0) if kind else shown.asks
                    assert (number, shown.asks, shown.total) == (len(right), 5, 5), (kind, status)
        (leading,) = (line for line in inbox.listed(session, 1, Wanted(kind="keluhan")).lines if line.id == late)
        assert (leading.joined, leading.duplicate_of) == (1, None)
        joined = inbox.listed(session, 1, Wanted(words="juga"))
        assert [(line.id, line.duplicate_of) for line in joined.lines] == [(also, late)]
    odd = {"jenis": "x", "petugas": "-1", "dari": "2026-99-99", "kiriman": "1e9", "darurat": "2", "q": "\0"}
    assert Wanted.read(odd) == Wanted()
    full = Wanted(kind="spam", status="semua", words="a", assignee="saya", since="2026-01-01", order="mendesak")
    assert Wanted.read(full.address()) == full


def test_saved_views(two: Database) -> None:
    with two.write() as session:
        own = views.save(session, 1, 1, "Jalan saya", {"q": "jalan", "petugas": "saya", "odd": "x", "sesudah": "1.2.3"})
        shared = views.save(session, 1, 1, "Semua keluhan", {"jenis": "keluhan"}, shared=True)
        again = views.save(session, 1, 1, "jalan SAYA", {"q": "jln"})
        assert again.id == own.id
        assert [(view.name, view.shared, dict(view.address)) for view in views.views_of(session, 1, 1)] == [
            ("Semua keluhan", True, {"jenis": "keluhan"}), ("jalan SAYA", False, {"q": "jln"}),
        ]  # fmt: skip
        assert [view.id for view in views.views_of(session, 1, 2)] == [shared.id]
        assert views.views_of(session, 2, 1) == []
        for does, code in (
            (lambda: views.remove(session, own.id or 0, 1, 2), "unknown_view"),
            (lambda: views.rename(session, shared.id or 0, 2, 1, "x"), "unknown_view"),
            (lambda: views.save(session, 1, 1, " ", {"q": "a"}), "view_name"),
            (lambda: views.save(session, 1, 1, "x", {"sesudah": "1"}), "view_empty"),
        ):
            with pytest.raises(Problem, match=code):
                does()
        views.rename(session, shared.id or 0, 1, 1, "Keluhan")
        views.remove(session, own.id or 0, 1, 1)
        assert [view.name for view in views.views_of(session, 1, 1)] == ["Keluhan"]


def test_a_lost_trigger_is_noticed_and_put_back(two: Database) -> None:
    drop = "drop trigger itemsearch_item_new" + ("" if two.sqlite else " on aspiration")
    with two.engine.begin() as connection:
        connection.execute(text(drop))
    assert migrate.differences(two) == [("missing", "itemsearch_item_new")]
    with two.write() as session:
        number = note(session, "terlewat")
    migrate.upgrade(two)
    assert migrate.differences(two) == []
    assert found(two, "terlewat") == []
    with two.engine.begin() as connection:
        fulltext.rebuild(connection)
    assert found(two, "terlewat") == [number]


def test_talk_and_earlier_texts_are_found(here: Any) -> None:
    _, delivery = residents.public_post(here, residents.account(here))
    number = residents.item(here, delivery, "lampu")
    root = residents.rows(here, Aspiration)[0].comment_id
    first = residents.comment(here, delivery, "sudah dicek", own=True, parent_id=root)
    deep = residents.comment(here, delivery, "matur nuwun", parent_id=first)
    assert found(here.parts.db, "dicek nuwun") == [number]
    with here.parts.db.write() as session:
        row = session.get_one(Comment, deep)
        row.text, row.versions = "hatur", [{"text": "matur nuwun"}, {"text": "hatur"}]
        session.add(row)
    assert found(here.parts.db, "hatur nuwun") == [number]


def test_stems_are_those_of_postgresql(postgres: Any) -> None:
    beginnings = re.findall(r"\w*", "me mem men meng meny di ter ke pe per pem pen peng peny ber be bel diper memper")
    roots = re.findall(
        r"\w+", "ajar baik rusak layan sapu pukul periksa kerja lapor bantu nilai informasi erti uji air"
    )
    endings = re.findall(r"\w*", "kan an i nya lah kah ku mu pun annya kannya inya")
    all_words = [a + b + c for a in beginnings for b in roots for c in endings]
    with psycopg.connect(postgres.url("template_kentongan")) as connection:
        rows = connection.execute(
            "select w, (ts_lexize('indonesian_stem', w))[1] from unnest(%s::text[]) w", (all_words,)
        )
        assert {word: stem(word) for word in all_words} == dict(rows.fetchall())
