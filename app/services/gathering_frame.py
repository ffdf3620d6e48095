"""What all parts of gathering share: the period, the moment it is looked from, whose each post and item is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from app import national_days
from app.awarding.rubric import Rubric
from app.models import CalendarEntry, Exclusion, Organisation
from app.services import calendars
from app.services.participants import Entrant
from app.worktime import Calendar, Correction

#: Letters of a caption in the snapshot; the whole one is kept as evidence.
CAPTION_MOST = 300


@dataclass(frozen=True)
class Frame:
    """start, end: of the period, the end outside. at: the moment it is looked from; what came later is not seen.

    raw: figures are made anew from the readings instead of taken from the rollups. lean: without what is only read and
    never counted (words, photos, what was relabelled or hidden).
    """

    award_id: int
    start: datetime
    end: datetime
    at: datetime
    rubric: Rubric
    excluded: Mapping[tuple[str, int], Exclusion]
    raw: bool = False
    lean: bool = False

    @property
    def until(self) -> datetime:
        """The end of what can be seen of the period."""
        return min(self.end, self.at)


@dataclass(frozen=True)
class Owner:
    """Who answers for what an organisation did: an entrant, from a moment on. inherited: it was a predecessor."""

    organisation_id: int
    since: datetime | None
    inherited: bool


def owners(entrants: Iterable[Entrant]) -> dict[int, Owner]:
    """Organisation → whom its posts and items count for; predecessors too."""
    found: dict[int, Owner] = {}
    for entrant in entrants:
        found[entrant.organisation_id] = Owner(entrant.organisation_id, _midnight(entrant.since, entrant.zone), False)
        for predecessor, on in entrant.heir_of:
            found[predecessor] = Owner(entrant.organisation_id, _midnight(on, entrant.zone), True)
    return found


def excluded(session: Session, award_id: int, at: datetime) -> dict[tuple[str, int], Exclusion]:
    """What people left out and had not taken back at that moment, by (subject, id)."""
    rows = session.exec(
        select(Exclusion)
        .where(
            Exclusion.award_id == award_id,
            Exclusion.at <= at,
            or_(col(Exclusion.lifted_at).is_(None), col(Exclusion.lifted_at) > at),
        )
        .order_by(col(Exclusion.id))
    )
    return {(row.subject, row.subject_id): row for row in rows}


class Calendars:
    """Working calendars of many organisations with one look at the corrections; alike ones are one and the same."""

    def __init__(self, session: Session) -> None:
        self._entries: dict[int | None, list[CalendarEntry]] = {}
        for row in session.exec(select(CalendarEntry).order_by(col(CalendarEntry.id))):
            self._entries.setdefault(row.organisation_id, []).append(row)
        self._made: dict[Any, Calendar] = {}

    def of(self, organisation_id: int | None, zone: str, rules: Mapping[str, Any]) -> Calendar:
        """The calendar of an organisation as it is now; None: of the installation."""
        own = self._entries.get(organisation_id, []) if organisation_id is not None else []
        hours = calendars.hours_of(rules)
        key = (zone, hours, organisation_id if own else None)
        if key not in self._made:
            rows = [_correction(row) for row in (*self._entries.get(None, []), *own)]
            self._made[key] = Calendar(zone, hours, tuple(rows), national_days.of_year, national_days.ramadan)
        return self._made[key]


def steady(session: Session) -> None:
    """All statements of this transaction see the same moment; to be called before the first. SQLite's always do."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def of_host(session: Session, organisation_id: int | None, zone: str) -> Calendar:
    """The working calendar by which an award's own terms run: of its host, in the award's zone."""
    host = session.get(Organisation, organisation_id) if organisation_id is not None else None
    return Calendars(session).of(organisation_id, zone, host.rules if host else {})


def iso(at: datetime | None) -> str | None:
    """A time as the snapshot has it: UTC, whole seconds, "Z"."""
    if at is None:
        return None
    # By hand: strftime takes ten times as long, and a kabupaten's year has some hundred thousand times.
    return at.astimezone(UTC).isoformat()[:19] + "Z"


def plain(text: str | None, most: int | None = None) -> str:
    """A text that JSON can carry: without half characters."""
    kept = (text or "").encode("utf-8", "ignore").decode("utf-8")
    return kept if most is None or len(kept) <= most else kept[: most - 1] + "…"


def ids(entrants: Sequence[Entrant]) -> list[int]:
    """Organisations to be asked for some entrants: their own and their predecessors."""
    return sorted(owners(entrants))


def _midnight(day: date | None, zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(zone))


def _correction(row: CalendarEntry) -> Correction:
    own = row.organisation_id is not None
    return Correction(
        row.id or 0, row.kind, row.first, row.last, row.name, row.opens, row.closes, row.friday_closes, own=own
    )
