"""When the private API misbehaves: nothing is sent twice, nothing goes on after a block, every error has its name."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors import Busy, ConnectorError, Item, Refused, SignInAgain, Staged, Unsure, Wire
from connectors._instagrapi_client import open_client, read_session
from connectors._instagrapi_errors import translate
from connectors.instagram_private import BASE_URL, InstagramPrivate
from tests.connectors.rehearse_instagram_private import TIMEOUT_S, connector_for, photo, rehearsal, session_json
from tests.fixtures.h2_reset import resetting_server
from tests.fixtures.private_instagram import AFTER, PrivateInstagram

Pair = tuple[InstagramPrivate, PrivateInstagram]
#: Faults that leave it open whether the server acted.
UNCLEAR = (*AFTER, "500", "html", "drop", "redirect", "408")


@pytest.fixture
def pair() -> Iterator[Pair]:
    with rehearsal() as both:
        yield both


@pytest.fixture(autouse=True)
def no_library_sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The library sleeps 2 or 60 s before it sends something again: here that takes no time and is written down."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


def carousel(folder: Path) -> Item:
    return Item("Dua foto", (photo(folder, "a.jpg"), photo(folder, "b.jpg")))


def single(folder: Path) -> Item:
    return Item("Satu foto", (photo(folder, "a.jpg"),))


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("item_of", [single, carousel])
def test_a_lost_answer_is_unsure_and_never_sent_again(
    pair: Pair, tmp_path: Path, kind: str, item_of: Callable[[Path], Item], no_library_sleeps: list[float]
) -> None:
    connector, site = pair
    item = item_of(tmp_path)
    staged = connector.stage(item, Staged(), lambda _: None)
    began = connector.server_time
    site.fail("configure", kind, times=5)
    with pytest.raises(Unsure):
        connector.commit(item, staged)
    assert len(site.asked("configure")) == 1
    assert not set(no_library_sleeps) & {2, 60}
    # Looking tells what happened: it is there exactly when the server had acted before the answer went astray.
    assert began is not None
    assert len(site.posts) == (1 if kind in AFTER else 0)
    assert (connector.find(item, staged, began) is not None) == (kind in AFTER)


@pytest.mark.parametrize("kind", [kind for kind in UNCLEAR if kind != "stall"])  # each stall takes its time
def test_a_reply_with_a_lost_answer(pair: Pair, kind: str) -> None:
    connector, site = pair
    post = site.add_post("Kiriman")
    comment = f"{post.pk}_7001:{site.write(post.pk, 'Kapan?')}"
    connector.check()
    began = connector.server_time
    site.fail("/comment/", kind, times=5)
    with pytest.raises(Unsure):
        connector.reply(comment, "Besok")
    assert len(site.asked("/comment/")) == 1
    assert began is not None
    assert (connector.find_reply(comment, "Besok", began) is not None) == (kind in AFTER)


@pytest.mark.parametrize("kind", ["lost", "500", "garbled"])
def test_deletes_with_a_lost_answer(pair: Pair, kind: str) -> None:
    connector, site = pair
    post = site.add_post("Kiriman")
    comment = f"{post.pk}_7001:{site.write(post.pk, 'Judi slot')}"
    site.fail("delete", kind, times=9)
    with pytest.raises(Unsure):
        connector.delete_comment(comment)
    with pytest.raises(Unsure):
        connector.delete_post(f"{post.pk}_7001")
    assert len(site.asked("delete")) == 2


@pytest.mark.parametrize("kind", [kind for kind in UNCLEAR if kind not in ("odd", "redirect", "stall")])
def test_reads_and_uploads_with_a_lost_answer_are_busy(pair: Pair, tmp_path: Path, kind: str) -> None:
    connector, site = pair
    site.fail("users/", kind)
    with pytest.raises(Busy) as caught:
        connector.followers()
    assert not caught.value.limit
    assert not caught.value.unreached
    if kind != "garbled":  # an upload's answer is not read
        site.fail("rupload", kind)
        with pytest.raises(Busy):
            connector.stage(single(tmp_path), Staged(), lambda _: None)
    assert site.posts == []


def test_a_silent_server_is_left_in_time(pair: Pair) -> None:
    connector, site = pair
    site.fail("users/", "stall")
    began = time.monotonic()
    with pytest.raises(Busy) as caught:
        connector.followers()
    assert caught.value.code == "timeout"
    assert time.monotonic() - began < TIMEOUT_S + 12


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("429", Busy, "rate_limit"),
        ("wait", Busy, "rate_limit"),
        ("feedback", Busy, "blocked"),
        ("challenge", SignInAgain, "challenge"),
        ("masked", SignInAgain, "challenge"),
        ("login", SignInAgain, "token_expired"),
    ],
)
@pytest.mark.parametrize("where", ["rupload", "configure", "users/"])
def test_after_a_block_or_a_sign_out_nothing_more_is_asked(
    pair: Pair, tmp_path: Path, kind: str, error: type[ConnectorError], code: str, where: str
) -> None:
    connector, site = pair
    site.fail(where, kind)

    def act() -> None:
        if where == "users/":
            connector.followers()
        item = single(tmp_path)
        connector.commit(item, connector.stage(item, Staged(), lambda _: None))

    with pytest.raises(error) as caught:
        act()
    assert caught.value.code == code
    if isinstance(caught.value, Busy):
        assert caught.value.limit
        assert caught.value.scope == "user"
        assert caught.value.retry_after is not None
        assert caught.value.retry_after == (77 if kind == "429" else caught.value.retry_after)
        assert caught.value.retry_after >= {"feedback": 3600, "wait": 600}.get(kind, 0)
    asked = len(site.calls)
    with pytest.raises(error):
        connector.check()
    assert len(site.calls) == asked
    assert site.posts == []


def test_a_clear_no_is_refused_with_what_instagram_said(pair: Pair, tmp_path: Path) -> None:
    connector, site = pair
    item = single(tmp_path)
    site.fail("configure", "refuse")
    with pytest.raises(Refused) as caught:
        connector.commit(item, connector.stage(item, Staged(), lambda _: None))
    assert caught.value.code == "unknown_refusal"
    assert caught.value.facts["message"] == "Caption is not allowed"
    site.fail("rupload", "refuse")
    with pytest.raises(Refused) as caught:
        connector.stage(item, Staged(), lambda _: None)
    assert caught.value.code == "photo_bad"


def test_no_connection_is_told_from_a_lost_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gone = PrivateInstagram(base_url=f"http://127.0.0.1:{port}")
    connector = connector_for(gone)
    reply: Callable[[], object] = lambda: connector.reply("1_7001:2", "Halo")  # noqa: E731  one of two deeds
    for act in (connector.followers, reply):
        with pytest.raises(Busy) as caught:
            act()
        assert caught.value.unreached
        assert caught.value.code == "unreached"


@pytest.mark.parametrize("address", ["http://10.0.0.7", "https://graph.facebook.com", "http://i.instagram.com", "x"])
def test_a_session_is_not_shown_to_a_strange_address(address: str) -> None:
    with pytest.raises(Refused) as caught:
        InstagramPrivate(connector_for(PrivateInstagram("http://localhost:1")).account, Wire(address))
    assert caught.value.code == "base_url"


def test_a_rehearsal_leads_nothing_past_the_loopback_server(pair: Pair) -> None:
    client = pair[0]._client()
    for session in (client.private, client.public, client.graphql):
        with pytest.raises(Exception, match="only the hosts of Instagram"):
            session.get("https://scontent.cdninstagram.com/x.jpg")


def test_the_real_transport_repeats_nothing_whatever_the_session_says() -> None:
    liar = session_json(
        private_transport="requests",
        session_retry_total=5,
        session_retry_statuses=[429, 500],
        public_request_retries_count=9,
        request_timeout=30,
        tls_verify=False,
    )
    client = open_client(read_session(liar), Wire(BASE_URL), pace=(1, 3), heard=lambda _: None)
    assert type(client.private.get_adapter(BASE_URL)).__name__ == "_CurlH2Adapter"
    for session in (client.private, client.public, client.graphql):
        assert session.verify is True
        for adapter in session.adapters.values():
            assert adapter.max_retries.total == 0
    assert (client.request_timeout, client.public_request_retries_count) == (0, 1)
    assert client.delay_range == [1, 3]
    assert client.with_challenge_flow is False
    assert client.handle_exception is None
    with pytest.raises(SignInAgain):
        client.challenge_code_handler("desa.suka", "email")


def test_the_real_transport_sends_a_post_once_when_a_kept_connection_is_reset() -> None:
    with resetting_server() as server:
        wire = Wire(BASE_URL, timeout_s=TIMEOUT_S)
        client = open_client(read_session(session_json()), wire, pace=None, heard=lambda _: None)
        assert client.private.get(server.url).json() == {"status": "ok"}
        with pytest.raises(OSError) as caught:
            client.private.post(server.url, data="a=b")
        assert server.requests == [1, 2]  # the read, then the write once and on a connection of its own
        assert isinstance(translate(caught.value, writing=True), Unsure)
        client.private.close()


def test_the_real_transport_tells_that_nobody_was_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = open_client(read_session(session_json()), Wire(BASE_URL), pace=None, heard=lambda _: None)
    with pytest.raises(OSError) as caught:
        client.private.post(f"http://127.0.0.1:{port}/", data="a=b")
    told = translate(caught.value, writing=True)
    assert isinstance(told, Busy)
    assert told.unreached
    client.private.close()
