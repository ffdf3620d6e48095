"""A post deleted on the platform: gone after two looks, its comments and aspirations stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from app import clock
from app.models import Aspiration, Comment, Delivery, Outgoing, Reading
from app.problems import Problem
from app.queries import figures, queues, records
from app.services import answering, collecting, counting, moderating, vanishing
from connectors.facebook import Facebook
from tests.fixtures.loop import BY, Loop, with_times
from tests.fixtures.taking_back import BLIND, later, notices, published, resolve, withdraw
from tests.fixtures.three_platforms import village

APART_S = vanishing.PRACTICE_APART.total_seconds()


def due(loop: Loop, seconds: float) -> None:
    """What collectors and counters would do at that time."""
    with clock.travel(timedelta(seconds=seconds)):
        for delivery_id in collecting.due(loop.parts):
            collecting.collect(loop.parts, delivery_id)
        for delivery_id in counting.due(loop.parts):
            counting.count(loop.parts, delivery_id)


def with_comment(loop: Loop, account_id: int) -> tuple[int, Delivery]:
    """A public post with a comment that was collected, and a reading."""
    post_id = published(loop, account_id, photos=1)
    delivery = loop.delivery(post_id)
    loop.control.comment(delivery.remote_id or "", "Ani", "Kapan jalannya diperbaiki?")
    due(loop, 6)
    return post_id, loop.delivery(post_id)


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
@pytest.mark.parametrize("reader", ["collect", "count"])
def test_gone_after_two_looks(loop: Loop, platform: str, reader: str) -> None:
    place = loop.place()
    post_id, delivery = with_comment(loop, place.facebook if platform == "facebook" else place.instagram)
    delivery_id = delivery.id or 0
    loop.control.delete_post(delivery.remote_id or "")

    def read(seconds: float) -> Delivery:
        with clock.travel(timedelta(seconds=seconds)):
            if reader == "collect":
                assert collecting.collect(loop.parts, delivery_id) == 0
            else:
                assert not counting.count(loop.parts, delivery_id)
        return loop.delivery(post_id)

    first = read(10)
    assert (first.state, first.absent_at is not None) == ("published", True)
    soon = first.collect_at if reader == "collect" else first.reading_at
    assert soon is not None
    assert abs(soon - clock.now() - timedelta(seconds=10 + APART_S)) < timedelta(seconds=2)
    again = read(10 + APART_S / 2)
    assert (again.state, again.absent_at) == ("published", first.absent_at), "two looks at once are one"
    second = read(12 + APART_S)
    assert (second.state, second.collect_at, second.reading_at) == ("gone", None, None)
    assert loop.state(post_id) == "withdrawn"
    assert notices(loop, second, "gone") == 1
    assert loop.events(second)[-2:] == ["unseen", "vanish"]
    with loop.parts.db.read() as session:
        assert [comment.deleted_at for comment in session.exec(select(Comment))] == [None]
        (item,) = session.exec(select(Aspiration)).all()
        assert item.status == "belum ditanggapi"
        readings = len(session.exec(select(Reading)).all())
        # What shows these rows goes on.
        assert figures.of_post(session, post_id) == []
        assert [row["post_id"] for row in records.items(session, organisation_id=loop.organisation_id)] == [post_id]
        assert records.readings(session, post_id=post_id)
        assert not queues.pending(session, clock.now(), timedelta(0), since=clock.now() + timedelta(days=1))
        with pytest.raises(Problem, match="post_gone"):
            moderating.reply(session, item.id or 0, BY, "Besok, Bu")
        with pytest.raises(Problem, match="post_gone"):
            moderating.hide(session, item.id or 0, BY, "iklan")
    due(loop, 100_000)
    with loop.parts.db.read() as session:
        assert len(session.exec(select(Reading).where(Reading.delivery_id == delivery_id)).all()) <= readings


def test_a_vanished_post_on_the_unofficial_way(shared_loop: Loop) -> None:
    """'Not there' must last as long as the setting says, as it must before anything is sent again."""
    loop = shared_loop
    with village(loop) as there:
        post_id = published(loop, there.accounts[2], photos=1)
        delivery = loop.delivery(post_id)
        there.site.posts.clear()
        apart = 240.0
        parts = with_times(loop, unsure_for_s=apart).parts
        for seconds, state in ((10, "published"), (apart, "published"), (apart + 20, "gone")):
            with clock.travel(timedelta(seconds=seconds)):
                collecting.collect(parts, delivery.id or 0)
            assert loop.delivery(post_id).state == state


def test_a_post_seen_again_counts_anew(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list or a replica that lagged: the next read works, and the first look is forgotten."""
    place = loop.place()
    post_id, delivery = with_comment(loop, place.facebook)
    delivery_id = delivery.id or 0
    monkeypatch.setattr(Facebook, "exists", lambda *_: False)
    for read in (collecting.collect, counting.count):
        loop.control.fault("any", "refused", account_id=place.page.page_id, **BLIND)
        collecting.collect(loop.parts, delivery_id)
        assert loop.delivery(post_id).absent_at is not None
        with clock.travel(timedelta(seconds=APART_S + 1)):
            read(loop.parts, delivery_id)
        assert (loop.delivery(post_id).state, loop.delivery(post_id).absent_at) == ("published", None)


