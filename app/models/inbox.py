"""The inbox: comments as they came, aspirations to be answered, and what we send back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import Sending, one_of
from app.states import ASPIRATION, DELIVERY

KINDS = ("aspirasi", "kritik", "keluhan", "pertanyaan", "pujian", "spam", "perlu dipilah")
#: Kinds that somebody must answer (domain.md section 4).
MUST_ANSWER = ("aspirasi", "kritik", "keluhan", "pertanyaan")
SOURCES = ("facebook", "instagram", "instagram_private", "website", "formulir", "catatan")
ACTIONS = ("reply", "private_reply", "hide", "unhide", "delete")
#: How something that was taken down by hand had reached us.
CHANNELS = ("tatap muka", "telepon", "surat", "whatsapp", "pesan facebook", "pesan instagram")
#: Why an item is urgent (app/language/urgency.py).
URGENT = ("bunuh_diri", "kekerasan", "anak", "hilang", "nyawa")

#: An item in one of these, of a kind that asks for it, waits for an answer.
WAITING = ("belum ditanggapi", "dibuka lagi")
ASKS = (*MUST_ANSWER, "perlu dipilah")
#: The same as SQL, written out: the list finds those items by a partial index, which a bound value would hide.
WAITS = f"{one_of('status', WAITING)} and {one_of('kind', ASKS)}"


def _some(name: str, where: str, *columns: str) -> Index:
    """An index over the rows for which something holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Comment(SQLModel, table=True):
    """A comment as the platform gave it. versions: every text ever seen, oldest first; deleted ones keep their text.

    own: written by the account itself. staff: by a member's own account (Handle): neither aspiration nor engagement.
    known_at: the moment whose state this is (of a notification, or the start of a read): what is older changes nothing.
    """

    __table_args__ = (UniqueConstraint("account_id", "remote_id"),)
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    parent_id: int | None = Field(default=None, foreign_key="comment.id", index=True)
    remote_id: str
    author_name: str | None = None
    author_id: str | None = None
    text: str
    versions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    own: bool = False
    staff: bool = False
    hidden: bool = False
    permalink: str | None = None
    said_at: datetime  # the platform's time; ours when it gave none
    seen_at: datetime = Field(default_factory=clock.now)
    known_at: datetime | None = None
    deleted_at: datetime | None = None


class Aspiration(SQLModel, table=True):
    """The inbox item: one per top-level comment, web form, or note taken by hand.

    deadline: of the first answer; settle_by: of the settling. due_from: since when both run, where that is not said_at
    (the resident came back). near_told, late_told: the deadline of whose nearness or passing people were told. secret
    (rahasia): never shown in public, whatever its source. masked: names a person or alleges a wrong, so lists and
    public views mask it. about_id: the member it is about, who can neither see nor close it. contact: a resident's
    phone number, sealed. code_hash: of the tracking code (keyed). on_page: question and public answer may stand on the
    organisation's own page; secret and masked ones never do. author_key: whose other items are related. suggested_at
    None: the model has not looked yet.
    """

    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint(ASPIRATION.check(), name="status"),
        CheckConstraint("confidence is null or (confidence >= 0 and confidence <= 1)", name="confidence"),
        CheckConstraint("(comment_id is null) = (source in ('formulir', 'catatan'))", name="comment_or_hand"),
        CheckConstraint(f"channel is null or {one_of('channel', CHANNELS)}", name="channel"),
        CheckConstraint(f"urgent is null or {one_of('urgent', URGENT)}", name="urgent"),
        CheckConstraint("duplicate_of_id <> id", name="duplicate"),
        Index("ix_aspiration_author", "organisation_id", "author_key"),
        Index(
            "ix_aspiration_unlooked",
            "id",
            sqlite_where=text("suggested_at is null"),
            postgresql_where=text("suggested_at is null"),
        ),
        Index(
            "ix_aspiration_queue",
            *("organisation_id", "status", "kind", "deadline", "about_id", "duplicate_of_id", "suggested_kind"),
        ),
        Index("ix_aspiration_newest", "organisation_id", "said_at"),
        _some("ix_aspiration_waiting", WAITS, "organisation_id", "deadline", "id"),
        _some("ix_aspiration_assigned", "assignee_id is not null", "organisation_id", "assignee_id", "said_at"),
        _some("ix_aspiration_urgent", "urgent is not null", "organisation_id", "said_at"),
        _some("ix_aspiration_secret", "secret", "organisation_id", "said_at"),
        _some("ix_aspiration_by_hand", "comment_id is null", "organisation_id", "said_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    comment_id: int | None = Field(default=None, foreign_key="comment.id", unique=True)
    source: str
    kind: str = "perlu dipilah"
    kind_by: str | None = None  # who decided the kind; None while it is only suggested
    suggested_kind: str | None = None
    confidence: float | None = None
    suggested_why: list[Any] = Field(default_factory=list, sa_type=JSON)  # [word, weight], heaviest first
    suggested_at: datetime | None = None
    suggested_by: str | None = None  # which model
    urgent: str | None = None
    urgent_by: str | None = None  # who confirmed or dismissed it (then urgent is None); None while only suggested
    status: str = "belum ditanggapi"
    channel: str | None = None
    author: str | None = None
    author_key: str | None = None
    village: str | None = None
    text: str
    labels: list[str] = Field(default_factory=list, sa_type=JSON)
    secret: bool = False
    anonymous: bool = False
    masked: bool = False
    on_page: bool = False
    about_id: int | None = Field(default=None, foreign_key="person.id")
    contact: str = ""
    code_hash: str | None = Field(default=None, index=True, unique=True)
    duplicate_of_id: int | None = Field(default=None, foreign_key="aspiration.id", index=True)
    said_at: datetime
    deadline: datetime | None = None
    settle_by: datetime | None = None
    due_from: datetime | None = None
    near_told: datetime | None = None
    late_told: datetime | None = None
    assignee_id: int | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = None
    settled_at: datetime | None = None
    created_at: datetime = Field(default_factory=clock.now)


class Outgoing(Sending, table=True):
    """A reply, hide, unhide or delete on its way to the platform, by the rules of a delivery.

    One open reply per item, so that two coordinators never answer twice.
    """

    __table_args__ = (
        CheckConstraint(DELIVERY.check(), name="state"),
        CheckConstraint(one_of("action", ACTIONS), name="action"),
        CheckConstraint("action <> 'reply' or length(text) > 0", name="reply_has_text"),
        Index("ix_outgoing_look", "state", "wake_at"),
        Index(
            "uq_outgoing_one_open_reply",
            "aspiration_id",
            unique=True,
            sqlite_where=text(
                "action = 'reply' and state in ('queued','staging','committing','held','unsure','needs_person')"
            ),
            postgresql_where=text(
                "action = 'reply' and state in ('queued','staging','committing','held','unsure','needs_person')"
            ),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    aspiration_id: int = Field(foreign_key="aspiration.id", index=True)
    comment_id: int = Field(foreign_key="comment.id")
    account_id: int = Field(foreign_key="account.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="person.id")
    action: str
    text: str = ""
    reason: str | None = None
    commit_at: datetime | None = None
    published_at: datetime | None = None
    created_at: datetime = Field(default_factory=clock.now)
