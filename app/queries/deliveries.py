"""Deliveries as people see them: where each stands on its account, and what was done to find out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app import words_hand
from app.models import Account, Delivery, Event
from app.services import budgets
from connectors import load

#: States in which a delivery is public, or may be: its post is taken back instead of called off.
MAYBE_PUBLIC = ("published", "committing", "unsure", "needs_person", "handed")
#: States that another one follows soon without anybody's doing.
MOVING = ("staging", "committing", "unsure", "withdrawing")


@dataclass(frozen=True)
class Looks:
    """How often an account was read for an unclear post since it was last sent, and when first and last."""

    times: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True)
class Way:
    """A delivery: the post's way to one account. health: of the account.

    paused_until: the later end of the pauses that hold this account up now; paused_at: percent used, where that is why.
    by_hand: a person has to delete it there. confirmed_by: whose word its state rests on, when not the platform's.
    """

    id: int
    post_id: int
    account_id: int
    connector: str
    account: str
    practice: bool
    state: str
    due_at: datetime
    wake_at: datetime | None
    ready: bool
    attempts: int
    unsure_since: datetime | None
    commit_at: datetime | None
    published_at: datetime | None
    permalink: str | None
    remote_id: str | None
    confirmed_by: str | None
    error_code: str | None
    error_facts: Mapping[str, Any]
    health: str
    paused_until: datetime | None
    paused_at: int | None
    by_hand: bool
    looks: Looks

    @property
    def deletable(self) -> bool:
        """Whether its platform lets a program delete posts."""
        kind = load().get(self.connector)
        return kind is not None and "delete_post" in kind.can


def of_post(session: Session, post_id: int, now: datetime) -> list[Way]:
    """The deliveries of a post, by platform and account."""
    rows = session.execute(
        select(Delivery, Account)
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(col(Delivery.post_id) == post_id)
        .order_by(col(Account.connector), col(Account.name), col(Delivery.id))
    ).all()
    return ways(session, [(delivery, account) for delivery, account in rows], now)


def ways(session: Session, rows: Sequence[tuple[Delivery, Account]], now: datetime) -> list[Way]:
    """These deliveries with what is told of them elsewhere: pauses, looks, words of people."""
    pauses = budgets.pauses(session, now)
    traces = _traces(session, [delivery.id or 0 for delivery, _ in rows if delivery.state in _TRACED])
    return [_way(delivery, account, pauses, traces.get(delivery.id or 0, _Trace()), now) for delivery, account in rows]


def _way(delivery: Delivery, account: Account, pauses: budgets.Pauses, trace: _Trace, now: datetime) -> Way:
    # A person who once said "it is public" has not said that it was deleted.
    said = trace.withdrawn_by if delivery.state == "withdrawn" else delivery.confirmed_by
    return Way(
        id=delivery.id or 0,
        post_id=delivery.post_id,
        account_id=delivery.account_id,
        connector=account.connector,
        account=account.name,
        practice=account.practice,
        state=delivery.state,
        due_at=delivery.due_at,
        wake_at=delivery.wake_at,
        ready=delivery.ready,
        attempts=delivery.attempts,
        unsure_since=delivery.unsure_since,
        commit_at=delivery.commit_at,
        published_at=delivery.published_at,
        permalink=delivery.permalink,
        remote_id=delivery.remote_id,
        confirmed_by=said,
        error_code=delivery.error_code,
        error_facts=dict(delivery.error_facts or {}),
        health=account.health,
        paused_until=pauses.until(account, now),
        paused_at=pauses.percent(account),
        by_hand=words_hand.needed(delivery),
        # A look that has just begun is counted before its event is written by another process: the larger is right.
        looks=Looks(max(trace.looks, delivery.looks), trace.first, trace.last),
    )


_TRACED = ("unsure", "needs_person", "withdrawn")
_TOLD = ("commit", "look_again", "withdrawn")
#: Values in one statement: SQLite takes some ten thousand, and a list of deliveries only grows.
_AT_ONCE = 500


@dataclass
class _Trace:
    looks: int = 0
    first: datetime | None = None
    last: datetime | None = None
    withdrawn_by: str | None = None


def _traces(session: Session, ids: Sequence[int]) -> dict[int, _Trace]:
    found: dict[int, _Trace] = {}
    for at in range(0, len(ids), _AT_ONCE):
        rows = session.execute(
            select(col(Event.subject_id), col(Event.what), col(Event.at), col(Event.who), col(Event.person_id))
            .where(
                col(Event.subject) == "delivery",
                col(Event.subject_id).in_(ids[at : at + _AT_ONCE]),
                col(Event.what).in_(_TOLD),
            )
            .order_by(col(Event.id))
        )
        for id_, what, when, who, person_id in rows:
            trace = found.setdefault(id_, _Trace())
            if what == "commit":
                trace.looks, trace.first, trace.last = 0, None, None
            elif what == "look_again" and person_id is None:  # a person only asks for another look
                trace.looks, trace.first, trace.last = trace.looks + 1, trace.first or when, when
            elif what == "withdrawn":
                trace.withdrawn_by = who if person_id is not None else None
    return found
