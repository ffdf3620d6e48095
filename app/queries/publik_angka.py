"""How an organisation listens, in numbers for everybody: no number below five is told, and none that would tell one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from app import times
from app.models import MUST_ANSWER, Aspiration

#: Smaller counts are not shown: in a small village a count of one has a name.
LEAST = 5


@dataclass(frozen=True)
class Heard:
    """Since the first of a month. Counts of residents' items; None where it is below ``LEAST``.

    kinds: (kind, count) of those that may be told. hours: within how many hours half of the answers came. settled,
    going_on: of keluhan.
    """

    since: date
    quarter: bool
    total: int | None
    kinds: list[tuple[str, int]]
    in_time: int | None
    hours: int | None
    settled: int | None
    going_on: int | None


def heard(session: Session, organisation_id: int, zone: str, now: datetime) -> Heard | None:
    """Of this month; where that is too little to be told, of this and the two before. None: nothing at all."""
    today = times.local(now, zone).date()
    month = today.replace(day=1)
    found = _rows(session, organisation_id, month, zone)
    if len(found) >= LEAST:
        return _heard(found, month, quarter=False)
    for _ in range(2):
        month = (month - timedelta(days=1)).replace(day=1)
    found = _rows(session, organisation_id, month, zone)
    return _heard(found, month, quarter=True) if found else None


_Row = tuple[str, str, datetime, datetime | None, datetime | None]


def _rows(session: Session, organisation_id: int, since: date, zone: str) -> list[_Row]:
    begin = datetime.combine(since, time(), ZoneInfo(zone))
    columns = (Aspiration.kind, Aspiration.status, Aspiration.said_at, Aspiration.deadline, Aspiration.answered_at)
    rows = session.execute(
        select(*map(col, columns)).where(
            col(Aspiration.organisation_id) == organisation_id,
            col(Aspiration.said_at) >= begin,
            col(Aspiration.kind).in_(MUST_ANSWER),
            col(Aspiration.duplicate_of_id).is_(None),
        )
    )
    return [(kind, status, said_at, by, answered) for kind, status, said_at, by, answered in rows]


def _heard(found: list[_Row], since: date, *, quarter: bool) -> Heard:
    kinds = Counter(kind for kind, *_ in found)
    waits = [(answered - said_at).total_seconds() for _, _, said_at, _, answered in found if answered]
    complaints = [status for kind, status, *_ in found if kind == "keluhan"]
    settled = sum(status == "selesai" for status in complaints)
    return Heard(
        since=since,
        quarter=quarter,
        total=_told(len(found)),
        kinds=_shown(kinds, len(found)),
        in_time=_told(sum(answered is not None and (by is None or answered <= by) for *_, by, answered in found)),
        hours=max(round(median(waits) / 3600), 1) if len(waits) >= LEAST else None,
        settled=_told(settled),
        going_on=_told(sum(status not in ("selesai", "diarsipkan") for status in complaints)),
    )


def _told(count: int) -> int | None:
    return count if count >= LEAST else None


def _shown(kinds: Counter[str], total: int) -> list[tuple[str, int]]:
    """Kinds that may be told. Where only one stays untold, the total would tell it: the smallest told one goes too."""
    told = [(kind, count) for kind, count in kinds.most_common() if count >= LEAST]
    rest = total - sum(count for _, count in told)
    if 0 < rest < LEAST and told:
        told.pop()
    return told
