"""Comments and replies on both platforms: writing, hiding, editing, with each platform's own rules."""

from __future__ import annotations

import json
import secrets
from typing import Any

from connectors.practice import webhooks
from connectors.practice.context import Context
from connectors.practice.errors import GraphError, invalid
from connectors.practice.nodes import comment_kind
from connectors.practice.page_side import answer_written, comment_id_for
from connectors.practice.store import Row

FB_COMMENT_LENGTH = 8000
IG_COMMENT_LENGTH = 2200
#: Messenger counts characters, Instagram bytes.
FB_MESSAGE_LENGTH = 2000
IG_MESSAGE_BYTES = 1000
_PRIVATE_S = 7 * 24 * 3600


def write_comment(
    ctx: Context,
    post: Row,
    parent: Row | None,
    text: str,
    *,
    author_id: str,
    author_name: str,
    own: bool = False,
    anonymous: bool = False,
) -> str:
    """Insert a comment. Two levels only: a reply to a reply joins the top comment's thread. Its id."""
    if parent is not None and parent["parent_id"] is not None:
        found = ctx.one("SELECT * FROM comments WHERE id = ?", parent["parent_id"])
        assert found is not None
        parent = found
    comment_id = comment_id_for(ctx, post)
    ctx.db.execute(
        "INSERT INTO comments (id, post_id, parent_id, author_id, author_name, anonymous, own, message, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            comment_id,
            post["id"],
            parent["id"] if parent else None,
            author_id,
            author_name,
            anonymous,
            own,
            text,
            ctx.now,
        ),
    )
    _say(ctx, "add", comment_id)
    return comment_id


def _say(ctx: Context, verb: str, comment_id: str) -> None:
    written = ctx.one("SELECT * FROM comments WHERE id = ?", comment_id)
    if written is not None:
        webhooks.say(ctx, verb, written)


def hide(ctx: Context, row: Row, hidden: bool) -> None:
    """Hide or show a comment, by whoever may."""
    ctx.db.execute("UPDATE comments SET hidden = ? WHERE id = ?", (hidden, row["id"]))
    if bool(row["hidden"]) != hidden:
        _say(ctx, "hide" if hidden else "unhide", row["id"])


def edit(ctx: Context, row: Row, text: str) -> None:
    """Another text in the place of the old one."""
    ctx.db.execute("UPDATE comments SET message = ? WHERE id = ?", (text, row["id"]))
    _say(ctx, "edited", row["id"])


def reply(ctx: Context, kind: str, row: Row) -> dict[str, Any]:
    """POST /{post|comment}/comments, /{media}/comments, /{comment}/replies by the account itself."""
    instagram = kind in ("media", "ig_comment")
    text = ctx.request.text("message")
    most = IG_COMMENT_LENGTH if instagram else FB_COMMENT_LENGTH
    if not text.strip():
        raise invalid("The parameter message is required" if instagram else "Missing message or attachment")
    if len(text) > most:
        raise invalid(f"Param message must be no more than {most} characters long")
    parent = None if kind in ("post", "media") else row
    post = row if parent is None else ctx.post(row["post_id"])
    if instagram and not post["comment_enabled"]:
        raise GraphError(10, "(#10) Comments are disabled on this media", status=403)
    if instagram and parent is not None and parent["hidden"]:
        raise invalid("Replies to hidden comments are not allowed")
    account = ctx.account(post["account_id"])
    name = account["username"] if instagram else account["name"]
    comment_id = write_comment(ctx, post, parent, text, author_id=account["id"], author_name=name, own=True)
    written = ctx.one("SELECT * FROM comments WHERE id = ?", comment_id)
    assert written is not None
    return answer_written(ctx, comment_kind(comment_id), written)


def message(ctx: Context, account: Row) -> dict[str, Any]:
    """POST /{page|ig}/messages to the author of a comment: one a comment, within seven days of it."""
    comment_id = _part(ctx, "recipient", "comment_id")
    text = _part(ctx, "message", "text")
    instagram = account["kind"] == "ig"
    if not text.strip():
        raise invalid("Param message must be non-empty")
    if (len(text.encode()) > IG_MESSAGE_BYTES) if instagram else (len(text) > FB_MESSAGE_LENGTH):
        raise invalid("Length of param message[text] is too long")
    kind, row = ctx.find(comment_id)
    if kind != "comment" or row["own"] or ctx.owner_of("comment", row)["id"] != account["id"]:
        raise invalid("Invalid comment_id: not a comment on this account by somebody else")
    if ctx.now - row["created"] > _PRIVATE_S:
        raise GraphError(10, "(#10) This message is sent outside of allowed window.", subcode=2018278, status=403)
    if ctx.one("SELECT 1 FROM messages WHERE comment_id = ?", row["id"]):
        raise GraphError(10900, "(#10900) Activity already replied to")
    message_id = f"m_{secrets.token_urlsafe(18)}"
    values = (message_id, account["id"], row["id"], text, ctx.now)
    ctx.db.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?)", values)
    return {"recipient_id": row["author_id"], "message_id": message_id}


def _part(ctx: Context, name: str, key: str) -> str:
    """A text inside a parameter that is a JSON object."""
    try:
        value = json.loads(ctx.request.text(name))
    except ValueError:
        value = None
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, str):
        raise invalid(f"The parameter {name}[{key}] is required")
    return found


def change_comment(ctx: Context, row: Row) -> dict[str, Any]:
    """POST /{comment}: ``is_hidden`` and ``message`` (own) on Facebook, ``hide`` on Instagram."""
    request = ctx.request
    instagram = comment_kind(row["id"]) == "ig_comment"
    switch = "hide" if instagram else "is_hidden"
    if switch in request.params:
        hidden = request.flag(switch)
        if row["own"] and not instagram:
            raise invalid("A Page cannot hide its own comment")
        if not row["own"]:  # on Instagram the owner's own comments always show; the call succeeds all the same
            hide(ctx, row, hidden)
        return {"success": True}
    if "message" in request.params and not instagram:
        if not row["own"]:
            raise GraphError(200, "(#200) Permissions error: only the author can edit a comment", status=403)
        if not request.text("message").strip():
            raise invalid("Missing message or attachment")
        edit(ctx, row, request.text("message"))
        return {"success": True}
    raise invalid("Nothing to update")
