"""watch, sheet: accounts that are read from outside, and tables of posts that were handed in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.problems import Problem


@click.group()
def watch() -> None:
    """Accounts that are read from outside, with the key of one of ours."""


@watch.command("add")
@click.argument("platform", type=click.Choice(["instagram", "facebook"]))
@click.argument("handle")
@click.option("--org", "organisation_id", type=int, required=True, help="Whose account it is.")
@click.option("--reader", "reader_id", type=int, required=True, metavar="ACCOUNT", help="The account whose key reads.")
@as_option
@json_option
@failing_plainly
def watch_add(
    platform: str, handle: str, organisation_id: int, reader_id: int, as_email: str | None, as_json: bool
) -> None:
    """Read a professional Instagram account, or a Page that is shared with us, once a day from now on."""
    from app.services import watching

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        watched_id = watching.add(session, organisation_id, platform, handle, reader_id, by).id
    show({"id": watched_id}, as_json, lambda made: f"Akun pantauan nomor {made['id']} dibaca mulai sekarang.")


@watch.command("remove")
@click.argument("watched_id", type=int)
@as_option
@json_option
@failing_plainly
def watch_remove(watched_id: int, as_email: str | None, as_json: bool) -> None:
    """Read it no more; what was read stays."""
    from app.services import watching

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        watching.remove(session, watched_id, by)
    show({"id": watched_id}, as_json, lambda made: f"Akun pantauan nomor {made['id']} tidak dibaca lagi.")


@watch.command("list")
@click.option("--org", "organisation_id", type=int)
@json_option
@failing_plainly
def watch_list(organisation_id: int | None, as_json: bool) -> None:
    """All of them, with what hinders each."""
    from app.queries import watched

    with parts().db.read() as session:
        document = watched.listed(session, organisation_id)
    show(document, as_json, lambda rows: "\n".join(_watched_line(row) for row in rows) or "Belum ada.")


def _watched_line(row: dict[str, Any]) -> str:
    count = "belum ada angka" if row["followers"] is None else f"{row['followers']} pengikut, {row['posts']} kiriman"
    off = "" if row["active"] else " (dihentikan)"
    said = f"{row['id']}  {row['platform']} {row['handle']}: {count}{off}"
    return f"{said}\n      {row['said']}" if row["said"] else said


@click.group()
def sheet() -> None:
    """Tables of posts that were handed in."""


@sheet.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--org", "organisation_id", type=int, required=True)
@click.option("--preview", "dry_run", is_flag=True, help="Look through the file, write nothing.")
@click.option("--skip-faults", is_flag=True, help="Leave faulty rows out; without it one fault stops everything.")
@as_option
@json_option
@failing_plainly
def sheet_import(
    path: Path, organisation_id: int, dry_run: bool, skip_faults: bool, as_email: str | None, as_json: bool
) -> None:
    """Take in a table (CSV or XLSX) of posts with their figures; they count as reported until somebody checks them."""
    from app import words
    from app.services import sheets

    ready = parts()
    by = acting(ready, as_email)
    try:
        content = path.read_bytes()
    except OSError:
        raise Problem("file_unreadable", path=path) from None
    if dry_run:
        table = sheets.preview(ready, content, organisation_id)
        sheet_id, written, faults = None, len(table.lines), table.faults
    else:
        taken = sheets.take_in(ready, content, path.name, organisation_id, by, skip=skip_faults)
        sheet_id, written, faults = taken.sheet_id, taken.written, taken.faults
    said = [{"line": fault.line, "reason": words.sentence(fault.code, fault.facts)} for fault in faults]
    if faults and sheet_id is None and not dry_run:
        raise Problem("table_faults", count=len(said), line=said[0]["line"], reason=said[0]["reason"])
    for fault in said:
        tell(f"Baris {fault['line']}: {fault['reason']}")
    document = {"id": sheet_id, "rows": written, "faults": said}
    show(document, as_json, lambda made: _sheet_summary(made, dry_run))


def _sheet_summary(made: dict[str, Any], dry_run: bool) -> str:
    said = f"{made['rows']} kiriman dapat diambil, {len(made['faults'])} baris bermasalah."
    return f"{said} Belum disimpan." if dry_run else f"Tabel nomor {made['id']}: {made['rows']} kiriman disimpan."


@sheet.command("check")
@click.argument("sheet_id", type=int)
@click.option("--by", "checked_by", required=True, metavar="NAME", help="Who compared it with its evidence.")
@as_option
@json_option
@failing_plainly
def sheet_check(sheet_id: int, checked_by: str, as_email: str | None, as_json: bool) -> None:
    """A person compared the table with its evidence; from now on its posts count as checked."""
    from app.services import sheets

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        sheets.check(session, sheet_id, checked_by, by)
    show({"id": sheet_id}, as_json, lambda made: f"Tabel nomor {made['id']} tercatat sudah diperiksa.")


@sheet.command("list")
@click.option("--org", "organisation_id", type=int)
@json_option
@failing_plainly
def sheet_list(organisation_id: int | None, as_json: bool) -> None:
    """All tables, the newest first."""
    from app.queries import watched

    with parts().db.read() as session:
        document = watched.sheets(session, organisation_id)
    show(document, as_json, lambda rows: "\n".join(_sheet_line(row) for row in rows) or "Belum ada.")


def _sheet_line(row: dict[str, Any]) -> str:
    checked = f"diperiksa {row['checked_by']}" if row["checked_by"] else "belum diperiksa"
    return f"{row['id']}  {row['name']}: {row['rows']} kiriman, {checked}"
