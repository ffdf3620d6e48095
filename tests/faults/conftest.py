"""Installations whose platform runs in this process, so that hundreds of Pages are quick; workers to be killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from connectors.practice.server import PracticeServer
from media.intake import Taken
from media.storage import Store
from tests.fixtures.loop import Loop, begin, installation


@pytest.fixture
def loop_and_server(
    sqlite_template: Path, tmp_path: Path, photo_store: tuple[Store, list[Taken]]
) -> Iterator[tuple[Loop, PracticeServer]]:
    """On SQLite."""
    store, photos = photo_store
    path = tmp_path / "kentongan.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    db = Database(f"sqlite:///{path}")
    with PracticeServer(tmp_path / "practice.sqlite3") as server:
        yield begin(installation(db, f"sqlite:///{path}", tmp_path / "home", store), server, photos), server
    db.close()


@pytest.fixture
def both(
    db: Database, database_url: str, tmp_path: Path, photo_store: tuple[Store, list[Taken]]
) -> Iterator[tuple[Loop, PracticeServer]]:
    """On each of the two databases."""
    store, photos = photo_store
    with PracticeServer(tmp_path / "practice.sqlite3") as server:
        yield begin(installation(db, database_url, tmp_path / "home", store), server, photos), server
