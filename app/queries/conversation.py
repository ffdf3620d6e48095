"""One inbox item with everything that belongs to it: the talk, what is on its way, the history.

Columns, not entities. Texts are whole here: who opens an item has to read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.models import Account, Activity, Aspiration, Comment, Delivery, Event, Outgoing, Person, Photo, Post
from app.models.inbox import ASKS, WAITING
from app.queries.home import headline

#: Events that only repeat what the state of the sending says anyway.
_NOISE = ("commit", "wait", "look_again", "expire", "second_id", "stage", "staged")
#: How deep platforms nest answers; Facebook two below the comment.
_DEEPEST = 4


@dataclass(frozen=True)
class Place:
    """Where a comment stands: the account and the post it is about."""

    connector: str
    account: str
    health: str
    post_id: int
    headline: str
    photo: str | None
    published_at: datetime | None


@dataclass(frozen=True)
class Said:
    """A comment or an answer to it. earlier: texts it had before, oldest first."""

    id: int
    parent_id: int | None
    author: str | None
    text: str
    earlier: list[str]
    own: bool
    hidden: bool
    deleted_at: datetime | None
    permalink: str | None
    said_at: datetime
    remote_id: str


@dataclass(frozen=True)
class Way:
    """An answer, hide or show that we send: its state, and why when it did not work."""

    id: int
    action: str
    state: str
    text: str
    reason: str | None
    who: str | None
    error_code: str | None
    error_facts: dict[str, Any]
    created_at: datetime
    published_at: datetime | None
    unsure_since: datetime | None
    remote_id: str | None


@dataclass(frozen=True)
class Trace:
    """A line of the history; subject: aspiration, outgoing (then action and sent say which) or comment."""

    at: datetime
    who: str
    person: bool
    subject: str
    what: str
    source: str | None
    target: str | None
    why: str | None
    facts: dict[str, Any]
    action: str | None


@dataclass(frozen=True)
class Item:
    """The item itself. root: the comment it came from, None for a note or a form."""

    id: int
    organisation_id: int
    kind: str
    kind_by: str | None
    suggested_kind: str | None
    confidence: float | None
    status: str
    author: str | None
    text: str
    source: str
    said_at: datetime
    deadline: datetime | None
    answered_at: datetime | None
    assignee_id: int | None
    assignee: str | None
    root: int | None
    place: Place | None

    @property
    def waits(self) -> bool:
        """Somebody should answer it."""
        return self.status in WAITING and self.kind in ASKS


@dataclass(frozen=True)
class Thread:
    """An item and its talk: the comment first. ways: newest last. seen: what the reader knows of our answers."""

    item: Item
    talk: list[Said]
    ways: list[Way]
    traces: list[Trace]
    seen: str

    @property
    def comment(self) -> Said | None:
        """What the resident wrote first; None for a note or a form."""
        return self.talk[0] if self.talk else None

    @property
    def open_reply(self) -> Way | None:
        """The answer that is on its way or whose outcome is unclear."""
        waiting = ("queued", "staging", "committing", "held", "unsure", "needs_person")
        return next((way for way in reversed(self.ways) if way.action == "reply" and way.state in waiting), None)

    @property
    def private_sent(self) -> bool:
        """Whether a private answer went out, or may have: the platform takes one for a comment."""
        never = ("cancelled", "failed", "missed")
        return any(way.action == "private_reply" and way.state not in never for way in self.ways)

    @property
    def shown_ways(self) -> list[Way]:
        """Answers that are not yet (or never came) among the comments, private ones, a delete that has not worked yet;
        a called-off one is history."""
        there = {said.remote_id for said in self.talk}
        ways = [way for way in self.ways if way.action in ("reply", "private_reply", "delete")]
        return [
            way
            for way in ways
            if way.state != "cancelled"
            and not (way.state == "published" and (way.remote_id in there or way.action == "delete"))
        ]

    def writer(self, said: Said) -> str | None:
        """Who of us wrote an answer that stands among the comments; None when it was typed on the platform."""
        return next((way.who for way in self.ways if way.remote_id == said.remote_id and way.action == "reply"), None)

    @property
    def hiding(self) -> Way | None:
        """The newest hide or show, while it has not arrived."""
        last = next((way for way in reversed(self.ways) if way.action in ("hide", "unhide")), None)
        return last if last and last.state not in ("published", "cancelled") else None


def thread(session: Session, item_id: int) -> Thread | None:
    """Everything about one item; None when there is none."""
    item = _item(session, item_id)
    if item is None:
        return None
    talk = _talk(session, item.root) if item.root is not None else []
    ways = _ways(session, item_id)
    return Thread(item, talk, ways, _traces(session, item_id, ways, talk), _seen(ways, talk))


def others_since(thread: Thread, seen: str) -> list[tuple[str, str, datetime]]:
    """Our answers that somebody whose page said ``seen`` does not know: (who, text, when), oldest first.

    What came back from the platform as the comment of a known answer is not new.
    """
    last_way, last_comment = _parse(seen)
    ways = [way for way in thread.ways if way.action == "reply" and way.state not in ("cancelled", "failed", "missed")]
    new = [(way.who or "Rekan Anda", way.text, way.created_at) for way in ways if way.id > last_way]
    sent = {way.remote_id for way in ways if way.remote_id}
    texts = {way.text.strip() for way in ways}
    new += [
        (said.author or "Akun kita", said.text, said.said_at)
        for said in thread.talk
        if said.own and said.id > last_comment and said.remote_id not in sent and said.text.strip() not in texts
    ]
    return sorted(new, key=lambda answer: answer[2])


def _seen(ways: list[Way], talk: list[Said]) -> str:
    last_way = max((way.id for way in ways if way.action == "reply"), default=0)
    return f"{last_way}.{max((said.id for said in talk if said.own), default=0)}"


def _parse(seen: str) -> tuple[int, int]:
    way, _, comment = seen.partition(".")
    return (int(way), int(comment)) if way.isdecimal() and comment.isdecimal() else (0, 0)


def _item(session: Session, item_id: int) -> Item | None:
    other = aliased(Photo)
    first = select(func.min(other.position)).where(col(other.post_id) == col(Post.id)).correlate(Post).scalar_subquery()
    row: Any = session.execute(
        select(
            col(Aspiration.id), col(Aspiration.organisation_id), col(Aspiration.kind), col(Aspiration.kind_by),
            col(Aspiration.suggested_kind), col(Aspiration.confidence), col(Aspiration.status),
            col(Aspiration.author), col(Aspiration.text), col(Aspiration.source), col(Aspiration.said_at),
            col(Aspiration.deadline), col(Aspiration.answered_at), col(Aspiration.assignee_id), col(Person.name),
            col(Aspiration.comment_id), col(Account.connector), col(Account.name), col(Account.health), col(Post.id),
            col(Post.caption), col(Activity.title), col(Photo.sha256), col(Delivery.published_at),
        )
        .outerjoin(Person, col(Person.id) == col(Aspiration.assignee_id))
        .outerjoin(Comment, col(Comment.id) == col(Aspiration.comment_id))
        .outerjoin(Account, col(Account.id) == col(Comment.account_id))
        .outerjoin(Delivery, col(Delivery.id) == col(Comment.delivery_id))
        .outerjoin(Post, col(Post.id) == col(Delivery.post_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .outerjoin(Photo, and_(col(Photo.post_id) == col(Post.id), col(Photo.position) == first))
        .where(col(Aspiration.id) == item_id)
    ).first()  # fmt: skip
    if row is None:
        return None
    connector, account, health, post_id, caption, title, photo, published_at = row[16:]
    place = None
    if connector is not None and post_id is not None:
        place = Place(connector, account, health, post_id, headline(caption, title), photo, published_at)
    return Item(*[*row[:16], place])


def _talk(session: Session, root: int) -> list[Said]:
    columns = (
        col(Comment.id), col(Comment.parent_id), col(Comment.author_name), col(Comment.text), col(Comment.versions),
        col(Comment.own), col(Comment.hidden), col(Comment.deleted_at), col(Comment.permalink),
        col(Comment.said_at), col(Comment.remote_id),
    )  # fmt: skip
    order = (col(Comment.said_at), col(Comment.id))
    rows = list(session.execute(select(*columns).where(col(Comment.id) == root)))
    level, below = [root], list[Any]()
    for _ in range(_DEEPEST):
        found = session.execute(select(*columns).where(col(Comment.parent_id).in_(level)).order_by(*order)).all()
        below += found
        level = [row[0] for row in found]
        if not level:
            break
    return [_said(row) for row in (*rows, *sorted(below, key=lambda row: (row[9], row[0])))]


def _said(row: Any) -> Said:
    id_, parent_id, author, text, versions, own, hidden, deleted_at, permalink, said_at, remote_id = row
    earlier = [str(version.get("text", "")) for version in versions or []]
    # The present text stands at the end of the versions; a text that was taken back and forth is listed each time.
    if earlier and earlier[-1] == text:
        earlier.pop()
    # What a platform says is an address is only followed when it is one.
    permalink = permalink if str(permalink or "").startswith(("https://", "http://")) else None
    return Said(id_, parent_id, author, text, earlier, own, hidden, deleted_at, permalink, said_at, remote_id)


def _ways(session: Session, item_id: int) -> list[Way]:
    rows = session.execute(
        select(
            col(Outgoing.id), col(Outgoing.action), col(Outgoing.state), col(Outgoing.text), col(Outgoing.reason),
            col(Person.name), col(Outgoing.error_code), col(Outgoing.error_facts), col(Outgoing.created_at),
            col(Outgoing.published_at), col(Outgoing.unsure_since), col(Outgoing.remote_id),
        )
        .outerjoin(Person, col(Person.id) == col(Outgoing.author_id))
        .where(col(Outgoing.aspiration_id) == item_id)
        .order_by(col(Outgoing.id))
    )  # fmt: skip
    return [Way(*row) for row in rows]


def _traces(session: Session, item_id: int, ways: list[Way], talk: list[Said]) -> list[Trace]:
    subjects = [and_(col(Event.subject) == "aspiration", col(Event.subject_id) == item_id)]
    actions = {way.id: way.action for way in ways}
    for name, ids in (("outgoing", list(actions)), ("comment", [said.id for said in talk])):
        if ids:
            subjects.append(and_(col(Event.subject) == name, col(Event.subject_id).in_(ids)))
    rows = session.execute(
        select(
            col(Event.at), col(Event.who), col(Event.person_id), col(Event.subject), col(Event.what),
            col(Event.source), col(Event.target), col(Event.why), col(Event.facts), col(Event.subject_id),
        )
        .where(or_(*subjects), col(Event.what).not_in(_NOISE))
        .order_by(col(Event.at), col(Event.id))
    )  # fmt: skip
    return [
        Trace(at, who, person is not None, subject, what, source, target, why, facts or {}, actions.get(subject_id))
        if subject == "outgoing"
        else Trace(at, who, person is not None, subject, what, source, target, why, facts or {}, None)
        for at, who, person, subject, what, source, target, why, facts, subject_id in rows
    ]
