"""Every state machine as a table, and one ``move()``.

A state changes by a conditional UPDATE (``where id = ? and state = ?``, and the fence where a worker holds a lease)
that must hit exactly one row, and the Event that says who and why is written in the same transaction. ``python -m
app.states`` prints the tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel

from app import clock
from app.problems import Stale


@dataclass(frozen=True)
class Actor:
    """Who does it: a person (id), or a job or command by name."""

    who: str
    person_id: int | None = None


@dataclass(frozen=True)
class Machine:
    """States with a line of meaning each, and the moves between them: (from, action) → to."""

    name: str
    states: Mapping[str, str]
    moves: Mapping[tuple[str, str], str]
    column: str = "state"

    def check(self) -> str:
        """SQL for a CHECK constraint: only states that exist."""
        return f"{self.column} in ({', '.join(repr(state) for state in self.states)})"


def _moves(*rows: tuple[str, str, str]) -> dict[tuple[str, str], str]:
    """Rows of "from from ..., action, to"."""
    return {(source, action): to for sources, action, to in rows for source in sources.split()}


DELIVERY = Machine(
    "delivery",
    {
        "queued": "waits: for its time, a container, a retry, a pause or the budget",
        "staging": "a worker prepares it on the platform, invisibly; holds a lease",
        "committing": "a worker makes it public right now; intent is on disk; holds a lease",
        "published": "public, with the platform's id or a person's word for it",
        "handed": "Meta or a person has it; no lease",
        "held": "the account is broken; goes on after reconnecting, if still in time",
        "unsure": "sent, no clear answer: looking it up on the platform",
        "needs_person": "looked, and could not read: a person decides",
        "failed": "the platform refused; the reason is kept",
        "missed": "too late to send by itself; a person decides",
        "cancelled": "called off before it was sent",
        "withdrawing": "being taken back from the platform",
        "withdrawn": "taken back",
        "gone": "no longer on the platform, deleted there",
    },
    _moves(
        ("queued", "stage", "staging"),
        ("queued staging", "commit", "committing"),
        ("staging", "staged", "queued"),
        ("staging committing", "wait", "queued"),
        ("staging", "expire", "queued"),
        ("committing", "expire", "unsure"),
        ("committing", "publish", "published"),
        ("committing", "unclear", "unsure"),
        ("staging committing", "fail", "failed"),
        # Not from unsure: what may be public is looked up first, whatever the account's health.
        ("queued staging committing", "hold", "held"),
        ("queued held", "miss", "missed"),
        ("held", "release", "queued"),
        ("unsure needs_person", "found", "published"),
        # Back from a person when the post is to be withdrawn: it may be public.
        ("unsure needs_person", "look_again", "unsure"),
        ("unsure", "absent", "queued"),
        ("unsure", "unreadable", "needs_person"),
        ("unsure needs_person failed missed", "confirm", "published"),
        ("unsure needs_person failed missed", "resend", "queued"),
        ("queued held staging failed missed needs_person", "cancel", "cancelled"),
        # An answer on its way under a post that was taken back or deleted: there is nothing to answer any more.
        ("queued held unsure", "moot", "cancelled"),
        ("queued", "hand_over", "handed"),
        ("handed", "confirm", "published"),
        # A remote id that arrives late always wins: what is public is public.
        ("queued staging held unsure needs_person failed missed cancelled", "late_id", "published"),
        ("published", "withdraw", "withdrawing"),
        ("withdrawing", "withdrawn", "withdrawn"),
        ("published withdrawing", "vanish", "gone"),
    ),
)

_AFTER_APPROVAL = ("scheduled", "publishing", "published", "partly", "failed", "cancelled", "withdrawn")

POST = Machine(
    "post",
    {
        "draft": "being written",
        "in_review": "waits for the approver",
        "scheduled": "approved; its deliveries wait for their time",
        "publishing": "on its way to at least one account",
        "published": "public on every account",
        "partly": "public on some accounts, not on others",
        "failed": "public nowhere",
        "cancelled": "called off",
        "withdrawn": "taken back everywhere",
    },
    _moves(
        ("draft", "submit", "in_review"),
        ("in_review", "send_back", "draft"),
        ("draft in_review", "approve", "scheduled"),
        ("draft in_review", "cancel", "cancelled"),
        # After approval the state is computed from the deliveries (services/queueing.settle).
        *((" ".join(s for s in _AFTER_APPROVAL if s != to), f"now_{to}", to) for to in _AFTER_APPROVAL),
    ),
)

_STATUSES = {
    "belum ditanggapi": "nobody has answered",
    "sudah ditanggapi": "answered",
    "ditindaklanjuti": "being worked on",
    "diteruskan": "handed on to an agency",
    "menunggu warga": "we asked the resident something",
    "selesai": "done",
    "dibuka lagi": "the resident came back",
    "diarsipkan": "put away without an answer",
}

ASPIRATION = Machine(
    "aspiration",
    _STATUSES,
    # A person may set any status, but nothing becomes unanswered again: what comes back is "dibuka lagi". Only a slip
    # of many items at once may be taken back (services/bulk).
    {
        **{(source, to): to for source in _STATUSES for to in _STATUSES if to not in (source, "belum ditanggapi")},
        **{(source, "undo"): "belum ditanggapi" for source in _STATUSES if source != "belum ditanggapi"},
    },
    column="status",
)

HANDOVER = Machine(
    "handover",
    {
        "sent": "the agency has it",
        "answered": "the agency answered",
        "returned": "not theirs, or they will not: it is ours again",
    },
    _moves(("sent", "answer", "answered"), ("sent", "return", "returned"), ("answered returned", "reopen", "sent")),
)

PROMISE = Machine(
    "promise",
    {"open": "to be kept", "kept": "kept, in time or late", "dropped": "taken back, and why was said"},
    _moves(("open", "keep", "kept"), ("open", "drop", "dropped"), ("kept dropped", "reopen", "open")),
)

AWARD = Machine(
    "award",
    {
        "draft": "rules are being written",
        "fixed": "rules and weights stand and are published; the period runs or is over",
        "frozen": "a version is frozen; objections may come",
        "released": "the result is public",
    },
    _moves(
        ("draft", "fix", "fixed"),
        ("fixed", "unfix", "draft"),
        ("fixed", "freeze", "frozen"),
        ("frozen", "release", "released"),
        ("released", "take_back", "frozen"),
    ),
)

OBJECTION = Machine(
    "objection",
    {
        "filed": "came in",
        "examined": "somebody looks into it",
        "accepted": "right: a new version heeds it",
        "partly": "right in part",
        "rejected": "not so, and why was said",
        "withdrawn": "taken back by who filed it",
    },
    _moves(
        ("filed", "examine", "examined"),
        ("filed examined", "accept", "accepted"),
        ("filed examined", "accept_partly", "partly"),
        ("filed examined", "reject", "rejected"),
        ("filed examined", "withdraw", "withdrawn"),
    ),
)

MACHINES = (POST, DELIVERY, ASPIRATION, HANDOVER, PROMISE, AWARD, OBJECTION)
#: An outgoing reply, hide or delete lives by the rules of a delivery.
_OF_TABLE = {
    "post": POST,
    "delivery": DELIVERY,
    "outgoing": DELIVERY,
    "aspiration": ASPIRATION,
    "handover": HANDOVER,
    "promise": PROMISE,
    "award": AWARD,
    "objection": OBJECTION,
}
LEASED = ("staging", "committing")
#: States of which somebody is told (services/notifying), of a post's delivery as of an answer.
TOLD = ("failed", "held", "missed", "needs_person")


def move(
    session: Session,
    record: Any,
    action: str,
    by: Actor,
    *,
    why: str | None = None,
    facts: Mapping[str, Any] | None = None,
    under: int | None = None,
    **changes: Any,
) -> None:
    """Change a record's state and write the Event.

    under: the fence a worker holds; a result is written only under it. changes: further columns, written together.
    Raises Stale when the action does not fit the state, or the row is no longer as this process knows it.
    """
    table = type(record).__table__
    machine = _OF_TABLE[table.name]
    source = getattr(record, machine.column)
    target = machine.moves.get((source, action))
    if target is None:
        raise Stale(f"{table.name} {record.id}: no {action} in {source}")
    # What was set on the record and not written yet: it would be lost by taking over the row below.
    session.flush()
    written = {machine.column: target, **changes}
    change = _change(table, machine.column, tuple(written), fenced=under is not None)
    known = {"id_is": record.id, "state_is": source} | ({} if under is None else {"fence_is": under})
    row = session.execute(change, {**known, **{f"to_{name}": value for name, value in written.items()}}).first()
    if row is None:
        raise Stale(f"{table.name} {record.id}: {source} --{action}--> was overtaken")
    note(session, record, action, by, why=why, facts=facts, source=source, target=target)
    if machine is DELIVERY and target in TOLD:
        tell(session, record, target)
    for column, value in zip(table.c, row, strict=True):
        set_committed_value(record, column.key, value)


@cache
def _change(table: Table, state: str, columns: tuple[str, ...], *, fenced: bool) -> Any:
    """The conditional update, made once: putting it together costs more than running it. The whole row comes back
    with it, so that nobody has to read it once more."""
    change = update(table).where(table.c.id == bindparam("id_is"), table.c[state] == bindparam("state_is"))
    if fenced:
        change = change.where(table.c.fence == bindparam("fence_is"))
    return change.values({name: bindparam(f"to_{name}", type_=table.c[name].type) for name in columns}).returning(table)


def note(
    session: Session,
    record: Any,
    what: str,
    by: Actor,
    *,
    why: str | None = None,
    facts: Mapping[str, Any] | None = None,
    source: str | None = None,
    target: str | None = None,
) -> None:
    """Write one Event about a record; on its own for things that change no state (a staged id, a kind set by hand)."""
    note_all(session, [record], what, by, why=why, facts=facts, source=source, target=target)


def note_all(
    session: Session,
    records: Sequence[Any],
    what: str,
    by: Actor,
    *,
    why: str | None = None,
    facts: Mapping[str, Any] | None = None,
    source: str | None = None,
    target: str | None = None,
) -> None:
    """The same Event about each of some records (at least one) of one table, in one statement."""
    name, numbers = type(records[0]).__table__.name, [record.id for record in records]
    note_rows(session, name, numbers, what, by, why=why, facts=facts, source=source, target=target)


def note_rows(
    session: Session,
    subject: str,
    numbers: Sequence[int],
    what: str,
    by: Actor,
    *,
    why: str | None = None,
    facts: Mapping[str, Any] | None = None,
    source: str | None = None,
    target: str | None = None,
) -> None:
    """The same Event about rows of a table that are known by their numbers only."""
    shared = {
        "at": clock.now(),
        "who": by.who,
        "person_id": by.person_id,
        "subject": subject,
        "what": what,
        "source": source,
        "target": target,
        "why": why,
        "facts": json.loads(json.dumps(dict(facts or {}), default=str)),
    }
    known = {name: value for name, value in shared.items() if value is not None}
    rows = [{**known, "subject_id": number} for number in numbers]
    session.execute(_insert("event"), rows)


def tell(session: Session, record: Any, what: str) -> None:
    """Put a notice for the people in charge into the outbox, in the same transaction as what it is about.

    what: a state of TOLD, or a key of its own ("account_broken", "public_after_cancel", "withdraw_by_hand", ...).
    """
    table = type(record).__table__.name
    values = {"at": clock.now(), "subject": table, "subject_id": record.id, "what": what, "wake_at": clock.now()}
    session.execute(_insert("notice"), values)


@cache
def _insert(name: str) -> Any:
    return insert(SQLModel.metadata.tables[name])


def table(machine: Machine) -> str:
    """The machine as text: states with their meaning, then the moves."""
    lines = [f"{machine.name}", ""]
    lines += [f"  {state:18} {meaning}" for state, meaning in machine.states.items()]
    lines += [""] + [f"  {source:18} --{action}--> {to}" for (source, action), to in machine.moves.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    print("\n\n".join(table(machine) for machine in MACHINES))  # noqa: T201  this is the printing command
