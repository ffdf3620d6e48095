"""LAPOR! figures: looked at, then taken in.

What was looked at travels sealed through the page, so that what is taken in is what was shown, and nothing is stored
before a person said so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.models import LaporImport, LaporRow, Organisation
from app.problems import Problem
from app.sealing import Sealer
from app.services.lapor_table import Line, Table
from app.states import Actor, note

NAME_MOST, REASON_MOST = 120, 300


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken in: figures of first to last, both included. sha256: of the file they stood in."""

    name: str
    first: date
    last: date
    sha256: str
    lines: Sequence[Line]


def seal(sealer: Sealer, organisation_id: int, name: str, first: date, last: date, table: Table) -> str:
    """A table that was shown, as it goes through the page. Only for the organisation it was shown in."""
    lines = [{**asdict(line), "days": _text(line.days), "quality": _text(line.quality)} for line in table.lines]
    span = {"first": first.isoformat(), "last": last.isoformat()}
    facts = {"organisation": str(organisation_id), "name": name, **span, "sha256": table.sha256}
    return sealer.seal({**facts, "use": "lapor", "lines": json.dumps(lines)})


def unseal(sealer: Sealer, organisation_id: int, sealed: str) -> Wish:
    """The table that was shown. Problem("lapor_changed") when it is none of ours, or another organisation's."""
    try:
        found = sealer.open(sealed)
    except (Problem, ValueError):
        raise Problem("lapor_changed") from None
    if found.get("use") != "lapor" or found.get("organisation") != str(organisation_id):
        raise Problem("lapor_changed")
    lines = [
        Line(**{**line, "days": _number(line["days"]), "quality": _number(line["quality"])})
        for line in json.loads(found["lines"])
    ]
    first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
    return Wish(found["name"], first, last, found["sha256"], lines)


def taken(session: Session, organisation_id: int, sha256: str) -> str | None:
    """The name under which this file was taken in here already, None when it was not."""
    return session.exec(
        select(LaporImport.name).where(
            LaporImport.organisation_id == organisation_id,
            LaporImport.sha256 == sha256,
            col(LaporImport.dropped_at).is_(None),
        )
    ).first()


def take_in(session: Session, organisation_id: int, by: Actor, wish: Wish) -> int:
    """Write a table down, in one transaction; its id. Agencies that are known in the area by name are linked.

    Problem: name_needed, text_too_long, lapor_days, lapor_same, unknown_organisation.
    """
    name = " ".join(wish.name.split())
    check(name, wish.first, wish.last)
    # Two who press the button at once wait for each other here.
    here = session.exec(select(Organisation).where(Organisation.id == organisation_id).with_for_update()).first()
    if here is None:
        raise Problem("unknown_organisation", id=organisation_id)
    before = taken(session, organisation_id, wish.sha256)
    if before is not None:
        raise Problem("lapor_same", field="file", name=before)
    made = LaporImport(
        organisation_id=organisation_id,
        name=name,
        first=wish.first,
        last=wish.last,
        sha256=wish.sha256,
        by_name=by.who,
    )
    session.add(made)
    session.flush()
    assert made.id is not None
    known = _known(session, organisation_id)
    for line in wish.lines:
        session.add(
            LaporRow(
                import_id=made.id,
                agency=line.name,
                organisation_id=known.get(key_of(line.name)),
                received=line.received,
                followed_up=line.followed_up,
                archived=line.archived,
                days=_text(line.days),
                quality=_text(line.quality),
            )
        )
    session.flush()
    facts = {"name": name, "sha256": wish.sha256, "rows": len(wish.lines), "first": wish.first, "last": wish.last}
    note(session, made, "import", by, facts=facts)
    return made.id


def check(name: str, first: date, last: date) -> None:
    """Problem: name_needed, text_too_long, lapor_days, at their fields."""
    if not name.strip():
        raise Problem("name_needed", field="name")
    if len(name) > NAME_MOST:
        raise Problem("text_too_long", field="name", most=NAME_MOST)
    if last < first:
        raise Problem("lapor_days", field="last")


def drop(session: Session, import_id: int, by: Actor, why: str) -> None:
    """Out of the ranking, with a reason; the figures stay for the history. Problem: reason_needed, unknown_lapor."""
    reason = " ".join(why.split())
    if not reason:
        raise Problem("reason_needed", field="reason")
    if len(reason) > REASON_MOST:
        raise Problem("text_too_long", field="reason", most=REASON_MOST)
    found = session.exec(select(LaporImport).where(LaporImport.id == import_id).with_for_update()).first()
    if found is None or found.dropped_at is not None:
        raise Problem("unknown_lapor")
    found.dropped_at = clock.now()
    session.add(found)
    session.flush()
    note(session, found, "drop", by, why=reason, facts={"name": found.name})


def key_of(name: str) -> str:
    """A name without what offices write differently: "Kec. Babelan", "KECAMATAN BABELAN" → "kecamatan babelan"."""
    words = re.sub(r"[^\w]+", " ", name.casefold()).split()
    return " ".join(
        {"kec": "kecamatan", "kel": "kelurahan", "ds": "desa", "din": "dinas"}.get(word, word) for word in words
    )


def _known(session: Session, organisation_id: int) -> Mapping[str, int]:
    """Names of the area → organisation, only those that mean one."""
    parent, key = col(Organisation.parent_id), col(Organisation.id)
    down = select(key).where(key == organisation_id).cte("down", recursive=True)
    down = down.union(select(key).join(down, parent == down.c.id))
    rows: Any = session.exec(select(Organisation.name, key).where(key.in_(select(down.c.id)))).all()
    found: dict[str, list[int]] = {}
    for name, number in rows:
        found.setdefault(key_of(name), []).append(number)
    return {name: numbers[0] for name, numbers in found.items() if len(numbers) == 1}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
