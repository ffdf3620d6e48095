"""The list of the inbox: filters with counts, the most urgent first, pages by key; and who may look after an item.

Order: what waits with a deadline (nearest first), what waits without one, everything else; the last two newest first.
A page goes on after a key, never by OFFSET. Texts and names leave here masked: a list is read over shoulders.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, not_, or_, select, true
from sqlmodel import Session, col

from app.models import KINDS, Account, Activity, Aspiration, Comment, Delivery, Membership, Person, Post
from app.queries.home import ASKS, WAITING, headline
from app.queries.masking import mask
from app.rights import ROLE_RIGHTS
from app.states import ASPIRATION

PAGE = 25
#: What the filter of statuses offers besides the statuses themselves.
OPEN, ALL = "perlu", "semua"
STATUSES = (OPEN, ALL, *ASPIRATION.states)
#: The deadline's filters, cut like the three counts of the start page (app/queries/home.tally).
DUE = ("lewat", "hari-ini", "nanti")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """What the list shows. kind: one of KINDS or "" (with OPEN: those that ask for an answer). after: a key."""

    kind: str = ""
    status: str = OPEN
    words: str = ""
    after: str = ""
    due: str = ""  # one of DUE, or any

    @classmethod
    def read(cls, given: Any) -> Wanted:
        """From an address; what it does not know is left out."""
        kind, status = given.get("jenis", ""), given.get("status", OPEN)
        return cls(
            kind if kind in KINDS else "",
            status if status in STATUSES else OPEN,
            given.get("q", "").replace("\0", "").strip()[:100],
            given.get("sesudah", "")[:60],
            due if (due := given.get("tenggat", "")) in DUE else "",
        )

    def address(self, **changes: str) -> dict[str, Any]:
        """For url_for: only what differs from a plain list. A changed filter begins at the top."""
        other = replace(self, **{"after": "", **changes}) if changes else self
        pairs = {"jenis": other.kind, "status": "" if other.status == OPEN else other.status, "q": other.words}
        pairs["tenggat"] = other.due
        return {name: value for name, value in {**pairs, "sesudah": other.after}.items() if value}


@dataclass(frozen=True)
class Line:
    """One item in the list; text and author masked. waits: somebody should answer it. post: its headline."""

    id: int
    kind: str
    status: str
    text: str
    author: str | None
    source: str
    said_at: datetime
    deadline: datetime | None
    assignee: str | None
    post: str | None
    hidden: bool
    deleted: bool
    waits: bool


@dataclass(frozen=True)
class Listed:
    """A page of the list. following: the key of the next page, or "". counts: by kind; asks: those that ask."""

    lines: list[Line]
    following: str
    counts: dict[str, int]
    asks: int

    @property
    def total(self) -> int:
        """Of all kinds together."""
        return sum(self.counts.values())


def listed(
    session: Session,
    organisation_id: int,
    wanted: Wanted,
    most: int = PAGE,
    day: tuple[datetime, datetime] | None = None,
) -> Listed:
    """A page of what is wanted, with the counts beside the filters. day: (now, next midnight), for ``wanted.due``."""
    here = and_(col(Aspiration.organisation_id) == organisation_id, _due(wanted.due, day))
    counts = _counts(session, here, wanted)
    lines, following = _page(session, here, wanted, most)
    return Listed(lines, following, counts, sum(counts.get(kind, 0) for kind in ASKS))


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


def _due(which: str, day: tuple[datetime, datetime] | None) -> Any:
    deadline = col(Aspiration.deadline)
    if not which or day is None:
        return true()
    now, midnight = day
    if which == "lewat":
        return deadline <= now
    if which == "hari-ini":
        return and_(deadline > now, deadline < midnight)
    return or_(deadline.is_(None), deadline >= midnight)


def _matching(here: Any, wanted: Wanted, *, any_kind: bool = False) -> Any:
    """The WHERE of a list. A word is looked for in text and author, its wildcards taken literally."""
    rules = [here]
    if wanted.status == OPEN:
        rules.append(col(Aspiration.status).in_(WAITING))
    elif wanted.status != ALL:
        rules.append(col(Aspiration.status) == wanted.status)
    for word in wanted.words.split()[:8]:
        literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        text, author = col(Aspiration.text), col(Aspiration.author)
        rules.append(or_(text.ilike(f"%{literal}%", escape="\\"), author.ilike(f"%{literal}%", escape="\\")))
    if any_kind:
        return and_(*rules)
    if wanted.kind:
        rules.append(col(Aspiration.kind) == wanted.kind)
    elif wanted.status == OPEN:
        rules.append(col(Aspiration.kind).in_(ASKS))
    return and_(*rules)


def _counts(session: Session, here: Any, wanted: Wanted) -> dict[str, int]:
    rows = session.execute(
        select(col(Aspiration.kind), func.count())
        .where(_matching(here, wanted, any_kind=True))
        .group_by(col(Aspiration.kind))
    )
    return {row[0]: row[1] for row in rows}


def _groups() -> list[tuple[Any, bool]]:
    """The three parts of the order: (which items, whether by deadline)."""
    waits = and_(col(Aspiration.status).in_(WAITING), col(Aspiration.kind).in_(ASKS))
    return [
        (and_(waits, col(Aspiration.deadline).is_not(None)), True),
        (and_(waits, col(Aspiration.deadline).is_(None)), False),
        (not_(waits), False),
    ]


def _page(session: Session, here: Any, wanted: Wanted, most: int) -> tuple[list[Line], str]:
    start, at, last = _key(wanted.after)
    found: list[tuple[int, Line]] = []
    for number, (which, by_deadline) in enumerate(_groups()):
        if number < start or len(found) > most:
            continue
        time = col(Aspiration.deadline) if by_deadline else col(Aspiration.said_at)
        rules = [_matching(here, wanted), which]
        if at is not None and number == start:
            later = time > at if by_deadline else time < at
            same = col(Aspiration.id) > last if by_deadline else col(Aspiration.id) < last
            rules.append(or_(later, and_(time == at, same)))
        order = (time, col(Aspiration.id)) if by_deadline else (time.desc(), col(Aspiration.id).desc())
        rows = session.execute(_columns().where(*rules).order_by(*order).limit(most + 1 - len(found)))
        found += [(number, _line(row)) for row in rows]
    if len(found) <= most:
        return [line for _, line in found], ""
    number, end = found[most - 1]
    return [line for _, line in found[:most]], _key_of(number, end)


def _columns() -> Any:
    return (
        select(
            col(Aspiration.id), col(Aspiration.kind), col(Aspiration.status), col(Aspiration.text),
            col(Aspiration.author), col(Aspiration.source), col(Aspiration.said_at), col(Aspiration.deadline),
            col(Person.name), col(Post.caption), col(Activity.title), col(Comment.hidden), col(Comment.deleted_at),
        )
        .outerjoin(Comment, col(Comment.id) == col(Aspiration.comment_id))
        .outerjoin(Account, col(Account.id) == col(Comment.account_id))
        .outerjoin(Delivery, col(Delivery.id) == col(Comment.delivery_id))
        .outerjoin(Post, col(Post.id) == col(Delivery.post_id))
        .outerjoin(Activity, col(Activity.id) == col(Post.activity_id))
        .outerjoin(Person, col(Person.id) == col(Aspiration.assignee_id))
    )  # fmt: skip


def _line(row: Any) -> Line:
    id_, kind, status, text, author, source, said_at, deadline, assignee, caption, title, hidden, deleted_at = row
    return Line(
        id=id_,
        kind=kind,
        status=status,
        text=mask(" ".join(text.split()))[:300] or "(tanpa tulisan)",
        author=mask(author) if author else None,
        source=source,
        said_at=said_at,
        deadline=deadline,
        assignee=assignee,
        post=headline(caption, title, 60) if caption is not None else None,
        hidden=bool(hidden),
        deleted=deleted_at is not None,
        waits=status in WAITING and kind in ASKS,
    )


def _key_of(number: int, line: Line) -> str:
    time = line.deadline if number == 0 and line.deadline else line.said_at
    return f"{number}.{(time - _EPOCH) // timedelta(microseconds=1)}.{line.id}"


def _key(text: str) -> tuple[int, datetime | None, int]:
    """(part of the order, time, id) of a key; the start for what is none."""
    try:
        number, microseconds, last = (int(piece) for piece in text.split("."))
        at = _EPOCH + timedelta(microseconds=microseconds)
    except (ValueError, OverflowError):
        return 0, None, 0
    return (number, at, last) if number in (0, 1, 2) and abs(last) < 2**31 else (0, None, 0)
