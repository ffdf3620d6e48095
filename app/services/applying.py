"""Changes that notifications tell of one post are written down, in whatever order and however often they come.

Which posts: our own, public ones. A change about another post of a known Page is only counted: we would not know where
to show it, and the promise is to answer under what we published. That goes also for a post whose id is not on disk yet,
in the moment after it went out: its first poll brings what was said meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Delivery
from app.services import keeping, pace
from app.services.keeping import Heard
from app.services.notifications import Change


@dataclass(frozen=True)
class Outcome:
    """waiting: changes that cannot be written yet, and why. tallies: of what is not kept."""

    waiting: list[Change] = field(default_factory=list)
    why: str = ""
    tallies: dict[str, int] = field(default_factory=dict)


def apply(session: Session, about: tuple[str, str, str], changes: Sequence[tuple[Change, bool]]) -> Outcome:
    """Write changes about one post, oldest first. about: (connector, account, post), the platform's ids. With each
    change: whether this is its last try, at which a reply whose thread is not known is kept by itself."""
    connector, remote_id, post_id = about
    account = session.exec(
        select(Account).where(Account.connector == connector, Account.remote_id == remote_id, col(Account.active))
    ).first()
    if account is None:
        return Outcome(tallies={"hook unknown account": len(changes)})
    delivery = _delivery(session, account, post_id)
    told = [(change, last) for change, last in changes if change.verb != "other"]
    tallies = {"hook other": len(changes) - len(told)}
    if told and delivery is None:
        tallies["hook other post"] = len(told)
    if not told or delivery is None:
        return Outcome(tallies=tallies)
    comments = [(change, last) for change, last in told if change.comment is not None]
    waiting = _said(session, delivery, account, comments)
    _removed(session, delivery, [change for change, _ in comments])
    _hidden(session, delivery, [change for change, _ in comments])
    at_once = any(change.verb == "post_gone" for change, _ in told)
    _look_soon(session, delivery, account, at_once=at_once)
    session.exec(update(Account).where(col(Account.id) == account.id).values(hooked_at=clock.now()))
    return Outcome(waiting, "thread not known yet", tallies)


def _delivery(session: Session, account: Account, post_id: str) -> Delivery | None:
    """By the post's id in either of its spellings: PAGE_POST, and POST alone."""
    ids = {each for each in (post_id, post_id.rpartition("_")[2], f"{account.remote_id}_{post_id}") if each}
    query = select(Delivery).where(Delivery.account_id == account.id, Delivery.state == "published")
    return session.exec(query.where(col(Delivery.remote_id).in_(ids)).order_by(col(Delivery.id)).limit(1)).first()


def _said(
    session: Session, delivery: Delivery, account: Account, changes: Sequence[tuple[Change, bool]]
) -> list[Change]:
    """Comments that were made or edited. Those whose thread is not known yet are handed back."""
    said = [(change, last) for change, last in changes if change.verb in ("add", "edited")]
    if not said:
        return []
    ids = {c.remote_id for change, _ in said if (c := change.comment)}
    parents = {c.parent_id for change, _ in said if (c := change.comment) and c.parent_id}
    here = set(keeping.known_here(session, delivery, ids | parents))
    ready: list[Change] = []
    open_ones = list(said)
    while True:
        now = [(change, last) for change, last in open_ones if last or _has_place(change, here)]
        if not now:
            break
        ready += [change for change, _ in now]
        here |= {c.remote_id for change, _ in now if (c := change.comment)}
        open_ones = [each for each in open_ones if each not in now]
    rounds: dict[int, list[Heard]] = defaultdict(list)
    turns: dict[str, int] = defaultdict(int)
    # What is said of one comment goes in one after the other, what is said of several together.
    for change in ready:
        assert change.comment is not None
        remote = change.comment
        clean = replace(
            remote, text=keeping.storable(remote.text), author_name=keeping.storable(remote.author_name or "") or None
        )
        rounds[turns[remote.remote_id]].append(Heard(clean, change.at, whole=False))
        turns[remote.remote_id] += 1
    for _, heard in sorted(rounds.items()):
        keeping.keep(session, delivery, account, heard)
    return [change for change, _ in open_ones]


def _has_place(change: Change, here: set[str]) -> bool:
    comment = change.comment
    return comment is not None and (comment.parent_id is None or comment.parent_id in here or comment.remote_id in here)


def _removed(session: Session, delivery: Delivery, changes: Sequence[Change]) -> None:
    gone: dict[str, datetime] = {}
    for change in changes:
        if change.verb == "remove" and change.comment is not None:
            gone[change.comment.remote_id] = change.at
    if gone:
        keeping.remove(session, delivery, gone)


def _hidden(session: Session, delivery: Delivery, changes: Sequence[Change]) -> None:
    """The last word about each; of a comment that is not known the poll tells."""
    hidden: dict[str, tuple[bool, datetime]] = {}
    for change in changes:
        if change.verb in ("hide", "unhide") and change.comment is not None:
            hidden[change.comment.remote_id] = (change.verb == "hide", change.at)
    if not hidden:
        return
    for remote_id, comment in keeping.known_here(session, delivery, hidden).items():
        keeping.hide(session, delivery, comment, *hidden[remote_id])


def _look_soon(session: Session, delivery: Delivery, account: Account, *, at_once: bool) -> None:
    """Pull the post's next poll forward; one that is due sooner stays."""
    present = clock.now()
    soon = present if at_once else pace.soon(present, practice=account.practice)
    later = or_(col(Delivery.collect_at).is_(None), col(Delivery.collect_at) > soon)
    public = (col(Delivery.id) == delivery.id, col(Delivery.state) == "published")
    session.exec(update(Delivery).where(*public, later).values(collect_at=soon))
