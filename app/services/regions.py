"""The Kemendagri list of regions: taken in from a file, and organisations made from it.

A file is looked through before anything is written: with a line that cannot be taken, nothing is, unless it was said
that such lines may be left out. Then it is written from the outside in, 100 lines a transaction: cut off in between,
the list is shorter but whole, and the same command goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from app.faults import Fault
from app.models import Organisation, Region
from app.parts import Parts
from app.problems import Problem
from app.services import people
from app.services.region_lines import Line, code_of, parse
from app.states import Actor, note_rows

#: Rows in one write transaction.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file brings. added, renamed, same: regions; twice: lines said again; outside: not under what was asked."""

    added: int
    renamed: int
    same: int
    twice: int
    outside: int
    faults: list[Fault]
    written: bool = False


def take_in(
    parts: Parts, content: bytes, by: Actor, *, under: str | None = None, dry_run: bool = False, skip: bool = False
) -> Taken:
    """Take in a file; what is in the list already and says the same is left alone. No region is ever removed.

    under: only this region, those around it and those within. dry_run: look only. skip: leave faulty lines out.
    Problem: region_none_under, unknown_region (no code), or one of ``uploads.read``. With faults and no skip nothing
    is written, and written is False.
    """
    found = parse(content)
    lines = _within(found.lines, under)
    with parts.db.read() as session:
        known: dict[str, str] = dict(session.exec(select(Region.code, Region.name)).all())
    lines, orphans = _with_parents(lines, known, under)
    added = [line for line in lines if line.code not in known]
    renamed = [line for line in lines if known.get(line.code, line.name) != line.name]
    taken = Taken(
        added=len(added),
        renamed=len(renamed),
        same=len(lines) - len(added) - len(renamed),
        twice=found.twice,
        outside=len(found.lines) - len(lines) - len(orphans),
        faults=sorted(found.faults + orphans, key=lambda fault: fault.line),
    )
    if dry_run or (taken.faults and not skip):
        return taken
    changes = sorted(added + renamed, key=lambda line: line.code)
    facts = {"sha256": hashlib.sha256(content).hexdigest(), "under": under, "left_out": len(taken.faults)}
    for start in range(0, len(changes), BATCH):
        _write(parts, changes[start : start + BATCH], known, by, facts)
    return replace(taken, written=True)


def _within(lines: list[Line], under: str | None) -> list[Line]:
    if under is None:
        return lines
    code = code_of(under)
    if code is None:
        raise Problem("unknown_region", field="under", code=under)
    kept = [line for line in lines if f"{line.code}.".startswith(f"{code}.") or code.startswith(f"{line.code}.")]
    if not any(line.code.startswith(code) for line in kept):
        raise Problem("region_none_under", field="under", code=code)
    return kept


def _with_parents(lines: list[Line], known: dict[str, str], under: str | None) -> tuple[list[Line], list[Fault]]:
    """Those whose region around them is there, before or with them. What was asked for by its code needs none."""
    top = code_of(under) if under else None
    there, kept, orphans = set(known), [], []
    for line in lines:  # parents first
        if line.parent is None or line.parent in there or line.code == top:
            there.add(line.code)
            kept.append(line)
        else:
            orphans.append(Fault(line.line, "region_parent", {"code": line.code, "parent": line.parent}))
    return kept, orphans


def _write(parts: Parts, lines: list[Line], known: dict[str, str], by: Actor, facts: dict[str, Any]) -> None:
    renames = {line.code: [known[line.code], line.name] for line in lines if line.code in known}
    rows = [{"code": line.code, "name": line.name, "level": line.level, "parent_code": line.parent} for line in lines]
    with parts.db.write() as session:
        kind = sqlite if parts.db.sqlite else postgresql
        change = kind.insert(SQLModel.metadata.tables["region"])
        # Another import may have been faster: the same line twice is one region.
        fresh = {name: change.excluded[name] for name in ("name", "level", "parent_code")}
        session.execute(change.on_conflict_do_update(index_elements=["code"], set_=fresh), rows)
        # Regions have codes, no numbers: the event stands with the list as a whole.
        said = {**facts, "first": lines[0].code, "last": lines[-1].code, "lines": len(lines), "renamed": renames}
        note_rows(session, "region", [0], "import", by, facts=said)


@dataclass(frozen=True, slots=True)
class Made:
    """Organisations of an area: how many were made, how many were there."""

    made: int
    there: int


