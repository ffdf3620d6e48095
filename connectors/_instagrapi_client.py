"""instagrapi's client made fit for unattended use: one try, bounded in time, human pace, no questions on the terminal.

What is changed from outside, and why (library version 3.2.2, read and run):

* A lost answer is never sent again. ``private_request`` repeats a call after HTTP 408 (having slept 60 s) and after a
  body cut short, and its "requests" transport repeats POST three times: each would publish a post twice. Here both
  are told to it as a plain lost connection, which it hands on, and its transports get no retries. libcurl repeats a
  POST by itself too, when a kept connection is reset before the answer: each POST gets a connection of its own.
* Every call has a time-out; the library gives none.
* Redirects are not followed: a POST sent on after a 307 is a second POST.
* A challenge is an error, not ``input()``.
* A kept session may say ``tls_verify: false`` or another transport; what matters for safety is overwritten.

Nothing here imports instagrapi before a client is opened.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from connectors._errors import Busy, Refused, SignInAgain
from connectors._instagrapi_errors import AnswerLost, translate
from connectors._types import Wire

BASE_URL = "https://i.instagram.com"
#: The hosts that the library has fixed in its source; in a test or a rehearsal all three are one loopback server.
HOSTS = frozenset({"i.instagram.com", "b.i.instagram.com", "www.instagram.com"})
#: Seconds between calls, drawn at random; the library's own advice for human pace.
PACE = (1.0, 3.0)
CONNECT_S = 5.0

#: Parts of a session that the platform changes under way and that must be kept.
_KEPT = (
    "uuids",
    "mid",
    "ig_u_rur",
    "ig_www_claim",
    "authorization_data",
    "cookies",
    "device_settings",
    "user_agent",
    "usdid",
)
#: Parts that say which phone this is: kept for ever, since a new phone is what makes Instagram ask for a code.
_PHONE = ("uuids", "device_settings", "user_agent", "mid", "usdid")
#: A sessionid as the browser's cookie has it: user id, then the rest, percent-encoded or plain.
_SESSIONID = re.compile(r"\d{1,20}(?:%3A\S{20,}|:[^\s:]+:\d+:\S+)", re.IGNORECASE)
_CODE = re.compile(r"\d{6}|\d{8}")
#: A fresh phone is in Indonesia. The language stays English: the library sorts some answers by their English text.
_HOME = {"country": "ID", "country_code": 62, "timezone_offset": 7 * 3600, "timezone_name": "Asia/Jakarta"}


def loopback_base(wire: Wire) -> str | None:
    """None when the wire leads to Instagram itself, else the loopback address without a trailing slash.

    Raises Refused("base_url") for any other host: a session must not be shown to a stranger's server.
    """
    base = (wire.base_url or BASE_URL).rstrip("/")
    if base == BASE_URL:
        return None
    parts = urlsplit(base)
    host = parts.hostname or ""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if parts.scheme not in ("http", "https") or not is_loopback:
        raise Refused("base_url", host=host)
    return base


def parse_pace(text: str | None) -> tuple[float, float] | None:
    """Account setting ``pace``: "0" (none), "2" or "1-3" seconds before each call; None for the default.

    Raises Refused("pace") for anything else.
    """
    if text is None or not text.strip():
        return PACE
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?:\s*[-,]\s*(\d+(?:\.\d+)?))?", text.strip())
    if found is None:
        raise Refused("pace", value=text[:40])
    low = float(found[1])
    high = float(found[2]) if found[2] else low
    if high < low or high > 60:
        raise Refused("pace", value=text[:40])
    return (low, high) if high > 0 else None


def read_session(text: str) -> dict[str, Any]:
    """Settings for the library from a session JSON (``get_settings()``) or from a sessionid cookie.

    Raises SignInAgain("session_unreadable") when it is neither, or holds nobody's session.
    """
    text = text.strip()
    if _SESSIONID.fullmatch(text):
        user_id = re.split(r"%3A|:", text, maxsplit=1, flags=re.IGNORECASE)[0]
        return {
            **_HOME,
            "cookies": {"sessionid": text, "ds_user_id": user_id},
            "authorization_data": {
                "ds_user_id": user_id,
                "sessionid": text,
                "should_use_header_over_cookies": True,
            },
        }
    try:
        settings = json.loads(text)
    except ValueError:
        raise SignInAgain("session_unreadable") from None
    if not isinstance(settings, dict):
        raise SignInAgain("session_unreadable")
    cookies, held = settings.get("cookies") or {}, settings.get("authorization_data") or {}
    if not isinstance(cookies, dict) or not isinstance(held, dict):
        raise SignInAgain("session_unreadable")
    user_id = str(cookies.get("ds_user_id") or held.get("ds_user_id") or "")
    if not (cookies.get("sessionid") or held.get("sessionid")) or not user_id.isdigit():
        raise SignInAgain("session_unreadable")
    return settings


def session_changed(before: Mapping[str, Any], client: Any) -> str | None:
    """The session as JSON when the platform (or the first use) changed what must be kept, else None."""
    after = json.loads(json.dumps(client.get_settings()))
    if all((before.get(part) or None) == (after.get(part) or None) for part in _KEPT):
        return None
    return json.dumps(after, sort_keys=True)


def open_client(
    settings: Mapping[str, Any], wire: Wire, *, pace: tuple[float, float] | None, heard: Callable[[datetime], None]
) -> Any:
    """An ``instagrapi.Client`` that goes on with this session; asks nothing of the network.

    pace: seconds, lowest and highest, before each call. heard: gets the server's time from each answer's Date header.
    Raises SignInAgain("session_unreadable") when the library cannot load the session.
    """
    from instagrapi import Client  # here, not above: importing it costs 0.5 s and 50 MB

    base = loopback_base(wire)
    safe: dict[str, Any] = {
        "private_transport": "requests" if base else "curl",
        "public_transport": "requests",
        "request_timeout": 0,  # a sleep before each call, in spite of its name; ``pace`` does that
        "session_retry_total": 0,
        "session_retry_statuses": [],
        "public_request_retries_count": 1,
        "public_request_retries_timeout": 0,
        "tls_verify": True,
    }
    try:
        client = Client(
            settings={**settings, **safe},
            delay_range=list(pace) if pace else None,
            logger=logging.getLogger("kentongan.instagram_private"),
            with_challenge_flow=False,
            private_transport=safe["private_transport"],
        )
    except Exception as error:  # the library checks nothing of what it loads: any type error may come
        raise SignInAgain("session_unreadable", error=type(error).__name__) from None
    client.challenge_code_handler = client.change_password_handler = _ask_nobody
    for session in (client.private, client.public, client.graphql):
        if base:
            session.trust_env = False
            for prefix in ("https://", "http://"):
                session.mount(prefix, _Loopback(base))
        session.auth = _keep_headers
        session.request = _bounded(session.request, wire.timeout_s, heard)
    if not base:
        client.private.request = _posts_alone(client.private.request, client.private.get_adapter(BASE_URL).client)
    return client


def sign_in(
    username: str,
    password: str,
    verification_code: str | None = None,
    *,
    wire: Wire,
    previous: Mapping[str, str] | None = None,
    pace: tuple[float, float] | None = PACE,
) -> dict[str, str]:
    """Sign in once with a password, which is not kept: the secrets hold the session only.

    previous: the account's earlier secrets; its phone is used again, which spares a challenge.
    Raises SignInAgain("wrong_password", "two_factor", "challenge", "suspended", ...) or Busy.
    """
    settings: dict[str, Any] = dict(_HOME)
    if previous and previous.get("session"):
        earlier = json.loads(previous["session"])
        settings.update({part: earlier[part] for part in _PHONE if earlier.get(part)})
    client = open_client(settings, wire, pace=pace, heard=lambda _: None)
    try:
        client.login(username, password, verification_code=verification_code or "")
    except Exception as error:
        refusal = translate(error, writing=False)
        # The session may be there and only the two calls after it, which imitate the app's start, went wrong.
        if not client.sessionid or not client.user_id or not isinstance(refusal, Busy) or refusal.limit:
            raise refusal from None
    finally:
        client.password = None
        close_client(client)
    if not client.sessionid or not client.user_id:
        raise SignInAgain("wrong_password")
    return {"session": json.dumps(json.loads(json.dumps(client.get_settings())), sort_keys=True)}


def secrets_from(text: str, *, wire: Wire, pace: tuple[float, float] | None = PACE) -> dict[str, str]:
    """Secrets from what a person hands over when the account is added (``account add ... --token-stdin``).

    One of: a session as JSON; a ``sessionid`` cookie; ``username:password`` or ``username:password:code``, where the
    code is the 6 digits of an authenticator or SMS, or 8 digits of a backup code. A password that itself ends in a
    colon and 6 or 8 digits needs a code after it.
    Raises SignInAgain or Busy as ``sign_in`` does.
    """
    text = text.strip()
    if text.startswith("{") or _SESSIONID.fullmatch(text):
        settings = read_session(text)
        client = open_client(settings, wire, pace=None, heard=lambda _: None)  # gives a bare sessionid its phone
        close_client(client)
        return {"session": session_changed({}, client) or text}
    username, colon, rest = text.partition(":")
    if not colon or not username.strip() or not rest:
        raise SignInAgain("session_unreadable")
    password, colon, code = rest.rpartition(":")
    if not colon or not password or not _CODE.fullmatch(code):
        password, code = rest, ""
    return sign_in(username, password, code or None, wire=wire, pace=pace)


def close_client(client: Any) -> None:
    """Give back the client's sockets."""
    for session in (client.private, client.public, client.graphql):
        session.close()


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """In place of a password that a ``.netrc`` of the machine may hold for every host: it would oust the session."""
    return request


