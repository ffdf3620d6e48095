"""Engine and sessions, the same for SQLite and PostgreSQL.

``write()`` is a transaction that changes something, ``read()`` one that does not. On SQLite a write begins IMMEDIATE
and only one runs at a time in a process: a deferred transaction that turns into a write fails with a stale snapshot
(SQLModel's default session lost 349 of 400 racing increments when tried). On PostgreSQL writes run side by side, so a
row that is read in order to be changed is read ``with_for_update`` (SQLite needs and knows no such thing), or changed
by a conditional update as in ``states.move``. No network inside a write, at most about 100 rows.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from app import clock, fulltext

IMMEDIATE = {"kentongan_begin": "IMMEDIATE"}
#: Seconds between two looks of a write whether the database is free.
_LOOK_S = 0.001


@dataclass(eq=False)
class _Change:
    """One change of ``Database.together`` and what became of it."""

    make: Callable[[Session], None]
    done: bool = False
    error: BaseException | None = None


class Database:
    """One database of one process. Not to be carried over a fork; children are spawned."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        #: The file of an SQLite database; made, with its folder, at the first connection.
        self.path = Path(self.engine.url.database) if self.sqlite and self.engine.url.database else None
        self._writing = threading.Lock()
        self._mine = threading.local()
        #: Of ``together``: who waits, and whose turn it is to write for all.
        self._changes: list[_Change] = []
        self._guard = threading.Lock()
        self._turn = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that changes something; commits at the end, rolls back on any error.

        Not to be nested in one thread: that would wait for itself, so it is refused with RuntimeError.
        """
        if getattr(self._mine, "writing", False):
            raise RuntimeError("a write transaction inside a write transaction")
        with self._writing if self.sqlite else nullcontext():
            self._mine.writing = True
            try:
                with Session(self.engine, expire_on_commit=False) as session, session.begin():
                    if self.sqlite:
                        session.connection(execution_options=IMMEDIATE)
                    yield session
            finally:
                self._mine.writing = False

    def together(self, change: Callable[[Session], None]) -> None:
        """Make one small change; back when it is on disk.

        On SQLite those who wait for the database at the same time share one transaction, as there is one writer and
        one fsync at a time: fifty results of the same second do not queue up. Each change has a savepoint of its own,
        and its error is raised to whom it belongs.
        """
        if not self.sqlite:
            with self.write() as session:
                change(session)
            return
        mine = _Change(change)
        with self._guard:
            self._changes.append(mine)
        with self._turn:
            if not mine.done:
                self._make_changes(mine)
        if mine.error is not None:
            raise mine.error

    def _make_changes(self, mine: _Change) -> None:
        taken: list[_Change] = []
        try:
            with self.write() as session:
                # Only now: whoever came while we waited for the database is taken along.
                with self._guard:
                    taken, self._changes = self._changes, []
                for each in taken:
                    try:
                        with session.begin_nested():
                            each.make(session)
                    except Exception as error:
                        each.error = error
        except BaseException as error:
            # Nothing of it is on disk. Those that were not taken along try for themselves.
            taken = taken or [mine]
            with self._guard:
                self._changes = [each for each in self._changes if each is not mine]
            for each in taken:
                each.error = each.error or error
            if not isinstance(error, Exception):
                raise
        finally:
            for each in taken:
                each.done = True

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only looks; whatever was changed by mistake is rolled back.

        Objects that were read may be used afterwards: they are let go with the values they have.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
            finally:
                session.expunge_all()
                session.rollback()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            connect_args={"options": "-c timezone=UTC"},
        )
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        raise ValueError("the database must be PostgreSQL, or SQLite in a file")
    engine = create_engine(
        address, connect_args={"timeout": 10, "check_same_thread": False}, pool_size=20, max_overflow=20
    )

    @event.listens_for(engine, "do_connect")
    def _make_folder(*_: Any) -> None:
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        # We say BEGIN ourselves (below): sqlite3's own implicit BEGIN comes too late for IMMEDIATE.
        connection.isolation_level = None
        fulltext.functions(connection)
        cursor = connection.cursor()
        # FULL: what was said to be written is on disk, also after a power cut. WAL: readers never wait for writers.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("kentongan_begin") == "IMMEDIATE":
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Connection) -> None:
    """BEGIN IMMEDIATE, asked for each millisecond while another process writes, for as long as busy_timeout says.

    SQLite's own wait sleeps longer and longer, up to 100 ms between two looks: beside a process that writes one small
    transaction after the other it finds the database taken nearly each time, and waits for seconds (measured).
    """
    driver = connection.connection.dbapi_connection
    assert driver is not None
    patience_ms = int(driver.execute("PRAGMA busy_timeout").fetchone()[0])
    deadline = time.monotonic() + patience_ms / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    # Once more by SQLAlchemy, which makes its own error of it.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    return
            else:
                return
            time.sleep(_LOOK_S)
    finally:
        driver.execute(f"PRAGMA busy_timeout={patience_ms}")


def lease_time(session: Session) -> datetime:
    """Now, as claims and leases count it: the database's clock on PostgreSQL, where workers may run on hosts whose
    clocks differ; ours on SQLite, which is one machine. Aware, UTC.
    """
    if session.get_bind().dialect.name == "sqlite":
        return clock.now()
    there: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
    return there.astimezone(UTC) + clock.shift()
