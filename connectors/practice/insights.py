"""Insights: which metrics live, which are dead, and their shapes. One dead metric fails the whole call, as on Meta.

Living and dead names: Meta's insights reference, its deprecated-metrics page of 2026-03-02, and probes of v25.0.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from connectors.practice import numbers
from connectors.practice.context import Context
from connectors.practice.errors import GraphError, invalid
from connectors.practice.fields import Field
from connectors.practice.store import Row, graph_time

Figures = dict[str, int]
_FEWEST_FOLLOWERS = 100


def _by_type(ctx: Context, post_id: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, count in numbers.reactions_by_type(ctx, post_id).items():
        name = numbers.REACTION_NAMES[kind]
        found[name] = found.get(name, 0) + count
    return found


def _reaction_total(name: str) -> Callable[[Context, Row, Figures], Any]:
    return lambda ctx, row, figures: _by_type(ctx, row["id"]).get(name, 0)


def _activity(ctx: Context, row: Row, figures: Figures) -> dict[str, int]:
    found = {"like": figures["reactions"], "comment": figures["comments"], "share": figures["shares"]}
    return {name: count for name, count in found.items() if count}


_POST: dict[str, Callable[[Context, Row, Figures], Any]] = {
    "post_media_view": lambda ctx, row, figures: figures["views"],
    "post_total_media_view_unique": lambda ctx, row, figures: figures["reach"],
    "post_clicks": lambda ctx, row, figures: figures["clicks"],
    "post_clicks_by_type": lambda ctx, row, figures: {"photo view": figures["clicks"]} if figures["clicks"] else {},
    "post_reactions_by_type_total": lambda ctx, row, figures: _by_type(ctx, row["id"]),
    **{
        f"post_reactions_{name}_total": _reaction_total(name)
        for name in ("like", "love", "wow", "haha", "sorry", "anger")
    },
    "post_activity_by_action_type": _activity,
    "post_activity_by_action_type_unique": _activity,
    "post_video_views": lambda ctx, row, figures: 0,
}
_PAGE = {
    "page_media_view": "views",
    "page_total_media_view_unique": "reach",
    "page_follows": "followers",
    "page_daily_follows": None,
    "page_daily_follows_unique": None,
    "page_daily_unfollows_unique": None,
    "page_post_engagements": "reactions",
    "page_views_total": "clicks",
    "page_total_actions": None,
    "page_fan_adds_by_paid_non_paid_unique": None,
    "page_lifetime_engaged_followers_unique": "reactions",
}
_MEDIA = {
    "views": "views",
    "reach": "reach",
    "likes": "reactions",
    "comments": "comments",
    "saved": "saves",
    "shares": "shares",
    "total_interactions": None,
    "follows": None,
    "profile_visits": None,
    "profile_activity": None,
    "reposts": None,
}
_IG_TOTAL = {
    "views": "views",
    "accounts_engaged": "reactions",
    "total_interactions": None,
    "likes": "reactions",
    "comments": "comments",
    "shares": "shares",
    "saves": "saves",
    "replies": None,
    "reposts": None,
    "follows_and_unfollows": None,
    "reach": "reach",
}
_IG_SERIES = {"reach": "reach", "follower_count": "followers"}


def _asked(field: Field) -> list[str]:
    text = field.modifiers.get("metric", "").strip()
    if not text:
        raise GraphError(3001, "(#3001) No metric was specified to be fetched.", subcode=1504028)
    try:
        names = json.loads(text) if text.startswith("[") else text.split(",")
    except ValueError as error:
        raise invalid("Param metric is not readable") from error
    return [str(name).strip() for name in names if str(name).strip()]


def _refuse_dead(names: list[str], living: Any) -> None:
    if any(name not in living for name in names):
        raise invalid("The value must be a valid insights metric")


def _shape(owner: str, name: str, period: str, value: Any, end: float | None = None) -> dict[str, Any]:
    values: dict[str, Any] = {"value": value}
    if end is not None:
        values["end_time"] = graph_time(end)
    title = name.replace("_", " ").capitalize()
    return {
        "name": name,
        "period": period,
        "values": [values],
        "title": title,
        "description": title,
        "id": f"{owner}/insights/{name}/{period}",
    }


def of_post(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    """Lifetime metrics of a Page post; an unpublished post has none."""
    ctx.need("read_insights", 10)
    names = _asked(field)
    _refuse_dead(names, _POST)
    if not row["published"]:
        return {"data": []}
    figures = numbers.of_post(ctx, row)
    return {"data": [_shape(row["id"], name, "lifetime", _POST[name](ctx, row, figures)) for name in names]}


def _sums(ctx: Context, account: Row) -> Figures:
    sums = dict.fromkeys(("reactions", "comments", "shares", "saves", "reach", "views", "clicks"), 0)
    for post in ctx.all("SELECT * FROM posts WHERE account_id = ? AND published AND NOT deleted", account["id"]):
        figures = numbers.of_post(ctx, post)
        sums = {name: count + figures[name] for name, count in sums.items()}
    return {**sums, "followers": int(account["followers"])}


def of_page(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    """Page metrics; a Page under 100 likes has no insights: an empty list, not zeros."""
    ctx.need_page(row["id"])
    ctx.need("read_insights", 10)
    names = _asked(field)
    _refuse_dead(names, _PAGE)
    period = field.modifiers.get("period", "day")
    if period not in ("day", "week", "days_28", "total_over_range", "lifetime"):
        raise invalid("Param period must be one of {DAY, WEEK, DAYS_28}")
    if row["followers"] < _FEWEST_FOLLOWERS:
        return {"data": []}
    sums = _sums(ctx, row)
    return {"data": [_shape(row["id"], name, period, _value(sums, _PAGE[name]), ctx.now) for name in names]}


def _value(figures: Figures, source: str | None) -> int:
    return figures[source] if source else 0


def of_media(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    """Metrics of one Instagram post; period is always lifetime."""
    ctx.need("instagram_manage_insights", 10)
    names = _asked(field)
    _refuse_dead(names, _MEDIA)
    figures = numbers.of_post(ctx, row)
    interactions = figures["reactions"] + figures["comments"] + figures["saves"] + figures["shares"]
    values = {name: _value(figures, _MEDIA[name]) for name in names} | {"total_interactions": interactions}
    return {"data": [_shape(row["id"], name, "lifetime", values[name]) for name in names]}


def of_instagram(ctx: Context, row: Row, field: Field) -> dict[str, Any]:
    """Metrics of an Instagram account; ``metric_type`` decides which may be asked together."""
    ctx.need("instagram_manage_insights", 10)
    names = _asked(field)
    _refuse_dead(names, {**_IG_TOTAL, **_IG_SERIES})
    total = field.modifiers.get("metric_type", "time_series") == "total_value"
    allowed = _IG_TOTAL if total else _IG_SERIES
    wrong = [name for name in names if name not in allowed]
    if wrong:
        kind = "time_series" if total else "total_value"
        raise invalid(
            f"The following metrics ({', '.join(wrong)}) should be specified with parameter metric_type={kind}"
        )
    sums = _sums(ctx, row)
    data = []
    for name in names:
        if name == "follower_count" and row["followers"] < _FEWEST_FOLLOWERS:
            continue
        shaped = _shape(row["id"], name, "day", _value(sums, allowed[name]), ctx.now)
        if total:
            shaped["total_value"] = {"value": shaped.pop("values")[0]["value"]}
        data.append(shaped)
    return {"data": data}
