"""Photos, and a fresh memory of dead metrics: servers of two tests may get the same port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from connectors import PhotoFile, _graph_counts

MakePhoto = Callable[..., PhotoFile]


@pytest.fixture(autouse=True)
def _no_dead_metrics() -> Iterator[None]:
    _graph_counts._dead.clear()
    yield
    _graph_counts._dead.clear()


@pytest.fixture
def make_photo(tmp_path: Path) -> MakePhoto:
    """``make_photo(1, alt="...", size=(w, h))``: a JPEG on disk."""

    def make(number: int, alt: str = "", size: tuple[int, int] = (600, 600), url: str | None = None) -> PhotoFile:
        path = tmp_path / f"foto-{number}.jpg"
        Image.new("RGB", size, (40 * number % 255, 90, 120)).save(path, "JPEG")
        return PhotoFile(path, alt, url)

    return make
