"""Who takes part in an award, in which category, and how each is measured.

Without a word of the register every organisation of the chosen categories in the area takes part that has an account,
is read from outside or handed in a sheet. A line of the register (``Participant``) says otherwise, or says more.

A merged organisation: from the day of the Succession on, what is posted on the predecessor's accounts and said to it
counts for the successor; what was before that day counts for nobody else than the predecessor. Where that day is not
after the last day of the period, the predecessor itself takes no part. Where one was split among several successors,
its old accounts speak for none of them from that day on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy
from sqlalchemy import Select
from sqlmodel import Session, col, or_, select

from app.awarding.rubric import BAND_SIGN
from app.models import Account, Award, Organisation, Participant, SeenPost, Succession, Watched
from app.services import bands

#: Connectors whose platforms give the reach of a post (meta-platform.md); the inofficial way and a page of ours do not.
REACHING = ("facebook", "instagram")
#: Organisations asked for in one statement.
CHUNK = 200


@dataclass(frozen=True)
class Entrant:
    """One participant. category: without band. since: its first day here, None: from the first. heir_of: (id of a
    predecessor, from which day on what that one does counts here). sources: source classes it is measured by.
    """

    organisation_id: int
    organisation: str
    region_code: str | None
    zone: str
    category: str
    band: str | None = None
    public: bool = True
    public_note: str = ""
    since: date | None = None
    heir_of: tuple[tuple[int, date], ...] = ()
    sources: frozenset[str] = frozenset()

    @property
    def group(self) -> str:
        """The category with its band: "desa · 500–1.999"; without, where its followers are not known."""
        return f"{self.category}{BAND_SIGN}{self.band}" if self.band else self.category


@dataclass(frozen=True)
class LeftOut:
    """An organisation of the area that does not take part. reason: a key of words_award.LEFT_OUT, or what a person
    wrote into the register."""

    organisation_id: int
    organisation: str
    category: str
    reason: str


@dataclass(frozen=True)
class Field:
    """Everybody of an award, both sorted by organisation_id."""

    entrants: tuple[Entrant, ...]
    left_out: tuple[LeftOut, ...]


def area(organisation_id: int | None) -> Select[Any]:
    """Ids of an organisation and all below it, None: of the whole installation; for ``in_``."""
    parent, key = col(Organisation.parent_id), col(Organisation.id)
    if organisation_id is None:
        return sqlalchemy.select(key)
    down = sqlalchemy.select(key).where(key == organisation_id).cte("down", recursive=True)
    # union, not union all: a circle in the tree ends.
    down = down.union(sqlalchemy.select(key).join(down, parent == down.c.id))
    return sqlalchemy.select(down.c.id)


def field(session: Session, award: Award) -> Field:
    """Who takes part by the register and the accounts as they are now."""
    lines = {row.organisation_id: row for row in _lines(session, award)}
    rows = _organisations(session, award, lines)
    sources = measured_by(session, [row.id for row in rows])
    heirs, merged = _successions(session, award)
    entrants: list[Entrant] = []
    left_out: list[LeftOut] = []
    for row in rows:
        line = lines.get(row.id)
        category = line.category if line else row.category
        reason = _why_not(award, row, line, sources.get(row.id, frozenset()), merged)
        if reason is not None:
            left_out.append(LeftOut(row.id, row.name, category, reason))
            continue
        made = Entrant(row.id, row.name, row.region_code, row.zone, category, sources=sources.get(row.id, frozenset()))
        made = replace(made, since=_since(award, row, line), heir_of=tuple(heirs.get(row.id, ())))
        if line is not None:
            made = replace(made, band=line.band, public=line.public, public_note=line.public_note)
        entrants.append(made)
    if award.bands:
        entrants = list(_banded(session, award, entrants))
    return Field(tuple(entrants), tuple(left_out))


def measured_by(session: Session, ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Organisation → the source classes that tell of it; who is not there is not measured at all."""
    found: dict[int, set[str]] = {}
    for some in chunks(sorted(ids)):
        own = select(Account.organisation_id).where(col(Account.organisation_id).in_(some)).distinct()
        for organisation_id in session.exec(own):
            found.setdefault(organisation_id, set()).add("own")
        outside = select(Watched.organisation_id, Watched.source).where(
            col(Watched.organisation_id).in_(some), col(Watched.active)
        )
        for organisation_id, source in session.exec(outside):
            found.setdefault(organisation_id, set()).add(source)
        handed = select(SeenPost.organisation_id, SeenPost.source).where(
            col(SeenPost.organisation_id).in_(some), col(SeenPost.sheet_id).is_not(None)
        )
        for organisation_id, source in session.exec(handed.distinct()):
            found.setdefault(organisation_id, set()).add(source)
    return {organisation_id: frozenset(each) for organisation_id, each in found.items()}


