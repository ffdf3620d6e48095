"""A post as one account gets it: its caption, and its photos as finished files, with public addresses if there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import overload

from app import clock
from app.models import Account, Photo, Post
from app.parts import Parts
from app.services import drafting
from connectors import Item, Limits, PhotoFile, load
from media import links, renditions
from media.geometry import Box, Spec, common_ratio

#: A public photo link lives this long: staging may be retried for hours, and Meta fetches at the time of the call.
LINK_LIFE = timedelta(hours=24)


def item(parts: Parts, post: Post, account: Account) -> Item:
    """What a connector publishes. Renditions are made once and kept; PhotoProblem when one cannot be made."""
    return Item(drafting.caption_for(post, account.connector), _photos(parts, post, account))


def staged_item(parts: Parts, post: Post, account: Account) -> Item:
    """The same for a post that was staged: its photos are looked up when somebody asks for them, with what ``item``
    raises. A commit that only turns something on never does, and has to be quick."""
    return Item(drafting.caption_for(post, account.connector), _Later(lambda: _photos(parts, post, account)))


class _Later(Sequence[PhotoFile]):
    """Photos that are looked up at first use."""

    def __init__(self, look: Callable[[], tuple[PhotoFile, ...]]) -> None:
        self._look = look
        self._found: tuple[PhotoFile, ...] | None = None

    def _all(self) -> tuple[PhotoFile, ...]:
        if self._found is None:
            self._found = self._look()
        return self._found

    @overload
    def __getitem__(self, place: int) -> PhotoFile: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[PhotoFile]: ...

    def __getitem__(self, place: int | slice) -> PhotoFile | Sequence[PhotoFile]:
        return self._all()[place]

    def __len__(self) -> int:
        return len(self._all())


def _photos(parts: Parts, post: Post, account: Account) -> tuple[PhotoFile, ...]:
    with parts.db.read() as session:
        photos = drafting.photos_of(session, post.id or 0)
    files = prints(parts, photos, load()[account.connector].limits)
    return tuple(
        PhotoFile(path, photo.alt_text, public_url(parts, reference))
        for (reference, path), photo in zip(files, photos, strict=True)
    )


def prints(parts: Parts, photos: Sequence[Photo], limits: Limits) -> list[tuple[str, Path]]:
    """(reference, file) within a platform's limits, in order; one ratio for all where the platform wants that."""
    if not photos:
        return []
    low, high = limits.ratio or (None, None)
    crops = [_box(photo) for photo in photos]
    fixed = None
    if limits.one_ratio and len(photos) > 1:
        fixed = common_ratio([(photo.width, photo.height) for photo in photos], crops)
    spec = Spec(low, high, limits.photo_edge, limits.photo_bytes, fixed)
    files = []
    for photo, crop in zip(photos, crops, strict=True):
        blur = [_four(box) for box in photo.boxes]
        path = renditions.render(parts.store, photo.sha256, spec, crop, blur=blur)
        files.append((renditions.reference(photo.sha256, spec, crop, blur), path))
    return files


def public_url(parts: Parts, reference: str) -> str | None:
    """A signed address under the public URL for one rendition; None where the installation has none."""
    if not parts.settings.public_url:
        return None
    token = links.sign(reference, key=parts.sealer.key_for("links"), expires=clock.now() + LINK_LIFE)
    return f"{parts.settings.public_url}/media/{token}"


def _box(photo: Photo) -> Box | None:
    return _four(photo.crop) if photo.crop else None


def _four(numbers: Sequence[float]) -> Box:
    left, top, right, bottom = numbers
    return (left, top, right, bottom)
