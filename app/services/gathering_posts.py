"""Posts for a snapshot: what was published in the period, with its figures at the age of a week.

Counted: deliveries that are public, and posts seen from outside or handed in. A post that disappeared from its platform
counts when it had been there for a week and was read then; its words and photos are kept as evidence. One that its
organisation took back does not, nor one that a person left out, one from before the organisation joined, or one that
was handed in and is our own delivery: they stand in excluded_posts with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select
from sqlmodel import Session, col

from app.awarding import formulas
from app.models import Account, Delivery, Photo, Post, PostFigure, SeenPost
from app.services import gathering_comments, gathering_figures
from app.services.gathering_figures import FIGURES, Figures
from app.services.gathering_frame import CAPTION_MOST, Frame, Owner, iso, plain
from app.services.rolling import platform_of

#: States of what is or was public.
_SHOWN = ("published", "withdrawing", "withdrawn", "gone")
_TAKEN_BACK = ("withdrawing", "withdrawn")
INTERACTIONS = ("reactions", "comments", "shares", "saves")


@dataclass
class Found:
    """Of one participant, as the snapshot has them."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    excluded: list[dict[str, Any]] = field(default_factory=list)


class _One(NamedTuple):
    """A post before it is counted. key: "delivery:5". numbers: (delivery id, seen post id)."""

    key: str
    delivery_id: int | None
    seen_post_id: int | None
    organisation_id: int
    platform: str
    source: str
    published_at: datetime
    state: str
    permalink: str | None
    remote_id: str | None
    caption: str
    post_id: int | None
    activity_id: int | None
    withdrawn: tuple[str | None, datetime | None]
    figures: Figures | None


def gather(session: Session, frame: Frame, owners: dict[int, Owner]) -> dict[int, Found]:
    """Participant → its posts, sorted by (published_at, id). owners: of the organisations that are asked for."""
    rows = [*_deliveries(session, frame, sorted(owners)), *_seen(session, frame, sorted(owners))]
    made = gathering_figures.missing(
        session, frame, [(one.delivery_id, one.seen_post_id, one.published_at) for one in rows if one.figures is None]
    )
    figures = {one.key: one.figures or made.get(one.key, gathering_figures.NONE) for one in rows}
    ours = {(one.organisation_id, known) for one in rows if one.delivery_id for known in (one.remote_id, one.permalink)}
    found: dict[int, Found] = {}
    counted: list[tuple[int, _One]] = []
    for one in rows:
        owner = owners[one.organisation_id]
        if owner.inherited and owner.since is not None and one.published_at < owner.since:
            continue
        reason = _why_not(frame, owner, one, figures[one.key], ours)
        if reason is None:
            counted.append((owner.organisation_id, one))
        else:
            found.setdefault(owner.organisation_id, Found()).excluded.append(reason)
    spared = gathering_comments.excluded(
        session, frame, {one.delivery_id: figures[one.key].read_at for _, one in counted if one.delivery_id}
    )
    photos = {} if frame.lean else _photos(session, [one.post_id for _, one in counted if one.post_id is not None])
    for organisation_id, one in counted:
        line = _line(one, figures[one.key], spared.get(one.delivery_id or 0, {}), photos.get(one.post_id or 0, []))
        found.setdefault(organisation_id, Found()).posts.append(line)
    for each in found.values():
        each.posts.sort(key=lambda row: (row["published_at"], row["id"]))
        each.excluded.sort(key=lambda row: (row["published_at"], row["id"]))
    return found


def _deliveries(session: Session, frame: Frame, ids: Sequence[int]) -> Iterable[_One]:
    at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
    kept = [col(getattr(PostFigure, name)) for name in ("id", *FIGURES)]
    query = (
        select(
            col(Delivery.id), col(Post.organisation_id), col(Account.connector), at, col(Delivery.state),
            col(Delivery.permalink), col(Delivery.remote_id), *_words(frame), col(Post.id),
            col(Post.activity_id), col(Post.withdraw_reason), col(Post.withdraw_at), *kept,
        )
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .outerjoin(PostFigure, col(PostFigure.delivery_id) == col(Delivery.id))
        .where(
            col(Post.organisation_id).in_(ids), col(Delivery.state).in_(_SHOWN), at >= frame.start, at < frame.until
        )
    )  # fmt: skip
    for row in session.execute(query).yield_per(1000):
        connector = row[2]
        yield _One(
            f"delivery:{row[0]}", row[0], None, row[1], platform_of(connector), "own", row[3], row[4], row[5], row[6],
            (row[8] or {}).get(connector) or row[7], row[9], row[10], (row[11], row[12]),
            gathering_figures.kept(row[13:], frame),
        )  # fmt: skip


