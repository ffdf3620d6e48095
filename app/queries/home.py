"""The start page: what failed, what is unclear, today's rope, who waits for an answer; and the counts in the menu.

Columns, not entities: a page never loads what it does not show.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app import words_hand
from app.models import Account, Activity, Aspiration, Delivery, Organisation, Photo, Post
from app.models.inbox import ASKS, WAITING
from app.queries.masking import mask
from app.queries.privacy import counted_once, visible_to
from app.rights import memberships

#: A delivery in one of these needs somebody.
TROUBLE = ("failed", "missed", "needs_person")
#: More than this many of a sort are counted, not listed.
MOST = 5


@dataclass(frozen=True)
class Trouble:
    """A delivery that needs somebody, or is being looked up. state: of the delivery."""

    delivery_id: int
    post_id: int
    headline: str
    connector: str
    account: str
    state: str
    due_at: datetime
    error_code: str | None
    error_facts: dict[str, Any]
    unsure_since: datetime | None
    elsewhere: list[tuple[str, datetime]] = field(default_factory=list)  # (connector, published_at) of the same post

    @property
    def by_hand(self) -> bool:
        """Whether a person has to delete it on the platform."""
        return words_hand.needed(self)


@dataclass(frozen=True)
class OnRope:
    """A post of the day. deliveries: (connector, state, ready)."""

    post_id: int
    headline: str
    state: str
    due_at: datetime
    photo: str | None
    updated_at: datetime
    deliveries: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Waiting:
    """An item that waits for an answer."""

    id: int
    kind: str
    text: str
    author: str | None
    source: str
    said_at: datetime
    deadline: datetime | None


def headline(caption: str, title: str | None = None, most: int = 90) -> str:
    """What a post is called in lists: its activity's title, else the first line of its caption, cut at a word."""
    first = (title or "").strip() or next((line.strip() for line in caption.splitlines() if line.strip()), "")
    if not first:
        return "Kiriman tanpa keterangan"
    if len(first) <= most:
        return first
    cut = first[:most].rsplit(" ", 1)[0] if " " in first[:most] else first[:most]
    return cut.rstrip(" ,.;:") + "…"


