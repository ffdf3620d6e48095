"""Whom items may be handed on to: the names that are offered."""

from __future__ import annotations

from sqlmodel import Session, select

from app.models import Agency
from app.problems import Problem
from app.services.collecting import storable
from app.states import Actor, note

NAME_MOST, MOST = 120, 100


def add(session: Session, organisation_id: int, name: str, by: Actor) -> Agency:
    """Offer a name from now on; one that was removed comes back. Problem: name_needed, text_too_long, agencies_many."""
    plain = " ".join(storable(name).split())
    if not plain:
        raise Problem("name_needed", field="name")
    if len(plain) > NAME_MOST:
        raise Problem("text_too_long", field="name", most=NAME_MOST)
    row = remembered(session, organisation_id, plain, most=MOST)
    note(session, row, "add", by, facts={"name": row.name})
    return row


def remembered(session: Session, organisation_id: int, name: str, *, most: int | None = None) -> Agency:
    """The one of this name as it was first written, offered (again) from now on. most: Problem("agencies_many") where
    there are so many and it is new."""
    rows = session.exec(select(Agency).where(Agency.organisation_id == organisation_id)).all()
    row = next((one for one in rows if one.name.casefold() == name.casefold()), None)
    if row is None and most is not None and len(rows) >= most:
        raise Problem("agencies_many", most=most)
    row = row or Agency(organisation_id=organisation_id, name=name)
    row.active = True
    session.add(row)
    session.flush()
    return row


def remove(session: Session, organisation_id: int, name: str, by: Actor) -> None:
    """Not offered any more; what was handed on there stays written. One that is not there is removed already."""
    row = session.exec(select(Agency).where(Agency.organisation_id == organisation_id, Agency.name == name)).first()
    if row is not None and row.active:
        row.active = False
        session.add(row)
        session.flush()
        note(session, row, "remove", by, facts={"name": row.name})
