"""What an error of the Graph API means: one table from code and subcode to the five errors of a connector.

Sources: Meta, "Handle Errors" (Graph API) and "Error Codes" (Instagram Platform, page of 2 June 2026). Decided by
number, the subcode before the code; text is asked only where Meta gives one number to several things (100, 2500).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connectors._errors import Busy, ConnectorError, Gone, Refused, SignInAgain, Unsure

#: Every ``code`` that a Graph connector raises, with its meaning. ``app/words.py`` has the sentence for each.
KEYS: dict[str, str] = {
    # Busy or, when the call may have published something, Unsure
    "unreached": "no connection at all (DNS, refused, TLS): nothing was sent",
    "timeout": "no whole answer within the time of a call",
    "dropped": "the connection broke after sending",
    "unreadable": "an answer that is no Graph answer (HTML, cut off, empty, without the id asked for)",
    "server_error": "the platform says that it failed itself (HTTP 5xx, code 1 or 2, is_transient)",
    "too_much_data": "code 1 on a read: ask for less at once",
    # Busy
    "rate_limit": "too many calls of the app, Page, account or user",
    "posting_too_fast": "368/1390008: too many posts in a short time",
    "quota": "the account's publishing quota of 24 hours is used up",
    "not_ready": "the container is not finished yet",
    "not_listed": "published, but the account's list does not show it yet",
    "staged_gone": "what was staged has disappeared before the commit: stage anew from nothing",
    # SignInAgain
    "no_token": "no access token was sent or it was not understood as one",
    "token_expired": "the token's time is over",
    "token_invalid": "the token is not valid (any more)",
    "password_changed": "the owner changed the password",
    "app_removed": "the owner removed the app",
    "checkpoint": "Facebook wants the owner to pass a check in the app first",
    "unconfirmed": "the owner's Facebook account is not confirmed",
    "page_role_lost": "the owner lost the role on the Page",
    "account_restricted": "the Instagram account is restricted or inactive",
    "page_authorisation": "Page publishing authorisation or identity confirmation is wanted",
    "permission": "a permission was not granted (facts: permission)",
    "app_secret_proof": "the app wants appsecret_proof, or ours is wrong: check the app secret",
    "user_token": "the token belongs to a person, and there is no app id and secret to exchange it with",
    "other_page": "the token belongs to another Page",
    "app_token": "the token belongs to the app itself",
    "page_not_managed": "the person's Pages are others (facts: pages)",
    "page_tasks": "the person may not do on the Page what is needed (facts: tasks)",
    "page_key_withheld": "the person's list of Pages names the Page without its token",
    "data_access_ended": "the person's 90 days of data access are over",
    "account_not_visible": "this token does not see the account",
    "no_photo_address": "Instagram has to fetch photos and there is neither a public address nor a Page",
    # Refused
    "gone": "the object does not exist (any more) or is not visible to us",
    "duplicate": "the same text was posted just now",
    "abusive": "the platform takes the content for abusive or blocked",
    "spam": "the platform takes the action for spam",
    "link": "a link in the text is not accepted",
    "photo_bad": "the photo is not readable there",
    "photo_too_large": "the photo has too many bytes",
    "photo_format": "the photo's format is not accepted",
    "photo_ratio": "the photo's width to height is not accepted",
    "photo_already_posted": "the staged photo was used in a post already (Unsure at a commit: perhaps in ours)",
    "photo_missing": "the photo's file is not on disk",
    "caption_too_long": "the caption has too many characters, hashtags or mentions",
    "too_many_hashtags": "more hashtags than the platform takes",
    "too_many_mentions": "more @ mentions than the platform takes",
    "url_not_fetchable": "the platform could not fetch the photo from its address",
    "carousel_count": "a carousel has two to ten items",
    "media_type": "the media type is not accepted",
    "video": "the video is not accepted",
    "too_many_photos": "more photos than the platform takes",
    "no_photo": "the platform takes no post without a photo",
    "empty_post": "neither caption nor photo",
    "container_failed": "the platform failed to prepare the photo several times",
    "not_professional": "an account that is no professional one, closed, renamed or not there (Business Discovery)",
    "not_shared": "a Page that this key may not read",
    "bad_handle": "no name that an account can have",
    "private_right": "the account may not send private messages (facts: permission)",
    "private_window": "too late for a private reply to this comment (facts: days)",
    "private_once": "this comment has had its one private reply",
    "private_unavailable": "this person takes no private messages now",
    "no_metric": "the platform does not know this metric or has none for the object",
    "unknown_refusal": "any other no; code, subcode and message stand in the facts",
}

Kind = Literal["transient", "limit", "auth", "content", "not_ready", "gone", "permanent"]


@dataclass(frozen=True, slots=True)
class Rule:
    """kind decides the class of the error. scope: whose limit; None is the account's own. wait_s: seconds or None."""

    kind: Kind
    key: str
    scope: str | None = None
    wait_s: float | None = None


