"""What a person does meanwhile, what the clock does, and what is left behind at the platform."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, update

from app import clock, words
from app.models import Account, Delivery, Worker
from app.problems import Problem
from app.services import accounts, claiming, drafting, publishing, queueing, resolving, workers
from app.services import outcomes as table
from app.states import move
from connectors import Busy, Connector, SignInAgain
from tests.fixtures.loop import BY, Loop, until, with_times


def test_staged_ahead_and_public_only_when_due(loop: Loop) -> None:
    place = loop.place()
    due_at = clock.now() + timedelta(minutes=10)
    post_id = loop.post(place.facebook, place.instagram, photos=2, due_at=due_at)
    loop.settle()
    for delivery in loop.deliveries(post_id):
        assert (delivery.state, delivery.ready, delivery.wake_at) == ("queued", True, due_at)
        assert delivery.staged
    assert loop.state(post_id) == "scheduled"
    assert loop.control.count(place.page.page_id) == loop.control.count(place.page.ig_id) == 0
    made = len([call for call in loop.control.log() if call.method == "POST"])
    with clock.travel(timedelta(minutes=10)):
        loop.settle()
    assert loop.state(post_id) == "published"
    assert loop.control.count(place.page.page_id) == loop.control.count(place.page.ig_id) == 1
    late = [call.kind for call in loop.control.log() if call.method == "POST"][made:]
    assert sorted(late, key=str) == ["flip", "publish"]  # one small call each was left


def test_cancelled_while_staging_is_never_public_and_leaves_nothing(loop: Loop) -> None:
    loop = with_times(loop, http_timeout_s=20, lease_s=60)  # slow, not lost: also where the machine is slow itself
    place = loop.place()
    loop.control.fault("photo", "slow", seconds=1.5, skip=1)  # the second photo is on its way when the person cancels
    post_id = loop.post(place.facebook, photos=2)
    (work,) = claiming.claim(loop.parts)
    staging = threading.Thread(target=publishing.work, args=(loop.parts, work))
    staging.start()
    until(lambda: len(loop.control.log(kind="photo")) > 1 or loop.control.loose_photos(place.page.page_id)[1:])
    with loop.parts.db.write() as session:
        assert queueing.cancel(session, post_id, BY) == []
    staging.join(60)
    loop.settle()
    assert (loop.delivery(post_id).state, loop.state(post_id)) == ("cancelled", "cancelled")
    assert loop.control.count(place.page.page_id) == 0
    assert loop.control.posts(place.page.page_id, unpublished=True) == []
    assert loop.control.loose_photos(place.page.page_id) == []


def test_what_was_staged_is_dropped_also_when_the_platform_is_away_at_first(loop: Loop) -> None:
    loop = with_times(loop, lease_s=2.1)
    place = loop.place()
    post_id = loop.post(place.facebook, photos=1, due_at=clock.now() + timedelta(minutes=10))
    loop.settle()
    assert len(loop.control.posts(place.page.page_id, unpublished=True)) == 1
    loop.control.fault("delete", "error_500")
    with loop.parts.db.write() as session:
        queueing.cancel(session, post_id, BY)
    loop.settle(within_s=3)
    assert loop.control.posts(place.page.page_id, unpublished=True) == []
    assert loop.control.loose_photos(place.page.page_id) == []
    assert loop.delivery(post_id).staged == {}


def test_an_edit_drops_what_was_staged_before(loop: Loop) -> None:
    place = loop.place()
    loop.control.fault("flip", "refused", code=368, subcode=1346003)
    post_id = loop.post(place.facebook, photos=2, caption="Salah tulis")
    loop.settle()
    assert loop.state(post_id) == "failed"
    with loop.parts.db.write() as session:
        drafting.edit(session, post_id, BY, caption="Benar", account_ids=[place.facebook], due_at=None)
        resolving.resolve(session, loop.parts.settings, loop.delivery(post_id).id or 0, "resend", BY)
    loop.settle()
    assert [post.caption for post in loop.control.posts(place.page.page_id)] == ["Benar"]
    assert loop.control.posts(place.page.page_id, unpublished=True) == []
    assert loop.control.loose_photos(place.page.page_id) == []


def test_staged_things_that_disappeared_are_made_anew(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook, due_at=clock.now() + timedelta(minutes=5))
    loop.settle()
    (staged,) = loop.control.posts(place.page.page_id, unpublished=True)
    loop.control.delete_post(staged.id)
    with clock.travel(timedelta(minutes=5)):
        loop.settle()
    assert loop.delivery(post_id).state == "published"
    assert loop.control.count(place.page.page_id) == 1


def test_too_late_is_missed_and_a_new_time_sends_it(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook, due_at=clock.now() + timedelta(hours=1))
    with clock.travel(timedelta(hours=8)):
        loop.settle()
        delivery = loop.delivery(post_id)
        assert (delivery.state, loop.state(post_id), loop.control.count(place.page.page_id)) == ("missed", "failed", 0)
        assert words.sentence(delivery.error_code or "", delivery.error_facts)
        with loop.parts.db.write() as session:
            queueing.reschedule(session, loop.parts.settings, post_id, clock.now() + timedelta(hours=1), BY)
        loop.settle()
        assert loop.delivery(post_id).state == "queued"
        with clock.travel(timedelta(hours=1)):
            loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)


def test_no_connection_costs_no_attempt(loop: Loop, free_port: int) -> None:
    place = loop.place()
    loop = with_times(loop, graph_url=f"http://127.0.0.1:{free_port}")  # type: ignore[arg-type]  # an address among the times
    with loop.parts.db.write() as session:
        # An account of the real kind, whose server is not there.
        sealed = loop.parts.sealer.seal({"token": "EAAuji"})
        session.exec(update(Account).where(col(Account.id) == place.facebook).values(practice=False, sealed=sealed))
    post_id = loop.post(place.facebook)
    for _ in range(12):
        until(loop.step)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts, delivery.error_code) == ("queued", 0, "unreached")
    assert loop.account(place.facebook).health == "connected"
    with clock.travel(timedelta(hours=7)):
        loop.settle()
    assert loop.delivery(post_id).state == "missed"


def test_a_platform_that_never_answers_well_ends_failed(loop: Loop) -> None:
    place = loop.place()
    loop.control.fault("feed", "error_500", None)
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts, loop.state(post_id)) == ("failed", table.MOST_ATTEMPTS, "failed")
    assert len(loop.control.log(kind="feed")) == table.MOST_ATTEMPTS


def test_unclear_commits_are_tried_ever_more_slowly(loop: Loop) -> None:
    loop = with_times(loop, retry_first_s=30, retry_max_s=3600)
    place = loop.place()
    loop.control.fault("flip", "error_500", None)
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts) == ("queued", 2)
    assert delivery.wake_at is not None
    assert delivery.wake_at - clock.now() > timedelta(seconds=10)


def test_a_lease_that_ended_while_committing_is_looked_up(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()  # staged
    (lost,) = claiming.claim(loop.parts)
    assert lost.step == "commit"
    with clock.travel(timedelta(seconds=loop.parts.settings.lease_s + 1)):
        loop.settle()  # another worker: looks, finds nothing, sends
        assert loop.control.count(place.page.page_id) == 1
        publishing.work(loop.parts, lost)  # the first one wakes up
    delivery = loop.delivery(post_id)
    assert (delivery.state, loop.control.count(place.page.page_id)) == ("published", 1)
    assert loop.events(delivery)[-6:] == ["commit", "expire", "look_again", "absent", "commit", "publish"]


def test_a_commit_is_not_begun_with_a_short_lease(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()
    (work,) = claiming.claim(loop.parts)
    late = claiming.Work(work.step, work.delivery_id, work.fence, work.deadline - 2.5)
    publishing.work(loop.parts, late)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts, delivery.error_code) == ("queued", 0, "lease_short")
    assert loop.control.log(kind="flip") == []
    loop.settle()
    assert (loop.delivery(post_id).state, loop.delivery(post_id).attempts) == ("published", 1)


def test_an_id_that_arrives_late_wins(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()
    (work,) = claiming.claim(loop.parts)
    with loop.parts.db.write() as session:  # the lease ended, somebody looked, then it was called off
        session.exec(
            update(Delivery).where(col(Delivery.id) == work.delivery_id).values(state="queued", lease_until=None)
        )
        queueing.cancel(session, post_id, BY)
    publishing.work(loop.parts, claiming.Work(work.step, work.delivery_id, work.fence + 1, work.deadline))
    assert (loop.delivery(post_id).state, loop.state(post_id)) == ("published", "published")
    assert "late_id" in loop.events(loop.delivery(post_id))


def test_many_posts_of_one_account_leave_room_for_another(loop: Loop) -> None:
    big, small = loop.place(), loop.place()
    due_at = clock.now() + timedelta(minutes=1)
    for number in range(40):
        loop.post(big.facebook, caption=f"Kiriman {number:02}", due_at=due_at)
    alone = loop.post(small.facebook, caption="Satu saja", due_at=due_at + timedelta(seconds=1))
    loop.step(limit=8)
    assert loop.delivery(alone).ready  # staged in the first round, with 40 before it
    while loop.step(limit=50):
        pass
    with clock.travel(timedelta(minutes=2)):
        for _ in range(2):
            loop.step(limit=8)
        assert loop.delivery(alone).state == "published"
        assert loop.control.count(big.page.page_id) >= 1


def test_one_account_goes_out_in_order(loop: Loop) -> None:
    place = loop.place()
    ids = [loop.post(place.facebook, caption=f"Ke-{number}") for number in range(4)]
    loop.settle()
    shown = sorted(loop.control.posts(place.page.page_id), key=lambda post: post.published_at or 0)
    assert [post.caption for post in shown] == [f"Ke-{number}" for number in range(4)]
    assert [loop.delivery(id_).attempts for id_ in ids] == [1] * 4


def test_a_backlog_is_spread(loop: Loop) -> None:
    loop = with_times(loop, backlog_spread_s=300)
    place = loop.place()
    for number in range(3):
        loop.post(place.facebook, caption=f"Tertunda {number}")
    with clock.travel(timedelta(minutes=30)):
        loop.settle()
        assert loop.control.count(place.page.page_id) == 1
        with clock.travel(timedelta(minutes=5)):
            loop.settle()
            assert loop.control.count(place.page.page_id) == 2


def test_a_row_that_cannot_be_claimed_stops_nobody(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place, other = loop.place(), loop.place()
    bad, good = loop.post(place.facebook), loop.post(other.facebook)
    honest = claiming.content_of

    def content_of(post: object, account: Account) -> str:
        if account.id == place.facebook:
            raise ValueError("a fault of ours")
        return honest(post, account)  # type: ignore[arg-type]  # a Post

    monkeypatch.setattr(claiming, "content_of", content_of)
    for _ in range(4):
        loop.step()
    assert (loop.delivery(bad).state, loop.delivery(good).state) == ("queued", "published")
    assert (loop.delivery(bad).wake_at or clock.now()) > clock.now() + timedelta(seconds=30)


def test_held_goes_on_even_when_the_release_came_first(loop: Loop) -> None:
    place = loop.place()
    with loop.parts.db.write() as session:
        accounts.mark_broken(session, place.facebook, SignInAgain("token_expired"), BY)
    post_id = loop.post(place.facebook)
    loop.settle()
    assert loop.delivery(post_id).state == "held"
    with loop.parts.db.write() as session:  # mended, and the release did not see the row
        session.exec(
            update(Account).where(col(Account.id) == place.facebook).values(health="connected", reason_code=None)
        )
    with clock.travel(claiming.HELD_LOOK + timedelta(seconds=1)):
        loop.step()
        loop.settle()
    assert (loop.delivery(post_id).state, loop.control.count(place.page.page_id)) == ("published", 1)


@pytest.mark.parametrize(
    ("problem", "action", "attempts"),
    [
        (Problem("practice_not_running"), "wait", 2),
        (Problem("sealed_with_other_key"), "hold", None),
        (Busy("staged_gone"), "wait", 3),
        (RuntimeError("ours"), "unclear", None),
    ],
)
def test_what_is_not_the_platforms_answer(loop: Loop, problem: Exception, action: str, attempts: int | None) -> None:
    outcome = table.decide(problem, committing=True, attempts=3, settings=loop.parts.settings, present=clock.now())
    assert (outcome.action, outcome.changes.get("attempts")) == (action, attempts)
    assert outcome.drop == (getattr(problem, "code", "") == "staged_gone")
    assert (outcome.broken is not None) == (action == "hold")


def test_what_went_out_stays_out_when_we_cannot_keep_what_we_learned(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = loop.place()

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(accounts, "_learn", fail)
    post_id = loop.post(place.facebook)
    loop.settle()
    assert (loop.delivery(post_id).state, loop.delivery(post_id).attempts) == ("published", 1)
    assert "found" not in loop.events(loop.delivery(post_id))


def test_a_time_out_says_nothing_of_the_clock(loop: Loop) -> None:
    place = loop.place()
    workers.beat(loop.parts, "pekerja")
    opening = accounts.opened(loop.parts, loop.account(place.facebook))

    def heard_long_ago(connector: Connector) -> None:
        connector.server_time = clock.now() - timedelta(seconds=30)

    def timed_out(connector: Connector) -> None:
        heard_long_ago(connector)
        raise Busy("timeout")

    with pytest.raises(Busy):
        accounts.with_connector(loop.parts, opening, timed_out)
    assert loop.row(Worker, "pekerja").clock_off_s is None
    accounts.with_connector(loop.parts, opening, heard_long_ago)
    assert loop.row(Worker, "pekerja").clock_off_s == pytest.approx(-30, abs=3)


def test_what_was_tried_is_looked_for_before_it_is_made_anew(loop: Loop) -> None:
    """A person says "send again" a day later, although the first try had worked unheard."""
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()  # staged
    loop.control.fault("flip", "error_500_acted")
    until(lambda: loop.delivery(post_id).state == "unsure" or (loop.step() and False))
    delivery = loop.delivery(post_id)
    with loop.parts.db.write() as session:
        row = session.get(Delivery, delivery.id)
        assert row is not None
        move(session, row, "unreadable", BY, wake_at=None)
    with clock.travel(timedelta(hours=30)):
        with loop.parts.db.write() as session:
            resolving.resolve(session, loop.parts.settings, delivery.id or 0, "resend", BY)
        loop.settle()
    assert (loop.state(post_id), loop.delivery(post_id).remote_id) == ("published", delivery.staged["post"])
    assert loop.control.count(place.page.page_id) == 1


def test_only_the_first_commit_of_a_container_leaves_its_status_unread(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.instagram, photos=1)
    until(lambda: loop.delivery(post_id).ready or (loop.step() and False))
    container = loop.delivery(post_id).staged["container"]

    def reads() -> int:
        return sum(entry.method == "GET" and container in entry.path for entry in loop.control.log())

    before = reads()
    loop.control.fault("publish", "error_500")
    until(lambda: loop.delivery(post_id).state == "unsure" or (loop.step() and False))
    assert reads() == before, "one small call was left"
    loop.settle()
    assert (loop.state(post_id), loop.control.count(place.page.ig_id)) == ("published", 1)
    assert reads() == before + 2, "looked up, and read once more before the second try"
