"""Every kind of call × every way to fail: in the end exactly one public post, or none where the platform refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app import clock, words
from app.models import Aspiration, Delivery, Outgoing
from app.services import accounts, budgets, collecting, moderating, resolving
from connectors.practice.control import PracticeComment
from tests.fixtures.loop import BY, Loop, Place

ACTED = ("lost_answer", "error_500_acted", "truncated", "slow")
NOT_ACTED = ("error_500", "html_502")
FAULTS = (*ACTED, *NOT_ACTED, "rate_limit", "expired_token", "refused")
#: Kind of call → whether it happens while staging, on which platform, with how many photos.
CALLS = {
    "flip": (False, "facebook", 1),
    "publish": (False, "instagram", 1),
}
PARAMS: dict[str, dict[str, Any]] = {
    "slow": {"seconds": 1.6},
    # Of the account alone: a limit of the whole app would hold up every other test's village too.
    "rate_limit": {"code": 613, "minutes": 5},
    "refused": {"code": 368, "subcode": 1346003},
}


@pytest.fixture
def place(shared_loop: Loop) -> Iterator[Place]:
    """A village of its own; faults that were not used up go."""
    yield shared_loop.place()
    assert shared_loop.control.faults() == [], "the fault never struck"


@pytest.fixture
def no_token_in_logs(caplog: pytest.LogCaptureFixture, place: Place) -> Iterator[None]:
    """Whatever is logged at any level, by anybody: no token."""
    caplog.set_level(logging.DEBUG)
    yield
    for token in (place.page.page_token, place.page.ig_token, place.page.user_token):
        assert token not in caplog.text
    caplog.clear()


@pytest.mark.usefixtures("no_token_in_logs")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_a_post_goes_out_once(shared_loop: Loop, place: Place, call: str, fault: str) -> None:
    loop, (staging, platform, photos) = shared_loop, CALLS[call]
    account_id, remote = (
        (place.facebook, place.page.page_id) if platform == "facebook" else (place.instagram, place.page.ig_id)
    )
    caption = f"{call} {fault}"
    loop.control.fault(call, fault, **PARAMS.get(fault, {}))
    post_id = loop.post(account_id, caption=caption, photos=photos)

    def public() -> int:
        return loop.control.count(remote)

    loop.settle()
    delivery = loop.delivery(post_id)
    if fault == "rate_limit":
        _waits_out_the_limit(loop, delivery, public)
    elif fault == "expired_token":
        _is_held_until_connected(loop, delivery, public)
    elif fault == "refused":
        _is_refused_until_sent_again(loop, delivery, public)
    delivery = loop.delivery(post_id)
    assert (delivery.state, loop.state(post_id)) == ("published", "published")
    assert [one.caption for one in loop.control.posts(remote)] == [caption]
    assert delivery.remote_id == loop.control.posts(remote)[0].id
    assert delivery.published_at is not None
    assert (delivery.error_code, delivery.wake_at, delivery.lease_until) == (None, None, None)
    found = "found" in loop.events(delivery)
    assert found == (not staging and fault in ACTED)
    # A refused key while staging is no attempt; an answer that was only lost needs no second one.
    twice = fault in NOT_ACTED or (fault in ACTED if staging else fault == "expired_token")
    # The photos of an unpublished post that nobody heard of cannot be used again: fresh ones are the third attempt.
    again = call == "feed" and fault in ACTED
    assert delivery.attempts == (3 if again else 2 if twice else 1)
    loop.settle()
    assert public() == 1


def _waits_out_the_limit(loop: Loop, delivery: Delivery, public: Callable[[], int]) -> None:
    assert (delivery.state, delivery.error_code, delivery.attempts, public()) == ("queued", "rate_limit", 0, 0)
    assert _sentence(delivery)
    paused = budgets.until(loop.parts.db, loop.account(delivery.account_id))
    assert paused is not None
    assert timedelta(minutes=4) < paused - clock.now() <= timedelta(minutes=5)
    with clock.travel(timedelta(minutes=5, seconds=1)):
        loop.settle()


def _is_held_until_connected(loop: Loop, delivery: Delivery, public: Callable[[], int]) -> None:
    assert (delivery.state, delivery.error_code, public()) == ("held", "token_expired", 0)
    assert loop.account(delivery.account_id).health == "broken"
    assert _sentence(delivery)
    with clock.travel(timedelta(hours=1)):
        loop.settle()
        assert loop.row(Delivery, delivery.id or 0).state == "held"
        accounts.check(loop.parts, delivery.account_id, BY)
        loop.settle()


def _is_refused_until_sent_again(loop: Loop, delivery: Delivery, public: Callable[[], int]) -> None:
    assert (delivery.state, delivery.error_code, public()) == ("failed", "abusive", 0)
    assert loop.state(delivery.post_id) == "failed"
    assert _sentence(delivery)
    loop.settle()
    assert public() == 0
    with loop.parts.db.write() as session:
        resolving.resolve(session, loop.parts.settings, delivery.id or 0, "resend", BY)
    loop.settle()


def _sentence(row: Delivery | Outgoing) -> str:
    assert row.error_code is not None
    text = words.sentence(row.error_code, row.error_facts)
    assert row.error_code not in text
    assert "latihan-" not in text
    return text


@pytest.mark.usefixtures("no_token_in_logs")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_reply_goes_out_once(shared_loop: Loop, place: Place, fault: str) -> None:
    loop = shared_loop
    delivery, item_id = _commented(loop, place)
    loop.control.fault("reply", fault, **PARAMS.get(fault, {}))
    with loop.parts.db.write() as session:
        outgoing_id = moderating.reply(session, item_id, BY, "Kami periksa hari ini.").id or 0
    loop.settle()
    outgoing: Outgoing = loop.row(Outgoing, outgoing_id)
    if fault == "rate_limit":
        assert (outgoing.state, outgoing.attempts, len(_replies(loop, place))) == ("queued", 0, 0)
        with clock.travel(timedelta(minutes=6)):
            loop.settle()
    elif fault == "expired_token":
        assert (outgoing.state, outgoing.error_code, len(_replies(loop, place))) == ("held", "token_expired", 0)
        accounts.check(loop.parts, place.facebook, BY)
        loop.settle()
    elif fault == "refused":
        assert (outgoing.state, outgoing.error_code, len(_replies(loop, place))) == ("failed", "abusive", 0)
        assert _sentence(outgoing)
        with loop.parts.db.write() as session:  # the coordinator may try again with other words
            outgoing_id = moderating.reply(session, item_id, BY, "Kami periksa hari ini.").id or 0
        loop.settle()
    outgoing = loop.row(Outgoing, outgoing_id)
    (reply,) = _replies(loop, place)
    assert (outgoing.state, outgoing.remote_id) == ("published", reply.id)
    assert loop.row(Aspiration, item_id).status == "sudah ditanggapi"
    assert ("found" in loop.events(outgoing)) == (fault in ACTED)
    assert collecting.collect(loop.parts, delivery.id or 0) == 0


@pytest.mark.parametrize("fault", ["lost_answer", "error_500", "slow"])
def test_hiding_survives(shared_loop: Loop, place: Place, fault: str) -> None:
    loop = shared_loop
    _, item_id = _commented(loop, place)
    loop.control.fault("hide", fault, **PARAMS.get(fault, {}))
    with loop.parts.db.write() as session:
        moderating.hide(session, item_id, BY, "uji")
        moderating.hide(session, item_id, BY, "", hidden=False)
        moderating.hide(session, item_id, BY, "lagi")
    loop.settle()
    (post,) = loop.control.posts(place.page.page_id)
    assert post.comments[0].hidden
    with loop.parts.db.read() as session:
        rows = session.exec(select(Outgoing).where(Outgoing.aspiration_id == item_id)).all()
    assert [row.state for row in rows] == ["published"] * 3
    moments = [row.published_at for row in rows if row.published_at]
    assert moments == sorted(moments)


def _commented(loop: Loop, place: Place) -> tuple[Delivery, int]:
    """A public post with one comment in the inbox."""
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    loop.control.comment(delivery.remote_id or "", "Ani", "Lampu jalan mati")
    collecting.collect(loop.parts, delivery.id or 0)
    with loop.parts.db.read() as session:
        return delivery, _newest_item(session)


def _newest_item(session: Session) -> int:
    found = session.exec(select(Aspiration.id).order_by(Aspiration.id.desc())).first()  # type: ignore[union-attr]  # a column here
    assert found is not None
    return found


def _replies(loop: Loop, place: Place) -> tuple[PracticeComment, ...]:
    return loop.control.posts(place.page.page_id)[0].comments[0].replies
