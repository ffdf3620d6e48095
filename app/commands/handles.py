"""org handle: members' own accounts, whose comments are staff talk."""

from __future__ import annotations

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show
from app.commands.installing import org

__all__ = ["handle", "org"]


@org.group("handle")
def handle() -> None:
    """Members' own accounts: what they write is neither an aspirasi nor engagement."""


@handle.command("add")
@click.argument("organisation_id", type=int)
@click.argument("connector")
@click.argument("name")
@click.option("--remote-id", help="The person's number there, where it is known.")
@as_option
@json_option
@failing_plainly
def add(
    organisation_id: int, connector: str, name: str, remote_id: str | None, as_email: str | None, as_json: bool
) -> None:
    """Register one; comments that are here already are marked too, and their items put away."""
    from app.services import handles

    ready = parts()
    by = acting(ready, as_email)
    made, marked = handles.add(ready, organisation_id, by, connector=connector, name=name, remote_id=remote_id)
    document = {"id": made, "name": handles.plain(name), "marked": marked}
    show(document, as_json, lambda one: f"Akun anggota {one['name']} dicatat; {marked} komentar ditandai.")


@handle.command("remove")
@click.argument("organisation_id", type=int)
@click.argument("connector")
@click.argument("name")
@as_option
@json_option
@failing_plainly
def remove(organisation_id: int, connector: str, name: str, as_email: str | None, as_json: bool) -> None:
    """Forget one; its comments are a resident's again."""
    from app.services import handles

    ready = parts()
    back = handles.remove(ready, organisation_id, acting(ready, as_email), connector=connector, name=name)
    show({"back": back}, as_json, lambda one: f"Akun anggota dihapus; {one['back']} komentar kembali.")


@handle.command("list")
@click.argument("organisation_id", type=int)
@json_option
@failing_plainly
def listed(organisation_id: int, as_json: bool) -> None:
    """All of an organisation."""
    from app.services import handles

    with parts().db.read() as session:
        rows = [
            {"id": row.id, "connector": row.connector, "name": row.name, "remote_id": row.remote_id}
            for row in handles.of_organisation(session, organisation_id)
        ]
    show(rows, as_json, lambda made: "\n".join(f"{row['connector']} {row['name']}" for row in made) or "Belum ada.")
