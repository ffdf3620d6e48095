"""Cursor pages as Graph gives them.

A page is cut first and objects that are gone are dropped after, so a page may be short or empty while ``next`` is
present: only a missing ``next`` is the end. A cursor names a place in the order, not a row, and so survives deletions.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from connectors.practice.context import Context
from connectors.practice.errors import invalid
from connectors.practice.fields import Field
from connectors.practice.store import Row

Key = Callable[[Row], list[Any]]
_DEFAULT_LIMIT = 25
#: At the end of a cursor: the empty page that stands before this one was given.
_BLANK = "~"


def limit_of(field: Field, most: int) -> int:
    """The asked limit, at most ``most``. Raises code 100 on what is not a number."""
    text = field.modifiers.get("limit", "")
    if not text:
        return min(_DEFAULT_LIMIT, most)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid("Param limit must be a non-negative integer")
    return min(int(text), most)


def encode(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode(cursor: str, like: list[Any]) -> list[Any]:
    """The key in a cursor. Raises code 100 when it is not one of ours for this order."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise invalid("Invalid cursors values in the paging parameter") from error
    if not isinstance(key, list) or [type(part) for part in key] != [type(part) for part in like]:
        raise invalid("Invalid cursors values in the paging parameter")
    return key


def cut(
    ctx: Context, owner_id: str, field: Field, rows: Sequence[Row], key: Key, *, descending: bool, most: int = 100
) -> tuple[list[Row], dict[str, Any]]:
    """(rows of this page, the ``paging`` object or {}). ``rows`` come in any order, gone ones included.

    The switch "lists" makes it odd as Meta's lists may be: "cap" (rows a page at most), "blank" (an empty page before
    each but the first), "repeat_last" (the last page names itself as its next).
    """
    ordered = sorted(rows, key=key, reverse=descending)
    odd = ctx.store.get("lists", {})
    limit = min(limit_of(field, most), int(odd.get("cap") or most))
    if limit == 0:
        return [], {}
    start = 0
    after, before = field.modifiers.get("after"), field.modifiers.get("before")
    if after and odd.get("blank") and not after.endswith(_BLANK):
        # An empty page with a next one: only a missing ``next`` is the end.
        return [], {"cursors": {"after": after + _BLANK}, "next": _url(ctx, owner_id, field, "after", after + _BLANK)}
    like = key(ordered[0]) if ordered else [0.0, 0]
    if after:
        place = decode(after.removesuffix(_BLANK), like)
        start = next((i for i, row in enumerate(ordered) if _past(key(row), place, descending)), len(ordered))
    elif before:
        place = decode(before, like)
        end = next((i for i, row in enumerate(ordered) if not _past(place, key(row), descending)), len(ordered))
        start, limit = max(0, end - limit), min(limit, end)
    page = ordered[start : start + limit]
    if not page and odd.get("repeat_last"):
        page, start = ordered[-limit:], max(0, len(ordered) - limit)
    if not page:
        return [], {}
    cursors = {"before": encode(key(page[0])), "after": encode(key(page[-1]))}
    paging: dict[str, Any] = {"cursors": cursors}
    if start > 0:
        paging["previous"] = _url(ctx, owner_id, field, "before", cursors["before"])
    if start + limit < len(ordered) or odd.get("repeat_last"):
        paging["next"] = _url(ctx, owner_id, field, "after", cursors["after"])
    return page, paging


def _past(key: list[Any], place: list[Any], descending: bool) -> bool:
    return key < place if descending else key > place


def _url(ctx: Context, owner_id: str, field: Field, side: str, cursor: str) -> str:
    """The neighbouring page's address. It carries the token only if the call's own address did."""
    params = {name: value for name, value in field.modifiers.items() if name not in ("after", "before", "as")}
    if field.raw_subfields:
        params["fields"] = field.raw_subfields
    params[side] = cursor
    if ctx.request.token_where in ("url", "body") and ctx.request.token:
        params = {"access_token": ctx.request.token, **params}
    return f"{ctx.request.base_url}/{ctx.request.version}/{owner_id}/{field.name}?{urlencode(params)}"