def _words(frame: Frame) -> tuple[Any, Any]:
    """Caption and variants of a post."""
    return (literal(""), literal(None)) if frame.lean else (col(Post.caption), col(Post.variants))


def _seen(session: Session, frame: Frame, ids: Sequence[int]) -> Iterable[_One]:
    kept = [col(getattr(PostFigure, name)) for name in ("id", *FIGURES)]
    query = (
        select(
            col(SeenPost.id), col(SeenPost.organisation_id), col(SeenPost.platform), col(SeenPost.source),
            col(SeenPost.published_at), col(SeenPost.gone_at), col(SeenPost.permalink), col(SeenPost.remote_id),
            col(SeenPost.caption), *kept,
        )
        .outerjoin(PostFigure, col(PostFigure.seen_post_id) == col(SeenPost.id))
        .where(
            col(SeenPost.organisation_id).in_(ids), col(SeenPost.published_at) >= frame.start,
            col(SeenPost.published_at) < frame.until,
        )
    )  # fmt: skip
    for row in session.execute(query).yield_per(1000):
        yield _One(
            f"seen:{row[0]}", None, row[0], row[1], row[2], row[3], row[4], "gone" if row[5] else "published", row[6],
            row[7], row[8], None, None, (None, None), gathering_figures.kept(row[9:], frame),
        )  # fmt: skip


def _why_not(
    frame: Frame, owner: Owner, one: _One, figures: Figures, ours: set[tuple[int, str | None]]
) -> dict[str, Any] | None:
    """Its line among the excluded posts; None where it counts."""
    line: dict[str, Any] = {"id": one.key, "platform": one.platform, "published_at": iso(one.published_at)}
    number = one.delivery_id or one.seen_post_id or 0
    by_hand = frame.excluded.get(("delivery" if one.delivery_id else "seenpost", number))
    if by_hand is not None:
        return {**line, "reason": plain(by_hand.reason), "by": plain(by_hand.by_name), "at": iso(by_hand.at)}
    if one.state in _TAKEN_BACK:
        why, at = one.withdrawn
        return {**line, "reason": "withdrawn", "by": None, "at": iso(at), "why": plain(why)}
    if one.seen_post_id and {(one.organisation_id, one.remote_id), (one.organisation_id, one.permalink or "-")} & ours:
        return {**line, "reason": "same_post", "by": None, "at": None}
    if owner.since is not None and one.published_at < owner.since:
        return {**line, "reason": "before_joining", "by": None, "at": iso(owner.since)}
    if one.state == "gone" and figures.how is None:
        return {**line, "reason": "gone", "by": None, "at": None}
    return None


def _line(one: _One, figures: Figures, spared: dict[str, int], photos: list[str]) -> dict[str, Any]:
    numbers: dict[str, int | None] = {name: getattr(figures, name) for name in INTERACTIONS}
    # Of a post whose comments we cannot read nothing can be left out, and that is said: null, not 0.
    excluded = min(sum(spared.values()), figures.comments) if one.delivery_id and figures.comments is not None else None
    counted = formulas.interactions(
        numbers["reactions"], numbers["comments"], excluded, numbers["shares"], numbers["saves"]
    )
    return {
        "id": one.key,
        "platform": one.platform,
        "published_at": iso(one.published_at),
        "read_at": iso(figures.read_at),
        "how": figures.how,
        "source": one.source,
        "interactions": counted,
        "reach": figures.reach,
        "followers": figures.followers,
        **numbers,
        "excluded_comments": excluded,
        "excluded_why": spared if excluded is not None else {},
        "paid_reach": None,  # insights of a post are organic; no connection gives what was paid for
        "permalink": _link(one.permalink),
        "caption": plain(one.caption, CAPTION_MOST),
        "activity_id": one.activity_id,
        "evidence": photos,
        "gone": one.state == "gone",
    }


def _link(permalink: str | None) -> str | None:
    """What a page may lead to: whatever a platform answered, an address of the web and nothing that runs."""
    return plain(permalink) if (permalink or "").startswith(("https://", "http://")) else None


def _photos(session: Session, post_ids: Iterable[int]) -> dict[int, list[str]]:
    """Post → sha256 of its photos in order."""
    found: dict[int, list[str]] = {}
    ordered = sorted(set(post_ids))
    for start in range(0, len(ordered), 500):
        query = select(col(Photo.post_id), col(Photo.sha256)).where(
            col(Photo.post_id).in_(ordered[start : start + 500])
        )
        for post_id, sha256 in session.execute(query.order_by(col(Photo.post_id), col(Photo.position))):
            found.setdefault(post_id, []).append(sha256)
    return found
