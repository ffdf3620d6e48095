"""The table of errors against the library's real classes, and what requests throws by itself."""

from __future__ import annotations

import inspect
import json
from typing import Any

import instagrapi.exceptions
import pytest
import requests

from connectors import Busy, ConnectorError, Gone, Refused, SignInAgain, Unsure
from connectors._instagrapi_errors import RULES, translate

REAL: dict[str, Any] = {
    name: kind
    for name, kind in vars(instagrapi.exceptions).items()
    if inspect.isclass(kind) and issubclass(kind, Exception)
}

LIMIT, SIGN_IN, REFUSED, GONE, UNCLEAR = "limit", "sign in", "refused", "gone", "unclear"
#: Every class that the notes on the library name, with what it has to become.
EXPECTED = {
    "PleaseWaitFewMinutes": (LIMIT, "rate_limit"),
    "ClientThrottledError": (LIMIT, "rate_limit"),
    "RateLimitError": (LIMIT, "rate_limit"),
    "FeedbackRequired": (LIMIT, "blocked"),
    "SentryBlock": (LIMIT, "blocked"),
    "ProxyAddressIsBlocked": (LIMIT, "address_blocked"),
    "LoginRequired": (SIGN_IN, "token_expired"),
    "ChallengeRequired": (SIGN_IN, "challenge"),
    "ChallengeRedirection": (SIGN_IN, "challenge"),
    "ChallengeSelfieCaptcha": (SIGN_IN, "challenge"),
    "ChallengeUnknownStep": (SIGN_IN, "challenge"),
    "RecaptchaChallengeForm": (SIGN_IN, "challenge"),
    "SubmitPhoneNumberForm": (SIGN_IN, "challenge"),
    "LegacyForceSetNewPasswordForm": (SIGN_IN, "challenge"),
    "CaptchaChallengeRequired": (SIGN_IN, "challenge"),
    "TwoFactorRequired": (SIGN_IN, "two_factor"),
    "BadPassword": (SIGN_IN, "wrong_password"),
    "BadCredentials": (SIGN_IN, "wrong_password"),
    "ReloginAttemptExceeded": (SIGN_IN, "token_expired"),
    "AccountSuspended": (SIGN_IN, "account_restricted"),
    "ClientUnauthorizedError": (SIGN_IN, "token_expired"),
    "ClientForbiddenError": (SIGN_IN, "token_invalid"),
    "ClientConnectionError": (UNCLEAR, "dropped"),
    "ClientRequestTimeout": (UNCLEAR, "dropped"),
    "ClientIncompleteReadError": (UNCLEAR, "dropped"),
    "ClientJSONDecodeError": (UNCLEAR, "unreadable"),
    "PhotoConfigureError": (UNCLEAR, "unreadable"),
    "AlbumConfigureError": (UNCLEAR, "unreadable"),
    "MediaNotFound": (GONE, "gone"),
    "ClientNotFoundError": (GONE, "gone"),
    "MediaUnavailable": (GONE, "gone"),
    "InvalidMediaId": (GONE, "gone"),
    "CommentNotFound": (GONE, "gone"),
    "UserNotFound": (GONE, "gone"),
    "CommentsDisabled": (REFUSED, "comments_off"),
    "UnknownError": (REFUSED, "unknown_refusal"),
    "ClientBadRequestError": (REFUSED, "unknown_refusal"),
    "ClientNeedsUpgradeError": (REFUSED, "library_outdated"),
}


