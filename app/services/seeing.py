"""Posts that Kentongan did not send: written down once, whoever tells of them, and never beside a delivery of ours.

Who tells best, wins: the organisation's own connection, then a reading from outside, then a table that was handed in.
A table names posts by their address; the platform's own number takes its place as soon as it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select as rows_of
from sqlmodel import Session, col, delete, select

from app import clock
from app.models import Account, Delivery, Post, PostFigure, Reading, SeenPost, SeenReading
from app.services import pace, rolling
from app.services.keeping import storable
from app.services.post_table import address
from connectors import METRICS, RemotePost, load

#: So far back an account's list is read: no reading is planned later than at 30 days.
BACK = timedelta(days=31)
#: Rows of one transaction: a post brings a reading, a figure and a day.
BATCH = 20
#: A post this young may be one of ours whose number we have not heard yet.
YOUNG, PRACTICE_YOUNG = timedelta(minutes=10), timedelta(seconds=20)
#: Deliveries of which it is open whether, and under which number, they are public.
_OPEN = ("committing", "unsure", "needs_person", "withdrawing")


@dataclass(frozen=True)
class Owner:
    """Of whom posts are written down: one of account_id and watched_id."""

    organisation_id: int
    platform: str
    source: str
    account_id: int | None = None
    watched_id: int | None = None
    practice: bool = False


def write(session: Session, owner: Owner, posts: Iterable[RemotePost]) -> list[SeenPost]:
    """Rows of these posts, made or brought up to date; posts that somebody tells better of are left out."""
    found = {post.remote_id: post for post in posts}
    rows = _known(session, owner.platform, found.values())
    made: list[SeenPost] = []
    for remote_id, post in found.items():
        row = rows.get(remote_id) or rows.get(address(post.permalink or ""))
        if row is not None and row.account_id is not None and owner.account_id is None:
            continue
        if row is None:
            row = _new(owner, post)
        elif (row.account_id, row.watched_id) != (owner.account_id, owner.watched_id):
            _taken_over(session, row, owner, post)
        row.caption, row.permalink = storable(post.text), post.permalink or row.permalink
        row.gone_at = None
        session.add(row)
        made.append(row)
    session.flush()
    return made


def absent(session: Session, owner: Owner, listed: Iterable[str], since: datetime) -> int:
    """Posts that a whole list since then does not name any more are gone, until they are listed again."""
    mine = SeenPost.account_id == owner.account_id if owner.account_id else SeenPost.watched_id == owner.watched_id
    there = set(listed)
    rows = session.exec(
        select(SeenPost)
        .where(mine, col(SeenPost.gone_at).is_(None), col(SeenPost.published_at) > since + timedelta(hours=1))
        .where(col(SeenPost.sheet_id).is_(None))
    ).all()
    gone = [row for row in rows if row.remote_id not in there]
    for row in gone:
        leave(session, row)
    return len(gone)


def leave(session: Session, row: SeenPost) -> None:
    """It is not there any more: in no sum, and not read again."""
    row.gone_at, row.reading_at = clock.now(), None
    session.add(row)
    rolling.seen(session, row.id or 0)


def read(
    session: Session, row: SeenPost, metrics: Mapping[str, int | None], *, practice: bool, followers: int | None = None
) -> None:
    """Write a reading made now, and plan the next one. One for all ages that passed meanwhile, as of deliveries."""
    present = clock.now()
    planned = pace.due_age(row.published_at, present, practice=practice)
    served = select(SeenReading.id).where(SeenReading.seen_post_id == row.id, SeenReading.planned_age_s == planned)
    if planned is not None and session.exec(served.limit(1)).first() is not None:
        planned = None
    following = pace.next_reading(row.published_at, present, practice=practice)
    row.reading_at = following[0] if following else None
    session.add(row)
    values: dict[str, Any] = {name: metrics.get(name) for name in METRICS}
    session.add(
        SeenReading(seen_post_id=row.id or 0, read_at=present, planned_age_s=planned, followers=followers, **values)
    )
    rolling.seen(session, row.id or 0)


def not_ours(session: Session, account: Account, posts: Sequence[RemotePost], since: datetime) -> list[RemotePost]:
    """Posts of an account's list that are none of our deliveries: by number and address; by their words and time while
    it is open what became of a delivery; and none so young that its number may be on its way to us."""
    rows = session.execute(
        rows_of(
            col(Delivery.state), col(Delivery.remote_id), col(Delivery.permalink), col(Delivery.staged),
            col(Delivery.commit_at), col(Post.caption), col(Post.variants),
        )
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .where(
            col(Delivery.account_id) == account.id,
            (col(Delivery.commit_at) >= since - timedelta(days=2))
            | (col(Delivery.published_at) >= since - timedelta(days=2))
            | col(Delivery.state).in_(_OPEN)
            | col(Delivery.remote_id).in_([post.remote_id for post in posts]),
        )
    ).all()  # fmt: skip
    ids: set[str] = set()
    words: list[tuple[set[str], datetime]] = []
    for state, remote_id, permalink, staged, commit_at, caption, variants in rows:
        ids |= {one for one in (remote_id, permalink, *map(str, (staged or {}).values())) if one}
        if commit_at is not None and remote_id is None and state in _OPEN:
            words.append(({_plain(text) for text in (caption, *(variants or {}).values())}, commit_at))
    young = clock.now() - (PRACTICE_YOUNG if account.practice else YOUNG)
    return [
        post
        for post in posts
        if post.remote_id not in ids
        and post.permalink not in ids
        and post.published_at <= young
        and not any(_plain(post.text) in said and abs(post.published_at - at) < timedelta(days=1) for said, at in words)
    ]


def merge(session: Session, limit: int = 20) -> int:
    """A delivery whose number was heard late, or typed by a person, and a post seen under that number are one: its
    readings become the delivery's. How many there were."""
    rows = session.execute(
        rows_of(SeenPost, col(Delivery.id), col(Delivery.account_id))
        .join(Delivery, col(Delivery.account_id) == col(SeenPost.account_id))
        .where(col(Delivery.remote_id) == col(SeenPost.remote_id))
        .limit(limit)
    ).all()
    for row, delivery_id, account_id in rows:
        for one in session.exec(select(SeenReading).where(SeenReading.seen_post_id == row.id)).all():
            metrics = {name: getattr(one, name) for name in METRICS}
            session.add(
                Reading(account_id=account_id, delivery_id=delivery_id, read_at=one.read_at,
                        planned_age_s=one.planned_age_s, **metrics)
            )  # fmt: skip
        row.gone_at = clock.now()
        session.add(row)
        rolling.seen(session, row.id or 0)
        session.exec(delete(SeenReading).where(col(SeenReading.seen_post_id) == row.id))
        session.delete(row)
        session.flush()
        rolling.read(session, delivery_id)
    return len(rows)


