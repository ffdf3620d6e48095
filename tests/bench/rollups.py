"""Standings of the country from rollups beside the same query over raw readings, and what keeping rollups costs.

90,000 accounts x 30 days: a row a day each, six posts of four readings, followers read daily: 5 million raw rows.
Bars of performance.md: 15 (a ranking beside raw rows), 16 (ingest with rollups beside without, >= 0.25); the issue's:
standings in under 5 s and bounded memory. Each engine is asked by a process of its own, whose memory is told.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import insert, text

from app import migrate
from app.db import Database
from app.models import Account, Delivery, Organisation
from app.queries import standings
from app.services import counting, rebuilding, rolling
from connectors import METRICS, Counts
from tests.bench._measure import compare, seconds

ACCOUNTS, DAYS, POSTS, READINGS = int(os.environ.get("BENCH_ACCOUNTS", "90000")), 30, 6, 4
KECAMATAN_OF = 12
FIRST = date(2026, 8, 1)
LAST = FIRST + timedelta(days=DAYS - 1)
START = datetime(2026, 8, 1, 2, tzinfo=UTC)
INGESTED, BATCH = 600, 50

#: Numbers 1 to :most, as both engines make them.
_SERIES = {
    "sqlite": "with recursive n(n) as (select 1 union all select n + 1 from n where n < :most)",
    "postgresql": "with n(n) as (select generate_series(1, :most))",
}
#: A moment so many seconds after the start, as it is stored.
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', {start} + ({s}), 'unixepoch')",
    "postgresql": "to_timestamp({start} + ({s}))",
}
_DAY = {"sqlite": "date(published_at, '+7 hours')", "postgresql": "(published_at + interval '7 hours')::date"}

_NEWEST = """
select r.*, d.published_at from (
  select reading.*, row_number() over (partition by delivery_id order by read_at desc, id desc) as place
  from reading where delivery_id is not null) r
