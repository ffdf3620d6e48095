"""Two hands on one post at the same moment: workers that die or come late, an edit or a person's word in between."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, update

from app import clock, words
from app.models import Delivery, Post
from app.parts import Parts
from app.services import claiming, publishing, queueing, resolving
from app.services import outcomes as table
from connectors import Published
from connectors.facebook import Facebook
from tests.fixtures import scenery
from tests.fixtures.loop import BY, Loop, until


def test_a_post_that_kills_its_worker_each_time_ends_failed(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    died = 0
    hours = timedelta(0)
    while loop.delivery(post_id).state != "failed":
        hours += timedelta(seconds=loop.parts.settings.lease_s + 1)
        with clock.travel(hours):
            died += len(claiming.claim(loop.parts))  # and never worked on
        assert died <= table.MOST_ATTEMPTS
    delivery = loop.delivery(post_id)
    assert (died, delivery.attempts, loop.state(post_id)) == (table.MOST_ATTEMPTS, table.MOST_ATTEMPTS, "failed")
    assert (delivery.wake_at, delivery.lease_until, delivery.error_code) == (None, None, "internal")
    assert words.sentence("internal", {})
    with clock.travel(hours):
        loop.settle()  # nothing more by itself; a person's word begins anew
        with loop.parts.db.write() as session:
            resolving.resolve(session, loop.parts.settings, delivery.id or 0, "resend", BY)
        loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)


def test_one_death_while_staging_costs_one_attempt_and_no_time(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    claiming.claim(loop.parts)
    with clock.travel(timedelta(seconds=loop.parts.settings.lease_s + 1)):
        assert claiming.claim(loop.parts) == []  # takes note of the death
        delivery = loop.delivery(post_id)
        assert (delivery.state, delivery.attempts) == ("queued", 1)
        assert delivery.wake_at is not None
        assert delivery.wake_at <= clock.now()
        loop.settle()
    assert loop.state(post_id) == "published"


def test_a_worker_that_comes_late_takes_no_photo_from_the_next_one(loop: Loop) -> None:
    place = loop.place()
    loop.control.fault("photo", "slow", seconds=0.8, skip=1)  # the first worker's second photo
    post_id = loop.post(place.facebook, photos=2)
    (work,) = claiming.claim(loop.parts)
    slow = threading.Thread(target=publishing.work, args=(loop.parts, work))
    slow.start()
    until(lambda: "photo_1" in loop.delivery(post_id).staged)
    first = loop.delivery(post_id).staged["photo_1"]
    with clock.travel(timedelta(seconds=loop.parts.settings.lease_s + 1)):
        # The clock was set, so the lease is over while its worker lives; another one goes on with the first photo.
        until(lambda: loop.delivery(post_id).ready or (loop.step() and False))
        slow.join(10)
        assert not slow.is_alive()
        assert loop.delivery(post_id).staged["photo_1"] == first
        loop.settle()
    (public,) = loop.control.posts(place.page.page_id)
    assert [photo.alt for photo in public.photos] == ["Foto ke-1", "Foto ke-2"]
    assert first in [photo.id for photo in public.photos]
    assert loop.control.loose_photos(place.page.page_id) == []


def test_words_changed_in_the_moment_of_the_claim_are_staged_first(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook, caption="Kerja bakti Sabtu")
    loop.step()  # staged
    (work,) = claiming.claim(loop.parts)
    assert work.step == "commit"
    with loop.parts.db.write() as session:
        # On PostgreSQL an edit can be stored between the claim's read and its end.
        changed = {"caption": "Kerja bakti Minggu", "revision": 7}
        session.exec(update(Post).where(col(Post.id) == post_id).values(**changed))
    publishing.work(loop.parts, work)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts, loop.control.log(kind="flip")) == ("queued", 0, [])
    loop.settle()
    assert [post.caption for post in loop.control.posts(place.page.page_id)] == ["Kerja bakti Minggu"]


def test_an_id_that_comes_after_a_persons_word_is_kept(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()
    (work,) = claiming.claim(loop.parts)
    with clock.travel(timedelta(seconds=loop.parts.settings.lease_s + 1)):
        claiming.claim(loop.parts)  # the lease ended: unsure
    with loop.parts.db.write() as session:
        resolving.resolve(session, loop.parts.settings, work.delivery_id, "published", BY)
        fence = session.get_one(Delivery, work.delivery_id).fence
    assert loop.delivery(post_id).remote_id is None
    publishing.work(loop.parts, claiming.Work(work.step, work.delivery_id, fence, work.deadline))
    delivery, (public,) = loop.delivery(post_id), loop.control.posts(place.page.page_id)
    assert (delivery.state, delivery.remote_id, delivery.confirmed_by) == ("published", public.id, BY.who)
    assert "late_id" in loop.events(delivery)


def test_a_post_is_settled_from_what_stands_in_the_database(parts: Parts) -> None:
    """A claim read the post a moment ago; another transaction moved it since."""
    with parts.db.write() as session:
        organisation_id = scenery.organisation(session)
        account_id = scenery.account(session, organisation_id)
        post_id = scenery.post(session, organisation_id, [account_id], state="scheduled")
        scenery.delivery(session, post_id, account_id, "failed")
    with parts.db.write() as session:
        known = session.get_one(Post, post_id)
        moved = update(Post).where(col(Post.id) == post_id).values(state="publishing")
        session.execute(moved, execution_options={"synchronize_session": False})
        queueing.settle(session, post_id, BY)
        assert known.state == "failed"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what differs is the platform
@pytest.mark.parametrize("fault", ["error_500", "lost_answer"])
@pytest.mark.parametrize(("platform", "call", "photos"), [("facebook", "feed", 0), ("instagram", "publish", 1)])
def test_the_same_words_twice_are_two_posts(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, fault: str, platform: str, call: str, photos: int
) -> None:
    """An unclear second one is not taken for the first, which stands there with the same words."""
    monkeypatch.setattr(Facebook, "_direct", True)  # the way in which only the words tell
    place = loop.place()
    account_id, remote = (
        (place.facebook, place.page.page_id) if platform == "facebook" else (place.instagram, place.page.ig_id)
    )
    first = loop.post(account_id, caption="Sama", photos=photos)
    loop.settle()
    loop.control.fault(call, fault)
    second = loop.post(account_id, caption="Sama", photos=photos)
    loop.settle()
    assert loop.control.faults() == []
    ids = [loop.delivery(post_id).remote_id for post_id in (first, second)]
    assert (loop.state(first), loop.state(second)) == ("published", "published")
    assert sorted(post.id for post in loop.control.posts(remote)) == sorted(map(str, ids))
    assert len(set(ids)) == 2


def test_a_post_that_is_anothers_is_never_taken_for_ours(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a connector finds."""
    place = loop.place()
    first = loop.post(place.facebook)
    loop.settle()
    public = Published(loop.delivery(first).remote_id or "", None)
    monkeypatch.setattr(Facebook, "find", lambda *_: public)
    loop.control.fault("flip", "error_500")
    second = loop.post(place.facebook)
    until(lambda: loop.delivery(second).looks >= 2 or (loop.step() and False))
    assert loop.delivery(second).state == "unsure"
    monkeypatch.undo()
    loop.settle()
    assert loop.control.count(place.page.page_id) == 2


def test_what_vanished_after_an_unclear_try_is_looked_for_before_it_is_made_again(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()  # staged
    loop.control.fault("flip", "error_500")  # nothing happened there, but who knows
    until(lambda: loop.step() and loop.delivery(post_id).looks == 0 and loop.delivery(post_id).state == "unsure")
    until(lambda: loop.delivery(post_id).state == "queued" or (loop.step() and False))
    (hidden,) = loop.control.posts(place.page.page_id, unpublished=True)
    loop.control.delete_post(hidden.id)
    until(lambda: loop.delivery(post_id).error_code == "staged_gone" or (loop.step() and False))
    assert (loop.delivery(post_id).state, loop.delivery(post_id).repeatable) == ("unsure", False)
    assert len(loop.control.log(kind="feed")) == 1, "nothing is made again while we do not know"
    loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)
