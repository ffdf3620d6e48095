"""A photo from a person's phone becomes a master in the store. The original is not kept."""

from __future__ import annotations

import errno
import io
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from media import _workshop
from media.kinds import HEAD, PHOTOS, kind
from media.problems import PhotoProblem
from media.storage import Store

MAX_BYTES = 40_000_000
"""Largest file taken in, bytes."""

_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Taken:
    """A master that is in the store now.

    sha256: of the master's bytes. width, height: pixels, upright. format: what the upload was ("jpeg", "png", "webp",
    "heic"); the master is always JPEG. bytes: length of the master.
    """

    sha256: str
    width: int
    height: int
    format: str
    bytes: int


def take(source: Path | BinaryIO | bytes, *, store: Store, bounds: _workshop.Bounds = _workshop.BOUNDS) -> Taken:
    """Check and store a photo: upright, sRGB, at most 4,096 px long, without EXIF, GPS or any other note.

    source: a path, a stream opened for bytes (read from where it stands), or the bytes. Its name is never asked.
    PhotoProblem: every code of ``media.problems`` except "missing".
    """
    try:
        with store.workroom() as room:
            copy = room / "source"
            what = _receive(source, copy)
            target = room / "master"
            job = {"job": "master", "source": str(copy.absolute()), "target": str(target.absolute()), "kind": what}
            answer = _workshop.run(job, room=room, bounds=bounds)
            length = target.stat().st_size
            return Taken(store.adopt(target), int(answer["width"]), int(answer["height"]), what, length)
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise PhotoProblem("no_room") from problem
        raise


def _receive(source: Path | BinaryIO | bytes, copy: Path) -> str:
    """Copy at most MAX_BYTES to the workroom; what kind of photo it is."""
    with _open(source) as stream, copy.open("wb") as out:
        head = _read(stream, HEAD)
        if not head:
            raise PhotoProblem("empty")
        what = kind(head)
        if what not in PHOTOS:
            raise PhotoProblem("not_a_photo", kind=what)
        total, part = 0, head
        while part:
            total += len(part)
            if total > MAX_BYTES:
                raise PhotoProblem("too_large", limit=MAX_BYTES)
            out.write(part)
            part = stream.read(_CHUNK)
    return what


def _open(source: Path | BinaryIO | bytes) -> _Borrowed:
    if isinstance(source, bytes):
        return _Borrowed(io.BytesIO(source), ours=True)
    if not isinstance(source, Path):
        return _Borrowed(source, ours=False)
    try:
        if not stat.S_ISREG(source.stat().st_mode):  # a pipe would be waited for, a device never ends
            raise PhotoProblem("unreadable", reason="not a file")
        return _Borrowed(source.open("rb"), ours=True)
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the path
        raise PhotoProblem("unreadable", reason=getattr(problem, "strerror", None) or "path") from problem


class _Borrowed:
    """A stream that is closed afterwards only when we opened it."""

    def __init__(self, stream: BinaryIO, *, ours: bool) -> None:
        self.stream, self.ours = stream, ours

    def __enter__(self) -> BinaryIO:
        return self.stream

    def __exit__(self, *_: object) -> None:
        if self.ours:
            self.stream.close()


def _read(stream: BinaryIO, count: int) -> bytes:
    """``count`` bytes unless the stream ends before: a socket's stream may hand out less at a time."""
    parts = b""
    while len(parts) < count:
        part = stream.read(count - len(parts))
        if not part:
            break
        parts += part
    return parts
