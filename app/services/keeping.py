"""What is heard of comments is written down: each once, with every text ever seen; top-level ones become items.

Heard by a read, which says everything and is the truth of its moment, or by a notification, which says a part, may
come twice, late and in any order. So each carries the moment it speaks of, and what is older changes nothing newer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, delete, select, update

from app import clock
from app.models import Account, Aspiration, Comment, Delivery, Tombstone
from app.services import arriving, deadlines, marking, threads
from app.services.arriving import COLLECTOR
from app.services.handles import Whose, whose
from app.states import note
from connectors import RemoteComment


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one comment that is there. at: the moment it speaks of. whole: by a read, which says all."""

    comment: RemoteComment
    at: datetime
    whole: bool = True


def keep(session: Session, delivery: Delivery, account: Account, heard: Iterable[Heard]) -> int:
    """Write comments down, each once by (account, remote id); how many were new. Parents come before children."""
    heard = list(heard)
    ids = {each.comment.remote_id for each in heard}
    known = known_here(session, delivery, ids | {c.parent_id for each in heard if (c := each.comment).parent_id})
    ours = whose(session, account)
    for each in heard:
        if (comment := known.get(each.comment.remote_id)) is not None:
            parent = known.get(each.comment.parent_id or "")
            _update(session, delivery, comment, each, parent, ours)
    made: list[dict[str, Any]] = []
    numbers = {remote_id: row.id or 0 for remote_id, row in known.items()}
    buried = _buried(session, delivery.account_id, ids - set(known))
    # All of a level at once and as plain rows: as objects, or a row at a time, they cost several times as much, and
    # while we write nobody else does.
    for level in _levels(each for each in heard if each.comment.remote_id not in known):
        rows = [_made(delivery, one, numbers, buried, ours) for one in level]
        session.execute(insert(Comment.__table__), rows)  # type: ignore[attr-defined]  # SQLModel tells no table
        new = _numbers(session, delivery.account_id, [row["remote_id"] for row in rows])
        numbers.update(new)
        made += [{**row, "id": new[row["remote_id"]]} for row in rows]
    _unbury(session, delivery.account_id, set(buried))
    arriving.items(session, account, [row for row in made if not (row["parent_id"] or row["own"] or row["staff"])])
    replies = [row["id"] for row in made if row["parent_id"] is not None]
    for comment in _in_time(session, replies):
        threads.react(session, comment, COLLECTOR)
    if made:
        heard_now = {"last_heard_at": clock.now(), "silent_told_at": None}
        session.exec(update(Account).where(col(Account.id) == account.id).values(**heard_now))
    return len(made)


def known_here(session: Session, delivery: Delivery, remote_ids: Iterable[str]) -> dict[str, Comment]:
    """Comments of the account by remote id, read in order to be changed."""
    query = select(Comment).where(Comment.account_id == delivery.account_id, col(Comment.remote_id).in_(remote_ids))
    return {row.remote_id: row for row in session.exec(query.order_by(col(Comment.id)).with_for_update())}


def _numbers(session: Session, account_id: int, remote_ids: list[str]) -> dict[str, int]:
    """Comments' own numbers by remote id."""
    query = select(Comment.remote_id, Comment.id)
    return {
        remote_id: number or 0
        for remote_id, number in session.exec(
            query.where(Comment.account_id == account_id, col(Comment.remote_id).in_(remote_ids))
        )
    }


def _in_time(session: Session, numbers: list[int]) -> list[Comment]:
    """Comments, the earliest said first."""
    if not numbers:
        return []
    query = select(Comment).where(col(Comment.id).in_(numbers))
    return list(session.exec(query.order_by(col(Comment.said_at), col(Comment.id))))


def is_news(delivery: Delivery, comment: Comment, at: datetime) -> bool:
    """Whether a notification of that moment says something newer than what we know of a comment."""
    known = [moment for moment in (comment.known_at, delivery.collected_at) if moment is not None]
    return at >= max(known, default=at)


