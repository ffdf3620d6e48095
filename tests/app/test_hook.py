"""`/webhooks/meta`: who is let in, what is kept of it, and what is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from app.models import Hook, Tally
from app.services import hooking
from connectors.practice import APP_SECRET
from connectors.practice.webhooks import signature
from tests.app.residents import account
from tests.fixtures.web import Web

SECRET, WORD = "rahasia aplikasi uji", "kata sandi ñ"
PATH = "/webhooks/meta"


def body(*accounts: str, kind: str = "page", text: str = "Jalan rusak — “tolong” 🙏") -> bytes:
    """A notification as Meta writes it: ASCII, with escaped unicode and slashes."""
    value = {"item": "comment", "verb": "add", "comment_id": "1_2", "post_id": "1", "parent_id": "1", "message": text}
    entry = [{"id": each, "time": 1_790_000_000, "changes": [{"field": "feed", "value": value}]} for each in accounts]
    return json.dumps({"object": kind, "entry": entry}, separators=(",", ":")).replace("/", "\\/").encode()


def settings(web: Web, **values: str) -> None:
    """Other settings for a running application."""
    parts = replace(web.parts, settings=web.parts.settings.model_copy(update=values))
    web.app.extensions["kentongan"] = parts


def send(client: FlaskClient, data: bytes, sign: str | None = None, **headers: str) -> int:
    """The status of one notification; signed rightly unless said otherwise."""
    sign = signature(SECRET, data) if sign is None else sign
    given = {"X-Hub-Signature-256": sign} if sign else {}
    answer = client.post(PATH, data=data, headers={**given, **headers}, content_type="application/json")
    assert "Set-Cookie" not in answer.headers
    assert answer.data == b""
    return answer.status_code


def kept(web: Web) -> list[str]:
    hooking.take_over(web.parts)
    with web.parts.db.read() as session:
        return list(session.exec(select(Hook.body).order_by(Hook.id)))  # type: ignore[arg-type]  # a column


def tallies(web: Web) -> dict[str, int]:
    hooking.take_over(web.parts)
    with web.parts.db.read() as session:
        return {row.name: row.value for row in session.exec(select(Tally))}


@pytest.fixture
def client(web: Web) -> FlaskClient:
    """A sender, an installation with an app and the Page 615."""
    settings(web, meta_app_secret=SECRET, meta_verify_token=WORD)
    account(web, remote_id="615")
    return web.client()


@pytest.mark.parametrize(
    ("word", "mode", "given", "status"),
    [
        (WORD, "subscribe", WORD, 200),
        (WORD, "subscribe", "salah", 403),
        (WORD, "subscribe", WORD + " ", 403),
        (WORD, "subscribe", "", 403),
        (WORD, "unsubscribe", WORD, 403),
        ("", "subscribe", "", 403),
        ("", "subscribe", WORD, 403),
    ],
)
def test_the_handshake_is_answered_to_who_knows_the_word(
    web: Web, word: str, mode: str, given: str, status: int
) -> None:
    settings(web, meta_verify_token=word)
    asked = {"hub.mode": mode, "hub.verify_token": given, "hub.challenge": "1158201444<b>"}
    answer = web.client().get(PATH, query_string=asked)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert answer.get_data(as_text=True) == ("1158201444<b>" if status == 200 else "")


BODY = body("615")


@pytest.mark.parametrize(
    "sign",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        signature(SECRET, BODY).upper(),
        signature(SECRET, BODY).removeprefix("sha256="),
        signature(SECRET, BODY)[:-1],
        signature(SECRET + "x", BODY),
        signature("", BODY),
        signature(APP_SECRET, BODY),
        signature(SECRET, BODY + b" "),
        signature(SECRET, json.dumps(json.loads(BODY)).encode()),
        "sha256=\xe9\xfc",
    ],
)
def test_without_the_right_signature_nothing_is_kept(web: Web, client: FlaskClient, sign: str) -> None:
    headers = {"X-Hub-Signature": "sha1=0000"} if not sign else {}
    assert send(client, BODY, sign, **headers) == 403
    assert (kept(web), tallies(web)) == ([], {})


def test_without_an_app_secret_nobody_is_let_in(web: Web, client: FlaskClient) -> None:
    settings(web, meta_app_secret="")
    assert {send(client, BODY, sign) for sign in (signature("", BODY), signature(SECRET, BODY), "")} == {403}
    assert kept(web) == []


def test_a_notification_is_kept_raw_and_once(web: Web, client: FlaskClient) -> None:
    other = body("615", text="Yang lain")
    assert [send(client, each) for each in (BODY, BODY, other, BODY)] == [200] * 4
    assert kept(web) == [BODY.decode(), other.decode()]
    assert tallies(web) == {}


def test_of_pages_that_are_not_ours_there_is_only_a_number(web: Web, client: FlaskClient) -> None:
    account(web, connector="instagram", remote_id="178", active=False)
    strangers = (body("616"), body("615", kind="instagram"), body("178", kind="instagram"), body(), body("616"))
    assert {send(client, each) for each in strangers} == {200}
    assert (kept(web), tallies(web)) == ([], {"hook unknown account": 5})
    assert send(client, body("616", "615", "617")) == 200
    (mixed,) = kept(web)
    assert [each["id"] for each in json.loads(mixed)["entry"]] == ["615"]
    # A Page that is connected later is known at once.
    account(web, remote_id="616", organisation="lain")
    assert send(client, body("616")) == 200
    assert len(kept(web)) == 2


@pytest.mark.parametrize(
    ("data", "readable"),
    [
        (BODY.decode().encode("utf-16"), True),
        (BODY.decode().encode("utf-32-le"), True),
        (json.dumps(json.loads(BODY), ensure_ascii=False).encode(), True),
        (b"\xef\xbb\xbf" + BODY, True),
        (json.dumps(json.loads(BODY), ensure_ascii=False).encode("latin-1", "replace").replace(b"?", b"\xe9"), False),
        (b"", False),
        (b"[]", False),
        (b"null", False),
        (b'{"object":"page"}', False),
        (b'{"object":"page","entry":{}}', False),
        (b"object=page&entry=1", False),
        (BODY[:-9], False),
        (b"[" * 200_000, False),
        (b'{"object":"page","entry":[' + b"1" * 5000 + b"]}", False),
    ],
)
def test_other_writings_are_read_or_counted(web: Web, client: FlaskClient, data: bytes, readable: bool) -> None:
    assert send(client, data) == 200
    assert len(kept(web)) == readable
    assert tallies(web) == ({} if readable else {"hook unreadable": 1})


def test_odd_entries_are_no_fault(web: Web, client: FlaskClient) -> None:
    odd: list[Any] = [None, 7, [], {}, {"id": None}, {"id": {"a": 1}}, {"id": True}, {"id": "x" * 9999}]
    for kind in ("page", "", None, ["page"], {"a": 1}):
        assert send(client, json.dumps({"object": kind, "entry": odd}).encode()) == 200
    assert kept(web) == []
    assert tallies(web) == {"hook unknown account": 5}


def test_a_body_has_its_bound(web: Web, client: FlaskClient) -> None:
    fits = body("615", text="x" * 900_000)
    assert send(client, fits) == 200
    for large in (body("615", text="x" * 1_000_000), b"x" * 3_000_000):
        assert send(client, large) == 413
    assert len(kept(web)) == 1


def test_the_secret_that_everybody_knows_speaks_for_practice_accounts_only(web: Web, client: FlaskClient) -> None:
    settings(web, meta_app_secret=APP_SECRET)
    account(web, remote_id="700", practice=True)
    assert [send(client, each, signature(APP_SECRET, each)) for each in (BODY, body("700"))] == [200, 200]
    assert len(kept(web)) == 1
    assert tallies(web) == {"hook unknown account": 1}
