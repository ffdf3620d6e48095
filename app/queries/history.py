"""The history of a post and its deliveries, as its page tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from app.models import Account, Delivery, Event
from app.words_history import SILENT

#: The newest that are shown; a delivery that tried for a day makes more.
MOST = 200
#: What begins an attempt; the delivery's next event says what came of it.
BEGINS = frozenset({"stage", "commit", "look_again", "withdraw"})
#: Steps that are told among a delivery's attempts only.
_STEPS = frozenset({"stage", "commit", "look_again", "staged", "wait", "expire"})


@dataclass(frozen=True)
class Told:
    """One thing that happened, or the same thing several times in a row. by_person: a person and not a worker."""

    at: datetime
    who: str
    by_person: bool
    subject: str
    what: str
    why: str | None
    facts: Mapping[str, Any]
    connector: str | None
    account: str | None
    times: int = 1


def of_post(session: Session, post_id: int) -> list[Told]:
    """Oldest first; at most MOST, the newest ones. Single steps of a delivery stand in its ``attempts``."""
    deliveries = select(col(Delivery.id)).where(col(Delivery.post_id) == post_id)
    rows = session.execute(
        select(
            col(Event.at), col(Event.who), col(Event.person_id), col(Event.subject), col(Event.what), col(Event.why),
            col(Event.facts), col(Account.connector), col(Account.name),
        )
        .outerjoin(Delivery, and_(col(Event.subject) == "delivery", col(Delivery.id) == col(Event.subject_id)))
        .outerjoin(Account, col(Account.id) == col(Delivery.account_id))
        .where(
            or_(
                and_(col(Event.subject) == "post", col(Event.subject_id) == post_id),
                and_(
                    col(Event.subject) == "delivery",
                    col(Event.subject_id).in_(deliveries),
                    col(Event.what).not_in(_STEPS),
                ),
            )
        )
        .order_by(col(Event.id).desc())
        .limit(MOST)
    ).all()  # fmt: skip
    found: list[Told] = []
    for at, who, person_id, subject, what, why, facts, connector, account in reversed(rows):
        if (subject, what) in SILENT:
            continue
        told = Told(at, who, person_id is not None, subject, what, why, _plain(facts), connector, account)
        last = found[-1] if found else None
        if last and _same(last, told):
            found[-1] = replace(told, times=last.times + 1)
        else:
            found.append(told)
    return found


def _same(one: Told, other: Told) -> bool:
    mine = (one.subject, one.what, one.who, one.account, one.connector, one.why)
    return mine == (other.subject, other.what, other.who, other.account, other.connector, other.why)


@dataclass(frozen=True)
class Attempt:
    """One thing tried for a delivery with what came of it, or (answer None) a thing that needs no answer.

    at, last_at: of the first and the last time, when the same came of it several times in a row. number: which try to
    make it public this is. facts: without a platform's own words.
    """

    at: datetime
    last_at: datetime
    who: str
    by_person: bool
    tried: str
    answer: str | None
    why: str | None
    facts: Mapping[str, Any]
    number: int | None = None
    times: int = 1


#: What may come of an attempt. Anything else stands for itself.
_ANSWERS = frozenset(
    {
        *("staged", "wait", "expire", "publish", "late_id", "unclear", "found", "absent", "unreadable", "fail", "hold"),
        *("by_hand", "withdrawn", "vanish"),
    }
)


def attempts(session: Session, post_id: int) -> dict[int, list[Attempt]]:
    """Delivery → its attempts, oldest first; of the newest MOST events of the post."""
    deliveries = select(col(Delivery.id)).where(col(Delivery.post_id) == post_id)
    rows = session.execute(
        select(
            col(Event.subject_id), col(Event.at), col(Event.who), col(Event.person_id), col(Event.what),
            col(Event.why), col(Event.facts),
        )
        .where(
            col(Event.subject) == "delivery",
            col(Event.subject_id).in_(deliveries),
            col(Event.what) != "queue",  # a promise, nothing that was tried
        )
        .order_by(col(Event.id).desc())
        .limit(MOST)
    ).all()  # fmt: skip
    found: dict[int, list[Attempt]] = {}
    for id_, at, who, person_id, what, why, facts in reversed(rows):
        _add(found.setdefault(id_, []), Attempt(at, at, who, person_id is not None, what, None, why, _plain(facts)))
    return found


def _plain(facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """Without what a platform says in its own language, and its ids: they are not for this page."""
    return {key: value for key, value in (facts or {}).items() if key not in ("user_msg", "remote_id")}


def _add(line: list[Attempt], new: Attempt) -> None:
    last = line[-1] if line else None
    # A person only asks for another look; for a deletion they ask the program.
    worked = last is not None and (not last.by_person or last.tried == "withdraw") and not new.by_person
    begun = last is not None and worked and last.tried in BEGINS and last.answer is None
    if last is not None and begun and new.tried in _ANSWERS:
        done = replace(last, last_at=new.at, answer=new.tried, why=new.why, facts=new.facts)
        line.pop()
        before = line[-1] if line else None
        if before is not None and _alike(before, done):
            done = replace(before, last_at=new.at, facts=done.facts, times=before.times + 1)
            line.pop()
        line.append(done)
        return
    if last is not None and begun and last.tried == new.tried:
        # Looked again without a result in between: the look before it found nothing certain.
        line[-1] = replace(last, last_at=new.at, times=last.times + 1)
        return
    if new.tried == "commit":
        tries = sum(each.times for each in line if each.tried == "commit")
        new = replace(new, number=tries + 1)
    line.append(new)


def _alike(one: Attempt, other: Attempt) -> bool:
    mine = (one.tried, one.answer, one.why, one.who)
    return one.answer is not None and mine == (other.tried, other.answer, other.why, other.who)
