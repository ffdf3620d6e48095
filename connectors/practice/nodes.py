"""Objects and their fields: which names exist on which node, and how an answer is put together from ``fields=``.

A field is a function (context, row, asked field) → value, or MISSING to leave the key out. Edges (lists) are fields too
and stand in ``EDGES``; ``GET /{id}/{edge}`` and ``fields=edge{...}`` are one code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from connectors.practice import numbers
from connectors.practice.context import Context
from connectors.practice.errors import GraphError
from connectors.practice.fields import Field, parse
from connectors.practice.minting import make
from connectors.practice.store import Row, graph_time

MISSING = object()
#: A login lives an hour or two, an exchanged one 60 days (Meta, "Get Long-Lived Access Tokens").
_SHORT_S = 86_400.0
Resolver = Callable[[Context, Row, Field], Any]

NODES: dict[str, dict[str, Resolver]] = {}
EDGES: dict[str, dict[str, Resolver]] = {}
#: What is answered without ``fields=``.
DEFAULTS: dict[str, tuple[str, ...]] = {
    "user": ("name", "id"),
    "page": ("name", "id"),
    "ig": ("id",),
    "post": ("created_time", "message", "id"),
    "media": ("id",),
    "photo": ("created_time", "id"),
    "child": ("id",),
    "comment": ("created_time", "from", "message", "id"),
    "ig_comment": ("timestamp", "text", "id"),
    "container": ("id",),
}
_LABELS = {
    "ig": "IGUser",
    "media": "IGMedia",
    "child": "IGMedia",
    "ig_comment": "IGComment",
    "container": "IGContainer",
}


def render(ctx: Context, kind: str, row: Row | Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """One object with the asked fields; its id always comes. Raises code 100 on the first unknown field."""
    asked = fields or tuple(Field(name) for name in DEFAULTS[kind])
    answer: dict[str, Any] = {}
    for field in asked:
        resolver = NODES[kind].get(field.name) or EDGES.get(kind, {}).get(field.name)
        if resolver is None:
            label = _LABELS.get(kind, kind.capitalize())
            raise GraphError(100, f"(#100) Tried accessing nonexisting field ({field.name}) on node type ({label})")
        value = resolver(ctx, row, field)  # type: ignore[arg-type]  # /me and debug rows are plain mappings
        if value is not MISSING:
            answer[field.key] = value
    answer.setdefault("id", row["id"])
    return answer


def asked_fields(ctx: Context) -> tuple[Field, ...]:
    return parse(ctx.request.text("fields"))


def permalink(ctx: Context, post: Row) -> str:
    """The page for people that shows this post."""
    side = "facebook" if "_" in post["id"] else "instagram"
    return f"{ctx.request.base_url}/{side}/{post['account_id']}#{post['shortcode']}"


def cdn(ctx: Context, blob_key: str) -> str:
    return f"{ctx.request.base_url}/cdn/v/t39.30808-6/{blob_key}_n.jpg"


def comment_kind(comment_id: str) -> str:
    """Facebook comment ids are POST_COMMENT, Instagram's are one number."""
    return "comment" if "_" in comment_id else "ig_comment"


def _column(name: str) -> Resolver:
    return lambda ctx, row, field: row[name]


def _time(name: str) -> Resolver:
    return lambda ctx, row, field: graph_time(row[name])


def _of_value(value: Any) -> Resolver:
    return lambda ctx, row, field: value


# --- Pages and Instagram accounts -------------------------------------------------------------------------------
def _linked_instagram(ctx: Context, row: Row, field: Field) -> Any:
    if row["linked_id"] is None:
        return MISSING
    return render(ctx, "ig", ctx.account(row["linked_id"]), field.subfields or (Field("id"),))


def _page_token(ctx: Context, row: Row, field: Field) -> Any:
    if ctx.token is None or ctx.token["user_id"] != row["owner_id"]:
        return MISSING
    # What a short-lived login gives ends with it; what a long-lived one gives does not end.
    short = ctx.token["expires"] and ctx.token["expires"] - ctx.now < _SHORT_S
    ends = ctx.token["expires"] if short else 0
    found = ctx.one(
        "SELECT token FROM tokens WHERE kind = 'page' AND page_id = ? AND expires = ? AND dead_subcode IS NULL "
        "ORDER BY rowid", row["id"], ends,
    )  # fmt: skip
    return found["token"] if found else _mint(ctx, row["id"], ends)


def _mint(ctx: Context, page_id: str, ends: float) -> str:
    assert ctx.token is not None
    granted = tuple(json.loads(ctx.token["scopes"]))
    return make(ctx.store, "page", user_id=ctx.token["user_id"], page_id=page_id, scopes=granted, expires=ends)


