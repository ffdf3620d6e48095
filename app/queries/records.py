"""Records as the command line prints them: a stable contract (design.md section 13), keys are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import false, func
from sqlmodel import Session, col, select

from app import clock, words, words_delivery, words_hand
from app.models import Account, Aspiration, Comment, Delivery, Organisation, Outgoing, Post, Reading
from app.problems import Problem
from app.queries import health, searching
from app.queries.deliveries import Way, ways
from app.services import pace
from app.settings import Settings
from connectors import METRICS


def when(at: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    return at.isoformat() if at else None


def post(session: Session, post_id: int) -> dict[str, Any]:
    """One post with its deliveries; Problem("unknown_post")."""
    found = posts(session, post_id=post_id)
    if not found:
        raise Problem("unknown_post", id=post_id)
    return found[0]


def posts(session: Session, *, post_id: int | None = None, organisation_id: int | None = None) -> list[dict[str, Any]]:
    """Posts with their deliveries, oldest first."""
    query = select(Post).order_by(col(Post.id))
    if post_id is not None:
        query = query.where(Post.id == post_id)
    if organisation_id is not None:
        query = query.where(Post.organisation_id == organisation_id)
    rows = session.exec(query).all()
    of_post: dict[int, list[dict[str, Any]]] = {}
    # Never one id a post in a list: SQLite takes some ten thousand values in a statement, and posts only grow.
    wanted = None if post_id is None else [post_id]
    for delivery in deliveries(session, post_ids=wanted, organisation_id=organisation_id):
        of_post.setdefault(delivery["post_id"], []).append(delivery)
    return [
        {
            "id": row.id,
            "organisation_id": row.organisation_id,
            "state": row.state,
            "due_at": when(row.due_at),
            "caption": row.caption,
            "deliveries": of_post.get(row.id or 0, []),
        }
        for row in rows
    ]


def deliveries(
    session: Session,
    *,
    post_ids: Sequence[int] | None = None,
    state: str | None = None,
    organisation_id: int | None = None,
    patience: words_delivery.Patience | None = None,
) -> list[dict[str, Any]]:
    """Deliveries with the sentences a person would read, times in the zone of their organisation."""
    query = (
        select(Delivery, Account, Organisation.zone)
        .join(Account, col(Account.id) == Delivery.account_id)
        .join(Post, col(Post.id) == Delivery.post_id)
        .join(Organisation, col(Organisation.id) == Post.organisation_id)
        .order_by(col(Delivery.post_id), col(Delivery.id))
    )
    if post_ids is not None:
        query = query.where(col(Delivery.post_id).in_(post_ids))
    if state is not None:
        query = query.where(Delivery.state == state)
    if organisation_id is not None:
        query = query.where(Post.organisation_id == organisation_id)
    rows, now = session.exec(query).all(), clock.now()
    stands = ways(session, [(delivery, account) for delivery, account, _ in rows], now)
    waits, machine = patience or _AS_SET, health.machine(session, now)
    why = words_delivery.machine_stopped(machine.clock_off_s if machine.worker_alive else None)
    return [
        _delivery(
            row[0],
            way,
            words_delivery.say(way, waits, row[2], now, why if health.stops(way, machine, now) else None),
            row[2],
        )
        for row, way in zip(rows, stands, strict=True)
    ]


#: Where the installation's own settings are not at hand.
_AS_SET = words_delivery.patience(Settings())


def _delivery(delivery: Delivery, way: Way, said: words_delivery.Said, zone: str) -> dict[str, Any]:
    code = delivery.error_code
    return {
        "id": delivery.id,
        "post_id": delivery.post_id,
        "account_id": delivery.account_id,
        "connector": way.connector,
        "state": delivery.state,
        "due_at": when(delivery.due_at),
        "published_at": when(delivery.published_at),
        "remote_id": delivery.remote_id,
        "permalink": delivery.permalink,
        "attempts": delivery.attempts,
        "error": words.sentence(code, delivery.error_facts, zone) if code else None,
        "error_code": code,
        "words": words.DELIVERY[delivery.state][0],
        "said": said.what,
        "next_step": said.step,
        "hand_steps": words_hand.steps(way.connector, way.account, permalink=way.permalink) if way.by_hand else [],
    }


def items(
    session: Session,
    *,
    organisation_id: int | None = None,
    kind: str | None = None,
    status: str | None = None,
    query: str | None = None,
) -> list[dict[str, Any]]:
    """Inbox items, newest first: top-level comments, forms and notes."""
    wanted = (
        select(Aspiration, Comment.remote_id, Delivery.post_id)
        .outerjoin(Comment, col(Comment.id) == Aspiration.comment_id)
        .outerjoin(Delivery, col(Delivery.id) == Comment.delivery_id)
        .order_by(col(Aspiration.said_at).desc(), col(Aspiration.id).desc())
    )
    if organisation_id is not None:
        wanted = wanted.where(Aspiration.organisation_id == organisation_id)
    if kind is not None:
        wanted = wanted.where(Aspiration.kind == kind)
    if status is not None:
        wanted = wanted.where(Aspiration.status == status)
    if query:
        terms = searching.parse(query)
        # Signs alone are in no text.
        some = col(Aspiration.id).in_(searching.find(session, terms, organisation_id).ids()) if terms else false()
        wanted = wanted.where(some)
    return [
        {
            "id": item.id,
            "organisation_id": item.organisation_id,
            "kind": item.kind,
            "suggested_kind": item.suggested_kind,
            "confidence": item.confidence,
            "status": item.status,
            "text": item.text,
            "author": item.author,
            "source": item.source,
            "post_id": post_id,
            "remote_id": remote_id,
            "created_at": when(item.said_at),
            "deadline": when(item.deadline),
        }
        for item, remote_id, post_id in session.exec(wanted)
    ]


def thread(session: Session, item_id: int) -> dict[str, Any]:
    """One item with its comment and the replies under it; Problem("unknown_item")."""
    item = session.get(Aspiration, item_id)
    if item is None:
        raise Problem("unknown_item", id=item_id)
    comments: list[Comment] = []
    if item.comment_id is not None:
        comments = list(
            session.exec(
                select(Comment)
                .where((col(Comment.id) == item.comment_id) | (col(Comment.parent_id) == item.comment_id))
                .order_by(col(Comment.parent_id).is_not(None), col(Comment.said_at), col(Comment.id))
            )
        )
    sent = session.exec(select(Outgoing).where(Outgoing.aspiration_id == item_id).order_by(col(Outgoing.id))).all()
    return {
        "id": item.id,
        "kind": item.kind,
        "status": item.status,
        "text": item.text,
        "author": item.author,
        "thread": [
            {
                "remote_id": comment.remote_id,
                "text": comment.text,
                "author": comment.author_name,
                "own": comment.own,
                "deleted": comment.deleted_at is not None,
                "hidden": comment.hidden,
                "created_at": when(comment.said_at),
                "versions": [{"text": version["text"]} for version in comment.versions],
            }
            for comment in comments
        ],
        "outgoing": [
            {
                "id": each.id,
                "action": each.action,
                "state": each.state,
                "text": each.text,
                "remote_id": each.remote_id,
                "error": words.sentence(each.error_code, each.error_facts) if each.error_code else None,
            }
            for each in sent
        ],
    }


def readings(
    session: Session, *, post_id: int | None = None, account_id: int | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Readings of a post's deliveries, or of an account (its posts and its followers), oldest first."""
    at = func.coalesce(col(Delivery.published_at), col(Delivery.due_at))
    query = (
        select(Reading, Account.connector, at)
        .join(Account, col(Account.id) == Reading.account_id)
        .outerjoin(Delivery, col(Delivery.id) == Reading.delivery_id)
    )
    if post_id is not None:
        if session.get(Post, post_id) is None:
            raise Problem("unknown_post", id=post_id)
        query = query.where(Delivery.post_id == post_id)
    if account_id is not None:
        if session.get(Account, account_id) is None:
            raise Problem("unknown_account", id=account_id)
        query = query.where(Reading.account_id == account_id)
    return {
        "readings": [
            {
                "delivery_id": reading.delivery_id,
                "account_id": reading.account_id,
                "connector": connector,
                "read_at": when(reading.read_at),
                "metrics": _metrics(reading),
                "refused": reading.refused,
                "planned_age_s": reading.planned_age_s,
                "late_s": pace.late_s(published, reading.read_at, reading.planned_age_s) if published else None,
            }
            for reading, connector, published in session.exec(query.order_by(col(Reading.read_at), col(Reading.id)))
        ]
    }


def _metrics(reading: Reading) -> dict[str, int | None]:
    if reading.delivery_id is None:
        return {"followers": reading.followers}
    return {name: getattr(reading, name) for name in METRICS}
