"""Snapshots by hand: four weeks, Monday 5 January to Sunday 1 February 2026, everybody eligible unless said so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

FIRST, LAST = "2026-01-05", "2026-02-01"
#: 09.00 WIB on the first Monday.
MONDAY = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
WEEKS = 4
#: Nobody is left out for having little, so that a few posts make a category.
LENIENT: dict[str, Any] = {"min_posts": 0, "min_active_months": 0}


def post(
    week: int, interactions: Any = 10, reach: Any = 100, *, platform: str = "facebook", **more: Any
) -> dict[str, Any]:
    """A post on the Monday of a week, 0 to 3."""
    at = MONDAY + timedelta(weeks=week)
    return {
        "platform": platform,
        "published_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "interactions": interactions,
        "reach": reach,
        "followers": 500,
        **more,
    }


def item(in_time: bool | None, hours: Any, *, resolved: bool | None = None, kind: str | None = None) -> dict[str, Any]:
    """An item; a keluhan where it says whether it was settled."""
    return {
        "kind": kind or ("aspirasi" if resolved is None else "keluhan"),
        "answered_in_time": in_time,
        "first_reply_working_hours": hours,
        "resolved_in_time": resolved,
    }


def jury(*means: Any) -> list[dict[str, Any]]:
    """One juror for each, who gives every criterion the same mark."""
    return [
        {"juror": f"juri {place}", "criteria": dict.fromkeys(("manfaat", "kejelasan", "privasi"), mark)}
        for place, mark in enumerate(means)
    ]


def participant(number: int, **more: Any) -> dict[str, Any]:
    """A desa without anything, and what is said of it."""
    return {"organisation_id": number, "organisation": f"Desa {number}", "category": "desa", "posts": [], **more}


def snapshot(*participants: dict[str, Any], rubric: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """With the lenient rubric, and what is changed of it."""
    return {
        "award": {"first": FIRST, "last": LAST, "zone": "Asia/Jakarta"},
        "rubric": {**LENIENT, **(rubric or {})},
        "participants": list(participants),
        **more,
    }
