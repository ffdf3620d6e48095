"""Readings: engagement of one delivery, or followers of one account, at one time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app import clock


class Reading(SQLModel, table=True):
    """A metric that the platform did not give is NULL, never 0. planned_age_s: the age it was meant for, in seconds.

    Readings of an account (followers) have delivery_id NULL.
    """

    __table_args__ = (
        # Without the readings of accounts: "delivery_id is null" must never be looked up here, where it is half of all.
        Index(
            "ix_reading_delivery",
            "delivery_id",
            "read_at",
            sqlite_where=text("delivery_id is not null"),
            postgresql_where=text("delivery_id is not null"),
        ),
        Index("ix_reading_account", "account_id", "read_at"),
        CheckConstraint("delivery_id is null or followers is null", name="followers_of_accounts"),
    )
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
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
    refused: list[str] = Field(default_factory=list, sa_type=JSON)
    raw: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
