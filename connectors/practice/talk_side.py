"""Comments and replies on both platforms: writing, hiding, editing, with each platform's own rules."""

from __future__ import annotations

from typing import Any

from connectors.practice.context import Context
from connectors.practice.errors import GraphError, invalid
from connectors.practice.nodes import comment_kind
from connectors.practice.page_side import answer_written, comment_id_for
from connectors.practice.store import Row

FB_COMMENT_LENGTH = 8000
IG_COMMENT_LENGTH = 2200


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
    return comment_id


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
            ctx.db.execute("UPDATE comments SET hidden = ? WHERE id = ?", (hidden, row["id"]))
        return {"success": True}
    if "message" in request.params and not instagram:
        if not row["own"]:
            raise GraphError(200, "(#200) Permissions error: only the author can edit a comment", status=403)
        if not request.text("message").strip():
            raise invalid("Missing message or attachment")
        ctx.db.execute("UPDATE comments SET message = ? WHERE id = ?", (request.text("message"), row["id"]))
        return {"success": True}
    raise invalid("Nothing to update")
