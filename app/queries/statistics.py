"""Engagement of a period: sums that say from how many posts they come, medians, answers, followers.

Reach of two platforms is never added (the same person may be in both), so every sum of people belongs to one
platform. A rate names its denominator: interactions per person reached.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.models import MUST_ANSWER, Account, Aspiration, Delivery, Post
from app.queries.figures import PUBLIC, Figures, Scope, rate

#: From this age on, figures hardly grow.
GROWN = timedelta(days=7)
#: A reading that is this much behind its time is told.
LATE = timedelta(hours=2)


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
class Sums:
    """What some posts come to. interactions: over all platforms, each is an act; middles: the median rate by platform;
    sources: posts by source class."""

    posts: int
    interactions: Total
    platforms: list[Platform]
    middles: dict[str, Decimal]
    sources: dict[str, int]


@dataclass(frozen=True)
class Group(Sums):
    """Posts that have something in common. before: how many there were in the span before."""

    key: Hashable = None
    before: int = 0


@dataclass(slots=True)
class _Part:
    """One platform while it is summed. both_*: of posts with reach and interactions."""

    many: int = 0
    reach: int = 0
    reached: int = 0
    both_done: int = 0
    both_reach: int = 0
    both: int = 0
    rates: list[Decimal] = field(default_factory=list)

    def platform(self, name: str) -> Platform:
        return Platform(
            name,
            Total(self.reach if self.reached else None, self.reached, self.many),
            Total(self.both_done if self.both else None, self.both, self.many),
            rate(self.both_done, self.both_reach),
        )


@dataclass(frozen=True)
class Answers:
    """How residents were answered. due: items whose time is over or that were answered; hours: median first answer."""

    in_time: int
    due: int
    hours: Decimal | None


@dataclass(frozen=True)
class Overdue:
    """Readings that should have been made: how many posts wait, and since when the first of them."""

    posts: int
    since: datetime | None


def total(rows: Iterable[Figures], name: str) -> Total:
    """The sum of one metric of one platform's posts. ValueError when reach of two platforms would be added."""
    rows = list(rows)
    if name == "reach" and len({row.connector for row in rows}) > 1:
        raise ValueError("reach of two platforms is never added")
    values = [value for row in rows if (value := row.metrics[name]) is not None]
    return Total(sum(values) if values else None, len(values), len(rows))


def posts(rows: Iterable[Figures]) -> int:
    """How many posts; one on two accounts is one."""
    return len({row.post for row in rows})


def summed(rows: Iterable[Figures]) -> Sums:
    """All sums of some rows in one pass: an area has tens of thousands of them, and is grouped in several ways."""
    own: set[int] = set()
    sources: dict[str, set[int]] = {}
    parts: dict[str, _Part] = {}
    done_all = counted = many = 0
    for row in rows:
        post, done, reach = row.post, row.interactions, row.metrics["reach"]
        many += 1
        own.add(post)
        if row.source not in sources:
            sources[row.source] = set()
        sources[row.source].add(post)
        part = parts.get(row.connector)
        if part is None:
            part = parts[row.connector] = _Part()
        part.many += 1
        if done is not None:
            done_all, counted = done_all + done, counted + 1
        if reach is not None:
            part.reach, part.reached = part.reach + reach, part.reached + 1
            if done is not None:
                part.both_done, part.both_reach, part.both = (
                    part.both_done + done,
                    part.both_reach + reach,
                    part.both + 1,
                )
                if reach:
                    part.rates.append(Decimal(100 * done) / reach)
    return Sums(
        len(own),
        Total(done_all if counted else None, counted, many),
        [part.platform(name) for name, part in sorted(parts.items())],
        {name: median(part.rates) for name, part in sorted(parts.items()) if part.rates},
        {source: len(found) for source, found in sorted(sources.items())},
    )


def groups(rows: Iterable[Figures], before: Iterable[Figures], key: Callable[[Figures], Hashable]) -> list[Group]:
    """Rows with the same key, most posts first; a key of the span before alone is a group of no posts."""
    now, then = _sorted_out(rows, key), _sorted_out(before, key)
    found = []
    for name in {**now, **then}:
        own = summed(now.get(name, []))
        found.append(
            Group(
                own.posts, own.interactions, own.platforms, own.middles, own.sources, name, posts(then.get(name, []))
            )
        )  # fmt: skip
    return sorted(found, key=lambda group: (-group.posts, -group.before, str(group.key)))


def _sorted_out(rows: Iterable[Figures], key: Callable[[Figures], Hashable]) -> dict[Hashable, list[Figures]]:
    found: dict[Hashable, list[Figures]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def answers(session: Session, ids: Iterable[int], start: datetime, end: datetime, now: datetime) -> dict[int, Answers]:
    """How what was said in this span was answered, by organisation (0: all together).

    Kinds that ask for an answer; what is still in time is left out.
    """
    rows = session.execute(
        select(
            col(Aspiration.organisation_id), col(Aspiration.said_at), col(Aspiration.answered_at),
            col(Aspiration.deadline),
        ).where(
            col(Aspiration.organisation_id).in_(list(ids)),
            col(Aspiration.kind).in_(MUST_ANSWER),
            col(Aspiration.said_at) >= start,
            col(Aspiration.said_at) < end,
        )
    ).all()  # fmt: skip
    sorted_out: dict[int, list[tuple[datetime, datetime | None, datetime | None]]] = {0: []}
    for id_, said, answered, deadline in rows:
        if answered is not None or (deadline is not None and deadline <= now):
            sorted_out[0].append((said, answered, deadline))
            sorted_out.setdefault(id_, []).append((said, answered, deadline))
    return {id_: _answers(due) for id_, due in sorted_out.items()}


def _answers(due: list[tuple[datetime, datetime | None, datetime | None]]) -> Answers:
    in_time = sum(1 for _, answered, deadline in due if answered and (deadline is None or answered <= deadline))
    waits = [answered - said for said, answered, _ in due if answered]
    hours = Decimal(str(median(wait.total_seconds() for wait in waits) / 3600)) if waits else None
    return Answers(in_time, len(due), hours)


def overdue(session: Session, scope: Scope, now: datetime) -> Overdue:
    """Public posts whose next reading is more than ``LATE`` behind, on accounts that are in use."""
    count, since = session.execute(
        select(func.count(), func.min(col(Delivery.reading_at)))
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(
            col(Delivery.reading_at) < now - LATE,
            col(Delivery.state).in_(PUBLIC),
            col(Account.active).is_(True),
            col(Post.organisation_id).in_(scope.organisations),
        )
    ).one()
    return Overdue(count, since)


def grown(rows: Iterable[Figures], now: datetime) -> int:
    """How many posts are younger than a week."""
    return len({row.post for row in rows if now - row.published_at < GROWN})


def days_of(rows: Iterable[Figures], first: date, count: int) -> list[int]:
    """Interactions by the day of publishing, from ``first`` on."""
    found = [0] * count
    for row in rows:
        at = (row.day - first).days if row.day is not None else -1
        if 0 <= at < count:
            found[at] += row.interactions or 0
    return found
