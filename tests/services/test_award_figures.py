"""What a snapshot counts and what it leaves out, and who takes part: each rule once, on figures written by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from app import clock, words_lembar
from app.models import (
    Aspiration,
    Attachment,
    Award,
    Event,
    Flag,
    Handover,
    ItemNote,
    Organisation,
    Outgoing,
    Participant,
    SeenPost,
    SeenReading,
    Succession,
    Watched,
)
from app.parts import Parts
from app.problems import Problem
from app.queries import register
from app.services import awards, excluding, flags, gathering, participants, registering, rolling
from app.services.gathering_comments import author_key
from app.services.registering import Change
from app.states import Actor
from tests.fixtures.contest import FIRST, LAST, RUBRIC, Contest, at, travelling

BY = Actor("uji coba")
BEFORE, AFTER = at(20, month=5), at(20, month=8)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOUR = timedelta(hours=1)


def made(world: Contest, **more: Any) -> Award:
    """An award of the kabupaten's desa, fixed."""
    wish = awards.Wish("Uji", FIRST, LAST, ("desa",), more.pop("rubric", RUBRIC), **more)
    with world.parts.db.write() as session:
        award = awards.create(session, BY, wish)
        return awards.fix(session, award.id or 0, BY)


def seen(world: Contest, award: Award, **more: Any) -> dict[str, Any]:
    """The snapshot as of long after."""
    with world.parts.db.read() as session:
        return gathering.gather(session, award, AFTER, **more)


def one(snapshot: dict[str, Any], number: int) -> dict[str, Any]:
    return next(each for each in snapshot["participants"] if each["organisation_id"] == number)


@SQLITE
def test_posts_and_comments(parts: Parts) -> None:
    world = Contest(parts)
    desa = world.organisation("desa 1")
    kept = world.post("desa 1", at(2), reactions=10, comments=8, reach=100)
    plain = world.post("desa 1", at(9), reactions=3, comments=1, reach=None)
    between = world.post("desa 1", at(10), reactions=0, comments=0, age=timedelta(days=20))  # nothing near a week
    back = world.post("desa 1", at(3), state="withdrawn")
    short, long = world.post("desa 1", at(4), state="gone", age=HOUR), world.post("desa 1", at(5), state="gone")
    out = world.post("desa 1", at(6))
    world.post("desa 1", at(31, 18, month=5), reactions=1)  # 1 June, 01.00 WIB: the first day
    world.post("desa 1", at(31, 16, month=5))  # still May there
    world.post("desa 1", at(31, 17, month=7))  # 1 August there
    read = at(2) + timedelta(days=7)
    world.comment(kept, at(2, 4), own=True, author_id="kami")
    world.comment(kept, at(2, 5), staff=True, remote_id="s")
    world.item("desa 1", at(3), "spam", under=kept)
    world.item("desa 1", read + HOUR, "spam", under=kept)  # came after the reading
    world.item("desa 1", at(3, 6), "spam", under=kept, comment={"deleted_at": read - HOUR, "remote_id": "d"})
    repeated = [world.comment(kept, at(4, hour), author_id="warga", remote_id=f"w{hour}") for hour in (1, 2, 3)]
    for number in range(4):  # more of ours than were ever counted
        world.comment(plain, at(10, number), own=True, remote_id=f"o{number}")
    with travelling(AFTER - HOUR):
        award = made(world)
        with parts.db.write() as session:
            session.add(
                Flag(
                    award_id=award.id or 0, organisation_id=desa, kind="repeated_commenter", decision="left_out",
                    key=str(author_key(award.id or 0, "warga", None)), decided_at=clock.now(),
                )
            )  # fmt: skip
            excluding.exclude(session, award.id or 0, BY, f"comment:{repeated[0]}", "giveaway")
            excluding.exclude(session, award.id or 0, BY, f"delivery:{out}", "bukan kegiatan")
            for key, code in (("delivery:99999", "exclude_unknown"), ("post:1", "exclude_what"),
                              (f"delivery:{out}", "excluded_already")):  # fmt: skip
                with pytest.raises(Problem, match=code):
                    excluding.exclude(session, award.id or 0, BY, key, "x")
    mine = one(seen(world, award), desa)
    posts = {post["id"]: post for post in mine["posts"]}
    assert len(posts) == 5
    assert posts[f"delivery:{long}"]["gone"] is True
    first = posts[f"delivery:{kept}"]
    assert first["excluded_why"] == {"left_out": 1, "own": 1, "repeated": 2, "spam": 1, "staff": 1}
    assert (first["excluded_comments"], first["interactions"], first["how"]) == (6, 10 + 8 - 6 + 1, "read")
    second = posts[f"delivery:{plain}"]
    assert (second["excluded_comments"], second["interactions"], second["reach"]) == (1, 3 + 0 + 1, None)
    assert posts[f"delivery:{between}"] | {"how": None, "interactions": None} == posts[f"delivery:{between}"]
    reasons = {post["id"]: post["reason"] for post in mine["excluded_posts"]}
    assert reasons == {
        f"delivery:{back}": "withdrawn", f"delivery:{short}": "gone", f"delivery:{out}": "bukan kegiatan",
    }  # fmt: skip
    # From the readings themselves, without the rollups, it comes to the same.
    assert one(seen(world, award, raw=True), desa) == mine
    # Another age of reading, which the rollups do not have: nothing was read on day 14.
    rubric = {**RUBRIC, "reading_age_days": 14}
    with travelling(AFTER - HOUR):
        other = made(world, rubric=rubric)
    assert all(post["how"] is None for post in one(seen(world, other), desa)["posts"] if not post["gone"])
    with travelling(AFTER - HOUR / 2), parts.db.write() as session:
        flag_id = session.exec(select(Flag.id)).one()
        with pytest.raises(Problem, match="reason_needed"):
            flags.decide(session, flag_id or 0, BY, "counts", " ")
        flags.decide(session, flag_id or 0, BY, "counts", "pembaca setia")
    assert "repeated" not in one(seen(world, award), desa)["posts"][1]["excluded_why"]


