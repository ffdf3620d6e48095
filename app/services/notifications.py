"""What Meta's notifications say: bodies become changes, plain values. Pure; nothing in them is believed to be there.

Shapes: meta-platform.md section 9 (Meta, Webhooks for Pages and for Instagram). ``feed`` carries posts, shares and
reactions too, told apart by ``item``; a reaction to a comment names it as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from connectors import RemoteComment

#: Meta's word for the object → our connector.
CONNECTORS = {"page": "facebook", "instagram": "instagram"}
Verb = Literal["add", "edited", "remove", "hide", "unhide", "post_gone", "other"]
_VERBS: dict[str, Verb] = {
    "add": "add", "edit": "edited", "edited": "edited", "remove": "remove", "hide": "hide", "unhide": "unhide",
}  # fmt: skip
_POSTS = ("post", "status", "photo", "share", "album")
_TEXT = 100_000
_ID = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One change. at: the moment it speaks of. parent_id None: top level; in ``comment`` as in a read.

    verb "post_gone": of a post, comment is None; "other": nothing that we follow.
    """

    connector: str
    account: str
    verb: Verb
    at: datetime
    post_id: str = ""
    comment: RemoteComment | None = None


class Unreadable(ValueError):
    """No notification as Meta sends them."""


def parse(body: bytes) -> tuple[str, dict[str, Any]]:
    """The text of a body (JSON in UTF-8, 16 or 32) and what it holds; Unreadable for anything that is no object with a
    list of entries."""
    try:
        text = body.decode(json.detect_encoding(body))
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(value, dict) or not isinstance(value.get("entry"), list):
        raise Unreadable("no notification")
    return text, value


def accounts(value: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(connector, remote id) of all accounts a notification is about."""
    connector = CONNECTORS.get(str(value.get("object")), "")
    return {(connector, _ident(entry.get("id"))) for entry in _objects(value.get("entry"))}


def changes(value: Mapping[str, Any], received: datetime) -> Iterator[Change]:
    """All changes, in the order in which they stand.

    received: when it came. An entry's time is in whole seconds and means some moment in that second: taken for its
    end, yet never for a moment after we had it (a platform's clock that runs ahead would outdo every later read).
    """
    connector = CONNECTORS.get(str(value.get("object")), "")
    for entry in _objects(value.get("entry")):
        at = min(_moment(entry.get("time")) or received, received)
        for change in _objects(entry.get("changes")):
            said, field = change.get("value"), change.get("field")
            if not isinstance(said, dict):
                said = {}
            if connector == "facebook" and field == "feed":
                yield _of_page(_ident(entry.get("id")), said, at)
            elif connector == "instagram" and field in ("comments", "live_comments"):
                yield _of_instagram(_ident(entry.get("id")), said, at)
            else:
                yield Change(connector, _ident(entry.get("id")), "other", at)


def _of_page(page: str, said: Mapping[str, Any], at: datetime) -> Change:
    verb = _VERBS.get(str(said.get("verb")), "other")
    post = said.get("post")
    post_id = _ident(said.get("post_id")) or _ident(post.get("id") if isinstance(post, dict) else None)
    if said.get("item") in _POSTS and verb == "remove":
        return Change("facebook", page, "post_gone", at, post_id)
    comment_id, author = _ident(said.get("comment_id")), said.get("from")
    if said.get("item") != "comment" or not comment_id:
        return Change("facebook", page, "other", at, post_id)
    author = author if isinstance(author, dict) else {}
    parent = _ident(said.get("parent_id"))
    comment = RemoteComment(
        remote_id=comment_id,
        text=_text(said.get("message")),
        created_at=_exactly(said.get("created_time")) if verb == "add" else None,
        author_name=_text(author.get("name"))[:_ID] or None,
        author_id=_ident(author.get("id")) or None,
        # Of a top comment the parent is the post, in either spelling of its id.
        parent_id=parent if parent and parent not in (post_id, post_id.partition("_")[2]) else None,
        own=_ident(author.get("id")) == page,
    )
    return Change("facebook", page, verb, at, post_id, comment)


def _of_instagram(account: str, said: Mapping[str, Any], at: datetime) -> Change:
    """Instagram only tells of comments that were made. Older pages of Meta's call the id comment_id."""
    media, author = said.get("media"), said.get("from")
    author = author if isinstance(author, dict) else {}
    comment_id = _ident(said.get("id")) or _ident(said.get("comment_id"))
    if not comment_id:
        return Change("instagram", account, "other", at)
    verb = _VERBS.get(str(said.get("verb", "add")), "other")
    comment = RemoteComment(
        remote_id=comment_id,
        text=_text(said.get("text")),
        created_at=None,
        author_name=_text(author.get("username"))[:_ID] or None,
        author_id=_ident(author.get("id")) or None,
        parent_id=_ident(said.get("parent_id")) or None,
        own=_ident(author.get("id")) == account,
    )
    post_id = _ident(media.get("id") if isinstance(media, dict) else said.get("media_id"))
    return Change("instagram", account, verb, at, post_id, comment)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def _ident(value: Any) -> str:
    """An id, "" for anything that is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    text = str(value)
    return text if len(text) <= _ID and text.isprintable() else ""


def _text(value: Any) -> str:
    return value[:_TEXT] if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    """The end of a second, aware UTC. Meta gives unix seconds, in some notifications milliseconds."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value if value < 10**11 else value / 1000, UTC) + timedelta(microseconds=999_999)
    except (OverflowError, ValueError, OSError):
        return None


def _exactly(value: Any) -> datetime | None:
    at = _moment(value)
    return at.replace(microsecond=0) if at is not None else None
