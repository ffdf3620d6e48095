"""Members' own accounts: what they write under our posts is staff talk, neither an aspiration nor engagement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.models import Account, Aspiration, Comment, Event, Handle, Organisation, Person
from app.parts import Parts
from app.problems import Problem
from app.services import arriving, threads
from app.states import Actor, move, note
from connectors import load

#: Rows that are marked in one transaction (design.md section 12).
BATCH = 100
#: One network, two ways to it: a member's name is the same on both.
_NETWORK = {"instagram_private": "instagram"}


@dataclass(frozen=True, slots=True)
class Whose:
    """Names and ids, lower case, by which the account itself and the members are known."""

    own_names: frozenset[str]
    staff_names: frozenset[str]
    staff_ids: frozenset[str]

    def own(self, name: str | None, author_id: str | None) -> bool:
        """Whether the account itself wrote it."""
        return plain(name) in self.own_names or author_id in self.own_names

    def staff(self, name: str | None, author_id: str | None) -> bool:
        """Whether a member wrote it, from an account of their own."""
        return plain(name) in self.staff_names or author_id in self.staff_ids


def whose(session: Session, account: Account) -> Whose:
    """Who counts as ourselves under the posts of one account."""
    rows = session.exec(_handles(account.organisation_id, account.connector)).all()
    return Whose(
        frozenset(plain(name) for name in (account.handle, account.remote_id) if name),
        frozenset(row.name for row in rows),
        frozenset(row.remote_id for row in rows if row.remote_id),
    )


def plain(name: str | None) -> str:
    """A handle as it is kept: without @, lower case, single blanks. An address of a profile becomes its last part."""
    text = " ".join((name or "").split())
    if text.startswith(("http://", "https://")):
        text = text.split("?")[0].rstrip("/").rpartition("/")[2]
    return text.removeprefix("@").lower()


def add(
    parts: Parts,
    organisation_id: int,
    by: Actor,
    *,
    connector: str,
    name: str,
    remote_id: str | None = None,
    person_id: int | None = None,
) -> tuple[int, int]:
    """Register a member's own account: (its id, how many comments that were here already are staff talk now).

    Problem: unknown_organisation, unknown_connector, handle_needed, handle_taken, unknown_person.
    """
    network = _network(connector)
    with parts.db.write() as session:
        if session.get(Organisation, organisation_id) is None:
            raise Problem("unknown_organisation", field="organisation", id=organisation_id)
        if person_id is not None and session.get(Person, person_id) is None:
            raise Problem("unknown_person", email=person_id)
        if not plain(name):
            raise Problem("handle_needed", field="name")
        handle = Handle(
            organisation_id=organisation_id,
            connector=network,
            name=plain(name),
            remote_id=(remote_id or "").strip() or None,
            person_id=person_id,
        )
        try:
            with session.begin_nested():
                session.add(handle)
                session.flush()
        except IntegrityError:
            raise Problem("handle_taken", field="name", name=plain(name)) from None
        note(session, handle, "register", by, facts={"connector": network})
        handle_id = handle.id or 0
    return handle_id, _mark(parts, handle, True, by)


def remove(parts: Parts, organisation_id: int, by: Actor, *, connector: str, name: str) -> int:
    """Forget a member's own account; what was put away because of it comes back. How many comments are residents'
    again. Problem: unknown_handle."""
    network = _network(connector)
    with parts.db.write() as session:
        query = _handles(organisation_id, network).where(Handle.name == plain(name))
        handle = session.exec(query).first()
        if handle is None:
            raise Problem("unknown_handle", name=plain(name))
        note(session, handle, "forget", by, facts={"connector": network, "name": handle.name})
        session.delete(handle)
    return _mark(parts, handle, False, by)


def of_organisation(session: Session, organisation_id: int) -> Sequence[Handle]:
    """All registered accounts, by network and name. Problem: unknown_organisation."""
    if session.get(Organisation, organisation_id) is None:
        raise Problem("unknown_organisation", field="organisation", id=organisation_id)
    query = select(Handle).where(Handle.organisation_id == organisation_id)
    return session.exec(query.order_by(col(Handle.connector), col(Handle.name))).all()


def _network(connector: str) -> str:
    if connector not in load():
        raise Problem("unknown_connector", field="connector", name=connector, known=", ".join(sorted(load())))
    return _NETWORK.get(connector, connector)


def _handles(organisation_id: int, connector: str):  # type: ignore[no-untyped-def]  # sqlmodel's own type is longer
    network = _NETWORK.get(connector, connector)
    return select(Handle).where(Handle.organisation_id == organisation_id, Handle.connector == network)


def _mark(parts: Parts, handle: Handle, staff: bool, by: Actor) -> int:
    """Mark the comments of this person that are here already, a batch a transaction; how many."""
    names = [handle.connector, *(name for name, network in _NETWORK.items() if network == handle.connector)]
    author = or_(
        func.lower(col(Comment.author_name)) == handle.name,
        col(Comment.author_id) == handle.remote_id if handle.remote_id else col(Comment.id).is_(None),
    )
    query = (
        select(Comment)
        .join(Account, col(Account.id) == Comment.account_id)
        .where(Account.organisation_id == handle.organisation_id, col(Account.connector).in_(names))
        .where(author)
        .order_by(col(Comment.id))
        .limit(BATCH)
    )
    done, last = 0, 0
    while True:
        with parts.db.write() as session:
            rows = session.exec(query.where(col(Comment.id) > last)).all()
            for comment in rows:
                done += _mark_one(session, comment, staff, by)
        if not rows:
            return done
        last = rows[-1].id or 0


def _mark_one(session: Session, comment: Comment, staff: bool, by: Actor) -> bool:
    account = session.get_one(Account, comment.account_id)
    # Another handle of the same member may still know them.
    wanted = staff or whose(session, account).staff(comment.author_name, comment.author_id)
    if comment.staff == wanted or comment.own:
        return False
    comment.staff = wanted
    session.add(comment)
    session.flush()
    if wanted:
        threads.put_away(session, comment, "staff", by)
    elif comment.parent_id is None:
        _bring_back(session, account, comment, by)
    return True


def _bring_back(session: Session, account: Account, comment: Comment, by: Actor) -> None:
    """A resident's after all: the item that was put away for that reason is open again, a missing one is made."""
    item = session.exec(select(Aspiration).where(Aspiration.comment_id == comment.id)).first()
    if item is None:
        arriving.items(session, account, [comment.model_dump()])
        return
    last = select(Event).where(Event.subject == "aspiration", Event.subject_id == item.id)
    event = session.exec(last.where(col(Event.target).is_not(None)).order_by(col(Event.id).desc()).limit(1)).first()
    if item.status == "diarsipkan" and event is not None and event.why == "staff":
        move(session, item, "dibuka lagi", by, why="not staff")