def connectors_of(platform: str) -> list[str]:
    """Names of the connectors whose accounts live on this platform."""
    return [name for name in load() if rolling.platform_of(name) == platform]


def _known(session: Session, platform: str, posts: Iterable[RemotePost]) -> dict[str, SeenPost]:
    names = {name for post in posts for name in (post.remote_id, address(post.permalink or "")) if name}
    query = select(SeenPost).where(SeenPost.platform == platform, col(SeenPost.remote_id).in_(names))
    return {row.remote_id: row for row in session.exec(query.with_for_update()).all()}


def _new(owner: Owner, post: RemotePost) -> SeenPost:
    return SeenPost(
        organisation_id=owner.organisation_id, account_id=owner.account_id, watched_id=owner.watched_id,
        platform=owner.platform, source=owner.source, remote_id=post.remote_id, published_at=post.published_at,
        reading_at=clock.now(),
    )  # fmt: skip


def _taken_over(session: Session, row: SeenPost, owner: Owner, post: RemotePost) -> None:
    """Somebody who knows better tells of it: what a table said of it is dropped (the table itself stays)."""
    if row.sheet_id is not None:
        session.exec(delete(SeenReading).where(col(SeenReading.seen_post_id) == row.id))
    # Made anew by ``rolling.seen``: its followers are another account's.
    session.exec(delete(PostFigure).where(col(PostFigure.seen_post_id) == row.id))
    row.organisation_id, row.source, row.remote_id = owner.organisation_id, owner.source, post.remote_id
    row.account_id, row.watched_id, row.sheet_id = owner.account_id, owner.watched_id, None
    row.published_at, row.reading_at = post.published_at, clock.now()


def _plain(text: str) -> str:
    return " ".join(text.split())
