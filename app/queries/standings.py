"""Who engages most in a span of days: of the country, and the best of each kecamatan, from rollups alone.

A row is an account, never a person or an office: reach of two platforms is never added. The order is by interactions
per reached person where both are known (sums of the same posts would be needed for more, and are the award's business),
else by interactions. What is asked for is reckoned in the database; only the rows that are shown come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Float, Select, cast, func, select
from sqlmodel import Session, col

from app.models import Account, AccountDay, Organisation

#: Characters of a dotted Kemendagri code up to its kecamatan: 32.01.39.
_KECAMATAN = 8
ORDERS = ("interactions", "rate", "posts")


@dataclass(frozen=True)
class Standing:
    """One account. rank: shared by equals (1, 2, 2, 4). area: code of its kecamatan, None in a list of the country.

    rate: interactions per person reached, None while no reach is known. followers: the largest of these days.
    """

    rank: int
    account_id: int
    account: str
    connector: str
    organisation_id: int
    organisation: str
    category: str
    area: str | None
    posts: int
    interactions: int
    reach: int
    followers: int | None

    @property
    def rate(self) -> float | None:
        return self.interactions / self.reach if self.reach else None


def national(
    session: Session,
    since: date,
    until: date,
    category: str | None = None,
    limit: int = 50,
    *,
    order: str = "interactions",
) -> list[Standing]:
    """The best accounts of the country from ``since`` to ``until``, both days included. ValueError: unknown order."""
    sums = _sums(since, until, category).subquery()
    best = func.rank().over(order_by=_by(sums, order).desc())
    chosen: Select[Any] = (
        select(sums, best.label("rank")).order_by(_by(sums, order).desc(), sums.c.account_id).limit(limit)
    )
    return _named(session, chosen, None)


def best_of_each(
    session: Session,
    since: date,
    until: date,
    category: str | None = None,
    places: int = 3,
    *,
    order: str = "interactions",
) -> list[Standing]:
    """The best accounts of each kecamatan, by its code; whose organisation has no code down to it is left out."""
    sums = _sums(since, until, category).subquery()
    area = func.substr(col(Organisation.region_code), 1, _KECAMATAN)
    ranked = (
        select(
            sums, area.label("area"),
            func.rank().over(partition_by=area, order_by=_by(sums, order).desc()).label("rank"),
            func.row_number().over(
                partition_by=area, order_by=(_by(sums, order).desc(), sums.c.account_id)
            ).label("place"),
        )
        .join(Account, col(Account.id) == sums.c.account_id)
        .join(Organisation, col(Organisation.id) == col(Account.organisation_id))
        .where(func.length(col(Organisation.region_code)) >= _KECAMATAN)
    ).subquery()  # fmt: skip
    chosen: Select[Any] = select(ranked).where(ranked.c.place <= places)
    return _named(session, chosen.order_by(ranked.c.area, ranked.c.place), "area")


def _sums(since: date, until: date, category: str | None) -> Any:
    """Sums by account. Without posts in these days an account stands in no list.

    Led by the accounts: each one's days lie together, however many years of others lie around them.
    """
    posts: Any = func.sum(col(AccountDay.posts))
    accounts = select(col(Account.id))
    if category is not None:
        here = col(Organisation.id) == col(Account.organisation_id)
        accounts = accounts.join(Organisation, here).where(col(Organisation.category) == category)
    return (
        select(
            col(AccountDay.account_id).label("account_id"),
            posts.label("posts"),
            func.sum(col(AccountDay.interactions)).label("interactions"),
            func.sum(col(AccountDay.reach)).label("reach"),
            func.max(col(AccountDay.followers)).label("followers"),
        )
        .where(col(AccountDay.account_id).in_(accounts), col(AccountDay.day) >= since, col(AccountDay.day) <= until)
        .group_by(col(AccountDay.account_id))
        .having(posts > 0)
    )


def _by(sums: Any, order: str) -> Any:
    if order not in ORDERS:
        raise ValueError(f"unknown order {order!r}")
    if order == "rate":
        return func.coalesce(cast(sums.c.interactions, Float) / func.nullif(sums.c.reach, 0), -1.0)
    return sums.c[order]


def _named(session: Session, chosen: Select[Any], area: str | None) -> list[Standing]:
    """The few rows with their names."""
    rows = [dict(row._mapping) for row in session.execute(chosen)]
    names: dict[int, Any] = {}
    ids = [row["account_id"] for row in rows]
    for start in range(0, len(ids), 500):
        found = session.execute(
            select(
                col(Account.id), col(Account.name), col(Account.connector), col(Organisation.id),
                col(Organisation.name), col(Organisation.category),
            )
            .join(Organisation, col(Organisation.id) == col(Account.organisation_id))
            .where(col(Account.id).in_(ids[start : start + 500]))
        )  # fmt: skip
        names |= {row[0]: row for row in found}
    return [
        Standing(
            row["rank"], row["account_id"], names[row["account_id"]][1], names[row["account_id"]][2],
            names[row["account_id"]][3], names[row["account_id"]][4], names[row["account_id"]][5],
            row[area] if area else None, int(row["posts"]), int(row["interactions"]), int(row["reach"]),
            row["followers"],
        )
        for row in rows
    ]  # fmt: skip
