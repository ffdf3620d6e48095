"""What the list of the inbox shows of an item; texts and names are masked here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.models import Activity, Aspiration, Comment, Delivery, Person, Post
from app.models.inbox import ASKS, WAITING
from app.queries.home import headline
from app.queries.masking import mask


@dataclass(frozen=True)
class Line:
    """One item in the list; text and author masked. waits: somebody should answer it. post: its headline.

    masked: it names a person or alleges a wrong. duplicate_of: the item that leads; joined: how many follow this one.
    """

    id: int
    kind: str
    status: str
    text: str
    author: str | None
    source: str
    said_at: datetime
    deadline: datetime | None
    assignee: str | None
    post: str | None
    hidden: bool
    deleted: bool
    waits: bool
    suggested_kind: str | None = None
    confidence: float | None = None
    urgent: str | None = None
    secret: bool = False
    masked: bool = False
    labels: tuple[str, ...] = ()
    village: str | None = None
    assignee_id: int | None = None
    duplicate_of: int | None = None
    joined: int = 0


def lines(session: Session, numbers: list[int]) -> dict[int, Line]:
    """What the list shows of these items."""
    item, other = Aspiration, aliased(Aspiration)
    joined = select(func.count()).where(col(other.duplicate_of_id) == col(item.id)).correlate(item).scalar_subquery()
    rows = session.execute(
        select(
            col(item.id), col(item.kind), col(item.status), func.substr(col(item.text), 1, 700), col(item.author),
            col(item.source), col(item.said_at), col(item.deadline), col(Person.name),
            func.substr(col(Post.caption), 1, 300), col(Activity.title), col(Comment.hidden), col(Comment.deleted_at),
            col(item.suggested_kind), col(item.confidence), col(item.urgent), col(item.secret), col(item.masked),
            col(item.labels), col(item.village), col(item.assignee_id), col(item.duplicate_of_id),
            joined,
        )
        .outerjoin(Comment, col(Comment.id) == col(item.comment_id))
        .outerjoin(Delivery, col(Delivery.id) == col(Comment.delivery_id))
        .outerjoin(Post, col(Post.id) == col(Delivery.post_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .outerjoin(Person, col(Person.id) == col(item.assignee_id))
        .where(col(item.id).in_(numbers))
    )  # fmt: skip
    return {row[0]: _line(row) for row in rows}


def _line(row: Any) -> Line:
    id_, kind, status, text, author, source, said_at, deadline, assignee, caption, title, hidden, deleted_at, *more = (
        row
    )
    suggested, confidence, urgent, secret, masked, labels, village, assignee_id, duplicate_of, joined = more
    return Line(
        id=id_,
        kind=kind,
        status=status,
        text=mask(" ".join(text.split()))[:300] or "(tanpa tulisan)",
        author=mask(author) if author else None,
        source=source,
        said_at=said_at,
        deadline=deadline,
        assignee=assignee,
        post=headline(caption, title, 60) if caption is not None else None,
        hidden=bool(hidden),
        deleted=deleted_at is not None,
        waits=status in WAITING and kind in ASKS,
        suggested_kind=suggested,
        confidence=confidence,
        urgent=urgent,
        secret=bool(secret),
        masked=bool(masked),
        labels=tuple(labels or ()),
        village=village,
        assignee_id=assignee_id,
        duplicate_of=duplicate_of,
        joined=joined,
    )
