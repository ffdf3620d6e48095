"""Activities, posts, photos and deliveries: what was done, what is said of it, and its way to each account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import Sending
from app.states import DELIVERY, POST


class Activity(SQLModel, table=True):
    """A kegiatan: what was done, when and where. task: one of the six tugas (key), item: 1 to 25."""

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    title: str
    done_on: date | None = None
    village: str | None = None
    task: str | None = None
    item: int | None = None
    ppks: list[str] = Field(default_factory=list, sa_type=JSON)
    partners: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(default_factory=clock.now)


class Post(SQLModel, table=True):
    """A kiriman. due_at: the wished time (None: draft without one). revision: raised by each edit of its content.

    variants: connector name → its own caption, where it differs.
    """

    __table_args__ = (CheckConstraint(POST.check(), name="state"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    activity_id: int | None = Field(default=None, foreign_key="activity.id")
    author_id: int | None = Field(default=None, foreign_key="person.id")
    approver_id: int | None = Field(default=None, foreign_key="person.id")
    caption: str = ""
    variants: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    state: str = Field(default="draft", index=True)
    due_at: datetime | None = Field(default=None, index=True)
    revision: int = 0
    sent_back: str | None = None  # the approver's reason, until it is submitted again
    withdraw_at: datetime | None = None  # when somebody asked to take it back: what becomes public is taken back too
    withdraw_reason: str | None = None
    created_at: datetime = Field(default_factory=clock.now)
    updated_at: datetime = Field(default_factory=clock.now)


class Target(SQLModel, table=True):
    """An account that a draft is meant for. Deliveries are made from these at approval."""

    post_id: int = Field(foreign_key="post.id", primary_key=True, ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", primary_key=True)


class Photo(SQLModel, table=True):
    """A photo of a post. sha256: of the cleaned master (media/storage). crop and boxes: shares of width and height."""

    __table_args__ = (
        UniqueConstraint("post_id", "position"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("length(alt_text) <= 1000", name="alt_text"),
    )
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True, ondelete="CASCADE")
    position: int
    sha256: str = Field(index=True)
    width: int
    height: int
    alt_text: str = ""
    crop: list[float] | None = Field(default=None, sa_type=JSON)
    boxes: list[list[float]] = Field(default_factory=list, sa_type=JSON)
    consent: str | None = None
    created_at: datetime = Field(default_factory=clock.now)


class Delivery(Sending, table=True):
    """One post to one account. staged: what a connector prepared there, by its own names, with when and of what."""

    __table_args__ = (
        UniqueConstraint("post_id", "account_id"),
        CheckConstraint(DELIVERY.check(), name="state"),
        CheckConstraint(
            "state <> 'published' or remote_id is not null or confirmed_by is not null", name="published_has_proof"
        ),
        CheckConstraint(
            "(state in ('staging', 'committing')) = (lease_until is not null)", name="lease_only_while_worked_on"
        ),
        Index("ix_delivery_look", "state", "wake_at"),
        Index(
            "uq_delivery_one_commit",
            "account_id",
            unique=True,
            sqlite_where=text("state = 'committing'"),
            postgresql_where=text("state = 'committing'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id")
    account_id: int = Field(foreign_key="account.id", index=True)
    staged: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    staged_at: datetime | None = None
    staged_of: str | None = None  # fingerprint of caption, photos and account that were staged
    ready: bool = False  # only the commit is left
    repeatable: bool = True
    permalink: str | None = None
    published_at: datetime | None = None  # time of our commit's answer, never the platform's created_time
    commit_at: datetime | None = None  # when the last commit began: `find` looks from here
    polls: int = 0  # looks at an unfinished container
    absent_at: datetime | None = None  # a first look did not find the public post; a second one makes it gone
    reading_at: datetime | None = Field(default=None, index=True)  # the next reading of its engagement
    collect_at: datetime | None = Field(default=None, index=True)  # the next poll of its comments
    collected_at: datetime | None = None  # when the last poll began that read all of them
    created_at: datetime = Field(default_factory=clock.now)
