"""The loop in process, and workers to be killed, for every test here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.nursery import Nursery
from tests.fixtures.loop import free_port, loop, photo_store, shared_loop

__all__ = ["free_port", "loop", "photo_store", "shared_loop"]


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """One for all tests of a test process: it has imported the program already."""
    made = Nursery(tmp_path_factory.mktemp("pekerja"))
    yield made
    made.close()
