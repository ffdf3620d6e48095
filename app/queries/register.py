"""The register of an award as lists by kecamatan: who is read and active, who is read but silent, who is not read.

aktif: measured, and has posted in the period (before it begins: in the last 30 days). terhubung: measured, and has not.
belum aktif: nothing is read of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app import clock
from app.models import Account, Delivery, Organisation, Participant, Post, Region, SeenPost
from app.services import awards, participants

STANDINGS = ("aktif", "terhubung", "belum aktif")
_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """One organisation of the area. standing: one of STANDINGS. takes_part, reason: whether it does, and why not.

    sources: source classes by which it is measured. connected: has an account of its own that works now. note: of the
    register.
    """

    organisation_id: int
    organisation: str
    region_code: str | None
    category: str
    group: str
    standing: str
    connected: bool
    sources: tuple[str, ...]
    posts: int
    takes_part: bool
    reason: str | None
    public: bool
    public_note: str
    joined_on: date | None
    note: str


@dataclass(frozen=True)
class Kecamatan:
    """One kecamatan, or what lies in none (code ""). rows: by name."""

    code: str
    name: str
    rows: tuple[Row, ...]

    def count(self, standing: str) -> int:
        """How many stand so."""
        return sum(row.standing == standing for row in self.rows)


def register(session: Session, award_id: int) -> list[Kecamatan]:
    """Everybody of the area in the chosen categories, by kecamatan in the order of codes. Problem("unknown_award")."""
    rows = every(session, award_id)
    names = _names(session, {_code(row) for row in rows})
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(_code(row), []).append(row)
    return [
        Kecamatan(code, names.get(code, code) or "Tingkat kabupaten", tuple(sorted(some, key=_by_name)))
        for code, some in sorted(grouped.items())
    ]


def every(session: Session, award_id: int) -> list[Row]:
    """The same without their kecamatan, by organisation_id."""
    award = awards.get(session, award_id)
    field = participants.field(session, award)
    ids = sorted(
        {*(each.organisation_id for each in field.entrants), *(each.organisation_id for each in field.left_out)}
    )
    lines = {
        row.organisation_id: row
        for row in session.execute(select(Participant).where(col(Participant.award_id) == award_id)).scalars()
    }
    start, end = awards.start(award), awards.end(award)
    if clock.now() < start:
        start, end = clock.now() - _BEFORE, clock.now()
    posts, healthy = _posts(session, ids, start, end), _healthy(session, ids)
    sources = participants.measured_by(session, ids)
    facts = {each.organisation_id: each for each in field.entrants}
    out = {each.organisation_id: each for each in field.left_out}
    codes = _codes(session, ids)
    found = []
    for number in ids:
        entrant, line = facts.get(number), lines.get(number)
        measured, published = sources.get(number, frozenset()), posts.get(number, 0)
        standing = STANDINGS[0] if measured and published else STANDINGS[1] if measured else STANDINGS[2]
        category = entrant.category if entrant else out[number].category
        found.append(
            Row(
                organisation_id=number,
                organisation=entrant.organisation if entrant else out[number].organisation,
                region_code=codes.get(number),
                category=category,
                group=entrant.group if entrant else category,
                standing=standing,
                connected=number in healthy,
                sources=tuple(sorted(measured)),
                posts=published,
                takes_part=entrant is not None,
                reason=None if entrant else out[number].reason,
                public=line.public if line else True,
                public_note=line.public_note if line else "",
                joined_on=entrant.since if entrant else None,
                note=line.note if line else "",
            )
        )
    return found


def _posts(session: Session, ids: list[int], start: Any, end: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
    for some in participants.chunks(ids):
        own = (
            select(col(Post.organisation_id), func.count())
            .join(Delivery, col(Delivery.post_id) == col(Post.id))
            .where(col(Post.organisation_id).in_(some), col(Delivery.state) == "published", at >= start, at < end)
            .group_by(col(Post.organisation_id))
        )
        seen = (
            select(col(SeenPost.organisation_id), func.count())
            .where(
                col(SeenPost.organisation_id).in_(some), col(SeenPost.published_at) >= start,
                col(SeenPost.published_at) < end,
            )
            .group_by(col(SeenPost.organisation_id))
        )  # fmt: skip
        for query in (own, seen):
            for number, count in session.execute(query):
                found[number] = found.get(number, 0) + count
    return found


def _healthy(session: Session, ids: list[int]) -> set[int]:
    found: set[int] = set()
    for some in participants.chunks(ids):
        query = select(col(Account.organisation_id)).where(
            col(Account.organisation_id).in_(some), col(Account.active).is_(True), col(Account.health) != "broken"
        )
        found.update(session.execute(query.distinct()).scalars())
    return found


def _codes(session: Session, ids: list[int]) -> dict[int, str | None]:
    found: dict[int, str | None] = {}
    for some in participants.chunks(ids):
        query = select(col(Organisation.id), col(Organisation.region_code)).where(col(Organisation.id).in_(some))
        for number, code in session.execute(query):
            found[number] = code
    return found


def _names(session: Session, codes: set[str]) -> dict[str, str]:
    """Names of kecamatan by the regions' list, else by an organisation of that code."""
    known: dict[str, str] = {}
    organisations = select(col(Organisation.region_code), col(Organisation.name))
    for code, name in session.execute(organisations.where(col(Organisation.region_code).in_(sorted(codes)))):
        known[code or ""] = name
    for code, name in session.execute(select(col(Region.code), col(Region.name)).where(col(Region.code).in_(codes))):
        known[code] = name
    return known


def _code(row: Row) -> str:
    """The first three parts of a region code: its kecamatan; "" where there is none."""
    parts = (row.region_code or "").split(".")
    return ".".join(parts[:3]) if len(parts) >= 3 else ""


def _by_name(row: Row) -> tuple[str, int]:
    return row.organisation.casefold(), row.organisation_id
