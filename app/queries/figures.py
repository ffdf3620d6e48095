"""What was published and what came of it, a row a post and account: from the rollups, not from raw readings.

A public delivery without its rollup (a database from before, or of the last minutes: services/rebuilding) is
read from its newest reading where one organisation is asked for. What a platform did not give is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.models import Account, Activity, Delivery, Post, PostFigure, Reading, SeenPost, Watched
from app.queries.home import headline
from app.queries.readings import missing
from connectors import METRICS

#: What counts as public at that time; what was taken back or deleted is left out.
PUBLIC = ("published", "withdrawing")
#: What an interaction is (domain.md section 4); saves are an Instagram figure, Pages have none.
INTERACTIONS = ("reactions", "comments", "shares", "saves")
#: Rows of one question: a database bounds how many values a statement may carry.
_CHUNK = 5000


@dataclass(frozen=True)
class Scope:
    """Of what. Organisations, and what narrows them: an account, a tugas, a desa ("" for those that name none)."""

    organisations: tuple[int, ...]
    account_id: int | None = None
    task: str | None = None
    village: str | None = None

    @property
    def single(self) -> bool:
        """Whether one organisation is looked at, not an area."""
        return len(self.organisations) == 1

    def holds(self, row: Figures) -> bool:
        """Whether a row is of what narrows the organisations."""
        return (
            (self.account_id is None or row.account_id == self.account_id)
            and (self.task is None or (row.task or "") == self.task)
            and (self.village is None or row.place.casefold() == self.village.casefold())
        )


@dataclass(slots=True)  # not frozen: an area has tens of thousands, and that would cost three times as much
class Figures:
    """One post on one account, its newest figures. metrics: by name, None where not given. refused: asked, not given.

    delivery_id 0: a post that Kentongan did not send (seen_post_id). day: of publishing, in its organisation's zone.
    week_rate: interactions per person reached at the age of 7 days, percent; week_how: read or between.
    """

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
    organisation_id: int = 0
    source: str = "own"
    day: date | None = None
    task: str | None = None
    village: str | None = None
    seen_post_id: int | None = None
    permalink: str | None = None
    week_how: str | None = None
    week_rate: Decimal | None = None

    @property
    def post(self) -> int:
        """What is one post on several accounts; below nought for one that Kentongan did not send."""
        return self.post_id or -(self.seen_post_id or 0)

    @property
    def place(self) -> str:
        """The desa as people typed it, but for spaces; "" for none."""
        return " ".join(self.village.split()) if self.village else ""

    @property
    def interactions(self) -> int | None:
        """Reactions, comments, shares and saves, as far as given; None when none was."""
        found, metrics = None, self.metrics
        for name in INTERACTIONS:
            if (value := metrics[name]) is not None:
                found = value if found is None else found + value
        return found

    @property
    def rate(self) -> Decimal | None:
        """Interactions per person reached, in percent; None without either figure."""
        return rate(self.interactions, self.metrics["reach"])

    def told(self, name: str) -> str:
        """Why a figure is missing (app/queries/readings.missing)."""
        return missing(name, self.connector, self.refused)


def rate(done: int | None, reach: int | None) -> Decimal | None:
    """Interactions per person reached, in percent; None without either figure."""
    return Decimal(100) * done / reach if reach and done is not None else None


def published(session: Session, scope: Scope, first: date, last: date, zone: str) -> list[Figures]:
    """What was published on these days (each organisation's own), newest first; without headlines and accounts' names.

    zone: in which days without a rollup are counted.
    """
    wanted = and_(col(PostFigure.organisation_id).in_(scope.organisations), col(PostFigure.day).between(first, last))
    rows = _rolled(session, wanted)
    if scope.single:
        at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
        start, end = _bounds(first, last, zone)
        raw = and_(
            col(Post.organisation_id) == scope.organisations[0], col(Delivery.state).in_(PUBLIC), at >= start, at < end
        )
        without = _raw(session, raw, zone)
        if without:
            rows = _newest_first([*rows, *without])
    narrow = scope != Scope(scope.organisations)
    return [row for row in rows if scope.holds(row)] if narrow else rows


def _newest_first(rows: list[Figures]) -> list[Figures]:
    """As ``_rolled`` orders them; posts of one moment in the order of their accounts."""
    rows = sorted(rows, key=lambda row: (row.connector, row.delivery_id))
    return sorted(rows, key=lambda row: (row.published_at, row.post_id), reverse=True)


def of_post(session: Session, post_id: int) -> list[Figures]:
    """The public deliveries of one post, with their words."""
    rows = _rolled(session, col(Delivery.post_id) == post_id)
    rows += _raw(session, and_(col(Post.id) == post_id, col(Delivery.state).in_(PUBLIC)), "UTC")
    return with_words(session, sorted(rows, key=lambda row: (row.connector, row.delivery_id)))


def with_words(session: Session, rows: Sequence[Figures]) -> list[Figures]:
    """The same rows with headlines, names of accounts, permalinks and what the newest reading was refused."""
    return [one for at in range(0, len(rows), _CHUNK) for one in _worded(session, rows[at : at + _CHUNK])]


def _worded(session: Session, rows: Sequence[Figures]) -> list[Figures]:
    sent = [row.delivery_id for row in rows if row.delivery_id]
    seen = [row.seen_post_id for row in rows if row.seen_post_id]
    words: dict[int, dict[str, Any]] = {}
    for id_, caption, title, name in session.execute(
        select(col(Delivery.id), col(Post.caption), col(Activity.title), col(Account.name))
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(col(Delivery.id).in_(sent))
    ):
        words[id_] = {"headline": headline(caption, title), "account": name}
    for id_, refused in _refused(session, sent):
        words[id_]["refused"] = frozenset(refused or ())
    for id_, caption, permalink, name, handle in session.execute(
        select(col(SeenPost.id), col(SeenPost.caption), col(SeenPost.permalink), col(Account.name), col(Watched.handle))
        .outerjoin(Account, col(Account.id) == col(SeenPost.account_id))
        .outerjoin(Watched, col(Watched.id) == col(SeenPost.watched_id))
        .where(col(SeenPost.id).in_(seen))
    ):
        words[-id_] = {"headline": headline(caption), "account": name or handle or "", "permalink": permalink}
    return [replace(row, **words.get(row.delivery_id or -(row.seen_post_id or 0), {})) for row in rows]


def days(session: Session, scope: Scope, first: date, last: date, zone: str) -> dict[date, int]:
    """How many posts were published a day; one on two accounts is one."""
    if scope.single or scope != Scope(scope.organisations):
        found: dict[date, set[int]] = {}
        for row in published(session, scope, first, last, zone):
            if row.day is not None:
                found.setdefault(row.day, set()).add(row.post)
        return {day: len(posts) for day, posts in found.items()}
    post = func.coalesce(col(Delivery.post_id), -col(PostFigure.seen_post_id))
    rows = session.execute(
        select(col(PostFigure.day), func.count(post.distinct()))
        .outerjoin(Delivery, col(Delivery.id) == col(PostFigure.delivery_id))
        .where(col(PostFigure.organisation_id).in_(scope.organisations), col(PostFigure.day).between(first, last))
        .group_by(col(PostFigure.day))
    )
    return {row[0]: row[1] for row in rows}


def _refused(session: Session, deliveries: Iterable[int]) -> Any:
    """(delivery, what its newest reading was refused); asked for the rows of one page only."""
    each = aliased(Reading)
    newest = (
        select(col(each.id))
        .where(col(each.delivery_id) == col(Delivery.id))
        .order_by(col(each.read_at).desc(), col(each.id).desc())
        .limit(1)
        .correlate(Delivery)
        .scalar_subquery()
    )
    return session.execute(
        select(col(Reading.delivery_id), col(Reading.refused))
        .join(Delivery, col(Reading.id) == newest)
        .where(col(Delivery.id).in_(list(deliveries)))
    )


def _rolled(session: Session, wanted: Any) -> list[Figures]:
    rows = session.execute(
        select(
            col(PostFigure.delivery_id), col(Delivery.post_id), col(PostFigure.seen_post_id),
            col(PostFigure.organisation_id), col(PostFigure.account_id), col(PostFigure.platform),
            col(PostFigure.source), col(PostFigure.published_at), col(PostFigure.day), col(PostFigure.read_at),
            col(PostFigure.week_how), col(PostFigure.week_reach), col(Activity.task), col(Activity.village),
            *(getattr(PostFigure, f"week_{name}") for name in INTERACTIONS),
            *(getattr(PostFigure, name) for name in METRICS),
        )
        .outerjoin(Delivery, col(Delivery.id) == col(PostFigure.delivery_id))
        .outerjoin(Post, col(Post.id) == col(Delivery.post_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(wanted, or_(col(PostFigure.delivery_id).is_(None), col(Delivery.state).in_(PUBLIC)))
        .order_by(
            col(PostFigure.published_at).desc(), func.coalesce(col(Delivery.post_id), 0).desc(),
            col(PostFigure.platform), col(PostFigure.id),
        )
    )  # fmt: skip
    return [_of_rolled(row) for row in rows]


def _of_rolled(row: Any) -> Figures:
    week = [value for value in row[14:18] if value is not None]
    return Figures(
        delivery_id=row[0] or 0, post_id=row[1] or 0, seen_post_id=row[2], organisation_id=row[3],
        account_id=row[4] or 0, connector=row[5], source=row[6], published_at=row[7], day=row[8], read_at=row[9],
        week_how=row[10], week_rate=rate(sum(week) if week else None, row[11]), task=row[12], village=row[13],
        metrics=dict(zip(METRICS, row[18:], strict=True)), headline="", account="", refused=frozenset(),
    )  # fmt: skip


def _raw(session: Session, wanted: Any, zone: str) -> list[Figures]:
    """Deliveries that have no rollup, with their newest reading."""
    at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
    chosen = (
        select(
            col(Delivery.id).label("id"), col(Post.id).label("post"), col(Post.organisation_id).label("organisation"),
            col(Account.id).label("account"), col(Account.connector), at.label("at"), col(Activity.task),
            col(Activity.village),
        )
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .where(wanted, ~exists().where(col(PostFigure.delivery_id) == col(Delivery.id)))
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
        select(chosen, last.c.read_at, *(last.c[name] for name in METRICS)).outerjoin(
            last, last.c.delivery_id == chosen.c.id
        )
    )
    here = ZoneInfo(zone)
    return [
        Figures(
            delivery_id=row[0], post_id=row[1], organisation_id=row[2], account_id=row[3], connector=row[4],
            published_at=row[5], day=row[5].astimezone(here).date(), task=row[6], village=row[7], read_at=row[8],
            metrics=dict(zip(METRICS, row[9:], strict=True)), headline="", account="", refused=frozenset(),
        )
        for row in rows
    ]  # fmt: skip


def _bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    here = ZoneInfo(zone)
    return datetime.combine(first, time(), here), datetime.combine(last + timedelta(days=1), time(), here)
