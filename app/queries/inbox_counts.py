"""What the inbox counts beside its filters, and the items it meets while it counts.

A kind's number is what a tap on it shows: items decided to be of that kind, and undecided ones that the model takes for
it (the list marks those as perkiraan). The sum of all therefore counts each item once and not each kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, literal_column, select, true, union_all
from sqlmodel import Session, col

from app.models import KINDS, Aspiration
from app.models.inbox import ASKS
from app.queries.searching import Found
from app.queries.wanted import ALL, GUESSES, NOBODY, UNDECIDED, Beholder, Wanted, conditions, guessed
from app.states import ASPIRATION

#: Items are counted up to here; beyond it a list says "999+". Undecided ones are looked through for their suggestion
#: up to GUESSED.
COUNTED, GUESSED = 999, 5_000
#: PostgreSQL: so many newest items are looked through first; when OFTEN have the words, they fill a page. Where at
#: least SELDOM have them, as many more are worth a look as should do, NEAR_MOST at most.
NEAR, NEAR_MOST, OFTEN, SELDOM = 2_000, 12_000, 30, 5


@dataclass(frozen=True)
class Counts:
    """kinds: what a tap shows; asks: items that ask for an answer; total: of all kinds. capped: "at least" each."""

    kinds: Mapping[str, int]
    asks: int
    total: int
    capped: bool = False


@dataclass(frozen=True)
class Met:
    """An item that counting met. at: where it stands in the order of time, the newest highest (``Looked.of_index``)."""

    kind: str
    suggested: str | None
    id: int
    at: Any


@dataclass(frozen=True)
class Looked:
    """Items that counting met. whole: that is all there are; newest: none newer is missing; of_index: ``at`` is the
    number of a row of the full-text index on SQLite, else (time, id)."""

    rows: list[Met]
    whole: bool
    newest: bool
    of_index: bool


def counted(session: Session, organisation_id: int, wanted: Wanted, by: Beholder) -> Counts:
    """Where only kind, status and deadline are filtered: each kind up to COUNTED + 1, by an index alone."""
    rules, kind = conditions(organisation_id, wanted, by, any_kind=True), col(Aspiration.kind)
    if wanted.status == ALL:  # named, so that the index on status and kind serves
        rules.append(col(Aspiration.status).in_(list(ASPIRATION.states)))
    some = [
        select(literal(each).label("kind"), literal(0).label("guess"), func.count().label("many")).select_from(
            select(literal(1)).where(*rules, kind == each).limit(COUNTED + 1).subquery()
        )
        for each in KINDS
    ]
    undecided = (
        select(col(Aspiration.suggested_kind).label("kind")).where(*rules, guessed()).limit(GUESSED + 1).subquery()
    )
    some.append(select(undecided.c.kind, literal(1), func.count()).group_by(undecided.c.kind))
    decided: Counter[str] = Counter()
    guesses: Counter[str] = Counter()
    for name, guess, many in session.execute(union_all(*some)):
        (guesses if guess else decided)[name] += many
    return _told(decided, guesses, capped=guesses.total() > GUESSED)


def of_looked(looked: Looked) -> Counts:
    """The same, of items that were met."""
    decided = Counter(row.kind for row in looked.rows)
    guesses = Counter(row.suggested for row in looked.rows if row.kind == UNDECIDED and row.suggested in GUESSES)
    return _told(decided, guesses, capped=not looked.whole)


def _told(decided: Counter[str], guesses: Mapping[Any, int], *, capped: bool) -> Counts:
    kinds = {kind: many for kind in KINDS if (many := decided[kind] + guesses.get(kind, 0))}
    return Counts(kinds, sum(decided[kind] for kind in ASKS), decided.total(), capped)


def look(session: Session, organisation_id: int, wanted: Wanted, by: Beholder, found: Found | None) -> Looked:
    """Up to COUNTED + 1 items of all kinds."""
    rules = conditions(organisation_id, wanted, by, any_kind=True)
    if found is not None and not found.sqlite:
        # A word that many items have takes its index long, and is met often among the newest.
        near = NEAR
        while near:
            rows = _met(session, _found(found.among_newest(organisation_id, near), rules))
            if len(rows) >= OFTEN:
                return Looked(rows, whole=False, newest=True, of_index=False)
            more = min(NEAR_MOST, near * OFTEN * 3 // (2 * len(rows))) if len(rows) >= SELDOM else 0
            near = more if near == NEAR else 0
    if found is None:
        item: tuple[Any, ...] = (
            col(Aspiration.kind),
            col(Aspiration.suggested_kind),
            col(Aspiration.id),
            col(Aspiration.said_at),
        )
        query = hinted(select(*item).where(*rules), wanted)
    else:
        query = _found(found, rules)
    of_index = found is not None and found.sqlite
    rows = _met(session, query, of_index=of_index)
    return Looked(rows, whole=len(rows) <= COUNTED, newest=of_index, of_index=of_index)


def _met(session: Session, query: Select[Any], *, of_index: bool = False) -> list[Met]:
    rows: Iterable[Any] = session.execute(query.limit(COUNTED + 1))
    if of_index:
        return [Met(row[0], row[1], row[2], row[3]) for row in rows]
    return [Met(row[0], row[1], row[2], (row[3], row[2])) for row in rows]


def _found(found: Found, rules: list[Any]) -> Select[Any]:
    """Kind, suggestion, number and time of the items that a search found."""
    kind, suggested, number = col(Aspiration.kind), col(Aspiration.suggested_kind), col(Aspiration.id)
    if found.sqlite:
        # The number of the row tells the time: reading times costs more than finding them.
        query = select(kind, suggested, number, found.rows.c.rowid).select_from(found.rows)
        return query.join(Aspiration, number == found.id).where(found.matches, *rules).order_by(*found.newest)
    # OFFSET 0: PostgreSQL takes words that many items have for rare ones and would read all items of the organisation
    # beside them. So it looks up the item of each row, and stops when it has enough.
    item = (
        select(kind, suggested, number, col(Aspiration.said_at))
        .where(number == found.id, *rules)
        .offset(literal_column("0"))
        .lateral("item")
    )
    return select(*item.c).select_from(found.rows).join(item, true()).where(found.matches)


def hinted(query: Select[Any], wanted: Wanted) -> Select[Any]:
    """SQLite keeps no figures about its rows: the index that knows few of them is named."""
    index = (
        "urgent" if wanted.urgent else "secret" if wanted.secret
        else "assigned" if wanted.assignee not in ("", NOBODY)
        else "by_hand" if wanted.source in ("formulir", "catatan") else ""
    )  # fmt: skip
    if not index or wanted.post:
        return query
    return query.with_hint(Aspiration, f"INDEXED BY ix_aspiration_{index}", "sqlite")
