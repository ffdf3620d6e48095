"""report: what is printed."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands import failing_plainly, json_option, parts, show


@click.group()
def report() -> None:
    """Papers."""


@report.command("month")
@click.option("--org", "organisation_id", type=int, required=True)
@click.option("--month", required=True, metavar="2026-10")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@json_option
@failing_plainly
def month(organisation_id: int, month: str, output: Path, as_json: bool) -> None:
    """The monthly report of an organisation as PDF."""
    from app import clock
    from app.queries import monthly
    from app.services import reporting

    ready = parts()
    with ready.db.read() as session:
        paper = monthly.read(session, organisation_id, month, clock.now(), ready.settings.public_url)
    made = reporting.make(ready, paper)
    output.write_bytes(made)
    show(
        {"file": str(output), "bytes": len(made), "organisation": paper.organisation, "month": month},
        as_json,
        lambda said: f"{paper.title.removeprefix('Kentongan ')} disimpan di {said['file']}.",
    )
