"""Engagement figures of a post, grown from what residents did; the same state always gives the same figures.

With R reactions, C public comments, F followers of the account, and everything rounded down:
reach = min(F + 20·R, 12·R + 5·C); views = reach + reach/3 + 2·R; clicks = reach/9; shares = R/4; saves = R/6.
Each may be overridden per post by the control API (``numbers``), which then stands as given.
"""

from __future__ import annotations

import json

from connectors.practice.context import Context
from connectors.practice.store import Row

#: Reaction types in Graph's spelling and their names in ``post_reactions_by_type_total``.
REACTION_NAMES = {
    "LIKE": "like",
    "LOVE": "love",
    "WOW": "wow",
    "HAHA": "haha",
    "SAD": "sorry",
    "ANGRY": "anger",
    "CARE": "like",  # Meta counts CARE among the likes in insights
}


def reactions_by_type(ctx: Context, post_id: str) -> dict[str, int]:
    """Counts by Graph type; types without a reaction are absent."""
    rows = ctx.all("SELECT type, count(*) AS n FROM reactions WHERE post_id = ? GROUP BY type", post_id)
    return {row["type"]: row["n"] for row in rows}


def of_post(ctx: Context, post: Row) -> dict[str, int]:
    """reactions, comments, shares, saves, reach, views, clicks of one post now."""
    reactions = sum(reactions_by_type(ctx, post["id"]).values())
    found = ctx.one("SELECT count(*) AS n FROM comments WHERE post_id = ? AND NOT deleted", post["id"])
    comments = int(found["n"]) if found else 0
    followers = int(ctx.account(post["account_id"])["followers"])
    reach = min(followers + 20 * reactions, 12 * reactions + 5 * comments)
    grown = {
        "reactions": reactions,
        "comments": comments,
        "shares": reactions // 4,
        "saves": reactions // 6,
        "reach": reach,
        "views": reach + reach // 3 + 2 * reactions,
        "clicks": reach // 9,
    }
    return {**grown, **json.loads(post["numbers"])}
