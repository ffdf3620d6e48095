"""Transactions: nothing is lost when many read, change and write; nothing is written by looking."""

from __future__ import annotations

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app import clock
from app.db import Database, lease_time
from app.models import Account, Organisation, Post
from tests.faults.nursery import Nursery
from tests.fixtures import scenery
from tests.fixtures.loop import until

THREADS, TIMES = 4, 15


def _post(db: Database) -> int:
    with db.write() as session:
        return scenery.post(session, scenery.organisation(session), caption="")


def _raise(db: Database, post_id: int, times: int) -> None:
    for _ in range(times):
        with db.write() as session:
            post = session.get_one(Post, post_id, with_for_update=True)
            post.revision += 1
            session.add(post)


def _revision(db: Database, post_id: int) -> int:
    with db.read() as session:
        return session.get_one(Post, post_id).revision


def test_threads_lose_nothing(db: Database) -> None:
    post_id = _post(db)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            _raise(db, post_id, TIMES)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert _revision(db, post_id) == THREADS * TIMES


def raises_in_a_process() -> None:
    """What each process of the next test does: once by itself, then as often as the others at the same time."""
    url, post_id, gate = sys.argv[1:]
    db = Database(url)
    _raise(db, int(post_id), 1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    until(Path(gate).exists, 60, often_s=0.001)
    _raise(db, int(post_id), 30)
    db.close()


def test_processes_lose_nothing(db: Database, database_url: str, tmp_path: Path, nursery: Nursery) -> None:
    post_id = _post(db)
    gate = tmp_path / "gate"
    words = (database_url, str(post_id), str(gate))
    children = [nursery.bear(os.environ, "tests.app.test_db:raises_in_a_process", *words) for _ in range(2)]
    until(lambda: [child.words() for child in children] == ["ready\n"] * 2, 60)
    gate.touch()
    _raise(db, post_id, 30)
    assert [child.ended() for child in children] == [0, 0]
    assert _revision(db, post_id) == 2 * 31 + 30


def test_a_write_within_a_write_is_refused(db: Database) -> None:
    with db.write(), pytest.raises(RuntimeError, match="inside a write"), db.write():
        pass
    with db.write() as session:  # the refusal left nothing behind
        session.add(Organisation(name="Desa", category="desa"))


def test_a_write_in_another_thread_is_no_nesting(db: Database) -> None:
    post_id = _post(db)
    worker = threading.Thread(target=_raise, args=(db, post_id, 1))
    with db.write():
        worker.start()
    worker.join(30)
    assert _revision(db, post_id) == 1


def test_an_error_rolls_back(db: Database) -> None:
    def add_and_fail() -> None:
        with db.write() as session:
            session.add(Organisation(name="Desa", category="desa"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    with db.read() as session:
        assert session.exec(select(Organisation)).all() == []


def test_looking_writes_nothing(db: Database) -> None:
    post_id = _post(db)
    with db.read() as session:
        post = session.get_one(Post, post_id)
        post.caption = "diubah tanpa sengaja"
        session.add(post)
        session.flush()
    with db.read() as session:
        assert session.get_one(Post, post_id).caption == ""
    assert post.revision == 0, "what was read may be used afterwards"


def test_a_look_sees_one_moment_and_does_not_wait_for_a_writer(db: Database) -> None:
    post_id = _post(db)
    with db.write() as session:
        session.get_one(Post, post_id, with_for_update=True).revision = 5
        session.flush()
        assert _seen_elsewhere(db, post_id) == 0
    assert _revision(db, post_id) == 5


def _seen_elsewhere(db: Database, post_id: int) -> int:
    seen: list[int] = []
    looker = threading.Thread(target=lambda: seen.append(_revision(db, post_id)))
    looker.start()
    looker.join(10)
    return seen[0]


def test_times_come_back_aware_and_in_utc(db: Database) -> None:
    present = clock.now()
    post_id = _post(db)
    with db.write() as session:
        session.get_one(Post, post_id).due_at = present
    with db.read() as session:
        due_at = session.get_one(Post, post_id).due_at
    assert due_at == present
    assert due_at is not None
    assert due_at.utcoffset() is not None
    assert due_at.utcoffset() == present.utcoffset()


def test_sqlite_is_as_safe_as_said(db: Database) -> None:
    if not db.sqlite:
        with db.read() as session:
            assert session.execute(text("show timezone")).scalar_one() == "UTC"
        return
    with db.read() as session:
        said = [session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")]
        assert said == ["wal", 2]
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert session.execute(text("PRAGMA busy_timeout")).scalar_one() == 10000


def test_rows_that_point_nowhere_are_refused(db: Database) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), db.write() as session:
        session.add(Account(organisation_id=99, connector="facebook", remote_id="1", name="Uji"))


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        Database(url)


def test_leases_count_by_one_clock_that_travels_along(db: Database) -> None:
    """On PostgreSQL the server's, whatever the worker's host says; a test's travelling moves it too."""
    with db.read() as session:
        near = lease_time(session)
        with clock.travel(timedelta(hours=3)):
            far = lease_time(session)
    assert near.utcoffset() == timedelta(0)
    assert timedelta(hours=2, minutes=59) < far - near < timedelta(hours=3, minutes=1)


def test_small_changes_of_one_moment_share_a_transaction_and_keep_their_own_errors(db: Database) -> None:
    post_ids = [_post(db) for _ in range(6)]
    begun, failures, committed = threading.Event(), [], threading.Event()

    def change(post_id: int) -> None:
        def make(session: Session) -> None:
            session.get_one(Post, post_id).revision = 7
            if post_id == post_ids[0]:
                session.flush()
                raise ValueError("mine alone")

        try:
            db.together(make)
        except ValueError:
            failures.append(post_id)

    def holding() -> None:
        with db.write():
            begun.set()
            committed.wait(20)

    holder = threading.Thread(target=holding)
    holder.start()
    assert begun.wait(20)
    threads = [threading.Thread(target=change, args=(post_id,)) for post_id in post_ids]
    for thread in threads:
        thread.start()
    committed.set()
    for thread in (holder, *threads):
        thread.join(20)
    assert failures == post_ids[:1]
    assert [_revision(db, post_id) for post_id in post_ids] == [0, 7, 7, 7, 7, 7]
    with pytest.raises(RuntimeError), db.write():
        db.together(lambda session: None)
    db.together(lambda session: None)  # and the one that was refused is not in the way