def answer(status: int, body: Any = None, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    made.headers.update(headers)
    return made


def test_the_table_names_only_real_classes() -> None:
    assert set(RULES) <= set(REAL)


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("writing", [False, True])
def test_each_named_class(name: str, writing: bool) -> None:
    kind, code = EXPECTED[name]
    told = translate(REAL[name](), writing=writing)
    assert told.code == code
    if kind == LIMIT:
        assert isinstance(told, Busy)
        assert told.limit
        assert told.retry_after is not None
        assert told.retry_after >= 600
    elif kind == UNCLEAR:
        assert type(told) is (Unsure if writing else Busy)
        assert not getattr(told, "limit", False)
    else:
        assert type(told) is {SIGN_IN: SignInAgain, GONE: Gone, REFUSED: Refused}[kind]


@pytest.mark.parametrize("name", sorted(REAL))
def test_every_class_of_the_library_becomes_one_of_the_five(name: str) -> None:
    for writing in (False, True):
        told = translate(REAL[name](), writing=writing)
        assert isinstance(told, Busy | SignInAgain | Refused | Unsure)
        json.dumps(told.facts)


@pytest.mark.parametrize(
    ("error", "read", "write", "code"),
    [
        (requests.ReadTimeout("t"), Busy, Unsure, "timeout"),
        (requests.ConnectionError("reset"), Busy, Unsure, "dropped"),
        (requests.exceptions.ChunkedEncodingError("cut"), Busy, Unsure, "dropped"),
        (requests.exceptions.SSLError("mid"), Busy, Unsure, "dropped"),
        (requests.ConnectTimeout("t"), Busy, Busy, "unreached"),
        (KeyError("media"), Busy, Unsure, "unreadable"),
        (TypeError("x"), Busy, Unsure, "unreadable"),
        (AssertionError("Login required"), Busy, Unsure, "unreadable"),
    ],
)
def test_what_does_not_come_from_the_library(
    error: Exception, read: type[ConnectorError], write: type[ConnectorError], code: str
) -> None:
    for writing, expected in ((False, read), (True, write)):
        told = translate(error, writing=writing)
        assert (type(told), told.code) == (expected, code)


@pytest.mark.parametrize(
    ("name", "response", "facts", "expected", "code"),
    [
        ("ClientError", answer(500), {}, Unsure, "server_error"),
        ("ClientError", answer(503), {}, Unsure, "server_error"),
        ("ClientError", answer(302), {}, Unsure, "server_error"),
        ("ClientError", answer(405), {}, Refused, "unknown_refusal"),
        ("ClientError", answer(200), {"message": "media_needs_reupload"}, Refused, "photo_bad"),
        ("ClientError", answer(202), {"message": "Transcode not finished yet."}, Busy, "not_ready"),
        ("PhotoNotUpload", answer(500), {}, Busy, "server_error"),
        ("PhotoNotUpload", answer(503, b"<html>"), {}, Busy, "server_error"),
        ("PhotoNotUpload", answer(400, {"message": "bad"}), {}, Refused, "photo_bad"),
        ("PhotoNotUpload", answer(400, {"message": "challenge_required"}), {}, SignInAgain, "challenge"),
        ("PhotoNotUpload", answer(403, {"message": "login_required"}), {}, SignInAgain, "token_expired"),
        ("PhotoNotUpload", answer(400, {"message": "feedback_required"}), {}, Busy, "blocked"),
        ("PhotoNotUpload", answer(429), {}, Busy, "rate_limit"),
    ],
)
def test_by_status_and_message(
    name: str, response: requests.Response, facts: dict[str, str], expected: type[ConnectorError], code: str
) -> None:
    told = translate(REAL[name](response=response, **facts), writing=True)
    assert (type(told), told.code) == (expected, code)
    assert told.facts["status"] == response.status_code


def test_a_pause_that_instagram_names_is_kept() -> None:
    told = translate(REAL["ClientThrottledError"](response=answer(429, **{"Retry-After": "5000"})), writing=False)
    assert isinstance(told, Busy)
    assert told.retry_after == 5000
    for odd in ("\u00b2", "-5", "Wed, 21 Oct 2026 07:28:00 GMT", ""):
        told = translate(REAL["ClientThrottledError"](response=answer(429, **{"Retry-After": odd})), writing=False)
        assert isinstance(told, Busy)
        assert told.retry_after == 3600


def test_facts_hold_nothing_of_the_session() -> None:
    error = REAL["UnknownError"](message="Tidak", sessionid="RAHASIA", two_factor_info={"code": "RAHASIA"})
    assert "RAHASIA" not in str(translate(error, writing=False))
