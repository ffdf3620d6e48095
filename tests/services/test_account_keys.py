"""Keys over their life: a person's becomes the Page's, an ending one is told of once, a dead one holds posts back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app import clock, words
from app.models import Account, Aspiration, Event, Notice, Outgoing
from app.problems import Problem
from app.services import accounts, answering, claiming, collecting, moderating, publishing
from connectors import Busy, Connector, SignInAgain
from connectors.facebook import Facebook
from connectors.practice import APP_ID, APP_SECRET
from jobs import check
from tests.fixtures.loop import BY, Loop, until

NEXT_DAY = timedelta(hours=25)


@pytest.fixture
def keyed(loop: Loop) -> Loop:
    """An installation that knows the id and secret of the platform's app."""
    known = {"meta_app_id": APP_ID, "meta_app_secret": APP_SECRET}
    return replace(loop, parts=replace(loop.parts, settings=loop.parts.settings.model_copy(update=known)))


def token_of(loop: Loop, account_id: int) -> str:
    return loop.parts.sealer.open(loop.account(account_id).sealed)["token"]


def told(loop: Loop, what: str) -> list[int]:
    with loop.parts.db.read() as session:
        return list(session.exec(select(Notice.subject_id).where(Notice.what == what)))


def run_check(loop: Loop) -> None:
    check.run(loop.parts, lambda: True)


