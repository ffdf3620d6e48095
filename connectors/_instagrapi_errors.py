"""What instagrapi, requests and curl throw, told in the five errors of the contract.

The table goes by class *name*, so that reading it needs no instagrapi (about 0.5 s and 50 MB to import); a test holds
it against the real classes. Sources: the library's ``exceptions.py`` and ``mixins/private.py`` (3.2.2), and runs
against a local server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import requests

from connectors._errors import Busy, ConnectorError, Gone, Refused, SignInAgain, Unsure

#: Seconds to stay away. Instagram names no time; these are long because every further try under a block makes it worse.
MINUTES = 15 * 60.0
HOUR = 60 * 60.0
BLOCK = 12 * HOUR
LONG_BLOCK = 24 * HOUR

#: ``code`` values that only this connector raises, with their meaning; the others are those of the Graph connectors.
KEYS: dict[str, str] = {
    # Busy, as limits
    "blocked": "Instagram blocks actions of this account for hours (feedback_required, sentry_block)",
    "address_blocked": "Instagram blocks this machine's network address",
    # SignInAgain
    "challenge": "Instagram wants the owner to confirm in the app that it is them",
    "two_factor": "a code is needed to sign in",
    "wrong_password": "Instagram does not accept this user name with this password",
    "session_unreadable": "what was handed over is neither a session nor user name and password",
    "wrong_account": "the session belongs to another account",
    # Refused
    "comments_off": "comments are switched off under this post",
    "library_outdated": "Instagram wants a newer app than the library imitates: update the library",
    "base_url": "the address is neither Instagram's nor one on this machine",
    "pace": "the account setting pace is not seconds such as 0, 2 or 1-3",
}

Kind = Literal["limit", "sign_in", "refused", "gone", "unclear"]


@dataclass(frozen=True, slots=True)
class Rule:
    """kind: which error. code: its key. pause_s: seconds, for a limit."""

    kind: Kind
    code: str
    pause_s: float | None = None


#: The nearest named class in an exception's line of ancestors decides; ``ClientError`` itself goes by its HTTP status.
RULES: dict[str, Rule] = {
    # Too fast, or action-blocked: stay away, no attempt is lost.
    "PleaseWaitFewMinutes": Rule("limit", "rate_limit", MINUTES),
    "ClientThrottledError": Rule("limit", "rate_limit", HOUR),
    "RateLimitError": Rule("limit", "rate_limit", HOUR),
    "FeedbackRequired": Rule("limit", "blocked", BLOCK),
    "SentryBlock": Rule("limit", "blocked", LONG_BLOCK),
    "ProxyAddressIsBlocked": Rule("limit", "address_blocked", LONG_BLOCK),
    # A person has to act.
    "LoginRequired": Rule("sign_in", "token_expired"),
    "ClientLoginRequired": Rule("sign_in", "token_expired"),
    "ClientUnauthorizedError": Rule("sign_in", "token_expired"),
    "ReloginAttemptExceeded": Rule("sign_in", "token_expired"),
    "ClientForbiddenError": Rule("sign_in", "token_invalid"),
    "ChallengeError": Rule("sign_in", "challenge"),
    "CaptchaChallengeRequired": Rule("sign_in", "challenge"),
    "AccountContactPointRequired": Rule("sign_in", "challenge"),
    "TwoFactorRequired": Rule("sign_in", "two_factor"),
    "BadPassword": Rule("sign_in", "wrong_password"),
    "BadCredentials": Rule("sign_in", "wrong_password"),
    "AccountSuspended": Rule("sign_in", "account_restricted"),
    # It is not there, or not for us.
    "NotFoundError": Rule("gone", "gone"),
    "ClientNotFoundError": Rule("gone", "gone"),
    "MediaUnavailable": Rule("gone", "gone"),
    "InvalidMediaId": Rule("gone", "gone"),
    "CommentUnavailable": Rule("gone", "gone"),
    "CommentNotFound": Rule("gone", "gone"),
    "PrivateAccount": Rule("gone", "gone"),
    # A clear no.
    "CommentsDisabled": Rule("refused", "comments_off"),
    "ClientNeedsUpgradeError": Rule("refused", "library_outdated"),
    "UnknownError": Rule("refused", "unknown_refusal"),
    "ClientBadRequestError": Rule("refused", "unknown_refusal"),
    "AlbumUnknownFormat": Rule("refused", "photo_format"),
    # Sent, and what came back says nothing. A configure error may well be published all the same.
    "PhotoConfigureError": Rule("unclear", "unreadable"),
    "AlbumConfigureError": Rule("unclear", "unreadable"),
    "ClientConnectionError": Rule("unclear", "dropped"),
    "ClientRequestTimeout": Rule("unclear", "dropped"),
    "ClientIncompleteReadError": Rule("unclear", "dropped"),
    "ClientJSONDecodeError": Rule("unclear", "unreadable"),
}

#: ``message`` values of an error answer, for the one call (rupload) whose answers the library does not sort itself.
_MESSAGES: dict[str, str] = {
    "login_required": "LoginRequired",
    "challenge_required": "ChallengeError",
    "checkpoint_required": "ChallengeError",
    "feedback_required": "FeedbackRequired",
}
#: curl's codes for "never reached": proxy or host not resolved, no connection, TLS not agreed, certificate not trusted.
_CURL_UNREACHED = frozenset({5, 6, 7, 35, 60})
_URLLIB3_UNREACHED = frozenset({"NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ProxyError"})


class AnswerLost(requests.ConnectionError):
    """The request went out and its answer did not arrive whole. Not one of the classes that instagrapi sends again."""


def translate(error: Exception, *, writing: bool) -> ConnectorError:
    """The contract's error for any exception of a call.

    writing: the call may have changed something for others to see, so an unclear outcome is ``Unsure``, else ``Busy``.
    """
    if isinstance(error, ConnectorError):
        return error
    names = [kind.__name__ for kind in type(error).__mro__]
    facts = _facts(error)
    if "PhotoNotUpload" in names and not any(name in RULES for name in names):
        return _upload_error(error, facts)
    for name in names:
        if name in RULES:
            if RULES[name].kind == "unclear":
                break
            return _by_rule(RULES[name], error, facts)
    if any(_never_reached(link) for link in _chain(error)):
        return Busy("unreached", unreached=True, **facts)
    named = next((RULES[name] for name in names if name in RULES), None)
    if named is not None:
        return _unclear(named.code, facts, writing)
    if "ClientError" in names:
        return _by_status(error, facts, writing)
    if isinstance(error, requests.Timeout):
        return _unclear("timeout", facts, writing)
    return _unclear("dropped" if isinstance(error, OSError) else "unreadable", facts, writing)


def _by_rule(rule: Rule, error: Exception, facts: dict[str, Any]) -> ConnectorError:
    if rule.kind == "limit":
        asked = _retry_after(getattr(error, "response", None))
        pause = rule.pause_s if asked is None else max(asked, 1.0)
        return Busy(rule.code, retry_after=pause, limit=True, scope="user", **facts)
    if rule.kind == "sign_in":
        return SignInAgain(rule.code, **facts)
    if rule.kind == "gone":
        return Gone(rule.code, **facts)
    return Refused(rule.code, **facts)


def _by_status(error: Exception, facts: dict[str, Any], writing: bool) -> ConnectorError:
    """A bare ClientError: HTTP status not sorted by the library, or ``status: fail`` in a 200."""
    status = facts.get("status")
    text = str(error)
    if "Transcode not finished" in text or status == 202:
        return Busy("not_ready", retry_after=10.0, **facts)
    if "media_needs_reupload" in text:
        return Refused("photo_bad", **facts)
    if status is None or status >= 500 or 300 <= status < 400:
        return _unclear("server_error" if status else "dropped", facts, writing)
    return Refused("unknown_refusal", **facts)


def _upload_error(error: Exception, facts: dict[str, Any]) -> ConnectorError:
    """A photo's bytes were not taken. Nothing is visible yet, so what is unclear is simply sent again: Busy."""
    status = facts.get("status")
    response = getattr(error, "response", None)
    try:
        body = response.json() if response is not None else {}
    except ValueError:
        body = {}
    message = str(body.get("message", "")) if isinstance(body, dict) else ""
    if status == 404 and getattr(response, "content", b"") == b"Not Found":
        return _by_rule(RULES["ChallengeError"], error, facts)  # a masked challenge, as the library reads it elsewhere
    if message in _MESSAGES:
        return _by_rule(RULES[_MESSAGES[message]], error, facts)
    if status == 429 or "Please wait a few minutes" in message:
        return _by_rule(RULES["PleaseWaitFewMinutes" if status != 429 else "ClientThrottledError"], error, facts)
    if status in (401, 403):
        return _by_rule(RULES["ClientUnauthorizedError"], error, facts)
    if status is None or status >= 500 or status < 400:
        return Busy("server_error", **facts)
    return Refused("photo_bad", **facts)


