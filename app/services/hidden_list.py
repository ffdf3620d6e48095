"""The daily list of what the spam filter hid by itself, so that a mistake is found within a day.

Exactly once an organisation and day: the letters and the Event that says so are one transaction under the
organisation's row. A day of which nobody was told (a stop) is told with the next list.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app import times, words_hidden
from app.db import lease_time
from app.models import Aspiration, Event, Letter, Organisation
from app.parts import Parts
from app.services import notice_addresses
from app.services.suggesting import FILTER
from app.states import note

#: Local hour from which the list of the days before is sent.
HOUR = 7
ROLES = ("koordinator",)
TOLD = "hidden_list"
#: (item, its text) of what was hidden.
Hidden = list[tuple[int, str]]


def send_due(parts: Parts, mask: Callable[[str], str], go_on: Callable[[], bool] = lambda: True) -> int:
    """Write the letters of every organisation that has something to be told; how many. mask: for what residents
    wrote (app/queries/masking.mask)."""
    with parts.db.read() as session:
        present = lease_time(session)
        filtered = select(Aspiration.organisation_id).where(Aspiration.kind_by == FILTER.who).distinct()
        places = session.exec(
            select(Organisation.id, Organisation.zone).where(col(Organisation.id).in_(filtered))
        ).all()
    written = 0
    for organisation_id, zone in places:
        local = times.local(present, zone)
        if organisation_id is not None and local.hour >= HOUR and go_on():
            midnight = datetime.combine(local.date(), time(), ZoneInfo(zone))
            written += _write(parts, organisation_id, midnight, mask)
    return written


def _write(parts: Parts, organisation_id: int, midnight: datetime, mask: Callable[[str], str]) -> int:
    with parts.db.read() as session:
        if not _hidden(session, organisation_id, midnight):
            return 0
    with parts.db.write() as session:
        # Two workers: the second waits here and then finds it told.
        organisation = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        hidden = _hidden(session, organisation_id, midnight)
        if organisation is None or not hidden:
            return 0
        present = lease_time(session)
        shown = [(item_id, mask(" ".join(text.split()))) for item_id, text in hidden]
        title, body = words_hidden.letter(organisation.name, shown, parts.settings.public_url)
        addresses = notice_addresses.named(parts, organisation)
        if parts.settings.mail_url:
            people = notice_addresses.people(session, organisation)
            addresses = [*addresses, *(f"person:{person_id}" for person_id, role in people.items() if role in ROLES)]
        session.add_all(
            Letter(
                organisation_id=organisation_id, address=address, at=present, causes=[f"{TOLD}:{midnight.date()}"],
                title=title, body=body, wake_at=present,
            )
            for address in addresses
        )  # fmt: skip
        session.flush()
        note(session, organisation, TOLD, FILTER, facts={"until": midnight.isoformat(), "items": len(hidden)})
        return len(addresses)


def _hidden(session: Session, organisation_id: int, midnight: datetime) -> Hidden:
    """What the filter hid before this midnight and no list has named, oldest first."""
    last = session.exec(
        select(Event.facts)
        .where(Event.subject == "organisation", Event.subject_id == organisation_id, Event.what == TOLD)
        .order_by(col(Event.id).desc())
        .limit(1)
    ).first()
    rules: list[Any] = [
        Event.subject == "aspiration",
        Event.what == "kind",
        Event.who == FILTER.who,
        col(Event.at) < midnight,
        Aspiration.organisation_id == organisation_id,
    ]
    if last is not None:
        rules.append(col(Event.at) >= datetime.fromisoformat(str(last["until"])))
    rows = session.exec(
        select(Aspiration.id, Aspiration.text)
        .join(Event, col(Event.subject_id) == col(Aspiration.id))
        .where(*rules)
        .order_by(col(Event.id))
    )
    return [(item_id, text) for item_id, text in rows if item_id is not None]
