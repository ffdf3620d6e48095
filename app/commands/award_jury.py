"""award jury, award objection: marks, and what participants say against their sheets."""

from __future__ import annotations

from typing import Any

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show
from app.commands.award_acts import award
from app.problems import Problem

__all__ = ["award"]


@award.group("jury")
def jury() -> None:
    """Jurors, the draw, marks."""


@jury.command("add")
@click.argument("award_id", type=int)
@click.argument("email")
@as_option
@json_option
@failing_plainly
def jury_add(award_id: int, email: str, as_email: str | None, as_json: bool) -> None:
    """Appoint a juror."""
    from app.services import jury as juries
    from app.services import people

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        person = people.person_by_email(session, email)
        juror = juries.appoint(session, award_id, by, person.id or 0)
        document = {
            "id": juror.id,
            "name": person.name,
            "conflicts": sorted(juries.conflicts_of(session, juror.id or 0)),
        }
    show(document, as_json, lambda one: f"{one['name']} menjadi juri nomor {one['id']}.")


@jury.command("declare")
@click.argument("juror_id", type=int)
@click.option("--conflict", "conflicts", multiple=True, metavar="ORG=REASON")
@as_option
@json_option
@failing_plainly
def jury_declare(juror_id: int, conflicts: tuple[str, ...], as_email: str | None, as_json: bool) -> None:
    """Declare whom a juror is close to; without --conflict: nobody."""
    from app.services import jury as juries

    given = {}
    for each in conflicts:
        number, _, reason = each.partition("=")
        if not number.isdecimal():
            raise Problem("bad_setting", field="conflict", text=each)
        given[int(number)] = reason
    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        juries.declare(session, juror_id, by, given)
        document = {"id": juror_id, "conflicts": sorted(juries.conflicts_of(session, juror_id))}
    show(document, as_json, lambda _: "Pernyataan disimpan.")


@jury.command("draw")
@click.argument("award_id", type=int)
@click.option("--seed", default="", help="Without, one is made and recorded.")
@as_option
@json_option
@failing_plainly
def jury_draw(award_id: int, seed: str, as_email: str | None, as_json: bool) -> None:
    """Draw the posts that the jury marks."""
    from app.services import jury as juries

    ready = parts()
    kept, count = juries.draw(ready, award_id, acting(ready, as_email), seed)
    with ready.db.read() as session:
        rows = juries.draws(session, award_id)
        drawn = [{"id": row.id, "organisation_id": row.organisation_id, "post": juries.key_of(row)} for row in rows]
    show({"seed": kept, "drawn": drawn}, as_json, lambda _: f"{count} kiriman diundi dengan benih {kept}.")


@jury.command("mark")
@click.argument("juror_id", type=int)
@click.argument("draw_id", type=int)
@click.argument("marks", nargs=-1, metavar="CRITERION=0..4...")
@click.option("--note", default="")
@as_option
@json_option
@failing_plainly
def jury_mark(
    juror_id: int, draw_id: int, marks: tuple[str, ...], note: str, as_email: str | None, as_json: bool
) -> None:
    """Write down a juror's marks of one drawn post."""
    from app.services import jury as juries

    given = {}
    for each in marks:
        name, _, value = each.partition("=")
        if not (value.isascii() and value.isdecimal()):
            raise Problem("bad_mark", field="marks", name=name, most=juries.BEST)
        given[name] = int(value)
    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        row = juries.mark(session, juror_id, draw_id, by, given, note)
        document = {"id": row.id, "criteria": row.criteria}
    show(document, as_json, lambda _: "Nilai disimpan.")


@award.group("objection")
def objection() -> None:
    """Sanggahan."""


@objection.command("list")
@click.argument("award_id", type=int)
@json_option
@failing_plainly
def objection_list(award_id: int, as_json: bool) -> None:
    """All of an award."""
    from app.services import objections

    with parts().db.read() as session:
        document = [_objection(row) for row in objections.of_award(session, award_id)]
    show(document, as_json, lambda rows: "\n".join(map(_objection_line, rows)) or "Belum ada sanggahan.")


@objection.command("file")
@click.argument("award_id", type=int)
@click.argument("organisation_id", type=int)
@click.option("--part", required=True)
@click.option("--text", required=True)
@as_option
@json_option
@failing_plainly
def objection_file(
    award_id: int, organisation_id: int, part: str, text: str, as_email: str | None, as_json: bool
) -> None:
    """Write down an objection, as of somebody of that organisation (--as), or that came on paper."""
    from app.services import objections

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        document = _objection(objections.file(session, award_id, organisation_id, by, part, text))
    show(document, as_json, lambda one: f"Sanggahan nomor {one['id']} dicatat.")


@objection.command("answer")
@click.argument("objection_id", type=int)
@click.argument("outcome", metavar="accept|accept_partly|reject")
@click.option("--text", default="")
@as_option
@json_option
@failing_plainly
def objection_answer(objection_id: int, outcome: str, text: str, as_email: str | None, as_json: bool) -> None:
    """Answer an objection; an accepted one is heeded by the next version."""
    from app.services import objections

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        document = _objection(objections.answer(session, objection_id, by, outcome, text))
    show(document, as_json, lambda _: "Jawaban disimpan.")


def _objection(row: Any) -> dict[str, Any]:
    from app.queries.records import when

    return {
        "id": row.id,
        "organisation_id": row.organisation_id,
        "part": row.part,
        "text": row.text,
        "state": row.state,
        "by": row.by_name,
        "at": when(row.at),
        "answer_by": when(row.answer_by),
        "answer": row.answer or None,
        "answered_by": row.answered_by,
        "outcome_version_id": row.outcome_version_id,
    }


def _objection_line(row: dict[str, Any]) -> str:
    from app import words_award

    text = " ".join(str(row["text"]).split())
    return f"{row['id']}  {words_award.OBJECTIONS[row['state']]}, {row['part']}: {text[:80]}"
