"""Evidence: a copy of every counted post that outlives its permalink, words and photos (by their masters' sha256).

Pinned before a version is frozen and when posts are drawn for the jury. What is pinned is never thrown away by the
tidying job, whatever becomes of the post.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from app import clock
from app.models import Account, Delivery, Evidence, Objection, Photo, Post, SeenPost
from app.parts import Parts

#: Rows of one transaction.
BATCH = 100


def pin(parts: Parts, award_id: int, snapshot: dict[str, Any]) -> int:
    """Keep a copy of every counted post of a snapshot that has none yet; how many were added."""
    return pin_posts(parts, award_id, [post["id"] for each in snapshot["participants"] for post in each["posts"]])


def pin_posts(parts: Parts, award_id: int, keys: Iterable[str]) -> int:
    """The same for posts by their keys ("delivery:5", "seen:7"). May be repeated."""
    with parts.db.read() as session:
        wanted = sorted(set(keys) - set(pinned_keys(session, award_id)))
    added = 0
    for start in range(0, len(wanted), BATCH):
        with parts.db.write() as session:
            known = set(pinned_keys(session, award_id, wanted[start : start + BATCH]))
            rows = _copies(session, award_id, [key for key in wanted[start : start + BATCH] if key not in known])
            if rows:
                session.execute(insert(Evidence), rows)
            added += len(rows)
    return added


def pinned_keys(session: Session, award_id: int, among: Sequence[str] | None = None) -> list[str]:
    """Keys of the posts of which a copy is kept."""
    query = select(col(Evidence.delivery_id), col(Evidence.seen_post_id)).where(col(Evidence.award_id) == award_id)
    if among is not None:
        own, seen = _numbers(among)
        query = query.where(col(Evidence.delivery_id).in_(own) | col(Evidence.seen_post_id).in_(seen))
    return [f"delivery:{own}" if own else f"seen:{seen}" for own, seen in session.execute(query)]


def kept_photos(session: Session) -> set[str]:
    """sha256 of all photos that evidence or an objection needs: they are never thrown away."""
    found: set[str] = set()
    for column in (col(Evidence.photos), col(Objection.attachments)):
        for (photos,) in session.execute(select(column)).yield_per(1000):
            found.update(photos or ())
    return found


def _copies(session: Session, award_id: int, keys: Sequence[str]) -> list[dict[str, Any]]:
    own, seen = _numbers(keys)
    photos: dict[int, list[str]] = {}
    query = (
        select(col(Delivery.id), col(Photo.sha256))
        .join(Photo, col(Photo.post_id) == col(Delivery.post_id))
        .where(col(Delivery.id).in_(own))
    )
    for number, sha256 in session.execute(query.order_by(col(Delivery.id), col(Photo.position))):
        photos.setdefault(number, []).append(sha256)
    posts = (
        select(col(Delivery.id), col(Delivery.permalink), col(Post.caption), col(Post.variants), col(Account.connector))
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(col(Delivery.id).in_(own))
    )
    shared = {"award_id": award_id, "at": clock.now(), "delivery_id": None, "seen_post_id": None, "photos": []}
    rows = [
        shared
        | {"delivery_id": number, "permalink": link, "photos": photos.get(number, [])}
        | {"caption": (variants or {}).get(connector) or caption}
        for number, link, caption, variants, connector in session.execute(posts.order_by(col(Delivery.id)))
    ]
    outside = select(col(SeenPost.id), col(SeenPost.permalink), col(SeenPost.caption)).where(col(SeenPost.id).in_(seen))
    rows += [
        shared | {"seen_post_id": number, "permalink": link, "caption": caption}
        for number, link, caption in session.execute(outside.order_by(col(SeenPost.id)))
    ]
    return rows


def _numbers(keys: Sequence[str]) -> tuple[list[int], list[int]]:
    """(delivery ids, seen post ids)."""
    split = [key.split(":") for key in keys]
    return [int(n) for kind, n in split if kind == "delivery"], [int(n) for kind, n in split if kind == "seen"]
