"""Taking back what nobody knows to be public: asked in the middle of a commit, of a look, or on a person's word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlmodel import col, update

from app import clock
from app.models import Delivery, Post
from app.problems import Problem
from app.services import claiming, publishing, withdrawing
from connectors import Credentials, Item, Published, Staged, Wire
from connectors.facebook import Facebook
from tests.fixtures.loop import Loop, Place, until
from tests.fixtures.taking_back import later, resolve, told, withdraw


# --- asked while nobody knows ----------------------------------------------------------------------------------------
def _unsure(loop: Loop, place: Place, fault: str) -> int:
    """A post whose commit got no clear answer."""
    loop.control.fault("flip", fault, account_id=place.page.page_id)
    post_id = loop.post(place.facebook)
    until(lambda: loop.step() == 0 or loop.delivery(post_id).state == "unsure")
    assert loop.delivery(post_id).state == "unsure"
    return post_id


@pytest.mark.parametrize("fault", ["lost_answer", "error_500"])
def test_asked_while_it_is_looked_up(loop: Loop, fault: str) -> None:
    place = loop.place()
    post_id = _unsure(loop, place, fault)
    withdraw(loop, post_id)
    later(loop)
    later(loop, 1)
    went_out = fault == "lost_answer"
    assert loop.delivery(post_id).state == ("withdrawn" if went_out else "cancelled")
    assert loop.state(post_id) == ("withdrawn" if went_out else "cancelled")
    assert loop.control.count(place.page.page_id) == 0
    assert len([call for call in loop.control.log(kind="flip") if call.acted]) == (1 if went_out else 0)


@pytest.mark.parametrize("fault", ["slow", "refused", "expired_token", "rate_limit", "error_500"])
def test_asked_in_the_middle_of_the_commit(loop: Loop, fault: str) -> None:
    """Whatever the commit ends with: it is taken back, or never sent."""
    place = loop.place()
    loop.control.fault(
        "flip", fault, account_id=place.page.page_id, seconds=0.3, code=80001 if fault == "rate_limit" else 368
    )
    post_id = loop.post(place.facebook)
    work = _commit_of(loop)
    assert loop.delivery(post_id).state == "committing"
    withdraw(loop, post_id)
    publishing.work(loop.parts, work)
    later(loop)
    later(loop, 1)
    went_out = fault == "slow"
    assert loop.delivery(post_id).state == ("withdrawn" if went_out else "cancelled")
    later(loop, 4000)
    assert loop.control.count(place.page.page_id) == 0


def _commit_of(loop: Loop) -> claiming.Work:
    """Do what is due up to a commit, which is claimed and handed over."""

    def found() -> claiming.Work | None:
        works = claiming.claim(loop.parts)
        for work in works:
            if work.step != "commit":
                publishing.work(loop.parts, work)
        return next((work for work in works if work.step == "commit"), None)

    work: claiming.Work = until(found)
    return work


@contextmanager
def _hanging_commit(loop: Loop, post_id: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker whose commit is done there and whose answer arrives only when the block ends, long after its lease."""
    arrived, honest = threading.Event(), Facebook.commit

    def commit(connector: Facebook, item: Item, staged: Staged) -> Published:
        done = honest(connector, item, staged)
        arrived.wait(20)
        return done

    work = _commit_of(loop)
    monkeypatch.setattr(Facebook, "commit", commit)
    hanging = threading.Thread(target=publishing.work, args=(loop.parts, work))
    hanging.start()
    try:
        until(lambda: loop.control.log(kind="flip"))
        with clock.travel(timedelta(seconds=loop.parts.settings.lease_s + 1)):
            yield
    finally:
        arrived.set()
        hanging.join(20)


