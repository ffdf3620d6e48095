"""Throw away what nothing points to any more: photo files of removed photos, half-written files, old notifications;
and what is kept for a while only, such as the phone number beside a case that was settled long ago. And posts that
rest for their age and are counted by an award now are picked up again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sqlmodel import col, select

from app.models import Attachment, Photo
from app.parts import Parts
from app.services import award_polls, evidence, forgetting, hooking

#: An upload is in the store a moment before its row: younger files are left alone.
OLD_S = 24 * 3600.0


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Forget what is due; delete photo files without a row, a day after they were written, and old notifications."""
    hooking.tidy(parts)
    forgetting.forget(parts, go_on)
    award_polls.pick_up(parts, go_on)
    parts.store.sweep()
    with parts.db.read() as session:
        kept = evidence.kept_photos(session)
    for sha256 in list(parts.store.masters()):
        if not go_on():
            return
        if sha256 in kept:
            continue  # of an award: it outlives the post
        with parts.db.read() as session:
            used = session.exec(select(Photo.id).where(col(Photo.sha256) == sha256).limit(1)).first()
            beside = select(Attachment.id).where(col(Attachment.sha256) == sha256)
            used = used or session.exec(beside.limit(1)).first()
        # The age last, just before deleting: an upload of the same photo makes the file young.
        if used is None and _old(parts.store.path(sha256)):
            parts.store.delete(sha256)


def _old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime >= OLD_S
    except FileNotFoundError:
        return False
