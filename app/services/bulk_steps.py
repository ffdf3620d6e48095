"""The changes that services/bulk makes to many items: how each is done to one, and how it is taken back.

``do`` says what was there before (JSON), or None where there was nothing to change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.models import KINDS, Aspiration, Comment, Outgoing, Person
from app.problems import Problem
from app.services import deadlines, finishing, handling, items, moderating, promising
from app.states import ASPIRATION, Actor, move

#: Why spam is hidden; one of the reasons that the page offers.
SPAM = "Promosi judi atau penipuan"
_TIMES = ("answered_at", "settled_at", "deadline", "settle_by", "due_from")
#: An answer or a hide in one of these has surely not been sent.
_UNSENT = ("queued", "held", "failed", "missed")

Before = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """events: what of the history is such a change too."""

    events: tuple[str, ...]
    do: Callable[[Session, Aspiration, Actor, Any], Before | None]
    undo: Callable[[Session, Aspiration, Actor, Before], None]


def check(what: str, value: Any) -> None:
    """Problem where no item could take it: unknown_kind, unknown_status, label_long, text_needed."""
    if what == "kind" and value not in KINDS:
        raise Problem("unknown_kind", field="kind", name=value, known=", ".join(KINDS))
    if what == "status" and value not in ASPIRATION.states:
        raise Problem("unknown_status", field="status", name=value, known=", ".join(ASPIRATION.states))
    if what == "label" and not handling.clean_labels([value]):
        raise Problem("text_needed", field="label")


def _kind(session: Session, item: Aspiration, by: Actor, kind: str) -> Before | None:
    if item.kind == kind and item.kind_by is not None:
        return None
    was = {"kind": item.kind, "kind_by": item.kind_by}
    moderating.set_item(session, item.id or 0, by, kind=kind)
    return {**was, "to": kind}


def _kind_back(session: Session, item: Aspiration, by: Actor, was: Before) -> None:
    facts = {"from": item.kind, "to": was["kind"], "undo": True}
    item.kind, item.kind_by = was["kind"], was["kind_by"]
    items.write(session, item, "kind", by, facts={**facts, **deadlines.renew(session, item)})


def _status(session: Session, item: Aspiration, by: Actor, status: str) -> Before | None:
    if item.status == status:
        return None
    chain = [item, *items.joined(session, item.id or 0)]
    was: Before = {"items": [_standing(one) for one in chain], "promises": []}
    if status == "selesai":
        was["promises"] = [promise.id for promise in promising.open_of(session, item.id or 0)]
        finishing.settle(session, item.id or 0, by)
    else:
        items.set_status(session, item, status, by)
    return {**was, "to": status}


def _standing(item: Aspiration) -> Before:
    dates = {name: at.isoformat() if (at := getattr(item, name)) else None for name in _TIMES}
    return {"id": item.id, "status": item.status, "into": item.duplicate_of_id, **dates}


def _status_back(session: Session, item: Aspiration, by: Actor, was: Before) -> None:
    for standing in was["items"]:
        one = item if standing["id"] == item.id else items.opened(session, standing["id"], by)
        if one.status != was["to"] or one.status == standing["status"]:
            continue  # of those that are joined to it: moved on by themselves, or never moved
        dates: dict[str, Any] = {
            name: datetime.fromisoformat(at) if (at := standing[name]) else None for name in _TIMES
        }
        # Only here something becomes unanswered again: nobody had answered.
        action = "undo" if standing["status"] == "belum ditanggapi" else standing["status"]
        move(session, one, action, by, why="undo", **{**dates, "duplicate_of_id": standing["into"]})
    for promise_id in was["promises"]:
        promising.reopen(session, promise_id, by)


def _assignee(session: Session, item: Aspiration, by: Actor, person: Person) -> Before | None:
    if item.assignee_id == person.id:
        return None
    was = item.assignee_id
    moderating.set_item(session, item.id or 0, by, assignee=person)
    return {"assignee": was}


def _assignee_back(session: Session, item: Aspiration, by: Actor, was: Before) -> None:
    person = session.get(Person, was["assignee"]) if was["assignee"] else None
    if person is not None and person.id == item.about_id:
        raise Problem("about_that_member")
    facts = {"to": person.email if person else None, "undo": True}
    items.write(session, item, "assign", by, facts=facts, assignee_id=person.id if person else None)


def _label(session: Session, item: Aspiration, by: Actor, label: str) -> Before | None:
    was = list(item.labels)
    handling.set_labels(session, item.id or 0, by, [*was, label])
    return None if item.labels == was else {"labels": was}


def _label_back(session: Session, item: Aspiration, by: Actor, was: Before) -> None:
    handling.set_labels(session, item.id or 0, by, was["labels"])


def _secret(session: Session, item: Aspiration, by: Actor, secret: bool) -> Before | None:
    if item.secret == secret:
        return None
    # Many at once are made secret; to open one again is a decision about that one, with its reason.
    handling.keep_secret(session, item.id or 0, by, secret)
    return {"secret": not secret}


def _secret_back(session: Session, item: Aspiration, by: Actor, was: Before) -> None:
    handling.keep_secret(session, item.id or 0, by, was["secret"], "undo")


def _spam(session: Session, item: Aspiration, by: Actor, spam: bool) -> Before | None:
    if spam and item.urgent:
        raise Problem("urgent_kept")
    was = _kind(session, item, by, "spam" if spam else "perlu dipilah") if spam or item.kind == "spam" else None
    sent = _hide(session, item, by, hidden=spam)
    if was is None and sent is None:
        return None
    return {**(was or {}), "outgoing": sent.id if sent else None, "spam": spam}


def _hide(session: Session, item: Aspiration, by: Actor, *, hidden: bool) -> Outgoing | None:
    """Hide or show the comment where there is one, and it is not so already; None where that cannot be done there."""
    comment = session.get(Comment, item.comment_id) if item.comment_id else None
    if comment is None or comment.hidden == hidden:
        return None
    try:
        return moderating.hide(session, item.id or 0, by, SPAM if hidden else "", hidden=hidden)
    except Problem:
        return None  # deleted, the post is gone, or a platform without hiding: its kind is what counts


def _spam_back(session: Session, item: Aspiration, by: Actor, was: Before) -> None:
    if "kind" in was:
        _kind_back(session, item, by, was)
    sent = session.get(Outgoing, was["outgoing"], with_for_update=True) if was["outgoing"] else None
    if sent is None or sent.state == "cancelled":
        return
    if sent.state in _UNSENT:
        move(session, sent, "cancel", by, why="undo", fence=sent.fence + 1, wake_at=None)
    else:
        # It is there already, or may be: the opposite follows it, in this order (answering._after_another).
        moderating.hide(session, item.id or 0, by, SPAM if not was["spam"] else "", hidden=not was["spam"])


STEPS = {
    "kind": Step(("kind",), _kind, _kind_back),
    "status": Step(tuple(ASPIRATION.states), _status, _status_back),
    "assignee": Step(("assign", "about"), _assignee, _assignee_back),
    "label": Step(("labels",), _label, _label_back),
    "secret": Step(("secret",), _secret, _secret_back),
    "spam": Step(("kind",), _spam, _spam_back),
}
