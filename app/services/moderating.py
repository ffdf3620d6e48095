"""The inbox answers: reply, private reply, hide, delete; the kind, the status, who looks after an item.

What leaves for a platform is queued here and sent by services/answering. Rules that protect the resident stand here:
one answer by one coordinator, no hiding without grounds, nothing ready-made for whoever is in danger.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.db import lease_time
from app.models import KINDS, Account, Aspiration, Comment, Delivery, Outgoing, Person
from app.problems import Problem
from app.services import canned, deadlines, finishing, grounds, handling, items, promising, rivals
from app.services.collecting import storable
from app.services.items import get
from app.states import Actor, note
from connectors import load

__all__ = ["answered", "delete", "get", "hide", "private_reply", "reply", "set_item", "take_note"]

#: Longest answer; Instagram takes 2,200 characters in a comment, Facebook 8,000 (public experience, not documented).
ANSWER_MOST = 2200
#: Longest private one: 1,000 bytes on Instagram, 2,000 characters on Facebook (Meta, Send API and IG messaging).
PRIVATE_MOST = 1000
ACTION_NEEDS = {
    "reply": "reply", "private_reply": "private_reply", "hide": "hide", "unhide": "unhide", "delete": "delete_comment",
}  # fmt: skip


def take_note(
    session: Session, organisation_id: int, by: Actor, *, text: str, author: str, channel: str | None = None
) -> Aspiration:
    """Something a resident said in person, by phone or on paper; see ``handling.take_message``."""
    return handling.take_message(session, organisation_id, by, text, author, channel)


def reply(
    session: Session, item_id: int, by: Actor, text: str, *, promised: date | None = None,
    answering: int | str | None = None, canned_id: int | None = None,
) -> Outgoing:  # fmt: skip
    """Send an answer to the comment, publicly; one open answer an item.

    promised: a day that the answer promises, which becomes a janji. answering: what the writer saw of our answers (see
    ``rivals.since``). canned_id: the ready reply it was made from.
    Problem: answered_meanwhile (who, at, text: of the newest answer that the writer has not seen; nothing is sent),
    answer_on_its_way, urgent_not_canned, text_needed, text_too_long, date_past, and why it cannot be sent there.
    """
    text = _answer(text, ANSWER_MOST)
    item = items.opened(session, item_id, by)
    if answering is not None:
        rivals.refuse(session, item, answering)
    _own_words(session, item, by, text, canned_id)
    if promised is not None:
        promising.check(session, item.organisation_id, promised)
    outgoing = _send(session, item, by, "reply", text=text)
    if promised is not None:
        promising.give(session, item, promised, by, text, outgoing)
    return outgoing


def private_reply(session: Session, item_id: int, by: Actor, text: str) -> Outgoing:
    """Write to the resident privately: once a comment, within seven days of it (``grounds.WINDOW``).

    Problem: private_window, private_once, private_right (the account may not), not_possible_there; each with the
    comment's permalink, to copy the text and open the comment there.
    """
    text = _answer(text, PRIVATE_MOST)
    if len(text.encode()) > PRIVATE_MOST:
        raise Problem("text_too_long", field="text", most=PRIVATE_MOST)
    item = items.opened(session, item_id, by)
    grounds.private(session, item, lease_time(session))
    return _send(session, item, by, "private_reply", text=text)


def hide(
    session: Session, item_id: int, by: Actor, reason: str, *, hidden: bool = True, by_itself: bool = False
) -> Outgoing:
    """Hide a comment from the public, or show it again; hiding needs a reason, which stays in the history.

    by_itself: the filter does it, which it never may with what is urgent or must be answered.
    Problem: reason_needed, reason_short and reason_dislike (kritik, keluhan and what is urgent), not_by_itself.
    """
    item = items.opened(session, item_id, by)
    reason = storable(reason).strip()
    if hidden:
        grounds.filtered(item, by_itself=by_itself)
        grounds.reason(item, reason)
    return _send(session, item, by, "hide" if hidden else "unhide", reason=reason or None)


def delete(session: Session, item_id: int, by: Actor, reason: str) -> Outgoing:
    """Delete the comment on its platform, where that allows it; its text stays here. Problems as of ``hide``."""
    item = items.opened(session, item_id, by)
    reason = storable(reason).strip()
    grounds.reason(item, reason)
    if (open_one := rivals.deleting(session, item_id)) is not None:
        raise Problem("delete_on_its_way", at=open_one)
    return _send(session, item, by, "delete", reason=reason)


def set_item(
    session: Session,
    item_id: int,
    by: Actor,
    *,
    kind: str | None = None,
    status: str | None = None,
    assignee: Person | None = None,
    proof: str = "",
) -> Aspiration:
    """Decide the kind, the status or who looks after it. proof: of a keluhan that becomes selesai (finishing.settle).

    Problem: unknown_kind, unknown_status, status_impossible, proof_needed, about_that_member.
    """
    item = items.opened(session, item_id, by)
    if kind is not None:
        if kind not in KINDS:
            raise Problem("unknown_kind", field="kind", name=kind, known=", ".join(KINDS))
        _set_kind(session, item, kind, by)
    if status is not None and status != item.status:
        if status == "selesai":
            # The operator at the command line has the word of whoever asked for it, and the Event says so.
            finishing.settle(session, item_id, by, proof, taken=by.person_id is None)
        else:
            items.set_status(session, item, status, by)
    if assignee is not None:
        if assignee.id == item.about_id:
            raise Problem("about_that_member", field="assignee")
        items.write(session, item, "assign", by, facts={"to": assignee.email}, assignee_id=assignee.id)
    return item


def answered(session: Session, outgoing: Outgoing, by: Actor) -> None:
    """An answer arrived, publicly or privately: the item is answered, and what is joined to it."""
    item = get(session, outgoing.aspiration_id)
    if item.status in items.OPEN:
        at = item.answered_at or outgoing.published_at
        items.set_status(session, item, "sudah ditanggapi", by, answered_at=at)


def _set_kind(session: Session, item: Aspiration, kind: str, by: Actor) -> None:
    """Decide the kind; what it is decides by when it is to be answered."""
    before, item.kind, item.kind_by = item.kind, kind, by.who
    facts = {"from": before, "to": kind, **deadlines.renew(session, item)}
    items.write(session, item, "kind", by, facts=facts)


def _answer(text: str, most: int) -> str:
    text = storable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Problem("text_needed", field="text")
    if len(text) > most:
        raise Problem("text_too_long", field="text", most=most)
    return text


def _own_words(session: Session, item: Aspiration, by: Actor, text: str, canned_id: int | None) -> None:
    """Whoever is in danger is answered by a person, in words meant for them."""
    if item.urgent and (canned_id is not None or canned.is_ready_made(session, item, by, text)):
        raise Problem("urgent_not_canned", field="text")


def _send(
    session: Session, item: Aspiration, by: Actor, action: str, *, text: str = "", reason: str | None = None
) -> Outgoing:
    """Queue something for the platform, after asking whether it can be done there at all."""
    comment = _reachable(session, item, action)
    if action == "reply" and (rival := rivals.on_its_way(session, item.id or 0)) is not None:
        raise Problem("answer_on_its_way", **rival.facts)
    present = lease_time(session)
    outgoing = Outgoing(
        aspiration_id=item.id or 0,
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
    note(session, outgoing, "queue", by, target="queued", why=reason, facts={"action": action, "item": item.id})
    return outgoing


def _reachable(session: Session, item: Aspiration, action: str) -> Comment:
    comment = session.get(Comment, item.comment_id) if item.comment_id else None
    if comment is None:
        raise Problem("no_platform", source=item.source)
    account = session.get(Account, comment.account_id)
    assert account is not None
    if ACTION_NEEDS[action] not in load()[account.connector].can:
        facts = {"permalink": comment.permalink} if action == "private_reply" else {}
        raise Problem("not_possible_there", platform=load()[account.connector].label, action=action, **facts)
    if comment.deleted_at is not None:
        raise Problem("comment_gone")
    state = session.exec(select(Delivery.state).where(Delivery.id == comment.delivery_id)).one()
    if state in ("withdrawing", "withdrawn", "gone"):
        raise Problem("post_gone")
    return comment
