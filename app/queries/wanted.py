"""What somebody wants to see of the inbox: read from an address, written into one, said as conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, or_, select, text, true
from sqlmodel import col

from app.models import KINDS, SOURCES, Aspiration, Comment, Delivery
from app.models.inbox import ASKS, WAITING, WAITS
from app.queries.privacy import counted_once
from app.states import ASPIRATION

#: What the filter of statuses offers besides the statuses themselves.
OPEN, ALL = "perlu", "semua"
STATUSES = (OPEN, ALL, *ASPIRATION.states)
#: The deadline's filters, cut like the three counts of the start page (app/queries/home.tally).
DUE = ("lewat", "hari-ini", "nanti")
#: In which order: most urgent first, or newest first. Without a wish: newest first when words are looked for.
URGENT, NEWEST = "mendesak", "terbaru"
MINE, NOBODY = "saya", "belum"
#: Kind of what nobody has decided yet, and the kinds that the model may take it for.
UNDECIDED = "perlu dipilah"
GUESSES = tuple(kind for kind in KINDS if kind != UNDECIDED)
_NAMES = {
    "kind": "jenis", "status": "status", "words": "q", "after": "sesudah", "due": "tenggat", "assignee": "petugas",
    "label": "label", "source": "sumber", "village": "desa", "urgent": "darurat", "secret": "rahasia",
    "since": "dari", "until": "sampai", "post": "kiriman", "order": "urut",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What the list shows; "" is any. kind: one of KINDS (with OPEN and "": those that ask for an answer), which finds
    what is undecided and taken for it too. What is joined to another item stands with that one, and is found by words
    only.

    words: see app/queries/searching. after: the key of a page. assignee: MINE, NOBODY or a person's number. urgent,
    secret: "1". since, until: days (ISO), both included. post: its number. order: URGENT or NEWEST.
    """

    kind: str = ""
    status: str = OPEN
    words: str = ""
    after: str = ""
    due: str = ""
    assignee: str = ""
    label: str = ""
    source: str = ""
    village: str = ""
    urgent: str = ""
    secret: str = ""
    since: str = ""
    until: str = ""
    post: str = ""
    order: str = ""

    @classmethod
    def read(cls, given: Any) -> Wanted:
        """From an address or a saved view; what it does not know is left out."""

        def said(name: str, most: int = 100) -> str:
            return str(given.get(_NAMES[name]) or "").replace("\0", "").strip()[:most]

        def one(name: str, known: tuple[str, ...], other: str = "") -> str:
            return found if (found := said(name)) in known else other

        who = said("assignee")
        return cls(
            kind=one("kind", KINDS),
            status=one("status", STATUSES, OPEN),
            words=said("words"),
            after=said("after", 60),
            due=one("due", DUE),
            assignee=who if who in (MINE, NOBODY) else _number(who),
            label=said("label"),
            source=one("source", SOURCES),
            village=said("village"),
            urgent=one("urgent", ("1",)),
            secret=one("secret", ("1",)),
            since=_day(said("since")),
            until=_day(said("until")),
            post=_number(said("post")),
            order=one("order", (URGENT, NEWEST)),
        )

    def address(self, **changes: str) -> dict[str, Any]:
        """For url_for: only what differs from a plain list. A changed filter begins at the top."""
        other = replace(self, **{"after": "", **changes}) if changes else self
        plain = Wanted()
        pairs = {_NAMES[field.name]: getattr(other, field.name) for field in fields(other)}
        return {name: value for name, value in pairs.items() if value and (name != "status" or value != plain.status)}

    @property
    def newest_first(self) -> bool:
        """Whether time alone decides the order."""
        return self.order == NEWEST or (self.order != URGENT and bool(self.words))

    @property
    def plain(self) -> bool:
        """Whether only kind, status and deadline are filtered."""
        return replace(self, kind="", status=OPEN, due="", after="", order="") == Wanted()


@dataclass(frozen=True)
class Beholder:
    """Who looks, and when. day: (now, next midnight there). visible: SQL condition; what it leaves out is not there."""

    zone: str = "Asia/Jakarta"
    person_id: int | None = None
    day: tuple[datetime, datetime] | None = None
    visible: Any = None


