"""Saved views of the inbox: a filter by name, one's own or everybody's in the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from app.models import Organisation, SavedView
from app.problems import Problem
from app.queries.wanted import Wanted, kept

NAME_MOST = 60
#: Views that one person, or an organisation, may have: more are not seen but searched for.
MOST = 30


@dataclass(frozen=True)
class View:
    """A saved view. address: for url_for. shared: everybody in the organisation has it."""

    id: int
    name: str
    address: Mapping[str, str]
    shared: bool


def views_of(session: Session, organisation_id: int, person_id: int | None) -> list[View]:
    """What this person is offered here: the shared ones, then their own; each by name."""
    rows = session.exec(
        select(SavedView)
        .where(
            SavedView.organisation_id == organisation_id,
            or_(col(SavedView.person_id).is_(None), col(SavedView.person_id) == person_id),
        )
        .order_by(col(SavedView.person_id).is_not(None), func.lower(SavedView.name), col(SavedView.id))
    )
    # Read anew: a filter that this version does not know any more is left out.
    return [View(row.id or 0, row.name, kept(Wanted.read(row.query)), row.person_id is None) for row in rows]


def save(
    session: Session, organisation_id: int, person_id: int, name: str, query: Mapping[str, Any], *, shared: bool = False
) -> SavedView:
    """Keep a filter (as in the inbox's address) by a name; the same name of the same owner is written over.

    Problem("view_name"), Problem("view_empty"), Problem("views_many").
    """
    owner = None if shared else person_id
    name = _name(name)
    wanted = kept(Wanted.read(query))
    if not wanted:
        raise Problem("view_empty")
    # Two who save the same name at once come one after the other: NULL owners are no rivals to a unique rule.
    session.exec(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update()).one()
    rows = session.exec(_owned(organisation_id, owner)).all()
    view = next((row for row in rows if row.name.lower() == name.lower()), None)
    if view is None:
        if len(rows) >= MOST:
            raise Problem("views_many", most=MOST)
        view = SavedView(organisation_id=organisation_id, person_id=owner, name=name)
    view.name, view.query = name, dict(wanted)
    session.add(view)
    session.flush()
    return view


def rename(session: Session, view_id: int, organisation_id: int, person_id: int, name: str) -> SavedView:
    """Another name; Problem("view_name"), Problem("view_name_taken"), Problem("unknown_view")."""
    view, name = _get(session, view_id, organisation_id, person_id), _name(name)
    rows = session.exec(_owned(organisation_id, view.person_id)).all()
    if any(row.id != view.id and row.name.lower() == name.lower() for row in rows):
        raise Problem("view_name_taken", field="name", name=name)
    view.name = name
    session.add(view)
    session.flush()
    return view


def remove(session: Session, view_id: int, organisation_id: int, person_id: int) -> None:
    """It is no longer offered; Problem("unknown_view")."""
    session.delete(_get(session, view_id, organisation_id, person_id))
    session.flush()


def _get(session: Session, view_id: int, organisation_id: int, person_id: int) -> SavedView:
    """A shared one of this organisation or one's own; nobody else's exists."""
    view = session.get(SavedView, view_id)
    if view is None or view.organisation_id != organisation_id or view.person_id not in (None, person_id):
        raise Problem("unknown_view")
    return view


def _owned(organisation_id: int, person_id: int | None) -> Any:
    return select(SavedView).where(
        SavedView.organisation_id == organisation_id, col(SavedView.person_id).is_not_distinct_from(person_id)
    )


def _name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > NAME_MOST:
        raise Problem("view_name", field="name", most=NAME_MOST)
    return name