def _tasks(ctx: Context, row: Row, field: Field) -> list[str]:
    limited: dict[str, list[str]] = ctx.store.get("tasks", {})
    return limited.get(row["id"], ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"])


def _media_count(ctx: Context, row: Row, field: Field) -> int:
    found = ctx.one("SELECT count(*) AS n FROM posts WHERE account_id = ? AND published AND NOT deleted", row["id"])
    return int(found["n"]) if found else 0


NODES["user"] = {"id": _column("id"), "name": _column("name")}
NODES["page"] = {
    "id": _column("id"),
    "name": _column("name"),
    "username": _column("username"),
    "category": _of_value("Community Organization"),
    "followers_count": _column("followers"),
    "fan_count": _column("followers"),
    "link": lambda ctx, row, field: f"{ctx.request.base_url}/facebook/{row['id']}",
    "access_token": _page_token,
    "tasks": _tasks,
    "is_published": _of_value(True),
    "verification_status": _of_value("not_verified"),
    "instagram_business_account": _linked_instagram,
    "connected_instagram_account": _linked_instagram,
}
NODES["ig"] = {
    "id": _column("id"),
    "ig_id": _column("id"),
    "name": _column("name"),
    "username": _column("username"),
    "biography": _of_value("Akun latihan"),
    "followers_count": _column("followers"),
    "follows_count": _of_value(0),
    "media_count": _media_count,
}


# --- posts ------------------------------------------------------------------------------------------------------
def photos_of(ctx: Context, post_id: str) -> list[Row]:
    return ctx.all("SELECT * FROM photos WHERE post_id = ? AND NOT deleted ORDER BY position", post_id)


def _attachments(ctx: Context, row: Row, field: Field) -> Any:
    photos = photos_of(ctx, row["id"])
    if not photos:
        return MISSING
    items = [_attachment(ctx, photo) for photo in photos]
    if len(items) == 1:
        whole = items[0]
    else:
        album = {"media_type": "album", "type": "album", "title": "Photos", "url": permalink(ctx, row)}
        whole = {**album, "media": items[0]["media"], "target": {"id": row["id"], "url": permalink(ctx, row)}}
        whole["subattachments"] = {"data": items}
    return {"data": [_pick(whole, field.subfields)]}


def _attachment(ctx: Context, photo: Row) -> dict[str, Any]:
    blob = ctx.one("SELECT width, height FROM blobs WHERE key = ?", photo["blob_key"])
    assert blob is not None
    image = {"height": blob["height"], "width": blob["width"], "src": cdn(ctx, photo["blob_key"])}
    url = f"{ctx.request.base_url}/facebook/{photo['account_id']}#foto-{photo['id']}"
    item = {"media_type": "photo", "type": "photo", "media": {"image": image}, "url": url, "unshimmed_url": url}
    return {**item, "target": {"id": photo["id"], "url": url}, "description": photo["alt"] or photo["message"]}


_ATTACHMENT_KEYS = {
    "media_type",
    "type",
    "media",
    "url",
    "unshimmed_url",
    "target",
    "description",
    "title",
    "subattachments",
}


def _pick(item: dict[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """The asked keys of an attachment; sub-attachments are picked from in the same way."""
    if not fields:
        return item
    answer: dict[str, Any] = {}
    for field in fields:
        if field.name not in _ATTACHMENT_KEYS:
            raise GraphError(
                100, f"(#100) Tried accessing nonexisting field ({field.name}) on node type (StoryAttachment)"
            )
        if field.name not in item:
            continue
        if field.name == "subattachments":
            answer[field.key] = {"data": [_pick(one, field.subfields) for one in item["subattachments"]["data"]]}
        else:
            answer[field.key] = item[field.name]
    return answer


def _shares(ctx: Context, row: Row, field: Field) -> Any:
    count = numbers.of_post(ctx, row)["shares"]
    return {"count": count} if count else MISSING


def _from_page(ctx: Context, row: Row, field: Field) -> Any:
    return {"name": ctx.account(row["account_id"])["name"], "id": row["account_id"]}


def _full_picture(ctx: Context, row: Row, field: Field) -> Any:
    photos = photos_of(ctx, row["id"])
    return cdn(ctx, photos[0]["blob_key"]) if photos else MISSING


NODES["post"] = {
    "id": _column("id"),
    "message": lambda ctx, row, field: row["message"] or MISSING,
    "link": lambda ctx, row, field: row["link"] or MISSING,
    "created_time": _time("created"),
    "updated_time": _time("created"),
    "permalink_url": lambda ctx, row, field: permalink(ctx, row),
    "is_published": lambda ctx, row, field: bool(row["published"]),
    "is_hidden": _of_value(False),
    "scheduled_publish_time": lambda ctx, row, field: int(row["scheduled"]) if row["scheduled"] else MISSING,
    "status_type": lambda ctx, row, field: "added_photos" if photos_of(ctx, row["id"]) else "mobile_status_update",
    "full_picture": _full_picture,
    "from": _from_page,
    "shares": _shares,
    "attachments": _attachments,
}


# --- photos -----------------------------------------------------------------------------------------------------
def _images(ctx: Context, row: Row, field: Field) -> list[dict[str, Any]]:
    blob = ctx.one("SELECT width, height FROM blobs WHERE key = ?", row["blob_key"])
    assert blob is not None
    return [{"height": blob["height"], "width": blob["width"], "source": cdn(ctx, row["blob_key"])}]


NODES["photo"] = {
    "id": _column("id"),
    "created_time": _time("created"),
    "updated_time": _time("created"),
    "name": lambda ctx, row, field: row["message"] or MISSING,
    "alt_text": lambda ctx, row, field: row["alt"] or "Mungkin gambar 1 orang atau lebih",
    "alt_text_custom": lambda ctx, row, field: row["alt"] or MISSING,
    "images": _images,
    "width": lambda ctx, row, field: _images(ctx, row, field)[0]["width"],
    "height": lambda ctx, row, field: _images(ctx, row, field)[0]["height"],
    "source": lambda ctx, row, field: cdn(ctx, row["blob_key"]),
    "picture": lambda ctx, row, field: cdn(ctx, row["blob_key"]),
    "from": _from_page,
    "page_story_id": lambda ctx, row, field: row["post_id"] or MISSING,
    "link": lambda ctx, row, field: f"{ctx.request.base_url}/facebook/{row['account_id']}#foto-{row['id']}",
}


# --- Instagram media --------------------------------------------------------------------------------------------
def _media_type(ctx: Context, row: Row, field: Field) -> str:
    return "CAROUSEL_ALBUM" if len(photos_of(ctx, row["id"])) > 1 else "IMAGE"


def _media_url(ctx: Context, row: Row, field: Field) -> Any:
    photos = photos_of(ctx, row["id"])
    return cdn(ctx, photos[0]["blob_key"]) if photos else MISSING


def _comments_count(ctx: Context, row: Row, field: Field) -> int:
    return numbers.of_post(ctx, row)["comments"]


NODES["media"] = {
    "id": _column("id"),
    "caption": lambda ctx, row, field: row["message"] or MISSING,
    "media_type": _media_type,
    "media_product_type": _of_value("FEED"),
    "media_url": _media_url,
    "permalink": lambda ctx, row, field: permalink(ctx, row),
    "shortcode": _column("shortcode"),
    "timestamp": _time("created"),
    "username": lambda ctx, row, field: ctx.account(row["account_id"])["username"],
    "owner": lambda ctx, row, field: {"id": row["account_id"]},
    "like_count": lambda ctx, row, field: numbers.of_post(ctx, row)["reactions"],
    "comments_count": _comments_count,
    "is_comment_enabled": lambda ctx, row, field: bool(row["comment_enabled"]),
    "alt_text": lambda ctx, row, field: next((p["alt"] for p in photos_of(ctx, row["id"]) if p["alt"]), MISSING),
}
NODES["child"] = {
    "id": _column("id"),
    "media_type": _of_value("IMAGE"),
    "media_url": lambda ctx, row, field: cdn(ctx, row["blob_key"]),
    "timestamp": _time("created"),
    "alt_text": lambda ctx, row, field: row["alt"] or MISSING,
    "permalink": lambda ctx, row, field: permalink(ctx, ctx.post(row["post_id"])),
}


# --- containers -------------------------------------------------------------------------------------------------
_CONTAINER_LIFE_S = 24 * 3600
_STATUS_TEXTS = {
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "EXPIRED": "Expired: The container was not published within 24 hours and has expired.",
    "PUBLISHED": "Published: Media has been published.",
}


def container_status(ctx: Context, row: Row) -> tuple[str, str]:
    """(status_code, status text) now."""
    if row["media_id"]:
        code = "PUBLISHED"
    elif row["failed"]:
        return "ERROR", f"Error: {json.loads(row['failed'])}"
    elif ctx.now - row["created"] >= _CONTAINER_LIFE_S:
        code = "EXPIRED"
    else:
        code = "FINISHED" if ctx.now >= row["ready_at"] else "IN_PROGRESS"
    return code, _STATUS_TEXTS[code]


NODES["container"] = {
    "id": _column("id"),
    "status_code": lambda ctx, row, field: container_status(ctx, row)[0],
    "status": lambda ctx, row, field: container_status(ctx, row)[1],
}
