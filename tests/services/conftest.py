"""The loop in process, for every test here."""

from __future__ import annotations

from tests.fixtures.desk import database, desk
from tests.fixtures.loop import free_port, loop, photo_store, shared_loop

__all__ = ["database", "desk", "free_port", "loop", "photo_store", "shared_loop"]
