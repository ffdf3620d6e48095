"""Allowances: the rule of the pause for any sequence of words, and whole stories over HTTP with the usage headers."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select, update

from app import clock
from app.models import Account, Aspiration, Budget, Delivery, Event, Outgoing
from app.parts import Parts
from app.services import accounts, answering, budgets, claiming, collecting, counting, moderating, publishing
from app.services.budgets import PAUSE_AT, Standing, after, rise
from connectors import Busy, Usage
from tests.fixtures import scenery
from tests.fixtures.loop import BY, Loop, Place

AT = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
waits = st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.floats(1, 20_000)
#: (seconds since the one before, percent used or None for a refusal, seconds until access comes back, worked)
words = st.tuples(
    st.floats(0, 9_000), st.none() | st.floats(0, 150) | st.sampled_from([84.9, 85.0]), waits, st.booleans()
)


def asked(wait: float | None) -> bool:
    return wait is not None and not math.isnan(wait) and wait > 0


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=20))
def test_the_rule_of_the_pause(said: list[tuple[float, float | None, float | None, bool]]) -> None:
    now, standing = AT, Standing()
    for gap, percent, wait, worked in said:
        now += timedelta(seconds=gap)
        before = standing
        if percent is None:
            standing = rise(before, wait, now)
        else:
            standing = after(before, Usage(percent, wait), now, worked=worked)
            assert standing.used == percent
        if percent is not None and percent < PAUSE_AT:
            assert standing.paused_until == before.paused_until, (
                "what was asked for stands, and no less used begins one"
            )
            continue
        assert standing.paused_until is not None
        assert standing.paused_until > now
        if before.paused_until is not None:
            assert standing.paused_until >= before.paused_until, "never shortened"
        if asked(wait):
            assert wait is not None
            assert standing.paused_until >= now + min(timedelta(seconds=min(wait, 1e9)), DAY), (
                "never earlier than asked"
            )
            assert standing.paused_until <= max(now + DAY, before.paused_until or now)
        elif before.paused_until is not None and before.paused_until > now:
            assert standing.paused_until == before.paused_until, "one limit, told by several calls"
        else:
            length = (standing.paused_until - now).total_seconds()
            assert 60 <= round(length, 3) <= 3600
            assert round(length, 3) in (60, round(min(2 * before.pause_s, 3600), 3))


def test_without_a_stated_end_it_grows_from_a_minute_to_an_hour_until_it_was_some_use() -> None:
    now, standing, lengths = AT, Standing(), []
    for _ in range(9):
        standing = after(standing, Usage(90), now, worked=True)
        assert standing.paused_until is not None
        lengths.append((standing.paused_until - now).total_seconds())
        now = standing.paused_until + timedelta(seconds=5)
    assert lengths == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    refused = after(standing, Usage(20), now, worked=False)
    assert refused.pause_s == 3600, "a refusal with a low figure is no good news"
    fine = after(standing, Usage(20), now, worked=True)
    assert rise(fine, None, now).paused_until == now + timedelta(minutes=1)
    later = now + timedelta(hours=2)
    assert rise(standing, None, later).paused_until == later + timedelta(minutes=1), "long ago says nothing"


def budget(loop: Loop | Parts, scope: str, remote_id: str) -> Budget:
    parts = loop if isinstance(loop, Parts) else loop.parts
    with parts.db.read() as session:
        return session.exec(select(Budget).where(Budget.scope == scope, Budget.remote_id == remote_id)).one()


@contextmanager
def usage(loop: Loop, **percent: int) -> Iterator[None]:
    """For what is asked inside: the platform's headers say so."""
    loop.control.usage(**percent)
    yield
    loop.control.usage(app=1, page=1, ig=1)


