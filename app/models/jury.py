"""The jury: who, which posts were drawn for them, their marks, and whom they may not judge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app import clock


class Juror(SQLModel, table=True):
    """A person who gives marks in an award. declared_at: when they said whom they are close to, or that to nobody."""

    __table_args__ = (UniqueConstraint("award_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    declared_at: datetime | None = None
    at: datetime = Field(default_factory=clock.now)


class Conflict(SQLModel, table=True):
    """A juror does not judge this participant, and why."""

    __table_args__ = (UniqueConstraint("juror_id", "organisation_id"),)
    id: int | None = Field(default=None, primary_key=True)
    juror_id: int = Field(foreign_key="juror.id")
    organisation_id: int = Field(foreign_key="organisation.id")
    reason: str
    at: datetime = Field(default_factory=clock.now)


class Draw(SQLModel, table=True):
    """A post drawn for the jury: position 1 to 10, by the recorded seed of the award."""

    __table_args__ = (
        UniqueConstraint("award_id", "organisation_id", "position"),
        CheckConstraint("(delivery_id is null) <> (seen_post_id is null)", name="of_one"),
    )
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id")
    organisation_id: int = Field(foreign_key="organisation.id")
    position: int
    seed: str
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    seen_post_id: int | None = Field(default=None, foreign_key="seenpost.id")
    at: datetime = Field(default_factory=clock.now)


class Mark(SQLModel, table=True):
    """A juror's marks of one drawn post: criterion → 0 to 4, whole numbers."""

    __table_args__ = (UniqueConstraint("juror_id", "draw_id"),)
    id: int | None = Field(default=None, primary_key=True)
    juror_id: int = Field(foreign_key="juror.id")
    draw_id: int = Field(foreign_key="draw.id", index=True)
    criteria: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    note: str = ""
    at: datetime = Field(default_factory=clock.now)