def _auth(key: str) -> Rule:
    return Rule("auth", key)


def _content(key: str) -> Rule:
    return Rule("content", key)


_TRANSIENT = Rule("transient", "server_error")

#: Subcodes that mean one thing under any code (Meta's long ones are unique).
SUBCODES: dict[int, Rule] = {
    2207001: _TRANSIENT,
    2207032: _TRANSIENT,
    2207003: _TRANSIENT,
    2207008: Rule("transient", "server_error", wait_s=30),
    1390008: Rule("limit", "posting_too_fast", wait_s=3600),
    2207042: Rule("limit", "quota", "ig", 3600),
    2207050: _auth("account_restricted"),
    2069032: _auth("user_token"),
    1404078: _auth("page_authorisation"),
    4854002: _auth("page_authorisation"),
    1455006: _content("duplicate"),
    1346003: _content("abusive"),
    1404102: _content("abusive"),
    2207051: _content("spam"),
    1609008: _content("link"),
    2069019: _content("photo_bad"),
    1366046: _content("photo_too_large"),
    1366051: _content("photo_already_posted"),
    2207004: _content("photo_too_large"),
    2207005: _content("photo_format"),
    2207009: _content("photo_ratio"),
    2207010: _content("caption_too_long"),
    2207052: _content("url_not_fetchable"),
    2207028: _content("carousel_count"),
    2207023: _content("media_type"),
    2207013: _content("not_professional"),
    2207026: _content("video"),
    1504028: _content("no_metric"),
    2018278: _content("private_window"),
    1545041: _content("private_unavailable"),
    2207027: Rule("not_ready", "not_ready", wait_s=5),
    2207006: Rule("gone", "gone"),
}

#: Short subcodes mean something only under their code.
PAIRS: dict[tuple[int, int], Rule] = {
    (100, 33): Rule("gone", "gone"),
    (190, 463): _auth("token_expired"),
    (190, 460): _auth("password_changed"),
    (190, 458): _auth("app_removed"),
    (190, 459): _auth("checkpoint"),
    (190, 464): _auth("unconfirmed"),
    (190, 467): _auth("token_invalid"),
    (190, 492): _auth("page_role_lost"),
}

CODES: dict[int, Rule] = {
    1: _TRANSIENT,
    2: _TRANSIENT,
    -1: _TRANSIENT,
    -2: _TRANSIENT,
    4: Rule("limit", "rate_limit", "app"),
    17: Rule("limit", "rate_limit", "user"),
    32: Rule("limit", "rate_limit", "page"),
    341: Rule("limit", "rate_limit"),
    613: Rule("limit", "rate_limit"),
    80001: Rule("limit", "rate_limit", "page"),
    80002: Rule("limit", "rate_limit", "ig"),
    190: _auth("token_invalid"),
    102: _auth("token_invalid"),
    104: _auth("no_token"),
    2500: _auth("no_token"),
    25: _auth("account_restricted"),
    3: _auth("permission"),
    10: _auth("permission"),
    506: _content("duplicate"),
    551: _content("private_unavailable"),
    10900: _content("private_once"),
    368: _content("abusive"),
    1609005: _content("link"),
    1609008: _content("link"),
    324: _content("photo_bad"),
    1366046: _content("photo_too_large"),
    1366051: _content("photo_already_posted"),
    36000: _content("photo_too_large"),
    36001: _content("photo_format"),
    36003: _content("photo_ratio"),
    36004: _content("caption_too_long"),
    9004: _content("url_not_fetchable"),
    352: _content("video"),
    3001: _content("no_metric"),
    9007: Rule("not_ready", "not_ready", wait_s=5),
    803: Rule("gone", "gone"),
    12: Rule("permanent", "unknown_refusal"),
}
CODES.update({code: _auth("permission") for code in range(200, 300)})
CODES.update({code: Rule("limit", "rate_limit") for code in range(80000, 80015) if code not in CODES})