def test_at_85_percent_the_next_post_waits_as_long_as_the_platform_says_and_goes_out_once(loop: Loop) -> None:
    place, other = loop.place(), loop.place()
    with usage(loop, page=86, minutes=7):
        first = loop.post(place.facebook, caption="Satu")
        loop.step()
    assert budget(loop, "page", place.page.page_id).used_percent == 86
    second = loop.post(place.facebook, caption="Dua")
    sister, neighbour = loop.post(place.instagram, photos=1), loop.post(other.facebook)
    calls = len(loop.control.log())
    loop.settle()
    waiting = loop.delivery(second)
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    rest = budgets.until(loop.parts.db, loop.account(place.facebook))
    assert waiting.wake_at == rest is not None
    assert timedelta(minutes=6) < rest - clock.now() <= timedelta(minutes=7)
    assert loop.control.count(place.page.page_id) == 0, "staged at 86 %: its commit waits too"
    assert (loop.state(sister), loop.state(neighbour)) == ("published", "published"), "nobody else waits"
    uploads = {"photo", "container", "publish"}  # Instagram's photos go through the Page: they are its own calls
    touched = [one for one in loop.control.log()[calls:] if one.account_id == place.page.page_id]
    assert {one.kind for one in touched} <= uploads | {"read", "delete"}
    with clock.travel(timedelta(minutes=7, seconds=1)):
        loop.settle()
    for post_id in (first, second):
        assert (loop.state(post_id), loop.delivery(post_id).attempts) == ("published", 1)
    assert sorted(post.caption for post in loop.control.posts(place.page.page_id)) == ["Dua", "Satu"]
    row = budget(loop, "page", place.page.page_id)
    assert row.used_percent == 1, "a step down is written too"
    assert row.paused_until == rest
    assert "pause" in loop.events(loop.account(place.facebook))


def test_the_apps_allowance_holds_up_every_village_but_no_other_app(loop: Loop) -> None:
    place, other = loop.place(), loop.place()
    with loop.parts.db.write() as session:
        real = scenery.account(session, loop.organisation_id)
        private = scenery.account(session, loop.organisation_id, "instagram_private", practice=True)
    with usage(loop, app=90, page=10, ig=10):
        accounts.check(loop.parts, place.facebook, BY)  # any call tells
    posts = [loop.post(one, photos=1) for one in (place.facebook, place.instagram, other.facebook, other.instagram)]
    before = len(loop.control.log())
    loop.settle()
    assert [loop.delivery(one).state for one in posts] == ["queued"] * 4
    assert len(loop.control.log()) == before
    with loop.parts.db.read() as session:
        pauses = budgets.pauses(session, clock.now())
        for free in (real, private):
            assert pauses.until(session.get_one(Account, free), clock.now()) is None
    with clock.travel(timedelta(minutes=1, seconds=1)):
        loop.settle()
    assert [(loop.state(one), loop.delivery(one).attempts) for one in posts] == [("published", 1)] * 4


def test_a_refusal_for_the_apps_limit_holds_up_everybody_and_costs_nothing(loop: Loop) -> None:
    place, other = loop.place(), loop.place()
    loop.control.fault("feed", "rate_limit", code=4, minutes=5)
    refused, free = loop.post(place.facebook), loop.post(other.instagram, photos=1)
    with loop.parts.db.write() as session:
        session.exec(update(Delivery).where(col(Delivery.id) == loop.delivery(free).id).values(wake_at=clock.now()))
    loop.step(limit=1)
    loop.settle()
    assert [(loop.delivery(one).state, loop.delivery(one).attempts) for one in (refused, free)] == [("queued", 0)] * 2
    assert loop.delivery(refused).error_code == "rate_limit"
    with clock.travel(timedelta(minutes=5, seconds=1)):
        loop.settle()
    assert (loop.state(refused), loop.state(free)) == ("published", "published")
    assert loop.control.count(place.page.page_id) == loop.control.count(other.page.ig_id) == 1


