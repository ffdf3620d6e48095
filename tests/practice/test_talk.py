"""Comments: cursor pages, filters, orders, replies, hiding, on both platforms."""

from __future__ import annotations

import pytest

from connectors.practice.control import Control, PracticePage
from tests.practice.caller import Caller, instagram_post


@pytest.fixture
def post(graph: Caller, page: PracticePage) -> str:
    return str(graph.post(f"{page.page_id}/feed", message="Halo")["id"])


def walk(graph: Caller, path: str, **params: str) -> tuple[list[str], list[int]]:
    """(ids over all pages, rows of each page), by ``next`` alone as a client must."""
    found: list[str] = []
    sizes: list[int] = []
    answer = graph.get(path, **params)
    while True:
        found += [row["id"] for row in answer["data"]]
        sizes.append(len(answer["data"]))
        address = answer.get("paging", {}).get("next")
        if address is None:
            return found, sizes
        answer = graph.get(address.partition("/v25.0/")[2])


def test_pages_may_be_short_or_empty_and_go_on(practice: Control, graph: Caller, post: str) -> None:
    ids = [practice.comment(post, "Ani", f"Komentar {n}") for n in range(9)]
    for gone in ids[2:6]:
        practice.delete_comment(gone)
    found, sizes = walk(graph, f"{post}/comments", order="chronological", limit="2", fields="id,message")
    assert found == [*ids[:2], *ids[6:]]
    assert sizes == [2, 0, 0, 2, 1]


@pytest.mark.parametrize("order", ["chronological", "reverse_chronological"])
def test_a_page_is_not_disturbed_by_what_happens_meanwhile(
    practice: Control, graph: Caller, post: str, order: str
) -> None:
    ids = [practice.comment(post, "Ani", f"Komentar {n}") for n in range(6)]
    first = graph.get(f"{post}/comments", order=order, limit="3")
    practice.delete_comment(first["data"][-1]["id"])
    practice.comment(post, "Budi", "Baru")
    rest, _ = walk(graph, first["paging"]["next"].partition("/v25.0/")[2])
    expected = ids if order == "chronological" else ids[::-1]
    assert rest[:3] == expected[3:]
    back = graph.get(f"{post}/comments", order=order, limit="2", before=first["paging"]["cursors"]["after"])
    assert [row["id"] for row in back["data"]] == expected[:2]


def test_next_carries_the_token_only_if_the_address_did(
    practice: Control, page: PracticePage, graph: Caller, post: str
) -> None:
    for n in range(3):
        practice.comment(post, "Ani", str(n))
    assert page.page_token not in graph.get(f"{post}/comments", limit="1")["paging"]["next"]
    bare = Caller(practice.url, None)
    assert page.page_token in bare.get(f"{post}/comments", limit="1", access_token=page.page_token)["paging"]["next"]


@pytest.mark.parametrize(
    "params", [{"after": "nonsense"}, {"after": "WzFd"}, {"limit": "x"}, {"filter": "x"}, {"order": "x"}]
)
def test_bad_paging_is_refused(practice: Control, graph: Caller, post: str, params: dict[str, str]) -> None:
    practice.comment(post, "Ani", "Halo")
    assert graph.error("GET", f"{post}/comments", **params) == (100, None)


def test_filters_parents_and_two_levels(practice: Control, page: PracticePage, graph: Caller, post: str) -> None:
    top = practice.comment(post, "Ani", "Kapan?")
    reply = graph.post(f"{top}/comments", message="Besok")["id"]
    deep = practice.comment(reply, "Ani", "Nuhun")  # a reply to a reply joins the top comment's thread
    nobody = practice.comment(post, None, "Tanpa nama")
    fields = "id,message,from{id,name},parent{id},is_hidden,can_hide,comment_count"
    stream = graph.get(f"{post}/comments", filter="stream", order="chronological", fields=fields, summary="true")
    rows = {row["id"]: row for row in stream["data"]}
    assert list(rows) == [top, reply, deep, nobody]
    assert stream["summary"]["total_count"] == 4
    assert rows[reply]["parent"]["id"] == rows[deep]["parent"]["id"] == top
    assert rows[reply]["from"] == {"id": page.page_id, "name": page.name}
    assert rows[top]["comment_count"] == 2
    assert (rows[top]["can_hide"], rows[reply]["can_hide"]) == (True, False)
    assert "parent" not in rows[top]
    assert "from" not in rows[nobody]
    level = graph.get(f"{post}/comments", order="chronological", summary="1", fields="id,comments{id}")
    assert [row["id"] for row in level["data"]] == [top, nobody]
    assert [row["id"] for row in level["data"][0]["comments"]["data"]] == [reply, deep]
    assert level["summary"]["total_count"] == 2


