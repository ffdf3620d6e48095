"""Comments that are no engagement: our own replies, members' talk, spam, and what a person left out, with the reason.

Counted as they stood when the post was read: said by then, and not deleted yet. Of posts that Kentongan did not send no
comment is known, so nothing is left out there (gathering_posts says so with null).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.models import Account, Aspiration, Comment, Flag
from app.services.gathering_frame import Frame

#: Reasons, in the order in which one is found: keys of words_award.UNCOUNTED.
REASONS = ("own", "staff", "spam", "left_out", "repeated")
_SOME = 500


def excluded(session: Session, frame: Frame, read_at: Mapping[int, datetime | None]) -> dict[int, dict[str, int]]:
    """Delivery → {reason: how many comments}. read_at: when each delivery was read; of None nothing is counted."""
    by_hand = {number for subject, number in frame.excluded if subject == "comment"}
    authors = _left_out_authors(session, frame)
    found: dict[int, dict[str, int]] = {}
    known = sorted(number for number, at in read_at.items() if at is not None)
    for start in range(0, len(known), _SOME):
        for row in session.execute(_query(known[start : start + _SOME], by_hand, sorted(authors))).yield_per(1000):
            number, delivery_id, organisation_id, own, staff, kind, said_at, deleted_at, *author = row
            at = read_at[delivery_id]
            if at is None or said_at > at or (deleted_at is not None and deleted_at <= at):
                continue
            repeated = author_key(frame.award_id, *author) in authors.get(organisation_id, ())
            reason = _reason(own, staff, kind, by_hand=number in by_hand, repeated=repeated)
            if reason is not None:
                whys = found.setdefault(delivery_id, {})
                whys[reason] = whys.get(reason, 0) + 1
    return {number: {reason: whys[reason] for reason in sorted(whys)} for number, whys in found.items()}


def author_key(award_id: int, author_id: str | None, author_name: str | None) -> str | None:
    """Who wrote a comment, as a flag and a snapshot name them: no resident's name leaves with a file."""
    said = author_id or author_name
    return None if not said else hashlib.sha256(f"{award_id}|{said}".encode("utf-8", "replace")).hexdigest()[:16]


def _left_out_authors(session: Session, frame: Frame) -> dict[int, set[str]]:
    """Organisation → keys of repeated commenters whose comments a person decided to leave out."""
    rows = session.execute(
        select(col(Flag.organisation_id), col(Flag.key)).where(
            col(Flag.award_id) == frame.award_id,
            col(Flag.kind) == "repeated_commenter",
            col(Flag.decision) == "left_out",
            col(Flag.decided_at) <= frame.at,
        )
    )
    found: dict[int, set[str]] = {}
    for organisation_id, key in rows:
        found.setdefault(organisation_id, set()).add(key)
    return found


def _query(deliveries: Sequence[int], by_hand: set[int], flagged: Sequence[int]) -> Any:
    """Only what may be left out, a small part of all comments; of flagged organisations all."""
    wanted: list[Any] = [col(Comment.own), col(Comment.staff), col(Aspiration.kind) == "spam"]
    if by_hand:
        wanted.append(col(Comment.id).in_(sorted(by_hand)))
    if flagged:
        wanted.append(col(Account.organisation_id).in_(flagged))
    return (
        select(
            col(Comment.id), col(Comment.delivery_id), col(Account.organisation_id), col(Comment.own),
            col(Comment.staff), col(Aspiration.kind), col(Comment.said_at), col(Comment.deleted_at),
            col(Comment.author_id), col(Comment.author_name),
        )
        .join(Account, col(Account.id) == col(Comment.account_id))
        .outerjoin(Aspiration, col(Aspiration.comment_id) == col(Comment.id))
        .where(col(Comment.delivery_id).in_(deliveries), or_(*wanted))
    )  # fmt: skip


def _reason(own: bool, staff: bool, kind: str | None, *, by_hand: bool, repeated: bool) -> str | None:
    facts = (own, staff, kind == "spam", by_hand, repeated)
    return next((reason for reason, holds in zip(REASONS, facts, strict=True) if holds), None)