join delivery d on d.id = r.delivery_id
where r.place = 1 and d.state = 'published' and d.published_at >= :since and d.published_at < :until
"""
_DONE = "coalesce(reactions, 0) + coalesce(comments, 0) + coalesce(shares, 0) + coalesce(saves, 0)"
RAW_NATIONAL = (
    f"select account_id, sum({_DONE}) as done from ({_NEWEST}) x "
    "group by account_id order by done desc, account_id limit 50"
)
RAW_BEST = (
    "select account_id, done from (select s.*, row_number() over (partition by substr(o.region_code, 1, 8) "
    "order by done desc, s.account_id) as place, substr(o.region_code, 1, 8) as area from "
    f"(select account_id, sum({_DONE}) as done from ({_NEWEST}) x group by account_id) s "
    "join account a on a.id = s.account_id join organisation o on o.id = a.organisation_id) y "
    "where place <= 3 order by area, place"
)


def run() -> None:
    """Print all of it, for both engines."""
    with tempfile.TemporaryDirectory() as folder:
        for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
            with opened(Path(folder)) as url:
                _engine(name, url)


def _engine(name: str, url: str) -> None:
    db = Database(url)
    migrate.upgrade(db)
    print(f"rollups {name}: {ACCOUNTS} accounts made in {seconds(partial(_fill, db)):.0f} s")
    db.close()
    context = multiprocessing.get_context("spawn")
    for what in ("standings", "raw"):
        queue: Any = context.SimpleQueue()
        child = context.Process(target=_ask, args=(url, what, queue))
        child.start()
        for row, took, first in queue.get():
            print(f"rollups {name} {row:44} {took:8.3f} s   first {first}")
        print(f"rollups {name} {what}: peak memory of its process {queue.get()} MB")
        child.join()
    db = Database(url)
    _ingest(name, db)
    db.close()


def _ask(url: str, what: str, queue: Any) -> None:
    """In a process of its own: the answers, then the peak of its memory in MB."""
    db = Database(url)
    with db.read() as session:
        span = {"since": START - timedelta(hours=9), "until": START - timedelta(hours=9) + timedelta(days=DAYS)}
        asked: dict[str, Callable[[], list[Any]]] = {
            "top 50 of the country": lambda: standings.national(session, FIRST, LAST),
            "3 best of each kecamatan": lambda: standings.best_of_each(session, FIRST, LAST),
            "top 50 desa": lambda: standings.national(session, FIRST, LAST, "desa", order="rate"),
        }
        if what == "raw":
            asked = {
                "raw: top 50 of the country": lambda: list(session.execute(text(RAW_NATIONAL), span)),
                "raw: 3 best of each kecamatan": lambda: list(session.execute(text(RAW_BEST), span)),
            }
        told = []
        for name, query in asked.items():
            began = time.perf_counter()
            rows = query()
            took = time.perf_counter() - began
            first = [(row.account_id, row.done if what == "raw" else row.interactions) for row in rows[:3]]
            told.append((name, took, first))
    queue.put(told)
    queue.put(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    db.close()


def _fill(db: Database) -> None:
    """Rows past the services, made by the engine itself; rollups by one statement, and a part of them by ours, to see
    that both come to the same."""
    kind = db.engine.dialect.name
    for start in range(1, ACCOUNTS + 1, 10_000):
        numbers = range(start, min(start + 10_000, ACCOUNTS + 1))
        with db.write() as session:
            session.execute(insert(Organisation), [_organisation(n) for n in numbers])
            session.execute(insert(Account), [_account(n) for n in numbers])
    at = partial(_MOMENT[kind].format, start=int(START.timestamp()))
    post = f"(n.n - 1) % {POSTS}"
    account = f"((n.n - 1) / {POSTS} + 1)"
    published = at(s=f"({post}) * 432000 + {account} % 36000")
    steps = [
        (ACCOUNTS * POSTS, "insert into post (id, organisation_id, caption, variants, state, revision, created_at, "
         f"updated_at) select n.n, {account}, 'x', '{{}}', 'published', 0, {published}, {published} from n"),
        (ACCOUNTS * POSTS, "insert into delivery (id, post_id, account_id, state, due_at, fence, attempts, looks, "
         "error_facts, remote_id, staged, ready, repeatable, published_at, polls, created_at) "
         f"select n.n, n.n, {account}, 'published', {published}, 0, 0, 0, '{{}}', cast(n.n as varchar), '{{}}', "
         f"{'1, 1' if kind == 'sqlite' else 'true, true'}, {published}, 0, {published} from n"),
        (ACCOUNTS * POSTS * READINGS, _readings(at)),
        (ACCOUNTS * DAYS, "insert into reading (account_id, read_at, followers, refused, raw) select "
         f"(n.n - 1) / {DAYS} + 1, {at(s=f'((n.n - 1) % {DAYS}) * 86400 + 3600')}, 100 + n.n % 5000, '[]', '{{}}' "
         "from n"),
    ]  # fmt: skip
    for most, step in steps:
        with db.write() as session:
            if kind == "postgresql":  # five million foreign keys looked up one by one take longer than all the rest
                session.execute(text("set local session_replication_role = replica"))
            session.execute(text(f"{_SERIES[kind]} {step}"), {"most": most})
    # Without it PostgreSQL joins two millions of rows in a nested loop.
    _analyze(db)
    _roll(db, kind)
    _analyze(db)


def _analyze(db: Database) -> None:
    with db.write() as session:
        session.execute(text("analyze"))


def _organisation(n: int) -> dict[str, Any]:
    area, village = divmod(n - 1, KECAMATAN_OF)
    code = f"{11 + area // 400:02}.{1 + area // 20 % 20:02}.{1 + area % 20:02}.{2001 + village}"
    return {"id": n, "name": f"Desa {n}", "category": "desa" if n % 3 else "kelurahan", "region_code": code}


def _account(n: int) -> dict[str, Any]:
    platform = "instagram" if n % 2 else "facebook"
    return {"id": n, "organisation_id": n, "connector": platform, "remote_id": str(n), "name": f"Desa {n}",
            "health": "connected"}  # fmt: skip


def _readings(at: Callable[..., str]) -> str:
    """Four readings a post, at 1 h, 1, 3 and 7 days; figures grow with age, a tenth of the posts without reach."""
    delivery = f"((n.n - 1) / {READINGS} + 1)"
    place, post = f"((n.n - 1) % {READINGS})", f"(({delivery} - 1) % {POSTS})"
    account = f"(({delivery} - 1) / {POSTS} + 1)"
    age = f"(case {place} when 0 then 3600 when 1 then 86400 when 2 then 259200 else 604800 end)"
    size = f"({delivery} % 983 * 7919 % 983)"
    read_at = at(s=f"({post}) * 432000 + {account} % 36000 + {age}")
    return (
        "insert into reading (account_id, delivery_id, read_at, planned_age_s, reactions, comments, shares, saves, "
        f"reach, refused, raw) select {account}, {delivery}, {read_at}, {age}, {size} * (1 + {place}), {size} / 9, "
        f"{size} / 20, null, case when {delivery} % 10 = 0 then null else {size} * 14 * (1 + {place}) end, "
        "'[]', '{}' from n"
    )


def _roll(db: Database, kind: str) -> None:
    with db.write() as session:
        session.execute(
            text(
                "insert into postfigure (delivery_id, organisation_id, account_id, platform, source, published_at, "
                "day, read_at, reactions, comments, shares, saves, reach) select delivery_id, account_id, account_id, "
                f"'instagram', 'own', published_at, {_DAY[kind]}, read_at, reactions, comments, shares, saves, reach "
                f"from ({_NEWEST}) x"
            ),
            {"since": START - timedelta(days=9), "until": START + timedelta(days=99)},
        )
        session.execute(text("analyze postfigure"))
        session.execute(
            text(
                "insert into accountday (account_id, day, posts, interactions, interaction_posts, reach, "
                "reach_posts, followers) select a.account_id, a.day, coalesce(p.posts, 0), coalesce(p.done, 0), "
                "coalesce(p.posts, 0), coalesce(p.reach, 0), coalesce(p.reached, 0), a.followers from "
                "(select account_id, followers, "
                f"{_DAY[kind].replace('published_at', 'read_at')} as day from reading where delivery_id is null) a "
                f"left join (select account_id, day, count(*) as posts, sum({_DONE}) as done, sum(reach) as reach, "
                "count(reach) as reached from postfigure group by account_id, day) p "
                "on p.account_id = a.account_id and p.day = a.day"
            )
        )


def _ingest(name: str, db: Database) -> None:
    counts = Counts({**dict.fromkeys(METRICS, None), "reactions": 12, "comments": 3, "reach": 400})
    with db.read() as session:
        rows = [session.get_one(Delivery, n * POSTS) for n in range(1, INGESTED + 1)]
        accounts = {row.account_id: session.get_one(Account, row.account_id) for row in rows}

    def ingest() -> None:
        for start in range(0, INGESTED, BATCH):
            with db.write() as session:
                for row in rows[start : start + BATCH]:
                    counting.keep(session, accounts[row.account_id], row, counts)

    def without() -> None:
        with patch.object(rolling, "read", lambda session, delivery_id: session.flush()):
            ingest()

    compare(f"{name}: ingest of {INGESTED} readings with rollups / without (speed)", ingest, without)
    # What the statement above made is what our own code makes of the same rows.
    with db.read() as session:
        ids = list(range((INGESTED + 9) * POSTS + 1, (INGESTED + 19) * POSTS + 1))
        before = _figures(session, ids)
    took = seconds(lambda: _rebuilt(db, ids))
    with db.read() as session:
        assert _figures(session, ids) == before, "one figure, whoever makes it"
    print(f"rollups {name}: {len(ids) / took:.0f} posts/s made anew from raw rows (engagement rebuild)")


def _rebuilt(db: Database, ids: list[int]) -> None:
    with db.write() as session:
        rebuilding.posts(session, "delivery_id", ids)


def _figures(session: Any, ids: list[int]) -> list[Any]:
    query = text(
        "select delivery_id, day, read_at, reactions, comments, shares, saves, reach from postfigure "
        "where delivery_id >= :low and delivery_id <= :high order by delivery_id"
    )
    return [tuple(map(str, row)) for row in session.execute(query, {"low": ids[0], "high": ids[-1]})]


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'rollups.sqlite3'}"
    (folder / "rollups.sqlite3").unlink()


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    from tests.fixtures.databases import Postgres

    (folder / "server").mkdir(mode=0o700)
    server = Postgres(folder / "server")
    try:
        server.run("create database rollups")
        yield server.url("rollups")
    finally:
        server.stop()
