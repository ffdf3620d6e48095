"""What the weekly digest says of one organisation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from app import times
from app.models import Aspiration, Organisation, Promise
from app.models.inbox import ASKS
from app.queries import oversight
from app.queries.masking import mask
from app.services import deadlines
from app.words_digest import OLDEST, Old, Week


def read(session: Session, organisation: Organisation, monday: date, now: datetime) -> Week:
    """What the digest of the week before this Monday says."""
    assert organisation.id is not None
    zone = organisation.zone
    start, end = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (monday - timedelta(days=7), monday))
    here = and_(col(Aspiration.organisation_id) == organisation.id, col(Aspiration.kind).in_(ASKS))

    def in_week(column: Any) -> int:
        counted = select(func.count()).select_from(Aspiration).where(here, column >= start, column < end)
        return int(session.exec(counted).one())

    calendar = deadlines.of(session, organisation.id).calendar
    return Week(
        organisation=organisation.name,
        zone=zone,
        first=monday - timedelta(days=7),
        last=monday - timedelta(days=1),
        came=in_week(col(Aspiration.said_at)),
        answered=in_week(col(Aspiration.answered_at)),
        settled=in_week(col(Aspiration.settled_at)),
        middle=oversight.answers(session, organisation.id, calendar, start, now).middle,
        open=oversight.total(session, organisation.id, now),
        kinds=oversight.by_kind(session, organisation.id, now),
        promises=oversight.promises(session, organisation.id, zone, now),
        due_this_week=_due_this_week(session, organisation.id, monday),
        silent=len(oversight.silent(session, organisation.id, times.local(now, zone).date())),
        oldest=_oldest(session, organisation.id),
    )


def _due_this_week(session: Session, organisation_id: int, monday: date) -> int:
    counted = (
        select(func.count())
        .select_from(Promise)
        .join(Aspiration, col(Aspiration.id) == col(Promise.aspiration_id))
        .where(col(Aspiration.organisation_id) == organisation_id, col(Promise.state) == "open")
        .where(col(Promise.due_on) >= monday, col(Promise.due_on) < monday + timedelta(days=7))
    )
    return int(session.exec(counted).one())


def _oldest(session: Session, organisation_id: int) -> list[Old]:
    """The longest-waiting open items; some more than are named, since a reader may not see all of them."""
    rows = session.exec(
        select(Aspiration)
        .where(
            col(Aspiration.organisation_id) == organisation_id,
            col(Aspiration.kind).in_(ASKS),
            deadlines.open_ones(),
            col(Aspiration.duplicate_of_id).is_(None),
        )
        .order_by(col(Aspiration.said_at), col(Aspiration.id))
        .limit(OLDEST * 4)
    )
    return [
        Old(
            item.id or 0, item.kind, item.village, item.said_at, item.status,
            # No words of what a bystander at the screen must not read.
            None if item.secret or item.masked or item.urgent or item.about_id else mask(item.text),
            item.about_id,
        )
        for item in rows
    ]  # fmt: skip
