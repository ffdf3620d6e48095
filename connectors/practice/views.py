"""A post as a person sees it, for the control API and the pages: photos, comments as a tree."""

from __future__ import annotations

from typing import Any

from connectors.practice.context import Context
from connectors.practice.store import Row


def photo_path(blob_key: str) -> str:
    return f"/cdn/v/t39.30808-6/{blob_key}_n.jpg"


def photo_view(ctx: Context, photo: Row) -> dict[str, Any]:
    """id, alt, address of the bytes exactly as they came, MIME type, size in pixels."""
    blob = ctx.one("SELECT type, width, height FROM blobs WHERE key = ?", photo["blob_key"])
    assert blob is not None
    return {
        "id": photo["id"],
        "alt": photo["alt"],
        "path": photo_path(photo["blob_key"]),
        "type": blob["type"],
        "width": blob["width"],
        "height": blob["height"],
    }


def comments_of(ctx: Context, post_id: str) -> list[dict[str, Any]]:
    """Top-level comments, oldest first, each with its replies; hidden ones are there and marked, deleted ones not."""
    rows = ctx.all("SELECT * FROM comments WHERE post_id = ? AND NOT deleted ORDER BY created, seq", post_id)
    views = {
        row["id"]: {
            "id": row["id"],
            "author": row["author_name"],
            "text": row["message"],
            "own": bool(row["own"]),
            "hidden": bool(row["hidden"]),
            "likes": row["likes"],
            "created": row["created"],
            "replies": [],
        }
        for row in rows
    }
    top: list[dict[str, Any]] = []
    for row in rows:
        parent = views.get(row["parent_id"]) if row["parent_id"] else None
        if parent is not None:
            parent["replies"].append(views[row["id"]])
        elif row["parent_id"] is None:
            top.append(views[row["id"]])
    return top
