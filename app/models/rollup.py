"""Rollups, kept as readings come in, so that pages and rankings read no raw rows; they can be made anew from those."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models._base import one_of

#: How the figures at the age of a week came: read within a day of it, or between two readings around it.
HOW = ("read", "between")


class PostFigure(SQLModel, table=True):
    """One public post on one account: its newest figures, and those at the age of 7 days (week_*), NULL where unknown.

    Exactly one of delivery_id and seen_post_id. day: of publishing, in the organisation's zone.
    """

    __table_args__ = (
        CheckConstraint("(delivery_id is null) <> (seen_post_id is null)", name="of_one"),
        CheckConstraint(f"week_how is null or {one_of('week_how', HOW)}", name="week_how"),
        Index("ix_postfigure_when", "organisation_id", "day"),
        Index("ix_postfigure_account", "account_id", "day"),
    )
    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", unique=True)
    seen_post_id: int | None = Field(default=None, foreign_key="seenpost.id", unique=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    account_id: int | None = Field(default=None, foreign_key="account.id")
    platform: str
    source: str
    published_at: datetime
    day: date
    read_at: datetime | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    reach: int | None = None
    views: int | None = None
    clicks: int | None = None
    week_how: str | None = None
    week_read_at: datetime | None = None
    week_reactions: int | None = None
    week_comments: int | None = None
    week_shares: int | None = None
    week_saves: int | None = None
    week_reach: int | None = None
    week_followers: int | None = None


class AccountDay(SQLModel, table=True):
    """What one account published on one day (its organisation's zone), by the newest figures; followers of that day.

    reach_posts: how many of the posts have a reach; interactions: of those with any figure (interaction_posts).
    """

    # On SQLite the rows lie in the order of their key, so that an account's days are read in one go; there is no index
    # by day: a ranking of the country takes twice as long by it (tests/bench/rollups.py).
    __table_args__ = ({"sqlite_with_rowid": False},)
    account_id: int = Field(foreign_key="account.id", primary_key=True)
    day: date = Field(primary_key=True)
    posts: int = 0
    interactions: int = 0
    interaction_posts: int = 0
    reach: int = 0
    reach_posts: int = 0
    followers: int | None = None
