"""Engagement of a period: what was published, its newest readings, sums that say from how many posts they come.

What a platform did not give is None, never 0. Reach of two platforms is never added (the same person may be in both),
so every sum of people belongs to one platform. A rate names its denominator: interactions per person reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from app.models import MUST_ANSWER, Account, Activity, Aspiration, Delivery, Post, Reading
from app.queries.home import headline
from app.queries.readings import missing
from connectors import METRICS

#: What counts as public at that time; what was taken back or deleted is left out.
_PUBLIC = ("published", "withdrawing")
#: From this age on, figures hardly grow.
GROWN = timedelta(days=7)
#: What an interaction is (domain.md section 4); saves are an Instagram figure, Pages have none.
INTERACTIONS = ("reactions", "comments", "shares", "saves")


@dataclass(frozen=True)
class Figures:
    """One delivery with its newest reading. metrics: by name, None where not given. refused: asked and not given."""

    delivery_id: int
    post_id: int
    headline: str
    account_id: int
    connector: str
    account: str
    published_at: datetime
    read_at: datetime | None
    metrics: dict[str, int | None]
    refused: frozenset[str]

    @property
    def interactions(self) -> int | None:
        """Reactions, comments, shares and saves, as far as given; None when none was."""
        given = [value for name in INTERACTIONS if (value := self.metrics[name]) is not None]
        return sum(given) if given else None

    @property
    def rate(self) -> Decimal | None:
        """Interactions per person reached, in percent; None without either figure."""
        reach, done = self.metrics["reach"], self.interactions
        return Decimal(100) * done / reach if reach and done is not None else None

    def told(self, name: str) -> str:
        """Why a figure is missing (app/queries/readings.missing)."""
        return missing(name, self.connector, self.refused)


@dataclass(frozen=True)
class Total:
    """A sum over what exists. value None: nothing exists. counted of posts: how many had the figure."""

    value: int | None
    counted: int
    posts: int

    @property
    def words(self) -> str:
        """ "dari 12 dari 14 kiriman", "dari 14 kiriman"."""
        return (
            f"dari {self.counted} dari {self.posts} kiriman"
            if self.counted < self.posts
            else f"dari {self.posts} kiriman"
        )


@dataclass(frozen=True)
class Platform:
    """Sums of one platform. done: interactions of the posts whose reach is known too, for the rate."""

    connector: str
    reach: Total
    done: Total
    rate: Decimal | None


@dataclass(frozen=True)
class Answers:
    """How residents were answered. due: items whose time is over or that were answered; hours: median first answer."""

    in_time: int
    due: int
    hours: Decimal | None


@dataclass(frozen=True)
class Follower:
    """One account and its followers through time. trend: (when, how many) where given."""

    account_id: int
    connector: str
    account: str
    asked: bool
    followers: int | None
    read_at: datetime | None
    trend: list[tuple[datetime, int]]


def published(session: Session, organisation_id: int, start: datetime, end: datetime) -> list[Figures]:
    """What was published in this span, the newest first, each with its newest reading."""
    at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
    wanted = and_(col(Post.organisation_id) == organisation_id, col(Delivery.state).in_(_PUBLIC), at >= start, at < end)
    return _figures(session, wanted)


def of_post(session: Session, post_id: int) -> list[Figures]:
    """The public deliveries of one post, each with its newest reading."""
    return _figures(session, and_(col(Post.id) == post_id, col(Delivery.state).in_(_PUBLIC)))


def total(rows: Iterable[Figures], name: str) -> Total:
    """The sum of one metric of one platform's posts. ValueError when reach of two platforms would be added."""
    rows = list(rows)
    if name == "reach" and len({row.connector for row in rows}) > 1:
        raise ValueError("reach of two platforms is never added")
    values = [value for row in rows if (value := row.metrics[name]) is not None]
    return Total(sum(values) if values else None, len(values), len(rows))


def platforms(rows: list[Figures]) -> list[Platform]:
    """Sums by platform, in order of name."""
    found = []
    for connector in sorted({row.connector for row in rows}):
        own = [row for row in rows if row.connector == connector]
        both = [row for row in own if row.metrics["reach"] is not None and row.interactions is not None]
        done = sum(row.interactions or 0 for row in both)
        reach = sum(row.metrics["reach"] or 0 for row in both)
        rate = Decimal(100) * done / reach if reach else None
        found.append(Platform(connector, total(own, "reach"), Total(done if both else None, len(both), len(own)), rate))
    return found


