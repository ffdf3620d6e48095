"""What is read back from Instagram: threads and counts, also from servers that give less than asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import Busy, Gone
from connectors.instagram import Instagram
from tests.connectors.scripted import GONE, IG, UNKNOWN_FIELD, Says, Script, Seen, error

NOW = datetime.now(UTC)
MORE = {"next": "x", "cursors": {"after": "a"}}


def row(number: int, *, user: str = "warga", author: Any = None, **more: Any) -> dict[str, Any]:
    when = NOW.strftime("%Y-%m-%dT%H:%M:%S+0000")
    told = {"id": f"c{number}", "text": f"Kata {number}", "username": user, "timestamp": when, **more}
    return told | ({"from": author} if author else {})


def read(instagram: Instagram) -> list[tuple[str, str | None]]:
    return [(comment.remote_id, comment.parent_id) for comment in instagram.comments("m1")]


def test_threads_over_pages_and_long_threads(script: Script, instagram: Instagram) -> None:
    long = {"data": [row(10), row(11)], "paging": MORE}
    script.on("GET", "/m1/comments", Says({"data": [row(2), row(1, replies=long)], "paging": MORE}), once=True)
    # A new comment came meanwhile and pushed c1 to the second page.
    script.on("GET", "/m1/comments", Says({"data": [row(1, replies=long), row(0)]}))
    script.on("GET", "/c1/replies", Says({"data": [row(10), row(11), row(12)]}))
    assert read(instagram) == [
        ("c2", None), ("c1", None), ("c10", "c1"), ("c11", "c1"), ("c12", "c1"), ("c0", None),
    ]  # fmt: skip
    assert {one.query.get("limit", "-") for one in script.seen} == {"50", "-"}


def test_a_server_that_refuses_fields_and_nesting(script: Script, instagram: Instagram) -> None:
    def answer(seen: Seen) -> Says:
        if "replies" in seen.query["fields"] or "from" in seen.query["fields"]:
            return UNKNOWN_FIELD
        if seen.path.endswith("/replies"):
            return Says({"data": [row(3)]}) if "c1" in seen.path else Says({"data": []})
        return Says({"data": [row(1), row(2)]})

    script.on("GET", f"/{IG}", Says({"username": "ipsm"}))
    script.on("GET", "", answer)
    assert read(instagram) == [("c1", None), ("c3", "c1"), ("c2", None)]


@pytest.mark.parametrize("counted", [Says({"comments_count": 3}), Says({"id": "m1"}), UNKNOWN_FIELD])
def test_nesting_that_is_ignored(script: Script, instagram: Instagram, counted: Says) -> None:
    script.on("GET", f"/{IG}", Says({"username": "ipsm"}))
    script.on("GET", "/m1/comments", Says({"data": [row(2), row(1)]}))
    script.on("GET", "/m1", counted)
    script.on("GET", "/c2/replies", GONE)
    script.on("GET", "/c1/replies", Says({"data": [row(3)]}))
    assert read(instagram) == [("c2", None), ("c1", None), ("c3", "c1")]


def test_no_replies_are_asked_for_where_the_count_says_none(script: Script, instagram: Instagram) -> None:
    script.on("GET", f"/{IG}", Says({"username": "ipsm"}))
    script.on("GET", "/m1/comments", Says({"data": [row(2), row(1)]}))
    script.on("GET", "/m1", Says({"comments_count": 2}))
    assert read(instagram) == [("c2", None), ("c1", None)]
    assert script.asked("GET", "/replies") == []


def test_who_wrote_it(script: Script, instagram: Instagram) -> None:
    rows = [
        row(1, user="ipsm"),
        row(2, author={"id": IG, "username": "old.name"}),
        row(3, author={"id": "5", "username": "budi"}, hidden=True),
        {"id": "c4", "text": "x"},
        {"text": "no id"},
    ]
    script.on("GET", "/comments", Says({"data": rows}))
    script.on("GET", f"/{IG}", Says({"username": "ipsm"}))
    found = list(instagram.comments("m1"))
    assert [comment.own for comment in found] == [True, True, False, False]
    assert [comment.hidden for comment in found] == [False, False, True, False]
    assert [comment.author_name for comment in found] == ["ipsm", "warga", "warga", None]
    assert [comment.author_id for comment in found] == [None, IG, "5", None]
    assert len(script.asked("GET", f"/{IG}")) == 1


def test_a_reply_is_found_by_author_text_and_time(script: Script, instagram: Instagram) -> None:
    ours = row(7, user="ipsm") | {"text": "Siap, Bu 🙏"}
    script.on("GET", f"/{IG}", Says({"username": "ipsm"}))
    script.on("GET", "/c2/replies", Says({"data": []}))
    script.on("GET", "/c2", Says({"parent_id": "c1"}))
    script.on("GET", "/c1/replies", Says({"data": [ours | {"id": "c6", "username": "budi"}, ours]}))
    assert instagram.find_reply("c2", "Siap,  Bu 🙏", NOW) == "c7"
    assert instagram.find_reply("c2", "Siap", NOW) is None
    assert instagram.find_reply("c2", "Siap, Bu 🙏", NOW + timedelta(minutes=5)) is None


def test_an_unreadable_thread_is_not_an_absence(script: Script, instagram: Instagram) -> None:
    script.on("GET", "", error(2, None, "later", 500), once=True)
    with pytest.raises(Busy):
        instagram.find_reply("c2", "x", NOW)
    script.on("GET", "", GONE)
    with pytest.raises(Gone):
        instagram.find_reply("c2", "x", NOW)


def test_counts_with_a_refused_an_empty_and_a_hidden_one(script: Script, instagram: Instagram) -> None:
    def insights(seen: Seen) -> Says:
        names = seen.query["metric"].split(",")
        if "views" in names:
            return error(100, None, "(#100) metric[0] must be one of the following values: impressions, reach")
        answers = {"reach": [{"name": "reach", "values": [{"value": 5}]}], "saved": [],
                   "shares": [{"name": "shares", "total_value": {"value": 0}}]}  # fmt: skip
        return Says({"data": answers[names[0]]})

    script.on("GET", "/insights", insights)
    script.on("GET", "/m1", Says({"comments_count": 3}))
    counts = instagram.counts("m1")
    assert counts.metrics == {
        "reactions": None, "comments": 3, "shares": 0, "saves": None, "reach": 5, "views": None, "clicks": None,
    }  # fmt: skip
    assert counts.refused == ("views",)


def test_odd_values_are_no_numbers(script: Script, instagram: Instagram) -> None:
    rows = [{"name": "reach", "values": []}, {"name": "views", "values": [{"value": "12"}]}, "odd",
            {"name": "saved", "values": [{"value": True}]}, {"name": "other", "values": [{"value": 1}]}]  # fmt: skip
    script.on("GET", "/insights", Says({"data": rows}))
    script.on("GET", "/m1", Says({"like_count": "many", "comments_count": 0}))
    metrics = dict(instagram.counts("m1").metrics)
    assert metrics.pop("comments") == 0
    assert set(metrics.values()) == {None}
