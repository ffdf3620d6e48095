"""inbox: what is done with an item besides answering it publicly; the ready replies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlmodel import Session

from app.commands import acting, as_option, failing_plainly, json_option, parts, show
from app.commands.inboxes import inbox
from app.problems import Problem
from app.states import Actor

__all__ = ["inbox"]

_DAY = click.DateTime(formats=["%Y-%m-%d"])
Act = Callable[[Session, Actor], dict[str, Any]]


def _done(item_id: int, as_email: str | None, as_json: bool, sentence: str, act: Act) -> None:
    """Do it in one transaction and say so; JSON has the item's id and what the act adds."""
    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        document = {"id": item_id, **act(session, by)}
    show(document, as_json, lambda _: sentence)


def _command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command about one item: its number, --as and --json, failures in one sentence."""

    def made(function: Callable[..., None]) -> click.Command:
        wrapped = as_option(json_option(failing_plainly(function)))
        return inbox.command(name)(click.argument("item_id", type=int)(wrapped))

    return made


@_command("note")
@click.option("--text", required=True)
def note(item_id: int, text: str, as_email: str | None, as_json: bool) -> None:
    """A private note; residents never see it."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"note_id": handling.add_note(session, item_id, by, text).id}

    _done(item_id, as_email, as_json, "Catatan tim disimpan.", act)


@_command("label")
@click.option("--label", "labels", multiple=True, help="Repeat for several; none at all takes them away.")
def label(item_id: int, labels: tuple[str, ...], as_email: str | None, as_json: bool) -> None:
    """These labels and no others."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"labels": handling.set_labels(session, item_id, by, labels).labels}

    _done(item_id, as_email, as_json, "Label disimpan.", act)


@_command("join")
@click.option("--into", "into_id", type=int, help="Without it the item is a matter of its own again.")
def join(item_id: int, into_id: int | None, as_email: str | None, as_json: bool) -> None:
    """It says the same as another item, and follows that one."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        item = handling.join(session, item_id, into_id, by) if into_id else handling.part(session, item_id, by)
        return {"duplicate_of": item.duplicate_of_id, "status": item.status}

    _done(item_id, as_email, as_json, "Digabung." if into_id else "Dipisah lagi.", act)


@_command("handover")
@click.option("--agency", required=True)
@click.option("--reference", default="", help="Its number there, as the tracking id of LAPOR!.")
@click.option("--answer-by", type=_DAY)
def handover(
    item_id: int, agency: str, reference: str, answer_by: datetime | None, as_email: str | None, as_json: bool
) -> None:
    """Hand it on to an agency."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        day = answer_by.date() if answer_by else None
        return {"handover_id": handling.hand_over(session, item_id, by, agency, reference, day).id}

    _done(item_id, as_email, as_json, f"Diteruskan ke {agency}.", act)


@_command("settle")
@click.option("--proof", default="", help="What was done; a keluhan needs it.")
def settle(item_id: int, proof: str, as_email: str | None, as_json: bool) -> None:
    """Solved, with proof."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"status": handling.settle(session, item_id, by, proof).status}

    _done(item_id, as_email, as_json, "Selesai.", act)


@_command("reopen")
@click.option("--reason", default="")
def reopen(item_id: int, reason: str, as_email: str | None, as_json: bool) -> None:
    """Open it again, with a new deadline."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"status": handling.reopen(session, item_id, by, reason).status}

    _done(item_id, as_email, as_json, "Dibuka lagi.", act)


@_command("secret")
@click.option("--off", is_flag=True, help="Not secret any more; needs --reason.")
@click.option("--reason", default="")
def secret(item_id: int, off: bool, reason: str, as_email: str | None, as_json: bool) -> None:
    """Never shown in public."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"secret": handling.keep_secret(session, item_id, by, not off, reason).secret}

    _done(item_id, as_email, as_json, "Tidak lagi dirahasiakan." if off else "Dirahasiakan.", act)


@_command("about")
@click.option("--person", metavar="EMAIL", help="A member; without it it is about nobody of us.")
def about(item_id: int, person: str | None, as_email: str | None, as_json: bool) -> None:
    """It is about a member, who then neither sees nor closes it; a pembina has it."""
    from app.services import handling, people

    def act(session: Session, by: Actor) -> dict[str, Any]:
        person_id = people.person_by_email(session, person).id if person else None
        item = handling.set_about(session, item_id, by, person_id)
        return {"about_id": item.about_id, "assignee_id": item.assignee_id}

    _done(item_id, as_email, as_json, "Disimpan.", act)


