"""From approval to the queue: what may be called off, moved or decided in which state, and what a post then is."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app import clock
from app.models import Delivery, Event, Post
from app.parts import Parts
from app.problems import Problem
from app.services import queueing, resolving
from app.states import DELIVERY, LEASED, Actor, move
from tests.fixtures import scenery

BY = Actor("uji")
STATES = tuple(DELIVERY.states)


def _one(parts: Parts, state: str, **columns: object) -> tuple[int, int]:
    """A post with one delivery in a state: (post, delivery)."""
    with parts.db.write() as session:
        organisation_id = scenery.organisation(session)
        account_id = scenery.account(session, organisation_id)
        post_id = scenery.post(session, organisation_id, [account_id], state=queueing.post_state({state}))
        return post_id, scenery.delivery(session, post_id, account_id, state, **columns)


def _read(parts: Parts, delivery_id: int) -> tuple[Post, Delivery]:
    with parts.db.read() as session:
        delivery = session.get_one(Delivery, delivery_id)
        return session.get_one(Post, delivery.post_id), delivery


def _events(parts: Parts) -> list[str]:
    with parts.db.read() as session:
        return [f"{row.subject} {row.what}" for row in session.exec(select(Event).order_by(col(Event.id)))]


def _draft(session: Session, accounts: int = 2, **columns: object) -> tuple[int, list[int]]:
    organisation_id = scenery.organisation(session)
    account_ids = [scenery.account(session, organisation_id) for _ in range(accounts)]
    return scenery.post(session, organisation_id, account_ids, **columns), account_ids


# --- approval --------------------------------------------------------------------------------------------------------
def test_approval_makes_one_delivery_an_account(parts: Parts) -> None:
    due_at = clock.now() + timedelta(hours=3)
    with parts.db.write() as session:
        post_id, account_ids = _draft(session, due_at=due_at)
        queueing.approve(session, parts.settings, post_id, BY)
    with parts.db.read() as session:
        rows = session.exec(select(Delivery).order_by(col(Delivery.account_id))).all()
        assert [row.account_id for row in rows] == sorted(account_ids)
        assert {(row.state, row.due_at) for row in rows} == {("queued", due_at)}
        # Staging begins ahead of the time.
        assert {row.wake_at for row in rows} == {due_at - timedelta(seconds=parts.settings.stage_ahead_s)}
        assert session.get_one(Post, post_id).state == "scheduled"
    assert _events(parts) == ["post approve", "delivery queue", "delivery queue"]


def test_without_a_time_it_goes_out_now(parts: Parts) -> None:
    with parts.db.write() as session:
        post_id, _ = _draft(session, accounts=1)
        post = queueing.approve(session, parts.settings, post_id, BY)
        assert post.due_at is not None
        assert abs(clock.now() - post.due_at) < timedelta(seconds=5)


def test_what_cannot_go_out_is_not_approved(parts: Parts) -> None:
    with parts.db.write() as session:
        empty, _ = _draft(session, caption="")
        nowhere, _ = _draft(session, accounts=0)
    for post_id, code in ((empty, "empty_post"), (nowhere, "no_account"), (999, "unknown_post")):
        with pytest.raises(Problem) as problem, parts.db.write() as session:
            queueing.approve(session, parts.settings, post_id, BY)
        assert problem.value.code == code
    assert _events(parts) == []


def test_what_was_wished_for_days_ago_is_not_sent_unasked(parts: Parts) -> None:
    with parts.db.write() as session:
        post_id, _ = _draft(session, due_at=clock.now() - timedelta(days=3))
    with parts.db.write() as session, pytest.raises(Problem) as refused:
        queueing.approve(session, parts.settings, post_id, BY)
    assert refused.value.code == "time_past"
    with parts.db.write() as session:
        queueing.reschedule(session, parts.settings, post_id, clock.now(), BY)
        assert queueing.approve(session, parts.settings, post_id, BY).state == "scheduled"


def test_approved_twice_makes_nothing_twice(parts: Parts) -> None:
    with parts.db.write() as session:
        post_id, _ = _draft(session)
        queueing.approve(session, parts.settings, post_id, BY)
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        queueing.approve(session, parts.settings, post_id, BY)
    assert problem.value.code == "wrong_state"
    with parts.db.read() as session:
        assert len(session.exec(select(Delivery)).all()) == 2


def test_sending_back_needs_a_reason_and_a_post_in_review(parts: Parts) -> None:
    with parts.db.write() as session:
        post_id, _ = _draft(session, state="in_review")
        other, _ = _draft(session)
    for which, why, code in ((post_id, "  ", "reason_needed"), (other, "x", "wrong_state"), (99, "x", "unknown_post")):
        with pytest.raises(Problem) as problem, parts.db.write() as session:
            queueing.send_back(session, which, BY, why)
        assert problem.value.code == code
    with parts.db.write() as session:
        post = queueing.send_back(session, post_id, BY, " Fotonya buram ")
        assert (post.state, post.sent_back) == ("draft", "Fotonya buram")


# --- calling off -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", STATES)
def test_cancel_in_every_state(parts: Parts, state: str) -> None:
    post_id, delivery_id = _one(parts, state, fence=4, staged={"photo": "1"})
    possible = state in ("queued", "held", "staging", "failed", "missed", "needs_person")
    if possible:
        with parts.db.write() as session:
            assert queueing.cancel(session, post_id, BY) == []
        post, delivery = _read(parts, delivery_id)
        assert (post.state, delivery.state, delivery.lease_until) == ("cancelled", "cancelled", None)
        assert delivery.fence == 5, "a worker that is staging loses its fence"
        assert delivery.wake_at is not None, "what was prepared there is still to be dropped"
        return
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        queueing.cancel(session, post_id, BY)
    assert problem.value.code == ("already_cancelled" if state == "cancelled" else "too_late_to_cancel")
    assert _read(parts, delivery_id)[1].state == state
    assert _events(parts) == []


def test_cancel_says_where_it_was_too_late(parts: Parts) -> None:
    with parts.db.write() as session:
        post_id, (one, two) = _draft(session, state="publishing")
        scenery.delivery(session, post_id, one, "published")
        waiting = scenery.delivery(session, post_id, two)
        late = queueing.cancel(session, post_id, BY)
    assert len(late) == 1
    post, delivery = _read(parts, waiting)
    assert (post.state, delivery.state, delivery.wake_at) == ("published", "cancelled", None)


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_a_draft_is_called_off_too(parts: Parts, state: str) -> None:
    with parts.db.write() as session:
        post_id, _ = _draft(session, state=state)
        assert queueing.cancel(session, post_id, BY) == []
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        queueing.cancel(session, post_id, BY)
    assert problem.value.code == "already_cancelled"


# --- another time ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", STATES)
def test_reschedule_in_every_state(parts: Parts, state: str) -> None:
    post_id, delivery_id = _one(parts, state, attempts=3, error_code="missed")
    before = _read(parts, delivery_id)[1]
    due_at = clock.now() + timedelta(days=2)
    if state in ("queued", "held", "missed", "staging"):
        with parts.db.write() as session:
            assert queueing.reschedule(session, parts.settings, post_id, due_at, BY) == []
        post, delivery = _read(parts, delivery_id)
        assert (post.due_at, delivery.due_at) == (due_at, due_at)
        assert delivery.state == ("queued" if state == "missed" else state)
        if state in ("queued", "missed"):
            assert delivery.wake_at == due_at - timedelta(seconds=parts.settings.stage_ahead_s)
        if state == "missed":
            assert (delivery.attempts, delivery.error_code) == (0, None)
        if state in LEASED:
            assert delivery.lease_until == before.lease_until
        return
    with pytest.raises(Problem) as problem, parts.db.write() as session:
        queueing.reschedule(session, parts.settings, post_id, due_at, BY)
    codes = {"cancelled": "already_cancelled", "failed": "refused_resend"}
    assert problem.value.code == codes.get(state, "too_late_to_reschedule")
    assert _read(parts, delivery_id)[1].due_at == before.due_at


def test_reschedule_takes_no_bad_time(parts: Parts) -> None:
    post_id, delivery_id = _one(parts, "queued")
    present = clock.now()
    bad = {
        "time_past": present - timedelta(hours=2),
        "time_far": present + timedelta(days=500),
        "time_naive": present.replace(tzinfo=None),
    }
    for code, due_at in bad.items():
        with pytest.raises(Problem) as problem, parts.db.write() as session:
            queueing.reschedule(session, parts.settings, post_id, due_at, BY)
        assert problem.value.code == code
    assert _events(parts) == []
    assert _read(parts, delivery_id)[1].state == "queued"


def test_a_draft_gets_another_time_and_stays_a_draft(parts: Parts) -> None:
    due_at = clock.now() + timedelta(days=1)
    with parts.db.write() as session:
        post_id, _ = _draft(session)
        assert queueing.reschedule(session, parts.settings, post_id, due_at, BY) == []
        post = session.get_one(Post, post_id)
        assert (post.state, post.due_at) == ("draft", due_at)


# --- deciding --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["published", "resend"])
@pytest.mark.parametrize("state", STATES)
def test_resolve_in_every_state(parts: Parts, state: str, how: str) -> None:
    _, delivery_id = _one(parts, state, fence=4, attempts=8, error_code="refused", error_facts={"a": 1})
    if state not in ("unsure", "needs_person", "failed", "missed"):
        with pytest.raises(Problem) as problem, parts.db.write() as session:
            resolving.resolve(session, parts.settings, delivery_id, how, BY)
        assert problem.value.code == "nothing_to_resolve"
        return
    with parts.db.write() as session:
        resolving.resolve(session, parts.settings, delivery_id, how, Actor("Rina"))
    post, delivery = _read(parts, delivery_id)
    assert (delivery.error_code, delivery.error_facts, delivery.fence) == (None, {}, 5)
    if how == "published":
        assert (post.state, delivery.state, delivery.confirmed_by) == ("published", "published", "Rina")
        assert delivery.published_at is not None
        assert delivery.wake_at is None
    else:
        assert (post.state, delivery.state, delivery.attempts) == ("scheduled", "queued", 0)
        assert delivery.wake_at is not None
        assert delivery.wake_at <= clock.now()


def test_a_confirmed_post_is_as_old_as_its_try(parts: Parts) -> None:
    at = clock.now() - timedelta(hours=5)
    _, delivery_id = _one(parts, "needs_person", commit_at=at)
    with parts.db.write() as session:
        resolving.resolve(session, parts.settings, delivery_id, "published", BY, remote_id=" 5_5 ")
    delivery = _read(parts, delivery_id)[1]
    assert (delivery.published_at, delivery.remote_id) == (at, "5_5")
    assert delivery.reading_at == at + timedelta(hours=1), "ages count from the try"


def test_resolve_refuses_unknown_things(parts: Parts) -> None:
    _, delivery_id = _one(parts, "failed")
    for which, how, code in ((999, "resend", "unknown_delivery"), (delivery_id, "maybe", "unknown_choice")):
        with pytest.raises(Problem) as problem, parts.db.write() as session:
            resolving.resolve(session, parts.settings, which, how, BY)
        assert problem.value.code == code


def test_sending_again_asks_only_what_concerns_this_account(parts: Parts) -> None:
    with parts.db.write() as session:
        organisation_id = scenery.organisation(session)
        facebook = scenery.account(session, organisation_id)
        instagram = scenery.account(session, organisation_id, "instagram")
        post_id = scenery.post(session, organisation_id, [facebook, instagram], state="failed")
        missed = scenery.delivery(session, post_id, facebook, "missed")
        refused = scenery.delivery(session, post_id, instagram, "failed")
    with parts.db.write() as session:  # Facebook takes words alone
        resolving.resolve(session, parts.settings, missed, "resend", BY)
    with pytest.raises(Problem) as problem, parts.db.write() as session:  # Instagram needs a photo
        resolving.resolve(session, parts.settings, refused, "resend", BY)
    assert problem.value.code == "photo_needed"


# --- the state of a post ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({"queued"}, "scheduled"),
        ({"staging", "held"}, "scheduled"),
        ({"missed", "queued"}, "scheduled"),
        ({"committing", "queued"}, "publishing"),
        ({"unsure"}, "publishing"),
        ({"published", "queued"}, "publishing"),
        ({"published"}, "published"),
        ({"published", "cancelled"}, "published"),
        ({"published", "withdrawn"}, "published"),
        ({"published", "failed"}, "partly"),
        ({"published", "needs_person"}, "partly"),
        ({"published", "held"}, "partly"),
        ({"failed"}, "failed"),
        ({"failed", "missed", "cancelled"}, "failed"),
        ({"cancelled"}, "cancelled"),
        ({"withdrawn"}, "withdrawn"),
        ({"withdrawn", "gone", "cancelled"}, "withdrawn"),
    ],
)
def test_post_state(states: set[str], expected: str) -> None:
    assert queueing.post_state(states) == expected


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_post_state_knows_neither_order_nor_number(states: list[str], chance: object) -> None:
    expected = queueing.post_state(set(states))
    assert expected in ("scheduled", "publishing", "published", "partly", "failed", "cancelled", "withdrawn")
    chance.shuffle(states)  # type: ignore[attr-defined]  # Hypothesis' Random
    assert queueing.post_state(set(states + states[:2])) == expected


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=6))
def test_post_state_says_published_only_of_what_is(states: list[str]) -> None:
    said = queueing.post_state(set(states))
    if said in ("published", "partly"):
        assert {"published", "withdrawing"} & set(states)
    if said == "published":
        assert not set(states) & {"queued", "staging", "committing", "unsure", "needs_person", "held", "failed"}
    if said == "failed":
        assert set(states) <= {"failed", "missed", "cancelled", "withdrawn", "gone"}


def test_two_deliveries_that_end_at_once_settle_the_post(parts: Parts) -> None:
    """Neither may leave the post with what it saw before the other was done."""
    with parts.db.write() as session:
        post_id, account_ids = _draft(session, accounts=4, state="publishing")
        ids = [scenery.delivery(session, post_id, account_id, "committing") for account_id in account_ids]
    gate = threading.Barrier(len(ids))
    errors: list[BaseException] = []

    def end(delivery_id: int) -> None:
        try:
            gate.wait(10)
            with parts.db.write() as session:
                delivery = session.get_one(Delivery, delivery_id)
                move(session, delivery, "publish", BY, remote_id=str(delivery_id), lease_until=None)
                queueing.settle(session, post_id, BY)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=end, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert _read(parts, ids[0])[0].state == "published"
