"""A small file in which notifications wait for the database (SQLite only).

SQLite has one writer at a time. Beside a worker that writes all the time, a notification would wait for its turn, and
the platform for its answer. So it goes into a file of its own first, where only tiny transactions happen; the job takes
it over into the tables (services/hooking.py). PostgreSQL needs none of this: there writers do not wait for each other.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = "notifications.sqlite3"
_WAIT_S, _LOOK_S = 10.0, 0.0005
_SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, digest TEXT UNIQUE, body TEXT, tally TEXT)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notification (digest and body), or one to be counted only (tally). at: ISO 8601, UTC."""

    at: str
    digest: str | None = None
    body: str | None = None
    tally: str | None = None
    id: int = 0


class Spool:
    """One file, one connection a process. put() is back when it is on disk; those who wait together share one fsync."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        self._guard, self._turn = threading.Lock(), threading.Lock()
        self._rows: list[tuple[Waiting, list[BaseException | None]]] = []
        for step in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _SCHEMA):
            self._patiently(step)

    def put(self, row: Waiting) -> None:
        """Keep a row; one with a digest that waits already is there once. Raises sqlite3.Error when it is not kept."""
        outcome: list[BaseException | None] = []
        with self._guard:
            self._rows.append((row, outcome))
        with self._turn:
            if not outcome:
                self._write()
        if outcome[0] is not None:
            raise outcome[0]

    def look(self, limit: int) -> list[Waiting]:
        """The oldest rows."""
        with self._turn:
            found = self._db.execute(
                "SELECT at, digest, body, tally, id FROM waiting ORDER BY id LIMIT ?", (limit,)
            ).fetchall()
        return [Waiting(*row) for row in found]

    def drop(self, rows: Sequence[Waiting]) -> None:
        """Forget rows that were taken over. Without an fsync: what a power cut brings back is known by its digest."""
        with self._turn:
            self._db.execute("PRAGMA synchronous=NORMAL")
            try:
                self._patiently("BEGIN IMMEDIATE")
                self._db.executemany("DELETE FROM waiting WHERE id = ?", [(row.id,) for row in rows])
                self._db.execute("COMMIT")
            finally:
                self._undo()
                self._db.execute("PRAGMA synchronous=FULL")

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def _write(self) -> None:
        taken: list[tuple[Waiting, list[BaseException | None]]] = []
        error: BaseException | None = None
        try:
            self._patiently("BEGIN IMMEDIATE")
            with self._guard:
                taken, self._rows = self._rows, []
            self._db.executemany(
                "INSERT OR IGNORE INTO waiting (at, digest, body, tally) VALUES (?, ?, ?, ?)",
                [(row.at, row.digest, row.body, row.tally) for row, _ in taken],
            )
            self._db.execute("COMMIT")
        except sqlite3.Error as failure:
            error = failure
            with self._guard:
                taken, self._rows = [*taken, *self._rows], []
        finally:
            self._undo()
            for _, outcome in taken:
                outcome.append(error)

    def _undo(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _patiently(self, statement: str) -> None:
        """Another process's transaction is over in a moment: asked for again at once, as in app/db.py."""
        deadline = time.monotonic() + _WAIT_S
        while True:
            try:
                self._db.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            else:
                return
            time.sleep(_LOOK_S)
