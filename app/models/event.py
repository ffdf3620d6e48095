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

    wake_at None: written into letters, or of no use any more (told_at None).
    """

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    subject: str
    subject_id: int
    what: str
    wake_at: datetime | None = Field(default=None, index=True)
    told_at: datetime | None = None


class Letter(SQLModel, table=True):
    """One message to one address, made of notices. wake_at None: sent, or given up (sent_at None).

    address: "person:ID", or "org:" or "all:" with a keyed fingerprint of an Apprise address, which itself stays secret.
    causes: what it is about ("account:5"), so that one cause is not told twice. attempts: also the fence of a sender.
    """

    __table_args__ = (Index("ix_letter_organisation_at", "organisation_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    address: str
    at: datetime
    causes: list[str] = Field(default_factory=list, sa_type=JSON)
    title: str
    body: str
    wake_at: datetime | None = Field(default=None, index=True)
    attempts: int = 0
    sent_at: datetime | None = None
    error_code: str | None = None
    error_facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


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
