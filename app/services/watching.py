"""Accounts that are read from outside with the evaluator's own key: most participants will never hand over theirs.

Professional Instagram by Business Discovery: followers, and posts with likes and comments; no reach, shares or saves.
A Facebook Page where its owner lets our key read it. Looked at once a day, and so that posts are read near the age of a
week. What hinders it is kept in words; a participant's closed account is no fault of the reader's.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Organisation, SeenPost, Watched
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, budgets, outcomes, rolling, seeing
from app.states import Actor, note
from connectors import ConnectorError, Discovered, Refused, SignInAgain, load

log = logging.getLogger(__name__)

WATCHER = Actor("watcher")
#: How such a reading is called, by platform.
SOURCES = {"instagram": "public", "facebook": "shared"}
EVERY, SOONEST, FAILED = timedelta(days=1), timedelta(hours=6), timedelta(hours=6)
#: On the practice platform hours are played in seconds.
PRACTICE_EVERY = timedelta(minutes=5)


def add(
    session: Session, organisation_id: int, platform: str, handle: str, reader_account_id: int, by: Actor
) -> Watched:
    """Read an account from outside, from now on. handle: its name there; @ and an address around it are taken away.

    Problem: unknown_organisation, unknown_platform, bad_handle, unknown_account, reader_cannot, watch_twice.
    """
    if session.get(Organisation, organisation_id) is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    if platform not in SOURCES:
        raise Problem("unknown_platform", field="platform", name=platform, known=", ".join(sorted(SOURCES)))
    name = handle_of(handle)
    if not name:
        raise Problem("bad_handle", field="handle", handle=handle)
    reader = session.get(Account, reader_account_id)
    if reader is None:
        raise Problem("unknown_account", field="reader", id=reader_account_id)
    if reader.connector != platform or "discover" not in load()[reader.connector].can:
        raise Problem("reader_cannot", field="reader", platform=platform, account=reader.name)
    row = session.exec(select(Watched).where(Watched.platform == platform, Watched.handle == name)).first()
    if row is not None and (row.active or row.organisation_id != organisation_id):
        raise Problem("watch_twice", field="handle", handle=name)
    row = row or Watched(organisation_id=organisation_id, platform=platform, handle=name)
    row.reader_account_id, row.source, row.active = reader_account_id, SOURCES[platform], True
    row.look_at, row.reason_code, row.reason_facts = clock.now(), None, {}
    session.add(row)
    session.flush()
    note(session, row, "watch", by, facts={"platform": platform, "handle": name, "reader": reader_account_id})
    return row


def remove(session: Session, watched_id: int, by: Actor) -> Watched:
    """Look no more; what was read stays. Problem: unknown_watched."""
    row = session.get(Watched, watched_id)
    if row is None:
        raise Problem("unknown_watched", id=watched_id)
    row.active, row.look_at = False, None
    session.add(row)
    session.flush()
    note(session, row, "unwatch", by)
    return row


def handle_of(text: str) -> str:
    """ "@Ipsm.Desa " and "https://www.instagram.com/ipsm.desa/?hl=id" are ipsm.desa."""
    text = text.strip()
    if "/" in text:
        path = urlsplit(text if "//" in text else f"https://{text}").path
        text = next(iter([part for part in path.split("/") if part]), "")
    return text.lstrip("@").strip().lower()


def due(parts: Parts, limit: int = 20) -> list[int]:
    """Those that are to be looked at now."""
    with parts.db.read() as session:
        rows = session.exec(
            select(Watched.id)
            .where(col(Watched.look_at) <= clock.now(), col(Watched.active))
            .order_by(col(Watched.look_at))
            .limit(limit)
        ).all()
    return [row for row in rows if row is not None]


def look(parts: Parts, watched_id: int) -> bool:
    """Read one account from outside now; False when it could not be read, and why is kept."""
    with parts.db.read() as session:
        watched = session.get(Watched, watched_id)
        reader = session.get(Account, watched.reader_account_id or 0) if watched else None
    if watched is None or not watched.active:
        return False
    if reader is None or not reader.active or reader.health == "broken":
        return _not_now(parts, watched_id, "watch_no_reader", {}, FAILED)
    if (pause := budgets.until(parts.db, reader)) is not None:
        return _not_now(parts, watched_id, watched.reason_code, watched.reason_facts, pause - clock.now())
    since = clock.now() - seeing.BACK
    handle = watched.handle
    try:
        found = accounts.with_connector(
            parts, accounts.opened(parts, reader), lambda connector: connector.discover(handle, since)
        )
    except Exception as error:
        return _failed(parts, watched, reader, error)
    return _keep(parts, watched, reader, found, since)


def _keep(parts: Parts, watched: Watched, reader: Account, found: Discovered, since: datetime) -> bool:
    watched_id = watched.id or 0
    if watched.remote_id is not None and watched.remote_id != found.remote_id:
        return _not_now(parts, watched_id, "watch_other", {"handle": watched.handle}, EVERY)
    with parts.db.read() as session:
        own = session.exec(
            select(Account.id).where(
                col(Account.connector).in_(seeing.connectors_of(watched.platform)),
                Account.remote_id == found.remote_id,
                col(Account.active),
            )
        ).first()
    if own is not None:
        # Its own connection tells more, and each post once.
        return _not_now(parts, watched_id, "watch_connected", {"handle": watched.handle}, EVERY)
    owner = seeing.Owner(
        watched.organisation_id, watched.platform, watched.source, watched_id=watched_id, practice=reader.practice
    )
    present = clock.now()
    posts = sorted(found.posts, key=lambda post: post.published_at)
    for start in range(0, len(posts), seeing.BATCH):
        some = {post.remote_id: post for post in posts[start : start + seeing.BATCH]}
        with parts.db.write() as session:
            for row in seeing.write(session, owner, some.values()):
                if row.reading_at is not None and row.reading_at <= clock.now():
                    metrics = some[row.remote_id].metrics
                    seeing.read(session, row, metrics, practice=reader.practice, followers=found.followers)
                else:
                    rolling.seen(session, row.id or 0)
    with parts.db.write() as session:
        seeing.absent(session, owner, (post.remote_id for post in found.posts), since)
        rolling.watched_read(session, watched_id, present)
        changes: dict[str, Any] = {
            "remote_id": found.remote_id, "followers": found.followers, "looked_at": present, "reason_code": None,
            "reason_facts": {}, "look_at": _next(session, watched_id, present, practice=reader.practice),
        }  # fmt: skip
        session.exec(update(Watched).where(col(Watched.id) == watched_id, col(Watched.active)).values(**changes))
    return True


def _next(session: Session, watched_id: int, present: datetime, *, practice: bool) -> datetime:
    """Tomorrow; sooner when a post becomes a week old before."""
    if practice:
        return present + PRACTICE_EVERY
    week = timedelta(days=7)
    soonest = session.exec(
        select(SeenPost.published_at)
        .where(
            SeenPost.watched_id == watched_id,
            col(SeenPost.gone_at).is_(None),
            col(SeenPost.published_at) > present - week,
        )
        .order_by(col(SeenPost.published_at))
        .limit(1)
    ).first()
    ripe = soonest + week if soonest is not None else present + EVERY
    return max(min(ripe, present + EVERY), present + SOONEST)


def _failed(parts: Parts, watched: Watched, reader: Account, error: Exception) -> bool:
    watched_id = watched.id or 0
    if isinstance(error, Refused):
        # Read before and not any more: it was renamed, closed, or is no professional account now.
        lost = error.code == "not_professional" and watched.remote_id is not None
        facts = {"handle": watched.handle, **error.facts}
        return _not_now(parts, watched_id, "watch_lost" if lost else error.code, facts, EVERY)
    if isinstance(error, SignInAgain) and error.code == "permission":
        # Of this call: with the same key the reader's own account goes on.
        return _not_now(parts, watched_id, error.code, error.facts, EVERY)
    if isinstance(error, ConnectorError | Problem):
        log.warning("watched account %s: %s", watched_id, error)
        with parts.db.write() as session:
            accounts.heed(session, reader.id or 0, error, WATCHER)
        wait = max(timedelta(seconds=outcomes.asked_s(error)), outcomes.back_off(6, parts.settings))
        return _not_now(parts, watched_id, error.code, error.facts, wait)
    log.error("watched account %s", watched_id, exc_info=error)
    return _not_now(parts, watched_id, "unclear", {}, FAILED)


def _not_now(parts: Parts, watched_id: int, code: str | None, facts: dict[str, Any], wait: timedelta) -> bool:
    changes = {"reason_code": code, "reason_facts": dict(facts), "look_at": clock.now() + wait}
    with parts.db.write() as session:
        session.exec(update(Watched).where(col(Watched.id) == watched_id, col(Watched.active)).values(**changes))
    return False
