"""The weekly digest: how the inbox stands, by mail to koordinator and pembina, Mondays from 07.00 local.

Exactly once an organisation and week: the letters and the Event that says so are one transaction under the
organisation's row. Late (after a stop) it is sent up to ``LATEST`` after its time, then skipped. The letters leave as
all others (services/letters.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app import times, words_digest
from app.db import lease_time
from app.models import Event, Letter, Organisation
from app.parts import Parts
from app.services import notice_addresses
from app.states import Actor, note
from app.words_digest import Week

DIGEST = Actor("ringkasan")
HOUR = 7
LATEST = timedelta(days=2)
ROLES = ("koordinator", "pembina")
#: (session, organisation, the Monday after the week, now) → what the digest says.
Reader = Callable[[Session, Organisation, date, datetime], Week]


def send_due(parts: Parts, read: Reader, go_on: Callable[[], bool] = lambda: True) -> int:
    """Write the letters of every organisation whose week is due and not told; how many letters. read: what they say
    (app/queries/weekly.read)."""
    if not parts.settings.mail_url:
        return 0
    with parts.db.read() as session:
        present = lease_time(session)
        places = session.exec(select(Organisation.id, Organisation.zone).order_by(col(Organisation.id))).all()
    written = 0
    for organisation_id, zone in places:
        if not go_on():
            break
        if organisation_id is not None and (monday := due(present, zone)) is not None:
            written += _write(parts, organisation_id, monday, read)
    return written


def due(present: datetime, zone: str) -> date | None:
    """The Monday whose digest may be sent now; None outside of its time."""
    here = times.local(present, zone)
    monday = here.date() - timedelta(days=here.weekday())
    begins = datetime.combine(monday, time(HOUR), ZoneInfo(zone))
    return monday if begins <= present < begins + LATEST else None


def _write(parts: Parts, organisation_id: int, monday: date, read: Reader) -> int:
    with parts.db.read() as session:
        if _told(session, organisation_id, monday):
            return 0
    with parts.db.write() as session:
        # Two workers: the second waits here and then finds it told.
        organisation = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        if organisation is None or _told(session, organisation_id, monday):
            return 0
        present = lease_time(session)
        week = read(session, organisation, monday, present)
        letters = [] if week.quiet else _letters(session, parts, organisation, week, present)
        session.add_all(letters)
        session.flush()
        note(session, organisation, "digest", DIGEST, facts={"week": monday, "letters": len(letters)})
        return len(letters)


def _letters(session: Session, parts: Parts, organisation: Organisation, week: Week, present: datetime) -> list[Letter]:
    """One each; the oldest items without those that are about the reader."""
    written = []
    for person_id, role in notice_addresses.people(session, organisation).items():
        if role not in ROLES:
            continue
        oldest = [old for old in week.oldest if old.about != person_id][: words_digest.OLDEST]
        title, body = words_digest.letter(week, oldest, present, parts.settings.public_url)
        written.append(
            Letter(
                organisation_id=organisation.id or 0, address=f"person:{person_id}", at=present,
                causes=[f"digest:{week.last}"], title=title, body=body, wake_at=present,
            )
        )  # fmt: skip
    return written


def _told(session: Session, organisation_id: int, monday: date) -> bool:
    rows = session.exec(
        select(Event.facts)
        .where(Event.subject == "organisation", Event.subject_id == organisation_id, Event.what == "digest")
        .order_by(col(Event.id).desc())
        .limit(1)
    )
    return any(str(facts.get("week")) >= monday.isoformat() for facts in rows)
