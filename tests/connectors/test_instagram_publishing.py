"""Instagram: publishing a finished container once, and looking for it by status, caption, count and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import Busy, Item, Published, Refused, Staged, Unsure
from connectors.instagram import Instagram
from tests.connectors.conftest import MakePhoto
from tests.connectors.scripted import GONE, UNKNOWN_FIELD, Says, Script, error, status

NOW = datetime.now(UTC)
CONTAINER = Staged(ids={"container": "c9"}, ready=True)


def media(number: int, caption: str, *, age_s: float = 0, children: int = 0) -> dict[str, Any]:
    when = (NOW - timedelta(seconds=age_s)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    told: dict[str, Any] = {"id": f"m{number}", "caption": caption, "timestamp": when, "media_type": "IMAGE"}
    if children:
        parts = [{"id": str(child)} for child in range(children)]
        told |= {"media_type": "CAROUSEL_ALBUM", "children": {"data": parts}}
    return told


def test_a_finished_container_is_published(script: Script, instagram: Instagram) -> None:
    """By two calls: each further one would make it and the account's next post later."""
    script.on("GET", "/c9", status("FINISHED"))
    script.on("POST", "/media_publish", Says({"id": "m1"}))
    assert instagram.commit(Item("x"), CONTAINER) == Published("m1")
    assert [one.method for one in script.seen] == ["GET", "POST"]
    assert script.asked("POST")[0].form["creation_id"] == "c9"
    script.on("GET", "/m1", Says({"permalink": "https://ig/p/1"}))
    assert instagram.permalink("m1") == "https://ig/p/1"


def test_a_used_up_quota_waits(script: Script, instagram: Instagram) -> None:
    script.on("GET", "/c9", status("FINISHED"))
    script.on("POST", "/media_publish", error(9, 2207042, "The user has reached the limit of posts in 24 hours"))
    with pytest.raises(Busy) as caught:
        instagram.commit(Item("x"), CONTAINER)
    assert (caught.value.code, caught.value.limit, caught.value.scope) == ("quota", True, "ig")


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (status("IN_PROGRESS"), Busy, "not_ready"),
        (status("EXPIRED"), Busy, "staged_gone"),
        (status("ERROR"), Busy, "staged_gone"),
        (status("ERROR", "2207009"), Refused, "photo_ratio"),
        (GONE, Busy, "staged_gone"),
        (error(24, 2207006, "not found"), Busy, "staged_gone"),
        (error(2, None, "later", 500), Busy, "server_error"),
    ],
)
def test_only_a_finished_container_is_published(
    answer: Says, kind: type[Exception], code: str, script: Script, instagram: Instagram
) -> None:
    script.on("GET", "/c9", answer)
    with pytest.raises(kind) as caught:
        instagram.commit(Item("x"), CONTAINER)
    assert getattr(caught.value, "code", None) == code
    assert script.asked("POST") == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([media(2, "Lain"), media(1, "Halo  🌾\n")], "m1"),
        ([], None),
        ([media(1, "Halo 🌾", children=2)], None),
        ([media(2, "Halo 🌾"), media(1, "Halo 🌾", age_s=3600)], None),
        ([media(1, "Halo 🌾", age_s=30 * 3600)], None),
    ],
)
def test_a_container_that_was_published_before(
    rows: list[dict[str, Any]], expected: str | None, script: Script, instagram: Instagram, make_photo: MakePhoto
) -> None:
    script.on("GET", "/c9", status("PUBLISHED"))
    script.on("GET", "/media", Says({"data": rows}))
    item = Item("Halo 🌾", (make_photo(1),))
    if expected:
        assert instagram.commit(item, CONTAINER).remote_id == expected
    else:
        with pytest.raises(Unsure):
            instagram.commit(item, CONTAINER)
    assert script.asked("POST") == []


@pytest.mark.parametrize("code", ["FINISHED", "IN_PROGRESS", "ERROR", "EXPIRED"])
def test_a_container_that_is_not_published_did_not_happen(code: str, script: Script, instagram: Instagram) -> None:
    script.on("GET", "/c9", status(code))
    assert instagram.find(Item("x"), CONTAINER, NOW) is None
    assert len(script.seen) == 1, "and no list is searched for a look-alike"


def test_find_by_caption_count_and_time(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    two = Item("Halo", (make_photo(1), make_photo(2)))
    script.on("GET", "/c9", status("PUBLISHED"))
    newest = [media(9, "Lain", children=2), media(8, "Halo"), media(7, "Halo", children=3)]
    more = {"next": "x", "cursors": {"after": "a"}}
    script.on("GET", "/media", Says({"data": newest, "paging": more}), once=True)
    rest = [media(6, "Halo", children=2), media(5, "Halo", age_s=9999, children=2)]
    script.on("GET", "/media", Says({"data": rest}), once=True)
    found = instagram.find(two, CONTAINER, NOW)
    assert found is not None
    assert found.remote_id == "m6"
    script.on("GET", "/media", Says({"data": newest}))
    with pytest.raises(Busy) as caught:
        instagram.find(two, CONTAINER, NOW)
    assert caught.value.code == "not_listed"


def test_a_container_that_vanished_leaves_the_list(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    script.on("GET", "/c9", GONE)
    script.on("GET", "/media", UNKNOWN_FIELD, once=True)
    script.on("GET", "/media", Says({"data": [media(1, "Halo")]}), once=True)
    script.on("GET", "/media", Says({"data": []}))
    item = Item("Halo", (make_photo(1),))
    assert instagram.find(item, CONTAINER, NOW) == Published("m1")
    assert instagram.find(item, CONTAINER, NOW) is None
    assert instagram.find(item, Staged(ids={"item_1": "c1"}), NOW) is None
