"""Who goes on as whom, and since when an organisation takes part.

Desa are merged, kelurahan split, agencies renamed. What was done stays with the organisation that did it; from a day on
its successor answers for it. A split has several successors, a merger several predecessors; nobody succeeds themselves,
not round three corners either.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from app.models import Organisation, Succession
from app.problems import Problem
from app.states import Actor, note

NOTE_MOST = 500


def succeed(session: Session, by: Actor, predecessor_id: int, successor_id: int, on: date, why: str = "") -> int:
    """From this day on the successor answers for the predecessor; the id of the record. Said again with another day or
    note, it is corrected.

    Problem: unknown_organisation, succeed_self, succeed_circle, text_too_long.
    """
    if len(why) > NOTE_MOST:
        raise Problem("text_too_long", field="note", most=NOTE_MOST)
    if predecessor_id == successor_id:
        raise Problem("succeed_self", field="by")
    # In the order of their numbers: two who write at once wait for each other, not in a ring.
    names = {number: _organisation(session, number).name for number in sorted((predecessor_id, successor_id))}
    if predecessor_id in _reached(session, successor_id, None, forward=True):
        facts = {"predecessor": names[predecessor_id], "successor": names[successor_id]}
        raise Problem("succeed_circle", field="by", **facts)
    row = _pair(session, predecessor_id, successor_id)
    before = {"on": row.on, "note": row.note} if row else None
    if row is None:
        row = Succession(predecessor_id=predecessor_id, successor_id=successor_id, on=on)
    row.on, row.note = on, " ".join(why.split())
    after = {"on": row.on, "note": row.note}
    session.add(row)
    session.flush()
    if before != after:
        pair = {"predecessor": predecessor_id, "successor": successor_id, "before": before}
        note(session, row, "correct" if before else "succeed", by, facts={**pair, **after})
    assert row.id is not None
    return row.id


def unsay(session: Session, by: Actor, predecessor_id: int, successor_id: int) -> None:
    """It was a mistake. Problem: succeed_unknown."""
    row = _pair(session, predecessor_id, successor_id)
    if row is None:
        raise Problem("succeed_unknown", field="by", predecessor=predecessor_id, successor=successor_id)
    pair = {"predecessor": predecessor_id, "successor": successor_id, "on": row.on, "note": row.note}
    note(session, row, "unsay", by, facts=pair)
    session.delete(row)


def answering_for(session: Session, organisation_id: int, day: date) -> list[int]:
    """Who answers for it on a day: those at the end of the chain, lowest number first; itself where nobody follows."""
    ahead = _reached(session, organisation_id, day, forward=True)
    if not ahead:
        return [organisation_id]
    rows = session.exec(
        select(Succession.predecessor_id).where(col(Succession.predecessor_id).in_(ahead), Succession.on <= day)
    )
    return sorted(ahead - set(rows))


def predecessors(session: Session, organisation_id: int, day: date) -> list[int]:
    """Whom it answers for on a day besides itself, over all generations, lowest number first."""
    return sorted(_reached(session, organisation_id, day, forward=False))


def joined(session: Session, by: Actor, organisation_id: int, on: date | None) -> None:
    """It takes part from this day on; None: always has. Problem: unknown_organisation, left_before_joined."""
    organisation = _organisation(session, organisation_id)
    _span(session, by, organisation, "joined", on, organisation.left_on)


def left(session: Session, by: Actor, organisation_id: int, on: date | None) -> None:
    """It takes part up to and with this day; None: goes on. Problem: unknown_organisation, left_before_joined."""
    organisation = _organisation(session, organisation_id)
    _span(session, by, organisation, "left", organisation.joined_on, on)


def _span(
    session: Session, by: Actor, organisation: Organisation, what: str, first: date | None, last: date | None
) -> None:
    if first is not None and last is not None and last < first:
        raise Problem("left_before_joined", field="on")
    before = (organisation.joined_on, organisation.left_on)
    if before == (first, last):
        return
    organisation.joined_on, organisation.left_on = first, last
    session.add(organisation)
    session.flush()
    facts = {"before": before, "joined_on": first, "left_on": last}
    note(session, organisation, what, by, facts=facts)


def _organisation(session: Session, number: int) -> Organisation:
    row = session.exec(select(Organisation).where(Organisation.id == number).with_for_update()).first()
    if row is None:
        raise Problem("unknown_organisation", field="organisation", id=number)
    return row


def _pair(session: Session, predecessor_id: int, successor_id: int) -> Succession | None:
    pair = (Succession.predecessor_id == predecessor_id, Succession.successor_id == successor_id)
    return session.exec(select(Succession).where(*pair).with_for_update()).first()


def _reached(session: Session, start: int, day: date | None, *, forward: bool) -> set[int]:
    """All that can be reached from one, without itself. day: only what holds on it. A circle, were there one, ends."""
    source = col(Succession.predecessor_id if forward else Succession.successor_id)
    target = Succession.successor_id if forward else Succession.predecessor_id
    found: set[int] = set()
    front = {start}
    while front:
        step = select(target).where(source.in_(front))
        if day is not None:
            step = step.where(Succession.on <= day)
        front = set(session.exec(step)) - found - {start}
        found |= front
    return found
