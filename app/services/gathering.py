"""The snapshot of an award, gathered from the database as it was at one moment: every input of every score.

The layout is app/awarding/snapshot.md. Participants are gathered some at a time with a fixed number of statements each,
so that a kabupaten's year costs a few hundred statements, and rows of the database are let go as they are read.
Keys beyond the layout: award.fixed_at and fixed_late, jurors, left_out (who takes no part and why), totals; of a
participant joined_on, band, sources, succeeds, excluded_items, joined_items, unsorted_items, own_rules; of a post gone;
of an item source and answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.awarding import rubric as rubrics
from app.models import Award
from app.services import awards, gathering_items, gathering_notes, gathering_posts, participants
from app.services.gathering_frame import Calendars, Frame, excluded, iso, owners, plain
from app.services.participants import Entrant

LAYOUT = 1
#: Participants gathered at a time.
SOME = 100


def gather(
    session: Session,
    award: Award,
    at: datetime,
    *,
    version: int = 0,
    why: str = "",
    raw: bool = False,
    lean: bool = False,
) -> dict[str, Any]:
    """The snapshot, for app.awarding.scoring and canonical. at: aware; nothing that came later is in it, as far as the
    database still knows. version 0: a look that is not frozen. raw: from the readings instead of the rollups. lean:
    only what scores need, for a look.
    """
    rubric = rubrics.read(award.rubric)
    frame = Frame(
        award.id or 0, awards.start(award), awards.end(award), at, rubric, excluded(session, award.id or 0, at), raw,
        lean,
    )  # fmt: skip
    field = participants.field(session, award)
    calendars = Calendars(session)
    found: list[dict[str, Any]] = []
    for start in range(0, len(field.entrants), SOME):
        found += _participants(session, frame, field.entrants[start : start + SOME], calendars)
    groups = sorted({entrant.group for entrant in field.entrants})
    units, dropped = rules(session, award)
    return {
        "layout": LAYOUT,
        "award": _award(award),
        "frozen": {"at": iso(at), "version": version, "early": early(award, at), "why": plain(why)},
        "rubric": rubrics.plain(rubric),
        "rubric_sha256": award.rubric_sha256 or rubrics.sha256(rubric),
        "fixed_at": iso(award.fixed_at),
        "fixed_late": awards.fixed_late(award),
        "denominators": {group: units.get(rubrics.base(group), {}) for group in groups},
        "dropped": {group: dropped[rubrics.base(group)] for group in groups if rubrics.base(group) in dropped},
        "jurors": gathering_notes.jurors(session, award.id or 0),
        "participants": found,
        "left_out": [
            {"organisation_id": each.organisation_id, "organisation": plain(each.organisation)}
            | {"category": each.category, "reason": plain(each.reason)}
            for each in field.left_out
        ],
        "totals": _totals(found),
    }


def one(session: Session, award: Award, organisation_id: int, at: datetime) -> dict[str, Any] | None:
    """One participant as ``gather`` would have it, None where it does not take part."""
    found = [each for each in participants.field(session, award).entrants if each.organisation_id == organisation_id]
    rubric = rubrics.read(award.rubric)
    number = award.id or 0
    frame = Frame(number, awards.start(award), awards.end(award), at, rubric, excluded(session, number, at))
    return next(iter(_participants(session, frame, found, Calendars(session))), None) if found else None


def rules(session: Session, award: Award) -> tuple[dict[str, Any], dict[str, Any]]:
    """(denominators, dropped) by base category: as fixed, of a draft as they would be fixed now."""
    if award.fixed_at is not None:
        return award.denominators, award.dropped
    made = awards.plan(session, award)
    return dict(made.denominators), dict(made.dropped)


def early(award: Award, at: datetime) -> bool:
    """Whether posts of the last day are not as old yet as their readings are to be."""
    return at < awards.end(award) + timedelta(days=rubrics.read(award.rubric).reading_age_days)


def _participants(
    session: Session, frame: Frame, entrants: Sequence[Entrant], calendars: Calendars
) -> list[dict[str, Any]]:
    whose = owners(entrants)
    ids = [entrant.organisation_id for entrant in entrants]
    posts = gathering_posts.gather(session, frame, whose)
    heard = gathering_items.gather(session, frame, whose, calendars)
    breaches = gathering_notes.breaches(session, frame, ids)
    counted = {number: {row["id"] for row in each.posts} for number, each in posts.items()}
    marks = gathering_notes.marks(session, frame, ids, counted)
    touched = {} if frame.lean else gathering_notes.touched(session, frame, whose)
    flags = gathering_notes.flags(session, frame, ids)
    return [
        {
            **_who(entrant),
            "breaches": len(breaches.get(number, [])),
            "breach_details": breaches.get(number, []),
            **marks.get(number, _NO_MARKS),
            **_posts(posts.get(number, gathering_posts.Found())),
            **_items(heard.get(number, gathering_items.Heard())),
            **touched.get(number, {"relabelled": [], "hidden": []}),
            "flags": flags.get(number, []),
        }
        for entrant in entrants
        for number in [entrant.organisation_id]
    ]


_NO_MARKS: dict[str, Any] = {"jury": [], "jury_detail": [], "seed": None, "drawn": [], "conflicts": []}


def _award(award: Award) -> dict[str, Any]:
    return {
        "id": award.id,
        "name": plain(award.name),
        "first": award.first.isoformat(),
        "last": award.last.isoformat(),
        "zone": award.zone,
        "categories": list(award.categories),
        "bands": award.bands,
        "organisation_id": award.organisation_id,
    }


def _who(entrant: Entrant) -> dict[str, Any]:
    return {
        "organisation_id": entrant.organisation_id,
        "organisation": plain(entrant.organisation),
        "region_code": entrant.region_code,
        "category": entrant.group,
        "band": entrant.band,
        "zone": entrant.zone,
        "public": entrant.public,
        "public_note": plain(entrant.public_note),
        "sources": sorted(entrant.sources),
        "joined_on": entrant.since.isoformat() if entrant.since else None,
        "succeeds": [{"organisation_id": each, "on": on.isoformat()} for each, on in entrant.heir_of],
    }


def _posts(found: gathering_posts.Found) -> dict[str, Any]:
    return {"posts": found.posts, "excluded_posts": found.excluded}


def _items(heard: gathering_items.Heard) -> dict[str, Any]:
    return {
        "items": heard.items,
        "undecided_items": heard.undecided,
        "excluded_items": heard.excluded,
        "joined_items": heard.joined,
        "unsorted_items": heard.unsorted,
        "own_rules": heard.own_rules,
    }


def _totals(found: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Of everybody together. A joint activity is a post of each organisation, and one activity here."""
    posts = [post for each in found for post in each["posts"]]
    known = {post["activity_id"] for post in posts if post["activity_id"] is not None}
    alone = sum(post["activity_id"] is None for post in posts)
    return {
        "participants": len(found),
        "posts": len(posts),
        "activities": len(known) + alone,
        "items": sum(len(each["items"]) for each in found),
    }
