"""A full disk and a locked database at each step of the protocol: the worker lives on, and there is one public post.

The trouble is real: SQLite is told that its file may not grow, after its last page was filled; or another connection
holds the write lock for longer than ours waits.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.db import Database
from app.services import answering, claiming, publishing
from connectors.practice.server import PracticeServer
from jobs.publish import Publisher
from media import intake, renditions
from tests.faults.ground import Ground
from tests.faults.table import BY_NAME, UNCLEAR, Case, Rule
from tests.fixtures.loop import Loop, until
from tests.media.photos import cornered, encoded

#: Where the trouble begins; "": before anything is claimed.
POINTS = (
    "",
    "stage.claimed",
    "stage.made",
    "stage.done",
    "commit.claimed",
    "commit.answered",
    "look.claimed",
    "look.answered",
)
ANSWERS = ("answer.claimed", "answer.answered")
_MOST_PAGES = 1_073_741_823
_LOCK_MS = 30


@dataclass
class Disk:
    """What happens to our writes. met: the errors that our own code was given."""

    loop: Loop
    path: Path
    full: bool = False
    holder: sqlite3.Connection | None = None
    met: list[str] = field(default_factory=list)

    @contextmanager
    def trouble(self, what: str) -> Iterator[None]:
        """``full`` or ``locked``, for the time of a block."""
        self.begin(what)
        try:
            yield
        finally:
            self.end()

    def begin(self, what: str) -> None:
        other = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        if what == "locked":
            other.execute("BEGIN IMMEDIATE")
            self.holder = other
            return
        with suppress(sqlite3.OperationalError):
            other.execute("PRAGMA max_page_count=1")  # as many as there are
            while True:  # until the last page of the table that each step writes to is full
                other.execute(
                    "INSERT INTO event (at, who, subject, subject_id, what, facts) VALUES (0, '', 'x', 0, '', '')"
                )
        other.close()
        self.full = True

    def end(self) -> None:
        self.full = False
        if self.holder is not None:
            self.holder.execute("ROLLBACK")
            self.holder.close()
            self.holder = None

    def step(self) -> None:
        """As the publisher does it: what goes wrong is logged, and its lease brings the row back."""
        parts = self.loop.parts
        works: list[Callable[[], None]] = []
        with self._noted():
            works += [partial(publishing.work, parts, one) for one in claiming.claim(parts, 50)]
        with self._noted():
            works += [partial(answering.work, parts, one) for one in answering.claim(parts, 50)]
        for work in works:
            with self._noted():
                work()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            # A full disk ends SQLite's transaction at once; that its savepoint is gone then is told last.
            chain: list[str] = []
            cause: BaseException | None = error
            while cause is not None:
                chain.append(str(cause))
                cause = cause.__context__
            self.met.append("\n".join(chain))


@pytest.fixture
def disk(loop_and_server: tuple[Loop, PracticeServer]) -> Iterator[Disk]:
    """The installation on a connection that waits only shortly, and whose file may stop growing."""
    loop, _ = loop_and_server
    path = loop.parts.db.path
    assert path is not None
    db = Database(f"sqlite:///{path}")
    made = Disk(replace(loop, parts=replace(loop.parts, db=db)), path)
    event.listen(db.engine, "connect", lambda connection, _: _run(connection, f"PRAGMA busy_timeout={_LOCK_MS}"))
    event.listen(
        db.engine,
        "checkout",
        lambda connection, *_: _run(connection, f"PRAGMA max_page_count={1 if made.full else _MOST_PAGES}"),
    )
    yield made
    made.end()
    db.close()


def _run(connection: Any, statement: str) -> None:
    connection.cursor().execute(statement)


def _at(point: str, begin: Callable[[], None]) -> Callable[[str], None]:
    seen: list[str] = []

    def reach(name: str) -> None:
        if name == point and not seen:
            seen.append(name)
            begin()

    return reach


@pytest.mark.parametrize(
    ("point", "what"), [*((point, "full") for point in POINTS[::2]), *((point, "locked") for point in POINTS[::3])]
)
def test_a_post(
    disk: Disk, loop_and_server: tuple[Loop, PracticeServer], monkeypatch: pytest.MonkeyPatch, point: str, what: str
) -> None:
    ground = Ground(disk.loop, loop_and_server[1])
    kinds = [BY_NAME[name] for name in ("FB photo", "IG single", "FB text direct")]
    unheard = next(fault for fault in UNCLEAR if fault.name == "500 after")
    rules = [(Rule(kind.commit, unheard),) if point.startswith("look") else () for kind in kinds]
    ground.prepare([Case(kind, rule) for kind, rule in zip(kinds, rules, strict=True)], monkeypatch)
    ground.switch("commit")
    ground.promise_now(ready=False)
    if point:
        monkeypatch.setattr(publishing, "reach", _at(point, lambda: disk.begin(what)))
    else:
        disk.begin(what)
    deadline = time.monotonic() + 20
    while not disk.met:
        disk.step()
        assert time.monotonic() < deadline, "it never met the trouble"
    disk.step()
    disk.step()
    assert all(("full" if what == "full" else "locked") in error for error in disk.met), disk.met
    disk.end()
    _goes_on(disk, ground)
    assert set(ground.public().values()) == {1}
    assert {row.state for row in ground.rows().values()} == {"published"}


@pytest.mark.parametrize(
    ("point", "what"), [*((point, "full") for point in ANSWERS), *((point, "locked") for point in ANSWERS[::2])]
)
def test_a_reply(
    disk: Disk, loop_and_server: tuple[Loop, PracticeServer], monkeypatch: pytest.MonkeyPatch, point: str, what: str
) -> None:
    ground = Ground(disk.loop, loop_and_server[1])
    ground.prepare([Case(BY_NAME["FB reply"], ())], monkeypatch)
    ground.promise_now()
    monkeypatch.setattr(answering, "reach", _at(point, lambda: disk.begin(what)))
    deadline = time.monotonic() + 20
    while not disk.met:
        disk.step()
        assert time.monotonic() < deadline, "it never met the trouble"
    disk.end()
    _goes_on(disk, ground)
    assert set(ground.public().values()) == {1}
    assert {row.state for row in ground.rows().values()} == {"published"}


def _goes_on(disk: Disk, ground: Ground) -> None:
    """There is room again, and the leases of what could not be written down come to their end."""
    for lease in range(3):
        with ground.travel(timedelta(seconds=lease * (disk.loop.parts.settings.lease_s + 1))):
            disk.loop.settle()


@pytest.mark.parametrize("what", ["full", "locked"])
def test_a_publisher_lives_on_and_says_so(disk: Disk, caplog: pytest.LogCaptureFixture, what: str) -> None:
    loop = disk.loop
    place = loop.place()
    first = loop.post(place.facebook)
    publisher = Publisher(loop.parts)
    with caplog.at_level(logging.ERROR), disk.trouble(what):
        publisher.start()
        until(lambda: what in caplog.text)
        assert loop.delivery(first).state == "queued"
    until(lambda: loop.delivery(first).state == "published")
    assert publisher.alive
    publisher.stop()
    assert loop.control.count(place.page.page_id) == 1


def test_a_photo_store_without_room(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = intake.take(encoded(cornered(500, 380)), store=disk.loop.parts.store)
    loop = replace(disk.loop, photos=[fresh])
    place = loop.place()
    post_id = loop.post(place.facebook, photos=1)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(renditions, "_make", full, raising=True)
    loop.step()
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.error_code, loop.control.log(kind="photo")) == ("queued", "no_room", [])
    monkeypatch.undo()
    loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)
