"""An award: its period, categories and rules; fixed and told before the period begins, released after the objections.

``fix`` decides for every base category (without band), from who takes part then and how each is measured:

- denominators: a platform is measured by reach where every participating account of it is connected and gives reach,
  else by followers for all of the category (who is read from outside has no reach);
- dropped: the response rows for all of a category in which somebody is measured from outside only, since what
  residents say there and what is answered cannot be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select, update

from app import clock
from app.awarding import rubric as rubrics
from app.awarding.exact import Unusable
from app.models import (
    CATEGORIES,
    ZONES,
    Account,
    AccountDay,
    Award,
    Objection,
    Organisation,
    Participant,
    SeenPost,
    Watched,
)
from app.problems import Problem
from app.services import participants
from app.services.collecting import storable
from app.services.participants import REACHING, Entrant
from app.services.rolling import platform_of
from app.states import Actor, move, note

NAME_MOST = 200
#: Longest period, in days: a year and a day.
LONGEST = 367
#: Years that a period may lie in: a slip of the finger ends here, not where a calendar does.
YEARS = (2000, 2100)
#: An account of which so many days with posts gave no reach at all has none to give.
_REACHLESS_DAYS = 5
#: Platforms whose engagement is counted; a page of ours has none.
COUNTED = ("facebook", "instagram")
_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Wish:
    """What an award is to be. first, last: days, both included. rubric: what differs from the default, as JSON has it.
    organisation_id: whose area takes part, None: the whole installation. zone: None: its zone, else that of most.
    """

    name: str
    first: date
    last: date
    categories: tuple[str, ...]
    rubric: dict[str, Any] | None = None
    bands: bool = False
    organisation_id: int | None = None
    zone: str | None = None


@dataclass(frozen=True)
class Plan:
    """What ``fix`` will write: base category → platform → "reach" or "followers"; base category → dropped rows."""

    denominators: dict[str, dict[str, str]]
    dropped: dict[str, list[str]]


def create(session: Session, by: Actor, wish: Wish) -> Award:
    """A draft of an award.

    Problem: name_needed, text_too_long, award_order, award_years, award_long, award_categories, unknown_category,
    unknown_zone, unknown_organisation, and the codes of app.awarding.rubric.read.
    """
    award = Award(name="", first=wish.first, last=wish.last)
    _fill(session, award, wish)
    session.add(award)
    session.flush()
    note(session, award, "create", by, facts=_facts(award))
    return award


def edit(session: Session, award_id: int, by: Actor, wish: Wish) -> Award:
    """Change a draft. Problem: unknown_award, award_fixed, and as of ``create``."""
    award = opened(session, award_id)
    if award.state != "draft":
        raise Problem("award_fixed", state=award.state)
    before = _facts(award)
    _fill(session, award, wish)
    session.add(award)
    session.flush()
    note(session, award, "edit", by, facts={"from": before, "to": _facts(award)})
    return award


def get(session: Session, award_id: int) -> Award:
    """One award; Problem("unknown_award")."""
    award = session.get(Award, award_id)
    if award is None:
        raise Problem("unknown_award", id=award_id)
    return award


def opened(session: Session, award_id: int) -> Award:
    """The award as it is now, locked until the transaction ends; Problem("unknown_award")."""
    award = session.get(Award, award_id, with_for_update=True, populate_existing=True)
    if award is None:
        raise Problem("unknown_award", id=award_id)
    return award


def fix(session: Session, award_id: int, by: Actor) -> Award:
    """The rules stand and are published: rubric_sha256, denominators, dropped rows, and everybody's band.

    After the first day it is allowed, and ``fixed_late`` tells so for ever. Problem: unknown_award, award_not_draft.
    """
    award = opened(session, award_id)
    if award.state != "draft":
        raise Problem("award_not_draft", state=award.state)
    made = plan(session, award)
    facts = {**_facts(award), "denominators": made.denominators, "dropped": made.dropped}
    changes: dict[str, Any] = {
        "fixed_at": clock.now(),
        "rubric_sha256": rubrics.sha256(rubrics.read(award.rubric)),
        "denominators": made.denominators,
        "dropped": made.dropped,
    }
    move(session, award, "fix", by, facts={**facts, "late": clock.now() >= start(award)}, **changes)
    if award.bands:
        _keep_bands(session, award, by)
    return award


def unfix(session: Session, award_id: int, by: Actor) -> Award:
    """Back to a draft, before the first day only. Problem: unknown_award, award_begun, award_not_fixed."""
    award = opened(session, award_id)
    if award.state != "fixed":
        raise Problem("award_not_fixed", state=award.state)
    if clock.now() >= start(award):
        raise Problem("award_begun")
    move(session, award, "unfix", by, fixed_at=None, rubric_sha256=None, denominators={}, dropped={})
    session.exec(update(Participant).where(col(Participant.award_id) == award_id).values(band=None))
    return award


def release(session: Session, award_id: int, by: Actor, why: str = "") -> Award:
    """The result of the newest version is public. why: needed while objections may still come or wait for an answer.

    Problem: unknown_award, award_not_frozen, award_objections (until, open: how many; where why is missing).
    """
    award = opened(session, award_id)
    if award.state != "frozen":
        raise Problem("award_not_frozen", state=award.state)
    why = line(why, 1000, "why")
    waiting = len(open_objections(session, award_id))
    if not why and (waiting or (award.objections_until is not None and clock.now() < award.objections_until)):
        raise Problem("award_objections", field="why", at=award.objections_until, open=waiting)
    move(session, award, "release", by, why=why or None, facts={"open": waiting}, released_at=clock.now())
    return award


def take_back(session: Session, award_id: int, by: Actor, why: str) -> Award:
    """The result is not public any more, to be corrected say. Problem: unknown_award, award_not_released,
    reason_needed."""
    award = opened(session, award_id)
    if award.state != "released":
        raise Problem("award_not_released", state=award.state)
    why = line(why, 1000, "why")
    if not why:
        raise Problem("reason_needed", field="why")
    move(session, award, "take_back", by, why=why, released_at=None)
    return award


def plan(session: Session, award: Award) -> Plan:
    """Denominators and dropped rows from who takes part now; reach where nobody says otherwise."""
    entrants = participants.field(session, award).entrants
    platforms = _platforms(session, entrants)
    units = {category: dict.fromkeys(COUNTED, "reach") for category in award.categories}
    dropped: dict[str, list[str]] = {}
    for entrant in entrants:
        for platform in platforms.get(entrant.organisation_id, ()):
            units[entrant.category][platform] = "followers"
        if entrant.sources and "own" not in entrant.sources:
            dropped[entrant.category] = list(rubrics.RESPONSE)
    return Plan(units, dropped)


def fixed_late(award: Award) -> bool:
    """Whether the rules were fixed only after the period had begun."""
    return award.fixed_at is not None and award.fixed_at >= start(award)


def start(award: Award) -> datetime:
    """The first moment of the period, aware."""
    return datetime.combine(award.first, time(), ZoneInfo(award.zone))


def end(award: Award) -> datetime:
    """The first moment after the period, aware."""
    return datetime.combine(award.last + timedelta(days=1), time(), ZoneInfo(award.zone))


def open_objections(session: Session, award_id: int) -> Sequence[int]:
    """Ids of objections that wait for an answer."""
    query = select(Objection.id).where(Objection.award_id == award_id, col(Objection.state).in_(("filed", "examined")))
    return [each for each in session.exec(query) if each is not None]


def line(text: str, most: int, field: str) -> str:
    """What a person typed, in order to be kept. Problem("text_too_long")."""
    text = storable(text).replace("\r\n", "\n").strip()
    if len(text) > most:
        raise Problem("text_too_long", field=field, most=most)
    return text


def _platforms(session: Session, entrants: Sequence[Entrant]) -> dict[int, set[str]]:
    """Organisation → platforms on which an account of it gives no reach."""
    found: dict[int, set[str]] = {}
    for some in participants.chunks([each.organisation_id for each in entrants]):
        rows = session.exec(
            select(Account.id, Account.organisation_id, Account.connector).where(col(Account.organisation_id).in_(some))
        ).all()
        mute = _reachless(session, [row[0] or 0 for row in rows])
        for account_id, organisation_id, connector in rows:
            if connector not in REACHING or account_id in mute:
                found.setdefault(organisation_id, set()).add(platform_of(connector))
        outside = select(Watched.organisation_id, Watched.platform).where(
            col(Watched.organisation_id).in_(some), col(Watched.active)
        )
        handed = select(SeenPost.organisation_id, SeenPost.platform).where(
            col(SeenPost.organisation_id).in_(some), col(SeenPost.sheet_id).is_not(None)
        )
        for organisation_id, platform in (*session.exec(outside.distinct()), *session.exec(handed.distinct())):
            found.setdefault(organisation_id, set()).add(platform)
    return {each: platforms & set(COUNTED) for each, platforms in found.items()}


def _reachless(session: Session, account_ids: Sequence[int]) -> set[int]:
    """Accounts whose posts were counted on several days lately and never had a reach (small accounts lack insights)."""
    since = clock.now().date() - _BACK
    query = (
        select(AccountDay.account_id)
        .where(col(AccountDay.account_id).in_(account_ids), AccountDay.day >= since, AccountDay.interaction_posts > 0)
        .group_by(col(AccountDay.account_id))
        .having(func.count() >= _REACHLESS_DAYS, func.sum(AccountDay.reach_posts) == 0)
    )
    return set(session.exec(query).all())


def _keep_bands(session: Session, award: Award, by: Actor) -> None:
    """Everybody's band as it is now, in the register: who grows in the period stays in it."""
    rows = session.exec(select(Participant).where(Participant.award_id == award.id))
    lines = {row.organisation_id: row for row in rows}
    for entrant in participants.field(session, award).entrants:
        if (known := lines.get(entrant.organisation_id)) is not None:
            known.band = entrant.band
        else:
            known = Participant(
                award_id=award.id or 0, organisation_id=entrant.organisation_id, category=entrant.category,
                band=entrant.band, by_name=by.who,
            )  # fmt: skip
        session.add(known)
    session.flush()


