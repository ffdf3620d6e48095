"""Remind people of deadlines, promises and silent agencies; and let no deadline stand by an old calendar."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import col, select

from app.models import Organisation
from app.parts import Parts
from app.services import deadlines, reminding
from app.states import Actor

CALENDAR = Actor("kalender")


def run(parts: Parts, go_on: Callable[[], bool]) -> None:
    """What is due now."""
    reminding.remind(parts, go_on)


def straighten(parts: Parts, go_on: Callable[[], bool]) -> None:
    """Deadlines that a stop left behind after the calendar changed, or that a newer list of holidays moves."""
    with parts.db.read() as session:
        ids = session.exec(select(Organisation.id).order_by(col(Organisation.id))).all()
    for organisation_id in ids:
        if not go_on():
            return
        if organisation_id is not None:
            deadlines.recompute_open(parts, organisation_id, CALENDAR)
