"""Rollups, kept in the same transaction as the reading they come from, so that pages and rankings read no raw rows.

A row of PostFigure is always made anew from all readings of its post, and a row of AccountDay from all figures of its
day: late, repeated and disordered readings come to the same, and so does ``rebuilding.rebuild``. Call these last in a
transaction: on PostgreSQL they hold the account's day until it ends.

The newest reading gives the figures, whatever it lacks: a metric that is not given any more is not known any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Table, and_, bindparam, case, delete, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from app.models import Account, AccountDay, Delivery, Organisation, Post, PostFigure, Reading, SeenPost, SeenReading
from app.services import ripening
from app.services.ripening import INTERACTIONS, WEEKLY, Point
from connectors import METRICS

#: Deliveries that people can see; what was taken back or is gone leaves all sums.
PUBLIC = ("published", "withdrawing")
#: Connector → platform, where they differ.
_PLATFORM = {"instagram_private": "instagram"}


@dataclass(frozen=True)
class Facts:
    """What a figure says of its post besides numbers. watched_id: its account is read from outside."""

    organisation_id: int
    account_id: int | None
    platform: str
    source: str
    published_at: datetime
    day: date
    watched_id: int | None = None


def figure(session: Session, delivery_id: int) -> PostFigure | None:
    """The kept figures of a delivery; None while there are none (not public, or published a moment ago)."""
    return session.execute(select(PostFigure).where(col(PostFigure.delivery_id) == delivery_id)).scalars().first()


def seen_figure(session: Session, seen_post_id: int) -> PostFigure | None:
    """The kept figures of a post that Kentongan did not send."""
    return session.execute(select(PostFigure).where(col(PostFigure.seen_post_id) == seen_post_id)).scalars().first()


def platform_of(connector: str) -> str:
    """facebook, instagram or website."""
    return _PLATFORM.get(connector, connector)


def read(session: Session, delivery_id: int) -> None:
    """A reading of this delivery was written, or it became public, or it is so no more."""
    session.flush()
    _renew(session, "delivery_id", delivery_id, of_deliveries(session, [delivery_id]).get(delivery_id))


def seen(session: Session, seen_post_id: int) -> None:
    """The same of a post that Kentongan did not send."""
    session.flush()
    _renew(session, "seen_post_id", seen_post_id, of_seen(session, [seen_post_id]).get(seen_post_id))


def followers_read(session: Session, account_id: int, read_at: datetime) -> None:
    """Followers of an account were read: the day's count, and the posts to which this reading may be the nearest."""
    session.flush()
    zone = session.execute(
        select(col(Organisation.zone))
        .join(Account, col(Account.organisation_id) == col(Organisation.id))
        .where(col(Account.id) == account_id)
    ).scalar_one()
    day = read_at.astimezone(ZoneInfo(zone)).date()
    # The day first: whoever holds it may wait for a figure of ours, never the other way round.
    _hold(session, account_id, day)
    _renew_followers(session, col(PostFigure.account_id) == account_id, read_at, account_series(session, [account_id]))
    _sum(session, account_id, day, zone)


def watched_read(session: Session, watched_id: int, read_at: datetime) -> None:
    """Followers of an account that is read from outside were read, with its posts."""
    session.flush()
    mine = col(PostFigure.seen_post_id).in_(select(col(SeenPost.id)).where(col(SeenPost.watched_id) == watched_id))
    _renew_followers(session, mine, read_at, {watched_id: watched_series(session, watched_id)})


# -- what is known, from raw rows --------------------------------------------------------------------------------------
def of_deliveries(session: Session, ids: Sequence[int]) -> dict[int, Facts]:
    """Facts of those that are public."""
    rows = session.execute(_delivery_facts(), {"ids": list(ids)})
    return {
        row[0]: Facts(row[1], row[2], platform_of(row[3]), "own", row[4], row[4].astimezone(ZoneInfo(row[5])).date())
        for row in rows
    }


def of_seen(session: Session, ids: Sequence[int]) -> dict[int, Facts]:
    """Facts of those that are still there."""
    rows = session.execute(
        select(
            col(SeenPost.id), col(SeenPost.organisation_id), col(SeenPost.account_id), col(SeenPost.platform),
            col(SeenPost.source), col(SeenPost.published_at), col(Organisation.zone), col(SeenPost.watched_id),
        )
        .join(Organisation, col(Organisation.id) == col(SeenPost.organisation_id))
        .where(col(SeenPost.id).in_(ids), col(SeenPost.gone_at).is_(None))
    )  # fmt: skip
    return {
        id_: Facts(organisation_id, account_id, platform, source, at, at.astimezone(ZoneInfo(zone)).date(), watched_id)
        for id_, organisation_id, account_id, platform, source, at, zone, watched_id in rows
    }


