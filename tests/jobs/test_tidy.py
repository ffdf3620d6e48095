"""Tidying deletes what nothing points to, and only what is old."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, select

from app import clock
from app.models import Aspiration, Attachment, Event, Photo
from app.parts import Parts
from jobs import tidy
from media.sample import drawn
from tests.fixtures import scenery


def _aged(path: Path) -> None:
    long_ago = time.time() - 2 * tidy.OLD_S
    os.utime(path, (long_ago, long_ago))


def test_unused_photos_go_after_a_day_and_used_or_wanted_ones_stay(parts: Parts) -> None:
    store = parts.store
    used, old, young, wanted, beside = (store.put(drawn("meeting", seed)) for seed in range(5))
    with parts.db.write() as session:
        post_id = scenery.post(session, scenery.organisation(session))
        session.add(Photo(post_id=post_id, position=1, sha256=used, width=1600, height=1200))
        _settled(session, beside, ago=timedelta(days=30))
    for sha256 in (used, old, wanted, beside):
        _aged(store.path(sha256))
    # Somebody uploads it again: it is in use a moment before its row.
    assert store.put(drawn("meeting", 3)) == wanted
    tidy.run(parts, lambda: True)
    assert sorted(store.masters()) == sorted([used, young, wanted, beside])


def test_half_a_year_after_it_was_settled_phone_and_photos_of_a_case_are_gone(parts: Parts) -> None:
    photos = [parts.store.put(drawn("road", seed)) for seed in range(2)]
    with parts.db.write() as session:
        long_ago = _settled(session, photos[0], ago=timedelta(days=184))
        lately = _settled(session, photos[1], ago=timedelta(days=182))
    for sha256 in photos:
        _aged(parts.store.path(sha256))
    tidy.run(parts, lambda: True)
    assert list(parts.store.masters()) == [photos[1]]
    with parts.db.read() as session:
        forgotten, kept = session.get_one(Aspiration, long_ago), session.get_one(Aspiration, lately)
        assert (forgotten.contact, forgotten.text) == ("", "Lampu mati")
        assert kept.contact == "sealed"
        told = session.exec(select(Event.subject_id).where(Event.what == "forget")).all()
        assert told == [long_ago]
    tidy.run(parts, lambda: True)
    with parts.db.read() as session:
        assert len(session.exec(select(Event).where(Event.what == "forget")).all()) == 1


def _settled(session: Session, sha256: str, *, ago: timedelta) -> int:
    at = clock.now() - ago
    item = Aspiration(
        organisation_id=scenery.organisation(session), source="formulir", kind="keluhan", text="Lampu mati",
        status="selesai", contact="sealed", said_at=at, settled_at=at,
    )  # fmt: skip
    session.add(item)
    session.flush()
    session.add(Attachment(aspiration_id=item.id or 0, kind="laporan", sha256=sha256, width=1600, height=1200))
    return item.id or 0


def test_it_stops_when_asked(parts: Parts) -> None:
    kept = parts.store.put(drawn("meeting", 1))
    _aged(parts.store.path(kept))
    tidy.run(parts, lambda: False)
    assert parts.store.has(kept)
