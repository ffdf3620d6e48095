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
    """Oldest first; at most MOST, the newest ones."""
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
                and_(col(Event.subject) == "delivery", col(Event.subject_id).in_(deliveries)),
            )
        )
        .order_by(col(Event.id).desc())
        .limit(MOST)
    ).all()  # fmt: skip
    found: list[Told] = []
    for at, who, person_id, subject, what, why, facts, connector, account in reversed(rows):
        if (subject, what) in SILENT:
            continue
        told = Told(at, who, person_id is not None, subject, what, why, facts or {}, connector, account)
        last = found[-1] if found else None
        if last and _same(last, told):
            found[-1] = replace(told, times=last.times + 1)
        else:
            found.append(told)
    return found


def _same(one: Told, other: Told) -> bool:
    mine = (one.subject, one.what, one.who, one.account, one.connector, one.why)
    return mine == (other.subject, other.what, other.who, other.account, other.connector, other.why)