def test_nothing_of_the_account_is_asked_during_its_pause(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    loop.control.comment(delivery.remote_id or "", "Ani", "Kapan lagi?")
    collecting.collect(loop.parts, delivery.id or 0)
    with loop.parts.db.write() as session:
        item = session.exec(select(Aspiration.id)).one()
        outgoing_id = moderating.reply(session, item or 0, BY, "Besok, Bu.").id or 0
        accounts.heed(session, place.facebook, Busy("rate_limit", limit=True, retry_after=600), BY)
    before = len(loop.control.log())
    loop.settle()
    assert collecting.collect(loop.parts, delivery.id or 0) == 0
    assert not counting.count(loop.parts, delivery.id or 0)
    assert not counting.count_account(loop.parts, place.facebook)
    assert place.facebook not in counting.due_accounts(loop.parts)
    assert len(loop.control.log()) == before
    assert loop.row(Outgoing, outgoing_id).attempts == 0
    with clock.travel(timedelta(seconds=601)):
        assert place.facebook in counting.due_accounts(loop.parts)
        assert counting.count_account(loop.parts, place.facebook)
        loop.settle()
    assert (loop.row(Outgoing, outgoing_id).state, loop.row(Outgoing, outgoing_id).attempts) == ("published", 1)


def test_a_pause_that_begins_after_the_claim_still_holds_the_commit(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()  # staged
    (work,) = claiming.claim(loop.parts)
    assert work.step == "commit"
    _limit(loop, place, 60)
    publishing.work(loop.parts, work)
    delivery = loop.delivery(post_id)
    assert (delivery.state, delivery.attempts, loop.control.log(kind="flip")) == ("queued", 0, [])
    with clock.travel(timedelta(seconds=61)):
        loop.settle()
    assert (loop.state(post_id), loop.delivery(post_id).attempts) == ("published", 1)


def test_a_pause_that_begins_after_the_claim_still_holds_the_answer(loop: Loop) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    loop.control.comment(delivery.remote_id or "", "Ani", "Kapan lagi?")
    collecting.collect(loop.parts, delivery.id or 0)
    with loop.parts.db.write() as session:
        item = session.exec(select(Aspiration.id)).one()
        outgoing_id = moderating.reply(session, item or 0, BY, "Besok, Bu.").id or 0
    (sending,) = answering.claim(loop.parts)
    _limit(loop, place, 60)
    answering.work(loop.parts, sending)
    outgoing = loop.row(Outgoing, outgoing_id)
    assert (outgoing.state, outgoing.attempts, loop.control.log(kind="reply")) == ("queued", 0, [])
    with clock.travel(timedelta(seconds=61)):
        loop.settle()
    assert loop.row(Outgoing, outgoing_id).state == "published"


def test_whose_limit_it_is_decides_who_waits(parts: Parts) -> None:
    with parts.db.write() as session:
        where = scenery.organisation(session)
        one, other = (session.get_one(Account, scenery.account(session, where)) for _ in range(2))
        for scope in ("page", "user", None):
            accounts.heed(session, one.id or 0, Busy("rate_limit", limit=True, scope=scope, retry_after=60), BY)
    first = budgets.until(parts.db, one)
    assert first is not None
    assert budgets.until(parts.db, other) is None
    with parts.db.write() as session:
        accounts.heed(session, one.id or 0, Busy("rate_limit", limit=True, scope="app", retry_after=300), BY)
    everybody = budgets.until(parts.db, other)
    assert everybody is not None
    assert everybody == budgets.until(parts.db, one) > first


def test_a_smaller_pause_and_a_lower_figure_shorten_nothing(parts: Parts) -> None:
    with parts.db.write() as session:
        where = scenery.organisation(session)
        account = session.get_one(Account, scenery.account(session, where))
        accounts.heed(session, account.id or 0, Busy("rate_limit", limit=True, retry_after=3000), BY)
    rest = budgets.until(parts.db, account)
    with parts.db.write() as session:
        accounts.heed(session, account.id or 0, Busy("rate_limit", limit=True, retry_after=60), BY)
        accounts.heed(session, account.id or 0, Busy("rate_limit", limit=True), BY)
    for percent, regain in ((99.0, 60.0), (99.0, None), (12.0, None), (0.0, None)):
        budgets.heard(parts.db, account, {"page": Usage(percent, regain)}, worked=True)
        assert budgets.until(parts.db, account) == rest
    with parts.db.write() as session:
        accounts.heed(session, account.id or 0, Busy("rate_limit", limit=True, retry_after=float("inf")), BY)
    end = budgets.until(parts.db, account)
    assert end is not None
    assert end - clock.now() <= DAY


def test_only_steps_are_written(parts: Parts) -> None:
    with parts.db.write() as session:
        account = session.get_one(Account, scenery.account(session, scenery.organisation(session)))
    written = []
    for percent in (1, 3, 4, 5, 7, 9, 10, 9, 84, 81):
        budgets.heard(parts.db, account, {"page": Usage(percent), "ig": Usage(100)}, worked=True)
        with parts.db.read() as session:
            written.append([row.used_percent for row in session.exec(select(Budget))])
    assert written == [[], [], [], [5], [5], [5], [10], [9], [84], [84]]


def test_a_pages_word_told_by_its_instagram_account_is_the_pages(parts: Parts) -> None:
    with parts.db.write() as session:
        where = scenery.organisation(session)
        page = session.get_one(Account, scenery.account(session, where, remote_id="615"))
        ig = session.get_one(Account, scenery.account(session, where, "instagram", settings={"page_id": "615"}))
    budgets.heard(parts.db, ig, {"page": Usage(95, 120), "ig": Usage(3)}, worked=True)
    assert budgets.until(parts.db, page) is not None
    assert budgets.until(parts.db, ig) is None


@pytest.mark.parametrize("scope", ["app", "page"])
def test_many_hear_of_one_limit_at_once_and_it_grows_once(
    parts: Parts, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with parts.db.write() as session:
        account = session.get_one(Account, scenery.account(session, scenery.organisation(session)))
    errors: list[BaseException] = []
    gate = threading.Barrier(4)
    # The Page's row is there already, the app's is made by whoever comes first.
    budgets.heard(parts.db, account, {"page": Usage(40)}, worked=True)
    standing = budgets.after

    def slowly(*args: Any, **named: Any) -> Standing:
        now = standing(*args, **named)
        time.sleep(0.02)  # between reading the row and writing it
        return now

    monkeypatch.setattr(budgets, "after", slowly)

    def tell() -> None:
        try:
            gate.wait(30)
            budgets.heard(parts.db, account, {scope: Usage(99)}, worked=True)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert budget(parts, scope, "graph" if scope == "app" else account.remote_id).pause_s == 60
    assert _paused_events(parts, account) == 1


def _paused_events(parts: Parts, account: Account) -> int:
    with parts.db.read() as session:
        found = select(Event.id).where(
            Event.subject == "account", Event.subject_id == account.id, Event.what == "pause"
        )
        return len(session.exec(found).all())


def _limit(loop: Loop, place: Place, seconds: float) -> None:
    with loop.parts.db.write() as session:
        _heed(session, place, seconds)


def _heed(session: Session, place: Place, seconds: float) -> None:
    accounts.heed(session, place.facebook, Busy("rate_limit", limit=True, retry_after=seconds), BY)


@pytest.mark.parametrize("limit", [Busy("x", limit=True, scope="app"), Busy("x", limit=True, scope="user")])
def test_a_connector_without_an_app_pauses_alone(parts: Parts, limit: Busy) -> None:
    with parts.db.write() as session:
        where = scenery.organisation(session)
        private = session.get_one(Account, scenery.account(session, where, "instagram_private"))
        official = session.get_one(Account, scenery.account(session, where, "instagram", remote_id=private.remote_id))
        accounts.heed(session, private.id or 0, limit, BY)
    assert budgets.until(parts.db, private) is not None
    assert budgets.until(parts.db, official) is None
