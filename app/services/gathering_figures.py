"""Figures of posts at the age of a week: from the rollups, or made anew from the readings by the same function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from app.models import Delivery, Reading, SeenPost, SeenReading
from app.services import ripening, rolling
from app.services.gathering_frame import Frame
from app.services.ripening import WEEKLY, Point

#: Columns of PostFigure that are wanted, in the order of ``Figures``.
FIGURES = ("week_how", "week_read_at", *(f"week_{name}" for name in WEEKLY), "week_followers")
_SOME = 500


class Figures(NamedTuple):
    """None where not known."""

    how: str | None
    read_at: datetime | None
    reactions: int | None
    comments: int | None
    shares: int | None
    saves: int | None
    reach: int | None
    followers: int | None


NONE = Figures(*(None,) * 8)


def usual(frame: Frame) -> bool:
    """Whether the rollups have what this rubric asks for: the age of 7 days, within 24 hours."""
    return (
        timedelta(days=frame.rubric.reading_age_days) == ripening.AGE
        and timedelta(hours=frame.rubric.reading_within_hours) == ripening.NEAR
    )


def kept(row: Sequence[Any], frame: Frame) -> Figures | None:
    """What the rollup says. row: (id, *FIGURES); None where there is no rollup, or it may not be used."""
    if row[0] is None or frame.raw or not usual(frame):
        return None
    if row[2] is not None and row[2] > frame.at:
        return Figures(None, None, None, None, None, None, None, row[8])  # read later than it is looked from
    return Figures(*row[1:])


def missing(
    session: Session, frame: Frame, posts: Iterable[tuple[int | None, int | None, datetime]]
) -> dict[str, Figures]:
    """ "delivery:5" → figures made from the readings. posts: (delivery id, seen post id, published at)."""
    own: dict[int, datetime] = {}
    seen: dict[int, datetime] = {}
    for delivery_id, seen_post_id, at in posts:
        if delivery_id is not None:
            own[delivery_id] = at
        elif seen_post_id is not None:
            seen[seen_post_id] = at
    found: dict[str, Figures] = {}
    for some in _some(own):
        found |= _of_deliveries(session, frame, {number: own[number] for number in some})
    for some in _some(seen):
        found |= _of_seen(session, frame, {number: seen[number] for number in some})
    return found


def _of_deliveries(session: Session, frame: Frame, posts: dict[int, datetime]) -> dict[str, Figures]:
    points = _points(session, frame, Reading, col(Reading.delivery_id), posts)
    rows = session.execute(select(col(Delivery.id), col(Delivery.account_id)).where(col(Delivery.id).in_(posts)))
    accounts: dict[int, int] = {row[0]: row[1] for row in rows}
    series = rolling.account_series(session, sorted(set(accounts.values())))
    return {
        f"delivery:{number}": _figures(
            frame, at, points.get(number, []), _known(series.get(accounts.get(number, 0), []), frame)
        )
        for number, at in posts.items()
    }


def _of_seen(session: Session, frame: Frame, posts: dict[int, datetime]) -> dict[str, Figures]:
    points = _points(session, frame, SeenReading, col(SeenReading.seen_post_id), posts)
    query = select(col(SeenPost.id), col(SeenPost.account_id), col(SeenPost.watched_id)).where(
        col(SeenPost.id).in_(posts)
    )
    kept_series: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
    found: dict[str, Figures] = {}
    for number, account_id, watched_id in session.execute(query).all():
        key = ("account", account_id) if account_id else ("watched", watched_id) if watched_id else ("own", number)
        if key not in kept_series:
            if account_id:
                kept_series[key] = rolling.account_series(session, [account_id]).get(account_id, [])
            elif watched_id:
                kept_series[key] = rolling.watched_series(session, watched_id)
            else:
                kept_series[key] = rolling.own_series(session, number)
        series = _known(kept_series[key], frame)
        found[f"seen:{number}"] = _figures(frame, posts[number], points.get(number, []), series)
    return found


def _points(session: Session, frame: Frame, table: Any, key: Any, posts: Iterable[int]) -> dict[int, list[Point]]:
    columns = [col(getattr(table, name)) for name in WEEKLY]
    query = select(key, col(table.read_at), *columns).where(key.in_(list(posts)), col(table.read_at) <= frame.at)
    found: dict[int, list[Point]] = {}
    for row in session.execute(query.order_by(col(table.read_at), col(table.id))):
        found.setdefault(row[0], []).append(Point(row[1], tuple(row[2:])))
    return found


def _figures(frame: Frame, at: datetime, points: list[Point], series: list[tuple[datetime, int]]) -> Figures:
    week = ripening.week(
        at,
        points,
        age=timedelta(days=frame.rubric.reading_age_days),
        near=timedelta(hours=frame.rubric.reading_within_hours),
    )
    figures = dict(zip(WEEKLY, week.figures, strict=True))
    return Figures(week.how, week.read_at, followers=ripening.followers_at(at, series), **figures)


def _known(series: list[tuple[datetime, int]], frame: Frame) -> list[tuple[datetime, int]]:
    return [(at, count) for at, count in series if at <= frame.at]


def _some(numbers: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _SOME):
        yield ordered[start : start + _SOME]