def test_a_comment_that_goes_while_it_is_read_is_not_the_post(loop: Loop) -> None:
    place = loop.place()
    post_id, delivery = with_comment(loop, place.facebook)
    for seconds in (0, APART_S + 1, 2 * APART_S + 2):
        loop.control.fault("comments", "refused", account_id=place.page.page_id, **BLIND)
        with clock.travel(timedelta(seconds=seconds)):
            collecting.collect(loop.parts, delivery.id or 0)
            assert loop.control.faults() == []
    found = loop.delivery(post_id)
    assert (found.state, found.absent_at) == ("published", None)
    assert found.collect_at is not None


def test_a_key_that_sees_nothing_makes_nothing_gone(loop: Loop) -> None:
    place = loop.place()
    posts = [published(loop, account, photos=1) for account in (place.facebook, place.instagram)]
    for account in (place.page.page_id, place.page.ig_id):
        loop.control.fault("any", "refused", None, account_id=account, **BLIND)
    for hours in (1, 2, 30):
        due(loop, hours * 3600)
    for post_id in posts:
        delivery = loop.delivery(post_id)
        assert (delivery.state, delivery.absent_at) == ("published", None)
        assert delivery.collect_at is not None
    loop.control.clear_faults()
    due(loop, 31 * 3600)
    assert all(loop.delivery(post_id).absent_at is None for post_id in posts)


def test_a_typed_id_under_which_nothing_ever_stood_is_no_vanished_post(loop: Loop) -> None:
    place = loop.place()
    loop.control.fault("flip", "refused", code=368, subcode=1346003)
    post_id = loop.post(place.facebook)
    later(loop)
    resolve(loop, loop.delivery(post_id), "published", "1_2")
    for seconds in (0, APART_S + 1, 10 * APART_S):
        with clock.travel(timedelta(seconds=seconds)):
            collecting.collect(loop.parts, loop.delivery(post_id).id or 0)
    assert loop.delivery(post_id).state == "published"


def test_taken_back_while_it_is_looked_for(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tap comes between the look and its writing down: the withdrawal has the row."""
    place = loop.place()
    post_id, delivery = with_comment(loop, place.facebook)
    loop.control.delete_post(delivery.remote_id or "")
    collecting.collect(loop.parts, delivery.id or 0)
    honest = Facebook.exists

    def exists(connector: Facebook, remote_id: str) -> bool:
        monkeypatch.undo()
        found = honest(connector, remote_id)
        withdraw(loop, post_id)
        return found

    monkeypatch.setattr(Facebook, "exists", exists)
    with clock.travel(timedelta(seconds=APART_S + 1)):
        collecting.collect(loop.parts, delivery.id or 0)
    found = loop.delivery(post_id)
    assert (found.state, found.collect_at, found.absent_at) == ("withdrawing", None, None)
    assert loop.events(found)[-1] == "withdraw"
    later(loop, APART_S + 2)
    assert loop.delivery(post_id).state == "withdrawn"


# --- what was to be said under it ------------------------------------------------------------------------------------
def _answers(loop: Loop) -> list[tuple[str, str]]:
    with loop.parts.db.read() as session:
        return [(one.action, one.state) for one in session.exec(select(Outgoing).order_by(Outgoing.id))]  # type: ignore[arg-type]  # a column


def _item(loop: Loop) -> int:
    with loop.parts.db.read() as session:
        return session.exec(select(Aspiration)).one().id or 0


def test_answers_on_their_way_end_with_the_post(loop: Loop) -> None:
    place = loop.place()
    post_id, _ = with_comment(loop, place.facebook)
    with loop.parts.db.write() as session:
        moderating.reply(session, _item(loop), BY, "Besok, Bu")
        moderating.hide(session, _item(loop), BY, "iklan")
    withdraw(loop, post_id)
    later(loop)
    assert _answers(loop) == [("reply", "cancelled"), ("hide", "cancelled")]
    assert loop.control.log(kind="reply") == loop.control.log(kind="hide") == []
    with loop.parts.db.read() as session, pytest.raises(Problem, match="post_gone"):
        moderating.reply(session, _item(loop), BY, "Besok, Bu")
    with loop.parts.db.write() as session:  # what is done inside goes on
        moderating.set_item(session, _item(loop), BY, status="ditindaklanjuti")


def test_an_unclear_answer_is_looked_up_while_the_post_may_be_there(loop: Loop) -> None:
    place = loop.place()
    post_id, _ = with_comment(loop, place.facebook)
    with loop.parts.db.write() as session:
        moderating.reply(session, _item(loop), BY, "Besok, Bu")
    loop.control.fault("reply", "lost_answer")
    for sending in answering.claim(loop.parts):
        answering.work(loop.parts, sending)
    assert _answers(loop) == [("reply", "unsure")]
    withdraw(loop, post_id)
    later(loop)
    later(loop, 60)
    assert loop.delivery(post_id).state == "withdrawn"
    assert _answers(loop)[0][1] in ("published", "cancelled")
    assert len(loop.control.log(kind="reply")) == 1
