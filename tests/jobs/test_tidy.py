"""Tidying deletes what nothing points to, and only what is old."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app.models import Photo
from app.parts import Parts
from jobs import tidy
from media.sample import drawn
from tests.fixtures import scenery


def _aged(path: Path) -> None:
    long_ago = time.time() - 2 * tidy.OLD_S
    os.utime(path, (long_ago, long_ago))


def test_unused_photos_go_after_a_day_and_used_or_wanted_ones_stay(parts: Parts) -> None:
    store = parts.store
    used, old, young, wanted = (store.put(drawn("meeting", seed)) for seed in range(4))
    with parts.db.write() as session:
        post_id = scenery.post(session, scenery.organisation(session))
        session.add(Photo(post_id=post_id, position=1, sha256=used, width=1600, height=1200))
    for sha256 in (used, old, wanted):
        _aged(store.path(sha256))
    # Somebody uploads it again: it is in use a moment before its row.
    assert store.put(drawn("meeting", 3)) == wanted
    tidy.run(parts, lambda: True)
    assert sorted(store.masters()) == sorted([used, young, wanted])


def test_it_stops_when_asked(parts: Parts) -> None:
    kept = parts.store.put(drawn("meeting", 1))
    _aged(parts.store.path(kept))
    tidy.run(parts, lambda: False)
    assert parts.store.has(kept)