def conditions(organisation_id: int | None, wanted: Wanted, by: Beholder, *, any_kind: bool = False) -> list[Any]:
    """WHERE of the list besides words, label and village, which the full-text index knows."""
    rules: list[Any] = [] if organisation_id is None else [col(Aspiration.organisation_id) == organisation_id]
    if by.visible is not None:
        rules.append(by.visible)
    if not wanted.words:
        rules.append(counted_once())
    if wanted.status == OPEN:
        rules.append(col(Aspiration.status).in_(WAITING))
    elif wanted.status != ALL:
        rules.append(col(Aspiration.status) == wanted.status)
    if not any_kind and wanted.kind:
        rules.append(of_kind(wanted.kind))
    elif not any_kind and wanted.status == OPEN:
        rules.append(col(Aspiration.kind).in_(ASKS))
    if wanted.due:
        rules.append(_due(wanted.due, by.day))
    if wanted.source:
        rules.append(col(Aspiration.source) == wanted.source)
        if wanted.source in ("formulir", "catatan"):
            rules.append(col(Aspiration.comment_id).is_(None))  # which an index knows
    if wanted.urgent:
        rules.append(col(Aspiration.urgent).is_not(None))
    if wanted.secret:
        rules.append(text("aspiration.secret"))
    return rules + _whose(wanted, by) + _when(wanted, by.zone)


def of_kind(kind: str) -> Any:
    """Whether an item is of this kind, or undecided and taken for it."""
    if kind == UNDECIDED:
        return col(Aspiration.kind) == kind
    # IN first: an index serves it.
    sure = col(Aspiration.kind).in_((kind, UNDECIDED))
    return and_(sure, or_(col(Aspiration.kind) == kind, col(Aspiration.suggested_kind) == kind))


def guessed() -> Any:
    """Whether an item is undecided and the model takes it for some kind."""
    return and_(col(Aspiration.kind) == UNDECIDED, col(Aspiration.suggested_kind).in_(GUESSES))


def waits(*, negated: bool = False) -> Any:
    """Whether an item waits for an answer, in the words of the partial index."""
    return text(f"not ({WAITS})" if negated else WAITS)


def _whose(wanted: Wanted, by: Beholder) -> list[Any]:
    rules: list[Any] = []
    whose = col(Aspiration.assignee_id)
    if wanted.assignee == NOBODY:
        rules.append(whose.is_(None))
    elif wanted.assignee == MINE:
        rules.append(whose == by.person_id if by.person_id is not None else false())
    elif wanted.assignee:
        rules.append(whose == int(wanted.assignee))
    if wanted.post:
        under = select(col(Comment.id)).join(Delivery, col(Delivery.id) == col(Comment.delivery_id))
        rules.append(col(Aspiration.comment_id).in_(under.where(col(Delivery.post_id) == int(wanted.post))))
    return rules


def _when(wanted: Wanted, zone: str) -> list[Any]:
    rules: list[Any] = []
    if wanted.since:
        rules.append(col(Aspiration.said_at) >= _midnight(wanted.since, zone))
    if wanted.until:
        rules.append(col(Aspiration.said_at) < _midnight(wanted.until, zone, 1))
    return rules


def _midnight(day: str, zone: str, later: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=later), time(), ZoneInfo(zone))


def _due(which: str, day: tuple[datetime, datetime] | None) -> Any:
    deadline = col(Aspiration.deadline)
    if day is None:
        return true()
    now, midnight = day
    if which == "lewat":
        return deadline <= now
    if which == "hari-ini":
        return and_(deadline > now, deadline < midnight)
    return or_(deadline.is_(None), deadline >= midnight)


def _number(said: str) -> str:
    return str(int(said)) if said.isascii() and said.isdecimal() and len(said) < 10 else ""


def _day(said: str) -> str:
    """A day of this millennium, as ISO; "" for what is none."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return ""
    return day.isoformat() if 2000 <= day.year < 2100 else ""


def kept(wanted: Wanted) -> Mapping[str, str]:
    """What a saved view keeps: the filters, not the page."""
    return replace(wanted, after="").address()
