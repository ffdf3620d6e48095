"""Engagement that does not come from our own sending: posts seen from outside, and what was handed in on paper.

The source class says how far a figure can be trusted (issue of who is measured): own (the organisation's connection),
public (professional Instagram read with the evaluator's token), shared (a Page shared with the evaluator), sheet
(a checked table with evidence), reported (the organisation's own word).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of

SOURCE_CLASSES = ("own", "public", "shared", "sheet", "reported")
PLATFORMS = ("facebook", "instagram", "website")


class Watched(SQLModel, table=True):
    """An account that is read from outside, with the reader account's token. look_at: the next look."""

    __table_args__ = (
        UniqueConstraint("platform", "handle"),
        CheckConstraint(one_of("platform", PLATFORMS), name="platform"),
        CheckConstraint(one_of("source", SOURCE_CLASSES), name="source"),
    )
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    platform: str
    handle: str  # lower case, without @
    reader_account_id: int | None = Field(default=None, foreign_key="account.id")
    source: str = "public"
    remote_id: str | None = None
    followers: int | None = None
    look_at: datetime | None = Field(default=None, index=True)
    looked_at: datetime | None = None
    reason_code: str | None = None
    reason_facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    active: bool = True
    created_at: datetime = Field(default_factory=clock.now)


class Sheet(SQLModel, table=True):
    """A table that was handed in, kept as it came. checked_*: who compared it with its evidence, None: nobody yet."""

    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    name: str
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)
    rows: int = 0
    by_name: str = ""
    at: datetime = Field(default_factory=clock.now)
    checked_by: str | None = None
    checked_at: datetime | None = None


class SeenPost(SQLModel, table=True):
    """A post that Kentongan did not send: made in the platform's own app, read from outside, or handed in.

    account_id: of a connected account; watched_id: of one read from outside; neither: of a sheet. remote_id: the
    platform's, else the permalink.
    """

    __table_args__ = (
        UniqueConstraint("platform", "remote_id"),
        CheckConstraint(one_of("platform", PLATFORMS), name="platform"),
        CheckConstraint(one_of("source", SOURCE_CLASSES), name="source"),
        Index("ix_seenpost_when", "organisation_id", "published_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    watched_id: int | None = Field(default=None, foreign_key="watched.id", index=True)
    sheet_id: int | None = Field(default=None, foreign_key="sheet.id", index=True)
    platform: str
    source: str
    remote_id: str
    permalink: str | None = None
    published_at: datetime
    caption: str = ""
    reading_at: datetime | None = Field(default=None, index=True)
    gone_at: datetime | None = None
    created_at: datetime = Field(default_factory=clock.now)


class SeenReading(SQLModel, table=True):
    """A reading of such a post, like Reading: NULL where nothing was given. followers: of its account at that time."""

    __table_args__ = (Index("ix_seenreading_post", "seen_post_id", "read_at"),)
    id: int | None = Field(default=None, primary_key=True)
    seen_post_id: int = Field(foreign_key="seenpost.id")
    read_at: datetime = Field(default_factory=clock.now)
    planned_age_s: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    reach: int | None = None
    views: int | None = None
    clicks: int | None = None
    followers: int | None = None


class DeadMetric(SQLModel, table=True):
    """A metric name that the platform refused, so that it is not asked for each time. try_at: when it is tried again.

    kind: of what it is a metric ("post", "photo", "video", "account", ...). account_id None: for everybody.
    """

    __table_args__ = (UniqueConstraint("connector", "account_id", "kind", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    connector: str
    account_id: int | None = Field(default=None, foreign_key="account.id")
    kind: str = ""
    name: str
    found_at: datetime = Field(default_factory=clock.now)
    try_at: datetime
