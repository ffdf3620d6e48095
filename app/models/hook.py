"""What platforms tell us unasked: stored raw first, worked off after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app import clock


class Hook(SQLModel, table=True):
    """One notification as it came, its signature checked. wake_at None: worked off, or given up (done_at None).

    digest: SHA-256 of the body, so that a repeat of the same notification is stored once.
    """

    __table_args__ = (
        Index(
            "ix_hook_look",
            "wake_at",
            sqlite_where=text("wake_at is not null"),
            postgresql_where=text("wake_at is not null"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=clock.now)
    digest: str = Field(unique=True)
    body: str
    wake_at: datetime | None = None
    attempts: int = 0
    done_at: datetime | None = None
    why: str | None = None


class Tombstone(SQLModel, table=True):
    """A comment that was removed before we heard of it: when it comes, it comes deleted."""

    __table_args__ = (UniqueConstraint("account_id", "remote_id"),)
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    remote_id: str
    at: datetime = Field(default_factory=clock.now)


class Tally(SQLModel, table=True):
    """A counter by name: of what is not kept (notifications of unknown Pages)."""

    name: str = Field(primary_key=True)
    value: int = 0
    at: datetime = Field(default_factory=clock.now)
