"""Comments come in: each exactly once, with every text ever seen; top-level ones become inbox items."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Aspiration, Comment, Delivery, Organisation
from app.parts import Parts
from app.problems import Problem
from app.services import accounts, budgets, deadlines, linking, outcomes, pace, vanishing
from app.states import Actor, move, note, note_all
from connectors import Connector, ConnectorError, Gone, RemoteComment, Unsupported

log = logging.getLogger(__name__)

COLLECTOR = Actor("collector")
#: Rows written in one transaction (design.md section 12).
BATCH = 100


def due(parts: Parts, limit: int = 20) -> list[int]:
    """Deliveries whose comments are to be asked for now."""
    with parts.db.read() as session:
        rows = session.exec(
            select(Delivery.id)
            .join(Account, col(Account.id) == Delivery.account_id)
            .where(col(Delivery.collect_at) <= clock.now(), Delivery.state == "published", Account.health != "broken")
            .order_by(col(Delivery.collect_at))
            .limit(limit)
        ).all()
    return [row for row in rows if row is not None]


def of_organisation(session: Session, organisation_id: int | None) -> list[int]:
    """All public deliveries of an organisation (None: of everybody)."""
    query = select(Delivery.id).where(Delivery.state == "published", col(Delivery.remote_id).is_not(None))
    if organisation_id is not None:
        if session.get(Organisation, organisation_id) is None:
            raise Problem("unknown_organisation", field="organisation", id=organisation_id)
        query = query.join(Account, col(Account.id) == Delivery.account_id).where(
            Account.organisation_id == organisation_id
        )
    return [row for row in session.exec(query.order_by(col(Delivery.id))).all() if row is not None]


def collect(parts: Parts, delivery_id: int, give_way: Callable[[], object] = lambda: None) -> int:
    """Ask for all comments of one public post and keep what is new; how many were new.

    give_way: called before each batch; it may wait until more urgent things are done.
    A platform that cannot answer now only puts the next poll off. A read that ended early marks nothing deleted.
    """
    with parts.db.read() as session:
        delivery = session.get(Delivery, delivery_id)
        account = session.get(Account, delivery.account_id) if delivery else None
        if delivery is None or account is None or delivery.remote_id is None:
            return 0
    if (pause := budgets.until(parts.db, account)) is not None:
        _again(parts, delivery, account, pause - clock.now())
        return 0
    remote_id = delivery.remote_id
    seen: set[str] = set()
    began = clock.now()
    new = 0
    retry: timedelta | None = None
    try:
        opening = accounts.opened(parts, account)

        def read(connector: Connector) -> int:
            fresh = 0
            if linking.wanted(delivery):
                linking.fill(parts, delivery, connector)
            for batch in _batches(connector.comments(remote_id)):
                give_way()
                seen.update(comment.remote_id for comment in batch)
                fresh += _keep_safely(parts, delivery, account, batch)
            return fresh

        new = accounts.with_connector(parts, opening, read)
        with parts.db.write() as session:
            _missing(session, delivery_id, seen, began)
        vanishing.seen(parts, delivery)
    except Gone:
        # The post, or only a comment that was deleted while we read.
        retry = vanishing.look(parts, delivery, account, COLLECTOR)
    except Unsupported:
        pass
    except (ConnectorError, Problem) as error:
        log.warning("comments of delivery %s: %s", delivery_id, error)
        retry = max(timedelta(seconds=outcomes.asked_s(error)), outcomes.back_off(1, parts.settings))
        with parts.db.write() as session:
            accounts.heed(session, account.id or 0, error, COLLECTOR)
    except Exception:
        # One post that we cannot digest must not be tried every moment, nor keep the others waiting.
        log.exception("comments of delivery %s", delivery_id)
        retry = outcomes.back_off(4, parts.settings)
    _again(parts, delivery, account, retry)
    return new


def _keep_safely(parts: Parts, delivery: Delivery, account: Account, batch: list[RemoteComment]) -> int:
    """``keep`` in a transaction of its own. Another process may have written the same comments a moment ago."""
    for last in (False, True):
        try:
            with parts.db.write() as session:
                return keep(session, delivery, account, batch, _own_names(account))
        except IntegrityError:
            if last:
                raise
    raise AssertionError("unreachable")


def keep(session: Session, delivery: Delivery, account: Account, batch: Iterable[RemoteComment], own: set[str]) -> int:
    """Write comments down, each once by (account, remote id); how many were new. Parents come before children."""
    batch = list(batch)
    wanted = {comment.remote_id for comment in batch} | {c.parent_id for c in batch if c.parent_id}
    known = {
        comment.remote_id: comment
        for comment in session.exec(
            select(Comment).where(Comment.account_id == delivery.account_id, col(Comment.remote_id).in_(wanted))
        )
    }
    present = clock.now()
    for remote in batch:
        if (comment := known.get(remote.remote_id)) is not None:
            _update(session, comment, remote, present)
    made: list[Comment] = []
    # All of a level at once: a row at a time costs five times as much, and while we write nobody else does.
    for level in _levels(remote for remote in batch if remote.remote_id not in known):
        rows = [_made(delivery, one, known.get(one.parent_id or ""), present, own) for one in level]
        session.add_all(rows)
        session.flush()
        known.update((row.remote_id, row) for row in rows)
        made += rows
    _items(session, account, [comment for comment in made if comment.parent_id is None and not comment.own])
    by_id = {comment.id: comment for comment in known.values()}
    for comment in made:
        if comment.parent_id is not None:
            _reaction(session, by_id[comment.parent_id], comment)
    if made:
        session.exec(update(Account).where(col(Account.id) == account.id).values(last_heard_at=present))
    return len(made)


def _levels(fresh: Iterable[RemoteComment]) -> list[list[RemoteComment]]:
    """Each comment once, those whose parent is among the earlier ones after their parents."""
    depths: dict[str, int] = {}
    levels: list[list[RemoteComment]] = []
    for remote in fresh:
        if remote.remote_id in depths:
            continue
        depth = depths.get(remote.parent_id or "", -1) + 1
        depths[remote.remote_id] = depth
        if depth == len(levels):
            levels.append([])
        levels[depth].append(remote)
    return levels


def _made(
    delivery: Delivery, remote: RemoteComment, parent: Comment | None, present: datetime, own: set[str]
) -> Comment:
    named = (remote.author_name or "").lower() in own or remote.author_id in own
    return Comment(
        account_id=delivery.account_id,
        delivery_id=delivery.id or 0,
        parent_id=parent.id if parent else None,
        remote_id=remote.remote_id,
        author_name=remote.author_name,
        author_id=remote.author_id,
        text=remote.text,
        versions=[{"text": remote.text, "seen_at": present.isoformat()}],
        own=remote.own or named,
        hidden=remote.hidden,
        permalink=remote.permalink,
        said_at=remote.created_at or present,
        seen_at=present,
    )


def _update(session: Session, comment: Comment, remote: RemoteComment, present: datetime) -> None:
    """An edit adds a version; hidden and shown, deleted and back are followed."""
    changes: dict[str, object] = {}
    if remote.text != comment.text:
        changes["text"] = remote.text
        changes["versions"] = [*comment.versions, {"text": remote.text, "seen_at": present.isoformat()}]
    if remote.hidden != comment.hidden:
        changes["hidden"] = remote.hidden
    if comment.deleted_at is not None:
        changes["deleted_at"] = None
    if not changes:
        return
    for name, value in changes.items():
        setattr(comment, name, value)
    session.add(comment)
    session.flush()
    note(session, comment, "change", COLLECTOR, facts={"what": sorted(changes)})
    if "text" in changes and comment.parent_id is None:
        session.exec(update(Aspiration).where(col(Aspiration.comment_id) == comment.id).values(text=comment.text))


def _items(session: Session, account: Account, comments: list[Comment]) -> None:
    if not comments:
        return
    rhythm = deadlines.of(session, account.organisation_id)
    items = [
        Aspiration(
            organisation_id=account.organisation_id,
            comment_id=comment.id,
            source=account.connector,
            author=comment.author_name,
            text=comment.text,
            said_at=comment.said_at,
            **deadlines.both(comment.said_at, "perlu dipilah", rhythm),
        )
        for comment in comments
    ]
    session.add_all(items)
    session.flush()
    note_all(session, items, "arrive", COLLECTOR, target=items[0].status)


def _reaction(session: Session, parent: Comment, comment: Comment) -> None:
    """An answer of ours typed on the platform answers the item; a resident who comes back opens it again."""
    item = session.exec(select(Aspiration).where(Aspiration.comment_id == (parent.parent_id or parent.id))).first()
    if item is None:
        return
    if comment.own:
        if item.status in ("belum ditanggapi", "dibuka lagi"):
            answered = item.answered_at or comment.said_at
            move(session, item, "sudah ditanggapi", COLLECTOR, why="answered on the platform", answered_at=answered)
    elif item.status in ("sudah ditanggapi", "selesai", "menunggu warga") and comment.author_name == item.author:
        due = deadlines.anew(comment.said_at, item.kind, deadlines.of(session, item.organisation_id))
        move(session, item, "dibuka lagi", COLLECTOR, why="the resident wrote again", **due)


def _missing(session: Session, delivery_id: int, seen: set[str], began: datetime) -> None:
    """After a complete read: what was there before and is not any more was deleted. Its text stays."""
    rows = session.exec(
        select(Comment).where(
            Comment.delivery_id == delivery_id, col(Comment.deleted_at).is_(None), col(Comment.seen_at) < began
        )
    ).all()
    for comment in rows:
        if comment.remote_id not in seen:
            comment.deleted_at = clock.now()
            session.add(comment)
            session.flush()
            note(session, comment, "vanish", COLLECTOR)


def _own_names(account: Account) -> set[str]:
    return {name.lower() for name in (account.handle, account.remote_id) if name}


def _again(parts: Parts, delivery: Delivery, account: Account, retry: timedelta | None) -> None:
    present = clock.now()
    published = delivery.published_at or present
    at = present + retry if retry else pace.next_poll(published, present, practice=account.practice)
    with parts.db.write() as session:
        # Not of one that was taken back or vanished meanwhile.
        public = (col(Delivery.id) == delivery.id, col(Delivery.state) == "published")
        session.exec(update(Delivery).where(*public).values(collect_at=at))
        session.exec(update(Account).where(col(Account.id) == account.id).values(collected_at=present))


def _batches(comments: Iterator[RemoteComment]) -> Iterator[list[RemoteComment]]:
    while batch := list(islice(comments, BATCH)):
        yield [
            replace(each, text=storable(each.text), author_name=storable(each.author_name or "") or None)
            for each in batch
        ]


def storable(text: str) -> str:
    """The text as every database takes it: no NUL, and a half of a surrogate pair becomes U+FFFD."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
