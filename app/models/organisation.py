"""Organisations: a tree kabupaten → kecamatan → desa, each with its zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of

CATEGORIES = ("perangkat daerah", "kecamatan", "kelurahan", "desa", "organisasi")
#: The three Indonesian zones; none has daylight saving.
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


class Organisation(SQLModel, table=True):
    """An office, a village or an IPSM. region_code: Kemendagri, dotted, e.g. 32.01.39.

    slug: the address of its own page, None while it has none. profile: what that page says (about, contact lines).
    joined_on, left_on: when it began and ended to take part in what is evaluated; None: always.
    rules: of its inbox, where they differ from the defaults (hours, working days by kind, hiding spam by itself).
    """

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
    joined_on: date | None = None
    left_on: date | None = None
    notices: str = ""  # where its people are told of trouble: Apprise addresses, sealed
    slug: str | None = Field(default=None, index=True, unique=True)
    profile: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=clock.now)
