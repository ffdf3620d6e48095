"""People who sign in, and their membership: one role in one organisation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_security.datastore import AsaList
from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of

if TYPE_CHECKING:
    # Its declarations promise columns we do not have (usernames, WebAuthn); only its methods are wanted.
    class UserMixin: ...
else:
    from flask_security.core import UserMixin

ROLES = ("petugas", "koordinator", "pembina", "juri", "kominfo", "pengelola")


class Person(UserMixin, SQLModel, table=True):
    """Somebody who signs in. Columns named as Flask-Security-Too wants them; roles come from Membership alone."""

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
    mf_recovery_codes: list[str] = Field(default_factory=list, sa_column=Column(MutableList.as_mutable(AsaList())))
    created_at: datetime = Field(default_factory=clock.now)

    @property
    def roles(self) -> list[str]:
        """Flask-Security's own roles are not used: what a person may do depends on the organisation (Membership)."""
        return []


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
