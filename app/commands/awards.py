"""award: rules, participants, jury, freezing, ranking, objections (design.md section 13)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from app import words_award
from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.problems import Problem

#: Changes that ``verify`` spells out.
_DIFFERENCES = 20


@click.group()
def award() -> None:
    """Awards: periods that are evaluated."""


@award.command("create")
@click.option("--name", required=True)
@click.option("--from", "first", required=True, metavar="DATE")
@click.option("--to", "last", required=True, metavar="DATE")
@click.option("--category", "categories", multiple=True, required=True)
@click.option("--rubric", type=click.Path(path_type=Path), help="JSON with what differs from the default rubric.")
@click.option("--bands", is_flag=True, help="Compare within bands of followers.")
@click.option("--org", "organisation_id", type=int, help="Whose area takes part; without, the whole installation.")
@click.option("--draft", is_flag=True, help="Leave the rules open; without this they are fixed at once.")
@as_option
@json_option
@failing_plainly
def create(
    name: str, first: str, last: str, categories: tuple[str, ...], rubric: Path | None, bands: bool,
    organisation_id: int | None, draft: bool, as_email: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Set up an award and fix its rules."""
    from app.services import awards

    wish = awards.Wish(
        name, _day(first, "from"), _day(last, "to"), categories, _rubric(rubric), bands, organisation_id
    )  # fmt: skip
    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        made = awards.create(session, by, wish)
        if not draft:
            awards.fix(session, made.id or 0, by)
        late = awards.fixed_late(made)
        document = {"id": made.id, "state": made.state, "rubric_sha256": made.rubric_sha256, "fixed_late": late}
    if late:
        tell(words_award.FIXED_LATE)
    show(document, as_json, lambda one: f"Penilaian nomor {one['id']} dibuat.")


@award.command("fix")
@click.argument("award_id", type=int)
@as_option
@json_option
@failing_plainly
def fix(award_id: int, as_email: str | None, as_json: bool) -> None:
    """Fix the rules of a draft."""
    from app.services import awards

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        made = awards.fix(session, award_id, by)
        document: dict[str, Any] = {"id": made.id, "state": made.state, "rubric_sha256": made.rubric_sha256}
        document |= {"fixed_late": awards.fixed_late(made), "denominators": made.denominators, "dropped": made.dropped}
    show(document, as_json, lambda one: f"Aturan ditetapkan; sidik {one['rubric_sha256'][:12]}.")


@award.command("freeze")
@click.argument("award_id", type=int)
@click.option("--why", default="", help="Of a correction: why there is another version.")
@as_option
@json_option
@failing_plainly
def freeze(award_id: int, why: str, as_email: str | None, as_json: bool) -> None:
    """Freeze a version: every input, its hash, the scores from it."""
    from app.queries.records import when
    from app.services import freezing

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.read() as session:
        again = freezing.newest(session, award_id) is not None
    made = freezing.freeze(ready, award_id, by, why or ("dibekukan ulang lewat baris perintah" if again else ""))
    if made.early:
        tell(words_award.EARLY)
    document = {"id": award_id, "version": made.version, "sha256": made.sha256, "frozen_at": when(made.frozen_at)}
    document |= {"early": made.early, "objections_until": when(made.objections_until)}
    show(document, as_json, lambda one: f"Versi {one['version']} dibekukan; sidik {one['sha256']}.")


@award.command("verify")
@click.argument("award_id", type=int)
@click.option("--version", type=int)
@json_option
@failing_plainly
def verify(award_id: int, version: int | None, as_json: bool) -> None:
    """Reckon a frozen version anew, and say what has changed in the database since; exit 1 where it does not agree."""
    from app.services import verifying

    found = verifying.verify(parts(), award_id, version)
    show(found.plain(), as_json, _verified)
    if not found.ok:
        raise Problem("award_disagrees", version=found.version, wrong=", ".join(found.wrong))


