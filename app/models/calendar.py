"""Working days: holidays and other hours that people correct."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app import clock
from app.models._base import one_of

#: libur: nobody works; kerja: a holiday of the list on which people do work; jam: other hours (Ramadan).
CALENDAR = ("libur", "kerja", "jam")


class CalendarEntry(SQLModel, table=True):
    """A correction of the working calendar. organisation_id None: of the whole installation; an organisation's own
    entry wins. first and last: inclusive, local dates. opens, closes, friday_closes: minutes after midnight, of "jam".
    """

    __table_args__ = (
        CheckConstraint(one_of("kind", CALENDAR), name="kind"),
        CheckConstraint("last >= first", name="order"),
        CheckConstraint("kind <> 'jam' or (opens >= 0 and closes > opens and closes <= 1440)", name="hours"),
        Index("ix_calendarentry_days", "organisation_id", "first", "last"),
    )
    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    kind: str
    first: date
    last: date
    name: str
    opens: int | None = None
    closes: int | None = None
    friday_closes: int | None = None
    by_name: str = ""
    at: datetime = Field(default_factory=clock.now)
