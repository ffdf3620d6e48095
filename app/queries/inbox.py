"""The list of the inbox: filters with counts, the most urgent or the newest first, pages by key.

Most urgent first: what waits with a deadline (nearest first), what waits without one, everything else (newest first).
A page goes on after a key, never by OFFSET. Its items are found by an index alone, and only those 25 are read; counts
stop at COUNTED. Texts and names leave here masked: a list is read over shoulders.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import Session, col

from app.models import Account, Aspiration, Membership, Person
from app.models.inbox import ASKS, WAITING
from app.queries import inbox_counts, searching
from app.queries.inbox_counts import COUNTED, Looked, hinted
from app.queries.inbox_lines import Line
from app.queries.inbox_lines import lines as lines_of
from app.queries.searching import Found
from app.queries.wanted import ALL, DUE, OPEN, STATUSES, UNDECIDED, Beholder, Wanted, conditions, waits
from app.rights import ROLE_RIGHTS

__all__ = ["ALL", "DUE", "OPEN", "PAGE", "STATUSES", "Beholder", "Line", "Listed", "Wanted", "listed"]

PAGE = 25
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The parts of the order, as keys name them.
_DUE, _UNDATED, _REST, _NEWEST = range(4)


@dataclass(frozen=True)
class Listed:
    """A page of the list. following: the key of the next page, or "". counts: by kind, what a tap on it shows; asks,
    total: of those that ask, of all (app/queries/inbox_counts).

    A count above COUNTED says "more than that". capped: counting ended early, so that each count is a "at least".
    """

    lines: list[Line]
    following: str
    counts: Mapping[str, int]
    asks: int
    total: int
    capped: bool = False

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
            return Listed([], "", {}, 0, 0)  # signs only
        found = searching.find(session, terms, organisation_id, labels=labels, village=wanted.village)
    looked = None
    if found is None and wanted.plain:
        counts = inbox_counts.counted(session, organisation_id, wanted, by)
    else:
        looked = inbox_counts.look(session, organisation_id, wanted, by, found)
        counts = inbox_counts.of_looked(looked)
    many = counts.kinds.get(wanted.kind, 0) if wanted.kind else counts.asks if wanted.status == OPEN else counts.total
    page = _Page(session, organisation_id, wanted, by, found, common=counts.capped or many > COUNTED)
    lines, following = page.read(most, looked) if many or counts.capped else ([], "")
    return Listed(lines, following, counts.kinds, counts.asks, counts.total, counts.capped)


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

    def read(self, most: int, looked: Looked | None) -> tuple[list[Line], str]:
        """Up to ``most`` lines, and the key of what follows. looked: items that counting met already."""
        known = self._known(looked, most) if looked and self.wanted.newest_first else None
        numbers = self._looked_up(most) if known is None else known
        shown_lines = lines_of(self.session, [number for _, number in numbers])
        # An item may have gone between the two looks.
        shown = [(part, shown_lines[number]) for part, number in numbers if number in shown_lines]
        if len(numbers) <= most:
            return [line for _, line in shown], ""
        return [line for _, line in shown[:most]], _key_of(*shown[:most][-1]) if shown else ""

    def _looked_up(self, most: int) -> list[tuple[int, int]]:
        """(part, number) of up to one item more than the page shows."""
        start, at, last = _key(self.wanted.after)
        numbers: list[tuple[int, int]] = []
        for part in [_NEWEST] if self.wanted.newest_first else self._parts():
            if part < start or len(numbers) > most:
                continue
            after = (at, last) if at is not None and part == start else None
            query = self._numbers(part, after).limit(most + 1 - len(numbers))
            with searching.row_by_row(self.session, by_time=self.common) if self.found else nullcontext():
                numbers += [(part, row[0]) for row in self.session.execute(query)]
        return numbers

    def _known(self, looked: Looked, most: int) -> list[tuple[int, int]] | None:
        """The page out of what counting met: all, or the newest; None when it may lack some."""
        if not looked.whole and (self.wanted.after or not looked.newest):
            return None
        rows = [row for row in looked.rows if self._shows(row.kind, row.suggested)]
        _, at, last = _key(self.wanted.after)
        if at is not None:
            place = self.found.key(at, last) if self.found and looked.of_index else (at, last)
            rows = [row for row in rows if row.at < place]
        if not looked.whole and len(rows) <= most:
            return None
        rows.sort(key=lambda row: row.at, reverse=True)
        return [(_NEWEST, row.id) for row in rows[: most + 1]]

    def _shows(self, kind: str, suggested: str | None) -> bool:
        """Whether the list shows items of this kind; the counts are of all."""
        if not self.wanted.kind:
            return self.wanted.status != OPEN or kind in ASKS
        return kind == self.wanted.kind or (kind == UNDECIDED and suggested == self.wanted.kind)

    def _parts(self) -> list[int]:
        """Parts that can hold something: what is open and asks waits (undecided items ask, whatever they are taken
        for); nothing else does."""
        wanted = self.wanted
        waiting = wanted.status in (OPEN, ALL, *WAITING)
        if waiting and wanted.status != ALL and (wanted.kind in ASKS or (wanted.status == OPEN and not wanted.kind)):
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
        return query if self.found else hinted(query, self.wanted)


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
