"""award participants, exclude, breach, flag: what people do while an award runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.commands.awards import award

__all__ = ["award"]


@award.group("participants")
def participants() -> None:
    """The register: who takes part."""


@participants.command("list")
@click.argument("award_id", type=int)
@json_option
@failing_plainly
def participants_list(award_id: int, as_json: bool) -> None:
    """Everybody of the area, by organisation."""
    from app import words_award
    from app.queries import register

    with parts().db.read() as session:
        rows = register.every(session, award_id)
    document = [
        {
            "organisation_id": row.organisation_id,
            "organisation": row.organisation,
            "region_code": row.region_code,
            "category": row.group,
            "standing": row.standing,
            "takes_part": row.takes_part,
            "reason": words_award.left_out(row.reason) if row.reason else None,
            "public": row.public,
            "sources": list(row.sources),
            "posts": row.posts,
        }
        for row in rows
    ]
    show(document, as_json, lambda made: "\n".join(_participant(row) for row in made) or "Belum ada.")


@participants.command("export")
@click.argument("award_id", type=int)
@click.option("--output", type=click.Path(path_type=Path), required=True)
@failing_plainly
def participants_export(award_id: int, output: Path) -> None:
    """Write the register as XLSX; `participants import` takes it back."""
    from app.papers import award_register
    from app.queries import register
    from app.services import awards

    with parts().db.read() as session:
        rows, zone = register.every(session, award_id), awards.get(session, award_id).zone
    output.write_bytes(award_register.xlsx(rows, zone))
    tell(f"{output}: {len(rows)} organisasi.")


@participants.command("import")
@click.argument("award_id", type=int)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@as_option
@json_option
@failing_plainly
def participants_import(award_id: int, path: Path, dry_run: bool, as_email: str | None, as_json: bool) -> None:
    """Take a table (XLSX, CSV); rows that cannot be taken are named one by one."""
    from app import words
    from app.services import registering

    ready = parts()
    by = acting(ready, as_email)
    content = path.read_bytes()
    if dry_run:
        with ready.db.read() as session:
            made = registering.preview(session, award_id, content)
    else:
        made = registering.take(ready, award_id, by, content)
    wrong = [{"line": row.line, "reason": words.sentence(*row.problem)} for row in made.wrong if row.problem]
    for each in wrong:
        tell(f"Baris {each['line']}: {each['reason']}")
    show({"taken": len(made.ok), "wrong": wrong}, as_json, lambda one: f"{one['taken']} baris diterima.")


@award.command("exclude")
@click.argument("award_id", type=int)
@click.argument("what", metavar="delivery:5|seen:7|comment:3|item:9")
@click.option("--reason", default="")
@as_option
@json_option
@failing_plainly
def exclude(award_id: int, what: str, reason: str, as_email: str | None, as_json: bool) -> None:
    """Leave something out of an award."""
    from app.services import excluding

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        document = {"id": excluding.exclude(session, award_id, by, what, reason).id}
    show(document, as_json, lambda one: f"Pengecualian nomor {one['id']} dicatat.")


@award.command("include")
@click.argument("exclusion_id", type=int)
@click.option("--why", default="")
@as_option
@failing_plainly
def include(exclusion_id: int, why: str, as_email: str | None) -> None:
    """Take an exclusion back."""
    from app.services import excluding

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        excluding.include(session, exclusion_id, by, why)
    tell("Dihitung lagi.")


@award.command("breach")
@click.argument("award_id", type=int)
@click.argument("organisation_id", type=int)
@click.option("--what", default="", help="What happened.")
@click.option("--post", metavar="delivery:5|seen:7")
@as_option
@json_option
@failing_plainly
def breach(
    award_id: int, organisation_id: int, what: str, post: str | None, as_email: str | None, as_json: bool
) -> None:
    """Confirm a breach of privacy."""
    from app.services import excluding

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        document = {"id": excluding.confirm_breach(session, award_id, by, organisation_id, what, post).id}
    show(document, as_json, lambda one: f"Pelanggaran nomor {one['id']} dicatat.")


@award.group("flag")
def flag() -> None:
    """What looks odd, for a person to decide."""


@flag.command("find")
@click.argument("award_id", type=int)
@as_option
@json_option
@failing_plainly
def flag_find(award_id: int, as_email: str | None, as_json: bool) -> None:
    """Look for what is odd; prints all flags."""
    from app.services import flags

    ready = parts()
    flags.find(ready, award_id, acting(ready, as_email))
    with ready.db.read() as session:
        names = ("id", "organisation_id", "kind", "key", "facts", "decision", "why")
        document = [{name: getattr(row, name) for name in names} for row in flags.of_award(session, award_id)]
    show(document, as_json)


@flag.command("decide")
@click.argument("flag_id", type=int)
@click.argument("decision", metavar="counts|left_out")
@click.option("--why", default="")
@as_option
@failing_plainly
def flag_decide(flag_id: int, decision: str, why: str, as_email: str | None) -> None:
    """Decide about one."""
    from app.services import flags

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        flags.decide(session, flag_id, by, decision, why)
    tell("Putusan disimpan.")


def _participant(row: dict[str, Any]) -> str:
    said = f"{row['organisation_id']:>5}  {row['organisation']} ({row['category']}): {row['standing']}"
    return f"{said}. {row['reason']}" if row["reason"] else said
