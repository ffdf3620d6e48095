"""The schedule: the posts of a span of days, of one state or account if asked; what waits for approval; drafts.

A month of a thousand posts costs two queries: the rows with a short piece of their captions, and the accounts of those
that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.models import Account, Activity, Person, Photo, Post, Target
from app.queries.home import headline

#: Filter → states of a post.
FILTERS = {
    "menunggu": ("in_review",),
    "terjadwal": ("scheduled", "publishing"),
    "terbit": ("published",),
    "gagal": ("failed", "partly"),
    "draf": ("draft",),
}
#: Called-off posts stand in their own history only.
_SHOWN = tuple(state for states in FILTERS.values() for state in states)
#: Enough of a caption for its first line.
_PIECE = 200


@dataclass(frozen=True)
class Slot:
    """A post in the schedule."""

    id: int
    name: str
    state: str
    due_at: datetime


@dataclass(frozen=True)
class Asked:
    """A post that waits for the approver."""

    id: int
    name: str
    author: str | None
    due_at: datetime | None
    updated_at: datetime
    photo: str | None
    photos: int
    undescribed: int
    revision: int


@dataclass(frozen=True)
class Unfinished:
    """A draft."""

    id: int
    name: str
    author: str | None
    due_at: datetime | None
    updated_at: datetime
    sent_back: str | None
    nets: list[str] = field(default_factory=list)


def between(
    session: Session, organisation_id: int, since: datetime, until: datetime, *, account_id: int | None = None
) -> list[Slot]:
    """Posts due in the span, in order. account_id: only those meant for this account."""
    wanted = (
        select(
            col(Post.id), func.substr(col(Post.caption), 1, _PIECE), col(Activity.title), col(Post.state),
            col(Post.due_at),
        )
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(
            col(Post.organisation_id) == organisation_id,
            col(Post.due_at) >= since,
            col(Post.due_at) < until,
            col(Post.state).in_(_SHOWN),
        )
        .order_by(col(Post.due_at), col(Post.id))
    )  # fmt: skip
    if account_id is not None:
        meant = exists().where(and_(col(Target.post_id) == col(Post.id), col(Target.account_id) == account_id))
        wanted = wanted.where(meant)
    return [
        Slot(id_, headline(piece, title, 70), state, due_at)
        for id_, piece, title, state, due_at in session.execute(wanted)
    ]


def nets(session: Session, post_ids: Sequence[int]) -> dict[int, list[str]]:
    """Post → connectors it goes to, each once."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(col(Target.post_id), col(Account.connector))
        .join(Account, col(Account.id) == col(Target.account_id))
        .where(col(Target.post_id).in_(list(post_ids)))
        .group_by(col(Target.post_id), col(Account.connector))
        .order_by(col(Target.post_id), col(Account.connector))
    )
    for post_id, connector in rows:
        found.setdefault(post_id, []).append(connector)
    return found


def to_approve(session: Session, organisation_id: int, most: int = 30) -> list[Asked]:
    """What waits for the approver, the nearest time first, those without a time before them."""
    any_photo = aliased(Photo)
    first = (
        select(func.min(col(any_photo.position)))
        .where(col(any_photo.post_id) == col(Post.id))
        .correlate(Post)
        .scalar_subquery()
    )
    count = select(func.count()).where(col(any_photo.post_id) == col(Post.id)).correlate(Post)
    rows = session.execute(
        select(
            col(Post.id), func.substr(col(Post.caption), 1, _PIECE), col(Activity.title), col(Person.name),
            col(Post.due_at), col(Post.updated_at), col(Photo.sha256), count.scalar_subquery(),
            count.where(col(any_photo.alt_text) == "").scalar_subquery(), col(Post.revision),
        )
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .outerjoin(Person, col(Person.id) == col(Post.author_id))
        .outerjoin(Photo, and_(col(Photo.post_id) == col(Post.id), col(Photo.position) == first))
        .where(col(Post.organisation_id) == organisation_id, col(Post.state) == "in_review")
        .order_by(col(Post.due_at).is_not(None), col(Post.due_at), col(Post.id))
        .limit(most)
    )  # fmt: skip
    return [
        Asked(id_, headline(piece, title), author, due_at, updated_at, photo, photos, undescribed, revision)
        for id_, piece, title, author, due_at, updated_at, photo, photos, undescribed, revision in rows
    ]


def drafts(session: Session, organisation_id: int, most: int = 20) -> list[Unfinished]:
    """Drafts, those sent back first, then the ones touched last."""
    rows = session.execute(
        select(
            col(Post.id), func.substr(col(Post.caption), 1, _PIECE), col(Activity.title), col(Person.name),
            col(Post.due_at), col(Post.updated_at), col(Post.sent_back),
        )
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .outerjoin(Person, col(Person.id) == col(Post.author_id))
        .where(col(Post.organisation_id) == organisation_id, col(Post.state) == "draft")
        .order_by(col(Post.sent_back).is_(None), col(Post.updated_at).desc(), col(Post.id).desc())
        .limit(most)
    )  # fmt: skip
    return [
        Unfinished(id_, headline(piece, title), author, due_at, updated_at, sent_back)
        for id_, piece, title, author, due_at, updated_at, sent_back in rows
    ]
