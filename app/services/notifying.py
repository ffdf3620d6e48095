"""Notices to the people in charge: what is waiting in the outbox becomes one letter an address and an organisation.

Nothing is sent here (services/letters.py does), so all of it is one transaction an organisation: the notices are
closed and the letters are there, or neither. The organisation's row is locked meanwhile, so that two workers never
write the same letters.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, delete, select

from app import words_notices
from app.db import lease_time
from app.models import Letter, Notice, Organisation
from app.parts import Parts
from app.services import concerns, notice_addresses, troubles
from app.services.troubles import Trouble

log = logging.getLogger(__name__)

#: Seconds that a notice waits for others of the same cause, and for trouble that mends itself.
SETTLE_S = 20.0
#: Seconds between two messages to one organisation: more trouble meanwhile is told together.
GAP_S = 300.0
#: What is told at any hour without waiting for more of its kind, and the seconds between two messages then.
URGENT, URGENT_GAP_S = "urgent", 60.0
#: A broken account that holds more posts is told to the same address again only after this.
REMIND = timedelta(hours=12)
#: Letters and notices are kept so long, for `doctor` and for whoever asks.
KEPT = timedelta(days=30)
#: Notices that are looked at in one go.
_MOST = 2000


def gather(parts: Parts, *, settle_s: float = SETTLE_S, gap_s: float = GAP_S) -> int:
    """Write letters about what waits in the outbox; how many. Cheap when nothing is due: one indexed read."""
    with parts.db.read() as session:
        due = _due(session, lease_time(session), settle_s)
        if not due:
            return 0
        homes = _homes(session, due)
    _close(parts, [notice_id for notice_id in due if notice_id not in homes])
    written = 0
    for organisation_id in sorted(set(homes.values())):
        try:
            written += _tell(parts, organisation_id, gap_s)
        except Exception:
            # What one organisation's notices trip over is not the others' trouble; they are there at the next look.
            log.exception("notices of organisation %s", organisation_id)
    return written


def _tell(parts: Parts, organisation_id: int, gap_s: float) -> int:
    with parts.db.write() as session:
        # Not "for update": new posts and accounts, which point to this row, need not wait.
        organisation = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        if organisation is None:
            return 0
        present = lease_time(session)
        # Those that are younger than the settle time too: they would be the next message.
        waiting = [
            notice_id for notice_id, home in _homes(session, _due(session, present)).items() if home == organisation_id
        ]
        if not waiting:
            return 0
        found = [
            *concerns.read(session, waiting, organisation, present),
            *troubles.read(session, waiting, organisation),
        ]
        urgent = any(each.what == URGENT for each in found)
        gap = timedelta(seconds=min(gap_s, URGENT_GAP_S) if urgent else gap_s)
        free_at = _last(session, organisation_id, present) + gap
        if found and free_at > present:
            _mark(session, waiting, wake_at=free_at)
            return 0
        letters = _letters(session, parts, organisation, found, present)
        session.add_all(letters)
        _mark(session, waiting, wake_at=None, told_at=present if letters else None)
        _forget(session, present)
        return len(letters)


def _letters(
    session: Session, parts: Parts, organisation: Organisation, found: Sequence[Trouble], present: datetime
) -> list[Letter]:
    """One an address, about what concerns it and was not told there already."""
    assert organisation.id is not None
    told = _told(session, organisation.id, present)
    written = []
    for address, theirs in _addressed(session, parts, organisation, found).items():
        fresh = [each for each in theirs if each.account is None or each.news or each.key not in told[address]]
        if not fresh:
            continue
        title, body = words_notices.letter(
            fresh, organisation=organisation.name, zone=organisation.zone, base=parts.settings.public_url
        )
        causes = [each.key for each in fresh]
        written.append(
            Letter(
                organisation_id=organisation.id, address=address, at=present, causes=causes,
                title=title, body=body, wake_at=present,
            )
        )  # fmt: skip
    return written


def _addressed(
    session: Session, parts: Parts, organisation: Organisation, found: Sequence[Trouble]
) -> dict[str, list[Trouble]]:
    """Address → its troubles. Gateways hear of all, people of what ``Trouble.told_to`` says.

    People are told by mail, so only where a mail server is set.
    """
    if not found:
        return {}
    addressed: dict[str, list[Trouble]] = {name: list(found) for name in notice_addresses.named(parts, organisation)}
    if not parts.settings.mail_url:
        return addressed
    for person_id, role in notice_addresses.people(session, organisation).items():
        if mine := [part for each in found if (part := each.told_to(person_id, role))]:
            addressed[f"person:{person_id}"] = mine
    return addressed


def _homes(session: Session, notice_ids: Sequence[int]) -> dict[int, int]:
    return troubles.homes(session, notice_ids) | concerns.homes(session, notice_ids)


def _due(session: Session, present: datetime, settle_s: float = 0.0) -> list[int]:
    """What has waited so long, and what is urgent."""
    wake_at = col(Notice.wake_at)
    settled = or_(wake_at <= present - timedelta(seconds=settle_s), col(Notice.what) == URGENT)
    query = select(Notice.id).where(wake_at <= present, settled).order_by(wake_at).limit(_MOST)
    return [notice_id for notice_id in session.exec(query) if notice_id is not None]


def _last(session: Session, organisation_id: int, present: datetime) -> datetime:
    query = select(func.max(col(Letter.at))).where(col(Letter.organisation_id) == organisation_id)
    return session.execute(query).scalar_one_or_none() or present - KEPT


def _told(session: Session, organisation_id: int, present: datetime) -> dict[str, set[str]]:
    """Address → causes of which it was told lately."""
    told: dict[str, set[str]] = defaultdict(set)
    rows = session.exec(
        select(Letter.address, Letter.causes).where(
            col(Letter.organisation_id) == organisation_id, col(Letter.at) > present - REMIND
        )
    )
    for address, causes in rows:
        told[address] |= set(causes)
    return told


def _mark(session: Session, notice_ids: Sequence[int], **values: datetime | None) -> None:
    for start in range(0, len(notice_ids), 500):
        some = notice_ids[start : start + 500]
        session.execute(
            update(Notice).where(col(Notice.id).in_(some), col(Notice.wake_at).is_not(None)).values(**values)
        )


def _close(parts: Parts, notice_ids: Sequence[int]) -> None:
    """Whose subject is no more: nothing to tell."""
    if notice_ids:
        with parts.db.write() as session:
            _mark(session, notice_ids, wake_at=None)


def _forget(session: Session, present: datetime) -> None:
    session.execute(delete(Letter).where(col(Letter.wake_at).is_(None), col(Letter.at) < present - KEPT))
    session.execute(delete(Notice).where(col(Notice.wake_at).is_(None), col(Notice.at) < present - KEPT))