def _unclear(code: str, facts: dict[str, Any], writing: bool) -> ConnectorError:
    return Unsure(code, **facts) if writing else Busy(code, **facts)


def _facts(error: Exception) -> dict[str, Any]:
    """What the platform said, without anything of the session: its answers' free fields are left out on purpose."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    said = getattr(error, "feedback_message", None) or getattr(error, "message", None)
    kind = getattr(error, "error_type", None)
    return {
        "error": type(error).__name__,
        "status": status if isinstance(status, int) else None,
        "message": str(said)[:300] if isinstance(said, str) and said else None,
        "error_type": str(kind)[:80] if isinstance(kind, str) else None,
    }


def _retry_after(response: Any) -> float | None:
    value = getattr(response, "headers", {}).get("Retry-After", "") if response is not None else ""
    return float(value) if str(value).isascii() and str(value).isdigit() else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from: instagrapi drops the cause, Python keeps it as the context."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _never_reached(error: BaseException) -> bool:
    if isinstance(error, AnswerLost):
        return False
    if isinstance(error, requests.ConnectTimeout):
        return True
    if type(error).__name__ in _URLLIB3_UNREACHED:
        return True
    code = getattr(error, "code", None)
    return type(error).__module__.startswith("curl_cffi") and isinstance(code, int) and code in _CURL_UNREACHED
