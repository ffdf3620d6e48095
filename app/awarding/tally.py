"""What a snapshot says of each participant, counted: posts by week and month, sums by platform, items, marks.

Reading is where a snapshot is doubted: what it cannot mean is refused with the place where it stands. What it does not
say is not known, never 0. After this nothing depends on the order in which anything was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.awarding import exact, formulas
from app.awarding.exact import Exact, Unusable
from app.awarding.rubric import base

LAYOUT = 1
#: The kinds that must be answered (domain notes, section 4).
MUST_ANSWER = frozenset({"aspirasi", "kritik", "keluhan", "pertanyaan"})
DENOMINATORS = ("reach", "followers")
ZONE = "Asia/Jakarta"


@dataclass(frozen=True)
class Period:
    """The days of an award, both included."""

    first: date
    last: date


@dataclass
class Sums:
    """A participant's posts of a platform that have interactions and denominator. bases: the denominator of each."""

    interactions: Exact = 0
    bases: list[Exact] = field(default_factory=list)


@dataclass
class Tally:
    """One participant. Hours are working hours, None: unanswered; in_time and settled are (how many, out of how many).

    by_week: posts of each week of the period, in order. without_figures: posts that B does not see. marks: of a juror.
    """

    organisation_id: int
    organisation: str
    category: str
    public: bool
    breaches: int
    posts: int = 0
    by_week: list[int] = field(default_factory=list)
    active_months: int = 0
    platforms: dict[str, Sums] = field(default_factory=dict)
    without_figures: int = 0
    in_time: tuple[int, int] = (0, 0)
    hours: list[int | Decimal | None] = field(default_factory=list)
    settled: tuple[int, int] = (0, 0)
    marks: dict[str, list[Fraction]] = field(default_factory=dict)


def period(snapshot: Mapping[str, Any]) -> Period:
    """The award's days. Unusable("snapshot_time") where there are none, or they are the wrong way round."""
    award = _mapping(snapshot.get("award"), "award")
    try:
        found = Period(date.fromisoformat(award["first"]), date.fromisoformat(award["last"]))
    except (KeyError, TypeError, ValueError):
        raise Unusable("snapshot_time", where="award") from None
    if found.last < found.first:
        raise Unusable("snapshot_time", where="award.last")
    return found


def of_category(named: Mapping[str, Any], category: str) -> Any:
    """What is said of a category; of a band what is said of the whole category, where nothing is said of the band."""
    return named.get(category, named.get(base(category)))


def read(snapshot: Mapping[str, Any]) -> list[Tally]:
    """All participants by number. Unusable with a code and {where}: snapshot_layout, snapshot_shape, snapshot_number,
    snapshot_time, snapshot_zone, snapshot_twice.

    May be absent: zone (the award's, else WIB), items, jury, posts (none), public (yes), breaches (0), denominators
    ("reach"). What lies outside the period was left out by whoever wrote the snapshot: here every post is a post.
    """
    if snapshot.get("layout", LAYOUT) != LAYOUT:
        raise Unusable("snapshot_layout", where="layout")
    zone = (snapshot.get("award") or {}).get("zone") or ZONE
    named = _mapping(snapshot.get("denominators") or {}, "denominators")
    days = period(snapshot)
    found: dict[int, Tally] = {}
    for position, one in enumerate(_list(snapshot.get("participants"), "participants")):
        given = _mapping(one, f"participants[{position}]")
        number, category = given.get("organisation_id"), given.get("category")
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(category, str):
            raise Unusable("snapshot_shape", where=f"participants[{position}]")
        where = f"organisation {number}"
        if number in found:
            raise Unusable("snapshot_twice", where=where)
        found[number] = tally = Tally(
            organisation_id=number,
            organisation=str(given.get("organisation") or number),
            category=category,
            public=_flag(given.get("public", True), f"{where}.public"),
            breaches=_count(given.get("breaches") or 0, f"{where}.breaches"),
        )
        denominators = _mapping(of_category(named, category) or {}, f"denominators.{category}")
        _posts(tally, given, days, _zone(given.get("zone") or zone, where), denominators)
        _items(tally, given)
        _jury(tally, given)
    return [found[number] for number in sorted(found)]


