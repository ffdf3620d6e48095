"""What the databases themselves refuse, whatever a service forgets: CHECK, UNIQUE, NOT NULL, naive times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session

from app import clock, migrate
from app.db import Database
from app.models import (
    Account,
    Aspiration,
    Budget,
    Comment,
    Delivery,
    Membership,
    Organisation,
    Outgoing,
    Person,
    Photo,
    Post,
    Reading,
)
from app.states import DELIVERY
from tests.fixtures import scenery


class Scene:
    """Ids of one row of each kind."""

    def __init__(self, session: Session) -> None:
        self.organisation = scenery.organisation(session)
        self.account = scenery.account(session, self.organisation, remote_id="1")
        self.other = scenery.account(session, self.organisation, remote_id="2")
        self.post = scenery.post(session, self.organisation, state="scheduled")
        self.delivery = scenery.delivery(session, self.post, self.account)
        comment = self.new_comment("c1")
        session.add(comment)
        person = Person(email="a@b.example", name="A", fs_uniquifier="a")
        session.add(person)
        session.flush()
        self.comment, self.person = comment.id or 0, person.id or 0
        item = self.new_item()
        session.add(item)
        session.flush()
        self.item = item.id or 0
        session.add(Membership(person_id=self.person, organisation_id=self.organisation, role="juri"))
        session.add(self.new_answer())
        session.add(Photo(post_id=self.post, position=1, sha256="a" * 64, width=1, height=1))
        session.add(Budget(scope="page", remote_id="1"))

    def new_comment(self, remote_id: str, **more: Any) -> Comment:
        values: dict[str, Any] = {"text": "x", "said_at": clock.now(), "delivery_id": self.delivery, **more}
        return Comment(account_id=self.account, remote_id=remote_id, **values)

    def new_item(self, **more: Any) -> Aspiration:
        values: dict[str, Any] = {"source": "facebook", "text": "x", "said_at": clock.now(), **more}
        return Aspiration(**{"organisation_id": self.organisation, "comment_id": self.comment, **values})

    def new_answer(self, **more: Any) -> Outgoing:
        values: dict[str, Any] = {"action": "reply", "text": "x", "due_at": clock.now(), **more}
        return Outgoing(aspiration_id=self.item, comment_id=self.comment, account_id=self.account, **values)

    def new_delivery(self, **more: Any) -> Delivery:
        return Delivery(**{"post_id": self.post, "account_id": self.other, "due_at": clock.now(), **more})


Make = Callable[[Scene], Any]
REFUSED: dict[str, Make] = {
    "published without proof": lambda at: at.new_delivery(state="published"),
    "staging without a lease": lambda at: at.new_delivery(state="staging"),
    "committing without a lease": lambda at: at.new_delivery(state="committing"),
    "queued with a lease": lambda at: at.new_delivery(lease_until=clock.now()),
    "unsure with a lease": lambda at: at.new_delivery(state="unsure", lease_until=clock.now()),
    "an unknown state": lambda at: at.new_delivery(state="sending"),
    "the same post and account twice": lambda at: at.new_delivery(account_id=at.account),
    "a delivery of no post": lambda at: at.new_delivery(post_id=999),
    "the same page twice": lambda at: Account(
        organisation_id=at.organisation, connector="facebook", remote_id="1", name="x"
    ),
    "an unknown health": lambda at: Account(
        organisation_id=at.organisation, connector="facebook", remote_id="3", name="x", health="ill"
    ),
    "an unknown post state": lambda at: Post(organisation_id=at.organisation, state="sent"),
    "the same comment twice": lambda at: at.new_comment("c1"),
    "one comment in two items": lambda at: at.new_item(),
    "a note with a comment": lambda at: at.new_item(source="catatan"),
    "a comment's item without it": lambda at: at.new_item(comment_id=None),
    "an unknown kind": lambda at: at.new_item(comment_id=None, source="catatan", kind="lain"),
    "an unknown status": lambda at: at.new_item(comment_id=None, source="catatan", status="baru"),
    "a confidence above one": lambda at: at.new_item(comment_id=None, source="catatan", confidence=1.5),
    "a second open reply": lambda at: at.new_answer(),
    "an empty reply": lambda at: at.new_answer(text="", state="cancelled"),
    "an unknown action": lambda at: at.new_answer(action="like"),
    "two roles in one place": lambda at: Membership(
        person_id=at.person, organisation_id=at.organisation, role="petugas"
    ),
    "an unknown role": lambda at: Membership(person_id=at.person, organisation_id=at.organisation, role="raja"),
    "the same e-mail twice": lambda at: Person(email="a@b.example", name="B", fs_uniquifier="b"),
    "an unknown category": lambda at: Organisation(name="x", category="rt"),
    "an unknown zone": lambda at: Organisation(name="x", category="desa", zone="Europe/Berlin"),
    "two photos at one place": lambda at: Photo(post_id=at.post, position=1, sha256="b" * 64, width=1, height=1),
    "a hash that is none": lambda at: Photo(post_id=at.post, position=2, sha256="b", width=1, height=1),
    "words too long": lambda at: Photo(
        post_id=at.post, position=2, sha256="b" * 64, width=1, height=1, alt_text="x" * 1001
    ),
    "followers of a post": lambda at: Reading(account_id=at.account, delivery_id=at.delivery, followers=1),
    "the same budget twice": lambda at: Budget(scope="page", remote_id="1"),
}
ACCEPTED: dict[str, Make] = {
    "published with an id": lambda at: at.new_delivery(state="published", remote_id="1"),
    "published by a person's word": lambda at: at.new_delivery(state="published", confirmed_by="Rina"),
    "staging with a lease": lambda at: at.new_delivery(state="staging", lease_until=clock.now()),
    "the same number on another platform": lambda at: Account(
        organisation_id=at.organisation, connector="instagram", remote_id="1", name="x"
    ),
    "a note by hand": lambda at: at.new_item(comment_id=None, source="catatan"),
    "a reply after a failed one": lambda at: at.new_answer(state="failed"),
    "a hide beside an open reply": lambda at: at.new_answer(action="hide", text=""),
    "words of the longest kind": lambda at: Photo(
        post_id=at.post, position=2, sha256="b" * 64, width=1, height=1, alt_text="é" * 1000
    ),
    "followers of an account": lambda at: Reading(account_id=at.account, followers=1),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def common(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all that is rolled back: a fresh one for each of a hundred rows would take most of the time."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('models') / 'models.sqlite3'}")
        migrate.upgrade(database)
    else:
        server = request.getfixturevalue("postgres")
        server.run("create database models template template_kentongan")
        database = Database(server.url("models"))
    yield database
    database.close()
    if request.param == "postgresql":
        server.run("drop database models with (force)")


@pytest.fixture
def scratch(common: Database) -> Iterator[Session]:
    """A session whose work is undone afterwards."""
    with common.read() as session:
        yield session


@pytest.mark.parametrize("name", REFUSED)
def test_refused(scratch: Session, name: str) -> None:
    scene = _scene(scratch)
    scratch.add(REFUSED[name](scene))
    with pytest.raises(IntegrityError):
        scratch.flush()


def _scene(session: Session) -> Scene:
    """The scene, which itself stands."""
    scene = Scene(session)
    session.flush()
    return scene


def test_the_scene_stands_by_itself(db: Database) -> None:
    """So that nothing above is refused for a reason of the scene."""
    with db.write() as session:
        Scene(session)


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(scratch: Session, name: str) -> None:
    scratch.add(ACCEPTED[name](_scene(scratch)))
    scratch.flush()


def test_one_commit_an_account_at_a_time(db: Database) -> None:
    lease = {"state": "committing", "lease_until": clock.now()}
    with pytest.raises(IntegrityError), db.write() as session:
        _commit_twice(session, lease)


def _commit_twice(session: Session, lease: dict[str, Any]) -> None:
    scene = Scene(session)
    for _ in range(2):
        post_id = scenery.post(session, scene.organisation)
        session.add(scene.new_delivery(post_id=post_id, **lease))


@pytest.mark.parametrize("state", DELIVERY.states)
def test_every_state_can_be_stored_and_holds_a_lease_only_while_worked_on(scratch: Session, state: str) -> None:
    lease = {"lease_until": clock.now()} if state in ("staging", "committing") else {}
    scratch.add(_scene(scratch).new_delivery(state=state, remote_id="1", **lease))
    scratch.flush()


def test_naive_times_are_refused(db: Database) -> None:
    naive = datetime.fromisoformat("2026-08-20T10:00:00")
    with pytest.raises((StatementError, ValueError), match=r"naive|timezone|tz"), db.write() as session:
        session.add(Scene(session).new_delivery(wake_at=naive))


def test_times_of_other_zones_are_stored_as_the_same_moment(db: Database) -> None:
    at = datetime.fromisoformat("2026-08-20T19:00:00+07:00")
    with db.write() as session:
        row = Scene(session).new_delivery(due_at=at)
        session.add(row)
    with db.read() as session:
        due_at = session.get_one(Delivery, row.id).due_at
    assert due_at == at
    assert due_at.utcoffset() == timedelta(0)


def test_odd_characters_come_back(db: Database) -> None:
    words = "Matur nuwun 🙏🏽 “kutip” <b>&amp; \u202e ꦗ ⅷ\ttab\nbaris"
    with db.write() as session:
        post_id = scenery.post(session, scenery.organisation(session), caption=words)
    with db.read() as session:
        assert session.get_one(Post, post_id).caption == words
