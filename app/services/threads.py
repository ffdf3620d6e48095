"""What a comment in a thread means for the thread's item: answered by us, or the resident wrote again."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.models import Aspiration, Comment, Outgoing
from app.services import deadlines, items
from app.states import Actor, move, note

#: Nobody has answered, or not since the resident came back.
OPEN = ("belum ditanggapi", "dibuka lagi")
#: A resident who writes again opens these anew; what is being worked on is open already.
ANSWERED = ("sudah ditanggapi", "selesai", "menunggu warga")


def react(session: Session, comment: Comment, by: Actor) -> None:
    """A reply is here: ours answers the item with its true time, the resident's opens an answered one again.

    Whatever order they come in: an answer older than the resident's last words leaves the item open, and words older
    than an answer that was typed on the platform were seen by whoever typed it.
    """
    if comment.staff or comment.deleted_at is not None:
        return
    root, item = _of(session, comment)
    if root is None or item is None:
        return
    if comment.own:
        _answered(session, root, item, comment, by)
        return
    comes_back = item.status in ANSWERED and same_person(comment, root)
    if comes_back and not any(comment.said_at < each.said_at for each in _typed_there(session, root)):
        _reopen(session, item, comment, by)


def learned(session: Session, comment: Comment, changed: set[str], by: Actor) -> None:
    """Only now it is known that a comment is ours, a member's, or stands in a thread: it is no item of its own."""
    why = "written by ourselves" if "own" in changed else "staff" if "staff" in changed else None
    if why is None and "parent_id" in changed:
        why = "belongs to a thread"
    if why is None:
        return
    put_away(session, comment, why, by)
    if comment.parent_id is not None and not comment.staff:
        react(session, comment, by)


def put_away(session: Session, comment: Comment, why: str, by: Actor) -> bool:
    """Archive the item of a comment that needs no answer; it is kept, and the Event says why. Whether there was one."""
    item = session.exec(select(Aspiration).where(Aspiration.comment_id == comment.id)).first()
    if item is None or item.status in ("diarsipkan", "selesai"):
        return False
    move(session, item, "diarsipkan", by, why=why)
    return True


def same_person(one: Comment, other: Comment) -> bool:
    """Whether one person wrote both; two unnamed ones are taken for one, so that nobody is overheard."""
    if one.author_id and other.author_id:
        return one.author_id == other.author_id
    return one.author_name == other.author_name


def _of(session: Session, comment: Comment) -> tuple[Comment | None, Aspiration | None]:
    """The comment on top of a reply's thread, and its item."""
    parent = session.get(Comment, comment.parent_id) if comment.parent_id else None
    root = session.get(Comment, parent.parent_id) if parent and parent.parent_id else parent
    if root is None:
        return None, None
    return root, session.exec(select(Aspiration).where(Aspiration.comment_id == root.id)).first()


def _answered(session: Session, root: Comment, item: Aspiration, answer: Comment, by: Actor) -> None:
    later = [each for each in _replies(session, root) if _is_residents(each, root) and each.said_at > answer.said_at]
    if item.status == "belum ditanggapi" or (item.status == "dibuka lagi" and not later):
        at = min(filter(None, (item.answered_at, answer.said_at)))
        why = None if _sent_by_us(session, item, answer) else "answered on the platform"
        # With it, what is joined to it is answered.
        items.set_status(session, item, "sudah ditanggapi", by, why=why, answered_at=at)
        if later:
            _reopen(session, item, max(later, key=lambda each: each.said_at), by)
    elif item.answered_at is not None and answer.said_at < item.answered_at and not _sent_by_us(session, item, answer):
        facts = {"from": item.answered_at.isoformat(), "to": answer.said_at.isoformat()}
        item.answered_at = answer.said_at
        session.add(item)
        session.flush()
        note(session, item, "answered_earlier", by, facts=facts)


def _reopen(session: Session, item: Aspiration, comment: Comment, by: Actor) -> None:
    due = deadlines.anew(comment.said_at, item.kind, deadlines.of(session, item.organisation_id))
    # A matter of its own again, where it was joined to another: what is joined is not looked for by itself.
    alone = {"duplicate_of_id": None, "settled_at": None}
    move(session, item, "dibuka lagi", by, why="the resident wrote again", **alone, **due)


def _replies(session: Session, root: Comment) -> list[Comment]:
    """All that stands under a comment, at any depth that platforms have (two)."""
    direct = select(Comment.id).where(Comment.parent_id == root.id)
    query = select(Comment).where(or_(col(Comment.parent_id) == root.id, col(Comment.parent_id).in_(direct)))
    return list(session.exec(query))


def _is_residents(reply: Comment, root: Comment) -> bool:
    return not (reply.own or reply.staff) and reply.deleted_at is None and same_person(reply, root)


def _typed_there(session: Session, root: Comment) -> list[Comment]:
    """Answers of ours in a thread that did not go through us: who types in the app sees the thread as it is there."""
    own = [each for each in _replies(session, root) if each.own and each.deleted_at is None]
    if not own:
        return []
    ids = [each.remote_id for each in own]
    ours = set(session.exec(select(Outgoing.remote_id).where(col(Outgoing.remote_id).in_(ids))))
    return [each for each in own if each.remote_id not in ours]


def _sent_by_us(session: Session, item: Aspiration, answer: Comment) -> bool:
    """Whether it went through us, its result perhaps not written yet: a notification may overtake the answer."""
    query = select(Outgoing.remote_id, Outgoing.text).where(
        Outgoing.aspiration_id == item.id,
        Outgoing.action == "reply",
        col(Outgoing.state).in_(("committing", "unsure", "needs_person", "published")),
    )
    return any(sent == answer.remote_id or (sent is None and text == answer.text) for sent, text in session.exec(query))
