"""Notices about residents' items become troubles: what is urgent, near its deadline, late, promised, not answered.

As services/troubles.py does for posts and accounts: looked at again, what was done meanwhile left out, one cause
together. What is told is the kind, the number and the time of an item; no resident's name, nothing a resident wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.models import Aspiration, Handover, Notice, Organisation, Promise
from app.models.inbox import WAITING
from app.services.deadlines import SETTLED, is_open
from app.services.troubles import Item, Trouble

#: What is told of an item → in the order in which a letter says it.
OF_ITEM = ("urgent", "answer_late", "answer_near", "settle_late", "settle_near")
OF_PROMISE = ("promise_late", "promise_near")
OF_HANDOVER = ("handover_late",)
ORDER = (*OF_ITEM[:3], "promise_late", "handover_late", *OF_ITEM[3:], "promise_near")
_AT_ONCE = 500


def homes(session: Session, notice_ids: Collection[int]) -> dict[int, int]:
    """Notice id → id of the organisation it concerns; those whose subject is no more are not in it."""
    found: dict[int, int] = {}
    for _, notice_id, _, item, _ in _read(session, notice_ids):
        found[notice_id] = item.organisation_id
    return found


def read(session: Session, notice_ids: Collection[int], organisation: Organisation, now: datetime) -> list[Trouble]:
    """What of these notices is still so, one trouble a cause, the most urgent cause first."""
    gathered: dict[str, dict[tuple[str, int], Item]] = {}
    for subject, _, what, item, record in _read(session, notice_ids):
        if item.organisation_id == organisation.id and _still(what, item, record, now):
            # The same thing told twice is one thing.
            gathered.setdefault(what, {})[subject, record.id or 0] = _item(what, item, record, organisation.zone)
    return [
        Trouble(what, what, None, {}, items=sorted(gathered[what].values(), key=lambda each: each.due_at))
        for what in ORDER
        if what in gathered
    ]


def _read(session: Session, notice_ids: Collection[int]) -> Iterator[tuple[str, int, str, Aspiration, Any]]:
    """(subject, notice id, what, the item, what the notice is about)."""
    ids = sorted(notice_ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = col(Notice.id).in_(ids[start : start + _AT_ONCE])
        own = (
            select(Notice.id, Notice.what, Aspiration)
            .join(Aspiration, col(Aspiration.id) == Notice.subject_id)
            .where(Notice.subject == "aspiration", some)
            .order_by(col(Notice.id))
        )
        for notice_id, what, item in session.exec(own):
            yield "aspiration", notice_id or 0, what, item, item
        for subject, table in (("promise", Promise), ("handover", Handover)):
            rows = session.exec(
                select(Notice.id, Notice.what, Aspiration, table)
                .join(table, col(table.id) == Notice.subject_id)
                .join(Aspiration, col(Aspiration.id) == table.aspiration_id)
                .where(Notice.subject == subject, some)
                .order_by(col(Notice.id))
            )
            for notice_id, what, item, record in rows:
                yield subject, notice_id or 0, what, item, record


def _still(what: str, item: Aspiration, record: Any, now: datetime) -> bool:
    if what in OF_PROMISE:
        return bool(record.state == "open")
    if what in OF_HANDOVER:
        return bool(record.state == "sent")
    if what == "urgent":
        # Whatever its kind was taken for.
        return item.urgent is not None and item.status not in SETTLED
    if not is_open(item.kind, item.status):
        return False
    by = item.deadline if what.startswith("answer") else item.settle_by
    if by is None or (item.status in WAITING) != what.startswith("answer"):
        return False
    return (by <= now) == what.endswith("late")


def _item(what: str, item: Aspiration, record: Any, zone: str) -> Item:
    on: date | None = None
    if isinstance(record, Promise):
        on = record.due_on
    elif isinstance(record, Handover):
        on = record.answer_by
    if on is not None:
        by = datetime.combine(on, time(), ZoneInfo(zone))
    elif what.startswith("settle"):
        by = item.settle_by or item.said_at
    elif what == "urgent":
        by = item.said_at
    else:
        by = item.deadline or item.said_at
    people = frozenset([item.assignee_id] if item.assignee_id else [])
    return Item("", "", "", by, f"/kotak/{item.id}", people, item.kind, item.id, on, item.about_id)