# --- a person's key -----------------------------------------------------------------------------------------------
def test_a_persons_login_is_connected_as_the_page(keyed: Loop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page = keyed.control.make_page("Desa Masuk", "desa.masuk")
    keyed.control.token_ends(page.user_token, (datetime.now(UTC) + timedelta(hours=1)).timestamp())
    made = [
        accounts.add(
            keyed.parts, connector=connector, organisation_id=keyed.organisation_id, remote_id=remote_id,
            name=connector, secrets_text=page.user_token, settings={}, by=BY,
        )
        for connector, remote_id in (("facebook", page.page_id), ("instagram", page.ig_id))
    ]  # fmt: skip
    assert [token_of(keyed, one) for one in made] == [page.page_token] * 2
    assert [(keyed.account(one).health, keyed.account(one).expires_at) for one in made] == [("connected", None)] * 2
    posts = [keyed.post(one, photos=1) for one in made]
    keyed.settle()
    assert [keyed.state(one) for one in posts] == ["published"] * 2
    accounts.check(keyed.parts, made[0], BY, secrets_text=f" {page.user_token}\n")
    assert token_of(keyed, made[0]) == page.page_token
    for secret in (page.user_token, page.page_token, APP_SECRET):
        assert secret not in caplog.text
    with keyed.parts.db.read() as session:
        assert "latihan-user" not in str([event.facts for event in session.exec(select(Event))])


def test_without_the_apps_secret_it_is_said_whose_key_it_is(loop: Loop) -> None:
    place = loop.place()
    before = token_of(loop, place.facebook)
    for account_id in (place.facebook, place.instagram):
        with pytest.raises(Problem) as problem:
            accounts.check(loop.parts, account_id, BY, secrets_text=place.page.user_token)
        assert (problem.value.code, problem.value.field) == ("user_token", "token")
        assert "milik orang" in words.sentence(problem.value.code, problem.value.facts)
    assert (token_of(loop, place.facebook), loop.account(place.facebook).health) == (before, "connected")


@pytest.mark.parametrize(
    ("code", "facts", "says"),
    [
        ("page_not_managed", {"pages": "Halaman A"}, "Halaman A"),
        ("page_tasks", {"tasks": "MODERATE"}, "MODERATE"),
        ("other_page", {"token_of": "Desa Lain"}, "Desa Lain"),
        ("app_token", {}, "aplikasi"),
        ("page_key_withheld", {}, "kunci Halaman"),
        ("data_access_ended", {}, "90 hari"),
    ],
)
def test_each_is_one_sentence(code: str, facts: dict[str, Any], says: str) -> None:
    assert says in words.sentence(code, facts)


# --- its end ----------------------------------------------------------------------------------------------------
def test_an_ending_key_is_told_once_for_each_date(keyed: Loop) -> None:
    place = keyed.place()
    token = token_of(keyed, place.facebook)
    end = clock.now().replace(microsecond=0) + timedelta(days=5)
    keyed.control.token_ends(token, 0, end.timestamp())
    run_check(keyed)
    assert keyed.account(place.facebook).health == "connected", "checked today already"
    for days in (1, 2):
        with clock.travel(days * NEXT_DAY):
            run_check(keyed)
            account = keyed.account(place.facebook)
            assert (account.health, account.reason_code, account.expires_at) == ("expiring", "token_expiring", end)
            assert told(keyed, "account_expiring") == [place.facebook]
    keyed.control.token_ends(token, 0, (end + timedelta(days=1)).timestamp())
    with clock.travel(3 * NEXT_DAY):
        run_check(keyed)
        assert told(keyed, "account_expiring") == [place.facebook] * 2
    post_id = keyed.post(place.facebook)
    keyed.settle()
    assert keyed.state(post_id) == "published", "it still works"


def test_the_warning_and_the_end_are_not_waited_for_a_day(keyed: Loop) -> None:
    place = keyed.place()
    present = clock.now()
    _set(keyed, place.facebook, health="connected", expires_at=present + timedelta(days=6, hours=23))
    _set(keyed, place.instagram, health="expiring", expires_at=present - timedelta(minutes=1))
    keyed.control.end_token(token_of(keyed, place.facebook))
    keyed.control.end_token(token_of(keyed, place.instagram))
    run_check(keyed)
    assert [keyed.account(one).health for one in (place.facebook, place.instagram)] == ["broken"] * 2


def test_a_key_that_ends_is_prolonged_at_the_daily_check(keyed: Loop) -> None:
    place = keyed.place()
    old = token_of(keyed, place.facebook)
    keyed.control.token_ends(old, (clock.now() + timedelta(days=6)).timestamp())
    with clock.travel(NEXT_DAY):
        run_check(keyed)
    account = keyed.account(place.facebook)
    assert token_of(keyed, place.facebook) != old
    assert account.health == "connected"
    assert account.expires_at is not None
    assert account.expires_at > clock.now() + timedelta(days=58)
    assert told(keyed, "account_expiring") == []
    post_id = keyed.post(place.facebook)
    keyed.settle()
    assert keyed.state(post_id) == "published"


def test_a_dead_key_is_known_before_a_post_needs_it(loop: Loop) -> None:
    place = loop.place()
    loop.control.end_token(token_of(loop, place.facebook), 460)
    with clock.travel(NEXT_DAY):
        run_check(loop)
    account = loop.account(place.facebook)
    assert (account.health, account.reason_code) == ("broken", "password_changed")
    assert told(loop, "account_broken") == [place.facebook]
    before = len(loop.control.log())
    post_id = loop.post(place.facebook)
    loop.step()
    assert (loop.delivery(post_id).state, loop.delivery(post_id).attempts) == ("held", 0)
    assert len(loop.control.log()) == before


def test_what_waits_for_an_allowance_is_not_even_checked(loop: Loop) -> None:
    place, other = loop.place(), loop.place()
    with clock.travel(NEXT_DAY):
        with loop.parts.db.write() as session:
            accounts.heed(session, place.facebook, Busy("rate_limit", limit=True, retry_after=600), BY)
        before = {one: loop.account(one).checked_at for one in (place.facebook, other.facebook)}
        run_check(loop)
        assert loop.account(place.facebook).checked_at == before[place.facebook]
        assert loop.account(other.facebook).checked_at != before[other.facebook]


def test_a_limit_at_the_check_is_heeded(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()

    def refused(_: Facebook) -> None:
        raise Busy("rate_limit", limit=True, retry_after=540)  # and no header says so

    with monkeypatch.context() as patched:
        patched.setattr(Facebook, "check", refused)
        accounts.check(loop.parts, place.facebook, BY)
    post_id = loop.post(place.facebook)
    loop.settle()
    assert loop.delivery(post_id).state == "queued"
    assert loop.account(place.facebook).health == "connected", "a limit says nothing of the key"


# --- broken, and again --------------------------------------------------------------------------------------------
def test_what_was_held_goes_out_once_after_reconnecting_also_with_two_workers(loop: Loop) -> None:
    place = loop.place()
    public = loop.post(place.facebook, caption="Sebelumnya")
    loop.settle()
    delivery = loop.delivery(public)
    comments = [loop.control.comment(delivery.remote_id or "", f"Warga {n}", f"Pertanyaan {n}") for n in range(3)]
    collecting.collect(loop.parts, delivery.id or 0)
    loop.control.end_token(place.page.page_token)
    with loop.parts.db.write() as session:
        replies = [moderating.reply(session, item, BY, "Terima kasih.").id for item in _items(session)]
    posts = [loop.post(place.facebook, caption=f"Kiriman {n}") for n in range(4)]
    _all(loop, lambda: {*_states(loop, posts), *_reply_states(loop, replies)} == {"held"})
    with pytest.raises(Problem):
        accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.page_token)
    accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.ig_token)
    errors: list[BaseException] = []

    def worker() -> None:
        try:
            _all(loop, lambda: {*_states(loop, posts), *_reply_states(loop, replies)} == {"published"})
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for one in workers:
        one.start()
    accounts.check(loop.parts, place.facebook, BY)  # and somebody presses "Periksa" meanwhile
    for one in workers:
        one.join(60)
    assert errors == []
    shown = loop.control.posts(place.page.page_id)
    assert sorted(post.caption for post in shown) == [*(f"Kiriman {n}" for n in range(4)), "Sebelumnya"]
    (asked,) = [post for post in shown if post.caption == "Sebelumnya"]
    assert {comment.id: len(comment.replies) for comment in asked.comments} == dict.fromkeys(comments, 1)
    assert told(loop, "account_broken") == [place.facebook]


