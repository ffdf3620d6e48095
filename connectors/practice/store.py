"""The state of the practice platform: one SQLite file, one connection, one writer at a time.

WAL with synchronous=NORMAL: every committed transaction survives kill -9 (only a power cut may lose the last ones,
which a rehearsal bears). Times are stored as unix seconds (REAL, UTC).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Row = sqlite3.Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('page', 'ig')), name TEXT NOT NULL, username TEXT NOT NULL,
  followers INTEGER NOT NULL, owner_id TEXT NOT NULL, linked_id TEXT, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('user', 'page', 'app')), user_id TEXT, page_id TEXT,
  scopes TEXT NOT NULL, expires REAL NOT NULL DEFAULT 0, dead_subcode INTEGER);
CREATE TABLE IF NOT EXISTS blobs (
  key TEXT PRIMARY KEY, type TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS posts (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, message TEXT NOT NULL DEFAULT '', link TEXT,
  published INTEGER NOT NULL, scheduled REAL, created REAL NOT NULL, published_at REAL,
  deleted INTEGER NOT NULL DEFAULT 0,
  shortcode TEXT NOT NULL, comment_enabled INTEGER NOT NULL DEFAULT 1, numbers TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS posts_account ON posts (account_id, created);
CREATE TABLE IF NOT EXISTS photos (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, post_id TEXT, position INTEGER NOT NULL DEFAULT 0,
  blob_key TEXT NOT NULL,
  alt TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', published INTEGER NOT NULL,
  temporary INTEGER NOT NULL, created REAL NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS photos_post ON photos (post_id, position);
CREATE TABLE IF NOT EXISTS comments (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, post_id TEXT NOT NULL, parent_id TEXT, author_id TEXT NOT NULL,
  author_name TEXT NOT NULL, anonymous INTEGER NOT NULL DEFAULT 0, own INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL, created REAL NOT NULL, hidden INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
  likes INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS comments_post ON comments (post_id, created);
CREATE INDEX IF NOT EXISTS comments_parent ON comments (parent_id, created);
CREATE TABLE IF NOT EXISTS messages (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, comment_id TEXT NOT NULL UNIQUE, text TEXT NOT NULL,
  created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS reactions (
  post_id TEXT NOT NULL, person TEXT NOT NULL, type TEXT NOT NULL, created REAL NOT NULL,
  PRIMARY KEY (post_id, person));
CREATE TABLE IF NOT EXISTS containers (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('single', 'item', 'carousel')),
  blob_key TEXT, alt TEXT NOT NULL DEFAULT '', caption TEXT NOT NULL DEFAULT '', children TEXT NOT NULL DEFAULT '[]',
  created REAL NOT NULL, ready_at REAL NOT NULL, failed TEXT, media_id TEXT);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY, place TEXT NOT NULL, account_id TEXT, what TEXT NOT NULL, params TEXT NOT NULL,
  times INTEGER);
CREATE TABLE IF NOT EXISTS log (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, params TEXT NOT NULL,
  token_where TEXT NOT NULL, kind TEXT, account_id TEXT, acted INTEGER NOT NULL, status INTEGER, fault TEXT,
  code INTEGER, subcode INTEGER);
CREATE TABLE IF NOT EXISTS plan (
  id INTEGER PRIMARY KEY, post_id TEXT NOT NULL, due REAL NOT NULL, what TEXT NOT NULL, person TEXT NOT NULL,
  text TEXT NOT NULL, answers TEXT, mark TEXT, done INTEGER NOT NULL DEFAULT 0, made_id TEXT);
CREATE INDEX IF NOT EXISTS plan_post ON plan (post_id);
CREATE INDEX IF NOT EXISTS plan_due ON plan (done, due);
CREATE TABLE IF NOT EXISTS told (
  id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, object TEXT NOT NULL, verb TEXT NOT NULL, comment_id TEXT NOT NULL,
  change TEXT NOT NULL, at REAL NOT NULL, due REAL NOT NULL, sent INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS told_due ON told (sent, due);
"""

#: How many log rows are kept, so that a platform running for months stays small.
_LOG_KEPT = 20_000


class Store:
    """Threads share one connection behind a lock; ``transaction()`` is the only way in."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        self.offset_s = float(self.get("clock_offset_s", 0.0))

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nested use joins the outer one. Never do network calls inside."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def now(self) -> float:
        """Unix seconds on the practice clock: the injected clock plus the offset set by the control API."""
        moment = self._clock()
        if moment.tzinfo is None:
            raise ValueError("the practice clock must give aware times")
        return moment.timestamp() + self.offset_s

    def set_offset(self, seconds: float) -> None:
        self.put("clock_offset_s", seconds)
        self.offset_s = seconds

    def get(self, key: str, default: Any = None) -> Any:
        """A setting (JSON value) by key."""
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else json.loads(row["value"])

    def put(self, key: str, value: Any) -> None:
        with self.transaction() as db:
            db.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json.dumps(value)),
            )

    def new_id(self, base: int) -> str:
        """The next numeric id of a family; ids of all families come from one counter and never repeat."""
        with self.transaction():
            number = int(self.get("last_id", 0)) + 1
            self.put("last_id", number)
        return str(base + number * 17)

    def keep_blob(self, data: bytes, kind: str, size: tuple[int, int]) -> str:
        """Store image bytes; the key is unguessable and is the CDN address's last part."""
        key = secrets.token_urlsafe(24)
        with self.transaction() as db:
            db.execute("INSERT INTO blobs VALUES (?, ?, ?, ?, ?)", (key, kind, size[0], size[1], data))
        return key

    def write_log(self, entry: dict[str, Any]) -> None:
        with self.transaction() as db:
            columns = ", ".join(entry)
            marks = ", ".join("?" for _ in entry)
            cursor = db.execute(f"INSERT INTO log ({columns}) VALUES ({marks})", tuple(entry.values()))  # noqa: S608  our own column names
            if (cursor.lastrowid or 0) % 500 == 0:
                db.execute("DELETE FROM log WHERE id <= ?", ((cursor.lastrowid or 0) - _LOG_KEPT,))


def graph_time(seconds: float) -> str:
    """Unix seconds in the form of the Graph API: 2026-11-21T10:00:00+0000."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