def troubles(session: Session, organisation_id: int, states: tuple[str, ...]) -> list[Trouble]:
    """Deliveries in these states, the newest due first; with where else the same post is already public."""
    rows = session.execute(
        select(
            col(Delivery.id), col(Delivery.post_id), col(Post.caption), col(Activity.title), col(Account.connector),
            col(Account.name), col(Delivery.state), col(Delivery.due_at), col(Delivery.error_code),
            col(Delivery.error_facts), col(Delivery.unsure_since),
        )
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(col(Post.organisation_id) == organisation_id, col(Delivery.state).in_(states))
        .order_by(col(Delivery.due_at).desc())
        .limit(MOST)
    ).all()  # fmt: skip
    public: dict[int, list[tuple[str, datetime]]] = {}
    for post_id, connector, published_at in session.execute(
        select(col(Delivery.post_id), col(Account.connector), col(Delivery.published_at))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(col(Delivery.post_id).in_([row[1] for row in rows]), col(Delivery.state) == "published")
    ):
        if published_at is not None:
            public.setdefault(post_id, []).append((connector, published_at))
    return [
        Trouble(
            delivery_id=row[0],
            post_id=row[1],
            headline=headline(row[2], row[3]),
            connector=row[4],
            account=row[5],
            state=row[6],
            due_at=row[7],
            error_code=row[8],
            error_facts=row[9] or {},
            unsure_since=row[10],
            elsewhere=public.get(row[1], []),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Held:
    """What waits for one account to be connected again. first_due: the one that is given up first."""

    account_id: int
    connector: str
    name: str
    count: int
    first_due: datetime


def held(session: Session, organisation_id: int) -> list[Held]:
    """Accounts with deliveries that are held, the most urgent first."""
    rows = session.execute(
        select(
            col(Account.id), col(Account.connector), col(Account.name), func.count(), func.min(col(Delivery.due_at)),
        )
        .join(Delivery, col(Delivery.account_id) == col(Account.id))
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .where(col(Post.organisation_id) == organisation_id, col(Delivery.state) == "held")
        .group_by(col(Account.id), col(Account.connector), col(Account.name))
        .order_by(func.min(col(Delivery.due_at)))
    )  # fmt: skip
    return [Held(*row) for row in rows]


def many(session: Session, organisation_id: int, states: tuple[str, ...]) -> int:
    """How many deliveries are in these states, those included that ``troubles`` leaves out."""
    counted = (
        select(func.count())
        .select_from(Delivery)
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .where(col(Post.organisation_id) == organisation_id, col(Delivery.state).in_(states))
    )
    return int(session.execute(counted).scalar_one())


def rope(session: Session, organisation_id: int, since: datetime, until: datetime) -> list[OnRope]:
    """Posts of the time span, drafts and called-off ones left out, in order."""
    any_photo = aliased(Photo)
    first = (
        select(func.min(any_photo.position))
        .where(col(any_photo.post_id) == col(Post.id))
        .correlate(Post)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            col(Post.id), col(Post.caption), col(Activity.title), col(Post.state), col(Post.due_at),
            col(Photo.sha256), col(Post.updated_at),
        )
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .outerjoin(Photo, and_(col(Photo.post_id) == col(Post.id), col(Photo.position) == first))
        .where(
            col(Post.organisation_id) == organisation_id,
            col(Post.due_at) >= since,
            col(Post.due_at) < until,
            col(Post.state).not_in(("draft", "cancelled", "withdrawn")),
        )
        .order_by(col(Post.due_at), col(Post.id))
        .limit(30)
    ).all()  # fmt: skip
    ways: dict[int, list[tuple[str, str, bool]]] = {}
    for post_id, connector, state, ready in session.execute(
        select(col(Delivery.post_id), col(Account.connector), col(Delivery.state), col(Delivery.ready))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(col(Delivery.post_id).in_([row[0] for row in rows]))
        .order_by(col(Account.connector), col(Account.id))
    ):
        ways.setdefault(post_id, []).append((connector, state, ready))
    return [
        OnRope(id_, headline(caption, title), state, due_at, photo, updated_at, ways.get(id_, []))
        for id_, caption, title, state, due_at, photo, updated_at in rows
    ]


def to_approve(session: Session, organisation_id: int) -> int:
    """How many posts wait for the approver."""
    return int(
        session.execute(
            select(func.count()).where(col(Post.organisation_id) == organisation_id, col(Post.state) == "in_review")
        ).scalar_one()
    )


def last_post(session: Session, organisation_id: int) -> tuple[str, datetime] | None:
    """Headline and time of the newest published post."""
    row = session.execute(
        select(col(Post.caption), col(Activity.title), func.max(col(Delivery.published_at)))
        .join(Delivery, col(Delivery.post_id) == col(Post.id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(col(Post.organisation_id) == organisation_id, col(Delivery.published_at).is_not(None))
        .group_by(col(Post.id), col(Post.caption), col(Activity.title))
        .order_by(func.max(col(Delivery.published_at)).desc())
        .limit(1)
    ).first()
    return (headline(row[0], row[1]), row[2]) if row else None


def _open(organisation_id: int, reader: int | None) -> Any:
    """Waits for an answer, and is not about whoever reads it; what is joined waits with the one that leads."""
    return and_(
        visible_to(reader),
        counted_once(),
        col(Aspiration.organisation_id) == organisation_id,
        col(Aspiration.status).in_(WAITING),
        col(Aspiration.kind).in_(ASKS),
    )


def waiting(session: Session, organisation_id: int, most: int = 3, *, reader: int | None = None) -> list[Waiting]:
    """Who waits, the nearest deadline first; those without one after them. Text and author masked, as in any list.

    reader: the person who looks; what is about them is not there.
    """
    rows = session.execute(
        select(
            col(Aspiration.id), col(Aspiration.kind), col(Aspiration.text), col(Aspiration.author),
            col(Aspiration.source), col(Aspiration.said_at), col(Aspiration.deadline),
        )
        .where(_open(organisation_id, reader))
        .order_by(col(Aspiration.deadline).is_(None), col(Aspiration.deadline), col(Aspiration.said_at))
        .limit(most)
    )  # fmt: skip
    return [
        Waiting(id_, kind, mask(text), mask(author) if author else None, *rest)
        for id_, kind, text, author, *rest in rows
    ]


def tally(
    session: Session, organisation_id: int, now: datetime, midnight: datetime, *, reader: int | None = None
) -> tuple[int, int, int]:
    """How many wait: past their deadline, due before midnight, later or without a deadline."""
    deadline = col(Aspiration.deadline)
    row = session.execute(
        select(
            func.coalesce(func.sum(case((deadline <= now, 1), else_=0)), 0),
            func.coalesce(func.sum(case((and_(deadline > now, deadline < midnight), 1), else_=0)), 0),
            func.coalesce(func.sum(case((or_(deadline.is_(None), deadline >= midnight), 1), else_=0)), 0),
        ).where(_open(organisation_id, reader))
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def badges(
    session: Session, organisation_id: int, wanted: set[str], approver: bool = False, *, reader: int | None = None
) -> dict[str, int]:
    """Counts beside menu entries: "jadwal" (deliveries that need somebody, posts to approve), "kotak", "akun"."""
    found: dict[str, int] = {}
    if "jadwal" in wanted:
        found["jadwal"] = session.execute(
            select(func.count())
            .select_from(Delivery)
            .join(Post, col(Post.id) == col(Delivery.post_id))
            .where(col(Post.organisation_id) == organisation_id, col(Delivery.state).in_(TROUBLE))
        ).scalar_one() + (to_approve(session, organisation_id) if approver else 0)
    if "kotak" in wanted:
        found["kotak"] = session.execute(select(func.count()).where(_open(organisation_id, reader))).scalar_one()
    if "akun" in wanted:
        found["akun"] = session.execute(
            select(func.count()).where(
                col(Account.organisation_id) == organisation_id,
                col(Account.active).is_(True),
                col(Account.health) == "broken",
            )
        ).scalar_one()
    return found


def organisations(session: Session, person_id: int) -> list[tuple[int, str]]:
    """The organisations a person may switch to: their memberships; pengelola: all. By name, at most 200."""
    own = memberships(session, person_id)
    wanted = select(col(Organisation.id), col(Organisation.name)).order_by(col(Organisation.name)).limit(200)
    if not any(role == "pengelola" for _, role in own):
        wanted = wanted.where(col(Organisation.id).in_([id_ for id_, _ in own]))
    return [(id_, name) for id_, name in session.execute(wanted)]
