"""Taking a public post back: everywhere at once, looked at until it is gone, whatever happens meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from app import clock, words_hand
from app.models import Account, Post
from app.problems import Problem
from app.services import accounts, budgets, claiming, publishing, queueing, timekeeping, withdrawing
from connectors import Busy, load
from connectors.facebook import Facebook
from connectors.practice.context import SCOPES
from tests.fixtures.loop import BY, Loop, Place, until, with_times
from tests.fixtures.taking_back import BLIND, later, notices, published, resolve, told, withdraw
from tests.fixtures.three_platforms import village


# --- the straight way ------------------------------------------------------------------------------------------------
def test_taken_back_on_three_platforms_at_once(loop: Loop) -> None:
    with village(loop) as there:
        post_id = published(loop, *there.accounts, photos=2)
        withdraw(loop, post_id)
        assert [one.state for one in loop.deliveries(post_id)] == ["withdrawing"] * 3
        later(loop)
        assert [one.state for one in loop.deliveries(post_id)] == ["withdrawn"] * 3
        assert there.public(loop) == (0, 0, 0)
    assert loop.state(post_id) == "withdrawn"
    post: Post = loop.row(Post, post_id)
    assert post.withdraw_reason == "Wajah anak terlihat"
    for delivery in loop.deliveries(post_id):
        assert (delivery.wake_at, delivery.collect_at, delivery.reading_at) == (None, None, None)
        assert loop.events(delivery)[-2:] == ["withdraw", "withdrawn"]


def test_what_is_not_public_is_cancelled_instead(shared_loop: Loop) -> None:
    loop, place = shared_loop, shared_loop.place()
    post_id = loop.post(place.facebook, due_at=clock.now() + timedelta(hours=1))
    cases: list[tuple[int, str, str]] = [(post_id, "Salah", "not_public"), (9999, "Salah", "unknown_post")]
    public = published(loop, place.facebook)
    cases += [(public, "  ", "reason_needed")]
    for number, reason, code in cases:
        with pytest.raises(Problem) as caught:
            withdraw(loop, number, reason)
        assert caught.value.code == code
    withdraw(loop, public)
    with pytest.raises(Problem, match="withdraw_under_way"):
        withdraw(loop, public)
    later(loop)
    with pytest.raises(Problem, match="already_withdrawn"):
        withdraw(loop, public)


def test_siblings_that_never_went_out_are_called_off(loop: Loop) -> None:
    place, other = loop.place(), loop.place()
    loop.control.fault("flip", "refused", account_id=other.page.page_id, code=368, subcode=1346003)
    post_id = loop.post(place.facebook, place.instagram, other.facebook, photos=1)
    loop.control.fault("any", "rate_limit", account_id=place.page.ig_id, minutes=5, code=80002)
    later(loop)
    assert [one.state for one in loop.deliveries(post_id)] == ["published", "queued", "failed"]
    withdraw(loop, post_id)
    later(loop)
    assert [one.state for one in loop.deliveries(post_id)] == ["withdrawn", "cancelled", "cancelled"]
    assert loop.state(post_id) == "withdrawn"
    later(loop, 400)
    assert loop.control.count(place.page.ig_id) == loop.control.count(other.page.page_id) == 0


# --- whatever the platform answers -----------------------------------------------------------------------------------
DELETING = (
    "lost_answer",
    "error_500_acted",
    "slow",
    "error_500",
    "rate_limit",
    "expired_token",
    "permission",
    "refused",
)
READING = ("error_500", "truncated", "rate_limit", "expired_token", "permission")
PARAMS: dict[str, dict[str, Any]] = {"slow": {"seconds": 1.4}, "rate_limit": {"minutes": 5, "code": 80001}}
#: At these a person is told at once that they may delete it themselves.
HANDS = ("rate_limit", "expired_token", "permission", "refused")


@pytest.mark.parametrize(
    ("platform", "where", "fault"),
    # One line to both platforms (tests/connectors/test_contract.py): on the second what answers mean, not each shape.
    [("facebook", "delete", fault) for fault in DELETING]
    + [("facebook", "read", fault) for fault in READING]
    + [("instagram", "delete", fault) for fault in ("lost_answer", "error_500", *HANDS)]
    + [("instagram", "read", fault) for fault in ("truncated", "expired_token")],
)
def test_every_fault_on_the_way_ends_withdrawn(shared_loop: Loop, platform: str, where: str, fault: str) -> None:
    loop, place = shared_loop, shared_loop.place()
    account_id, remote = _side(place, platform)
    post_id = published(loop, account_id, photos=1)
    loop.control.fault(where, fault, account_id=remote, **PARAMS.get(fault, {}))
    withdraw(loop, post_id)
    loop.step()
    delivery = loop.delivery(post_id)
    assert loop.control.faults() == [], "the fault never struck"
    acted = where == "delete" and fault in ("lost_answer", "error_500_acted", "truncated", "slow")
    assert delivery.state == ("withdrawn" if acted else "withdrawing"), "a lost answer is looked up at once"
    assert notices(loop, delivery) == (fault in HANDS)
    assert words_hand.needed(delivery) == (fault in HANDS)
    assert (loop.account(account_id).health == "broken") == (fault == "expired_token")
    pause = budgets.until(loop.parts.db, loop.account(account_id))
    assert (pause is not None) == (fault == "rate_limit"), "posts and reads of the account wait; taking back goes on"
    if fault == "expired_token":
        later(loop, 2000)
        assert loop.delivery(post_id).state == "withdrawing", "not asked with a dead key"
        accounts.check(loop.parts, account_id, BY)
        later(loop)
    else:
        later(loop, 301 if fault == "rate_limit" else 2)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.error_code, delivery.error_facts) == ("withdrawn", None, {})
    assert (loop.state(post_id), loop.control.count(remote)) == ("withdrawn", 0)
    assert notices(loop, delivery) == (fault in HANDS)


def _side(place: Place, platform: str) -> tuple[int, str]:
    if platform == "facebook":
        return place.facebook, place.page.page_id
    return place.instagram, place.page.ig_id


def test_a_key_that_sees_nothing_does_not_make_it_withdrawn(shared_loop: Loop) -> None:
    loop, place = shared_loop, shared_loop.place()
    post_id = published(loop, place.facebook)
    loop.control.fault("any", "refused", None, account_id=place.page.page_id, **BLIND)
    withdraw(loop, post_id)
    for seconds in (0, 3, 8, 20, 40):
        later(loop, seconds)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.error_code) == ("withdrawing", "unreadable")
    assert words_hand.needed(delivery), "a minute is over: people have hands"
    assert notices(loop, delivery) == 1
    loop.control.clear_faults()
    later(loop, 700)
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("withdrawn", 0)


def test_a_dead_key_is_not_used_again_and_a_new_one_at_once(loop: Loop) -> None:
    place = loop.place()
    post_id = published(loop, place.facebook)
    loop.control.end_token(place.page.page_token)
    accounts_row: Account = loop.account(place.facebook)
    assert accounts_row.health == "connected"
    withdraw(loop, post_id)
    later(loop)
    assert loop.account(place.facebook).health == "broken"
    asked = len(loop.control.log())
    later(loop, 61)
    later(loop, 130)
    assert len(loop.control.log()) == asked
    assert told(loop, post_id)["error_code"] == "token_expired"
    loop.control.end_token(place.page.page_token, subcode=None)
    accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.page_token)
    later(loop)
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("withdrawn", 0)


def test_connected_again_while_the_old_key_was_refused(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    post_id = published(loop, place.facebook)
    withdraw(loop, post_id)
    honest = Facebook.delete_post

    def delete_post(connector: Facebook, remote_id: str) -> None:
        monkeypatch.undo()
        loop.control.end_token(place.page.page_token)
        try:
            honest(connector, remote_id)
        finally:
            loop.control.end_token(place.page.page_token, subcode=None)
            accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.page_token)
            loop.control.end_token(place.page.page_token)

    monkeypatch.setattr(Facebook, "delete_post", delete_post)
    loop.step()
    assert (loop.account(place.facebook).health, loop.delivery(post_id).error_code) == ("connected", None)
    loop.control.end_token(place.page.page_token, subcode=None)
    loop.step()
    assert (loop.delivery(post_id).state, notices(loop, loop.delivery(post_id))) == ("withdrawn", 0)


# --- by hand ---------------------------------------------------------------------------------------------------------
def _without_permission(loop: Loop) -> tuple[Place, int]:
    """A post on Instagram whose token may not delete, being taken back."""
    place = loop.place()
    rest = [scope for scope in SCOPES if scope != "instagram_manage_contents"]
    loop.control.set_scopes(place.page.ig_token, rest)
    accounts.check(loop.parts, place.instagram, BY)
    account = loop.account(place.instagram)
    assert account.health == "connected", "publishing works without it"
    assert account.reason_facts["permission"] == "instagram_manage_contents"
    post_id = published(loop, place.instagram, photos=1)
    withdraw(loop, post_id)
    later(loop)
    return place, post_id


def test_without_the_permission_a_person_is_told_each_tap(loop: Loop) -> None:
    place, post_id = _without_permission(loop)
    row = told(loop, post_id)
    assert (row["state"], row["error_code"]) == ("withdrawing", "permission")
    assert "instagram_manage_contents" in row["error"]
    assert "hapus" in row["next_step"].lower()
    assert row["hand_steps"] == words_hand.steps(
        "instagram", f"{place.page.name} instagram", permalink=row["permalink"]
    )
    assert any("Hapus" in tap for tap in row["hand_steps"])
    assert loop.account(place.instagram).health == "connected"
    for seconds in (3, 8, 20):
        later(loop, seconds)
    delivery = loop.delivery(post_id)
    assert (delivery.state, notices(loop, delivery)) == ("withdrawing", 1)
    assert loop.events(delivery).count("by_hand") == 1
    loop.control.delete_post(delivery.remote_id or "")  # in the app
    later(loop, 100)
    assert (loop.delivery(post_id).state, loop.state(post_id)) == ("withdrawn", "withdrawn")
    assert told(loop, post_id)["hand_steps"] == []


def test_a_persons_word_ends_it(loop: Loop) -> None:
    _, post_id = _without_permission(loop)
    delivery = loop.delivery(post_id)
    for wrong in ("published", "resend"):
        with pytest.raises(Problem, match="nothing_to_resolve"):
            resolve(loop, delivery, wrong)
    resolve(loop, delivery, "withdrawn")
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.confirmed_by, delivery.wake_at) == ("withdrawn", BY.who, None)
    assert loop.state(post_id) == "withdrawn"
    told = loop.events(delivery)
    resolve(loop, delivery, "withdrawn")
    assert loop.events(delivery) == told, "said again, it is agreed with and changes nothing"


def test_a_person_who_says_so_after_it_was_seen_gone_is_agreed_with(loop: Loop) -> None:
    _, post_id = _without_permission(loop)
    loop.control.delete_post(loop.delivery(post_id).remote_id or "")  # by the taps that were shown
    for seconds in (20, 40):
        later(loop, seconds)
    assert loop.delivery(post_id).state == "withdrawn"
    resolve(loop, loop.delivery(post_id), "withdrawn")
    assert loop.delivery(post_id).confirmed_by is None


def test_every_connector_has_its_taps() -> None:
    assert set(words_hand.STEPS) == set(load())
    for connector in words_hand.STEPS:
        assert "“Desa Suka”" in " ".join(words_hand.steps(connector, "Desa Suka"))
    assert words_hand.steps("friendster", "Desa")[0]


# --- workers ---------------------------------------------------------------------------------------------------------
def test_two_workers_delete_it_once(loop: Loop) -> None:
    place = loop.place()
    post_id = published(loop, place.facebook)
    withdraw(loop, post_id)
    ready = threading.Barrier(2)

    def work() -> None:
        ready.wait(10)
        loop.step()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert loop.delivery(post_id).state == "withdrawn"
    assert len(loop.control.log(kind="delete")) == 1
    assert loop.events(loop.delivery(post_id)).count("withdrawn") == 1


def test_a_dead_worker_is_replaced_after_15_seconds(shared_loop: Loop) -> None:
    loop = with_times(shared_loop, lease_s=90.0, http_timeout_s=30.0)
    post_id = published(loop, loop.place().facebook)
    withdraw(loop, post_id)
    (dead,) = claiming.claim(loop.parts)
    assert dead.step == "withdraw"
    with clock.travel(timedelta(seconds=14)):
        assert claiming.claim(loop.parts) == []
    with clock.travel(timedelta(seconds=15.5)):
        assert loop.step() == 1
    assert loop.delivery(post_id).state == "withdrawn"
    publishing.work(loop.parts, dead)  # it comes back to life
    assert loop.delivery(post_id).state == "withdrawn"


def test_on_a_slow_line_the_first_who_sees_it_gone_says_so(shared_loop: Loop) -> None:
    """Each round is overtaken by the next claim before it ends: its word counts all the same."""
    loop, place = shared_loop, shared_loop.place()
    post_id = published(loop, place.facebook)
    withdraw(loop, post_id)
    (first,) = claiming.claim(loop.parts)
    loop.control.fault("delete", "slow", account_id=place.page.page_id, seconds=0.5)
    slow = threading.Thread(target=publishing.work, args=(loop.parts, first))
    slow.start()
    until(lambda: loop.control.faults() == [])
    with clock.travel(timedelta(seconds=16)):
        (second,) = claiming.claim(loop.parts)
    slow.join(10)
    assert loop.delivery(post_id).state == "withdrawn"
    publishing.work(loop.parts, second)
    assert loop.events(loop.delivery(post_id)).count("withdrawn") == 1


def test_nothing_holds_it_up(loop: Loop) -> None:
    """No pause of the account, and no wrong clock (decision 0007)."""
    place = loop.place()
    post_id = published(loop, place.facebook)
    with loop.parts.db.write() as session:
        accounts.heed(session, place.facebook, Busy("rate_limit", retry_after=900, limit=True, scope="page"), BY)
    withdraw(loop, post_id)
    timekeeping.heard("practice", clock.now() + timedelta(days=1))
    try:
        assert timekeeping.wrong("practice", clock.now())
        later(loop)
        assert loop.delivery(post_id).state == "withdrawn"
    finally:
        timekeeping.forget()


# --- racing with the tap ---------------------------------------------------------------------------------------------
def test_two_taps_at_once_and_a_cancel(loop: Loop) -> None:
    """Two people tap in the same moment: one asks, the other is told. Nothing waits for ever."""
    place = loop.place()
    post_id = published(loop, place.facebook, place.instagram, photos=1)
    said: list[str] = []
    ready = threading.Barrier(3)

    def tap(do: Callable[[Session], object]) -> None:
        ready.wait(10)
        try:
            with loop.parts.db.write() as session:
                do(session)
            said.append("done")
        except Problem as problem:
            said.append(problem.code)

    asks: list[Callable[[Session], object]] = [lambda s: withdrawing.ask(s, post_id, "Salah", BY)] * 2
    threads = [threading.Thread(target=tap, args=(do,)) for do in (*asks, lambda s: queueing.cancel(s, post_id, BY))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(said) == ["done", "too_late_to_cancel", "withdraw_under_way"]
    later(loop)
    assert loop.state(post_id) == "withdrawn"
