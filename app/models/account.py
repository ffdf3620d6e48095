"""Accounts on platforms: a Facebook Page, an Instagram account; each belongs to one organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of

HEALTH = ("unchecked", "connected", "expiring", "broken")


class Account(SQLModel, table=True):
    """One account. sealed: its secrets, sealed (app/sealing.py). practice: lives on the practice platform.

    health: unchecked, connected, expiring or broken; the reason is a key of app/words.py with its facts.
    settings: what the connector was told (page_id, ...). handle: its name there, to know its own comments.
    """

    __table_args__ = (
        UniqueConstraint("connector", "remote_id"),
        CheckConstraint(one_of("health", HEALTH), name="health"),
    )
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    connector: str
    remote_id: str
    name: str
    handle: str | None = None
    practice: bool = False
    sealed: str = ""
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    health: str = "unchecked"
    reason_code: str | None = None
    reason_facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    expires_at: datetime | None = None
    checked_at: datetime | None = None
    last_heard_at: datetime | None = None  # the newest comment that reached us
    hooked_at: datetime | None = None  # the newest notification that came unasked
    silent_told_at: datetime | None = None  # when somebody was told that it is silent; None again with the next comment
    collected_at: datetime | None = None
    collect_at: datetime | None = None  # the next poll of this account; None: nothing to poll
    counted_at: datetime | None = None  # the last reading of followers
    active: bool = True
    created_at: datetime = Field(default_factory=clock.now)


class Budget(SQLModel, table=True):
    """How much of a platform's allowance is used and until when it rests, shared by all processes.

    scope: app, page, ig, or a connector's name. remote_id: of the account; of an app "graph" or "practice". pause_s:
    seconds of the last pause whose length was ours to choose.
    """

    __table_args__ = (UniqueConstraint("scope", "remote_id"),)
    id: int | None = Field(default=None, primary_key=True)
    scope: str
    remote_id: str
    used_percent: float = 0
    paused_until: datetime | None = None
    pause_s: float = 0
    updated_at: datetime = Field(default_factory=clock.now)
