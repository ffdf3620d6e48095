"""Living and dead metrics, and figures that grow from what residents did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.practice.control import Control, PracticePage
from tests.practice.caller import Caller, instagram_post

POST_METRICS = [
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_clicks_by_type",
    "post_reactions_by_type_total",
    "post_reactions_like_total",
    "post_reactions_love_total",
    "post_reactions_wow_total",
    "post_reactions_haha_total",
    "post_reactions_sorry_total",
    "post_reactions_anger_total",
    "post_activity_by_action_type",
    "post_activity_by_action_type_unique",
    "post_video_views",
]
PAGE_METRICS = [
    "page_media_view",
    "page_total_media_view_unique",
    "page_follows",
    "page_daily_follows",
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_post_engagements",
    "page_views_total",
    "page_total_actions",
    "page_fan_adds_by_paid_non_paid_unique",
    "page_lifetime_engaged_followers_unique",
]
MEDIA_METRICS = [
    "views",
    "reach",
    "likes",
    "comments",
    "saved",
    "shares",
    "total_interactions",
    "follows",
    "profile_visits",
    "profile_activity",
    "reposts",
]


def values(answer: dict[str, list[dict[str, list[dict[str, object]]]]]) -> dict[str, object]:
    return {str(row["name"]): row["values"][0]["value"] for row in answer["data"]}


def test_every_living_metric_answers(practice: Control, page: PracticePage, graph: Caller) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    assert list(values(graph.get(f"{post}/insights", metric=",".join(POST_METRICS)))) == POST_METRICS
    assert list(values(graph.get(f"{page.page_id}/insights", metric=",".join(PAGE_METRICS)))) == PAGE_METRICS
    media = instagram_post(practice, graph, page)
    assert list(values(graph.get(f"{media}/insights", metric=",".join(MEDIA_METRICS)))) == MEDIA_METRICS


@pytest.mark.parametrize(
    ("where", "metric"),
    [
        ("post", "post_impressions"),
        ("post", "post_impressions_unique"),
        ("post", "post_engaged_users"),
        ("page", "page_impressions"),
        ("page", "page_impressions_unique"),
        ("page", "page_fans"),
        ("page", "page_posts_impressions"),
        ("media", "impressions"),
        ("media", "plays"),
        ("media", "video_views"),
        ("media", "engagement"),
    ],
)
def test_one_dead_metric_fails_the_call(
    practice: Control, page: PracticePage, graph: Caller, where: str, metric: str
) -> None:
    living = {"post": "post_clicks", "page": "page_follows", "media": "reach"}[where]
    makers: dict[str, Callable[[], str]] = {
        "post": lambda: graph.post(f"{page.page_id}/feed", message="Halo")["id"],
        "page": lambda: page.page_id,
        "media": lambda: instagram_post(practice, graph, page),
    }
    node = makers[where]()
    status, data = graph.call("GET", f"{node}/insights", params={"metric": f"{living},{metric}"})
    assert (status, data["error"]["code"]) == (400, 100)
    assert data["error"]["message"] == "(#100) The value must be a valid insights metric"
    assert values(graph.get(f"{node}/insights", metric=living))


def test_no_metric(page: PracticePage, graph: Caller) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    assert graph.error("GET", f"{post}/insights") == (3001, 1504028)


def test_figures_grow_from_reactions(practice: Control, page: PracticePage, graph: Caller) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    for n in range(12):
        practice.react(post, f"warga {n}", "LOVE" if n % 2 else "LIKE")
    practice.react(post, "warga 0", "SAD")  # one a person, the last counts
    practice.comment(post, "Ani", "Halo")
    metrics = "post_media_view,post_total_media_view_unique,post_clicks,post_reactions_by_type_total"
    found = values(graph.get(f"{post}/insights", metric=metrics))
    reach = 12 * 12 + 5
    assert found["post_total_media_view_unique"] == reach
    assert found["post_media_view"] == reach + reach // 3 + 24
    assert found["post_reactions_by_type_total"] == {"like": 5, "love": 6, "sorry": 1}
    read = graph.get(post, fields="shares,reactions.limit(0).summary(total_count),"
                     "reactions.type(LOVE).limit(0).summary(total_count).as(love)")  # fmt: skip
    assert read["shares"] == {"count": 3}
    assert read["reactions"]["summary"]["total_count"] == 12
    assert read["love"]["summary"]["total_count"] == 6
    practice.numbers(post, reach=999)
    assert values(graph.get(f"{post}/insights", metric="post_total_media_view_unique")) == {
        "post_total_media_view_unique": 999
    }


def test_a_small_page_has_no_insights(practice: Control, page: PracticePage, graph: Caller) -> None:
    practice.set_followers(page.page_id, 99)
    assert graph.get(f"{page.page_id}/insights", metric="page_follows")["data"] == []
    assert graph.get(page.page_id, fields="followers_count,fan_count")["followers_count"] == 99


def test_instagram_account_metric_types_do_not_mix(page: PracticePage, graph: Caller) -> None:
    path = f"{page.ig_id}/insights"
    assert graph.error("GET", path, metric="views", period="day") == (100, None)
    assert graph.error("GET", path, metric="follower_count", metric_type="total_value") == (100, None)
    total = graph.get(path, metric="views,likes", metric_type="total_value", period="day")["data"]
    assert [row["total_value"]["value"] for row in total] == [0, 0]
    assert graph.get(path, metric="reach,follower_count", period="day")["data"][1]["values"][0]["value"] == 500
