"""Letters go out: each to one address, once, tried again a few times, bounded in time and in number.

A letter is claimed by a conditional update that counts the attempt and puts its next look behind a lease; nothing is
held open while the network is used. One address has one letter on its way, so that a dead gateway costs one wait and
never stops the others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.db import lease_time
from app.models import Letter
from app.parts import Parts
from app.problems import Problem
from app.services import gateways, notice_addresses
from app.services.gateways import Failure, File

log = logging.getLogger(__name__)

#: Seconds one letter may take, and seconds after which another worker may take it over.
SEND_S, LEASE_S = 30.0, 120
#: Tries, and the seconds between them: the first, doubling up to the last.
MOST, FIRST_S, LONGEST_S = 8, 30, 1800
#: Older than this a letter is of no use: the page has long said it.
LATEST = timedelta(hours=12)
#: Letters that leave at the same time.
TOGETHER = 8
#: Seconds that letters under way still get when the worker is to end.
_ENDING_S = 3.0


@dataclass(frozen=True)
class Claimed:
    """A letter that is ours. attempt: its fence."""

    letter_id: int
    attempt: int


#: What travels with a letter (services/reporting.attachments).
Attach = Callable[[Parts, Letter], Sequence[File]]


def nothing(_parts: Parts, _letter: Letter) -> Sequence[File]:
    """Most letters carry no file."""
    return ()


def send_due(parts: Parts, go_on: Callable[[], bool] = lambda: True, attach: Attach = nothing) -> int:
    """Send what is due now, at most ``TOGETHER`` letters, side by side; how many were taken. Cheap when none is."""
    claimed = claim(parts)
    if not claimed:
        return 0
    threads = [
        threading.Thread(target=_safely, args=(parts, each, attach), name="letter", daemon=True) for each in claimed
    ]
    for thread in threads:
        thread.start()
    # ``deliver`` bounds itself; this is for a worker that is asked to end: what is late then is taken over later.
    end: float | None = None
    for thread in threads:
        while thread.is_alive() and (end is None or time.monotonic() < end):
            thread.join(0.1)
            end = end if end or go_on() else time.monotonic() + _ENDING_S
    return len(claimed)


def claim(parts: Parts) -> list[Claimed]:
    """Take over what is due, one letter an address."""
    with parts.db.read() as session:
        if not _due(session):
            return []
    claimed = []
    with parts.db.write() as session:
        present = lease_time(session)
        session.execute(
            update(Letter)
            .where(col(Letter.wake_at) <= present, col(Letter.at) < present - LATEST)
            .values(wake_at=None, error_code=func.coalesce(col(Letter.error_code), "no_answer"))
        )
        for letter_id in _due(session):
            letter = session.get(Letter, letter_id, populate_existing=True)
            if letter is None or letter.wake_at is None:
                continue
            ours = Claimed(letter_id, letter.attempts + 1)
            hit = session.execute(
                update(Letter)
                .where(
                    col(Letter.id) == letter_id,
                    col(Letter.attempts) == letter.attempts,
                    col(Letter.wake_at) <= present,
                )
                .values(attempts=ours.attempt, wake_at=present + timedelta(seconds=LEASE_S))
            )
            if hit.rowcount == 1:  # type: ignore[attr-defined]  # an UPDATE gives CursorResult
                claimed.append(ours)
    return claimed


def deliver(parts: Parts, claimed: Claimed, attach: Attach = nothing) -> Failure | None:
    """Send one claimed letter and write down what became of it."""
    with parts.db.read() as session:
        letter = session.get_one(Letter, claimed.letter_id)
        try:
            gateway = notice_addresses.find(session, parts, letter.address, letter.organisation_id)
        except Problem:
            gateway = None  # sealed with another key; doctor says so
    if gateway is None:
        _write(parts, claimed, {"wake_at": None, "error_code": "address_gone", "error_facts": {}})
        return None
    files = attach(parts, letter) if gateway.to is not None else ()
    failure = gateways.within(SEND_S, gateway, letter.title, letter.body, files)
    with parts.db.read() as session:
        present = lease_time(session)
    if failure is None:
        _write(parts, claimed, {"wake_at": None, "sent_at": present, "error_code": None, "error_facts": {}})
        return None
    wait = min(FIRST_S * 2 ** (claimed.attempt - 1), LONGEST_S)
    final = claimed.attempt >= MOST or failure.code == "unusable"
    facts = {"status": failure.status} if failure.status else {}
    wake_at = None if final else present + timedelta(seconds=wait)
    _write(parts, claimed, {"wake_at": wake_at, "error_code": failure.code, "error_facts": facts})
    log.warning("letter %s: %s%s", claimed.letter_id, failure.code, ", given up" if final else "")
    return failure


def _due(session: Session) -> list[int]:
    """Ids of letters to send: the oldest of each address that has none on its way or resting after a failure."""
    present, other = lease_time(session), aliased(Letter)
    busy = select(col(other.address)).where(col(other.wake_at) > present, col(other.attempts) > 0)
    rows = session.execute(
        select(func.min(col(Letter.id)))
        .where(col(Letter.wake_at) <= present, col(Letter.address).not_in(busy))
        .group_by(col(Letter.address))
        .order_by(func.min(col(Letter.id)))
        .limit(TOGETHER)
    )
    return [row[0] for row in rows]


def _write(parts: Parts, claimed: Claimed, values: dict[str, object]) -> None:
    with parts.db.write() as session:
        session.execute(
            update(Letter)
            .where(col(Letter.id) == claimed.letter_id, col(Letter.attempts) == claimed.attempt)
            .values(**values)
        )


def _safely(parts: Parts, claimed: Claimed, attach: Attach) -> None:
    try:
        deliver(parts, claimed, attach)
    except Exception as error:
        # The lease brings the letter back. Only the kind is said: words may quote an address.
        log.error("letter %s failed with %s", claimed.letter_id, type(error).__name__)
