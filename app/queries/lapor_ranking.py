"""LAPOR! figures that were taken in, and their ranking; read only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from app.awarding import lapor
from app.awarding.lapor import Agency, Standing
from app.models import LaporImport, LaporRow, Organisation

#: Groups in the order of the page; an agency that is linked to no organisation is known by its first word.
GROUPS = ("perangkat daerah", "kecamatan", "kelurahan", "desa", "organisasi")
#: Tables that the page lists.
MOST = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """One table: figures of first to last, both included."""

    id: int
    organisation_id: int | None
    name: str
    first: date
    last: date
    sha256: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The ranking of one group. missing: rows for which nobody has a figure. ranked: whether there were enough."""

    name: str
    standings: Sequence[Standing]
    ranked: bool
    missing: tuple[str, ...]


def tables(session: Session, organisation_id: int) -> list[Taken]:
    """The tables of an organisation, the latest span first."""
    rows = session.exec(
        select(LaporImport)
        .where(LaporImport.organisation_id == organisation_id, col(LaporImport.dropped_at).is_(None))
        .order_by(col(LaporImport.last).desc(), col(LaporImport.id).desc())
        .limit(MOST)
    )
    return [_taken(row) for row in rows]


def table(session: Session, import_id: int) -> Taken | None:
    """One table, None when there is none or it was dropped."""
    row = session.get(LaporImport, import_id)
    return None if row is None or row.dropped_at is not None else _taken(row)


def ranking(session: Session, import_id: int) -> list[Group]:
    """Agencies by group, each ranked for itself: a village office is not measured against a dinas."""
    rows = session.exec(
        select(LaporRow, Organisation.category)
        .join(Organisation, col(Organisation.id) == LaporRow.organisation_id, isouter=True)
        .where(LaporRow.import_id == import_id)
        .order_by(col(LaporRow.id))
    ).all()
    members: dict[str, list[Agency]] = {}
    for row, category in rows:
        members.setdefault(category or group_of(row.agency), []).append(
            Agency(
                row.agency,
                row.received,
                row.followed_up,
                row.archived,
                None if row.days is None else Decimal(row.days),
                None if row.quality is None else Decimal(row.quality),
            )
        )
    return [_group(name, members[name]) for name in GROUPS if name in members]


def group_of(name: str) -> str:
    """The group of an agency by the first word of its name."""
    word = (name.split() or [""])[0].casefold().rstrip(".")
    known = {"kecamatan": "kecamatan", "kec": "kecamatan", "kelurahan": "kelurahan", "kel": "kelurahan"}
    return {**known, "desa": "desa", "pemdes": "desa"}.get(word, "perangkat daerah")


def _group(name: str, agencies: list[Agency]) -> Group:
    standings = lapor.rank(agencies)
    missing = tuple(row for row in lapor.ROWS if all(one.points[row] is None for one in standings))
    return Group(name, standings, any(one.rank is not None for one in standings), missing)


def _taken(row: LaporImport) -> Taken:
    assert row.id is not None
    return Taken(row.id, row.organisation_id, row.name, row.first, row.last, row.sha256, row.by_name, row.at)
