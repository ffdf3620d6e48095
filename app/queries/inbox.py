"""The list of the inbox: filters with counts, the most urgent or the newest first, pages by key.

Most urgent first: what waits with a deadline (nearest first), what waits without one, everything else (newest first).
A page goes on after a key, never by OFFSET. Its items are found by an index alone, and only those 25 are read; counts
stop at COUNTED. Texts and names leave here masked: a list is read over shoulders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, union_all
from sqlmodel import Session, col

from app.models import KINDS, Account, Aspiration, Membership, Person
from app.models.inbox import ASKS, WAITING
from app.queries import searching
from app.queries.inbox_lines import Line
from app.queries.inbox_lines import lines as lines_of
from app.queries.searching import Found
from app.queries.wanted import ALL, DUE, NOBODY, OPEN, STATUSES, Beholder, Wanted, conditions, waits
from app.rights import ROLE_RIGHTS
from app.states import ASPIRATION

__all__ = ["ALL", "DUE", "OPEN", "PAGE", "STATUSES", "Beholder", "Line", "Listed", "Wanted", "listed"]

PAGE = 25
#: Items are counted up to here; beyond it a list says "999+".
COUNTED = 999
#: PostgreSQL: so many newest items are looked through first. OFTEN fill a page; with SELDOM more are worth a look.
NEAR, OFTEN, SELDOM = (2_000, 12_000), 30, 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The parts of the order, as keys name them.
_DUE, _UNDATED, _REST, _NEWEST = range(4)


@dataclass(frozen=True)
class Listed:
    """A page of the list. following: the key of the next page, or "". counts: by kind; asks: those that ask.

    A count above COUNTED says "more than that". capped: counting ended early, so that each count is a "at least".
    """

    lines: list[Line]
    following: str
    counts: Mapping[str, int]
    asks: int
    capped: bool = False

    @property
    def total(self) -> int:
        """Of all kinds together."""
        return sum(self.counts.values())

    def told(self, count: int) -> str:
        """A count as a person reads it: "12", "12+" or "999+"."""
        return f"{COUNTED}+" if count > COUNTED else f"{count}+" if self.capped else str(count)


def listed(
    session: Session,
    organisation_id: int,
    wanted: Wanted,
    most: int = PAGE,
    day: tuple[datetime, datetime] | None = None,
    by: Beholder | None = None,
) -> Listed:
    """A page of what is wanted, with the counts beside the filters. day: (now, next midnight), for ``wanted.due``."""
    by = by or Beholder(day=day)
    found = None
    if wanted.words or wanted.label or wanted.village:
        labels = (wanted.label,) if wanted.label else ()
        terms = searching.parse(wanted.words)
        if wanted.words and not terms:
            return Listed([], "", {}, 0)  # signs only
        found = searching.find(session, terms, organisation_id, labels=labels, village=wanted.village)
    if found is None and wanted.plain:
        counts: Mapping[str, int] = _counts(session, organisation_id, wanted, by)
        capped, looked = False, None
    else:
        looked = _look(session, organisation_id, wanted, by, found)
        counts, capped = Counter(row[0] for row in looked.rows), not looked.whole
    asks = sum(counts.get(kind, 0) for kind in ASKS)
    many = sum(counts.get(kind, 0) for kind in _kinds(wanted))
    if not many and not capped:
        return Listed([], "", counts, asks)
    page = _Page(session, organisation_id, wanted, by, found, common=capped or many > COUNTED)
    lines, following = page.read(most, looked)
    return Listed(lines, following, counts, asks, capped)


def owner(session: Session, item_id: int) -> int | None:
    """The organisation of an item."""
    return session.execute(select(col(Aspiration.organisation_id)).where(col(Aspiration.id) == item_id)).scalar()


def heard_of(session: Session, organisation_id: int) -> tuple[bool, bool]:
    """(whether anything ever arrived, whether an account is connected): why a list may be empty."""
    item = select(col(Aspiration.id)).where(col(Aspiration.organisation_id) == organisation_id).limit(1)
    account = (
        select(col(Account.id)).where(col(Account.organisation_id) == organisation_id, col(Account.active)).limit(1)
    )
    return session.execute(item).first() is not None, session.execute(account).first() is not None


def last_answer(session: Session, organisation_id: int) -> datetime | None:
    """When the newest answer went out."""
    found: datetime | None = session.execute(
        select(func.max(col(Aspiration.answered_at))).where(col(Aspiration.organisation_id) == organisation_id)
    ).scalar()
    return found


def helpers_of(session: Session, organisation_id: int, now_assigned: int | None = None) -> list[tuple[int, str]]:
    """(person id, name) of those who may answer here, and whoever is assigned already; by name."""
    roles = [role for role, rights in ROLE_RIGHTS.items() if "kotak.jawab" in rights]
    members = select(col(Membership.person_id)).where(
        col(Membership.organisation_id) == organisation_id, col(Membership.role).in_(roles)
    )
    here = and_(col(Person.id).in_(members), col(Person.active).is_(True))
    rows = session.execute(
        select(col(Person.id), col(Person.name))
        .where(or_(here, col(Person.id) == now_assigned))
        .order_by(func.lower(col(Person.name)), col(Person.id))
        .limit(200)
    )
    return [(id_, name) for id_, name in rows]


def _kinds(wanted: Wanted) -> tuple[str, ...]:
    """Kinds that the list shows; the counts are of all."""
    return (wanted.kind,) if wanted.kind else ASKS if wanted.status == OPEN else KINDS


def _counts(session: Session, organisation_id: int, wanted: Wanted, by: Beholder) -> dict[str, int]:
    """By kind, each up to COUNTED + 1; an index knows all that is asked."""
    rules, kind = conditions(organisation_id, wanted, by, any_kind=True), col(Aspiration.kind)
    if wanted.status == ALL:  # named, so that the index on status and kind serves
        rules.append(col(Aspiration.status).in_(list(ASPIRATION.states)))
    some = [
        select(literal(each).label("kind"), func.count().label("many")).select_from(
            select(literal(1)).where(*rules, kind == each).limit(COUNTED + 1).subquery()
        )
        for each in KINDS
    ]
    return {row[0]: row[1] for row in session.execute(union_all(*some)) if row[1]}


@dataclass(frozen=True)
class _Looked:
    """(kind, number, time) of items that counting met. whole: that is all there are; newest: none newer is missing."""

    rows: list[tuple[str, int, datetime]]
    whole: bool
    newest: bool


def _look(session: Session, organisation_id: int, wanted: Wanted, by: Beholder, found: Found | None) -> _Looked:
    """Up to COUNTED + 1 items of all kinds."""
    rules = conditions(organisation_id, wanted, by, any_kind=True)
    item = (col(Aspiration.kind), col(Aspiration.id), col(Aspiration.said_at))

    def read(found: Found | None) -> list[tuple[str, int, datetime]]:
        query = _hinted(_from(select(*item), found).where(*rules), wanted, found).limit(COUNTED + 1)
        if found is not None and found.sqlite:
            query = query.order_by(*found.newest)
        with searching.row_by_row(session) if found is not None else nullcontext():
            return [(row[0], row[1], row[2]) for row in session.execute(query)]

    if found is not None and not found.sqlite:
        # A word that many items have takes its index long, and is met often among the newest.
        for most in NEAR:
            rows = read(found.among_newest(organisation_id, most))
            if len(rows) >= OFTEN:
                return _Looked(rows, whole=False, newest=True)
            if len(rows) < SELDOM:
                break
    rows = read(found)
    return _Looked(rows, whole=len(rows) <= COUNTED, newest=found is not None and found.sqlite)


def _hinted(query: Select[Any], wanted: Wanted, found: Found | None) -> Select[Any]:
    """SQLite keeps no figures about its rows: the index that knows few of them is named."""
    index = (
        "urgent" if wanted.urgent else "secret" if wanted.secret
        else "assigned" if wanted.assignee not in ("", NOBODY)
        else "by_hand" if wanted.source in ("formulir", "catatan") else ""
    )  # fmt: skip
    if not index or found is not None or wanted.post:
        return query
    return query.with_hint(Aspiration, f"INDEXED BY ix_aspiration_{index}", "sqlite")


def _from(query: Any, found: Found | None) -> Any:
    """From the items, or from the index with the items that it finds."""
    if found is None:
        return query.select_from(Aspiration)
    return query.select_from(found.rows).join(Aspiration, col(Aspiration.id) == found.id).where(found.matches)


class _Page:
    """Finds the numbers of one page's items, part by part of the order, and reads them."""

    def __init__(
        self, session: Session, organisation_id: int, wanted: Wanted, by: Beholder, found: Found | None, *, common: bool
    ) -> None:
        self.session = session
        self.wanted = wanted
        self.found = found
        #: Many items are wanted: walking by time meets them soon. Few: they are gathered, then sorted.
        self.common = common
        self.rules = conditions(organisation_id, wanted, by)
        self.organisation_id = organisation_id

    def read(self, most: int, looked: _Looked | None) -> tuple[list[Line], str]:
        """Up to ``most`` lines, and the key of what follows. looked: items that counting met already."""
        start, at, last = _key(self.wanted.after)
        parts = [_NEWEST] if self.wanted.newest_first else self._parts()
        numbers = self._known(looked, most) if looked and self.wanted.newest_first else []
        for part in parts if not numbers else ():
            if part < start or len(numbers) > most:
                continue
            after = (at, last) if at is not None and part == start else None
            query = self._numbers(part, after).limit(most + 1 - len(numbers))
            with searching.row_by_row(self.session, by_time=self.common) if self.found else nullcontext():
                numbers += [(part, row[0]) for row in self.session.execute(query)]
        shown_lines = lines_of(self.session, [number for _, number in numbers])
        # An item may have gone between the two looks.
        shown = [(part, shown_lines[number]) for part, number in numbers if number in shown_lines]
        if len(numbers) <= most:
            return [line for _, line in shown], ""
        return [line for _, line in shown[:most]], _key_of(*shown[:most][-1]) if shown else ""

    def _known(self, looked: _Looked, most: int) -> list[tuple[int, int]]:
        """The page out of what counting met: all, or the newest; [] when it may lack some."""
        sqlite = self.found is not None and self.found.sqlite
        if not looked.whole and (self.wanted.after or not looked.newest):
            return []
        kinds = _kinds(self.wanted)
        # Words on SQLite are in the order of whole seconds.
        rows = [
            (at.replace(microsecond=0) if sqlite else at, number) for kind, number, at in looked.rows if kind in kinds
        ]
        if self.wanted.after and (after := _key(self.wanted.after))[1] is not None:
            at = after[1].replace(microsecond=0) if sqlite else after[1]
            rows = [row for row in rows if row < (at, after[2])]
        if not looked.whole and len(rows) <= most:
            return []
        return [(_NEWEST, number) for _, number in sorted(rows, reverse=True)[: most + 1]]

    def _parts(self) -> list[int]:
        """Parts that can hold something: what is open and asks waits; nothing else does."""
        wanted = self.wanted
        waiting = wanted.status in (OPEN, ALL, *WAITING) and wanted.kind in ("", *ASKS)
        if waiting and wanted.status != ALL and (wanted.kind or wanted.status == OPEN):
            return [_DUE, _UNDATED]
        return [_DUE, _UNDATED, _REST] if waiting else [_REST]

    def _numbers(self, part: int, after: tuple[datetime, int] | None) -> Select[Any]:
        number, said_at, deadline = col(Aspiration.id), col(Aspiration.said_at), col(Aspiration.deadline)
        query = _from(select(number), self.found).where(*self.rules)
        if part == _NEWEST and self.found is not None:
            return self._newest_found(query, after)
        if part == _DUE:
            query = query.where(waits(), deadline.is_not(None)).order_by(deadline, number)
            if after:
                query = query.where(deadline >= after[0], or_(deadline > after[0], number > after[1]))
            return self._walking(query, "ix_aspiration_waiting")
        if part == _UNDATED:
            query = query.where(waits(), deadline.is_(None))
        elif part == _REST and len(self._parts()) > 1:
            query = query.where(waits(negated=True))
        if after:
            query = query.where(said_at <= after[0], or_(said_at < after[0], number < after[1]))
        query = query.order_by(said_at.desc(), number.desc())
        if part == _UNDATED:
            return self._walking(query, "ix_aspiration_waiting")
        return self._walking(query, "ix_aspiration_newest" if self.common else "ix_aspiration_queue")

    def _newest_found(self, query: Select[Any], after: tuple[datetime, int] | None) -> Select[Any]:
        found = self.found
        assert found is not None
        if after:
            query = query.where(found.after(*after))
        if found.sqlite:
            return query.order_by(*found.newest)
        if not self.common:
            # Few: gathered first. The planner would rather walk by time in the hope to meet them soon.
            few = query.add_columns(*(each.element for each in found.newest)).cte("few").prefix_with("materialized")
            number, *newest = few.c
            return select(number).order_by(*(each.desc() for each in newest))
        # Many matches: the index of time is walked, and each row asked whether it has the words.
        rows = found.rows
        return (
            select(col(Aspiration.id))
            .select_from(rows)
            .join(Aspiration, col(Aspiration.id) == found.id)
            .where(
                *self.rules,
                rows.c.organisation_id == self.organisation_id,
                found.matches.is_(True),
                *([found.after(*after)] if after else []),
            )
            .order_by(*found.newest)
        )

    def _walking(self, query: Select[Any], index: str) -> Select[Any]:
        """Where only kind and status are asked SQLite takes this index, else the one that knows few rows."""
        if self.wanted.plain:
            return query.with_hint(Aspiration, f"INDEXED BY {index}", "sqlite")
        return _hinted(query, self.wanted, self.found)


def _key_of(part: int, line: Line) -> str:
    time = line.deadline if part == _DUE and line.deadline else line.said_at
    return f"{part}.{(time - _EPOCH) // timedelta(microseconds=1)}.{line.id}"


def _key(text: str) -> tuple[int, datetime | None, int]:
    """(part of the order, time, id) of a key; the start for what is none."""
    try:
        number, microseconds, last = (int(piece) for piece in text.split("."))
        at = _EPOCH + timedelta(microseconds=microseconds)
    except (ValueError, OverflowError):
        return 0, None, 0
    return (number, at, last) if number in range(4) and 0 <= last < 2**31 else (0, None, 0)
