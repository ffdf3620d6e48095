"""Rollups made anew from raw readings, in small transactions: after a restore, a change of zone, or for certainty.

``straighten`` is the everyday part of it: posts that became public or ceased to be so by any of the many ways there are
get their row or lose it, also those that have no reading yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, exists, insert, select, text
from sqlmodel import Session, col

from app import clock
from app.models import Account, AccountDay, Delivery, Organisation, PostFigure, Reading, SeenPost, SeenReading
from app.parts import Parts
from app.services import pace, ripening, rolling, seeing
from app.services.rolling import PUBLIC, SUMMED, day_sums
from connectors import METRICS

#: Rows of one transaction; an account brings a row a day, so fewer accounts are taken at once.
_POSTS, _ACCOUNTS = 100, 5


def rebuild(parts: Parts, go_on: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Make every row anew; how many there are: {"posts", "days"}. May be stopped and begun again at any time."""
    made = {"posts": 0, "days": 0}
    for key, table in (("delivery_id", Delivery), ("seen_post_id", SeenPost)):
        for ids in _chunks(parts, col(table.id), _POSTS):
            if not go_on():
                return made
            with parts.db.write() as session:
                _alone(session, "postfigure")
                made["posts"] += posts(session, key, ids)
    for ids in _chunks(parts, col(Account.id), _ACCOUNTS):
        if not go_on():
            return made
        with parts.db.write() as session:
            _alone(session, "accountday")
            made["days"] += _days(session, ids)
    return made


def begin(parts: Parts) -> int:
    """Give posts that have just become public their row, before anything is read of them; how many. Looks only at
    those whose first reading is to come, so that it may be asked every few seconds; ``straighten`` sees the others."""
    present, first = clock.now(), timedelta(seconds=pace.READING_AGES[0])
    with parts.db.read() as session:
        missing, _ = _deliveries_off()
        young = missing.where(col(Delivery.reading_at) > present, col(Delivery.reading_at) <= present + first)
        ids = sorted(session.execute(young.limit(_POSTS)).scalars())
    for id_ in ids:
        with parts.db.write() as session:
            rolling.read(session, id_)
    return len(ids)


def straighten(parts: Parts, go_on: Callable[[], bool] = lambda: True) -> int:
    """Give posts that are public their row, take it from those that are not; how many were changed."""
    changed = 0
    for key, wanted in (("delivery_id", _deliveries_off()), ("seen_post_id", _seen_off())):
        while go_on():
            with parts.db.read() as session:
                ids = [row for query in wanted for row in session.execute(query.limit(_POSTS)).scalars()]
            if not ids:
                break
            for start in range(0, len(ids), 20):
                with parts.db.write() as session:
                    for id_ in sorted(ids[start : start + 20]):
                        rolling.read(session, id_) if key == "delivery_id" else rolling.seen(session, id_)
            changed += len(ids)
    while go_on():
        with parts.db.write() as session:
            merged = seeing.merge(session)
        changed += merged
        if not merged:
            break
    return changed


def _deliveries_off() -> tuple[Any, Any]:
    """Public ones without a row, and rows of others."""
    mine = col(PostFigure.delivery_id) == col(Delivery.id)
    public = col(Delivery.state).in_(PUBLIC)
    missing = select(col(Delivery.id)).where(public, ~exists().where(mine))
    over = select(col(Delivery.id)).join(PostFigure, and_(mine, ~public))
    return missing, over


def _seen_off() -> tuple[Any, Any]:
    mine = col(PostFigure.seen_post_id) == col(SeenPost.id)
    missing = select(col(SeenPost.id)).where(col(SeenPost.gone_at).is_(None), ~exists().where(mine))
    over = select(col(SeenPost.id)).join(PostFigure, and_(mine, col(SeenPost.gone_at).is_not(None)))
    return missing, over


def _chunks(parts: Parts, id_: Any, size: int) -> Iterator[list[int]]:
    last = 0
    while True:
        with parts.db.read() as session:
            ids = list(session.execute(select(id_).where(id_ > last).order_by(id_).limit(size)).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _alone(session: Session, table: str) -> None:
    """On PostgreSQL whoever keeps rows of this table waits for this short transaction; SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text(f"lock table {table} in share row exclusive mode"))


def posts(session: Session, key: str, ids: Sequence[int]) -> int:
    """Figures of these posts anew, in this transaction; how many are public. key: delivery_id or seen_post_id."""
    of_seen = key == "seen_post_id"
    facts = rolling.of_seen(session, ids) if of_seen else rolling.of_deliveries(session, ids)
    raw = SeenReading if of_seen else Reading
    owner = getattr(raw, key)
    rows: dict[int, list[Any]] = {}
    for id_, *values in session.execute(
        select(owner, col(raw.read_at), *(getattr(raw, name) for name in METRICS))
        .where(owner.in_(ids))
        .order_by(col(raw.read_at), col(raw.id))
    ):
        rows.setdefault(id_, []).append(values)
    owners = sorted({one.account_id for one in facts.values() if one.account_id is not None})
    followers = rolling.account_series(session, owners) if owners else {}
    watched = {one: rolling.watched_series(session, one) for one in {f.watched_id for f in facts.values()} if one}
    session.execute(delete(PostFigure).where(getattr(PostFigure, key).in_(ids)))
    made = []
    for id_, one in facts.items():
        if one.account_id is not None:
            series = followers.get(one.account_id, [])
        elif one.watched_id is not None:
            series = watched[one.watched_id]
        else:
            series = rolling.own_series(session, id_)
        then = ripening.followers_at(one.published_at, series)
        made.append({key: id_, **rolling.columns(one, rows.get(id_, [])), "week_followers": then})
    if made:
        session.execute(insert(PostFigure), made)
    return len(made)


def _days(session: Session, account_ids: Sequence[int]) -> int:
    session.execute(delete(AccountDay).where(col(AccountDay.account_id).in_(account_ids)))
    sums = session.execute(
        select(col(PostFigure.account_id), col(PostFigure.day), *day_sums())
        .where(col(PostFigure.account_id).in_(account_ids))
        .group_by(col(PostFigure.account_id), col(PostFigure.day))
    )
    days: dict[tuple[int, date], dict[str, Any]] = {
        (row[0], row[1]): {"account_id": row[0], "day": row[1], **dict(zip(SUMMED, row[2:], strict=True))}
        for row in sums
    }
    zones = _zones(session, account_ids)
    for account_id, series in rolling.account_series(session, account_ids).items():
        for at, count in series:
            day = _day(at, zones[account_id])
            row = days.setdefault((account_id, day), {"account_id": account_id, "day": day, **dict.fromkeys(SUMMED, 0)})
            row["followers"] = count  # in order of time: the day's last one stays
    if days:
        session.execute(insert(AccountDay), [{"followers": None, **row} for row in days.values()])
    return len(days)


def _zones(session: Session, account_ids: Sequence[int]) -> dict[int, ZoneInfo]:
    rows = session.execute(
        select(col(Account.id), col(Organisation.zone))
        .join(Organisation, col(Organisation.id) == col(Account.organisation_id))
        .where(col(Account.id).in_(account_ids))
    )
    return {account_id: ZoneInfo(zone) for account_id, zone in rows}


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
