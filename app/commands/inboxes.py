"""inbox, engagement: what residents say, and what it came to."""

from __future__ import annotations

from typing import Any

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.problems import Problem


@click.group()
def inbox() -> None:
    """The inbox."""


@inbox.command("collect")
@click.option("--org", "organisation_id", type=int)
@failing_plainly
def collect(organisation_id: int | None) -> None:
    """Ask the platforms for comments now."""
    from app.services import collecting

    ready = parts()
    with ready.db.read() as session:
        wanted = collecting.of_organisation(session, organisation_id)
    new = sum(collecting.collect(ready, delivery_id) for delivery_id in wanted)
    tell(f"{new} komentar baru.")


@inbox.command("add")
@click.option("--org", "organisation_id", type=int, required=True)
@click.option("--text", required=True)
@click.option("--author", default="")
@as_option
@json_option
@failing_plainly
def add(organisation_id: int, text: str, author: str, as_email: str | None, as_json: bool) -> None:
    """Take a note of something said in person."""
    from app.services import moderating

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        item_id = moderating.take_note(session, organisation_id, by, text=text, author=author).id
    show({"id": item_id}, as_json, lambda made: f"Catatan nomor {made['id']} disimpan.")


@inbox.command("list")
@click.option("--org", "organisation_id", type=int)
@click.option("--kind")
@click.option("--status")
@click.option("--query")
@json_option
@failing_plainly
def list_(organisation_id: int | None, kind: str | None, status: str | None, query: str | None, as_json: bool) -> None:
    """Items, newest first."""
    from app.models import KINDS
    from app.queries import records
    from app.states import ASPIRATION

    if kind is not None and kind not in KINDS:
        raise Problem("unknown_kind", field="kind", name=kind, known=", ".join(KINDS))
    if status is not None and status not in ASPIRATION.states:
        raise Problem("unknown_status", field="status", name=status, known=", ".join(ASPIRATION.states))
    with parts().db.read() as session:
        document = records.items(session, organisation_id=organisation_id, kind=kind, status=status, query=query)
    show(document, as_json, lambda rows: "\n".join(_line(row) for row in rows) or "Kotak masih kosong.")


@inbox.command("show")
@click.argument("item_id", type=int)
@json_option
@failing_plainly
def show_(item_id: int, as_json: bool) -> None:
    """One item with its thread."""
    from app.queries import records

    with parts().db.read() as session:
        document = records.thread(session, item_id)
    show(document, as_json)


@inbox.command("reply")
@click.argument("item_id", type=int)
@click.option("--text", required=True)
@as_option
@json_option
@failing_plainly
def reply(item_id: int, text: str, as_email: str | None, as_json: bool) -> None:
    """Answer publicly; the worker sends it. What came by the form is answered on its tracking page, at once."""
    from app.services import answer_here, items, moderating

    ready = parts()
    by = acting(ready, as_email)
    outgoing_id: int | None = None
    with ready.db.write() as session:
        if items.get(session, item_id).source == "formulir":
            answer_here.answer(session, item_id, by, text)
        else:
            outgoing_id = moderating.reply(session, item_id, by, text).id
    said = "Balasan dikirim sebentar lagi." if outgoing_id else "Jawaban tampil di halaman lacak."
    show({"id": item_id, "outgoing_id": outgoing_id}, as_json, lambda _: said)


@inbox.command("hide")
@click.argument("item_id", type=int)
@click.option("--reason", default="")
@as_option
@json_option
@failing_plainly
def hide(item_id: int, reason: str, as_email: str | None, as_json: bool) -> None:
    """Hide a comment from the public; the reason stays in the history."""
    from app.services import moderating

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        outgoing_id = moderating.hide(session, item_id, by, reason).id
    show({"id": item_id, "outgoing_id": outgoing_id}, as_json, lambda _: "Komentar disembunyikan sebentar lagi.")


@inbox.command("set")
@click.argument("item_id", type=int)
@click.option("--kind")
@click.option("--status")
@click.option("--assignee", metavar="EMAIL")
@as_option
@json_option
@failing_plainly
def set_(
    item_id: int,
    kind: str | None,
    status: str | None,
    assignee: str | None,
    as_email: str | None,
    as_json: bool,
) -> None:
    """Set kind, status or who looks after it."""
    from app.services import moderating, people

    if kind is None and status is None and assignee is None:
        raise Problem("nothing_chosen", what="--kind, --status, atau --assignee")
    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        person = people.person_by_email(session, assignee) if assignee else None
        item = moderating.set_item(session, item_id, by, kind=kind, status=status, assignee=person)
        document = {"id": item.id, "kind": item.kind, "status": item.status}
    show(document, as_json, lambda made: f"{made['kind']}, {made['status']}.")


@click.group()
def engagement() -> None:
    """Engagement."""


@engagement.command("collect")
@click.option("--post", "post_id", type=int)
@click.option("--org", "organisation_id", type=int)
@failing_plainly
def count(post_id: int | None, organisation_id: int | None) -> None:
    """Count now: the posts, and the followers of their accounts."""
    from app.services import counting, noticing

    ready = parts()
    with ready.db.read() as session:
        wanted = counting.wanted(session, post_id=post_id, organisation_id=organisation_id)
        accounts = counting.accounts_of(session, wanted)
    done = sum(counting.count(ready, delivery_id) for delivery_id in wanted)
    for account_id in accounts:
        noticing.daily(ready, account_id)
    tell(f"{done} dari {len(wanted)} kiriman terbaca.")


@engagement.command("show")
@click.option("--post", "post_id", type=int)
@click.option("--account", "account_id", type=int)
@json_option
@failing_plainly
def readings(post_id: int | None, account_id: int | None, as_json: bool) -> None:
    """Readings of a post or an account."""
    from app.queries import records

    if post_id is None and account_id is None:
        raise Problem("nothing_chosen", what="--post atau --account")
    with parts().db.read() as session:
        document = records.readings(session, post_id=post_id, account_id=account_id)
    show(document, as_json)


@engagement.command("rebuild")
@failing_plainly
def rebuild() -> None:
    """Make the figures that pages and rankings read anew from all readings; may be stopped and begun again."""
    from app.services import rebuilding

    made = rebuilding.rebuild(parts())
    tell(f"{made['posts']} kiriman dan {made['days']} hari akun dihitung ulang.")


def _line(row: dict[str, Any]) -> str:
    text = " ".join(str(row["text"]).split())
    return f"{row['id']}  {row['kind']}, {row['status']}  {row['author'] or '-'}: {text[:100]}"
