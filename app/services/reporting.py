"""The monthly report: made as PDF, and sent by mail on the 1st from 07.00 local where somebody switched that on.

Exactly once an organisation and month: the letters and the Event that says so are one transaction under the
organisation's row (as the weekly digest). Late (after a stop) it is sent up to ``LATEST`` after its time. A letter
carries no file: the paper is made anew when it leaves, so that a photo taken back meanwhile is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app import clock, times
from app.db import lease_time
from app.models import Event, Letter, Organisation
from app.papers import pdf, qr
from app.parts import Parts
from app.problems import Problem
from app.services import notice_addresses
from app.services.gateways import File
from app.states import Actor, note
from media import PhotoProblem, Spec, render

REPORT = Actor("laporan bulanan")
RULE = "monthly_report"
HOUR = 7
LATEST = timedelta(days=5)
ROLES = ("koordinator", "pembina")
#: What the photo of the best post is printed as: 85 mm at 250 dots an inch.
_PRINT = Spec(0.8, 1.91, 840, 300_000)


class Paper(Protocol):
    """See app/queries/monthly.py."""

    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def quiet(self) -> bool: ...
    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def photo(self) -> tuple[str, list[list[float]]] | None: ...
    @property
    def qr(self) -> str | None: ...
    @property
    def file_name(self) -> str: ...


#: (session, organisation, month "2026-10", now, public address) → what the report says.
Reader = Callable[[Session, int, str, datetime, str], Paper]


def make(parts: Parts, paper: Paper) -> bytes:
    """The PDF. A photo that cannot be had (damaged, gone) is left out. Problem: paper_failed."""
    images: dict[str, bytes] = {}
    data = dict(paper.data)
    if paper.photo is not None:
        sha256, boxes = paper.photo
        try:
            blur = [(box[0], box[1], box[2], box[3]) for box in boxes]
            images["best.jpg"] = render(parts.store, sha256, _PRINT, blur=blur).read_bytes()
        except (PhotoProblem, OSError):
            data["best"] = {**data["best"], "photo": False}
    if paper.qr is not None:
        images["page.svg"] = qr.svg(paper.qr).encode()
    return pdf.render("monthly", data, images)


def is_on(session: Session, organisation_id: int) -> bool:
    """Whether the report goes out by mail. Off until somebody switches it on."""
    return bool(session.get_one(Organisation, organisation_id).rules.get(RULE))


def switch(session: Session, organisation_id: int, by: Actor, *, on: bool) -> None:
    """Send the report by mail each month from now on, or no longer."""
    organisation = session.get_one(Organisation, organisation_id, with_for_update=True)
    if bool(organisation.rules.get(RULE)) == on:
        return
    organisation.rules = {**organisation.rules, RULE: on}
    session.add(organisation)
    session.flush()
    note(session, organisation, "monthly_report_switch", by, facts={"to": on})


def due(present: datetime, zone: str) -> str | None:
    """The month ("2026-10") whose report may be sent now; None outside of its time."""
    first = times.local(present, zone).date().replace(day=1)
    begins = datetime.combine(first, time(HOUR), ZoneInfo(zone))
    return f"{first - timedelta(days=1):%Y-%m}" if begins <= present < begins + LATEST else None


def send_due(parts: Parts, read: Reader, go_on: Callable[[], bool] = lambda: True) -> int:
    """Write the letters of every organisation whose month is due, switched on and not told; how many letters."""
    if not parts.settings.mail_url:
        return 0
    with parts.db.read() as session:
        present = lease_time(session)
        places = session.exec(
            select(Organisation.id, Organisation.zone, Organisation.rules).order_by(col(Organisation.id))
        ).all()
    written = 0
    for organisation_id, zone, rules in places:
        if not go_on():
            break
        if organisation_id is not None and rules.get(RULE) and (month := due(present, zone)) is not None:
            written += _write(parts, organisation_id, month, read)
    return written


def attachments(parts: Parts, read: Reader, letter: Letter) -> Sequence[File]:
    """The files that travel with a letter: the report, made now. None for every other letter."""
    month = next((cause.removeprefix("report:") for cause in letter.causes if cause.startswith("report:")), "")
    if not re.fullmatch(r"\d{4}-\d{2}", month):
        return ()
    with parts.db.read() as session:
        paper = read(session, letter.organisation_id, month, clock.now(), parts.settings.public_url)
    return (File(paper.file_name, "application/pdf", make(parts, paper)),)


def _write(parts: Parts, organisation_id: int, month: str, read: Reader) -> int:
    with parts.db.read() as session:
        if _told(session, organisation_id, month):
            return 0
        try:
            paper = read(session, organisation_id, month, lease_time(session), parts.settings.public_url)
        except Problem:
            return 0  # the organisation is gone
    with parts.db.write() as session:
        # Two workers: the second waits here and then finds it told.
        organisation = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
        if organisation is None or not organisation.rules.get(RULE) or _told(session, organisation_id, month):
            return 0
        present = lease_time(session)
        letters = [] if paper.quiet else _letters(session, organisation, paper, month, present)
        session.add_all(letters)
        session.flush()
        note(session, organisation, RULE, REPORT, facts={"month": month, "letters": len(letters)})
        return len(letters)


def _letters(session: Session, organisation: Organisation, paper: Paper, month: str, present: datetime) -> list[Letter]:
    return [
        Letter(
            organisation_id=organisation.id or 0, address=f"person:{person_id}", at=present,
            causes=[f"report:{month}"], title=paper.title, body=paper.body, wake_at=present,
        )
        for person_id, role in notice_addresses.people(session, organisation).items()
        if role in ROLES
    ]  # fmt: skip


def _told(session: Session, organisation_id: int, month: str) -> bool:
    rows = session.exec(
        select(Event.facts)
        .where(Event.subject == "organisation", Event.subject_id == organisation_id, Event.what == RULE)
        .order_by(col(Event.id).desc())
        .limit(1)
    )
    return any(str(facts.get("month")) >= month for facts in rows)