def account_series(session: Session, account_ids: Sequence[int]) -> dict[int, list[tuple[datetime, int]]]:
    """Known followers of accounts, in order of time."""
    rows = session.execute(
        select(col(Reading.account_id), col(Reading.read_at), col(Reading.followers))
        .where(
            col(Reading.account_id).in_(account_ids),
            col(Reading.delivery_id).is_(None),
            col(Reading.followers).is_not(None),
        )
        .order_by(col(Reading.read_at), col(Reading.id))
    )
    found: dict[int, list[tuple[datetime, int]]] = {}
    for account_id, at, count in rows:
        found.setdefault(account_id, []).append((at, count or 0))
    return found


def watched_series(session: Session, watched_id: int) -> list[tuple[datetime, int]]:
    """Known followers of an account that is read from outside."""
    rows = session.execute(
        select(col(SeenReading.read_at), col(SeenReading.followers))
        .join(SeenPost, col(SeenPost.id) == col(SeenReading.seen_post_id))
        .where(col(SeenPost.watched_id) == watched_id, col(SeenReading.followers).is_not(None))
        .order_by(col(SeenReading.read_at), col(SeenReading.id))
    )
    return [(at, count or 0) for at, count in rows]


def own_series(session: Session, seen_post_id: int) -> list[tuple[datetime, int]]:
    """Followers as a table says them, post by post."""
    rows = session.execute(
        select(col(SeenReading.read_at), col(SeenReading.followers))
        .where(col(SeenReading.seen_post_id) == seen_post_id, col(SeenReading.followers).is_not(None))
        .order_by(col(SeenReading.read_at), col(SeenReading.id))
    )
    return [(at, count or 0) for at, count in rows]


def columns(facts: Facts, rows: Sequence[Any]) -> dict[str, Any]:
    """Columns of a figure but for its followers. rows: (read_at, *METRICS) of all its readings, in order of time."""
    newest = rows[-1] if rows else (None,) * (1 + len(METRICS))
    places = [1 + METRICS.index(name) for name in WEEKLY]
    week = ripening.week(facts.published_at, [Point(row[0], tuple(row[place] for place in places)) for row in rows])
    return {
        "organisation_id": facts.organisation_id, "account_id": facts.account_id, "platform": facts.platform,
        "source": facts.source, "published_at": facts.published_at, "day": facts.day,
        "read_at": newest[0], **dict(zip(METRICS, newest[1:], strict=True)),
        "week_how": week.how, "week_read_at": week.read_at,
        **{f"week_{name}": value for name, value in zip(WEEKLY, week.figures, strict=True)},
    }  # fmt: skip


# -- keeping -----------------------------------------------------------------------------------------------------------
def _renew(session: Session, key: str, id_: int, facts: Facts | None) -> None:
    """Make the figure of one post anew, or drop it, and sum the days it touches."""
    if facts is not None:
        _hold(session, facts.account_id, facts.day, id_)
    before = session.execute(_kept(key), {"id_is": id_}).first()
    days = {(before[1], before[2])} if before else set()
    if facts is None:
        if before is not None:
            _hold(session, before[1], before[2], id_)
            session.execute(delete(PostFigure).where(col(PostFigure.id) == before[0]))
    else:
        days.add((facts.account_id, facts.day))
        values = columns(facts, session.execute(_points(key), {"id_is": id_}).all())
        if before is not None and (before[1], before[3]) == (facts.account_id, facts.published_at):
            # Followers then: kept up by ``followers_read`` and ``watched_read``.
            session.execute(_change(), {"row_is": before[0], **{f"to_{name}": v for name, v in values.items()}})
        else:
            values["week_followers"] = _followers(session, key, id_, facts)
            if before is not None:
                session.execute(update(PostFigure).where(col(PostFigure.id) == before[0]).values(**values))
            else:
                session.execute(_table(PostFigure).insert(), {key: id_, **values})
    _forget(session)
    for account_id, day in sorted((row for row in days if row[0] is not None), key=str):
        _sum(session, account_id, day)


def _followers(session: Session, key: str, id_: int, facts: Facts) -> int | None:
    if facts.account_id is not None:
        series = account_series(session, [facts.account_id]).get(facts.account_id, [])
    elif facts.watched_id is not None:
        series = watched_series(session, facts.watched_id)
    else:
        series = own_series(session, id_)
    return ripening.followers_at(facts.published_at, series)


def _renew_followers(
    session: Session, mine: Any, read_at: datetime, series: Mapping[int, list[tuple[datetime, int]]]
) -> None:
    """Followers at posting, of those posts that this reading may concern: an older post has a nearer one, or none."""
    since = read_at - ripening.SOON_AFTER
    rows = session.execute(
        select(col(PostFigure.id), col(PostFigure.published_at), col(PostFigure.week_followers)).where(
            mine, col(PostFigure.published_at) >= since
        )
    ).all()
    (known,) = series.values() if series else ([],)
    for id_, published_at, before in rows:
        now = ripening.followers_at(published_at, known)
        if now != before:
            session.execute(update(PostFigure).where(col(PostFigure.id) == id_).values(week_followers=now))
    if rows:
        _forget(session)


