"""What is done with an inbox item besides answering it: notes, proof, agencies, promises; and who looks at it now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of
from app.states import HANDOVER, PROMISE

#: What a photo beside an item is: the resident's own, proof that it is solved, the picture of a private message.
ATTACHED = ("laporan", "bukti", "tangkapan")


class ItemNote(SQLModel, table=True):
    """A note of the team, which residents never see. public: an answer that the tracking page shows instead (who has
    no comment to answer under). resident: written there by the resident, who sees it again.
    """

    id: int | None = Field(default=None, primary_key=True)
    aspiration_id: int = Field(foreign_key="aspiration.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="person.id")
    author_name: str
    text: str
    public: bool = False
    resident: bool = False
    at: datetime = Field(default_factory=clock.now)


class Attachment(SQLModel, table=True):
    """A photo beside an item. sha256: of the cleaned master (media/storage). public: the tracking page shows it."""

    __table_args__ = (
        CheckConstraint(one_of("kind", ATTACHED), name="kind"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )
    id: int | None = Field(default=None, primary_key=True)
    aspiration_id: int = Field(foreign_key="aspiration.id", index=True)
    kind: str
    sha256: str = Field(index=True)
    width: int
    height: int
    text: str = ""
    public: bool = False
    at: datetime = Field(default_factory=clock.now)


class Agency(SQLModel, table=True):
    """Whom items may be handed on to: a village government, an office, SP4N-LAPOR!."""

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    name: str
    contact: str = ""
    active: bool = True


class Handover(SQLModel, table=True):
    """An item handed on. answer_by: until when the agency is to answer. reference: its number (LAPOR! tracking id).
    reminded_at: when people were told that nothing came.
    """

    __table_args__ = (CheckConstraint(HANDOVER.check(), name="state"),)
    id: int | None = Field(default=None, primary_key=True)
    aspiration_id: int = Field(foreign_key="aspiration.id", index=True)
    agency: str
    reference: str = ""
    answer_by: date | None = Field(default=None, index=True)
    state: str = "sent"
    answer: str = ""
    answered_at: datetime | None = None
    reminded_at: datetime | None = None
    by_name: str = ""
    at: datetime = Field(default_factory=clock.now)


class Promise(SQLModel, table=True):
    """A janji: a date that was promised in a reply. Kept late is kept_at after the end of due_on in the zone."""

    __table_args__ = (CheckConstraint(PROMISE.check(), name="state"),)
    id: int | None = Field(default=None, primary_key=True)
    aspiration_id: int = Field(foreign_key="aspiration.id", index=True)
    outgoing_id: int | None = Field(default=None, foreign_key="outgoing.id")
    text: str
    due_on: date = Field(index=True)
    state: str = "open"
    kept_at: datetime | None = None
    reminded_at: datetime | None = None
    by_name: str = ""
    at: datetime = Field(default_factory=clock.now)


class Canned(SQLModel, table=True):
    """A ready reply. Fields in braces are filled in: {nama}, {organisasi}, {desa}, {hari}. kinds: [] for all."""

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    name: str
    text: str
    kinds: list[str] = Field(default_factory=list, sa_type=JSON)
    position: int = 0
    active: bool = True


class SavedView(SQLModel, table=True):
    """A filter of the inbox by name. person_id None: of everybody in the organisation. query: of the address."""

    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    name: str
    query: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Presence(SQLModel, table=True):
    """Who looks at an item now, and whether an answer is being written. Fresh for some seconds only."""

    aspiration_id: int = Field(foreign_key="aspiration.id", primary_key=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    writing: bool = False
    seen_at: datetime = Field(default_factory=clock.now)


class Handle(SQLModel, table=True):
    """A member's own account on a platform: what is written there is staff, not a resident.

    name: without @, lower case; remote_id: where it is known.
    """

    __table_args__ = (UniqueConstraint("organisation_id", "connector", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    connector: str
    name: str
    remote_id: str | None = None
    person_id: int | None = Field(default=None, foreign_key="person.id")