def remove(session: Session, delivery: Delivery, remote_ids: dict[str, datetime]) -> None:
    """Comments (by remote id, with the moment) of which we are told that they were removed. Their texts stay.

    One that we do not know yet gets a tombstone: when it comes, it comes deleted.
    """
    known = known_here(session, delivery, remote_ids)
    unknown = {remote_id: at for remote_id, at in remote_ids.items() if remote_id not in known}
    for remote_id in set(unknown) - set(_buried(session, delivery.account_id, unknown)):
        session.add(Tombstone(account_id=delivery.account_id, remote_id=remote_id, at=unknown[remote_id]))
    for remote_id, comment in known.items():
        at = remote_ids[remote_id]
        if comment.deleted_at is None and is_news(delivery, comment, at):
            comment.deleted_at = comment.known_at = at
            session.add(comment)
            session.flush()
            note(session, comment, "vanish", COLLECTOR)


def hide(session: Session, delivery: Delivery, comment: Comment, hidden: bool, at: datetime) -> None:
    """A comment was hidden, or shown again, by somebody on the platform."""
    if comment.hidden != hidden and is_news(delivery, comment, at):
        _write(session, comment, {"hidden": hidden, "known_at": at})


def storable(text: str) -> str:
    """The text as every database takes it: no NUL, and a half of a surrogate pair becomes U+FFFD."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _levels(fresh: Iterable[Heard]) -> list[list[Heard]]:
    """Each comment once, those whose parent is among the earlier ones after their parents."""
    depths: dict[str, int] = {}
    levels: list[list[Heard]] = []
    for each in fresh:
        if each.comment.remote_id in depths:
            continue
        depth = depths.get(each.comment.parent_id or "", -1) + 1
        depths[each.comment.remote_id] = depth
        if depth == len(levels):
            levels.append([])
        levels[depth].append(each)
    return levels


def _made(
    delivery: Delivery, heard: Heard, numbers: dict[str, int], buried: dict[str, datetime], ours: Whose
) -> dict[str, Any]:
    """The columns of a new comment, every one of them but the id."""
    remote, present = heard.comment, clock.now()
    removed = buried.get(remote.remote_id)
    if removed is not None and heard.whole and heard.at > removed:
        removed = None  # read after that: the platform shows it, so it is there
    return {
        "account_id": delivery.account_id,
        "delivery_id": delivery.id or 0,
        "parent_id": numbers.get(remote.parent_id or ""),
        "remote_id": remote.remote_id,
        "author_name": remote.author_name,
        "author_id": remote.author_id,
        "text": remote.text,
        "versions": [_version(heard)],
        "own": remote.own or ours.own(remote.author_name, remote.author_id),
        "staff": ours.staff(remote.author_name, remote.author_id),
        "hidden": remote.hidden,
        "permalink": remote.permalink,
        "said_at": remote.created_at or min(heard.at, present),
        "seen_at": present,
        "known_at": max(heard.at, removed or heard.at),
        "deleted_at": removed,
    }


def _update(
    session: Session, delivery: Delivery, comment: Comment, heard: Heard, parent: Comment | None, ours: Whose
) -> None:
    """An edit adds a version; hidden and shown, deleted and back are followed; who and when is learned later."""
    changes = _learned(comment, heard.comment, ours)
    # A read is the truth of its moment, whatever an earlier one said; a notification is older than a read after it.
    read_at = None if heard.whole else delivery.collected_at
    news = heard.at >= max(filter(None, (comment.known_at, read_at)), default=heard.at)
    if heard.at >= max(filter(None, (_text_at(comment), read_at)), default=heard.at):
        changes.update(_text(comment, heard))
    else:
        changes.update(_earlier_text(comment, heard))
    changes.update(_seen(comment, heard) if heard.whole and news else {})
    if comment.parent_id is None and parent is not None and parent.id != comment.id:
        changes["parent_id"] = parent.id
    if not changes:
        return
    if news:
        changes["known_at"] = heard.at
    _write(session, comment, changes)
    if comment.parent_id is None:
        _follow(session, comment, changes)
    threads.learned(session, comment, set(changes), COLLECTOR)


def _learned(comment: Comment, remote: RemoteComment, ours: Whose) -> dict[str, Any]:
    """What does not change, and is not always said: the author, the platform's time, where it is to be seen."""
    changes: dict[str, Any] = {}
    for name in ("author_name", "author_id", "permalink"):
        if getattr(comment, name) is None and getattr(remote, name) is not None:
            changes[name] = getattr(remote, name)
    if remote.created_at is not None and remote.created_at != comment.said_at and not comment.own:
        changes["said_at"] = remote.created_at
    who = (comment.author_name or remote.author_name, comment.author_id or remote.author_id)
    if not comment.own and (remote.own or ours.own(*who)):
        changes["own"] = True
    if not comment.staff and ours.staff(*who):
        changes["staff"] = True
    return changes


