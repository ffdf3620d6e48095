"""The demo's drawn photos: the same each time, and cleaned like anybody's."""

from __future__ import annotations

import io

import piexif
import pytest
from PIL import Image

from media import Store, sample, take
from tests.media.photos import assert_bare


@pytest.mark.parametrize("kind", sample.KINDS)
def test_drawn_photos_come_in(store: Store, kind: str) -> None:
    data = sample.drawn(kind, 3)
    assert data == sample.drawn(kind, 3)
    assert data != sample.drawn(kind, 4)
    taken = take(data, store=store)
    assert (taken.width, taken.height) == ((1200, 1600) if kind == "road" else (1600, 1200))
    assert_bare(store.path(taken.sha256).read_bytes())


def test_the_road_lies_on_its_side_and_tells_where_it_is() -> None:
    data = sample.drawn("road", 1)
    found = piexif.load(data)
    assert found["0th"][piexif.ImageIFD.Orientation] == 6
    assert found["GPS"][piexif.GPSIFD.GPSLatitudeRef] == b"S"
    with Image.open(io.BytesIO(data)) as photo:
        assert photo.size == (1600, 1200)
    with pytest.raises(ValueError, match="beach"):
        sample.drawn("beach", 1)
