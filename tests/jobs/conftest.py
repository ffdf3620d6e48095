"""What a process remembers of platforms is forgotten between the tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors import _graph_counts


@pytest.fixture(autouse=True)
def _no_dead_metrics() -> Iterator[None]:
    """A process remembers refused metrics by address, and ports come again."""
    _graph_counts._dead.clear()
    yield
    _graph_counts._dead.clear()
