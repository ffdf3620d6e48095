"""What others of us said to the same resident: two coordinators never send two answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.models import Aspiration, Comment, Outgoing, Person
from app.problems import Problem

#: An answer that may still arrive.
UNDER_WAY = ("queued", "staging", "committing", "held", "unsure", "needs_person")
#: One that never will by itself.
_NEVER = ("cancelled", "failed", "missed")


@dataclass(frozen=True)
class Rival:
    """An answer of somebody else. who: None when it was typed on the platform."""

    who: str | None
    text: str
    at: datetime

    @property
    def facts(self) -> dict[str, Any]:
        """For a Problem."""
        return {"who": self.who or "Rekan Anda", "text": self.text, "at": self.at}


def refuse(session: Session, item: Aspiration, answering: int | str) -> None:
    """Problem("answered_meanwhile") where there is an answer that the writer has not seen."""
    newer = since(session, item, answering)
    if newer:
        raise Problem("answered_meanwhile", field="text", **newer[-1].facts)


def since(session: Session, item: Aspiration, answering: int | str) -> list[Rival]:
    """Our answers that somebody does not know whose page was made at ``answering``; oldest first.

    answering: "N.M" as queries/conversation says it (the newest answer N of ours that is known, the newest comment M
    of our own), or N alone: then only what was sent from here counts.
    """
    last_way, last_comment = _read(answering)
    rows = session.exec(
        select(Outgoing, Person.name)
        .outerjoin(Person, col(Person.id) == Outgoing.author_id)
        .where(Outgoing.aspiration_id == item.id, Outgoing.action == "reply", col(Outgoing.state).not_in(_NEVER))
        .order_by(col(Outgoing.id))
    ).all()
    found = [Rival(name, way.text, way.created_at) for way, name in rows if (way.id or 0) > last_way]
    if last_comment is not None and item.comment_id is not None:
        sent = {way.remote_id for way, _ in rows}
        texts = {way.text.strip() for way, _ in rows}
        typed = session.exec(
            select(Comment)
            .where(Comment.parent_id == item.comment_id, col(Comment.own), col(Comment.id) > last_comment)
            .order_by(col(Comment.id))
        ).all()
        # What came back from the platform as the comment of a known answer is not new.
        found += [
            Rival(None, said.text, said.said_at)
            for said in typed
            if said.remote_id not in sent and said.text.strip() not in texts
        ]
    return sorted(found, key=lambda rival: rival.at)


def on_its_way(session: Session, item_id: int) -> Rival | None:
    """The public answer that may still arrive, or None."""
    row = session.exec(
        select(Outgoing, Person.name)
        .outerjoin(Person, col(Person.id) == Outgoing.author_id)
        .where(Outgoing.aspiration_id == item_id, Outgoing.action == "reply", col(Outgoing.state).in_(UNDER_WAY))
        .limit(1)
    ).first()
    return Rival(row[1], row[0].text, row[0].created_at) if row else None


def deleting(session: Session, item_id: int) -> datetime | None:
    """Since when a delete of the comment is on its way; None when none is."""
    query = select(Outgoing.created_at).where(Outgoing.aspiration_id == item_id, Outgoing.action == "delete")
    return session.exec(query.where(col(Outgoing.state).in_(UNDER_WAY)).limit(1)).first()


def _read(answering: int | str) -> tuple[int, int | None]:
    if isinstance(answering, int):
        return answering, None
    way, _, comment = answering.partition(".")
    if not (way.isdecimal() and (comment.isdecimal() or not comment)):
        return 0, 0  # not ours: as if nothing had been seen
    return int(way), int(comment) if comment else None