_PERMANENT = Rule("permanent", "unknown_refusal")
_PERMISSION = re.compile(
    r"\b(pages_[a-z_]+|instagram_[a-z_]+|read_insights|business_management|publish_[a-z_]+)\b", re.ASCII
)


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def rule_for(code: int | None, subcode: int | None, message: str, *, transient: bool) -> Rule:
    """The row of the table. transient: is_transient was set or the HTTP status is 5xx; a known code is stronger."""
    if subcode is not None and subcode in SUBCODES:
        return SUBCODES[subcode]
    if code is not None and subcode is not None and (code, subcode) in PAIRS:
        return PAIRS[code, subcode]
    if code == 1 and "reduce the amount of data" in message.lower():
        return Rule("transient", "too_much_data")
    if code == 2500 and any(words in message.lower() for words in ("unknown path", "syntax error")):
        # "Unknown path components: /x" and a field nobody could parse: they speak of the call, not of the token.
        return _PERMANENT
    if code is not None and code in CODES:
        return CODES[code]
    if transient:
        return _TRANSIENT
    return _rule_by_text(message.lower()) if code == 100 else _PERMANENT


def _rule_by_text(text: str) -> Rule:
    """Code 100 without a telling subcode: the one place where words decide (see the module's docstring)."""
    if "appsecret_proof" in text or "app secret proof" in text:
        return _auth("app_secret_proof")
    if "permission" in text:
        return _auth("permission")
    if "too long" in text and ("message" in text or "caption" in text):
        return _content("caption_too_long")
    if "insights metric" in text:
        return _content("no_metric")
    return _PERMANENT


def unclear(key: str, *, commits: bool, **facts: Any) -> ConnectorError:
    """An outcome that nobody knows: of a write that matters ``Unsure``, of anything else ``Busy``."""
    return Unsure(key, **facts) if commits else Busy(key, **facts)


def classify(
    error: Mapping[str, Any],
    *,
    status: int | None,
    commits: bool,
    account_scope: str = "page",
    regain_s: float | None = None,
    redact: Callable[[str], str] = str,
) -> ConnectorError:
    """The connector's error for Meta's ``error`` object.

    commits: the call was one whose unknown outcome is ``Unsure``. account_scope: "page" or "ig", for limits that do
    not name their scope. regain_s: seconds until access comes back by the usage headers. redact: takes tokens out of
    texts (Meta's "Malformed access token ..." quotes the token).
    """
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    message = str(error.get("message") or "")
    transient = error.get("is_transient") is True or (status is not None and status >= 500)
    rule = rule_for(code, subcode, message, transient=transient)
    user_msg = error.get("error_user_msg")
    facts: dict[str, Any] = {
        "code": code,
        "subcode": subcode,
        "status": status,
        "trace": error.get("fbtrace_id"),
        "user_msg": redact(str(user_msg)) if user_msg else None,
        "message": redact(message)[:300] or None,
    }
    if rule.kind == "transient":
        facts["retry_after"] = None if commits else rule.wait_s
        return unclear(rule.key, commits=commits, **{k: v for k, v in facts.items() if v is not None})
    if rule.kind == "limit":
        wait = regain_s or rule.wait_s
        return Busy(rule.key, retry_after=wait, limit=True, scope=rule.scope or account_scope, **facts)
    if rule.kind == "not_ready":
        return Busy(rule.key, retry_after=rule.wait_s, **facts)
    if rule.kind == "auth":
        named = _PERMISSION.search(message) if rule.key == "permission" else None
        return SignInAgain(rule.key, permission=named.group(1) if named else None, **facts)
    return Gone(rule.key, **facts) if rule.kind == "gone" else Refused(rule.key, **facts)
