"""The edges: feeds, comments, replies, reactions, media lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors.practice import insights, numbers, paging, webhooks
from connectors.practice.context import Context
from connectors.practice.errors import invalid
from connectors.practice.fields import Field
from connectors.practice.nodes import EDGES, MISSING, NODES, comment_kind, photos_of, render
from connectors.practice.store import Row, graph_time


def _since_until(ctx: Context, rows: list[Row], field: Field) -> list[Row]:
    since, until = (moment(field.modifiers.get(name), name) for name in ("since", "until"))
    return [
        row for row in rows if (since is None or row["created"] >= since) and (until is None or row["created"] <= until)
    ]


def moment(text: str | None, name: str) -> float | None:
    """Unix seconds or ISO 8601 as unix seconds. Raises code 100."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 12:
        return float(text)
    try:
        value = datetime.fromisoformat(text)
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise invalid(f"Param {name} must be a unix time or ISO 8601") from error


def _wants_summary(field: Field) -> bool:
    return field.modifiers.get("summary", "").lower() not in ("", "0", "false")


def _listing(
    ctx: Context, owner: Row, field: Field, rows: list[Row], kind: str, *, descending: bool, most: int = 100
) -> dict[str, Any]:
    page, links = paging.cut(ctx, owner["id"], field, rows, by_time, descending=descending, most=most)
    answer: dict[str, Any] = {"data": [render(ctx, kind, row, field.subfields) for row in page if not row["deleted"]]}
    if links:
        answer["paging"] = links
    return answer


def by_time(row: Row) -> list[Any]:
    return [float(row["created"]), row["id"]]


