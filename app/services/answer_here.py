"""Answers to those who have no comment to answer under: they stand on our own tracking page, seen at once.

What came by the public form (or was taken down by hand) has no platform. Its answer is a public ItemNote; nothing is
sent, so nothing can stay unclear.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from app import clock
from app.language import findings
from app.models import Aspiration, ItemNote
from app.problems import Problem
from app.services import items
from app.services.collecting import storable
from app.services.moderating import ANSWER_MOST
from app.states import Actor


def answer(session: Session, item_id: int, by: Actor, text: str, *, answering: int | None = None) -> ItemNote:
    """Answer an item that has no comment; the item is answered from now on. The same words twice are one answer.

    answering: the number of the newest answer here that the writer saw, 0 for none; None: not asked.
    Problem: unknown_item, answer_on_platform (it has a comment: services/moderating.reply), text_needed,
    text_too_long, answered_meanwhile (who, text, at: of the newest answer that the writer has not seen).
    """
    text = storable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Problem("text_needed", field="text")
    if len(text) > ANSWER_MOST:
        raise Problem("text_too_long", field="text", most=ANSWER_MOST)
    item = items.opened(session, item_id, by)
    if item.comment_id is not None:
        raise Problem("answer_on_platform")
    last = answers(session, item_id)[-1:]
    if last and last[0].text == text and last[0].author_id == by.person_id and item.status not in items.OPEN:
        return last[0]  # the button was pressed twice
    if answering is not None and last and (last[0].id or 0) > answering:
        facts = {"who": last[0].author_name, "text": last[0].text, "at": last[0].at}
        raise Problem("answered_meanwhile", field="text", **facts)
    said = ItemNote(aspiration_id=item_id, author_id=by.person_id, author_name=by.who, text=text, public=True)
    session.add(said)
    session.flush()
    items.write(session, item, "answer_here", by, facts={"note": said.id}, answered_at=item.answered_at or clock.now())
    if item.status in items.OPEN:
        items.set_status(session, item, "sudah ditanggapi", by)
    return said


def answers(session: Session, item_id: int) -> list[ItemNote]:
    """The public answers to an item, oldest first."""
    public = (col(ItemNote.aspiration_id) == item_id, col(ItemNote.public))
    return list(session.exec(select(ItemNote).where(*public).order_by(col(ItemNote.id))).all())


def put_on_page(session: Session, item_id: int, by: Actor, on: bool) -> Aspiration:
    """Let question and answer stand under "Tanya jawab" of the organisation's own page, or take them from there.

    Problem: unknown_item, not_for_page (secret, masked, about a member, without a public answer, or with personal
    data in it).
    """
    item = items.opened(session, item_id, by)
    if on and not may_stand(item, answers(session, item_id)):
        raise Problem("not_for_page")
    if item.on_page != on:
        items.write(session, item, "on_page", by, facts={"to": on}, on_page=on)
    return item


def may_stand(item: Aspiration, said: list[ItemNote]) -> bool:
    """Whether an item may be shown in public at all. said: its public answers."""
    if item.secret or item.masked or item.about_id is not None or item.comment_id is not None or not said:
        return False
    return not any(findings.find(text) or findings.names_in_need(text) for text in (item.text, *(n.text for n in said)))
