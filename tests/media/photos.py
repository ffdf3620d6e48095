"""Photos made for one property each, and what a clean JPEG may hold."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import piexif
from hypothesis import HealthCheck, settings
from PIL import Image, ImageDraw

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine is shared

# Red, green, blue, yellow in the corners of an upright photo, clockwise from the top left.
CORNERS = ((220, 30, 30), (30, 180, 30), (30, 30, 220), (230, 220, 40))


def cornered(width: int = 320, height: int = 240) -> Image.Image:
    photo = Image.new("RGB", (width, height), (128, 128, 128))
    pen = ImageDraw.Draw(photo)
    w, h = width // 3, height // 3
    places = ((0, 0), (width - w, 0), (width - w, height - h), (0, height - h))
    for (x, y), colour in zip(places, CORNERS, strict=True):
        pen.rectangle((x, y, x + w, y + h), colour)
    return photo


def corners_of(path: Path) -> list[tuple[int, ...]]:
    """Colours near the corners, clockwise from the top left."""
    with Image.open(path) as photo:
        w, h = photo.size
        points = ((w // 8, h // 8), (w - w // 8, h // 8), (w - w // 8, h - h // 8), (w // 8, h - h // 8))
        return [photo.convert("RGB").getpixel(point) for point in points]  # type: ignore[misc]  # RGB gives tuples


def near(one: Any, other: Any, by: int = 14) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def encoded(photo: Image.Image, form: str = "JPEG", **how: Any) -> bytes:
    out = io.BytesIO()
    photo.save(out, form, **how)
    return out.getvalue()


def exif(orientation: int = 1, *, thumbnail: bytes | None = None) -> bytes:
    """EXIF as a phone writes it: camera, GPS of a village, perhaps a thumbnail that shows the uncropped scene."""
    parts: dict[str, Any] = {
        "0th": {piexif.ImageIFD.Orientation: orientation, piexif.ImageIFD.Make: b"SECRETCAM"},
        "GPS": {piexif.GPSIFD.GPSLatitudeRef: b"S", piexif.GPSIFD.GPSLatitude: ((7, 1), (32, 1), (10, 1))},
        "Exif": {piexif.ExifIFD.UserComment: b"ASCII\0\0\0SECRETNOTE"},
    }
    if thumbnail:
        parts |= {"1st": {piexif.ImageIFD.Compression: 6}, "thumbnail": thumbnail}
    return piexif.dump(parts)  # type: ignore[no-any-return]  # piexif has no types


def segments(jpeg: bytes) -> Iterator[int]:
    """Marker of every segment before the pixels, read by hand so that no library hides one."""
    assert jpeg[:2] == b"\xff\xd8"
    at = 2
    while True:
        assert jpeg[at] == 0xFF
        yield jpeg[at + 1]
        if jpeg[at + 1] == 0xDA:
            return
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")


def assert_bare(jpeg: bytes) -> None:
    """JFIF header, tables, one baseline frame, one scan: no APP1-15, no comment, nothing after the end."""
    assert set(segments(jpeg)) <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
    assert jpeg.endswith(b"\xff\xd9")
    assert jpeg.count(b"\xff\xd8\xff") == 1
    assert b"SECRET" not in jpeg
