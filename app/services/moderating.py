"""The inbox: answer, hide, set the kind and status, take a note by hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import clock
from app.db import lease_time
from app.models import KINDS, Account, Aspiration, Comment, Delivery, Organisation, Outgoing, Person
from app.problems import Problem
from app.services import deadlines
from app.services.collecting import storable
from app.states import ASPIRATION, Actor, move, note
from connectors import load

#: Longest answer; Instagram takes 2,200 characters in a comment, Facebook 8,000 (public experience, not documented).
ANSWER_MOST = 2200
ACTION_NEEDS = {"reply": "reply", "hide": "hide", "unhide": "unhide", "delete": "delete_comment"}


def take_note(session: Session, organisation_id: int, by: Actor, *, text: str, author: str) -> Aspiration:
    """Something a resident said in person, by phone or on paper."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    text, author = storable(text), storable(author)
    if not text.strip():
        raise Problem("text_needed", field="text")
    present = clock.now()
    item = Aspiration(
        organisation_id=organisation_id,
        source="catatan",
        author=author.strip() or None,
        text=text.strip(),
        said_at=present,
        **deadlines.both(present, "perlu dipilah", deadlines.of(session, organisation_id)),
    )
    session.add(item)
    session.flush()
    note(session, item, "arrive", by, target=item.status)
    return item


def reply(session: Session, item_id: int, by: Actor, text: str) -> Outgoing:
    """Send an answer to the comment, publicly. One open answer an item: Problem("answer_on_its_way") otherwise."""
    text = storable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Problem("text_needed", field="text")
    if len(text) > ANSWER_MOST:
        raise Problem("text_too_long", field="text", most=ANSWER_MOST)
    outgoing = _send(session, item_id, by, "reply", text=text)
    return outgoing


def hide(session: Session, item_id: int, by: Actor, reason: str, *, hidden: bool = True) -> Outgoing:
    """Hide a comment from the public, or show it again; hiding needs a reason, which stays in the history."""
    if hidden and not reason.strip():
        raise Problem("reason_needed", field="reason")
    return _send(session, item_id, by, "hide" if hidden else "unhide", reason=reason.strip() or None)


def set_item(
    session: Session,
    item_id: int,
    by: Actor,
    *,
    kind: str | None = None,
    status: str | None = None,
    assignee: Person | None = None,
) -> Aspiration:
    """Decide the kind, the status or who looks after it."""
    item = get(session, item_id)
    if kind is not None:
        if kind not in KINDS:
            raise Problem("unknown_kind", field="kind", name=kind, known=", ".join(KINDS))
        before, item.kind, item.kind_by = item.kind, kind, by.who
        session.add(item)
        session.flush()
        moved = deadlines.renew(session, item)
        note(session, item, "kind", by, facts={"from": before, "to": kind, **moved})
    if status is not None and status != item.status:
        if status not in ASPIRATION.states:
            raise Problem("unknown_status", field="status", name=status, known=", ".join(ASPIRATION.states))
        if (item.status, status) not in ASPIRATION.moves:
            raise Problem("status_impossible", field="status", source=item.status, target=status)
        due: dict[str, Any] = {}
        if status == "dibuka lagi":
            due = deadlines.anew(clock.now(), item.kind, deadlines.of(session, item.organisation_id))
        move(session, item, status, by, **due)
    if assignee is not None:
        item.assignee_id = assignee.id
        session.add(item)
        session.flush()
        note(session, item, "assign", by, facts={"to": assignee.email})
    return item


def get(session: Session, item_id: int) -> Aspiration:
    """One inbox item; Problem("unknown_item")."""
    item = session.get(Aspiration, item_id)
    if item is None:
        raise Problem("unknown_item", id=item_id)
    return item


def answered(session: Session, outgoing: Outgoing, by: Actor) -> None:
    """A reply is public: the item is answered."""
    item = get(session, outgoing.aspiration_id)
    if item.status in ("belum ditanggapi", "dibuka lagi"):
        at = item.answered_at or outgoing.published_at
        move(session, item, "sudah ditanggapi", by, answered_at=at)


def _send(
    session: Session, item_id: int, by: Actor, action: str, *, text: str = "", reason: str | None = None
) -> Outgoing:
    """Queue something for the platform, after asking whether it can be done there at all."""
    item = get(session, item_id)
    comment = session.get(Comment, item.comment_id) if item.comment_id else None
    if comment is None:
        raise Problem("no_platform", source=item.source)
    account = session.get(Account, comment.account_id)
    assert account is not None
    if ACTION_NEEDS[action] not in load()[account.connector].can:
        raise Problem("not_possible_there", platform=load()[account.connector].label, action=action)
    if comment.deleted_at is not None:
        raise Problem("comment_gone")
    delivery = session.get_one(Delivery, comment.delivery_id)
    if delivery.state in ("withdrawing", "withdrawn", "gone"):
        raise Problem("post_gone")
    if action == "reply" and _on_its_way(session, item_id):
        raise Problem("answer_on_its_way")
    present = lease_time(session)
    outgoing = Outgoing(
        aspiration_id=item_id,
        comment_id=comment.id or 0,
        account_id=comment.account_id,
        author_id=by.person_id,
        action=action,
        text=text,
        reason=reason,
        due_at=present,
        wake_at=present,
    )
    try:
        with session.begin_nested():
            session.add(outgoing)
            session.flush()
    except IntegrityError:
        # The unique index saw another open answer that was written in the same moment.
        raise Problem("answer_on_its_way") from None
    note(session, outgoing, "queue", by, target="queued", why=reason, facts={"action": action, "item": item_id})
    return outgoing


def _on_its_way(session: Session, item_id: int) -> bool:
    open_states = ("queued", "staging", "committing", "held", "unsure", "needs_person")
    rows = session.exec(
        select(Outgoing.state).where(Outgoing.aspiration_id == item_id, Outgoing.action == "reply")
    ).all()
    return any(state in open_states for state in rows)
