"""Tables of posts with their figures that a participant hands in: its own word until a person checked it.

The table is kept as it came. Its posts count as "reported", and as "sheet" once somebody else compared it with its
evidence. What the platform tells us itself is always better and takes a row's place (services/seeing).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select, update

from app import clock
from app.faults import Fault
from app.models import Delivery, Organisation, Post, PostFigure, SeenPost, SeenReading, Sheet
from app.parts import Parts
from app.problems import Problem
from app.services import post_table, rolling
from app.services.keeping import storable
from app.services.post_table import FIGURES, Line, Table
from app.states import Actor, note

#: Posts of one transaction.
_BATCH = 20


def preview(parts: Parts, content: bytes, organisation_id: int) -> Table:
    """What a file holds and which rows cannot be taken; nothing is written. Problem: unknown_organisation, and those of
    ``post_table.parse``."""
    with parts.db.read() as session:
        organisation = session.get(Organisation, organisation_id)
        if organisation is None:
            raise Problem("unknown_organisation", field="organisation", id=organisation_id)
        table = post_table.parse(content, organisation.zone, clock.now())
        faults = _known(session, table.lines, organisation_id, hashlib.sha256(content).hexdigest())
    refused = {fault.line for fault in faults}
    table.lines = [line for line in table.lines if line.line not in refused]
    table.faults = sorted([*table.faults, *faults], key=lambda fault: fault.line)
    return table


@dataclass(frozen=True)
class Taken:
    """sheet_id: None when nothing was written, because of faults. faults: rows that are not in it."""

    sheet_id: int | None
    written: int
    faults: list[Fault]


def take_in(parts: Parts, content: bytes, name: str, organisation_id: int, by: Actor, *, skip: bool = False) -> Taken:
    """Keep a table and its posts. skip: leave faulty rows out, else one fault stops everything.

    May be repeated after it was cut off: the same file goes on where it stood. Problem: as ``preview``; sheet_twice
    when it is in already; sheet_nothing when no row can be taken.
    """
    table = preview(parts, content, organisation_id)
    if table.faults and not skip:
        return Taken(None, 0, table.faults)
    if not table.lines:
        raise Problem("sheet_nothing")
    digest = hashlib.sha256(content).hexdigest()
    with parts.db.write() as session:
        sheet = session.exec(
            select(Sheet).where(Sheet.organisation_id == organisation_id, Sheet.sha256 == digest)
        ).first()
        if sheet is None:
            sheet = Sheet(
                organisation_id=organisation_id, name=storable(name)[:200], sha256=digest, content=content,
                rows=len(table.lines), by_name=by.who,
            )  # fmt: skip
            session.add(sheet)
            session.flush()
            note(session, sheet, "hand_in", by, facts={"rows": sheet.rows, "faults": len(table.faults)})
    written = 0
    for start in range(0, len(table.lines), _BATCH):
        with parts.db.write() as session:
            fresh = session.get_one(Sheet, sheet.id, with_for_update=True)
            written += sum(_write(session, fresh, line) for line in table.lines[start : start + _BATCH])
    if not written:
        raise Problem("sheet_twice", number=sheet.id)
    return Taken(sheet.id, written, table.faults)


def check(session: Session, sheet_id: int, checked_by: str, by: Actor) -> Sheet:
    """A person compared the table with its evidence: its posts count as checked. Not who handed it in.

    Problem: unknown_sheet, name_needed, sheet_checked, sheet_own.
    """
    sheet = session.get(Sheet, sheet_id, with_for_update=True)
    if sheet is None:
        raise Problem("unknown_sheet", id=sheet_id)
    checked_by = " ".join(storable(checked_by).split())
    if not checked_by:
        raise Problem("name_needed", field="by")
    if sheet.checked_by is not None:
        raise Problem("sheet_checked", by=sheet.checked_by)
    if checked_by.casefold() == sheet.by_name.casefold():
        raise Problem("sheet_own", by=checked_by)
    sheet.checked_by, sheet.checked_at = checked_by, clock.now()
    session.add(sheet)
    session.flush()
    mine = select(SeenPost.id).where(SeenPost.sheet_id == sheet_id)
    session.exec(update(PostFigure).where(col(PostFigure.seen_post_id).in_(mine)).values(source="sheet"))
    session.exec(update(SeenPost).where(col(SeenPost.sheet_id) == sheet_id).values(source="sheet"))
    note(session, sheet, "check", by, facts={"checked_by": checked_by})
    return sheet


def _known(session: Session, lines: Sequence[Line], organisation_id: int, digest: str) -> list[Fault]:
    """Posts that the platform told us of already, or another table."""
    addresses = {line.address: line for line in lines}
    faults = []
    # An outer join: None where no table named the post.
    rows: Sequence[tuple[SeenPost, Sheet | None]] = session.exec(
        select(SeenPost, Sheet)
        .outerjoin(Sheet, col(Sheet.id) == SeenPost.sheet_id)
        .where((col(SeenPost.organisation_id) == organisation_id) | col(SeenPost.remote_id).in_(addresses))
    ).all()
    for post, sheet in rows:
        line = addresses.get(post.remote_id if sheet is not None else post_table.address(post.permalink or ""))
        if line is None or (sheet is not None and (sheet.organisation_id, sheet.sha256) == (organisation_id, digest)):
            continue
        if post.organisation_id != organisation_id:
            faults.append(Fault(line.line, "post_of_other", {}))
        elif sheet is not None:
            faults.append(Fault(line.line, "post_in_sheet", {"number": sheet.id}))
        else:
            faults.append(Fault(line.line, "post_known", {}))
    links = session.exec(
        select(Delivery.permalink)
        .join(Post, col(Post.id) == Delivery.post_id)
        .where(Post.organisation_id == organisation_id, col(Delivery.permalink).is_not(None))
    ).all()
    ours = {post_table.address(link or "") for link in links}
    return faults + [Fault(line.line, "post_known", {}) for at, line in addresses.items() if at in ours]


def _write(session: Session, sheet: Sheet, line: Line) -> bool:
    """One post of the table; False when it is there."""
    same = (SeenPost.platform == line.platform, SeenPost.remote_id == line.address)
    if session.exec(select(SeenPost.id).where(*same)).first() is not None:
        return False
    row = SeenPost(
        organisation_id=sheet.organisation_id, sheet_id=sheet.id, platform=line.platform,
        source="sheet" if sheet.checked_by else "reported",
        remote_id=line.address, permalink=line.link, published_at=line.published_at, caption=storable(line.caption),
    )  # fmt: skip
    session.add(row)
    session.flush()
    if line.followers is not None:
        # Followers are those at the posting.
        session.add(SeenReading(seen_post_id=row.id or 0, read_at=line.published_at, followers=line.followers))
    figures: dict[str, Any] = {name: line.figures[name] for name in FIGURES}
    session.add(SeenReading(seen_post_id=row.id or 0, read_at=line.read_at, **figures))
    rolling.seen(session, row.id or 0)
    return True
