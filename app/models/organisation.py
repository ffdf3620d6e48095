"""Organisations: a tree kabupaten → kecamatan → desa, each with its zone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of

CATEGORIES = ("perangkat daerah", "kecamatan", "kelurahan", "desa", "organisasi")
#: The three Indonesian zones; none has daylight saving.
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


class Organisation(SQLModel, table=True):
    """An office, a village or an IPSM. region_code: Kemendagri, dotted, e.g. 32.01.39."""

    __table_args__ = (
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        CheckConstraint(one_of("zone", ZONES), name="zone"),
        CheckConstraint("parent_id <> id", name="parent"),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    category: str
    region_code: str | None = None
    parent_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    zone: str = "Asia/Jakarta"
    sk_number: str | None = None
    office_from: date | None = None
    office_to: date | None = None
    notices: str = ""  # where its people are told of trouble: Apprise addresses, sealed
    created_at: datetime = Field(default_factory=clock.now)