@SQLITE
def test_items(parts: Parts) -> None:
    world = Contest(parts)
    desa = world.organisation("desa 1")
    lax = world.organisation("desa 2", rules={"deadlines": {"keluhan": {"answer": 90, "settle": 120}}})
    monday = at(8, 2)  # 09.00 WIB
    done = {"status": "sudah ditanggapi", "deadline": monday + timedelta(days=1)}
    rows = {
        "quick": world.item("desa 1", monday, "kritik", answered_at=monday + HOUR, **done),
        "late": world.item("desa 1", monday, "aspirasi", answered_at=monday + timedelta(days=2), **done),
        "never": world.item("desa 1", monday, "pertanyaan", deadline=monday + timedelta(days=1)),
        # Answered late, then opened again by somebody of ours: the new deadline makes no late answer a quick one.
        "again": world.item("desa 1", monday, "kritik", status="dibuka lagi", answered_at=monday + timedelta(days=3),
                            due_from=monday + timedelta(days=9), deadline=monday + timedelta(days=10)),
        "lax": world.item("desa 2", monday, "keluhan", answered_at=monday + timedelta(days=30),
                          deadline=monday + timedelta(days=100), status="sudah ditanggapi"),
        "settled": world.item("desa 1", monday, status="selesai", answered_at=monday, settled_at=monday + HOUR),
        "handed": world.item("desa 1", monday, status="diteruskan", answered_at=monday),
        "lost": world.item("desa 1", monday, status="diteruskan", answered_at=monday),
        "slow": world.item("desa 1", monday, status="selesai", answered_at=monday, settled_at=at(1, month=8)),
        "back": world.item("desa 1", monday, status="selesai", answered_at=monday, settled_at=at(24, month=7),
                           due_from=at(20, month=7)),
    }  # fmt: skip
    fresh = world.item("desa 1", at(31, 2, month=7), "kritik", deadline=at(3, month=8))
    joined = world.item("desa 1", monday, "kritik", duplicate_of_id=rows["quick"])
    world.item("desa 1", monday, "pujian")
    world.item("desa 1", monday, "perlu dipilah", suggested_kind="keluhan")
    out = world.item("desa 1", monday, "kritik")
    with parts.db.write() as session:
        for number, reference in (("handed", "LAPOR-1"), ("lost", "")):
            session.add(
                Handover(aspiration_id=rows[number], agency="Dinas PU", reference=reference, at=monday + 2 * HOUR)
            )
        session.add(
            Event(at=at(20, month=7), who="warga", subject="aspiration", subject_id=rows["back"], what="dibuka lagi")
        )
        for name, said in (("quick", {"public": True}), ("late", {})):
            session.add(
                ItemNote(aspiration_id=rows[name], author_name="Bu Ani", text="Sudah", at=monday + HOUR, **said)
            )
        for before, after in (("keluhan", "pujian"), ("perlu dipilah", "kritik")):
            facts = {"from": before, "to": after}
            session.add(
                Event(at=at(9), who="Bu Ani", subject="aspiration", subject_id=rows["late"], what="kind", facts=facts)
            )
    comment = world.post("desa 1", at(9))
    hidden = world.item("desa 1", at(9, 5), "kritik", under=comment, answered_at=at(9, 6), deadline=at(10, 5))
    with parts.db.read() as session:
        under = session.get_one(Aspiration, hidden).comment_id
    world.comment(comment, at(9, 6), own=True, parent_id=under)
    member = world.item("desa 1", at(9, 5), "kritik", under=comment, comment={"staff": True, "remote_id": "anggota"})
    with travelling(AFTER - HOUR), parts.db.write() as session:
        (account,) = [world.accounts["desa 1"][0]]
        session.add(
            Outgoing(
                aspiration_id=hidden, comment_id=1, account_id=account, action="hide", reason="memaki", due_at=at(9),
                state="published", remote_id="h", created_at=at(9, 7),
            )
        )  # fmt: skip
    with travelling(AFTER - HOUR):
        award = made(world)
        with parts.db.write() as session:
            excluding.exclude(session, award.id or 0, BY, f"item:{out}", "uji coba petugas")
    found = seen(world, award)
    mine = one(found, desa)
    items = {item["id"]: item for item in (*mine["items"], *one(found, lax)["items"])}
    assert items.keys() == {*rows.values(), fresh, hidden}, "joined ones, praise and unsorted ones are not counted"
    assert {name: items[number]["answered_in_time"] for name, number in rows.items()} == {
        "quick": True, "late": False, "never": False, "again": False, "lax": False, "settled": True, "handed": True,
        "lost": True, "slow": True, "back": True,
    }  # fmt: skip
    assert items[rows["quick"]]["first_reply_working_hours"] == Decimal("1.0000")
    assert items[rows["late"]]["first_reply_working_hours"] == Decimal(16)  # two working days of eight hours
    assert items[rows["never"]]["first_reply_working_hours"] is None
    settled = {name: items[rows[name]]["resolved_in_time"] for name in ("settled", "handed", "lost", "slow", "back")}
    assert settled == {"settled": True, "handed": True, "lost": False, "slow": False, "back": True}
    assert items[rows["quick"]]["resolved_in_time"] is None
    assert sorted(mine["excluded_items"], key=str) == [
        {"id": out, "kind": "kritik", "said_at": "2026-06-08T02:00:00Z", "reason": "uji coba petugas",
         "by": "uji coba", "at": mine["excluded_items"][0]["at"]},
        {"id": member, "kind": "kritik", "said_at": "2026-06-09T05:00:00Z", "reason": "staff", "by": None, "at": None},
    ]  # fmt: skip
    assert (mine["unsorted_items"], mine["own_rules"]) == (1, {})
    # What was only said to be answered is counted, and can be told from what has an answer to be shown.
    answers = {name: items[rows[name]]["answer"] for name in ("quick", "late", "never")}
    assert answers == {"quick": "spoken", "late": "marked", "never": None}
    assert items[hidden]["answer"] == "spoken", "typed under the comment in the platform's own app"
    assert [(each["id"], each["into"]) for each in mine["joined_items"]] == [(joined, rows["quick"])]
    assert [said.split()[0] for said in words_lembar.handled(mine)] == ["10", "7", "1", "1"]
    assert one(found, lax)["own_rules"] == {"deadlines": {"keluhan": {"answer": 90, "settle": 120}}}
    assert [(each["from"], each["to"], each["by"]) for each in mine["relabelled"]] == [("keluhan", "pujian", "Bu Ani")]
    assert [(each["id"], each["reason"]) for each in mine["hidden"]] == [(hidden, "memaki")]
    with parts.db.read() as session:
        early = gathering.gather(session, award, at(31, 5, month=7))
    assert [each["id"] for each in one(early, desa)["undecided_items"]] == [fresh], "in no row while there is time"
    # A photo of the repaired lamp beside a handover without a number is proof as well.
    with parts.db.write() as session:
        session.add(
            Attachment(
                aspiration_id=rows["lost"], kind="bukti", sha256="a" * 64, width=1, height=1, at=monday + 3 * HOUR
            )
        )
    again = {item["id"]: item for item in one(seen(world, award), desa)["items"]}
    assert again[rows["lost"]]["resolved_in_time"] is True


