"""post, delivery: write, approve, schedule, call off, decide."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.commands import acting, as_option, failing_plainly, json_option, parts, show, tell
from app.problems import Problem


def moment(text: str | None) -> datetime | None:
    """--at: ISO 8601 with an offset, or `now`. Problem: bad_time, time_naive."""
    from app import clock

    if text is None:
        return None
    if text == "now":
        return clock.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("bad_time", field="at", text=text) from None
    if at.utcoffset() is None:
        raise Problem("time_naive", field="at")
    return at


def line(made: dict[str, Any]) -> str:
    """A post for people: its state, then a line an account."""
    from app import words

    rows = [f"Kiriman {made['id']}: {words.POST[made['state']]}"]
    for each in made["deliveries"]:
        rows.append(f"  {each['id']}  {each['connector']}: {_said(each)}")
        rows += _steps(each)
    return "\n".join(rows)


@click.group()
def post() -> None:
    """Posts."""


@post.command("add")
@click.option("--org", "organisation_id", type=int, required=True)
@click.option("--caption", default=None)
@click.option("--caption-file", type=click.Path(path_type=Path), default=None)
@click.option("--photo", "photos", multiple=True, metavar="FILE[::ALT]")
@click.option("--to", "account_ids", type=int, multiple=True, metavar="ACCOUNT")
@click.option("--at", "at", metavar="ISO8601|now")
@click.option("--approve", is_flag=True, help="Approve it too; without this it stays a draft.")
@as_option
@json_option
@failing_plainly
def add(
    organisation_id: int,
    caption: str | None,
    caption_file: Path | None,
    photos: tuple[str, ...],
    account_ids: tuple[int, ...],
    at: str | None,
    approve: bool,
    as_email: str | None,
    as_json: bool,
) -> None:
    """Write a post; prints it as `post show` does."""
    from app.queries import records
    from app.services import drafting, queueing
    from media import intake

    text = _caption(caption, caption_file)
    due_at = drafting.promised(moment(at))
    ready = parts()
    by = acting(ready, as_email)
    # Photos are decoded before the transaction; a file without a row is swept up by a job.
    taken = [(intake.take(path, store=ready.store), alt) for path, alt in map(_photo, photos)]
    with ready.db.write() as session:
        made = drafting.create(session, organisation_id, by, caption=text, account_ids=account_ids, due_at=due_at)
        assert made.id is not None
        for each, alt in taken:
            drafting.add_photo(session, made.id, each, by, alt_text=alt)
        drafting.blocked(session, made.id)
        if approve:
            queueing.approve(session, ready.settings, made.id, by)
        document = records.post(session, made.id)
    show(document, as_json, line)


@post.command("approve")
@click.argument("post_id", type=int)
@as_option
@json_option
@failing_plainly
def approve_(post_id: int, as_email: str | None, as_json: bool) -> None:
    """Approve a draft; its deliveries are made."""
    from app.queries import records
    from app.services import queueing

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        queueing.approve(session, ready.settings, post_id, by)
        document = records.post(session, post_id)
    show(document, as_json, line)


@post.command("show")
@click.argument("post_id", type=int)
@json_option
@failing_plainly
def show_(post_id: int, as_json: bool) -> None:
    """One post and its way to each account."""
    from app.queries import records

    with parts().db.read() as session:
        document = records.post(session, post_id)
    show(document, as_json, line)


@post.command("list")
@click.option("--org", "organisation_id", type=int)
@json_option
@failing_plainly
def list_(organisation_id: int | None, as_json: bool) -> None:
    """All posts."""
    from app.queries import records

    with parts().db.read() as session:
        document = records.posts(session, organisation_id=organisation_id)
    show(document, as_json, lambda rows: "\n".join(line(row) for row in rows))


@post.command("cancel")
@click.argument("post_id", type=int)
@as_option
@json_option
@failing_plainly
def cancel(post_id: int, as_email: str | None, as_json: bool) -> None:
    """Call a post off where it is not public yet; too late anywhere is said, exit 1."""
    from app.queries import records
    from app.services import queueing

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        late = queueing.cancel(session, post_id, by)
        document = records.post(session, post_id)
    show(document, as_json, line)
    if late:
        raise Problem("too_late_to_cancel", accounts=", ".join(late))


@post.command("withdraw")
@click.argument("post_id", type=int)
@click.option("--reason", default="", help="Why; it stays in the history.")
@as_option
@json_option
@failing_plainly
def withdraw(post_id: int, reason: str, as_email: str | None, as_json: bool) -> None:
    """Take a public post back everywhere; the worker deletes it and looks until it is gone."""
    from app.queries import records
    from app.services import withdrawing

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        withdrawing.ask(session, post_id, reason, by)
        document = records.post(session, post_id)
    show(document, as_json, line)


@post.command("reschedule")
@click.argument("post_id", type=int)
@click.option("--at", "at", required=True, metavar="ISO8601|now")
@as_option
@json_option
@failing_plainly
def reschedule(post_id: int, at: str, as_email: str | None, as_json: bool) -> None:
    """Promise another time."""
    from app.queries import records
    from app.services import queueing

    due_at = moment(at)
    assert due_at is not None
    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        late = queueing.reschedule(session, ready.settings, post_id, due_at, by)
        document = records.post(session, post_id)
    show(document, as_json, line)
    if late:
        raise Problem("too_late_to_reschedule", accounts=", ".join(late))


@click.group()
def delivery() -> None:
    """Deliveries: one post to one account."""


@delivery.command("list")
@click.option("--state")
@click.option("--org", "organisation_id", type=int)
@json_option
@failing_plainly
def delivery_list(state: str | None, organisation_id: int | None, as_json: bool) -> None:
    """All deliveries, with what they mean and the next step."""
    from app.queries import records
    from app.states import DELIVERY
    from app.words_delivery import patience

    if state is not None and state not in DELIVERY.states:
        raise Problem("unknown_state", field="state", name=state, known=", ".join(DELIVERY.states))
    ready = parts()
    waits = patience(ready.settings)
    with ready.db.read() as session:
        document = records.deliveries(session, state=state, organisation_id=organisation_id, patience=waits)
    show(document, as_json, lambda rows: "\n".join(_delivery_line(row) for row in rows) or "Tidak ada.")


@delivery.command("resolve")
@click.argument("delivery_id", type=int)
@click.argument("how", type=click.Choice(["published", "resend", "withdrawn"]))
@click.option("--remote-id", help="The platform's id of the post, when you know it.")
@as_option
@json_option
@failing_plainly
def resolve(delivery_id: int, how: str, remote_id: str | None, as_email: str | None, as_json: bool) -> None:
    """Decide a doubtful, refused or missed delivery; `withdrawn`: deleted there by hand."""
    from app.queries import records
    from app.services import resolving

    ready = parts()
    by = acting(ready, as_email)
    with ready.db.write() as session:
        found = resolving.resolve(session, ready.settings, delivery_id, how, by, remote_id=remote_id)
        rows = records.deliveries(session, post_ids=[found.post_id])
    document = next(row for row in rows if row["id"] == delivery_id)
    show(document, as_json, _delivery_line)


def _delivery_line(row: dict[str, Any]) -> str:
    said = f"{row['id']}  kiriman {row['post_id']} → {row['connector']}: {_said(row)}"
    return "\n".join([said, *_steps(row)])


def _said(row: dict[str, Any]) -> str:
    """The state's name, unless the sentence begins with it, and both sentences."""
    name = "" if row["said"].startswith(row["words"]) else f"{row['words']}. "
    return f"{name}{row['said']} {row['next_step']}"


def _steps(row: dict[str, Any]) -> list[str]:
    """What a person has to tap, a line each."""
    return [f"      {number}. {tap}" for number, tap in enumerate(row["hand_steps"], start=1)]


def _caption(text: str | None, path: Path | None) -> str:
    if path is None:
        return text or ""
    if text is not None:
        tell("--caption diabaikan karena ada --caption-file.")
    try:
        return path.read_text("utf-8-sig")  # Notepad begins a file with a mark
    except UnicodeDecodeError:
        raise Problem("caption_not_text", field="caption", path=path) from None
    except OSError:
        raise Problem("file_unreadable", field="caption", path=path) from None


def _photo(text: str) -> tuple[Path, str]:
    """FILE or FILE::ALT; a file whose own name holds "::" is taken as it is."""
    if _is_file(text):
        return Path(text), ""
    name, _, alt = text.partition("::")
    if not _is_file(name):
        raise Problem("file_unreadable", field="photo", path=name)
    return Path(name), alt


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:  # longer than a file's name may be, as words for a photo often are
        return False
