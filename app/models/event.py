"""The history, and what the workers leave behind: events, leases of periodic jobs, heartbeats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel


class Event(SQLModel, table=True):
    """Append-only: who did what to which record when and why. Written in the change's own transaction."""

    __table_args__ = (Index("ix_event_subject", "subject", "subject_id"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    who: str
    person_id: int | None = Field(default=None, foreign_key="person.id")
    subject: str
    subject_id: int
    what: str
    source: str | None = None
    target: str | None = None
    why: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Notice(SQLModel, table=True):
    """The outbox of notices: something of which the people in charge are to be told. what: see ``states.tell``.

    wake_at None: told, or of no use any more (told_at None).
    """

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    subject: str
    subject_id: int
    what: str
    wake_at: datetime | None = Field(default=None, index=True)
    attempts: int = 0
    told_at: datetime | None = None


class JobLease(SQLModel, table=True):
    """A periodic job runs in one process at a time: whoever holds its row."""

    name: str = Field(primary_key=True)
    owner: str
    until: datetime


class Worker(SQLModel, table=True):
    """A worker process and its last sign of life. `doctor` and the start page believe only a fresh beat."""

    id: str = Field(primary_key=True)
    started_at: datetime
    beat_at: datetime
    clock_off_s: float | None = None  # the platform's Date header less our clock, seconds; None before the first call
