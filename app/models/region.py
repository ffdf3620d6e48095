"""Regions of the Kemendagri list, and which organisation went on as which."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models._base import one_of

#: From the outside in; the number of dotted parts of a code tells the level, a village's kind its fourth part.
LEVELS = ("provinsi", "kabupaten", "kecamatan", "kelurahan", "desa")


class Region(SQLModel, table=True):
    """One line of the list. code: Kemendagri, dotted: 32, 32.01, 32.01.20, 32.01.20.2005."""

    __table_args__ = (CheckConstraint(one_of("level", LEVELS), name="level"),)
    code: str = Field(primary_key=True)
    name: str
    level: str
    parent_code: str | None = Field(default=None, index=True)


class Succession(SQLModel, table=True):
    """From this day on the successor answers for the predecessor (merged, split or renamed)."""

    __table_args__ = (
        UniqueConstraint("predecessor_id", "successor_id"),
        CheckConstraint("predecessor_id <> successor_id", name="two"),
    )
    id: int | None = Field(default=None, primary_key=True)
    predecessor_id: int = Field(foreign_key="organisation.id")
    successor_id: int = Field(foreign_key="organisation.id", index=True)
    on: date
    note: str = ""
