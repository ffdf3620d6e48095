"""What else a snapshot tells of a participant: breaches, the jury's marks, what was relabelled or hidden, flags."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.models import (
    MUST_ANSWER,
    Aspiration,
    Breach,
    Conflict,
    Draw,
    Event,
    Flag,
    Juror,
    Mark,
    Outgoing,
    Person,
)  # fmt: skip
from app.services.gathering_frame import Frame, Owner, iso, plain

#: Kinds that nobody has to answer: what becomes one of them leaves the response rows.
_UNANSWERED = ("spam", "pujian")
_NEVER_SENT = ("cancelled", "failed", "missed")
_PLACES = Decimal("0.0001")


def post_key(delivery_id: int | None, seen_post_id: int | None) -> str:
    """ "delivery:5" or "seen:7"."""
    return f"delivery:{delivery_id}" if delivery_id is not None else f"seen:{seen_post_id}"


def juror_key(juror_id: int) -> str:
    """How a snapshot names a juror; who that is stands in its ``jurors``."""
    return f"juri:{juror_id}"


def jurors(session: Session, award_id: int) -> list[dict[str, str]]:
    """[{juror, name}]."""
    query = select(col(Juror.id), col(Person.name)).join(Person, col(Person.id) == col(Juror.person_id))
    rows = session.execute(query.where(col(Juror.award_id) == award_id).order_by(col(Juror.id)))
    return [{"juror": juror_key(number), "name": plain(name)} for number, name in rows]


def breaches(session: Session, frame: Frame, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Participant → its confirmed breaches of privacy."""
    query = (
        select(Breach)
        .where(
            col(Breach.award_id) == frame.award_id,
            col(Breach.organisation_id).in_(ids),
            col(Breach.at) <= frame.at,
            or_(col(Breach.lifted_at).is_(None), col(Breach.lifted_at) > frame.at),
        )
        .order_by(col(Breach.id))
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in session.execute(query).scalars():
        known = row.delivery_id is not None or row.seen_post_id is not None
        post = post_key(row.delivery_id, row.seen_post_id) if known else None
        line = {"what": plain(row.what), "by": plain(row.by_name), "at": iso(row.at), "post": post}
        found.setdefault(row.organisation_id, []).append(line)
    return found


def marks(
    session: Session, frame: Frame, ids: Sequence[int], counted: dict[int, set[str]]
) -> dict[int, dict[str, Any]]:
    """Participant → jury, jury_detail, seed, drawn, conflicts. counted: ids of its counted posts.

    A drawn post that was left out afterwards does not count, nor does a juror who did not mark all the others.
    """
    drawn = _draws(session, frame, ids)
    given = _marks(session, frame, [draw.id or 0 for rows in drawn.values() for draw in rows])
    conflicts = _conflicts(session, frame, ids)
    found: dict[int, dict[str, Any]] = {}
    for organisation_id, rows in drawn.items():
        keys = {draw.id or 0: post_key(draw.delivery_id, draw.seen_post_id) for draw in rows}
        valid = [number for number, key in keys.items() if key in counted.get(organisation_id, set())]
        partial = {juror for juror, _, _ in conflicts.get(organisation_id, [])}
        detail: list[dict[str, Any]] = []
        by_juror: dict[int, list[dict[str, Any]]] = {}
        for number, key in keys.items():
            for mark in given.get(number, []):
                line = {"juror": juror_key(mark.juror_id), "post": key, "criteria": dict(mark.criteria)}
                detail.append({**line, "note": plain(mark.note), "at": iso(mark.at)})
                if number in valid and mark.juror_id not in partial:
                    by_juror.setdefault(mark.juror_id, []).append(mark.criteria)
        full = {juror: each for juror, each in by_juror.items() if len(each) == len(valid)}
        found[organisation_id] = {
            "jury": [
                {"juror": juror_key(juror), "criteria": _means(each, frame.rubric.criteria)}
                for juror, each in sorted(full.items(), key=lambda pair: juror_key(pair[0]))
            ],
            "jury_detail": sorted(detail, key=lambda line: (line["juror"], line["post"])),
            "seed": rows[0].seed,
            "drawn": list(keys.values()),
            "conflicts": [
                {"juror": juror_key(j), "reason": plain(why)} for j, why, _ in conflicts.get(organisation_id, [])
            ],
        }
    return found


def touched(session: Session, frame: Frame, owners: dict[int, Owner]) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """Participant → {"relabelled": [...], "hidden": [...]}: what was done to items since the period began."""
    found: dict[int, dict[str, list[dict[str, Any]]]] = {}
    for organisation_id, line in _relabelled(session, frame, sorted(owners)):
        mine = found.setdefault(owners[organisation_id].organisation_id, {"relabelled": [], "hidden": []})
        mine["relabelled"].append(line)
    for organisation_id, line in _hidden(session, frame, sorted(owners)):
        mine = found.setdefault(owners[organisation_id].organisation_id, {"relabelled": [], "hidden": []})
        mine["hidden"].append(line)
    return found


def flags(session: Session, frame: Frame, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Participant → its flags, decided or not."""
    query = select(Flag).where(col(Flag.award_id) == frame.award_id, col(Flag.organisation_id).in_(ids))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in session.execute(query.where(col(Flag.at) <= frame.at).order_by(col(Flag.kind), col(Flag.key))).scalars():
        decided = row.decided_at is not None and row.decided_at <= frame.at
        found.setdefault(row.organisation_id, []).append(
            {
                "kind": row.kind,
                "key": plain(row.key),
                "facts": dict(row.facts),
                "decision": row.decision if decided else None,
                "why": plain(row.why) if decided else "",
                "by": plain(row.by_name) if decided and row.by_name else None,
            }
        )
    return found


def _draws(session: Session, frame: Frame, ids: Sequence[int]) -> dict[int, list[Draw]]:
    query = select(Draw).where(col(Draw.award_id) == frame.award_id, col(Draw.organisation_id).in_(ids))
    found: dict[int, list[Draw]] = {}
    for row in session.execute(query.order_by(col(Draw.organisation_id), col(Draw.position))).scalars():
        found.setdefault(row.organisation_id, []).append(row)
    return found


def _marks(session: Session, frame: Frame, draws: Sequence[int]) -> dict[int, list[Mark]]:
    found: dict[int, list[Mark]] = {}
    for start in range(0, len(draws), 500):
        query = select(Mark).where(col(Mark.draw_id).in_(draws[start : start + 500]), col(Mark.at) <= frame.at)
        for row in session.execute(query.order_by(col(Mark.id))).scalars():
            found.setdefault(row.draw_id, []).append(row)
    return found


def _conflicts(session: Session, frame: Frame, ids: Sequence[int]) -> dict[int, list[tuple[int, str, int]]]:
    query = (
        select(col(Conflict.organisation_id), col(Conflict.juror_id), col(Conflict.reason), col(Conflict.id))
        .join(Juror, col(Juror.id) == col(Conflict.juror_id))
        .where(
            col(Juror.award_id) == frame.award_id, col(Conflict.organisation_id).in_(ids), col(Conflict.at) <= frame.at
        )
        .order_by(col(Conflict.juror_id))
    )
    found: dict[int, list[tuple[int, str, int]]] = {}
    for organisation_id, juror_id, reason, number in session.execute(query):
        found.setdefault(organisation_id, []).append((juror_id, reason, number))
    return found


def _means(given: Sequence[dict[str, Any]], criteria: Sequence[str]) -> dict[str, Decimal]:
    """The mean of each criterion over the posts, 4 decimals, half even. Marks are whole numbers."""
    return {
        name: (Decimal(sum(int(each.get(name, 0)) for each in given)) / len(given)).quantize(_PLACES, ROUND_HALF_EVEN)
        for name in criteria
    }


def _relabelled(session: Session, frame: Frame, ids: Sequence[int]) -> Any:
    query = (
        select(
            col(Aspiration.organisation_id), col(Aspiration.id), col(Aspiration.suggested_kind), col(Event.facts),
            col(Event.who), col(Event.at), col(Event.why),
        )
        .join(Aspiration, (col(Event.subject) == "aspiration") & (col(Aspiration.id) == col(Event.subject_id)))
        .where(
            col(Event.what) == "kind", col(Aspiration.organisation_id).in_(ids), col(Event.at) >= frame.start,
            col(Event.at) <= frame.at, col(Aspiration.said_at) >= frame.start, col(Aspiration.said_at) < frame.until,
        )
        .order_by(col(Event.id))
    )  # fmt: skip
    for organisation_id, number, suggested, facts, who, at, why in session.execute(query):
        before, after = facts.get("from"), facts.get("to")
        # The first sorting of an item is no relabelling, unless it takes what reads like a complaint out of the rows.
        away = after in _UNANSWERED and suggested in MUST_ANSWER
        if before != after and (before not in (None, "perlu dipilah") or away):
            line = {"id": number, "from": before, "to": after, "by": plain(who), "at": iso(at), "why": plain(why)}
            yield organisation_id, line


def _hidden(session: Session, frame: Frame, ids: Sequence[int]) -> Any:
    query = (
        select(
            col(Aspiration.organisation_id), col(Aspiration.id), col(Aspiration.kind), col(Outgoing.action),
            col(Outgoing.reason), col(Person.name), col(Outgoing.created_at),
        )
        .join(Aspiration, col(Aspiration.id) == col(Outgoing.aspiration_id))
        .outerjoin(Person, col(Person.id) == col(Outgoing.author_id))
        .where(
            col(Outgoing.action).in_(("hide", "delete")), col(Outgoing.state).not_in(_NEVER_SENT),
            col(Aspiration.organisation_id).in_(ids), col(Aspiration.said_at) >= frame.start,
            col(Aspiration.said_at) < frame.until, col(Outgoing.created_at) <= frame.at,
        )
        .order_by(col(Aspiration.id), col(Outgoing.id))
    )  # fmt: skip
    for organisation_id, number, kind, action, reason, name, at in session.execute(query):
        line = {"id": number, "kind": kind, "action": action, "reason": plain(reason)}
        yield organisation_id, {**line, "by": plain(name) or None, "at": iso(at)}
