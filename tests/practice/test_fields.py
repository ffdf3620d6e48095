"""The language of fields=, and that one unknown field fails the whole call."""

from __future__ import annotations

import pytest

from connectors.practice.control import PracticePage
from connectors.practice.errors import GraphError
from connectors.practice.fields import parse
from tests.practice.caller import Caller


def test_modifiers_subfields_and_alias() -> None:
    fields = parse(" id, comments.limit(0).summary(true){id,from{name}}, reactions.type(LOVE).as(love),")
    assert [field.key for field in fields] == ["id", "comments", "love"]
    assert fields[1].modifiers == {"limit": "0", "summary": "true"}
    assert [field.name for field in fields[1].subfields] == ["id", "from"]
    assert fields[1].raw_subfields == "id,from{name}"
    assert fields[2].modifiers == {"type": "LOVE", "as": "love"}


def test_no_fields() -> None:
    assert parse("") == ()


@pytest.mark.parametrize(
    "text", ["id,,x", "from{id", "from}", "a.limit", "a.limit(1", ".x", "a b", "x" + "{a" * 9 + "}" * 9]
)
def test_broken_syntax_is_refused(text: str) -> None:
    with pytest.raises(GraphError) as caught:
        parse(text)
    assert caught.value.code == 2500


@pytest.mark.parametrize("fields", ["id,nonsense", "instagram_business_account{nonsense}", "feed{nonsense}"])
def test_one_unknown_field_fails_the_call(graph: Caller, page: PracticePage, fields: str) -> None:
    graph.post(f"{page.page_id}/feed", message="Halo")
    status, data = graph.call("GET", page.page_id, params={"fields": fields})
    assert (status, data["error"]["code"]) == (400, 100)
    assert "nonexisting field (nonsense)" in data["error"]["message"]


def test_the_long_read_of_a_post(graph: Caller, page: PracticePage) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    data = graph.get(
        post,
        fields="is_published,permalink_url,message,attachments{media_type,subattachments{media}},shares,"
        "comments.limit(0).summary(true).filter(stream),reactions.limit(0).summary(total_count),"
        "reactions.type(LOVE).limit(0).summary(total_count).as(love)",
    )
    assert data["is_published"] is True
    assert data["comments"]["summary"]["total_count"] == 0
    assert data["love"] == {"data": [], "summary": {"total_count": 0, "viewer_reaction": "NONE"}}
    assert "shares" not in data  # absent when zero, as on Meta
    assert "attachments" not in data
