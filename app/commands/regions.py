"""region: the Kemendagri list and the organisations of an area; org succeed, joined, left."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from app import words
from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.commands.handles import org
from app.faults import Fault
from app.problems import Problem

__all__ = ["org", "region"]

day_option = click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="As 2026-12-31.")


@click.group()
def region() -> None:
    """The Kemendagri list of regions."""


@region.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--under", metavar="CODE", help="Only this region and what is within, e.g. 32.01.")
@click.option("--dry-run", is_flag=True, help="Look through the file, write nothing.")
@click.option("--skip-faults", is_flag=True, help="Leave faulty lines out; without it one fault stops everything.")
@as_option
@json_option
@failing_plainly
def region_import(
    path: Path, under: str | None, dry_run: bool, skip_faults: bool, as_email: str | None, as_json: bool
) -> None:
    """Take in a list (CSV or XLSX: code and name). Names are brought up to date, nothing is removed."""
    from app.services import regions

    ready = parts()
    by = acting(ready, as_email)
    try:
        content = path.read_bytes()
    except OSError:
        raise Problem("file_unreadable", path=path) from None
    taken = regions.take_in(ready, content, by, under=under, dry_run=dry_run, skip=skip_faults)
    faults = [{"line": fault.line, "reason": _reason(fault)} for fault in taken.faults]
    for fault in faults[:20] if not as_json else faults:
        tell(f"Baris {fault['line']}: {fault['reason']}")
    if taken.faults and not skip_faults and not dry_run:
        raise Problem("table_faults", count=len(faults), line=taken.faults[0].line, reason=_reason(taken.faults[0]))
    counts = {name: getattr(taken, name) for name in ("added", "renamed", "same", "twice", "outside", "written")}
    show({**counts, "faults": faults}, as_json, _summary)


def _reason(fault: Fault) -> str:
    return words.sentence(fault.code, fault.facts)


def _summary(made: dict[str, Any]) -> str:
    said = f"{made['added']} wilayah baru, {made['renamed']} berganti nama, {made['same']} tetap"
    return f"{said}, {len(made['faults'])} baris bermasalah." + ("" if made["written"] else " Belum disimpan.")


@region.command("list")
@click.option("--under", metavar="CODE", help="Only what is within this region.")
@click.option("--level", type=click.Choice(["provinsi", "kabupaten", "kecamatan", "kelurahan", "desa"]))
@json_option
@failing_plainly
def region_list(under: str | None, level: str | None, as_json: bool) -> None:
    """The regions that are known, by code."""
    from app.queries import regions

    with parts().db.read() as session:
        rows = regions.listed(session, under=under, level=level)
    show(rows, as_json, lambda made: "\n".join(f"{row['code']:13} {row['name']}" for row in made) or "Belum ada.")


@region.command("organisations")
@click.argument("code")
@click.option("--parent", "parent_id", type=int, help="The organisation above the kecamatan.")
@click.option("--zone", help="WIB, WITA or WIT; without it the province's.")
@click.option("--dry-run", is_flag=True, help="Count, make nothing.")
@as_option
@json_option
@failing_plainly
def region_organisations(
    code: str, parent_id: int | None, zone: str | None, dry_run: bool, as_email: str | None, as_json: bool
) -> None:
    """Make an organisation of each kecamatan, kelurahan and desa within a region, once each."""
    from app.services import regions

    ready = parts()
    by = acting(ready, as_email)
    made = regions.organisations(ready, code, by, parent_id=parent_id, zone=zone, dry_run=dry_run)
    document = {"made": 0 if dry_run else made.made, "missing": made.made if dry_run else 0, "there": made.there}
    show(document, as_json, lambda one: f"{one['made']} organisasi dibuat, {one['there']} sudah ada.")


@org.command("succeed")
@click.argument("organisation_id", type=int)
@click.option("--by", "successor_id", type=int, required=True, metavar="ID", help="Who goes on for it.")
@day_option
@click.option("--note", "why", default="", help="E.g. the number of the regulation.")
@click.option("--unsay", is_flag=True, help="It was a mistake.")
@as_option
@json_option
@failing_plainly
def org_succeed(
    organisation_id: int,
    successor_id: int,
    on: datetime | None,
    why: str,
    unsay: bool,
    as_email: str | None,
    as_json: bool,
) -> None:
    """Say who answers for an organisation from a day on: it was merged, split or renamed."""
    from app.services import succession

    ready = parts()
    actor = acting(ready, as_email)
    if not unsay and on is None:
        raise Problem("nothing_chosen", what="--on")
    with ready.db.write() as session:
        if unsay:
            succession.unsay(session, actor, organisation_id, successor_id)
        else:
            succession.succeed(session, actor, organisation_id, successor_id, _day(on), why)
    document = {"id": organisation_id, "by": successor_id, "on": None if unsay else _day(on).isoformat()}
    show(document, as_json, lambda made: "Tercatat.")


@org.command("joined")
@click.argument("organisation_id", type=int)
@day_option
@click.option("--always", is_flag=True, help="No first day.")
@as_option
@json_option
@failing_plainly
def org_joined(organisation_id: int, on: datetime | None, always: bool, as_email: str | None, as_json: bool) -> None:
    """Set the first day on which it takes part in what is evaluated."""
    _take_part("joined", organisation_id, on, always, as_email, as_json)


@org.command("left")
@click.argument("organisation_id", type=int)
@day_option
@click.option("--back", is_flag=True, help="It takes part again.")
@as_option
@json_option
@failing_plainly
def org_left(organisation_id: int, on: datetime | None, back: bool, as_email: str | None, as_json: bool) -> None:
    """Set the last day on which it takes part in what is evaluated; what it did stays."""
    _take_part("left", organisation_id, on, back, as_email, as_json)


def _take_part(
    what: str, organisation_id: int, on: datetime | None, clear: bool, as_email: str | None, as_json: bool
) -> None:
    from app.services import succession

    if (on is None) != clear:
        raise Problem("nothing_chosen", what=f"--on atau {'--always' if what == 'joined' else '--back'}")
    ready = parts()
    by, day = acting(ready, as_email), None if clear else _day(on)
    with ready.db.write() as session:
        getattr(succession, what)(session, by, organisation_id, day)
    key = f"{what}_on"
    show({"id": organisation_id, key: day.isoformat() if day else None}, as_json, lambda made: "Tercatat.")


def _day(on: datetime | None) -> date:
    assert on is not None
    return on.date()