def middle_rate(rows: Iterable[Figures]) -> dict[str, Decimal]:
    """The median rate of the posts, by platform."""
    rates: dict[str, list[Decimal]] = {}
    for row in rows:
        if row.rate is not None:
            rates.setdefault(row.connector, []).append(row.rate)
    return {connector: median(values) for connector, values in rates.items()}


def answers(session: Session, organisation_id: int, start: datetime, end: datetime, now: datetime) -> Answers:
    """How what was said in this span was answered. Kinds that ask for an answer; what is still in time is left out."""
    rows = session.execute(
        select(col(Aspiration.said_at), col(Aspiration.answered_at), col(Aspiration.deadline)).where(
            col(Aspiration.organisation_id) == organisation_id,
            col(Aspiration.kind).in_(MUST_ANSWER),
            col(Aspiration.said_at) >= start,
            col(Aspiration.said_at) < end,
        )
    ).all()
    due = [row for row in rows if row[1] is not None or (row[2] is not None and row[2] <= now)]
    in_time = sum(1 for _, answered, deadline in due if answered and (deadline is None or answered <= deadline))
    waits = [answered - said for said, answered, _ in due if answered]
    hours = Decimal(str(median(wait.total_seconds() for wait in waits) / 3600)) if waits else None
    return Answers(in_time, len(due), hours)


def followers(session: Session, organisation_id: int, since: datetime) -> list[Follower]:
    """Every active account with its newest count of followers and how it went since then."""
    accounts = session.execute(
        select(col(Account.id), col(Account.connector), col(Account.name))
        .where(col(Account.organisation_id) == organisation_id, col(Account.active).is_(True))
        .order_by(col(Account.connector), col(Account.name), col(Account.id))
    ).all()
    readings: dict[int, list[tuple[datetime, int | None]]] = {}
    for account_id, read_at, count in session.execute(
        select(col(Reading.account_id), col(Reading.read_at), col(Reading.followers))
        .where(
            col(Reading.account_id).in_([row[0] for row in accounts]),
            col(Reading.delivery_id).is_(None),
            col(Reading.read_at) >= since,
        )
        .order_by(col(Reading.read_at), col(Reading.id))
    ):
        readings.setdefault(account_id, []).append((read_at, count))
    found = []
    for account_id, connector, name in accounts:
        own = readings.get(account_id, [])
        trend = [(at, count) for at, count in own if count is not None]
        last = trend[-1] if trend else None
        found.append(
            Follower(
                account_id, connector, name, bool(own), last[1] if last else None, last[0] if last else None, trend
            )
        )
    return found


def _figures(session: Session, wanted: Any) -> list[Figures]:
    at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
    chosen = (
        select(
            col(Delivery.id).label("id"), col(Post.id).label("post"), col(Post.caption).label("caption"),
            col(Activity.title).label("title"), col(Account.id).label("account"), col(Account.connector),
            col(Account.name), at.label("at"),
        )
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(wanted)
    ).cte("chosen")  # fmt: skip
    newest = (
        select(
            col(Reading.id).label("id"),
            func.row_number()
            .over(partition_by=col(Reading.delivery_id), order_by=(col(Reading.read_at).desc(), col(Reading.id).desc()))
            .label("place"),
        )
        .where(col(Reading.delivery_id).in_(select(chosen.c.id)))
        .subquery()
    )
    last = (
        select(Reading.__table__)  # type: ignore[attr-defined]  # SQLModel adds the table to the class
        .join(newest, and_(newest.c.id == col(Reading.id), newest.c.place == 1))
        .subquery()
    )
    rows = session.execute(
        select(chosen, last.c.read_at, last.c.refused, *(last.c[name] for name in METRICS))
        .outerjoin(last, last.c.delivery_id == chosen.c.id)
        .order_by(chosen.c.at.desc(), chosen.c.post.desc(), chosen.c.connector, chosen.c.id)
    )
    return [
        Figures(
            delivery_id=row[0],
            post_id=row[1],
            headline=headline(row[2], row[3]),
            account_id=row[4],
            connector=row[5],
            account=row[6],
            published_at=row[7],
            read_at=row[8],
            refused=frozenset(row[9] or ()),
            metrics=dict(zip(METRICS, row[10:], strict=True)),
        )
        for row in rows
    ]
