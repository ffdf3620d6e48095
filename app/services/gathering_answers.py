"""Which answered items have an answer on record, and which were only marked as answered.

Who moves an item to "sudah ditanggapi" by hand says that somebody was answered, at the door or by phone, or says it in
order to look quick. Both are counted alike; whoever reads a lembar nilai sees how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from app.models import Aspiration, Comment, ItemNote, Outgoing
from app.services.gathering_frame import Frame

_SOME = 500


def spoken(session: Session, frame: Frame, items: Sequence[int]) -> set[int]:
    """Those of the items with an answer that can be shown: sent by Kentongan, written under the comment in the
    platform's own app, or standing on our own page."""
    found: set[int] = set()
    for start in range(0, len(items), _SOME):
        some = items[start : start + _SOME]
        sent = select(col(Outgoing.aspiration_id)).where(
            col(Outgoing.aspiration_id).in_(some), col(Outgoing.action).in_(("reply", "private_reply")),
            col(Outgoing.state) == "published", col(Outgoing.published_at) <= frame.at,
        )  # fmt: skip
        written = (
            select(col(Aspiration.id))
            .join(Comment, col(Comment.parent_id) == col(Aspiration.comment_id))
            .where(col(Aspiration.id).in_(some), col(Comment.own), col(Comment.said_at) <= frame.at)
        )
        here = select(col(ItemNote.aspiration_id)).where(
            col(ItemNote.aspiration_id).in_(some),
            col(ItemNote.public),
            ~col(ItemNote.resident),
            col(ItemNote.at) <= frame.at,
        )
        for query in (sent, written, here):
            found.update(session.execute(query).scalars())
    return found
