"""A store in a temporary home."""

from __future__ import annotations

from pathlib import Path

import pytest

from media import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "photos")