def test_hide_show_edit_delete(practice: Control, graph: Caller, post: str) -> None:
    comment = practice.comment(post, "Info Cuan", "gacor")
    for hidden in ("true", "true", "false"):
        graph.post(comment, is_hidden=hidden)
        assert graph.get(comment, fields="is_hidden")["is_hidden"] is (hidden == "true")
    own = graph.post(f"{post}/comments", message="Kami catat")["id"]
    assert graph.error("POST", own, is_hidden="true") == (100, None)
    graph.post(own, message="Kami catat ya")
    assert graph.error("POST", comment, message="bukan saya") == (200, None)
    practice.edit_comment(comment, "gacor 88")
    assert graph.get(comment, fields="message")["message"] == "gacor 88"
    graph.call("DELETE", comment)
    assert [one.text for one in practice.posts(post.split("_")[0])[0].comments] == ["Kami catat ya"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 8001])
def test_bad_replies(practice: Control, graph: Caller, post: str, text: str) -> None:
    comment = practice.comment(post, "Ani", "Halo")
    assert graph.error("POST", f"{comment}/comments", message=text) == (100, None)


def test_deleting_a_comment_takes_its_replies(practice: Control, graph: Caller, post: str) -> None:
    top = practice.comment(post, "Ani", "Halo")
    reply = graph.post(f"{top}/comments", message="Halo juga")["id"]
    graph.call("DELETE", top)
    assert graph.error("GET", reply) == (100, 33)
    assert graph.error("POST", f"{top}/comments", message="masih?") == (100, 33)


def test_what_residents_write_comes_through_unchanged(practice: Control, graph: Caller, post: str) -> None:
    texts = ["𝐆𝐀𝐂𝐎𝐑 ⓚⓔⓝ", "B\u200bO\u200bN", "<b>&amp;</b>", "👩‍👩‍👧", "مرحبا", "a\nb\tc", "x" * 5000]
    for text in texts:
        practice.comment(post, "Ani", text)
    answer = graph.get(f"{post}/comments", order="chronological", fields="message")
    assert [row["message"] for row in answer["data"]] == texts


# --- Instagram --------------------------------------------------------------------------------------------------
def test_instagram_comments(practice: Control, page: PracticePage, graph: Caller) -> None:
    media = instagram_post(practice, graph, page)
    first = practice.comment(media, "ani", "Punten")
    second = practice.comment(media, None, "Tanpa nama")
    reply = graph.post(f"{first}/replies", message="Mangga")["id"]
    fields = "id,text,username,timestamp,hidden,from{id,username},parent_id"
    answer = graph.get(f"{media}/comments", fields=f"{fields},replies{{{fields}}}")
    assert [row["id"] for row in answer["data"]] == [second, first]  # newest first, top level only
    anonymous, asked = answer["data"]
    assert ("from" in anonymous, asked["from"]["username"]) == (False, "ani")
    assert [(r["id"], r["username"], r["parent_id"]) for r in asked["replies"]["data"]] == [
        (reply, page.ig_username, first)
    ]
    graph.post(first, hide="true")
    assert graph.get(first, fields="hidden")["hidden"] is True
    assert graph.error("POST", f"{first}/replies", message="x") == (100, None)
    graph.post(reply, hide="true")
    assert graph.get(reply, fields="hidden")["hidden"] is False  # the owner's own always show
    graph.call("DELETE", second)
    assert graph.get(media, fields="comments_count")["comments_count"] == 2


def test_instagram_gives_at_most_fifty_a_page(practice: Control, page: PracticePage, graph: Caller) -> None:
    media = instagram_post(practice, graph, page)
    for n in range(52):
        practice.comment(media, "ani", str(n))
    found, sizes = walk(graph, f"{media}/comments", limit="100", fields="id")
    assert (len(set(found)), sizes) == (52, [50, 2])


def test_comments_can_be_switched_off(practice: Control, page: PracticePage, graph: Caller) -> None:
    media = instagram_post(practice, graph, page)
    graph.post(media, comment_enabled="false")
    assert graph.error("POST", f"{media}/comments", message="x") == (10, None)
