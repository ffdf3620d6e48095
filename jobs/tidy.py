"""Throw away what nothing points to any more: photo files of removed photos, half-written files."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlmodel import col, select

from app.models import Photo
from app.parts import Parts

#: An upload is in the store a moment before its row: younger files are left alone.
OLD_S = 24 * 3600.0


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Delete photo files without a row, a day after they were written."""
    parts.store.sweep()
    for sha256 in list(parts.store.masters()):
        if not go_on():
            return
        path = parts.store.path(sha256)
        try:
            young = time.time() - path.stat().st_mtime < OLD_S
        except FileNotFoundError:
            continue
        if young:
            continue
        with parts.db.read() as session:
            used = session.exec(select(Photo.id).where(col(Photo.sha256) == sha256).limit(1)).first()
        if used is None:
            parts.store.delete(sha256)
