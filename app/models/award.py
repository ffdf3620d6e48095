"""Awards: a period with its rules, who takes part, what is left out, frozen versions, scores and objections.

Exact numbers are kept as text ("81.13"), so that no float ever touches them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of
from app.states import AWARD, OBJECTION

#: Whom an exclusion leaves out.
EXCLUDED = ("delivery", "seenpost", "comment", "aspiration")
FLAGS = ("follower_jump", "repeated_commenter")
#: What a person decided about a flag.
DECISIONS = ("counts", "left_out")


class Award(SQLModel, table=True):
    """A period that is evaluated: first to last, both included, in its zone.

    organisation_id: whose area takes part (it and all below it); None: the whole installation. rubric: weights and
    thresholds (app/awarding/rubric.py), fixed with fixed_at and told by rubric_sha256. denominators: category →
    platform → "reach" or "followers". dropped: category → indicators that are impossible for some and so for all.
    seed: of the jury's draw. objections_until: the end of the masa sanggah of the newest version.
    """

    __table_args__ = (CheckConstraint(AWARD.check(), name="state"), CheckConstraint("first <= last", name="order"))
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    name: str
    first: date
    last: date
    zone: str = "Asia/Jakarta"
    categories: list[str] = Field(default_factory=list, sa_type=JSON)
    bands: bool = False
    rubric: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rubric_sha256: str | None = None
    denominators: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    dropped: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    seed: str | None = None
    state: str = "draft"
    fixed_at: datetime | None = None
    objections_until: datetime | None = None
    released_at: datetime | None = None
    created_at: datetime = Field(default_factory=clock.now)


class Participant(SQLModel, table=True):
    """A line of the register. Who has none takes part when it has an account; takes_part False: not, and note says why.

    band: of followers, fixed with the rubric. public: whether its accounts can be seen by everybody; public_note: what
    was found otherwise, when and by whom.
    """

    __table_args__ = (UniqueConstraint("award_id", "organisation_id"),)
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    category: str
    band: str | None = None
    takes_part: bool = True
    joined_on: date | None = None
    public: bool = True
    public_note: str = ""
    note: str = ""
    by_name: str = ""


class Exclusion(SQLModel, table=True):
    """Something that is not counted, with reason and who said so. lifted_at: it counts again."""

    __table_args__ = (CheckConstraint(one_of("subject", EXCLUDED), name="subject"),)
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id", index=True)
    subject: str
    subject_id: int
    reason: str
    by_name: str
    at: datetime = Field(default_factory=clock.now)
    lifted_at: datetime | None = None
    lifted_by: str | None = None


class Breach(SQLModel, table=True):
    """A confirmed breach of privacy: costs points. lifted_at: it was taken back."""

    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    seen_post_id: int | None = Field(default=None, foreign_key="seenpost.id")
    what: str
    by_name: str
    at: datetime = Field(default_factory=clock.now)
    lifted_at: datetime | None = None
    lifted_by: str | None = None


class Flag(SQLModel, table=True):
    """Something odd that a person decides about; it changes nothing by itself. key: what makes it the same flag."""

    __table_args__ = (
        UniqueConstraint("award_id", "organisation_id", "kind", "key"),
        CheckConstraint(one_of("kind", FLAGS), name="kind"),
        CheckConstraint(f"decision is null or {one_of('decision', DECISIONS)}", name="decision"),
    )
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id")
    organisation_id: int = Field(foreign_key="organisation.id")
    kind: str
    key: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(default_factory=clock.now)
    decision: str | None = None
    why: str = ""
    by_name: str | None = None
    decided_at: datetime | None = None


class AwardVersion(SQLModel, table=True):
    """A frozen version. snapshot: zlib of the canonical JSON of every input; sha256: of that JSON. Never changed.

    early: frozen before the posts of the last day were a week old. formula: the version of the formulas.
    """

    __table_args__ = (UniqueConstraint("award_id", "version"), CheckConstraint("length(sha256) = 64", name="sha256"))
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id")
    version: int
    formula: str
    sha256: str
    snapshot: bytes = Field(sa_type=LargeBinary)
    early: bool = False
    why: str = ""
    by_name: str = ""
    frozen_at: datetime = Field(default_factory=clock.now)


class Score(SQLModel, table=True):
    """A participant's result in one version, as computed from its snapshot. score: text with two decimals.

    indicators: name → points out of 100 as text, None: no figure. detail: what the lembar nilai shows.
    """

    __table_args__ = (UniqueConstraint("version_id", "organisation_id"),)
    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="awardversion.id")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    organisation: str
    category: str
    rank: int | None = None
    score: str | None = None
    eligible: bool = True
    reason: str | None = None
    indicators: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    small_sample: list[str] = Field(default_factory=list, sa_type=JSON)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Objection(SQLModel, table=True):
    """A sanggahan against a participant's sheet. part: an indicator, or "lain". answer_by: until when it is answered.

    outcome_version_id: the version in which it was heeded.
    """

    __table_args__ = (CheckConstraint(OBJECTION.check(), name="state"),)
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id", index=True)
    version_id: int = Field(foreign_key="awardversion.id")
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    part: str
    text: str
    attachments: list[str] = Field(default_factory=list, sa_type=JSON)
    by_person_id: int | None = Field(default=None, foreign_key="person.id")
    by_name: str
    at: datetime = Field(default_factory=clock.now)
    answer_by: datetime
    state: str = "filed"
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None
    outcome_version_id: int | None = Field(default=None, foreign_key="awardversion.id")


class Evidence(SQLModel, table=True):
    """A copy of a counted post that outlives its permalink: words, and photos by the sha256 of their masters, which
    are kept as long as the award is."""

    __table_args__ = (UniqueConstraint("award_id", "delivery_id"), UniqueConstraint("award_id", "seen_post_id"))
    id: int | None = Field(default=None, primary_key=True)
    award_id: int = Field(foreign_key="award.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    seen_post_id: int | None = Field(default=None, foreign_key="seenpost.id")
    permalink: str | None = None
    caption: str = ""
    photos: list[str] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Field(default_factory=clock.now)
