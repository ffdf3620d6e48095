"""What the composer and a post's own page show: accounts to choose from, the draft, the free hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.models import Account, Activity, Delivery, Event, Person, Photo, Post, Target
from connectors import Limits, load

#: Hours in which a post is offered to go out: residents sleep at night.
WAKING = (6, 21)
LEAST_AHEAD = timedelta(minutes=30)


@dataclass(frozen=True)
class Choice:
    """An account a post may go to. label: its platform in words."""

    id: int
    connector: str
    label: str
    name: str
    handle: str | None
    health: str
    practice: bool

    @property
    def limits(self) -> Limits:
        """What its platform accepts."""
        return load()[self.connector].limits

    @property
    def described(self) -> bool:
        """Whether its platform takes words for a photo."""
        return "alt_text" in load()[self.connector].can


@dataclass(frozen=True)
class Picture:
    """A photo of a post, in its order."""

    id: int
    sha256: str
    width: int
    height: int
    alt_text: str


@dataclass(frozen=True)
class Draft:
    """A post as its page needs it. author, approver: names. withdraw_at: when somebody asked to take it back."""

    id: int
    organisation_id: int
    state: str
    caption: str
    variants: dict[str, str]
    due_at: datetime | None
    revision: int
    sent_back: str | None
    created_at: datetime
    updated_at: datetime
    title: str
    done_on: date | None
    village: str
    task: str
    author: str | None
    approver: str | None
    withdraw_at: datetime | None = None
    withdraw_reason: str | None = None
    account_ids: list[int] = field(default_factory=list)
    photos: list[Picture] = field(default_factory=list)


def owner(session: Session, post_id: int) -> int | None:
    """The organisation a post belongs to; None when there is no such post."""
    return session.execute(select(col(Post.organisation_id)).where(col(Post.id) == post_id)).scalar_one_or_none()


def owner_of_delivery(session: Session, post_id: int, delivery_id: int) -> int | None:
    """The organisation of a delivery of this post; None when the two do not belong together."""
    return session.execute(
        select(col(Post.organisation_id))
        .join(Delivery, col(Delivery.post_id) == col(Post.id))
        .where(col(Post.id) == post_id, col(Delivery.id) == delivery_id)
    ).scalar_one_or_none()


def choices(session: Session, organisation_id: int) -> list[Choice]:
    """The active accounts of an organisation."""
    known = load()
    rows = session.execute(
        select(
            col(Account.id), col(Account.connector), col(Account.name), col(Account.handle), col(Account.health),
            col(Account.practice),
        )
        .where(col(Account.organisation_id) == organisation_id, col(Account.active).is_(True))
        .order_by(col(Account.connector), col(Account.name), col(Account.id))
    )  # fmt: skip
    return [
        Choice(id_, connector, known[connector].label, name, handle, health, practice)
        for id_, connector, name, handle, health, practice in rows
        if connector in known
    ]


def draft(session: Session, post_id: int) -> Draft | None:
    """A post with its photos and the accounts it is meant for."""
    author, approver = aliased(Person), aliased(Person)
    row = session.execute(
        select(
            col(Post.id), col(Post.organisation_id), col(Post.state), col(Post.caption), col(Post.variants),
            col(Post.due_at), col(Post.revision), col(Post.sent_back), col(Post.created_at), col(Post.updated_at),
            col(Activity.title), col(Activity.done_on), col(Activity.village), col(Activity.task),
            col(author.name), col(approver.name), col(Post.withdraw_at), col(Post.withdraw_reason),
        )
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .outerjoin(author, col(author.id) == col(Post.author_id))
        .outerjoin(approver, col(approver.id) == col(Post.approver_id))
        .where(col(Post.id) == post_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    targets = select(col(Target.account_id)).where(col(Target.post_id) == post_id).order_by(col(Target.account_id))
    pictures = (
        select(col(Photo.id), col(Photo.sha256), col(Photo.width), col(Photo.height), col(Photo.alt_text))
        .where(col(Photo.post_id) == post_id)
        .order_by(col(Photo.position))
    )
    return Draft(
        id=row[0],
        organisation_id=row[1],
        state=row[2],
        caption=row[3],
        variants=dict(row[4] or {}),
        due_at=row[5],
        revision=row[6],
        sent_back=row[7],
        created_at=row[8],
        updated_at=row[9],
        title=row[10] or "",
        done_on=row[11],
        village=row[12] or "",
        task=row[13] or "",
        author=row[14],
        approver=row[15],
        withdraw_at=row[16],
        withdraw_reason=row[17],
        account_ids=list(session.execute(targets).scalars()),
        photos=[Picture(*each) for each in session.execute(pictures)],
    )


def free_hour(session: Session, organisation_id: int, now: datetime, zone: str, *, but: int | None = None) -> datetime:
    """The next full hour of the day, at least half an hour ahead, in which the organisation posts nothing else.

    but: a post that does not count, because the hour is wanted for it.
    """
    here = ZoneInfo(zone)
    first = (now + LEAST_AHEAD).astimezone(here)
    hour = first.replace(minute=0, second=0, microsecond=0)
    if hour < first:
        hour += timedelta(hours=1)
    taken = {
        due_at.astimezone(here).replace(minute=0, second=0, microsecond=0)
        for due_at in session.execute(
            select(col(Post.due_at)).where(
                col(Post.organisation_id) == organisation_id,
                col(Post.due_at) >= hour,
                col(Post.due_at) < hour + timedelta(days=32),
                col(Post.state).in_(("draft", "in_review", "scheduled", "publishing")),
                col(Post.id) != (but or 0),
            )
        ).scalars()
        if due_at is not None
    }
    for _ in range(24 * 31):
        if not WAKING[0] <= hour.hour <= WAKING[1]:
            day = hour.date() + timedelta(days=1 if hour.hour > WAKING[1] else 0)
            hour = datetime.combine(day, time(WAKING[0]), here)
        elif hour in taken:
            hour += timedelta(hours=1)
        else:
            break
    return hour


def form_number(session: Session, post_id: int) -> str | None:
    """The number of the form this post was first sent with; the phone forgets its copy of the text by it."""
    return session.execute(
        select(col(Event.why)).where(
            col(Event.subject) == "post", col(Event.subject_id) == post_id, col(Event.what) == "form"
        )
    ).scalar()