def test_an_old_keys_call_that_fails_after_reconnecting_breaks_nothing(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.step()  # staged
    (work,) = claiming.claim(loop.parts)
    assert work.step == "commit"

    def commit(*_: Any) -> None:
        accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.ig_token)
        raise SignInAgain("token_expired")

    with monkeypatch.context() as patched:
        patched.setattr(Facebook, "commit", commit)
        publishing.work(loop.parts, work)
    assert loop.account(place.facebook).health == "connected"
    until(lambda: loop.delivery(post_id).state == "published" or (loop.step() and False), seconds=10)
    assert loop.control.count(place.page.page_id) == 1
    assert told(loop, "account_broken") == []


def test_an_answers_old_key_breaks_nothing_either(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    post_id = loop.post(place.facebook)
    loop.settle()
    delivery = loop.delivery(post_id)
    loop.control.comment(delivery.remote_id or "", "Ani", "Kapan?")
    collecting.collect(loop.parts, delivery.id or 0)
    with loop.parts.db.write() as session:
        outgoing_id = moderating.reply(session, _items(session)[0], BY, "Besok.").id or 0
    (sending,) = answering.claim(loop.parts)

    def reply(*_: Any) -> str:
        accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.ig_token)
        raise SignInAgain("token_expired")

    with monkeypatch.context() as patched:
        patched.setattr(Facebook, "reply", reply)
        answering.work(loop.parts, sending)
    assert loop.account(place.facebook).health == "connected"
    _all(loop, lambda: loop.row(Outgoing, outgoing_id).state == "published", seconds=10)
    assert len(loop.control.posts(place.page.page_id)[0].comments[0].replies) == 1


def test_a_check_with_the_old_key_says_nothing_of_the_new_one(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    real = Facebook.check
    again = [True]

    def checked(connector: Facebook) -> Any:
        if again and again.pop():
            accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.ig_token)
            raise SignInAgain("token_expired")
        return real(connector)

    monkeypatch.setattr(Facebook, "check", checked)
    accounts.check(loop.parts, place.facebook, BY)
    assert loop.account(place.facebook).health == "connected"
    assert token_of(loop, place.facebook) == place.page.ig_token


def test_a_session_of_an_old_key_never_takes_the_new_ones_place(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    place = loop.place()
    opening = accounts.opened(loop.parts, loop.account(place.facebook))

    def use(_: Connector) -> None:
        accounts.check(loop.parts, place.facebook, BY, secrets_text=place.page.ig_token)
        monkeypatch.setattr(Facebook, "secrets_changed", lambda _: {"token": "latihan-lama"})

    accounts.with_connector(loop.parts, opening, use)
    assert token_of(loop, place.facebook) == place.page.ig_token


def test_a_session_that_was_renewed_and_refused_breaks_the_account(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise each try would bring a newer key, and none would ever be believed dead."""
    place = loop.place()
    monkeypatch.setattr(Facebook, "secrets_changed", lambda _: {"token": place.page.page_token})

    def use(_: Connector) -> None:
        raise SignInAgain("token_expired")

    with pytest.raises(SignInAgain) as refused:
        accounts.with_connector(loop.parts, accounts.opened(loop.parts, loop.account(place.facebook)), use)
    with loop.parts.db.write() as session:
        accounts.heed(session, place.facebook, refused.value, BY)
    assert loop.account(place.facebook).health == "broken"


def _set(loop: Loop, account_id: int, **columns: Any) -> None:
    with loop.parts.db.write() as session:
        account = session.get_one(Account, account_id)
        for name, value in columns.items():
            setattr(account, name, value)
        session.add(account)


def _items(session: Session) -> list[int]:
    return [one or 0 for one in session.exec(select(Aspiration.id).order_by(col(Aspiration.id)))]


def _states(loop: Loop, posts: list[int]) -> set[str]:
    return {one.state for one in loop.deliveries(*posts)}


def _reply_states(loop: Loop, replies: list[int | None]) -> set[str]:
    return {loop.row(Outgoing, one or 0).state for one in replies}


def _all(loop: Loop, done: Callable[[], bool], seconds: float = 30) -> None:
    until(lambda: done() or (loop.step() and False), seconds=seconds)
