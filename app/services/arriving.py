"""A resident's comment becomes an inbox item: whose it is, and by when it is to be answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.models import Account, Aspiration, Comment, Organisation
from app.states import Actor, note_all

COLLECTOR = Actor("collector")


def items(session: Session, account: Account, comments: Sequence[Comment]) -> None:
    """The inbox items of top-level comments of residents."""
    if not comments:
        return
    where = zone(session, account)
    made = [
        Aspiration(
            organisation_id=account.organisation_id,
            comment_id=comment.id,
            source=account.connector,
            author=comment.author_name,
            author_key=author_key(account.connector, comment.author_id, comment.author_name),
            text=comment.text,
            said_at=comment.said_at,
            deadline=first_answer_by(comment.said_at, where),
        )
        for comment in comments
    ]
    session.add_all(made)
    session.flush()
    note_all(session, made, "arrive", COLLECTOR, target=made[0].status)


def zone(session: Session, account: Account) -> str:
    """The zone of the account's organisation."""
    organisation = session.get(Organisation, account.organisation_id)
    return organisation.zone if organisation else "Asia/Jakarta"


def first_answer_by(said_at: datetime, zone: str) -> datetime:
    """One working day after it was said: the same hour of the next Monday-to-Friday day there (domain.md section 3)."""
    local = said_at.astimezone(ZoneInfo(zone))
    day = local + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day.astimezone(said_at.tzinfo)


def author_key(connector: str, author_id: str | None, name: str | None) -> str | None:
    """By what the items of one person on one platform are found; None for somebody unnamed."""
    who = author_id or (name or "").strip().lower()
    return f"{connector}:{who}" if who else None