@SQLITE
def test_who_takes_part_and_how_each_is_measured(parts: Parts) -> None:
    world = Contest(parts)
    world.organisation("kabupaten", "perangkat daerah", accounts=(), region_code="32.01")
    own = world.organisation("desa 1", region_code="32.01.39.2001")
    old = world.organisation("desa 2", region_code="32.01.39.2002")
    silent = world.organisation("desa 3", accounts=(), region_code="32.01.20.2001")
    gone = world.organisation("desa 4", left_on=date(2026, 7, 30))
    stays = world.organisation("desa 5", left_on=LAST, joined_on=date(2026, 6, 15))
    later = world.organisation("desa 6", joined_on=date(2026, 8, 1))
    world.organisation("kecamatan 1", "kecamatan")
    world.ids.pop("kabupaten")
    elsewhere = world.organisation("desa lain")
    heir = world.organisation("desa baru", region_code="32.01.39.2003", accounts=("instagram",))
    with parts.db.write() as session:
        session.get_one(Organisation, heir).parent_id = 1
        session.add(Succession(predecessor_id=old, successor_id=heir, on=date(2026, 7, 1)))
    before, after = world.post("desa 2", at(10)), world.post("desa 2", at(10, month=7))
    world.item("desa 2", at(8, 2, month=7), "kritik", deadline=at(9, month=7), answered_at=at(8, 3, month=7))
    early = world.post("desa 5", at(10))
    with travelling(BEFORE):
        award = made(world, organisation_id=1)
    assert award.denominators == {"desa": {"facebook": "reach", "instagram": "reach"}}
    assert award.dropped == {}
    found = seen(world, award)
    assert [each["organisation_id"] for each in found["participants"]] == [own, stays, heir]
    assert {each["organisation_id"]: each["reason"] for each in found["left_out"]} == {
        old: "merged", silent: "no_account", gone: "has_left", later: "not_yet",
    }  # fmt: skip
    assert elsewhere not in {each["organisation_id"] for each in found["participants"] + found["left_out"]}
    mine = one(found, heir)
    assert [post["id"] for post in mine["posts"]] == [f"delivery:{after}"], "from the day of the merger on"
    assert f"delivery:{before}" not in str(found)
    assert [item["answered_in_time"] for item in mine["items"]] == [True]
    assert [(each["id"], each["reason"]) for each in one(found, stays)["excluded_posts"]] == [
        (f"delivery:{early}", "before_joining")
    ]
    # One that is read from outside only: followers for everybody on that platform, no response rows for anybody.
    with parts.db.write() as session:
        watched = Watched(organisation_id=silent, platform="instagram", handle="desa3", followers=300)
        session.add(watched)
        session.flush()
        post = SeenPost(
            organisation_id=silent, watched_id=watched.id, platform="instagram", source="public", remote_id="m1",
            published_at=at(9),
        )  # fmt: skip
        session.add(post)
        session.flush()
        week = at(9) + timedelta(days=7)
        session.add(SeenReading(seen_post_id=post.id or 0, read_at=week, reactions=30, comments=2, followers=300))
        rolling.seen(session, post.id or 0)
    with travelling(BEFORE), parts.db.write() as session:
        awards.unfix(session, award.id or 0, BY)
        award = awards.edit(session, award.id or 0, BY, awards.Wish("Uji", FIRST, LAST, ("desa",), RUBRIC, True, 1))
        awards.fix(session, award.id or 0, BY)
        assert award.denominators["desa"] == {"facebook": "reach", "instagram": "followers"}
        assert award.dropped == {"desa": ["tingkat_respons", "kecepatan", "tuntas"]}
        line = session.exec(select(Participant).where(Participant.organisation_id == silent)).one()
        assert line.band == "di bawah 500"
        with pytest.raises(Problem, match="award_fixed"):
            awards.edit(session, award.id or 0, BY, awards.Wish("x", FIRST, LAST, ("desa",)))
    found = seen(world, award)
    assert found["dropped"].keys() == {"desa · di bawah 500", "desa"}
    (read,) = one(found, silent)["posts"]
    assert (read["interactions"], read["excluded_comments"], read["source"]) == (32, None, "public")
    with travelling(at(2)), parts.db.write() as session, pytest.raises(Problem, match="award_begun"):
        awards.unfix(session, award.id or 0, BY)
    _register(world, award, silent, stays)


