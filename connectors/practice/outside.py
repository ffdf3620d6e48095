"""Business Discovery: what an Instagram account with a key may read of other professional accounts, by their name.

Of one that is personal, closed, renamed or not there at all Meta says the same: code 110, subcode 2207013.
"""

from __future__ import annotations

from typing import Any

from connectors.practice import paging
from connectors.practice.context import Context
from connectors.practice.errors import GraphError
from connectors.practice.fields import Field
from connectors.practice.lists import by_time
from connectors.practice.nodes import DEFAULTS, EDGES, NODES, render
from connectors.practice.store import Row

#: What others may see of an account and of a post: no insights, no comments, no stories.
_ACCOUNT = ("id", "ig_id", "username", "name", "biography", "followers_count", "follows_count", "media_count")
_POST = (
    "id", "caption", "permalink", "timestamp", "username", "media_type", "media_product_type", "media_url",
    "like_count", "comments_count",
)  # fmt: skip


def _discovery(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    """business_discovery.username(NAME){...}"""
    ctx.need("instagram_manage_insights", 10)
    ctx.need("pages_read_engagement", 10)
    name = field.modifiers.get("username", "").strip()
    found = ctx.one("SELECT * FROM accounts WHERE kind = 'ig' AND lower(username) = ?", name.lower())
    if found is None or found["id"] in ctx.store.get("personal", []):
        raise GraphError(
            110,
            "Invalid user id",
            subcode=2207013,
            title="Cannot find User",
            user_msg=f"The user with username: {name} cannot be found.",
            transient=False,
        )
    return render(ctx, "discovered", found, field.subfields)


def _media(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    rows = ctx.all("SELECT * FROM posts WHERE account_id = ? AND published", row["id"])
    page, links = paging.cut(ctx, row["id"], field, rows, by_time, descending=True)
    data = [render(ctx, "discovered_media", one, field.subfields) for one in page if not one["deleted"]]
    # Nested in another account's answer the neighbours are named by their cursors alone.
    return {"data": data, "paging": {"cursors": links["cursors"]}} if links.get("next") else {"data": data}


NODES["discovered"] = {name: NODES["ig"][name] for name in _ACCOUNT}
NODES["discovered_media"] = {name: NODES["media"][name] for name in _POST}
EDGES["discovered"] = {"media": _media}
EDGES["ig"]["business_discovery"] = _discovery
DEFAULTS |= {"discovered": ("id",), "discovered_media": ("id",)}
