"""Rollups: what is kept as readings come in, in any order, is what raw readings come to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select, update

from app import clock
from app.db import Database
from app.models import AccountDay, Delivery, PostFigure, Reading, SeenPost, SeenReading
from app.parts import Parts
from app.services import rebuilding, ripening, rolling
from app.services.ripening import Point, week
from tests.fixtures import scenery

AT = datetime(2026, 8, 1, 15, 30, tzinfo=UTC)  # 22.30 WIB, and the next day in Jayapura
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# -- at the age of a week ----------------------------------------------------------------------------------------------
def point(days: float, *figures: int | None) -> Point:
    return Point(AT + timedelta(days=days), (*figures, *(None,) * (5 - len(figures))))


@pytest.mark.parametrize(
    ("points", "how", "figures"),
    [
        ([], None, (None, None)),
        ([point(5.9, 5, 1)], None, (None, None)),  # nothing after it
        ([point(6, 10, 1)], "read", (10, 1)),  # 24 h before, to the second
        ([point(8, 10, 1)], "read", (10, 1)),
        ([point(6.5, 6), point(7.4, 7)], "read", (7, None)),  # the nearest
        ([point(6.5, 6), point(7.5, 7)], "read", (6, None)),  # as near: the earlier
        ([point(6.5, 6), point(7.1)], "read", (6, None)),  # a reading without any figure says nothing
        ([point(5, 10, 4), point(9, 20, None)], "between", (15, None)),  # each metric apart
        ([point(5, 10), point(9, 11)], "between", (10, None)),  # 10.5 is rounded half even ...
        ([point(5, 11), point(9, 12)], "between", (12, None)),  # ... which is up here
        ([point(1, 0), point(5, 10), point(9, 20), point(14, 900)], "between", (15, None)),  # its neighbours only
        ([point(9, 20), point(5, 10)], "between", (15, None)),  # in any order
        ([point(5, 10, None), point(9, None, 20)], None, (None, None)),  # nothing that both have
        ([point(9, 20), point(14, 30)], None, (None, None)),  # nothing before it
    ],
)
def test_the_figures_at_a_week(points: list[Point], how: str | None, figures: tuple[int | None, ...]) -> None:
    found = week(AT, points)
    assert (found.how, found.figures[:2]) == (how, figures)
    assert (found.read_at is None) == (how is None)
    if how == "between":
        assert found.read_at == AT + 7 * DAY


@given(st.integers(0, 143), st.integers(193, 1000), st.integers(0, 10**9), st.integers(0, 10**9))
def test_between_is_on_the_line_and_never_beyond_its_ends(early: int, late: int, low: int, high: int) -> None:
    points = [point(early / 24, low), point(late / 24, high)]
    value = week(AT, points).figures[0]
    assert value is not None
    exact = low + Fraction(168 - early, late - early) * (high - low)
    assert abs(value - exact) <= Fraction(1, 2) + Fraction(abs(high - low), 10**9)
    assert min(low, high) <= value <= max(low, high)


@pytest.mark.parametrize(
    ("readings", "followers"),
    [
        ([], None),
        ([(-30, 100), (-2, 120), (1, 130)], 120),
        ([(0, 90), (1, 130)], 90),
        ([(47, 80), (48, 81)], 80),
        ([(48, 81)], 81),
        ([(48.1, 81)], None),
    ],
)
def test_followers_when_it_was_posted(readings: list[tuple[float, int]], followers: int | None) -> None:
    assert ripening.followers_at(AT, [(AT + hours * HOUR, count) for hours, count in readings]) == followers


# -- kept as readings come in ------------------------------------------------------------------------------------------
FIGURE = st.one_of(st.none(), st.integers(0, 50))
READ = st.tuples(st.just("read"), st.integers(0, 2), st.integers(0, 400), FIGURE, FIGURE, FIGURE)
FOLLOWED = st.tuples(st.just("followers"), st.integers(-60, 120), FIGURE)
STATE = st.tuples(st.sampled_from(["gone", "back"]), st.integers(0, 2))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any) -> Parts:
    """One database for all examples: each has an account of its own."""
    from app.sealing import sealer
    from app.settings import Settings
    from media.storage import Store
    from tests.fixtures.databases import KEY

    home = tmp_path_factory.mktemp("gulungan")
    path = home / "kentongan.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    config = Settings(home=home, database_url=url, secret_key=KEY)
    return Parts(config, Database(url), sealer(config), Store(home / "photos"))


def rows(db: Database) -> tuple[list[Any], list[Any]]:
    """All figures and days without their numbers in the table."""
    with db.read() as session:
        figures = [one.model_dump(exclude={"id"}) for one in session.exec(select(PostFigure))]
        days = [one.model_dump() for one in session.exec(select(AccountDay))]
    by_post = sorted(figures, key=lambda one: (one["delivery_id"] or 0, one["seen_post_id"] or 0))
    return by_post, sorted(days, key=lambda one: (one["account_id"], one["day"]))


def posts_of(session: Session, zone: str = "Asia/Jakarta") -> tuple[int, list[int]]:
    """Two deliveries of one account, one of them a day later, and a post made in the app itself."""
    organisation = scenery.organisation(session, zone=zone)
    account = scenery.account(session, organisation)
    made = []
    for days in (0, 1):
        post = scenery.post(session, organisation, state="published")
        columns = {"remote_id": f"{account}_{days}", "published_at": AT + days * DAY}
        made.append(scenery.delivery(session, post, account, "published", **columns))
    seen = SeenPost(
        organisation_id=organisation, account_id=account, platform="facebook", source="own", remote_id=f"{account}_s",
        published_at=AT + HOUR,
    )  # fmt: skip
    session.add(seen)
    session.flush()
    return account, [*made, seen.id or 0]


def happen(session: Session, account: int, ids: list[int], event: tuple[Any, ...]) -> None:
    """One thing that comes in, as services write it."""
    if event[0] == "followers":
        at = AT + event[1] * HOUR
        session.add(Reading(account_id=account, followers=event[2], read_at=at))
        rolling.followers_read(session, account, at)
        return
    what, place = event[:2]
    own = place < 2
    if what == "read":
        figures = {"read_at": AT + event[2] * HOUR, "reactions": event[3], "saves": event[4], "reach": event[5]}
        session.add(
            Reading(account_id=account, delivery_id=ids[place], **figures)
            if own
            else SeenReading(seen_post_id=ids[place], **figures)
        )
    elif own:
        state = "gone" if what == "gone" else "published"
        session.exec(update(Delivery).where(col(Delivery.id) == ids[place]).values(state=state))
    else:
        session.exec(update(SeenPost).where(col(SeenPost.id) == ids[2]).values(gone_at=AT if what == "gone" else None))
    (rolling.read if own else rolling.seen)(session, ids[place])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(READ, READ, FOLLOWED, STATE), min_size=1, max_size=12))
def test_what_is_kept_is_what_raw_readings_come_to(kept: Parts, events: list[tuple[Any, ...]]) -> None:
    with kept.db.write() as session:
        for table in (PostFigure, AccountDay, SeenReading, Reading, SeenPost, Delivery):
            session.exec(delete(table))
        account, ids = posts_of(session)
        for event in events:
            happen(session, account, ids, event)
    rebuilding.straighten(kept)
    before = rows(kept.db)
    rebuilding.rebuild(kept)
    assert rows(kept.db) == before


def test_days_and_posts_on_both_databases(parts: Parts) -> None:
    with parts.db.write() as session:
        account, ids = posts_of(session, "Asia/Jayapura")
        session.exec(
            update(Delivery).where(col(Delivery.id) == ids[0]).values(reading_at=clock.now() + timedelta(minutes=59))
        )
    assert rebuilding.begin(parts) == 1, "the one whose first reading is to come"
    assert rebuilding.begin(parts) == 0
    assert rebuilding.straighten(parts) == 2
    figures, days = rows(parts.db)
    assert len(figures) == 3
    assert all(one["reach"] is None and one["read_at"] is None for one in figures), "public, and not read yet"
    assert [(one["day"], one["posts"], one["interaction_posts"]) for one in days] == [
        (date(2026, 8, 2), 2, 0),
        (date(2026, 8, 3), 1, 0),
    ]
    with parts.db.write() as session:
        for event in (
            ("followers", -3, 100), ("read", 0, 24, 5, None, 80), ("read", 0, 168, 9, 1, 90), ("read", 2, 168, 1, 1, 7),
            ("read", 0, 24, 5, None, 80), ("followers", 25, 300),
        ):  # fmt: skip
            happen(session, account, ids, event)
    with parts.db.read() as session:
        figure = rolling.figure(session, ids[0])
        assert figure is not None
        week_of = (figure.week_how, figure.week_reactions, figure.week_saves, figure.week_reach, figure.week_followers)
        assert week_of == ("read", 9, 1, 90, 100), "the late and repeated one of the first day changes nothing"
        assert (figure.reactions, figure.comments, figure.reach) == (9, None, 90)
        of_seen = rolling.seen_figure(session, ids[2])
        assert of_seen is not None
        assert (of_seen.source, of_seen.week_followers) == ("own", 100)
        day = session.get_one(AccountDay, (account, date(2026, 8, 2)))
        sums = (day.posts, day.interactions, day.interaction_posts, day.reach, day.reach_posts, day.followers)
        assert sums == (2, 12, 2, 97, 2, None)
        day = session.get_one(AccountDay, (account, date(2026, 8, 1)))
        assert (day.posts, day.followers) == (0, 100)
        assert session.get_one(AccountDay, (account, date(2026, 8, 3))).followers == 300
    with parts.db.write() as session:
        happen(session, account, ids, ("gone", 0))
        happen(session, account, ids, ("gone", 1))
        assert rolling.figure(session, ids[0]) is None
        assert session.get_one(AccountDay, (account, date(2026, 8, 2))).interactions == 2
        assert session.get_one(AccountDay, (account, date(2026, 8, 3))).posts == 0, "its followers stay"
    before = rows(parts.db)
    assert rebuilding.rebuild(parts) == {"posts": 1, "days": 3}
    assert rows(parts.db) == before