def _ask_nobody(*_: Any, **__: Any) -> str:
    raise SignInAgain("challenge")


def _bounded(send: Callable[..., Any], timeout_s: float, heard: Callable[[datetime], None]) -> Callable[..., Any]:
    """``Session.request`` with a time-out, without redirects, and with lost answers named so that none is resent."""

    def request(method: str, url: str, **options: Any) -> Any:
        options["timeout"] = (min(CONNECT_S, timeout_s), timeout_s)
        options["allow_redirects"] = False
        options["stream"] = False
        try:
            answer = send(method, url, **options)
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise AnswerLost(f"answer cut short ({type(error).__name__})") from error
        if answer.status_code == 408:
            raise AnswerLost("HTTP 408")
        _tell_time(answer, heard)
        return answer

    return request


def _posts_alone(send: Callable[..., Any], curl: Any) -> Callable[..., Any]:
    """``Session.request`` whose POSTs never go over a kept connection. curl: the transport's curl_cffi session."""
    from curl_cffi import CurlOpt

    def request(method: str, url: str, **options: Any) -> Any:
        curl.curl_options[CurlOpt.FRESH_CONNECT] = 1 if method.upper() == "POST" else 0
        return send(method, url, **options)

    return request


def _tell_time(answer: Any, heard: Callable[[datetime], None]) -> None:
    try:
        moment = parsedate_to_datetime(answer.headers.get("Date") or "")
    except (TypeError, ValueError):
        return
    if moment.tzinfo is not None:
        heard(moment.astimezone(UTC))


class _Loopback(HTTPAdapter):
    """Sends what is meant for Instagram to a server on this machine, and nothing anywhere else. No retries."""

    def __init__(self, base: str) -> None:
        super().__init__(max_retries=0)
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        if parts.hostname not in HOSTS:
            raise requests.exceptions.InvalidURL("only the hosts of Instagram are led to the loopback server")
        moved = request.copy()
        moved.headers["Host"] = str(parts.hostname)
        moved.url = f"{self._base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        options["proxies"] = {}
        return super().send(moved, *args, **options)


def now_ms() -> int:
    """Milliseconds since 1970: the form of Instagram's upload ids."""
    return int(time.time() * 1000)