def _forget(session: Session) -> None:
    """Rows were changed by statements: objects of this session are read anew when they are next asked for."""
    for one in list(session.identity_map.values()):
        if isinstance(one, PostFigure | AccountDay):
            session.expire(one)


def _hold(session: Session, account_id: int | None, day: date, id_: int = 0) -> None:
    """On PostgreSQL one at a time sums a day: of two that did so side by side each would miss the other's post. SQLite
    has one writer anyway."""
    if session.get_bind().dialect.name != "sqlite":
        keys = (account_id, day.toordinal()) if account_id is not None else (-1, id_)
        session.execute(text("select pg_advisory_xact_lock(:one, :other)"), {"one": keys[0], "other": keys[1]})


def _sum(session: Session, account_id: int, day: date, zone: str | None = None) -> None:
    """The row of an account's day anew; zone: with its followers too. A day with neither is no row."""
    key = {"account_is": account_id, "day_is": day}
    session.execute(_sum_up(session.get_bind().dialect.name), key)
    if zone is not None:
        start = datetime.combine(day, time(), ZoneInfo(zone))
        end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
        last = session.execute(_last_followers(), {**key, "start": start, "end": end}).scalars().first()
        mine = (col(AccountDay.account_id) == account_id, col(AccountDay.day) == day)
        session.execute(update(AccountDay).where(*mine).values(followers=last))
    session.execute(_empty_day(), key)
    _forget(session)


# -- statements, each made once ----------------------------------------------------------------------------------------
def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds the table to the class
    return table


@cache
def _delivery_facts() -> Any:
    at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
    return (
        select(
            col(Delivery.id), col(Post.organisation_id), col(Delivery.account_id), col(Account.connector), at,
            col(Organisation.zone),
        )
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .join(Organisation, col(Organisation.id) == col(Post.organisation_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(col(Delivery.id).in_(bindparam("ids", expanding=True)), col(Delivery.state).in_(PUBLIC))
    )  # fmt: skip


@cache
def _kept(key: str) -> Any:
    table = _table(PostFigure)
    chosen = select(table.c.id, table.c.account_id, table.c.day, table.c.published_at)
    return chosen.where(table.c[key] == bindparam("id_is"))


@cache
def _points(key: str) -> Any:
    table = _table(Reading if key == "delivery_id" else SeenReading)
    chosen = select(table.c.read_at, *(table.c[name] for name in METRICS)).where(table.c[key] == bindparam("id_is"))
    return chosen.order_by(table.c.read_at, table.c.id)


@cache
def _change() -> Any:
    table = _table(PostFigure)
    names = [
        "organisation_id", "account_id", "platform", "source", "published_at", "day", "read_at", *METRICS, "week_how",
        "week_read_at", *(f"week_{name}" for name in WEEKLY),
    ]  # fmt: skip
    values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in names}
    return update(table).where(table.c.id == bindparam("row_is")).values(values)


def day_sums() -> tuple[Any, ...]:
    """posts, interactions, interaction_posts, reach, reach_posts of some figures."""
    table = _table(PostFigure)
    any_given = and_(*(table.c[name].is_(None) for name in INTERACTIONS))
    done: Any = literal(0)
    for name in INTERACTIONS:
        done = done + func.coalesce(table.c[name], 0)
    return (
        func.count(), func.coalesce(func.sum(done), 0), func.coalesce(func.sum(case((any_given, 0), else_=1)), 0),
        func.coalesce(func.sum(table.c.reach), 0), func.count(table.c.reach),
    )  # fmt: skip


SUMMED = ("posts", "interactions", "interaction_posts", "reach", "reach_posts")


@cache
def _sum_up(dialect: str) -> Any:
    days, figures = _table(AccountDay), _table(PostFigure)
    account: Any = bindparam("account_is")
    day: Any = bindparam("day_is", type_=Date())
    chosen = select(account, day, *day_sums()).where(figures.c.account_id == account, figures.c.day == day)
    make: Any = sqlite.insert(days) if dialect == "sqlite" else postgresql.insert(days)
    made = make.from_select(["account_id", "day", *SUMMED], chosen)
    return made.on_conflict_do_update(
        index_elements=["account_id", "day"], set_={name: made.excluded[name] for name in SUMMED}
    )


@cache
def _last_followers() -> Any:
    return (
        select(col(Reading.followers))
        .where(
            col(Reading.account_id) == bindparam("account_is"),
            col(Reading.delivery_id).is_(None),
            col(Reading.followers).is_not(None),
            col(Reading.read_at) >= bindparam("start"),
            col(Reading.read_at) < bindparam("end"),
        )
        .order_by(col(Reading.read_at).desc(), col(Reading.id).desc())
        .limit(1)
    )


@cache
def _empty_day() -> Any:
    table = _table(AccountDay)
    return delete(table).where(
        table.c.account_id == bindparam("account_is"), table.c.day == bindparam("day_is"), table.c.posts == 0,
        table.c.followers.is_(None),
    )  # fmt: skip