def chunks(ids: Sequence[int], size: int = CHUNK) -> Iterator[Sequence[int]]:
    """Some at a time: statements stay short, and what they bring fits into memory."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _lines(session: Session, award: Award) -> Sequence[Participant]:
    return session.exec(select(Participant).where(Participant.award_id == award.id)).all()


def _organisations(session: Session, award: Award, lines: dict[int, Participant]) -> Sequence[Any]:
    """Those of the area in the chosen categories, and whom the register names from within the area."""
    wanted = [col(Organisation.category).in_(award.categories)]
    if lines:
        named = select(Participant.organisation_id).where(Participant.award_id == award.id)
        wanted.append(col(Organisation.id).in_(named))
    query = sqlalchemy.select(
        col(Organisation.id), col(Organisation.name), col(Organisation.region_code), col(Organisation.zone),
        col(Organisation.category), col(Organisation.joined_on), col(Organisation.left_on),
    ).where(or_(*wanted))  # fmt: skip
    if award.organisation_id is not None:
        query = query.where(col(Organisation.id).in_(area(award.organisation_id)))
    return list(session.execute(query.order_by(col(Organisation.id))).all())


def _why_not(
    award: Award, row: Any, line: Participant | None, sources: frozenset[str], merged: dict[int, date]
) -> str | None:
    """Why an organisation takes no part, None when it does."""
    if line is not None and not line.takes_part:
        return line.note or "taken_out"
    if line is not None and line.category not in award.categories:
        return "other_category"
    if row.id in merged:
        return "merged"
    if row.left_on is not None and row.left_on < award.last:
        return "has_left"
    joined = (line.joined_on if line else None) or row.joined_on
    if joined is not None and joined > award.last:
        return "not_yet"
    return None if sources or line is not None else "no_account"


def _since(award: Award, row: Any, line: Participant | None) -> date | None:
    joined = (line.joined_on if line else None) or row.joined_on
    return joined if joined is not None and joined > award.first else None


def _successions(session: Session, award: Award) -> tuple[dict[int, list[tuple[int, date]]], dict[int, date]]:
    """(successor → what it answers for, merged predecessor → since when), with chains followed to their end."""
    steps: dict[int, list[tuple[int, date]]] = {}
    for row in session.exec(select(Succession).where(Succession.on <= award.last).order_by(col(Succession.id))):
        steps.setdefault(row.predecessor_id, []).append((row.successor_id, row.on))
    heirs: dict[int, list[tuple[int, date]]] = {}
    merged: dict[int, date] = {}
    for predecessor, following in steps.items():
        merged[predecessor] = min(on for _, on in following)
        here, since, seen = predecessor, merged[predecessor], {predecessor}
        while len(after := steps.get(here, [])) == 1 and after[0][0] not in seen:
            here, since = after[0][0], max(since, after[0][1])
            seen.add(here)
        if here != predecessor and here not in steps:
            heirs.setdefault(here, []).append((predecessor, since))
    return heirs, merged


def _banded(session: Session, award: Award, entrants: Sequence[Entrant]) -> Iterator[Entrant]:
    """With the band of whoever has none in the register yet."""
    missing = [each.organisation_id for each in entrants if each.band is None]
    found = bands.of(session, award, missing)
    for each in entrants:
        yield each if each.band is not None else replace(each, band=found.get(each.organisation_id))
