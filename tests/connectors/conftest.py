"""Photos, and a scripted server with a connector on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from connectors import PhotoFile, _instagram_containers
from connectors import facebook as facebook_module
from connectors.facebook import Facebook
from connectors.instagram import Instagram
from tests.connectors.scripted import Script, scripted

MakePhoto = Callable[..., PhotoFile]


@pytest.fixture
def make_photo(tmp_path: Path) -> MakePhoto:
    """``make_photo(1, alt="...", size=(w, h))``: a JPEG on disk."""

    def make(number: int, alt: str = "", size: tuple[int, int] = (600, 600), url: str | None = None) -> PhotoFile:
        path = tmp_path / f"foto-{number}.jpg"
        Image.new("RGB", size, (40 * number % 255, 90, 120)).save(path, "JPEG")
        return PhotoFile(path, alt, url)

    return make


class Hand:
    """The hand of the connectors' clock, moved by the test: a slow machine makes no slow line."""

    def __init__(self) -> None:
        self.at = 0.0

    def turn(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    made = Hand()
    for module in (facebook_module, _instagram_containers):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: made.at))
    return made


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as one:
        yield one


@pytest.fixture
def facebook(script: Script) -> Iterator[Facebook]:
    with closing(Facebook(script.page(), script.wire())) as one:
        yield one


@pytest.fixture
def instagram(script: Script) -> Iterator[Instagram]:
    with closing(Instagram(script.ig(page_id="615"), script.wire())) as one:
        yield one