# --- feeds ------------------------------------------------------------------------------------------------------
def _posts(where: str) -> Any:
    def edge(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
        if row["kind"] == "page":
            ctx.need_page(row["id"])
            ctx.need("pages_read_engagement", 10)
        rows = ctx.all(f"SELECT * FROM posts WHERE account_id = ? AND {where}", row["id"])  # noqa: S608  fixed texts below
        kind = "post" if row["kind"] == "page" else "media"
        return _listing(ctx, row, field, _since_until(ctx, rows, field), kind, descending=True)

    return edge


def _promotable(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    asked = field.modifiers.get("is_published", "").lower()
    where = {"false": "NOT published", "0": "NOT published", "true": "published", "1": "published"}.get(asked, "1")
    answer: dict[str, Any] = _posts(where)(ctx, row, field)
    return answer


EDGES["page"] = {
    "feed": _posts("published"),
    "posts": _posts("published"),
    "published_posts": _posts("published"),
    "promotable_posts": _promotable,
    "scheduled_posts": _posts("NOT published AND scheduled IS NOT NULL"),
    "insights": insights.of_page,
    "subscribed_apps": webhooks.subscribed,
}
EDGES["ig"] = {"media": _posts("published"), "insights": insights.of_instagram}


def _publishing_limit(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    used = published_today(ctx, row["id"])
    whole = {"quota_usage": used, "config": {"quota_total": quota(ctx), "quota_duration": 86400}}
    asked = [sub.name for sub in field.subfields] or ["quota_usage"]
    for name in asked:
        if name not in whole:
            raise invalid(f"Tried accessing nonexisting field ({name}) on node type (ContentPublishingLimit)")
    return {"data": [{name: whole[name] for name in asked}]}


def quota(ctx: Context) -> int:
    """How many posts a rolling 24 h may hold; 100 as the publishing guide says, settable."""
    return int(ctx.store.get("ig_quota", 100))


def published_today(ctx: Context, ig_id: str) -> int:
    found = ctx.one("SELECT count(*) AS n FROM posts WHERE account_id = ? AND published_at > ?", ig_id, ctx.now - 86400)
    return int(found["n"]) if found else 0


EDGES["ig"]["content_publishing_limit"] = _publishing_limit


# --- Facebook comments and reactions ----------------------------------------------------------------------------
def _comments(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    """Comments of a post, or the replies to a comment."""
    ctx.need("pages_read_user_content", 10)
    mode = field.modifiers.get("filter", "toplevel")
    if mode not in ("toplevel", "stream"):
        raise invalid("Param filter must be one of {TOPLEVEL, STREAM}")
    replies = "post_id" in row.keys()  # noqa: SIM118  a sqlite3.Row iterates over values
    if replies:
        rows = ctx.all("SELECT * FROM comments WHERE parent_id = ?", row["id"])
    elif mode == "stream":
        rows = ctx.all("SELECT * FROM comments WHERE post_id = ?", row["id"])
    else:
        rows = ctx.all("SELECT * FROM comments WHERE post_id = ? AND parent_id IS NULL", row["id"])
    rows = _since_until(ctx, rows, field)
    order = field.modifiers.get("order", "chronological" if replies or mode == "stream" else "ranked")
    if order not in ("chronological", "reverse_chronological", "ranked"):
        raise invalid("Param order must be one of {CHRONOLOGICAL, REVERSE_CHRONOLOGICAL}")
    # "ranked" is whatever Meta likes; here newest first, so that nobody comes to rely on the order not asked for.
    page, links = paging.cut(ctx, row["id"], field, rows, _by_seq, descending=order != "chronological")
    answer: dict[str, Any] = {
        "data": [render(ctx, "comment", one, field.subfields) for one in page if not one["deleted"]]
    }
    if links:
        answer["paging"] = links
    if _wants_summary(field):
        total = sum(not one["deleted"] for one in rows)
        answer["summary"] = {"order": order, "total_count": total, "can_comment": True}
    return answer


def _by_seq(row: Row) -> list[Any]:
    return [float(row["created"]), row["seq"]]


def _reactions(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    ctx.need("pages_read_user_content", 10)
    counts = numbers.reactions_by_type(ctx, row["id"])
    kind = field.modifiers.get("type", "").upper()
    if kind and kind != "NONE" and kind not in numbers.REACTION_NAMES:
        raise invalid("Param type must be one of {NONE, LIKE, LOVE, WOW, HAHA, SAD, ANGRY, CARE}")
    rows = ctx.all(
        "SELECT *, person AS id, 0 AS deleted FROM reactions WHERE post_id = ? AND (? IN ('', 'NONE') OR type = ?)",
        row["id"], kind, kind,
    )  # fmt: skip
    page, links = paging.cut(ctx, row["id"], field, rows, by_time, descending=True)
    answer: dict[str, Any] = {"data": [{"id": one["id"], "type": one["type"]} for one in page]}
    if links:
        answer["paging"] = links
    if _wants_summary(field):
        total = counts.get(kind, 0) if kind and kind != "NONE" else numbers.of_post(ctx, row)["reactions"]
        answer["summary"] = {"total_count": total, "viewer_reaction": "NONE"}
    return answer


EDGES["post"] = {
    "comments": _comments,
    "reactions": _reactions,
    "likes": lambda ctx, row, field: _reactions(
        ctx, row, Field("likes", {**field.modifiers, "type": "LIKE"}, field.subfields)
    ),
    "insights": insights.of_post,
}
EDGES["comment"] = {"comments": _comments}


# --- comment nodes ----------------------------------------------------------------------------------------------
def _from(ctx: Context, row: Row, field: Field) -> Any:
    """Missing for some people even with the Page's own token: never require it."""
    if row["anonymous"]:
        return MISSING
    whole = {"id": row["author_id"], "name": row["author_name"]}
    if comment_kind(row["id"]) == "ig_comment":
        whole = {"id": row["author_id"], "username": row["author_name"]}
    for sub in field.subfields:
        if sub.name not in whole:
            raise invalid(f"Tried accessing nonexisting field ({sub.name}) on node type (User)")
    return {sub.name: whole[sub.name] for sub in field.subfields} if field.subfields else whole


def _parent(ctx: Context, row: Row, field: Field) -> Any:
    if row["parent_id"] is None:
        return MISSING
    found = ctx.one("SELECT * FROM comments WHERE id = ?", row["parent_id"])
    if found is None or found["deleted"]:
        return MISSING
    return render(ctx, "comment", found, field.subfields)


def _count_replies(ctx: Context, row: Row) -> int:
    found = ctx.one("SELECT count(*) AS n FROM comments WHERE parent_id = ? AND NOT deleted", row["id"])
    return int(found["n"]) if found else 0


def _comment_permalink(ctx: Context, row: Row, field: Field) -> str:
    side = "facebook" if comment_kind(row["id"]) == "comment" else "instagram"
    return f"{ctx.request.base_url}/{side}/{ctx.post(row['post_id'])['account_id']}#komentar-{row['id']}"


NODES["comment"] = {
    "id": lambda ctx, row, field: row["id"],
    "message": lambda ctx, row, field: row["message"],
    "created_time": lambda ctx, row, field: graph_time(row["created"]),
    "from": _from,
    "parent": _parent,
    "is_hidden": lambda ctx, row, field: bool(row["hidden"]),
    "can_hide": lambda ctx, row, field: not row["own"],
    "can_remove": lambda ctx, row, field: True,
    "can_comment": lambda ctx, row, field: True,
    "like_count": lambda ctx, row, field: row["likes"],
    "user_likes": lambda ctx, row, field: False,
    "comment_count": lambda ctx, row, field: _count_replies(ctx, row),
    "permalink_url": _comment_permalink,
    "attachment": lambda ctx, row, field: MISSING,
    "message_tags": lambda ctx, row, field: MISSING,
    "is_private": lambda ctx, row, field: False,
}


# --- Instagram comments -----------------------------------------------------------------------------------------
def _ig_comments(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    """Top level only, newest first, at most 50 a page, no time filter."""
    ctx.need("instagram_manage_comments", 10)
    rows = ctx.all("SELECT * FROM comments WHERE post_id = ? AND parent_id IS NULL", row["id"])
    page, links = paging.cut(ctx, row["id"], field, rows, _by_seq, descending=True, most=50)
    return _ig_answer(ctx, field, page, links)


def _ig_replies(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    ctx.need("instagram_manage_comments", 10)
    rows = ctx.all("SELECT * FROM comments WHERE parent_id = ?", row["id"])
    page, links = paging.cut(ctx, row["id"], field, rows, _by_seq, descending=False, most=50)
    return _ig_answer(ctx, field, page, links)


def _ig_answer(ctx: Context, field: Field, page: list[Row], links: dict[str, Any]) -> dict[str, Any]:
    data = [render(ctx, "ig_comment", one, field.subfields) for one in page if not one["deleted"]]
    return {"data": data, "paging": links} if links else {"data": data}


NODES["ig_comment"] = {
    "id": lambda ctx, row, field: row["id"],
    "text": lambda ctx, row, field: row["message"],
    "timestamp": lambda ctx, row, field: graph_time(row["created"]),
    "username": lambda ctx, row, field: row["author_name"],
    "from": _from,
    "hidden": lambda ctx, row, field: bool(row["hidden"]),
    "like_count": lambda ctx, row, field: row["likes"],
    "parent_id": lambda ctx, row, field: row["parent_id"] or MISSING,
    "media": lambda ctx, row, field: {"id": row["post_id"], "media_product_type": "FEED"},
    "user": lambda ctx, row, field: MISSING,
}
EDGES["ig_comment"] = {"replies": _ig_replies}


def _children(ctx: Context, row: Row, field: Field) -> Any:
    photos = photos_of(ctx, row["id"])
    if len(photos) < 2:
        return MISSING
    return {"data": [render(ctx, "child", photo, field.subfields) for photo in photos]}


EDGES["media"] = {"comments": _ig_comments, "children": _children, "insights": insights.of_media}
