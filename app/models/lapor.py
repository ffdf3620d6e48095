"""Figures of SP4N-LAPOR!, handed over as a table and ranked apart. There is no public API (domain.md section 3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app import clock


class LaporImport(SQLModel, table=True):
    """One table of one span of days, for the area of an organisation. sha256: of the file."""

    __table_args__ = (CheckConstraint("first <= last", name="order"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    name: str
    first: date
    last: date
    sha256: str
    by_name: str = ""
    at: datetime = Field(default_factory=clock.now)
    dropped_at: datetime | None = None


class LaporRow(SQLModel, table=True):
    """One agency. days: mean from disposisi to the follow-up; quality: 0 to 100; both as text, None where not given."""

    __table_args__ = (
        UniqueConstraint("import_id", "agency"),
        CheckConstraint("received >= 0 and followed_up >= 0 and followed_up <= received", name="counts"),
    )
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="laporimport.id")
    agency: str
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    received: int
    followed_up: int
    archived: int = 0
    days: str | None = None
    quality: str | None = None
