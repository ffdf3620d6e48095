"""A private answer leaves with the care of a public one; what is unclear goes to a person and never out again."""

from __future__ import annotations

import pytest
from sqlmodel import select

from app.models import Aspiration, Comment, Outgoing
from app.problems import Problem
from app.services import collecting, deciding, moderating
from connectors.practice.context import SCOPES
from tests.fixtures.loop import BY, Loop, Place

TEXT = "Bu, boleh kami telepon?"


@pytest.fixture
def place(shared_loop: Loop) -> Place:
    return shared_loop.place()


def asked(loop: Loop, place: Place, connector: str = "facebook") -> int:
    """A resident's comment under a public post, as an item."""
    account = place.facebook if connector == "facebook" else place.instagram
    post_id = loop.post(account, photos=1)
    loop.settle()
    delivery = loop.delivery(post_id)
    loop.control.comment(delivery.remote_id or "", "Siti", "Suami saya memukul saya")
    collecting.collect(loop.parts, delivery.id or 0)
    with loop.parts.db.read() as session:
        query = select(Aspiration.id).join(Comment).where(Comment.delivery_id == delivery.id)
        return session.exec(query).one() or 0


def send(loop: Loop, item: int) -> int:
    with loop.parts.db.write() as session:
        outgoing = moderating.private_reply(session, item, BY, TEXT).id or 0
    loop.settle()
    return outgoing


def sending(loop: Loop, outgoing_id: int) -> Outgoing:
    found: Outgoing = loop.row(Outgoing, outgoing_id)
    return found


def messages(loop: Loop, place: Place) -> list[str]:
    accounts = (place.page.page_id, place.page.ig_id)
    return [text for account in accounts for _, text in loop.control.messages(account)]


@pytest.mark.parametrize("connector", ["facebook", "instagram"])
def test_it_arrives_and_answers_the_item_without_a_word_in_public(
    shared_loop: Loop, place: Place, connector: str
) -> None:
    item = asked(shared_loop, place, connector)
    outgoing = send(shared_loop, item)
    assert sending(shared_loop, outgoing).state == "published"
    assert messages(shared_loop, place) == [TEXT]
    row: Aspiration = shared_loop.row(Aspiration, item)
    assert (row.status, row.answered_at is not None) == ("sudah ditanggapi", True)
    with shared_loop.parts.db.read() as session:
        assert session.exec(select(Comment.id).where(Comment.parent_id == row.comment_id)).all() == []


def test_an_unclear_one_waits_for_a_person(shared_loop: Loop, place: Place) -> None:
    item = asked(shared_loop, place)
    shared_loop.control.fault("message", "lost_answer")
    outgoing = send(shared_loop, item)
    assert sending(shared_loop, outgoing).state == "needs_person"
    assert messages(shared_loop, place) == [TEXT]
    with shared_loop.parts.db.write() as session, pytest.raises(Problem, match="private_once"):
        moderating.private_reply(session, item, BY, TEXT)
    with shared_loop.parts.db.write() as session:
        deciding.decide(session, item, outgoing, BY, "ulang")
    shared_loop.settle()
    again = sending(shared_loop, outgoing)
    assert (again.state, again.error_code) == ("failed", "private_once"), "there it had arrived"
    assert messages(shared_loop, place) == [TEXT]


def test_without_the_right_the_account_stays_well(shared_loop: Loop, place: Place) -> None:
    item = asked(shared_loop, place)
    page = place.page
    shared_loop.control.set_scopes(page.page_token, [scope for scope in SCOPES if scope != "pages_messaging"])
    outgoing = send(shared_loop, item)
    failed = sending(shared_loop, outgoing)
    assert (failed.state, failed.error_code) == ("failed", "private_right")
    assert shared_loop.account(place.facebook).health != "broken"
    with shared_loop.parts.db.write() as session:
        with pytest.raises(Problem, match="private_right"):
            moderating.private_reply(session, item, BY, TEXT)
        moderating.reply(session, item, BY, "Kami bantu, Bu.")
    shared_loop.settle()
    assert messages(shared_loop, place) == []
    assert shared_loop.row(Aspiration, item).status == "sudah ditanggapi"


def test_a_deleted_comment_is_deleted_there_and_its_text_stays(shared_loop: Loop, place: Place) -> None:
    item = asked(shared_loop, place)
    with shared_loop.parts.db.write() as session:
        outgoing = moderating.delete(session, item, BY, "Diminta penulisnya sendiri lewat telepon").id or 0
    shared_loop.settle()
    assert sending(shared_loop, outgoing).state == "published"
    row: Aspiration = shared_loop.row(Aspiration, item)
    comment: Comment = shared_loop.row(Comment, row.comment_id or 0)
    assert comment.deleted_at is not None
    assert comment.text == "Suami saya memukul saya"
    (post,) = shared_loop.control.posts(place.page.page_id)
    assert post.comments == ()
    with shared_loop.parts.db.write() as session, pytest.raises(Problem, match="comment_gone"):
        moderating.reply(session, item, BY, "Halo")