def organisations(
    parts: Parts, code: str, by: Actor, *, parent_id: int | None = None, zone: str | None = None, dry_run: bool = False
) -> Made:
    """An organisation for each kecamatan, kelurahan and desa within a region that has none, each under its kecamatan's.

    One is there when an organisation of that category has the region's code. parent_id: whose kecamatan they are
    (without it the organisation that has the code already, if any). Problem: unknown_region, region_not_above,
    unknown_organisation, unknown_zone.
    """
    dotted = code_of(code)
    with parts.db.read() as session:
        if dotted is None or session.get(Region, dotted) is None:
            raise Problem("unknown_region", field="code", code=code)
        if parent_id is not None and session.get(Organisation, parent_id) is None:
            raise Problem("unknown_organisation", field="parent", id=parent_id)
        regions = session.exec(
            select(Region)
            .where(
                (col(Region.code) == dotted) | col(Region.code).startswith(f"{dotted}.", autoescape=True),
                col(Region.level).in_(("kecamatan", "kelurahan", "desa")),
            )
            .order_by(col(Region.code))
        ).all()
        there = _there(session, [region.code for region in regions])
        above = parent_id if parent_id is not None else _holder(session, dotted)
    if not regions or (len(regions) == 1 and dotted.count(".") == 3):
        raise Problem("region_not_above", field="code", code=dotted)
    missing = [region for region in regions if (region.code, region.level) not in there]
    if not dry_run:
        for start in range(0, len(missing), BATCH):
            _make(parts, missing[start : start + BATCH], by, above, zone)
    return Made(len(missing), len(regions) - len(missing))


def _make(parts: Parts, regions: list[Region], by: Actor, above: int | None, zone: str | None) -> None:
    with parts.db.write() as session:
        codes = {region.code for region in regions} | {region.parent_code or "" for region in regions}
        there = _there(session, sorted(codes))
        for region in regions:
            if (region.code, region.level) in there:  # meanwhile
                continue
            parent = above if region.level == "kecamatan" else there.get((region.parent_code or "", "kecamatan"), above)
            there[region.code, region.level] = people.add_organisation(
                session,
                by,
                name=_titled(region),
                category=region.level,
                region_code=region.code,
                parent_id=parent,
                zone=zone or zone_of(region.code),
            )


def _there(session: Session, codes: list[str]) -> dict[tuple[str, str], int]:
    """(code, category) → organisation, the oldest where there are several."""
    there: dict[tuple[str, str], int] = {}
    for part in _parts_of(codes):
        rows = session.exec(
            select(Organisation.region_code, Organisation.category, Organisation.id)
            .where(col(Organisation.region_code).in_(part))
            .order_by(col(Organisation.id))
        )
        for code, category, number in rows:
            there.setdefault((code or "", category), number or 0)
    return there


def _parts_of(codes: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(codes), 500):
        yield codes[start : start + 500]


def _holder(session: Session, code: str) -> int | None:
    """Who stands for the region in whose kecamatan organisations are made: the oldest office with its code."""
    if code.count(".") != 1:
        code = ".".join(code.split(".")[:2])
    return session.exec(
        select(Organisation.id)
        .where(Organisation.region_code == code, Organisation.category == "perangkat daerah")
        .order_by(col(Organisation.id))
    ).first()


def _titled(region: Region) -> str:
    """As people say it: "LEUWISADENG" is "Kecamatan Leuwisadeng"; what says so itself stays."""
    name = region.name
    if name.isupper():  # the list shouts; Roman numbers stay: Kalong II
        name = " ".join(word if re.fullmatch("[IVX]+", word) else word.title() for word in name.split())
    word = region.level.capitalize()
    starts = (word.lower(), "desa ", "kelurahan ", "kecamatan ", "kec. ", "kel. ", "nagari ", "gampong ", "kampung ")
    return name if name.lower().startswith(starts) else f"{word} {name}"


#: Provinces that are not on WIB, by the first two digits. Keppres 41/1987: WITA Bali, Nusa Tenggara, South, East and
#: North Kalimantan, Sulawesi; WIT Maluku and Papua.
_WITA = ("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76")
_WIT = ("81", "82", "91", "92", "93", "94", "95", "96")


def zone_of(code: str) -> str:
    """The zone of a region by its province. Keppres 41/1987; the newer provinces of Papua keep WIT."""
    return "WITA" if code[:2] in _WITA else "WIT" if code[:2] in _WIT else "WIB"
