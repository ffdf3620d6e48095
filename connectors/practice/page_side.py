"""Writing on a Page: photos, posts, the flip to public, edits, deletions."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Any

from connectors.practice import images, webhooks
from connectors.practice.context import Context
from connectors.practice.errors import GraphError, gone, invalid
from connectors.practice.lists import moment
from connectors.practice.nodes import asked_fields, render
from connectors.practice.store import Row

MESSAGE_LENGTH = 63_206
ALT_LENGTH = 1000
#: Meta's own scheduling window in seconds: 10 minutes to 30 days (Posts guide).
_WINDOW_S = (600, 30 * 86400)
_INDEXED = re.compile(r"^attached_media\[(\d{1,3})\]$")


def add_photo(ctx: Context, page: Row, fetched: bytes | None) -> dict[str, Any]:
    """POST /{page}/photos with ``source`` or ``url``; published ones become a post at once."""
    request = ctx.request
    upload = request.files.get("source") or next(iter(request.files.values()), None)
    data = upload.data if upload is not None else fetched
    if data is None:
        raise GraphError(324, "(#324) Missing or invalid image file", subcode=2069019)
    alt = request.text("alt_text_custom")
    if len(alt) > ALT_LENGTH:
        raise invalid(f"Param alt_text_custom must be no more than {ALT_LENGTH} characters long")
    message = _message(request.text("message", "caption"))
    published = request.flag("published", True)
    if published and request.flag("temporary"):
        raise invalid("Temporary photos must be unpublished")
    kind, size = images.check_facebook(data)
    photo_id = ctx.store.new_id(122_100_000_000_000_000)
    ctx.db.execute(
        "INSERT INTO photos (id, account_id, blob_key, alt, message, published, temporary, created) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (photo_id, page["id"], ctx.store.keep_blob(data, kind, size), alt, message, published,
         request.flag("temporary"), ctx.now),
    )  # fmt: skip
    if not published:
        return {"id": photo_id}
    post_id = make_post(ctx, page, message, published=True)
    ctx.db.execute("UPDATE photos SET post_id = ? WHERE id = ?", (post_id, photo_id))
    return {"id": photo_id, "post_id": post_id}


def _message(text: str) -> str:
    if len(text) > MESSAGE_LENGTH:
        raise invalid(f"The status you are trying to publish is too long (maximum {MESSAGE_LENGTH} characters)")
    return text


def make_post(
    ctx: Context, account: Row, message: str, *, published: bool, link: str = "", scheduled: float | None = None
) -> str:
    """Insert a post of a Page and give its id."""
    number = ctx.store.new_id(122_200_000_000_000_000)
    post_id = f"{account['id']}_{number}"
    ctx.db.execute(
        "INSERT INTO posts (id, account_id, message, link, published, scheduled, created, published_at, shortcode) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (post_id, account["id"], message, link or None, published, scheduled, ctx.now,
         ctx.now if published else None, f"kiriman-{number}"),
    )  # fmt: skip
    return post_id


def add_post(ctx: Context, page: Row) -> dict[str, Any]:
    """POST /{page}/feed: text, link, attached photos; published, unpublished or scheduled."""
    request = ctx.request
    message = _message(request.text("message"))
    photos = [_attachable(ctx, page, photo_id) for photo_id in _attached(ctx)]
    if len({photo["id"] for photo in photos}) != len(photos):
        raise _already_posted()
    if not message.strip() and not photos and not request.text("link"):
        raise invalid("Missing message or attachment", subcode=1349125)
    scheduled = moment(request.params.get("scheduled_publish_time"), "scheduled_publish_time")
    published = request.flag("published", scheduled is None)
    if scheduled is not None:
        if published:
            raise invalid("You cannot specify a scheduled publish time on a published post")
        if not _WINDOW_S[0] <= scheduled - ctx.now <= _WINDOW_S[1]:
            raise invalid("The specified scheduled publish time is invalid.", subcode=1487056)
    post_id = make_post(ctx, page, message, published=published, link=request.text("link"), scheduled=scheduled)
    for position, photo in enumerate(photos):
        ctx.db.execute(
            "UPDATE photos SET post_id = ?, position = ?, published = ? WHERE id = ?",
            (post_id, position, published, photo["id"]),
        )
    return answer_written(ctx, "post", ctx.post(post_id))


def answer_written(ctx: Context, kind: str, row: Row) -> dict[str, Any]:
    """The id alone, or the fields asked for together with the write (read after write)."""
    fields = asked_fields(ctx)
    return render(ctx, kind, row, fields) if fields else {"id": row["id"]}


def _attached(ctx: Context) -> list[str]:
    params = ctx.request.params
    indexed = sorted((int(m.group(1)), name) for name in params if (m := _INDEXED.match(name)))
    texts = [params[name] for _, name in indexed]
    try:
        items = [json.loads(text) for text in texts]
        if "attached_media" in params:
            items = json.loads(params["attached_media"])
        return [str(item["media_fbid"]) for item in items]
    except (ValueError, KeyError, TypeError) as error:
        raise invalid("Param attached_media must be an array of {media_fbid}") from error


def _attachable(ctx: Context, page: Row, photo_id: str) -> Row:
    kind, photo = ctx.find(photo_id)
    if kind != "photo" or photo["account_id"] != page["id"]:
        raise gone(photo_id, "post")
    if photo["post_id"] is not None:
        raise _already_posted()
    return photo


def _already_posted() -> GraphError:
    return invalid(
        "Invalid parameter",
        subcode=1366051,
        title="Already Posted",
        user_msg="These photos were already posted.",
    )


def change_post(ctx: Context, post: Row) -> dict[str, Any]:
    """POST /{post}: ``is_published=true`` (may be repeated), ``message=``, ``scheduled_publish_time=``."""
    request = ctx.request
    known = {"is_published", "message", "scheduled_publish_time", "fields"}
    if not known & set(request.params):
        raise invalid("Nothing to update")
    if "message" in request.params:
        ctx.db.execute("UPDATE posts SET message = ? WHERE id = ?", (_message(request.text("message")), post["id"]))
    if "is_published" in request.params:
        if not request.flag("is_published") and post["published"]:
            raise invalid("A published post cannot be made unpublished")
        if request.flag("is_published"):
            publish(ctx, post)
    elif "scheduled_publish_time" in request.params and not post["published"]:
        due = moment(request.text("scheduled_publish_time"), "scheduled_publish_time")
        if due is None or not _WINDOW_S[0] <= due - ctx.now <= _WINDOW_S[1]:
            raise invalid("The specified scheduled publish time is invalid.", subcode=1487056)
        ctx.db.execute("UPDATE posts SET scheduled = ? WHERE id = ?", (due, post["id"]))
    return {"success": True}


def publish(ctx: Context, post: Row) -> None:
    """Make an unpublished post public; a public one stays as it is."""
    ctx.db.execute(
        "UPDATE posts SET published = 1, scheduled = NULL, published_at = ? WHERE id = ? AND NOT published",
        (ctx.now, post["id"]),
    )
    ctx.db.execute("UPDATE photos SET published = 1 WHERE post_id = ?", (post["id"],))


def delete(ctx: Context, kind: str, row: Row) -> dict[str, Any]:
    """DELETE of a post, photo, Instagram media or comment; replies go with their comment."""
    if kind in ("post", "media"):
        ctx.db.execute("UPDATE posts SET deleted = 1 WHERE id = ?", (row["id"],))
        ctx.db.execute("UPDATE photos SET deleted = 1 WHERE post_id = ?", (row["id"],))
    elif kind == "photo":
        ctx.db.execute("UPDATE photos SET deleted = 1 WHERE id = ?", (row["id"],))
    else:
        ctx.db.execute("UPDATE comments SET deleted = 1 WHERE id = ? OR parent_id = ?", (row["id"], row["id"]))
        webhooks.say(ctx, "remove", row)
    return {"success": True}


def comment_id_for(ctx: Context, post: Row) -> str:
    """A new comment id: POSTNUMBER_NUMBER on Facebook, one number on Instagram."""
    if "_" in post["id"]:
        return f"{post['id'].split('_')[1]}_{ctx.store.new_id(1_000_000_000_000_000)}"
    return ctx.store.new_id(17_850_000_000_000_000)


def scoped_person(name: str) -> str:
    """A stable person id made from a name."""
    number = int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:6], "big")
    return str(6_100_000_000_000_000 + number % 1_000_000_000_000)


def new_shortcode() -> str:
    return secrets.token_urlsafe(8).replace("-", "x").replace("_", "y")
