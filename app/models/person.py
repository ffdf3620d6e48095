"""People who sign in, and their membership: one role in one organisation.

Columns and methods are those that Flask-Security-Too wants of a user. Its own classes for them are not used: every
command and every worker would import a web framework for a handful of lines, a sixth of a second each time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.types import TypeDecorator, UnicodeText
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of

ROLES = ("petugas", "koordinator", "pembina", "juri", "kominfo", "pengelola")


class Listed(TypeDecorator[Any]):
    """A list of words without commas, stored with commas between them; as Flask-Security-Too's AsaList stores them."""

    impl = UnicodeText
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """To the database."""
        return None if value is None else ",".join(value)

    def process_result_value(self, value: str | None, dialect: Any) -> list[str]:
        """From the database; nothing stored is an empty list."""
        return value.split(",") if value else []


class Person(SQLModel, table=True):
    """Somebody who signs in; roles come from Membership alone."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    password: str | None = None
    active: bool = True
    fs_uniquifier: str = Field(unique=True)
    login_count: int = 0
    last_login_at: datetime | None = None
    current_login_at: datetime | None = None
    last_login_ip: str | None = None
    current_login_ip: str | None = None
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    tf_phone_number: str | None = None
    tf_last_counter: int = 0  # the last time step whose code was accepted: a code works once
    mf_recovery_codes: list[str] = Field(default_factory=list, sa_column=Column(MutableList.as_mutable(Listed())))
    created_at: datetime = Field(default_factory=clock.now)

    @property
    def roles(self) -> list[str]:
        """Flask-Security's own roles are not used: what a person may do depends on the organisation (Membership)."""
        return []

    @property
    def is_active(self) -> bool:
        """Whether this person may sign in (Flask-Login asks)."""
        return self.active

    @property
    def is_authenticated(self) -> bool:
        """True of everybody whom the session's loader finds, unlike of its anonymous visitor (Flask-Login asks)."""
        return self.active

    @property
    def is_anonymous(self) -> bool:
        """Never (Flask-Login asks)."""
        return False

    def get_id(self) -> str:
        """What the session is tied to; a new one ends all sessions of the person (Flask-Login asks)."""
        return self.fs_uniquifier


class Membership(SQLModel, table=True):
    """A person has one role in one organisation, and sees exactly the organisations of their memberships."""

    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id"),
        CheckConstraint(one_of("role", ROLES), name="role"),
    )
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    role: str
    created_at: datetime = Field(default_factory=clock.now)