def test_an_answer_that_arrives_after_it_was_called_off(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease ends, a look cannot see it, the post is called off: then its id arrives, and it is taken back."""
    place = loop.place()
    post_id = loop.post(place.facebook)
    with _hanging_commit(loop, post_id, monkeypatch):
        withdraw(loop, post_id)
        monkeypatch.setattr(Facebook, "find", lambda *_: None)
        until(lambda: loop.step() and loop.delivery(post_id).state == "cancelled")
    assert loop.delivery(post_id).state in ("withdrawing", "cancelled")
    later(loop)
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("withdrawn", 0)


def test_an_id_that_arrives_while_it_is_taken_back_by_hand(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    with _hanging_commit(loop, post_id, monkeypatch):
        until(lambda: not claiming.claim(loop.parts) and loop.delivery(post_id).state == "unsure")  # notes the death
        resolve(loop, loop.delivery(post_id), "published")
        withdraw(loop, post_id)
        loop.settle(within_s=0.3)
        assert (loop.delivery(post_id).error_code, loop.delivery(post_id).wake_at) == ("withdraw_no_id", None)
    later(loop, 20)
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("withdrawn", 0)


def test_what_waits_under_a_withdrawn_post_is_never_sent(loop: Loop) -> None:
    """Whichever way it came back into the queue: the claim is the last one to see it."""
    place = loop.place()
    post_id = loop.post(place.facebook)
    with loop.parts.db.write() as session:
        session.exec(update(Post).where(col(Post.id) == post_id).values(withdraw_at=clock.now()))
    later(loop)
    assert (loop.delivery(post_id).state, loop.state(post_id)) == ("cancelled", "cancelled")
    assert all(call.method == "GET" for call in loop.control.log())


def _needs_person(loop: Loop, place: Place, fault: str) -> int:
    post_id = _unsure(loop, place, fault)
    loop.control.fault("read", "error_500", None, account_id=place.page.page_id)
    loop.step()
    with clock.travel(timedelta(hours=25)):
        until(lambda: loop.step() == 0 or loop.delivery(post_id).state == "needs_person")
    assert loop.delivery(post_id).state == "needs_person"
    return post_id


def test_asked_when_a_person_had_to_look(loop: Loop) -> None:
    place = loop.place()
    post_id = _needs_person(loop, place, "lost_answer")
    loop.control.clear_faults()
    withdraw(loop, post_id)
    later(loop)
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("withdrawn", 0)


def test_a_person_who_looked_says_that_nothing_is_there(loop: Loop) -> None:
    place = loop.place()
    post_id = _needs_person(loop, place, "error_500")
    delivery = loop.delivery(post_id)
    with pytest.raises(Problem, match="nothing_to_resolve"):
        resolve(loop, delivery, "withdrawn")
    withdraw(loop, post_id)
    with clock.travel(timedelta(hours=50)):
        until(lambda: loop.step() == 0 or loop.delivery(post_id).state == "needs_person")
        with pytest.raises(Problem, match="withdraw_under_way"):
            resolve(loop, delivery, "resend")
        resolve(loop, delivery, "withdrawn")
        assert (loop.delivery(post_id).state, loop.state(post_id)) == ("cancelled", "cancelled")
        loop.control.clear_faults()
        loop.settle(within_s=0.3)
    assert loop.control.count(place.page.page_id) == 0


# --- a person's word for what is public ------------------------------------------------------------------------------
def _refused(loop: Loop, place: Place) -> Delivery:
    loop.control.fault("flip", "refused", account_id=place.page.page_id, code=368, subcode=1346003)
    post_id = loop.post(place.facebook)
    later(loop)
    assert loop.delivery(post_id).state == "failed"
    return loop.delivery(post_id)


def _posted_in_the_app(loop: Loop, place: Place) -> str:
    """A public post that no row of ours knows; its id."""
    account = Credentials(place.page.page_id, {"token": place.page.page_token})
    connector, item = Facebook(account, Wire(loop.control.url, timeout_s=20)), Item("Kerja bakti")
    staged = connector.stage(item, Staged(), lambda _: None)
    try:
        return connector.commit(item, staged).remote_id
    finally:
        connector.close()


def test_without_an_id_a_person_deletes_it(loop: Loop) -> None:
    place = loop.place()
    delivery = _refused(loop, place)
    resolve(loop, delivery, "published")
    withdraw(loop, delivery.post_id)
    later(loop)
    row = told(loop, delivery.post_id)
    assert (row["state"], row["error_code"]) == ("withdrawing", "withdraw_no_id")
    assert row["hand_steps"]
    assert loop.delivery(delivery.post_id).wake_at is None, "no look helps"
    resolve(loop, delivery, "withdrawn")
    assert loop.state(delivery.post_id) == "withdrawn"


@pytest.mark.parametrize("typed", ["1_2", "https://www.facebook.com/desa/posts/9", "right"])
def test_an_id_that_a_person_typed_is_believed_only_when_something_stands_there(shared_loop: Loop, typed: str) -> None:
    loop, place = shared_loop, shared_loop.place()
    delivery = _refused(loop, place)
    right = _posted_in_the_app(loop, place)
    resolve(loop, delivery, "published", right if typed == "right" else typed)
    withdraw(loop, delivery.post_id)
    later(loop)
    row = told(loop, delivery.post_id)
    if typed == "right":
        assert (row["state"], loop.control.count(place.page.page_id)) == ("withdrawn", 0)
    else:
        assert (row["state"], row["error_code"]) == ("withdrawing", "withdraw_not_found")
        assert row["hand_steps"]


def test_a_typed_id_that_was_seen_counts_after_a_dead_worker_too(
    shared_loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, place = shared_loop, shared_loop.place()
    delivery = _refused(loop, place)
    right = _posted_in_the_app(loop, place)
    resolve(loop, delivery, "published", right)
    withdraw(loop, delivery.post_id)

    def power_cut(point: str) -> None:
        if point == "withdraw.deleted":
            raise KeyboardInterrupt

    monkeypatch.setattr(withdrawing, "reach", power_cut)
    with pytest.raises(KeyboardInterrupt):
        loop.step()
    monkeypatch.undo()
    assert loop.control.count(place.page.page_id) == 0
    later(loop, 16)
    assert loop.delivery(delivery.post_id).state == "withdrawn"