def _posts(
    tally: Tally, given: Mapping[str, Any], days: Period, zone: ZoneInfo, denominators: Mapping[str, Any]
) -> None:
    where = f"organisation {tally.organisation_id}.posts"
    posts = _list(given.get("posts"), where)
    _once(posts, where)
    weeks: Counter[int] = Counter()
    months: set[tuple[int, int]] = set()
    for post in posts:
        try:
            at = datetime.fromisoformat(post["published_at"])
            local = at.astimezone(zone)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise Unusable("snapshot_time", where=f"{where} {_id(post)}") from None
        if at.tzinfo is None:
            raise Unusable("snapshot_time", where=f"{where} {_id(post)}")
        # Day 1 of the calendar is a Monday: weeks are whole sevenths of the days since.
        weeks[(local.toordinal() - 1) // 7] += 1
        months.add((local.year, local.month))
        platform = str(post.get("platform"))
        named = denominators.get(platform) or "reach"
        if named not in DENOMINATORS:
            raise Unusable("snapshot_shape", where=f"denominators.{platform}")
        reached, out_of = post.get("interactions"), post.get(named)
        if reached is None or out_of is None:
            tally.without_figures += 1
            continue
        sums = tally.platforms.setdefault(platform, Sums())
        sums.interactions += reached if type(reached) is int and reached >= 0 else _exact(reached, where, post)
        sums.bases.append(out_of if type(out_of) is int and out_of >= 0 else _exact(out_of, where, post))
    tally.posts = len(posts)
    tally.by_week = [weeks[(day.toordinal() - 1) // 7] for day in formulas.weeks(days.first, days.last)]
    first, last = (days.first.year, days.first.month), (days.last.year, days.last.month)
    tally.active_months = sum(first <= month <= last for month in months)


def _items(tally: Tally, given: Mapping[str, Any]) -> None:
    """An item without answered_in_time and without a first reply is not decided yet: it is in no row."""
    where = f"organisation {tally.organisation_id}.items"
    items = _list(given.get("items"), where)
    _once(items, where)
    in_time, known, settled, complaints = 0, 0, 0, 0
    for item in items:
        if item.get("kind") not in MUST_ANSWER:
            continue
        answered, hours = item.get("answered_in_time"), item.get("first_reply_working_hours")
        if answered is not None:
            known += 1
            in_time += _flag(answered, where)
        if hours is not None:
            tally.hours.append(hours if type(hours) is int and hours >= 0 else _decimal(hours, where, item))
        elif answered is not None:
            tally.hours.append(None)
        resolved = item.get("resolved_in_time")
        if resolved is not None and item["kind"] == "keluhan":
            complaints += 1
            settled += _flag(resolved, where)
    tally.in_time, tally.settled = (in_time, known), (settled, complaints)


def _jury(tally: Tally, given: Mapping[str, Any]) -> None:
    """Criteria without a mark are left out; a juror without any mark is none. The same juror twice is refused."""
    where = f"organisation {tally.organisation_id}.jury"
    for position, entry in enumerate(_list(given.get("jury"), where)):
        juror = str(entry.get("juror", position))
        if juror in tally.marks:
            raise Unusable("snapshot_twice", where=f"{where} {juror}")
        criteria = _mapping(entry.get("criteria") or {}, where)
        marks = [Fraction(_decimal(mark, where, entry)) for mark in criteria.values() if mark is not None]
        if any(mark > formulas.BEST_MARK for mark in marks):
            raise Unusable("snapshot_number", where=f"{where} {juror}")
        tally.marks[juror] = marks
    tally.marks = {juror: tally.marks[juror] for juror in sorted(tally.marks) if tally.marks[juror]}


def _once(entries: list[Any], where: str) -> None:
    """Every entry is an object, and none that has an id stands twice."""
    if not all(map(isinstance, entries, repeat(dict))):
        raise Unusable("snapshot_shape", where=where)
    ids = [str(entry["id"]) for entry in entries if entry.get("id") is not None]
    if len(ids) > len(set(ids)):
        twice = next(one for one, times in Counter(ids).items() if times > 1)
        raise Unusable("snapshot_twice", where=f"{where} {twice}")


def _decimal(value: object, where: str, entry: Any) -> Decimal:
    read = exact.number(value)
    if read is None or read < 0:
        raise Unusable("snapshot_number", where=f"{where} {_id(entry)}")
    return read


def _exact(value: object, where: str, entry: Any) -> Exact:
    return Fraction(_decimal(value, where, entry))


def _count(value: object, where: str) -> int:
    read = exact.number(value)
    if read is None or read < 0 or read != int(read):
        raise Unusable("snapshot_number", where=where)
    return int(read)


def _flag(value: object, where: str) -> bool:
    if value not in (True, False):
        raise Unusable("snapshot_shape", where=where)
    return bool(value)


def _zone(name: object, where: str) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unusable("snapshot_zone", where=where) from None


def _id(entry: Any) -> str:
    return str(entry.get("id") or entry.get("juror") or "?")


def _list(value: Any, where: str) -> list[Any]:
    if value is not None and not isinstance(value, list | tuple):
        raise Unusable("snapshot_shape", where=where)
    return list(value or ())


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Unusable("snapshot_shape", where=where)
    return value
