"""What is read back from a Page: threads and counts, also from servers that give less than asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import Busy, Gone, Refused, _graph
from connectors.facebook import Facebook
from tests.connectors.scripted import GONE, PAGE, UNKNOWN_FIELD, Says, Script, Seen, error

NOW = datetime.now(UTC)


def graph_time(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S+0000")


# -- comments -------------------------------------------------------------------------------------------------------


def row(number: int, *, parent: int | None = None, author: Any = None, **more: Any) -> dict[str, Any]:
    told = {"id": f"c{number}", "message": f"Kata {number}", "created_time": graph_time(NOW), **more}
    told |= {"from": author} if author else {}
    return told | ({"parent": {"id": f"c{parent}"}} if parent else {})


def read(facebook: Facebook) -> list[tuple[str, str | None]]:
    return [(comment.remote_id, comment.parent_id) for comment in facebook.comments("1_2")]


def test_a_stream_in_any_order_over_pages(script: Script, facebook: Facebook) -> None:
    more = {"next": "x", "cursors": {"after": "a"}}
    script.on("GET", "/comments", Says({"data": [row(3, parent=1), row(2)], "paging": more}), once=True)
    script.on("GET", "/comments", Says({"data": [], "paging": {**more, "cursors": {"after": "b"}}}), once=True)
    last = [row(1), row(2), row(4, parent=99), {"message": "no id"}]
    script.on("GET", "/comments", Says({"data": last, "paging": {"cursors": {"after": "c"}}}))
    assert read(facebook) == [("c2", None), ("c1", None), ("c3", "c1"), ("c4", "c99")]
    assert {one.query["filter"] for one in script.seen} == {"stream"}
    assert {one.query["order"] for one in script.seen} == {"chronological"}


def paged(after: str | None, *rows: dict[str, Any]) -> Says:
    paging = {"paging": {"next": "x", "cursors": {"after": after}}} if after else {}
    return Says({"data": list(rows), **paging})


def test_a_cursor_that_ends_begins_the_list_anew_once(script: Script, facebook: Facebook) -> None:
    dead: list[str] = []

    def answer(seen: Seen) -> Says:
        after = seen.query.get("after")
        if after in ("a", "b") and len(dead) < ends:
            dead.append(after)
            return error(100, None, "Invalid cursors values in the paging parameter")
        return {
            None: paged("a", row(1), row(3, parent=2)),
            "a": paged("b", row(3, parent=2)),
            "b": paged(None, row(2)),
        }[after]

    script.on("GET", "/comments", answer)
    ends = 1
    assert read(facebook) == [("c1", None), ("c2", None), ("c3", "c2")]
    dead, ends = [], 2
    with pytest.raises(Refused):
        read(facebook)


@pytest.mark.parametrize("again", ["b", "a"])
def test_a_last_page_that_names_a_page_we_had_is_the_end(script: Script, facebook: Facebook, again: str) -> None:
    answers = {None: paged("a", row(1)), "a": paged("b", row(2)), "b": paged(again, row(3))}
    script.on("GET", "/comments", lambda seen: answers[seen.query.get("after")])
    assert [one for one, _ in read(facebook)] == ["c1", "c2", "c3"]


def test_a_list_without_an_end_is_no_whole_read(script: Script, facebook: Facebook, monkeypatch: Any) -> None:
    monkeypatch.setattr(_graph, "MAX_PAGES", 20)
    script.on("GET", "/comments", lambda seen: paged(seen.query.get("after", "") + "x", row(1)))
    with pytest.raises(Busy):
        read(facebook)


def test_what_a_comment_says(script: Script, facebook: Facebook) -> None:
    page = {"id": PAGE, "name": "IPSM"}
    full = row(1, author=page, is_hidden=True, permalink_url="https://fb/c1")
    bare = {"id": "c2"}
    script.on("GET", "/comments", Says({"data": [full, bare]}))
    first, second = facebook.comments("1_2")
    assert (first.own, first.hidden, first.author_name, first.permalink) == (True, True, "IPSM", "https://fb/c1")
    assert first.created_at == NOW.replace(microsecond=0)
    assert (second.text, second.created_at, second.author_id, second.own) == ("", None, None, False)


def test_a_server_that_refuses_fields_and_stream(script: Script, facebook: Facebook) -> None:
    def answer(seen: Seen) -> Says:
        if seen.query.get("filter") or "from" in seen.query["fields"]:
            return UNKNOWN_FIELD
        if seen.path.endswith("/c1/comments"):
            return Says({"data": [row(3)]})
        return Says({"data": [row(1), row(2)]}) if seen.path.endswith("/1_2/comments") else Says({"data": []})

    script.on("GET", "/comments", answer)
    assert read(facebook) == [("c1", None), ("c2", None), ("c3", "c1")]


def test_a_permission_that_is_missing_costs_the_names_only(script: Script, facebook: Facebook) -> None:
    def answer(seen: Seen) -> Says:
        refused = "is_hidden" in seen.query["fields"]
        return error(10, None, "(#10) requires pages_read_user_content") if refused else Says({"data": [row(1)]})

    script.on("GET", "/comments", answer)
    assert read(facebook) == [("c1", None)]


def test_a_stream_that_is_ignored(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/1_2/comments", Says({"data": [row(1, comment_count=2), row(2, comment_count=0)]}))
    script.on("GET", "/c1/comments", Says({"data": [row(3), row(4)]}))
    assert read(facebook) == [("c1", None), ("c2", None), ("c3", "c1"), ("c4", "c1")]
    assert script.asked("GET", "/c2/comments") == []


def test_a_stream_that_is_ignored_by_a_server_without_counts(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/1_2/comments", Says({"data": [row(1), row(2)]}))
    script.on("GET", "/c1/comments", Says({"data": [row(3)]}))
    script.on("GET", "/c2/comments", UNKNOWN_FIELD)
    assert read(facebook) == [("c1", None), ("c2", None), ("c3", "c1")]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("/1/posts/2?comment_id=3", "https://www.facebook.com/1/posts/2?comment_id=3"),
        ("https://fb/c1", "https://fb/c1"),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("", None),
        (7, None),
    ],
)
def test_a_link_is_one_that_opens_on_the_platform(
    script: Script, facebook: Facebook, told: Any, kept: str | None
) -> None:
    script.on("GET", "/comments", Says({"data": [row(1, permalink_url=told, comment_count=0)]}))
    assert [comment.permalink for comment in facebook.comments("1_2")] == [kept]


def test_a_deleted_post_is_gone(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/comments", GONE)
    with pytest.raises(Gone):
        read(facebook)


def test_a_reply_to_a_reply_is_found_under_the_parent(script: Script, facebook: Facebook) -> None:
    ours = row(7, author={"id": PAGE}) | {"message": "Siap, Bu"}
    resident = ours | {"id": "c8", "from": {"id": "5"}}
    script.on("GET", "/c2/comments", Says({"data": []}))
    script.on("GET", "/c2", Says({"parent": {"id": "c1"}}))
    script.on("GET", "/c1/comments", Says({"data": [resident, ours]}))
    assert facebook.find_reply("c2", "Siap,  Bu", NOW) == "c7"
    assert facebook.find_reply("c2", "Siap, Pak", NOW) is None
    assert facebook.find_reply("c2", "Siap, Bu", NOW + timedelta(hours=1)) is None


# -- counts ---------------------------------------------------------------------------------------------------------


def metric(name: str, value: Any, *, total: bool = False) -> dict[str, Any]:
    return {"name": name, "total_value": {"value": value}} if total else {"name": name, "values": [{"value": value}]}


def test_a_refused_field_takes_no_other_along(script: Script, facebook: Facebook) -> None:
    def post(seen: Seen) -> Says:
        fields = seen.query["fields"]
        if "reactions" in fields or "filter(stream)" in fields:
            return UNKNOWN_FIELD
        return Says({"comments": {"summary": {"total_count": 4}}} if "comments" in fields else {"shares": {"count": 2}})

    rows = [metric("post_media_view", 70), metric("post_clicks", {"photo": 3, "other": 4}, total=True)]
    script.on("GET", "/1_2", post)
    script.on("GET", "/insights", Says({"data": rows}))
    counts = facebook.counts("1_2")
    assert counts.metrics == {
        "reactions": None, "comments": 4, "shares": 2, "saves": None, "reach": None, "views": 70, "clicks": 7,
    }  # fmt: skip
    assert (counts.refused, counts.dead) == (("reactions",), ("reactions",))
    asked = len(script.asked("GET", "/1_2"))
    facebook.dead = frozenset(counts.dead)
    assert facebook.counts("1_2").metrics["shares"] == 2
    # The comments' first spelling is refused still; the dead field is not asked for any more.
    assert not any("reactions" in seen.query["fields"] for seen in script.asked("GET", "/1_2")[asked:])


def test_a_dead_metric_is_told_and_not_asked_for_again(script: Script, facebook: Facebook) -> None:
    def insights(seen: Seen) -> Says:
        names = seen.query["metric"].split(",")
        if "post_clicks" in names:
            return error(100, None, "(#100) The value must be a valid insights metric")
        return Says({"data": [metric(name, 0) for name in names]})

    script.on("GET", "/1_2", Says({"reactions": {"summary": {"total_count": 0}}}))
    script.on("GET", "/insights", insights)
    first = facebook.counts("1_2")
    assert first.dead == ("post_clicks",)
    facebook.dead = frozenset(first.dead)
    second = facebook.counts("1_2")
    assert (second.metrics, second.refused, second.dead) == (first.metrics, first.refused, ())
    assert (first.metrics["views"], first.metrics["clicks"], first.refused) == (0, None, ("post_clicks",))
    assert (first.metrics["shares"], first.metrics["comments"]) == (0, None)
    assert len(script.asked("GET", "/insights")) == 1 + 3 + 1


def test_a_missing_permission_for_insights_is_asked_again(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/1_2", Says({}))
    script.on("GET", "/insights", error(10, None, "(#10) requires read_insights"))
    assert facebook.counts("1_2").dead == ()
    assert len(facebook.counts("1_2").refused) == 3
    assert len(script.asked("GET", "/insights")) == 8


def test_what_no_counts_may_hide(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/insights", error(2, None, "later", 500))
    script.on("GET", "/1_2", Says({}))
    with pytest.raises(Busy):
        facebook.counts("1_2")
    script.on("GET", "/3_4", GONE)
    with pytest.raises(Gone):
        facebook.counts("3_4")


def test_followers_or_fans(script: Script, facebook: Facebook) -> None:
    script.on("GET", "", UNKNOWN_FIELD, once=True)
    script.on("GET", "", UNKNOWN_FIELD, once=True)
    script.on("GET", "", Says({"fan_count": 12, "id": PAGE}))
    assert facebook.followers() == 12