@award.command("rank")
@click.argument("award_id", type=int)
@click.option("--category")
@click.option("--version", type=int)
@json_option
@failing_plainly
def rank(award_id: int, category: str | None, version: int | None, as_json: bool) -> None:
    """The ranking: of the newest frozen version, before that provisional."""
    from app.queries import standings_award

    found = standings_award.standings(parts(), award_id, version=version, fresh=True)
    document = standings_award.rows(found, category)
    show(document, as_json, lambda rows: "\n".join(map(_line, rows)) or "Belum ada peserta.")


@award.command("export")
@click.argument("award_id", type=int)
@click.option("--format", "kind", type=click.Choice(["xlsx", "pdf", "csv", "json"]), required=True)
@click.option("--output", type=click.Path(path_type=Path), required=True)
@click.option("--version", type=int)
@failing_plainly
def export(award_id: int, kind: str, output: Path, version: int | None) -> None:
    """Write a version into a file; json is the frozen snapshot, byte by byte."""
    from app.services import freezing

    ready = parts()
    if kind == "json":
        with ready.db.read() as session:
            content = freezing.content_of(freezing.version_of(session, award_id, version))
    else:
        from app.queries import award_files

        content = award_files.made(ready, award_id, kind, version)
    output.write_bytes(content)
    tell(f"{output}: {len(content)} bita.")


@award.command("list")
@json_option
@failing_plainly
def list_(as_json: bool) -> None:
    """All awards, the newest first."""
    from app.queries import award_list

    with parts().db.read() as session:
        document = [award_list.plain(row) for row in award_list.every(session)]
    show(document, as_json, lambda rows: "\n".join(map(_award, rows)) or "Belum ada penilaian.")


@award.command("show")
@click.argument("award_id", type=int)
@json_option
@failing_plainly
def show_(award_id: int, as_json: bool) -> None:
    """One award: its rules and versions."""
    from app.queries import award_list

    with parts().db.read() as session:
        document = award_list.one(session, award_id)
    show(document, as_json)


@award.command("release")
@click.argument("award_id", type=int)
@click.option("--why", default="", help="Why now, where objections may still come or wait.")
@click.option("--take-back", is_flag=True)
@as_option
@json_option
@failing_plainly
def release(award_id: int, why: str, take_back: bool, as_email: str | None, as_json: bool) -> None:
    """Make the result public, or take it back."""
    from app.services import awards

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        act = awards.take_back if take_back else awards.release
        document = {"id": award_id, "state": act(session, award_id, by, why).state}
    show(document, as_json, lambda one: "Hasil diumumkan." if one["state"] == "released" else "Pengumuman ditarik.")


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("bad_date", field=field, text=text) from None


def _rubric(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError:
        raise Problem("file_unreadable", field="rubric", path=path) from None
    except (ValueError, RecursionError):
        raise Problem("rubric_file", field="rubric", path=path) from None
    if not isinstance(found, dict):
        raise Problem("rubric_file", field="rubric", path=path)
    return found


def _verified(found: dict[str, Any]) -> str:
    """What the version says of itself, then what has changed beside it, the first of it line by line."""
    from app import words_periksa as words

    lines = [f"{'Cocok' if found['ok'] else 'TIDAK COCOK'}; sidik {found['sha256']}."]
    if found["changed"]:
        lines.append(f"{found['changed']} hal di data sekarang berbeda dari yang dibekukan:")
    for one in found["differences"][:_DIFFERENCES]:
        who = f"organisasi {one['organisation_id']}, " if one["organisation_id"] else ""
        before, after = (words.value(one, side, "Asia/Jakarta") for side in ("frozen", "now"))
        number = f" ({one['id']})" if one["id"] is not None else ""
        lines.append(f"  {who}{words.what(one)}{number}: {before} → {after}")
    if found["changed"] > _DIFFERENCES:
        lines.append("  … semuanya dengan --json.")
    return "\n".join(lines)


def _award(row: dict[str, Any]) -> str:
    return f"{row['id']}  {row['name']}, {row['from']} sampai {row['to']} ({words_award.STATES[row['state']]})"


def _line(row: dict[str, Any]) -> str:
    place = "-" if row["rank"] is None else str(row["rank"])
    score = "-" if row["score"] is None else f"{row['score']:.2f}"
    return f"{place:>4}  {score:>6}  {row['organisation']} ({row['category']}) {row['reason'] or ''}".rstrip()
