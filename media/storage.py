"""Where photos live: one content-addressed folder, everything in it finished or absent.

    ROOT/ab/cdef....jpg                  a master, named by the SHA-256 of its bytes
    ROOT/ab/cdef....-0123456789abcdef.jpg   a rendition of it, named by master and recipe
    ROOT/.tmp/                           work in progress, swept when old

Names from outside pass one pattern before they touch a path, so none can point elsewhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_KEY = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the store holds: counts, and bytes of all files."""

    photos: int
    renditions: int
    bytes: int


class Store:
    """Photos under ``root`` (made when first written to; readable by its owner alone)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where this master is or would be. ValueError for anything but 64 small hexadecimal digits."""
        if not _SHA256.match(sha256):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self.root / sha256[:2] / f"{sha256[2:]}.jpg"

    def rendition_path(self, reference: str) -> Path:
        """Where ``SHA256-KEY`` is or would be. ValueError for anything else."""
        sha256, _, key = reference.partition("-")
        if not _KEY.match(key):
            raise ValueError("not a rendition's reference")
        return self.path(sha256).with_name(f"{sha256[2:]}-{key}.jpg")

    def find(self, name: str) -> Path | None:
        """The file behind a master's hash or a rendition's reference; None when malformed or absent."""
        try:
            path = self.rendition_path(name) if "-" in name else self.path(name)
        except ValueError:
            return None
        return path if path.is_file() else None

    def has(self, sha256: str) -> bool:
        """Whether this master is here."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes of this master. FileNotFoundError when absent."""
        return self.path(sha256).stat().st_size

    def put(self, source: Path | bytes) -> str:
        """Keep these bytes; returns their SHA-256. Putting the same bytes again, from any process, changes nothing."""
        with self.workroom() as room:
            copy = room / "put"
            if isinstance(source, bytes):
                copy.write_bytes(source)
            else:
                shutil.copyfile(source, copy)
            return self.adopt(copy)

    def adopt(self, file: Path) -> str:
        """Like ``put`` for a file made in this store's workroom: moved, not copied."""
        with file.open("rb") as handle:
            sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
        target = self.path(sha256)
        # A file of another length under this name is the leftover of a crash below us (lost blocks): replaced.
        try:
            known = target.stat().st_size == file.stat().st_size
            if known:
                target.touch()  # young again: whoever sweeps up unused photos must see that somebody wants it now
        except FileNotFoundError:
            known = False
        if not known:
            self._settle(file, target)
        return sha256

    def adopt_rendition(self, file: Path, reference: str) -> Path:
        """Move a finished rendition from the workroom to its place. The last of several equal ones stays."""
        target = self.rendition_path(reference)
        self._settle(file, target)
        return target

    def delete(self, sha256: str) -> bool:
        """Remove a master and all its renditions; whether there was a master. Absent ones are no error."""
        path = self.path(sha256)
        found = path.is_file()
        path.unlink(missing_ok=True)
        for rendition in path.parent.glob(f"{sha256[2:]}-*.jpg"):
            rendition.unlink(missing_ok=True)
        return found

    def masters(self) -> Iterator[str]:
        """The SHA-256 of every master, in no order."""
        for file in self.root.glob("[0-9a-f][0-9a-f]/*.jpg"):
            name = file.parent.name + file.stem
            if _SHA256.match(name):
                yield name

    def sizes(self) -> Sizes:
        """Counts and bytes of everything finished in the store."""
        photos = renditions = total = 0
        for file in self.root.glob("[0-9a-f][0-9a-f]/*.jpg"):
            with contextlib.suppress(FileNotFoundError):  # deleted while we count
                total += file.stat().st_size
                if "-" in file.stem:
                    renditions += 1
                else:
                    photos += 1
        return Sizes(photos, renditions, total)

    def sweep(self, older_than: float = 3600.0) -> int:
        """Remove work left behind by processes that died, older than so many seconds; how many were removed."""
        edge = time.time() - older_than
        removed = 0
        for left in (self.root / ".tmp").glob("*"):
            with contextlib.suppress(OSError):
                if left.lstat().st_mtime < edge:
                    shutil.rmtree(left)
                    removed += 1
        return removed

    @contextlib.contextmanager
    def workroom(self) -> Iterator[Path]:
        """A private folder on the store's own file system, gone afterwards."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        tmp = self.root / ".tmp"
        tmp.mkdir(mode=0o700, exist_ok=True)
        room = Path(tempfile.mkdtemp(dir=tmp))
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def _settle(self, file: Path, target: Path) -> None:
        """Bytes to disk, then the name, then the folder's entry: after a power cut the file is whole or absent."""
        target.parent.mkdir(mode=0o700, exist_ok=True)
        file.chmod(0o600)
        _sync(file)
        file.replace(target)
        _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
