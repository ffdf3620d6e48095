"""Standings from rollups: ties, areas, categories, and days at both ends."""

from __future__ import annotations

from datetime import date

import pytest

from app.db import Database
from app.models import AccountDay
from app.queries import standings
from tests.fixtures import scenery

FIRST, LAST = date(2026, 8, 1), date(2026, 8, 31)


def test_the_best_of_the_country_and_of_each_kecamatan(db: Database) -> None:
    with db.write() as session:
        ids = {}
        for name, code, category, days in (
            ("A", "32.01.39.2001", "desa", {1: (10, 100), 31: (5, 50)}),
            ("B", "32.01.39.2002", "desa", {2: (15, 300), -1: (900, 1)}),  # the day before does not count
            ("C", "32.01.40.2001", "kelurahan", {3: (15, 0)}),
            ("D", "32.01.39.1003", "kelurahan", {4: (3, 10)}),
            ("E", "32.01", "perangkat daerah", {5: (99, 100)}),  # of no kecamatan
            ("F", "32.01.39.2009", "desa", {6: (0, 0)}),  # posts, and nobody answered
            ("G", None, "desa", {}),  # never posted
        ):
            organisation = scenery.organisation(session, name, category=category, region_code=code)
            ids[name] = scenery.account(session, organisation, name=name)
            for day, (done, reach) in days.items():
                on = date(2026, 7, 31) if day < 0 else date(2026, 8, day)
                figures = {"interactions": done, "interaction_posts": 1, "reach": reach, "reach_posts": int(reach > 0)}
                session.add(AccountDay(account_id=ids[name], day=on, posts=1, followers=100 + day, **figures))
        session.add(AccountDay(account_id=ids["G"], day=date(2026, 8, 9), followers=5))
        session.flush()
        country = standings.national(session, FIRST, LAST)
        assert [(one.rank, one.account) for one in country] == [
            (1, "E"), (2, "A"), (2, "B"), (2, "C"), (5, "D"), (6, "F")
        ]  # fmt: skip
        second = country[1]
        assert (second.posts, second.interactions, second.reach, second.followers) == (2, 15, 150, 131)
        assert (second.organisation, second.category, second.area, second.rate) == ("A", "desa", None, 0.1)
        assert country[3].rate is None
        assert [one.account for one in standings.national(session, FIRST, LAST, limit=2)] == ["E", "A"]
        by_rate = standings.national(session, FIRST, LAST, "desa", order="rate")
        assert [(one.rank, one.account) for one in by_rate] == [(1, "A"), (2, "B"), (3, "F")]
        best = standings.best_of_each(session, FIRST, LAST, places=2)
        assert [(one.area, one.rank, one.account) for one in best] == [
            ("32.01.39", 1, "A"), ("32.01.39", 1, "B"), ("32.01.40", 1, "C")
        ]  # fmt: skip
        with pytest.raises(ValueError, match="unknown order"):
            standings.national(session, FIRST, LAST, order="reach")
        session.rollback()
