"""Instagram: containers that wait, fail and vanish, the relay of photos, and never publishing twice."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors import (
    Busy,
    Credentials,
    Item,
    Refused,
    SignInAgain,
    Staged,
    Wire,
    _instagram_containers,
)
from connectors._instagram_containers import FETCHES, REMAKES
from connectors.instagram import Instagram
from connectors.practice.control import Control
from connectors.practice.server import PracticeServer
from tests.connectors.conftest import Hand, MakePhoto
from tests.connectors.scripted import GONE, IG, UNKNOWN_FIELD, Says, Script, Seen, error, status

NOW = datetime.now(UTC)


def ignore(_: Staged) -> None:
    """Nothing is kept."""


def stage_on(instagram: Instagram, item: Item) -> None:
    """Stage again and again; it must not become ready."""
    staged = Staged()
    for _ in range(20):
        staged = instagram.stage(item, staged, ignore)
        assert not staged.ready


def containers(script: Script) -> None:
    """POST /media makes c1, c2, ... in the order they are asked for."""

    def make(_: Seen) -> Says:
        return Says({"id": f"c{len(script.asked('POST', '/media'))}"})

    script.on("POST", "/media", make)


# -- staging --------------------------------------------------------------------------------------------------------


def test_a_public_address_needs_no_relay(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    containers(script)
    script.on("GET", "/c1", status("FINISHED"))
    photo = make_photo(1, "Alt", url="https://ipsm.example/f/1.jpg?s=a&b=1")
    staged = instagram.stage(Item("Halo #desa", (photo,)), Staged(), ignore)
    assert (staged.ready, staged.repeatable, dict(staged.ids)) == (True, True, {"container": "c1"})
    [made] = script.asked("POST")
    form = {key: value for key, value in made.form.items() if key != "access_token"}
    assert form == {"image_url": "https://ipsm.example/f/1.jpg?s=a&b=1", "caption": "Halo #desa", "alt_text": "Alt"}


def test_a_carousel_is_made_from_finished_items(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    containers(script)
    script.on("GET", "/c1", status("IN_PROGRESS"), once=True)
    script.on("GET", "", status("FINISHED"))
    item = Item("Halo", (make_photo(1, "A", url="https://x/1"), make_photo(2, url="https://x/2")))
    first = instagram.stage(item, Staged(), ignore)
    assert (first.ready, first.wait_s) == (False, 2)
    assert len(script.asked("POST")) == 2
    second = instagram.stage(item, first, ignore)
    assert second.ready
    one, two, whole = (seen.form for seen in script.asked("POST"))
    assert (one["is_carousel_item"], one["alt_text"], "caption" in one) == ("true", "A", False)
    assert "alt_text" not in two
    assert (whole["media_type"], whole["children"], whole["caption"]) == ("CAROUSEL", "c1,c2", "Halo")
    assert len(script.asked("GET", "/c2")) == 1, "an item seen finished is not asked for again"


def test_a_slow_line_does_not_outlive_a_lease(script: Script, make_photo: MakePhoto, hand: Hand) -> None:
    def slowly(_: Seen) -> Says:
        hand.turn(12)
        return Says({"id": f"c{len(script.asked('POST'))}"})

    script.on("POST", "/media", slowly)
    script.on("GET", "", status("FINISHED"))
    item, staged = Item("x", (make_photo(1, url="https://x/1"), make_photo(2, url="https://x/2"))), Staged()
    with closing(Instagram(script.ig(), script.wire(timeout_s=20))) as connector:
        staged = connector.stage(item, staged, ignore)
        assert (staged.ready, staged.wait_s, dict(staged.ids)) == (False, 0, {"item_1": "c1"})
        for _ in range(3):
            staged = connector.stage(item, staged, ignore)
    assert staged.ready
    assert len(script.asked("POST")) == 3


def test_waiting_grows_and_never_blocks(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    containers(script)
    script.on("GET", "", status("IN_PROGRESS"))
    item = Item("Halo", (make_photo(1, url="https://x/1"),))
    staged, waits = Staged(), []
    for _ in range(7):
        staged = instagram.stage(item, staged, ignore)
        waits.append(staged.wait_s)
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert len(script.asked("POST")) == 1


@pytest.mark.parametrize("answer", [status("ERROR"), status("EXPIRED"), GONE, status("ERROR", "2207003")])
def test_a_failed_container_is_made_anew_a_few_times(
    answer: Says, script: Script, instagram: Instagram, make_photo: MakePhoto
) -> None:
    containers(script)
    script.on("GET", "", answer)
    item = Item("Halo", (make_photo(1, url="https://x/1"),))
    with pytest.raises(Refused) as caught:
        stage_on(instagram, item)
    assert (caught.value.code, caught.value.facts["photo"]) == ("container_failed", 1)
    assert len(script.asked("POST")) == 1 + REMAKES


def test_one_failed_item_is_made_anew_alone(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    containers(script)
    script.on("GET", "/c2", status("ERROR"))
    script.on("GET", "", status("FINISHED"))
    item = Item("Halo", (make_photo(1, url="https://x/1"), make_photo(2, url="https://x/2")))
    kept: list[Staged] = []
    first = instagram.stage(item, Staged(), kept.append)
    assert not first.ready
    assert "item_2" not in kept[-1].ids
    done = instagram.stage(item, first, ignore)
    assert done.ready
    assert [seen.form["image_url"] for seen in script.asked("POST")[:3]] == [
        "https://x/1",
        "https://x/2",
        "https://x/2",
    ]
    assert script.asked("POST")[-1].form["children"] == "c1,c3"


def test_a_stuck_container_does_not_wait_for_ever(
    script: Script, instagram: Instagram, make_photo: MakePhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    containers(script)
    script.on("GET", "", status("IN_PROGRESS"))
    item = Item("Halo", (make_photo(1, url="https://x/1"),))
    monkeypatch.setattr(_instagram_containers, "LOOKS", 2)
    with pytest.raises(Refused) as caught:
        stage_on(instagram, item)
    assert caught.value.code == "container_failed"


@pytest.mark.parametrize(
    ("reason", "code"),
    [("2207009", "photo_ratio"), ("Error: 2207005 image format", "photo_format"), ("2207010", "caption_too_long")],
)
def test_a_status_that_names_the_content(
    reason: str, code: str, script: Script, instagram: Instagram, make_photo: MakePhoto
) -> None:
    containers(script)
    script.on("GET", "/c1", status("FINISHED"))
    script.on("GET", "/c2", status("ERROR", reason))
    item = Item("Halo", (make_photo(1, url="https://x/1"), make_photo(2, url="https://x/2")))
    with pytest.raises(Refused) as caught:
        instagram.stage(item, Staged(), ignore)
    assert (caught.value.code, caught.value.facts["photo"]) == (code, 2)


def test_an_address_that_cannot_be_fetched(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    script.on("POST", "/media", error(9004, 2207052, "The media could not be fetched from this URI"))
    item, kept = Item("Halo", (make_photo(1, url="https://x/1"),)), [Staged()]
    for _ in range(FETCHES - 1):
        with pytest.raises(Busy) as busy:
            instagram.stage(item, kept[-1], kept.append)
        assert busy.value.code == "url_not_fetchable"
    with pytest.raises(Refused) as caught:
        instagram.stage(item, kept[-1], kept.append)
    assert (caught.value.code, caught.value.facts["photo"]) == ("url_not_fetchable", 1)


def test_a_refused_photo_is_named(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    script.on("POST", "/media", Says({"id": "c1"}), once=True)
    script.on("POST", "/media", error(36003, 2207009, "aspect ratio", error_user_msg="Rasio"))
    item = Item("Halo", (make_photo(1, url="https://x/1"), make_photo(2, url="https://x/2")))
    with pytest.raises(Refused) as caught:
        instagram.stage(item, Staged(), ignore)
    assert (caught.value.code, caught.value.facts["photo"]) == ("photo_ratio", 2)
    assert caught.value.facts["user_msg"] == "Rasio"


def test_what_cannot_succeed_is_not_sent(script: Script, instagram: Instagram, make_photo: MakePhoto) -> None:
    photo = make_photo(1, url="https://x/1")
    for item, code in (
        (Item("x"), "no_photo"),
        (Item("x" * 2201, (photo,)), "caption_too_long"),
        (Item("🌾" * 1101, (photo,)), "caption_too_long"),
        (Item("#a " * 31, (photo,)), "too_many_hashtags"),
        (Item("@a " * 21, (photo,)), "too_many_mentions"),
        (Item("x", (photo,) * 11), "too_many_photos"),
    ):
        with pytest.raises(Refused) as caught:
            instagram.stage(item, Staged(), ignore)
        assert caught.value.code == code
    assert script.seen == []
    containers(script)
    script.on("GET", "", status("FINISHED"))
    fine = "#a " * 30 + "nama@surel.id " * 30 + "# 1"
    assert instagram.stage(Item(fine, (photo,)), Staged(), ignore).ready


# -- relay ----------------------------------------------------------------------------------------------------------


def test_without_address_and_page_a_person_has_to_act(script: Script, make_photo: MakePhoto) -> None:
    for me in (
        UNKNOWN_FIELD,
        GONE,
        Says({"id": "9"}),
        Says({"id": "9", "instagram_business_account": {"id": "other"}}),
    ):
        script.on("GET", "/me", me, once=True)
        with closing(Instagram(script.ig(), script.wire())) as connector, pytest.raises(SignInAgain) as caught:
            connector.stage(Item("x", (make_photo(1),)), Staged(), ignore)
        assert caught.value.code == "no_photo_address"
    assert script.asked("POST") == []


def test_a_relayed_photo_is_temporary_and_deleted_at_the_end(
    script: Script, instagram: Instagram, make_photo: MakePhoto
) -> None:
    containers(script)
    script.on("POST", "/615/photos", Says({"id": "p1"}))
    script.on("GET", "/p1", GONE, once=True)
    script.on("GET", "/p1", Says({"images": []}), once=True)
    images = [{"height": 1, "source": "https://cdn/big.jpg"}, {"source": "https://cdn/small.jpg"}]
    script.on("GET", "/p1", Says({"images": images}))
    script.on("GET", "/c1", status("IN_PROGRESS"), once=True)
    script.on("GET", "/c1", status("FINISHED"))
    script.on("DELETE", "/p1", Says({"success": True}))
    item, staged = Item("x", (make_photo(1, "Alt"),)), Staged()
    for _ in range(3):
        staged = instagram.stage(item, staged, ignore)
        assert not staged.ready
        assert staged.ids["relay_1"] == "p1"
        assert script.asked("DELETE") == []
    assert instagram.stage(item, staged, ignore) == Staged(ids={"container": "c1"}, ready=True)
    assert len(script.asked("DELETE")) == 1
    [upload] = script.asked("POST", "/photos")
    assert b'name="temporary"\r\n\r\ntrue' in upload.body
    assert b'name="published"\r\n\r\nfalse' in upload.body
    assert script.asked("POST", "/media")[0].form["image_url"] == "https://cdn/big.jpg"


def test_a_relayed_photo_that_vanished_is_uploaded_anew(
    script: Script, instagram: Instagram, make_photo: MakePhoto
) -> None:
    script.on("POST", "/photos", Says({"id": "p2"}))
    script.on("GET", "/p1", GONE)
    script.on("GET", "/p2", Says({"images": [{"source": "https://cdn/2.jpg"}]}))
    containers(script)
    script.on("GET", "/c1", status("FINISHED"))
    script.on("DELETE", "", error(2, None, "later", 500))
    item, staged = Item("x", (make_photo(1),)), Staged(ids={"relay_1": "p1"})
    for _ in range(3):
        staged = instagram.stage(item, staged, ignore)
    assert staged.ready, "a photo that cannot be deleted now does not hold the post up"
    assert staged.ids["relay_1"] == "p2"


def test_slow_deletes_are_spread_over_rounds(script: Script, make_photo: MakePhoto, hand: Hand) -> None:
    def slowly(_: Seen) -> Says:
        hand.turn(12)
        return Says({"success": True})

    script.on("GET", "/c9", status("FINISHED"))
    script.on("DELETE", "", slowly)
    item, ids = Item("x", (make_photo(1), make_photo(2))), {"relay_1": "p1", "relay_2": "p2", "container": "c9"}
    with closing(Instagram(script.ig(), script.wire(timeout_s=20))) as connector:
        first = connector.stage(item, Staged(ids=ids), ignore)
        assert (first.ready, first.wait_s, dict(first.ids)) == (False, 0, {"relay_2": "p2", "container": "c9"})
        assert connector.stage(item, first, ignore) == Staged(ids={"container": "c9"}, ready=True)


def test_discard_deletes_the_relay_only(script: Script, instagram: Instagram) -> None:
    script.on("DELETE", "", Says({"success": True}))
    instagram.discard(Staged(ids={"relay_1": "p1", "item_1": "c1", "relay_2": "p2", "container": "c3"}))
    assert [one.path for one in script.asked("DELETE")] == ["/v25.0/p1", "/v25.0/p2"]


# -- the whole of it --------------------------------------------------------------------------------------------------


def test_failed_containers_on_the_practice_platform(
    practice_server: PracticeServer, practice: Control, make_photo: MakePhoto
) -> None:
    """Made anew after ERROR, over the wire, and the photo of the Page is gone afterwards."""
    page = practice.make_page()
    practice.container_s(0)
    account = Credentials(page.ig_id, {"token": page.ig_token})
    item = Item("Halo", (make_photo(1, "Satu"),))
    kept: list[Staged] = []
    with closing(Instagram(account, Wire(practice_server.url, timeout_s=20))) as connector:
        connector.stage(item, Staged(), kept.append)
        first = kept[-1].ids["container"]
        practice.fail_container(first)
        staged = replace(kept[-1], ready=False)
        for _ in range(3):
            staged = connector.stage(item, staged, kept.append)
        assert staged.ready
        assert staged.ids["container"] != first
        connector.commit(item, staged)
    assert [post.caption for post in practice.posts(page.ig_id)] == ["Halo"]
    assert practice.loose_photos(page.page_id) == []


def test_check_names_the_page_and_what_is_not_seen(script: Script) -> None:
    script.on("GET", "/me/permissions", UNKNOWN_FIELD)
    script.on("GET", "/me", Says({"id": "615", "instagram_business_account": {"id": IG}}))
    script.on("GET", f"/{IG}", Says({"id": IG, "username": "ipsm.desa"}), once=True)
    with closing(Instagram(script.ig(), script.wire())) as connector:
        facts = connector.check()
        assert (facts.page_id, facts.handle, facts.name) == ("615", "ipsm.desa", "ipsm.desa")
        script.on("GET", f"/{IG}", GONE)
        with pytest.raises(SignInAgain) as caught:
            connector.check()
    assert caught.value.code == "account_not_visible"


def test_the_first_commit_is_one_call_and_a_later_one_looks_first(script: Script, instagram: Instagram) -> None:
    script.on("POST", "/media_publish", Says({"id": "m1"}))
    script.on("GET", "/c1", status("FINISHED"))
    staged = Staged(ids={"container": "c1"}, ready=True)
    assert instagram.commit(Item("x"), replace(staged, tried=False)).remote_id == "m1"
    assert [one.path.rsplit("/", 1)[1] for one in script.seen] == ["media_publish"]
    assert instagram.commit(Item("x"), staged).remote_id == "m1"
    assert [one.path.rsplit("/", 1)[1] for one in script.seen] == ["media_publish", "c1", "media_publish"]