def _text_at(comment: Comment) -> datetime | None:
    """The moment of the text as it stands."""
    at = comment.versions[-1].get("at") if comment.versions else None
    return datetime.fromisoformat(at) if at else comment.known_at


def _version(heard: Heard) -> dict[str, Any]:
    return {"text": heard.comment.text, "seen_at": clock.now().isoformat(), "at": heard.at.isoformat()}


def _text(comment: Comment, heard: Heard) -> dict[str, Any]:
    """Another text. A notification that leaves it out says nothing of it."""
    text = heard.comment.text
    if text == comment.text or not (heard.whole or text):
        return {}
    return {"text": text, "versions": [*comment.versions, _version(heard)]}


def _earlier_text(comment: Comment, heard: Heard) -> dict[str, Any]:
    """It said this once, before what we know; the text as it stands stays the last one."""
    text = heard.comment.text
    if not text or any(each["text"] == text for each in comment.versions):
        return {}
    return {"versions": [*comment.versions[:-1], _version(heard), *comment.versions[-1:]]}


def _seen(comment: Comment, heard: Heard) -> dict[str, Any]:
    """What only a read says: whether it is hidden, and that it is there."""
    changes: dict[str, Any] = {}
    if heard.comment.hidden != comment.hidden:
        changes["hidden"] = heard.comment.hidden
    if comment.deleted_at is not None:
        changes["deleted_at"] = None
    return changes


def _write(session: Session, comment: Comment, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(comment, name, value)
    session.add(comment)
    session.flush()
    told = sorted(set(changes) & {"text", "versions", "hidden", "deleted_at", "own", "staff", "parent_id"})
    if "text" in told:
        told.remove("versions")
    if told:
        note(session, comment, "change", COLLECTOR, facts={"what": told})


def _follow(session: Session, comment: Comment, changes: dict[str, Any]) -> None:
    """The item of a comment follows what was learned of it; with another text the model looks anew."""
    item = session.exec(select(Aspiration).where(Aspiration.comment_id == comment.id)).first()
    if item is None:
        return
    if "text" in changes:
        item.text, item.suggested_at = comment.text, None
        marking.mark(item)
    if {"author_name", "author_id"} & set(changes):
        item.author = comment.author_name
        item.author_key = arriving.author_key(item.source, comment.author_id, comment.author_name)
    if "said_at" in changes:
        item.said_at = comment.said_at
        deadlines.renew(session, item)
    session.add(item)
    session.flush()


def _buried(session: Session, account_id: int, remote_ids: Iterable[str]) -> dict[str, datetime]:
    wanted = set(remote_ids)
    if not wanted:
        return {}
    rows = session.exec(
        select(Tombstone).where(Tombstone.account_id == account_id, col(Tombstone.remote_id).in_(wanted))
    )
    return {row.remote_id: row.at for row in rows}


def _unbury(session: Session, account_id: int, remote_ids: set[str]) -> None:
    """The comments are here: what was known of their end stands with them."""
    if remote_ids:
        here = (col(Tombstone.account_id) == account_id, col(Tombstone.remote_id).in_(remote_ids))
        session.exec(delete(Tombstone).where(*here))
