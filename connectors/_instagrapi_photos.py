"""A post's photos on their way to the private API: what is refused before it is sent, and the fields of a carousel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connectors._errors import Refused
from connectors._types import Item, Limits, PhotoFile

#: The library crops to these (width / height) without a word, so anything beyond is refused before it is sent.
RATIO = (0.8, 1.91)
_RATIO_SLACK = 0.01
_ALT_TEXT = 1000
_HASHTAG = re.compile(r"#\w")
_MENTION = re.compile(r"(?<![\w@])@\w")


@contextmanager
def named_jpeg(path: Path) -> Iterator[Path]:
    """The same photo under a name that ends in .jpg: the library goes by the name, storage by the content."""
    if path.suffix.lower() in (".jpg", ".jpeg"):
        yield path
        return
    with TemporaryDirectory() as folder:
        named = Path(folder) / "photo.jpg"
        named.write_bytes(path.read_bytes())
        yield named


def check_item(item: Item, limits: Limits) -> None:
    """Refuse what Instagram would take and spoil: over its limits it posts without the caption."""
    if not item.photos:
        raise Refused("no_photo")
    if len(item.photos) > limits.photos:
        raise Refused("too_many_photos", count=len(item.photos), limit=limits.photos)
    length = max(len(item.caption), len(item.caption.encode("utf-16-le")) // 2)
    if length > limits.caption:
        raise Refused("caption_too_long", length=length, limit=limits.caption)
    for kind, marks, limit in (
        ("hashtags", _HASHTAG.findall(item.caption), limits.hashtags),
        ("mentions", _MENTION.findall(item.caption), limits.mentions),
    ):
        if limit is not None and len(marks) > limit:
            raise Refused("caption_too_long", **{kind: len(marks)}, limit=limit)


def check_photo(path: Path) -> None:
    """Refuse what the library would turn into something else, or fall over: not there, broken, no JPEG, odd shape."""
    from PIL import Image  # with instagrapi: only when a photo is sent

    try:
        with Image.open(path) as image:
            image.load()
            kind, ratio = image.format, image.width / image.height
    except FileNotFoundError:
        raise Refused("photo_missing") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused("photo_bad") from None
    if kind != "JPEG":
        raise Refused("photo_format", format=kind)
    if not RATIO[0] - _RATIO_SLACK <= ratio <= RATIO[1] + _RATIO_SLACK:
        raise Refused("photo_ratio", ratio=round(ratio, 3))


def parse_upload(text: str) -> tuple[str, int, int]:
    """(upload id, width, height) of "ID:WIDTHxHEIGHT", the form in which a staged photo is kept."""
    upload_id, _, size = text.partition(":")
    width, _, height = size.partition("x")
    return upload_id, int(width), int(height)


def alt_text(photo: PhotoFile) -> dict[str, str]:
    """The app's field for alt text, handed on by the library as it is.

    Left out when empty: then Instagram describes the photo itself. In a carousel it stands with each photo.
    """
    return {"custom_accessibility_caption": photo.alt_text[:_ALT_TEXT]} if photo.alt_text.strip() else {}


def child(upload: tuple[str, int, int], photo: PhotoFile) -> dict[str, Any]:
    """One photo of a carousel, in the fields of the library's ``album_upload`` (3.2.2)."""
    upload_id, width, height = upload
    return {
        "upload_id": upload_id,
        "edits": _compact({"crop_original_size": [width, height], "crop_center": [0.0, -0.0], "crop_zoom": 1.0}),
        "extra": _compact({"source_width": width, "source_height": height}),
        "scene_capture_type": "",
        "scene_type": None,
        **alt_text(photo),
    }


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
