"""Publishing on Instagram: containers and ``media_publish``, strict about what Meta is strict about."""

from __future__ import annotations

import json
import re
from typing import Any

from connectors.practice import images
from connectors.practice.context import Context
from connectors.practice.errors import GraphError, invalid, media_error
from connectors.practice.lists import published_today, quota
from connectors.practice.nodes import container_status
from connectors.practice.page_side import ALT_LENGTH, new_shortcode
from connectors.practice.store import Row

CAPTION_LENGTH = 2200
HASHTAGS = 30
MENTIONS = 20
_CONTAINERS_A_DAY = 400
_CAROUSEL = (2, 10)


def check_caption(caption: str) -> None:
    """Raise 36004/2207010. Characters are counted the stricter way, in UTF-16 units."""
    length = len(caption.encode("utf-16-le")) // 2
    hashtags = len(re.findall(r"(?<!\w)#\w+", caption))
    mentions = len(re.findall(r"(?<!\w)@[\w.]+", caption))
    if length > CAPTION_LENGTH or hashtags > HASHTAGS or mentions > MENTIONS:
        raise media_error(
            36004,
            2207010,
            "Caption too long",
            f"The caption can have at most {CAPTION_LENGTH} characters, {HASHTAGS} hashtags and {MENTIONS} @ tags.",
            "The caption is too long.",
        )


def wanted_url(ctx: Context) -> str | None:
    """The address that POST /{ig}/media will have to fetch before it can go on."""
    if ctx.request.text("media_type").upper() == "CAROUSEL":
        return None
    return ctx.request.params.get("image_url")


def add_container(ctx: Context, account: Row, fetched: bytes | None) -> dict[str, Any]:
    """POST /{ig}/media: a single photo, a carousel item, or a carousel of items. Gives the container's id."""
    request = ctx.request
    media_type = request.text("media_type", default="IMAGE").upper()
    if media_type not in ("IMAGE", "CAROUSEL"):
        raise invalid("Only photos and carousels are known here", subcode=2207023)
    made = ctx.one("SELECT count(*) AS n FROM containers WHERE account_id = ? AND created > ?",
                   account["id"], ctx.now - 86400)  # fmt: skip
    if made is not None and made["n"] >= _CONTAINERS_A_DAY:
        raise _too_many()
    caption = request.text("caption")
    check_caption(caption)
    if media_type == "CAROUSEL":
        children = _children(ctx, account)
        return _insert(ctx, account, "carousel", caption=caption, children=children)
    item = request.flag("is_carousel_item")
    alt = request.text("alt_text")
    if len(alt) > ALT_LENGTH:
        raise invalid(f"Param alt_text must be no more than {ALT_LENGTH} characters long")
    if fetched is None:
        raise invalid("The parameter image_url is required")
    kind, size = images.check_instagram(fetched)
    blob_key = ctx.store.keep_blob(fetched, kind, size)
    return _insert(ctx, account, "item" if item else "single", blob_key=blob_key, alt=alt, caption=caption)


def _insert(ctx: Context, account: Row, kind: str, *, blob_key: str | None = None, alt: str = "", caption: str = "",
            children: list[str] | None = None) -> dict[str, Any]:  # fmt: skip
    container_id = ctx.store.new_id(17_880_000_000_000_000)
    ready_at = ctx.now + float(ctx.store.get("container_s", 0.3))
    ctx.db.execute(
        "INSERT INTO containers (id, account_id, kind, blob_key, alt, caption, children, created, ready_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (container_id, account["id"], kind, blob_key, alt, caption, json.dumps(children or []), ctx.now, ready_at),
    )
    return {"id": container_id}