@_command("urgent")
@click.option("--what", help="bunuh_diri, kekerasan, anak, hilang, nyawa.")
@click.option("--no", "dismissed", is_flag=True, help="It is not urgent.")
def urgent(item_id: int, what: str | None, dismissed: bool, as_email: str | None, as_json: bool) -> None:
    """Confirm that it is urgent, or that it is not."""
    from app.services import handling

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"urgent": handling.decide_urgency(session, item_id, by, not dismissed, what).urgent}

    _done(item_id, as_email, as_json, "Bukan darurat." if dismissed else "Ditandai darurat.", act)


@_command("promise")
@click.option("--by", "due_on", type=_DAY, help="A new promise, by this day.")
@click.option("--text", default="")
@click.option("--keep", "kept", type=int, metavar="PROMISE")
@click.option("--drop", "dropped", type=int, metavar="PROMISE")
@click.option("--reason", default="")
def promise(
    item_id: int, due_on: datetime | None, text: str, kept: int | None, dropped: int | None, reason: str,
    as_email: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Promise something by a day; a promise was kept, or is taken back."""
    from app.models import Promise
    from app.services import items, promising

    if sum(choice is not None for choice in (due_on, kept, dropped)) != 1:
        raise Problem("nothing_chosen", what="satu dari --by, --keep, atau --drop")

    def act(session: Session, by: Actor) -> dict[str, Any]:
        item = items.opened(session, item_id, by)
        if due_on is not None:
            made = promising.give(session, item, due_on.date(), by, text)
            return {"promise_id": made.id, "state": made.state}
        number = kept if kept is not None else dropped
        known = session.get(Promise, number)
        if known is None or known.aspiration_id != item_id:
            raise Problem("unknown_promise", id=number)
        if kept is not None:
            promising.keep(session, kept, by)
        else:
            promising.drop(session, known.id or 0, by, reason)
        return {"promise_id": known.id, "state": known.state}

    _done(item_id, as_email, as_json, "Janji dicatat.", act)


@_command("delete")
@click.option("--reason", default="")
def delete(item_id: int, reason: str, as_email: str | None, as_json: bool) -> None:
    """Delete the comment on its platform; its text and the reason stay here."""
    from app.services import moderating

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"outgoing_id": moderating.delete(session, item_id, by, reason).id}

    _done(item_id, as_email, as_json, "Komentar dihapus sebentar lagi.", act)


@_command("private-reply")
@click.option("--text", required=True)
def private_reply(item_id: int, text: str, as_email: str | None, as_json: bool) -> None:
    """Write to the resident privately: once a comment, within seven days."""
    from app.services import moderating

    def act(session: Session, by: Actor) -> dict[str, Any]:
        return {"outgoing_id": moderating.private_reply(session, item_id, by, text).id}

    _done(item_id, as_email, as_json, "Balasan pribadi dikirim sebentar lagi.", act)


@inbox.command("lapor")
@click.argument("item_id", type=int)
@failing_plainly
def lapor(item_id: int) -> None:
    """The text for SP4N-LAPOR!, without anybody's name or number, on stdout."""
    from app.queries import lapor as query

    with parts().db.read() as session:
        try:
            text = query.text_for_lapor(session, item_id)
        except LookupError:
            raise Problem("unknown_item", id=item_id) from None
    click.echo(text)


@inbox.group("canned")
def canned() -> None:
    """Ready replies."""


@canned.command("list")
@click.option("--org", "organisation_id", type=int, required=True)
@json_option
@failing_plainly
def canned_list(organisation_id: int, as_json: bool) -> None:
    """Those of an organisation, in their order."""
    from app.services import canned as service

    with parts().db.read() as session:
        rows = service.listed(session, organisation_id)
        document = [{"id": row.id, "name": row.name, "text": row.text, "kinds": row.kinds} for row in rows]
    show(document, as_json, lambda rows: "\n".join(f"{row['id'] or '-'}  {row['name']}: {row['text']}" for row in rows))


@canned.command("add")
@click.option("--org", "organisation_id", type=int, required=True)
@click.option("--name", required=True)
@click.option("--text", required=True)
@click.option("--kind", "kinds", multiple=True)
@as_option
@json_option
@failing_plainly
def canned_add(
    organisation_id: int, name: str, text: str, kinds: tuple[str, ...], as_email: str | None, as_json: bool
) -> None:
    """A new one; fields {nama} {organisasi} {desa} {hari} {pengirim} are filled in."""
    from app.services import canned as service

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        document = {"id": service.add(session, organisation_id, by, name, text, kinds).id}
    show(document, as_json, lambda _: "Balasan siap pakai disimpan.")


@canned.command("remove")
@click.argument("canned_id", type=int)
@click.option("--org", "organisation_id", type=int, required=True)
@as_option
@json_option
@failing_plainly
def canned_remove(canned_id: int, organisation_id: int, as_email: str | None, as_json: bool) -> None:
    """Not offered any more."""
    from app.services import canned as service

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        service.remove(session, organisation_id, canned_id, by)
    show({"id": canned_id}, as_json, lambda _: "Balasan siap pakai dihapus.")