def _register(world: Contest, award: Award, silent: int, stays: int) -> None:
    """The register: taken from a table in which each row has its own mistake, and listed by kecamatan."""
    number = award.id or 0
    table = (
        b"Daftar peserta;;;;\n\nKode wilayah;Nama;Ikut;Terbuka;Catatan akun;Catatan\n"
        b";desa 5;tidak;;;Pamit\n;desa 5;ya;;;\n32.01.20.2001;;;tidak;akun pribadi sejak Maret;\n;desa 4;tidak;;;\n"
        b";desa lain;ya;;;\n;=cmd();ya;;;\n;desa 1;mungkin;;;\n;;;;;\n"
    )
    with world.parts.db.read() as session:
        preview = registering.preview(session, number, table)
        assert session.exec(select(Participant).where(Participant.organisation_id == stays)).one().takes_part
    assert [(row.line, row.problem and row.problem[0]) for row in preview.rows] == [
        (4, None), (5, "register_twice"), (6, None), (7, "register_why"), (8, "register_unknown"),
        (9, "register_unknown"), (10, "register_yes"),
    ]  # fmt: skip
    taken = registering.take(world.parts, number, BY, table)
    assert len(taken.ok) == 2
    with world.parts.db.write() as session:
        field = participants.field(session, award)
        assert {each.organisation_id: each.reason for each in field.left_out}[stays] == "Pamit"
        assert next(each for each in field.entrants if each.organisation_id == silent).public is False
        with pytest.raises(Problem, match="register_outside"):
            registering.set_line(session, number, world.ids["desa lain"], BY, Change(takes_part=True))
        with pytest.raises(Problem, match="register_category"):
            registering.set_line(session, number, silent, BY, Change(category="kecamatan"))
        events = len(session.exec(select(Event.id).where(Event.what == "register")).all())
        registering.set_line(session, number, stays, BY, Change(takes_part=False, note="Pamit"))
        assert len(session.exec(select(Event.id).where(Event.what == "register")).all()) == events, "said already"
    with travelling(AFTER), world.parts.db.read() as session:
        kecamatan = {each.code: each for each in register.register(session, number)}
    rows = {row.organisation: row for each in kecamatan.values() for row in each.rows}
    assert [row.standing for row in kecamatan["32.01.20"].rows] == ["aktif"]
    assert (rows["desa baru"].standing, rows["desa 2"].standing) == ("terhubung", "aktif")
    assert kecamatan["32.01.39"].count("terhubung") == 2
