"""The loop in process, for every test here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors import _graph_counts
from tests.fixtures.desk import database, desk
from tests.fixtures.loop import free_port, loop, photo_store, shared_loop

__all__ = ["database", "desk", "free_port", "loop", "photo_store", "shared_loop"]


@pytest.fixture(autouse=True)
def _no_dead_metrics() -> Iterator[None]:
    """A process remembers refused metrics by address, and ports come again."""
    _graph_counts._dead.clear()
    yield
    _graph_counts._dead.clear()
