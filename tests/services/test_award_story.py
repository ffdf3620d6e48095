"""An award from rules to release: frozen once and for all, verified, judged by a jury, objected to, corrected."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select, update

from app import clock
from app.awarding import canonical
from app.db import Database
from app.models import Award, AwardVersion, Draw, Evidence, Mark, Membership, Objection, Reading, Score
from app.parts import Parts
from app.problems import Problem
from app.queries import award_files, award_sheet, standings_award
from app.sealing import sealer
from app.services import awards, excluding, flags, freezing, gathering, gathering_frame, jury, objections, verifying
from app.settings import Settings
from app.states import Actor
from jobs import tidy
from media.storage import Store
from tests.fixtures.contest import FIRST, LAST, RUBRIC, Contest, at, small, travelling
from tests.fixtures.databases import KEY, Postgres

BY = Actor("uji coba")
BEFORE, AFTER = at(20, month=5), at(20, month=8)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def fixed(world: Contest) -> int:
    wish = awards.Wish("Anugerah", FIRST, LAST, ("desa",), RUBRIC, organisation_id=world.ids["kabupaten"])
    with travelling(BEFORE), world.parts.db.write() as session:
        award = awards.create(session, BY, wish)
        return awards.fix(session, award.id or 0, BY).id or 0


def told(world: Contest) -> None:
    """Items of the first three desa, and a joint activity."""
    together = world.activity("desa 1")
    for number in (1, 2, 3):
        name = f"desa {number}"
        said = at(8, 2)
        world.item(name, said, "kritik", answered_at=said + timedelta(hours=number), deadline=at(9, 2))
        world.item(name, said, status="selesai", answered_at=said, settled_at=at(8 + 7 * number), settle_by=at(28))
        world.post(name, at(20, month=7), activity=together, reactions=number)


@pytest.fixture
def both(tmp_path: Path, sqlite_template: Path, postgres: Postgres) -> Iterator[list[Parts]]:
    """The same installation twice: on SQLite and on PostgreSQL."""
    name, home = postgres.take(), tmp_path / "home"
    home.mkdir()
    shutil.copyfile(sqlite_template, home / "kentongan.sqlite3")
    settings = Settings(home=home, secret_key=KEY)
    urls = (f"sqlite:///{home / 'kentongan.sqlite3'}", postgres.url(name))
    made = [Parts(settings, Database(url), sealer(settings), Store(home / "photos")) for url in urls]
    yield made
    for parts in made:
        parts.db.close()
    postgres.give_back(name)


def test_one_hash_on_both_databases_and_after_a_restart(both: list[Parts], monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[freezing.Frozen] = []
    for parts in both:
        world = small(parts)
        told(world)
        monkeypatch.setattr(clock, "now", lambda: BEFORE)
        award_id = fixed(world)
        monkeypatch.setattr(clock, "now", lambda: AFTER)
        frozen.append(freezing.freeze(parts, award_id, BY))
    assert frozen[0].sha256 == frozen[1].sha256
    for parts in both:
        again = Database(parts.db.engine.url.render_as_string(hide_password=False))
        restarted = replace(parts, db=again)
        found = verifying.verify(restarted, award_id)
        assert (found.ok, found.sha256, found.differences) == (True, frozen[0].sha256, ())
        # One stored reading is changed afterwards: told, and no score is another.
        places = standings_award.standings(restarted, award_id).places
        with again.write() as session:
            first = session.exec(select(Reading).order_by(col(Reading.id))).first()
            assert first is not None
            session.exec(update(Reading).where(col(Reading.id) == first.id).values(reactions=4000))
        found = verifying.verify(restarted, award_id)
        assert (found.ok, found.sha256, found.changed) == (True, frozen[0].sha256, 2)
        shown = {(each["id"], each["field"], each["frozen"], each["now"]) for each in found.differences}
        assert shown == {("delivery:1", "reactions", 40, 4000), ("delivery:1", "interactions", 44, 4004)}
        assert standings_award.standings(restarted, award_id).places == places
        _tampered(restarted, award_id)
        again.close()


def _tampered(parts: Parts, award_id: int) -> None:
    """Whoever changes a score or the snapshot itself is found out."""
    with parts.db.write() as session:
        score = session.exec(select(Score).order_by(col(Score.id))).first()
        assert score is not None
        score.score = "99.99"
        session.add(score)
    assert verifying.verify(parts, award_id).wrong == ("scores",)
    with parts.db.write() as session:
        row = session.exec(select(AwardVersion)).one()
        content = freezing.content_of(row).replace(b'"reactions":40', b'"reactions":90')
        session.exec(update(AwardVersion).values(snapshot=freezing.packed(content)))
    found = verifying.verify(parts, award_id)
    assert not found.ok
    assert "hash" in found.wrong
    with parts.db.write() as session:
        session.exec(update(AwardVersion).values(snapshot=b"torn"))
    assert not verifying.verify(parts, award_id).ok


@SQLITE
def test_frozen_objected_to_corrected_released(parts: Parts) -> None:
    world = small(parts)
    told(world)
    photo = "b" * 64
    world.post("desa 1", at(21, month=7), photos=(photo,), caption="Panen raya")
    award_id = fixed(world)
    desa = world.ids["desa 1"]
    with travelling(at(10)):
        running = standings_award.standings(parts, award_id)
        assert (running.version, running.early) == (None, True)
        assert standings_award.standings(parts, award_id) is running, "kept for some minutes"
        with parts.db.write() as session:
            excluding.exclude(session, award_id, BY, "delivery:1", "bukan kegiatan")
        assert standings_award.standings(parts, award_id) is not running, "what people do shows at once"
        with parts.db.write() as session:
            excluding.include(session, 1, BY)
        assert award_sheet.sheet(parts, award_id, desa).version is None
    with travelling(BEFORE), pytest.raises(Problem, match="award_not_begun"):
        freezing.freeze(parts, award_id, BY)
    with travelling(at(5, month=8)):
        first = freezing.freeze(parts, award_id, BY)
        assert first.early
        with pytest.raises(Problem, match="correction_why"):
            freezing.freeze(parts, award_id, BY)
    with travelling(AFTER):
        second = freezing.freeze(parts, award_id, BY, "kiriman akhir Juli sudah lengkap")
        assert (second.version, second.early) == (2, False)
        # Five working days later at closing time; 25 August is a holiday.
        assert times_of(second.objections_until) == "2026-08-28 16:00"
        sheet = award_sheet.sheet(parts, award_id, desa)
        assert (sheet.place.rank, sheet.of, len(sheet.participant["posts"])) == (1, 3, 9)
        assert sheet.copies[f"delivery:{world.deliveries['desa 1'][-1]}"].caption == "Panen raya"
        konsistensi = sheet.lines[0]
        assert konsistensi.median is not None
        assert konsistensi.effective is not None
        assert konsistensi.effective > konsistensi.weight, "kualitas has no figure, and gave its weight away"
        assert award_sheet.sheet(parts, award_id, desa, 1).version is not None
        with pytest.raises(Problem, match="unknown_version"):
            award_sheet.sheet(parts, award_id, desa, 7)
        with pytest.raises(Problem, match="not_participant"):
            award_sheet.sheet(parts, award_id, world.ids["kabupaten"])
        _objections(world, award_id, desa)
        _photos(parts, photo)
        _papers(parts, award_id, desa)


def times_of(at: datetime) -> str:
    return (at + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M")


def _objections(world: Contest, award_id: int, desa: int) -> None:
    parts = world.parts
    names = (("ani", "desa 1"), ("budi", "desa 2"))
    ani, budi = (Actor(name, world.person(name, "koordinator", organisation)) for name, organisation in names)
    with parts.db.write() as session:
        made = objections.file(session, award_id, desa, ani, "tuntas", "Keluhan nomor 2 sudah selesai", ["c" * 64])
        for by, part, code in ((budi, "tuntas", "not_your_organisation"), (ani, "tuntas", "objection_waiting"),
                               (ani, "warna", "objection_part")):  # fmt: skip
            with pytest.raises(Problem, match=code):
                objections.file(session, award_id, desa, by, part, "x")
        with pytest.raises(Problem, match="award_objections"):
            awards.release(session, award_id, BY)
        objections.examine(session, made.id or 0, BY)
        with pytest.raises(Problem, match="answer_needed"):
            objections.answer(session, made.id or 0, BY, "accept", "")
        objections.answer(session, made.id or 0, BY, "accept", "Benar, akan dihitung")
        with pytest.raises(Problem, match="objection_closed"):
            objections.withdraw(session, made.id or 0, ani)
        excluding.confirm_breach(session, award_id, BY, world.ids["desa 2"], "NIK terlihat di foto", "delivery:8")
    before = standings_award.standings(parts, award_id).places
    third = freezing.freeze(parts, award_id, BY, "sanggahan diterima")
    after = standings_award.standings(parts, award_id)
    assert after.version == 3
    scores = {place.organisation_id: place.score for place in after.places}
    lost = {place.organisation_id: (place.score or 0) - (scores[place.organisation_id] or 0) for place in before}
    assert lost[world.ids["desa 2"]] == 5
    assert lost[desa] == 0
    with parts.db.read() as session:
        assert session.exec(select(Objection.outcome_version_id)).one() == third.id
        assert [row.version for row in freezing.versions(session, award_id)] == [3, 2, 1]
        assert freezing.version_of(session, award_id, 2).sha256 != third.sha256
    with parts.db.write() as session:
        awards.release(session, award_id, BY, "bupati meminta hari ini")
    with pytest.raises(Problem, match="award_released"):
        freezing.freeze(parts, award_id, BY, "lagi")
    with travelling(third.objections_until + timedelta(minutes=1)), parts.db.write() as session:
        with pytest.raises(Problem, match="objection_late"):
            objections.file(session, award_id, desa, ani, "lain", "terlambat")
        awards.take_back(session, award_id, BY, "salah ketik nama")
        awards.release(session, award_id, BY)


def _photos(parts: Parts, photo: str) -> None:
    """The tidying job throws away what nothing needs, and nothing that an award or an objection needs."""
    old = time.time() - 2 * tidy.OLD_S
    for sha256 in (photo, "c" * 64, "d" * 64):
        path = parts.store.path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (old, old))
    with parts.db.write() as session:
        from app.models import Photo

        for row in session.exec(select(Photo)):
            session.delete(row)
    tidy.run(parts, lambda: True)
    left = {sha256: parts.store.path(sha256).exists() for sha256 in (photo, "c" * 64, "d" * 64)}
    assert left == {photo: True, "c" * 64: True, "d" * 64: False}


def _papers(parts: Parts, award_id: int, desa: int) -> None:
    assert award_files.made(parts, award_id, "pdf").startswith(b"%PDF-")
    paper, sheet = award_files.lembar(parts, award_id, desa, 2)
    assert paper.startswith(b"%PDF-")
    assert sheet.version is not None
    assert award_files.sertifikat(parts, award_id, desa).startswith(b"%PDF-")


@SQLITE
def test_the_jury_is_drawn_blind_and_apart_from_its_friends(parts: Parts) -> None:
    world = small(parts)
    told(world)
    award_id = fixed(world)
    criteria = dict.fromkeys(("manfaat", "kejelasan", "orisinalitas", "aksesibilitas", "privasi"), 3)
    people_ids = [world.person(f"Juri {n}", "juri", "kabupaten") for n in (1, 2, 3)]
    with parts.db.write() as session:
        session.add(Membership(person_id=people_ids[1], organisation_id=world.ids["desa 2"], role="petugas"))
    dinas = world.person("Pak Dinas", "kominfo", "desa 3")
    actors = [Actor(f"Juri {n}", number) for n, number in enumerate(people_ids, 1)]
    with travelling(AFTER):
        with parts.db.write() as session:
            one = jury.appoint(session, award_id, BY, people_ids[0]).id or 0
            with pytest.raises(Problem, match="juror_already"):
                jury.appoint(session, award_id, BY, people_ids[0])
        with pytest.raises(Problem, match="jury_few"):
            jury.draw(parts, award_id, BY)
        with parts.db.write() as session:
            two, three = (jury.appoint(session, award_id, BY, number).id or 0 for number in people_ids[1:])
            assert jury.conflicts_of(session, two) == {world.ids["desa 2"]: jury.MEMBER}
            own = jury.appoint(session, award_id, BY, dinas).id or 0
            assert jury.conflicts_of(session, own) == {world.ids["desa 3"]: jury.MEMBER}, "who evaluates there is of it"
            jury.dismiss(session, own, BY)
        with travelling(at(31, month=7)), pytest.raises(Problem, match="draw_early"):
            jury.draw(parts, award_id, BY)
        with pytest.raises(Problem, match="bad_seed"):
            jury.draw(parts, award_id, BY, "a|b")
        seed, count = jury.draw(parts, award_id, BY, "dadu 3 5 1")
        assert (seed, count) == ("dadu 3 5 1", 9), "three posts of each that is eligible"
        assert jury.draw(parts, award_id, BY, "benih lain") == (seed, 9), "the first seed holds"
        with parts.db.write() as session:
            drawn = list(jury.draws(session, award_id))
            assert len(session.exec(select(Evidence)).all()) == 9
            with pytest.raises(Problem, match="juror_undeclared"):
                jury.mark(session, one, drawn[0].id or 0, actors[0], criteria)
            for juror, by in ((one, actors[0]), (two, actors[1])):
                jury.declare(session, juror, by, {world.ids["desa 3"]: "kakak saya kadesnya"} if juror == two else {})
            with pytest.raises(Problem, match="not_that_juror"):
                jury.mark(session, one, drawn[0].id or 0, actors[1], criteria)
            for wrong in (
                {**criteria, "manfaat": 5},
                {**criteria, "manfaat": True},
                {"manfaat": 3},
                {**criteria, "x": 1},
            ):
                with pytest.raises(Problem, match="bad_mark"):
                    jury.mark(session, one, drawn[0].id or 0, actors[0], wrong)
            jury.dismiss(session, three, BY)
        _marked(world, award_id, (one, two), actors, criteria, drawn)


def _marked(
    world: Contest, award_id: int, jurors: tuple[int, int], actors: list[Actor], criteria: dict[str, int],
    drawn: list[Draw],
) -> None:  # fmt: skip
    parts, (one, two) = world.parts, jurors
    with parts.db.write() as session:
        award = session.get_one(Award, award_id)
        for row in drawn:
            jury.mark(session, one, row.id or 0, actors[0], criteria)
            if row.organisation_id == world.ids["desa 1"]:
                assert not jury.revealed(session, award)
                jury.mark(session, two, row.id or 0, actors[1], {**criteria, "privasi": row.position})
            else:
                with pytest.raises(Problem, match="juror_partial"):
                    jury.mark(session, two, row.id or 0, actors[1], criteria)
        assert jury.outstanding(session, award_id) == {one: 0, two: 0}
        assert jury.revealed(session, award)
        with pytest.raises(Problem, match="marks_open"):
            jury.mark(session, one, drawn[0].id or 0, actors[0], criteria)
        with pytest.raises(Problem, match="juror_has_marked"):
            jury.dismiss(session, two, BY)
    desa = world.ids["desa 1"]
    for spoil in ("close to it after all", "one mark less"):
        with parts.db.read() as session:  # which forgets what is written here
            if spoil == "one mark less":
                session.delete(session.exec(select(Mark).where(Mark.juror_id == two)).first())
            else:
                jury.declare(session, two, actors[1], {desa: "baru menikah dengan kadesnya"})
            session.flush()
            spoilt = gathering.one(session, session.get_one(Award, award_id), desa, clock.now()) or {}
            assert [each["juror"] for each in spoilt["jury"]] == [f"juri:{one}"], spoil
    with parts.db.read() as session:  # which forgets what is written here
        elsewhere = select(Mark).join(Draw, col(Draw.id) == Mark.draw_id).where(Draw.organisation_id != desa)
        session.delete(session.exec(elsewhere).first())
        session.flush()
        looked = standings_award.provisional(session, session.get_one(Award, award_id))
        assert {place.indicators["kualitas"] for place in looked.places} == {None}, "one juror is at work yet"
    freezing.freeze(parts, award_id, BY)
    mine = award_sheet.sheet(parts, award_id, world.ids["desa 1"])
    assert [len(each["criteria"]) for each in mine.participant["jury"]] == [5, 5]
    # (3 x 5 / 5 + (3 x 4 + 2) / 5) / 2 / 4: the second one's mean of privasi is (1 + 2 + 3) / 3.
    assert mine.place.indicators["kualitas"] == canonical.load(b"72.5")
    others = award_sheet.sheet(parts, award_id, world.ids["desa 2"])
    assert others.place.indicators["kualitas"] is None, "one juror only"
    assert [each["reason"] for each in others.participant["conflicts"]] == [jury.MEMBER]
    with parts.db.write() as session, pytest.raises(Problem, match="award_closed"):
        jury.appoint(session, award_id, BY, 1)


@SQLITE
def test_what_looks_odd_is_put_before_a_person(parts: Parts) -> None:
    world = small(parts)
    award_id = fixed(world)
    account, delivery = world.accounts["desa 1"][0], world.deliveries["desa 1"][0]
    with parts.db.write() as session:
        for day in range(1, 13):
            count = 500 + 2 * day + (400 if day > 8 else 0)
            session.add(Reading(account_id=account, read_at=at(day), followers=count))
    for number in range(24):
        author = {"author_name": "Warga Setia"} if number < 12 else {"author_id": f"w{number}"}
        world.comment(delivery, at(2, 4) + timedelta(minutes=number), remote_id=f"k{number}", **author)
    with travelling(AFTER):
        assert flags.find(parts, award_id, BY) == 2
        assert flags.find(parts, award_id, BY) == 0, "known ones stay as they are"
        with parts.db.read() as session:
            found: dict[str, Any] = {row.kind: row.facts for row in flags.of_award(session, award_id)}
            assert "Warga Setia" not in str(found), "no resident's name leaves with a file"
        assert (found["follower_jump"]["before"], found["follower_jump"]["after"]) == (516, 918)
        assert found["repeated_commenter"] == {"comments": 12, "of": 24, "posts": 1}


@SQLITE
def test_two_who_freeze_at_once(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one's version comes while ours is being gathered: one of each, and we are told."""
    world = small(parts)
    award_id = fixed(world)
    calendar = gathering_frame.of_host
    with travelling(AFTER):

        def meanwhile(*given: Any) -> Any:
            monkeypatch.setattr(gathering_frame, "of_host", calendar)
            freezing.freeze(parts, award_id, BY)
            return calendar(*given)

        monkeypatch.setattr(gathering_frame, "of_host", meanwhile)
        with pytest.raises(Problem, match="award_frozen_meanwhile"):
            freezing.freeze(parts, award_id, BY)
        with parts.db.read() as session:
            assert [row.version for row in freezing.versions(session, award_id)] == [1]