def _fill(session: Session, award: Award, wish: Wish) -> None:
    name = " ".join(line(wish.name, NAME_MOST, "name").split())
    if not name:
        raise Problem("name_needed", field="name")
    if wish.last < wish.first:
        raise Problem("award_order", field="last")
    if wish.first.year < YEARS[0] or wish.last.year > YEARS[1]:
        raise Problem("award_years", field="last", first=YEARS[0], last=YEARS[1])
    if (wish.last - wish.first).days >= LONGEST:
        raise Problem("award_long", field="last", most=LONGEST)
    if not wish.categories:
        raise Problem("award_categories", field="categories")
    for category in wish.categories:
        if category not in CATEGORIES:
            raise Problem("unknown_category", field="categories", name=category, known=", ".join(CATEGORIES))
    award.name, award.first, award.last, award.bands = name, wish.first, wish.last, wish.bands
    award.categories = [category for category in CATEGORIES if category in wish.categories]
    award.zone = _zone(session, wish)
    award.organisation_id = wish.organisation_id
    award.rubric = rubric_of(wish.rubric)


def rubric_of(given: dict[str, Any] | None) -> dict[str, Any]:
    """The whole rubric as it is kept; Problem with the codes of app.awarding.rubric.read."""
    try:
        return rubrics.plain(rubrics.read(given))
    except Unusable as trouble:
        raise Problem(trouble.code, field="rubric", **trouble.facts) from None


def _zone(session: Session, wish: Wish) -> str:
    if wish.organisation_id is not None:
        host = session.get(Organisation, wish.organisation_id)
        if host is None:
            raise Problem("unknown_organisation", field="organisation", id=wish.organisation_id)
        zone = wish.zone or host.zone
    else:
        counted = select(Organisation.zone, func.count()).group_by(col(Organisation.zone))
        numbers = {zone: -number for zone, number in session.exec(counted)}
        zone = wish.zone or min(ZONES, key=lambda each: (numbers.get(each, 0), ZONES.index(each)))
    if zone not in ZONES:
        raise Problem("unknown_zone", field="zone", name=zone, known=", ".join(ZONES))
    return zone


def _facts(award: Award) -> dict[str, Any]:
    names = ("name", "first", "last", "zone", "categories", "bands", "organisation_id", "rubric")
    return {name: getattr(award, name) for name in names}
