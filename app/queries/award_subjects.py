"""What a decision in an award is about, in words that need no number: a post, a comment, something a resident said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.models import Account, Aspiration, Comment, Delivery, Organisation, Post, SeenPost
from app.queries.home import headline
from app.queries.masking import mask
from app.services.rolling import platform_of

#: Words of a comment or caption in a line.
_SHORT = 90
#: Comments of a post that a page lists.
COMMENTS_MOST = 200


@dataclass(frozen=True)
class Subject:
    """kind: "delivery", "seen", "comment" or "item". said: its first words, personal data hidden; "" where they are not
    for others. at: when it was published or said. what: the platform, of an item its kind."""

    key: str
    kind: str
    organisation_id: int
    organisation: str
    what: str
    at: datetime | None
    said: str


@dataclass(frozen=True)
class Remark:
    """A comment under a post. counts: not by ourselves or by members. said: personal data hidden, None: secret."""

    key: str
    at: datetime
    said: str | None
    counts: bool


def subjects(session: Session, keys: Iterable[str]) -> dict[str, Subject]:
    """By key ("delivery:5", "seen:7", "comment:3", "item:9"); unknown ones are missing."""
    wanted: dict[str, list[int]] = {}
    for key in keys:
        kind, _, number = key.partition(":")
        if kind in _QUERIES and number.isascii() and number.isdecimal() and len(number) < 16:
            wanted.setdefault(kind, []).append(int(number))
    found: dict[str, Subject] = {}
    for kind, numbers in wanted.items():
        for start in range(0, len(numbers), 500):
            for row in session.execute(_QUERIES[kind](numbers[start : start + 500])):
                one = _subject(kind, *row)
                found[one.key] = one
    return found


def comments(session: Session, delivery_id: int) -> list[Remark]:
    """Under a post of ours, the oldest first; deleted ones are not there."""
    query = (
        select(
            col(Comment.id),
            col(Comment.said_at),
            col(Comment.text),
            col(Comment.own),
            col(Comment.staff),
            col(Aspiration.secret),
        )
        .outerjoin(Aspiration, col(Aspiration.comment_id) == col(Comment.id))
        .where(col(Comment.delivery_id) == delivery_id, col(Comment.deleted_at).is_(None))
        .order_by(col(Comment.said_at), col(Comment.id))
        .limit(COMMENTS_MOST)
    )
    return [
        Remark(f"comment:{number}", at, None if secret else headline(mask(text), most=_SHORT), not (own or staff))
        for number, at, text, own, staff, secret in session.execute(query)
    ]


def _delivery(ids: list[int]) -> Any:
    return (
        select(
            col(Delivery.id), col(Organisation.id), col(Organisation.name), col(Account.connector),
            col(Delivery.published_at), col(Post.caption),
        )
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .join(Organisation, col(Organisation.id) == col(Post.organisation_id))
        .where(col(Delivery.id).in_(ids))
    )  # fmt: skip


def _seen(ids: list[int]) -> Any:
    return (
        select(
            col(SeenPost.id), col(Organisation.id), col(Organisation.name), col(SeenPost.platform),
            col(SeenPost.published_at), col(SeenPost.caption),
        )
        .join(Organisation, col(Organisation.id) == col(SeenPost.organisation_id))
        .where(col(SeenPost.id).in_(ids))
    )  # fmt: skip


def _comment(ids: list[int]) -> Any:
    return (
        select(
            col(Comment.id),
            col(Organisation.id),
            col(Organisation.name),
            col(Account.connector),
            col(Comment.said_at),
            col(Comment.text),
        )
        .join(Account, col(Account.id) == col(Comment.account_id))
        .join(Organisation, col(Organisation.id) == col(Account.organisation_id))
        .where(col(Comment.id).in_(ids))
    )


def _item(ids: list[int]) -> Any:
    # What a resident said stays with who may read that inbox.
    return (
        select(
            col(Aspiration.id),
            col(Organisation.id),
            col(Organisation.name),
            col(Aspiration.kind),
            col(Aspiration.said_at),
        )
        .join(Organisation, col(Organisation.id) == col(Aspiration.organisation_id))
        .where(col(Aspiration.id).in_(ids))
    )


_QUERIES = {"delivery": _delivery, "seen": _seen, "comment": _comment, "item": _item}


def _subject(
    kind: str, number: int, organisation_id: int, organisation: str, what: str, at: datetime | None, said: str = ""
) -> Subject:
    words = headline(mask(said or ""), most=_SHORT) if kind != "item" else ""
    platform = what if kind == "item" else platform_of(what)
    return Subject(f"{kind}:{number}", kind, organisation_id, organisation, platform, at, words)
