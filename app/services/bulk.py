"""One change to several items of the inbox, each checked on its own; and the way back, where nobody changed it since.

Beside the Event of each item there is one of the organisation that says what was done to how many, and what was there
before: the way back reads it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from app.models import Aspiration, Event, Organisation, Person
from app.problems import Problem, Stale
from app.services import bulk_steps as steps
from app.services import items
from app.states import Actor, note

#: Items in one change: with their Events they are one transaction (design.md section 12).
MOST = 100
#: How many changes of an organisation may lie between a change and its way back.
_REMEMBERED = 50


@dataclass
class Done:
    """changed: how many items. skipped: item → why not (a code of app/words.py). undo: the token of the way back, None
    where nothing was changed.
    """

    changed: int = 0
    skipped: dict[int, str] = field(default_factory=dict)
    undo: str | None = None


def apply(
    session: Session, organisation_id: int, ids: Iterable[int], by: Actor, *, kind: str | None = None,
    status: str | None = None, assignee: Person | None = None, label: str | None = None, spam: bool | None = None,
    secret: bool | None = None,
) -> Done:  # fmt: skip
    """One of the changes to at most MOST items; an item that it does not fit is left as it is, and why is said.

    spam: True also hides the comments on their platforms, False shows them again. label: added to the others.
    Problem: too_many_at_once, one_change, unknown_organisation, and what no item could take (unknown_kind, ...).
    """
    given = {
        "kind": kind, "status": status, "assignee": assignee, "label": label, "spam": spam, "secret": secret,
    }  # fmt: skip
    chosen = {what: value for what, value in given.items() if value is not None}
    if len(chosen) != 1:
        raise Problem("one_change")
    wanted = sorted(set(ids))
    if len(wanted) > MOST:
        raise Problem("too_many_at_once", most=MOST)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    ((what, value),) = chosen.items()
    steps.check(what, value)
    done, before = Done(), dict[str, dict[str, Any]]()
    # In the order of their numbers: two such changes at once do not wait for each other.
    for item_id in wanted:
        try:
            with session.begin_nested():
                was = steps.STEPS[what].do(session, _own(session, organisation_id, item_id, by), by, value)
        except Problem as problem:
            done.skipped[item_id] = problem.code
        except Stale:
            done.skipped[item_id] = "stale"
        else:
            if was is not None:
                before[str(item_id)] = was
    done.changed = len(before)
    if before:
        done.undo = secrets.token_hex(8)
        said = value.email if isinstance(value, Person) else value
        facts = {"token": done.undo, "what": what, "to": said, "before": before}
        note(session, organisation, "bulk", by, facts=facts)
    return done


def undo(session: Session, organisation_id: int, token: str, by: Actor) -> Done:
    """Take a change back, once, in the items that nobody changed since (the others: "changed_since").

    Problem: nothing_to_undo (no such change, too long ago, or taken back already).
    """
    recent = session.exec(
        select(Event)
        .where(Event.subject == "organisation", Event.subject_id == organisation_id)
        .where(col(Event.what).in_(("bulk", "bulk_undo")))
        .order_by(col(Event.id).desc())
        .limit(_REMEMBERED)
    ).all()
    same = [event for event in recent if token and event.facts.get("token") == token]
    if not same or any(event.what == "bulk_undo" for event in same):
        raise Problem("nothing_to_undo")
    change, done = same[0], Done()
    step = steps.STEPS[change.facts["what"]]
    for number, was in change.facts["before"].items():
        item_id = int(number)
        try:
            with session.begin_nested():
                item = _own(session, organisation_id, item_id, by)
                if _changed_since(session, item_id, step.events, change.id or 0):
                    raise Problem("changed_since")
                step.undo(session, item, by, was)
        except Problem as problem:
            done.skipped[item_id] = problem.code
        except Stale:
            done.skipped[item_id] = "stale"
        else:
            done.changed += 1
    organisation = session.get_one(Organisation, organisation_id)
    note(session, organisation, "bulk_undo", by, facts={"token": token, "changed": done.changed})
    return done


def _own(session: Session, organisation_id: int, item_id: int, by: Actor) -> Aspiration:
    item = items.opened(session, item_id, by)
    if item.organisation_id != organisation_id:
        raise Problem("unknown_item", id=item_id)
    return item


def _changed_since(session: Session, item_id: int, events: tuple[str, ...], after: int) -> bool:
    """Whether the history knows of another such change since."""
    query = select(Event.id).where(Event.subject == "aspiration", Event.subject_id == item_id, col(Event.id) > after)
    return session.exec(query.where(col(Event.what).in_(events)).limit(1)).first() is not None