def _children(ctx: Context, account: Row) -> list[str]:
    text = ctx.request.text("children").strip()
    try:
        listed = json.loads(text) if text.startswith("[") else text.split(",")
        ids = [str(one).strip() for one in listed if str(one).strip()]
    except ValueError as error:
        raise invalid("Param children must be a list of container ids") from error
    if not _CAROUSEL[0] <= len(ids) <= _CAROUSEL[1]:
        raise media_error(
            100,
            2207028,
            "Your post won't work as a carousel",
            "Carousels need at least 2 photos/videos and no more than 10 photos/videos.",
        )
    for one in ids:
        row = _container(ctx, account, one)
        if row["kind"] != "item":
            raise invalid(f"Container {one} was not made with is_carousel_item=true")
        _need_finished(ctx, row)
    return ids


def _container(ctx: Context, account: Row, container_id: str) -> Row:
    row = ctx.one("SELECT * FROM containers WHERE id = ? AND account_id = ?", container_id, account["id"])
    if row is None:
        raise media_error(24, 2207006, "Media not found", "The media with this id cannot be found.")
    return row


def _need_finished(ctx: Context, row: Row) -> None:
    code, text = container_status(ctx, row)
    if code == "FINISHED":
        return
    if code == "PUBLISHED":
        raise media_error(24, 2207008, "Media container does not exist", "This media container was already used.")
    if code == "EXPIRED":
        raise media_error(24, 2207008, "Media container has expired", "Make a new media container.")
    if code == "ERROR":
        raise media_error(-2, 2207003, "Media could not be processed", text)
    raise media_error(
        9007,
        2207027,
        "Media not ready",
        "The media is not ready for publishing, please wait for a moment.",
        "Media ID is not available",
    )


def publish(ctx: Context, account: Row) -> dict[str, Any]:
    """POST /{ig}/media_publish: the container becomes a post. A used container is refused."""
    creation_id = ctx.request.text("creation_id")
    if not creation_id:
        raise invalid("The parameter creation_id is required")
    row = _container(ctx, account, creation_id)
    if row["kind"] == "item":
        raise invalid("A carousel item cannot be published by itself")
    _need_finished(ctx, row)
    if published_today(ctx, account["id"]) >= quota(ctx):
        raise _too_many()
    media_id = make_media(ctx, account, row["caption"])
    sources = (
        [row] if row["kind"] == "single" else [_container(ctx, account, one) for one in json.loads(row["children"])]
    )
    for position, source in enumerate(sources):
        ctx.db.execute(
            "INSERT INTO photos (id, account_id, post_id, position, blob_key, alt, published, temporary, created) "
            "VALUES (?, ?, ?, ?, ?, ?, 1, 0, ?)",
            (ctx.store.new_id(17_910_000_000_000_000), account["id"], media_id, position, source["blob_key"],
             source["alt"], ctx.now),
        )  # fmt: skip
    for used in {row["id"], *(source["id"] for source in sources)}:
        ctx.db.execute("UPDATE containers SET media_id = ? WHERE id = ?", (media_id, used))
    return {"id": media_id}


def make_media(ctx: Context, account: Row, caption: str) -> str:
    """Insert a public post of an Instagram account and give its id."""
    media_id = ctx.store.new_id(17_900_000_000_000_000)
    ctx.db.execute(
        "INSERT INTO posts (id, account_id, message, published, created, published_at, shortcode) "
        "VALUES (?, ?, ?, 1, ?, ?, ?)",
        (media_id, account["id"], caption, ctx.now, ctx.now, new_shortcode()),
    )
    return media_id


def _too_many() -> GraphError:
    return media_error(
        9,
        2207042,
        "Content publishing limit reached",
        "You reached the maximum number of posts that is allowed to be published by Content Publishing API.",
        "Application request limit reached",
    )


def change_media(ctx: Context, media: Row) -> dict[str, Any]:
    """POST /{media} comment_enabled=true|false."""
    if "comment_enabled" not in ctx.request.params:
        raise invalid("The parameter comment_enabled is required")
    enabled = ctx.request.flag("comment_enabled")
    ctx.db.execute("UPDATE posts SET comment_enabled = ? WHERE id = ?", (enabled, media["id"]))
    return {"success": True}
