"""Facebook Pages: the two ways of publishing, looking again, and accounts and servers that give less than asked."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import Busy, Credentials, Item, Published, Refused, SignInAgain, Staged, Unsure, Wire
from connectors.facebook import Facebook
from connectors.practice.control import Control
from connectors.practice.server import PracticeServer
from tests.connectors.conftest import Hand, MakePhoto
from tests.connectors.scripted import GONE, PAGE, UNKNOWN_FIELD, Says, Script, Seen, error

NOW = datetime.now(UTC)


def graph_time(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S+0000")


def ignore(_: Staged) -> None:
    """Nothing is kept."""


# -- publishing -----------------------------------------------------------------------------------------------------


def test_a_real_account_publishes_directly_until_its_drill(
    practice_server: PracticeServer, practice: Control, make_photo: MakePhoto
) -> None:
    page = practice.make_page()
    account = Credentials(page.page_id, {"token": page.page_token})
    wire = Wire(practice_server.url, timeout_s=5, meta_own=True)
    item = Item("Langsung", (make_photo(1, "Satu"), make_photo(2)))
    with closing(Facebook(account, wire)) as direct:
        staged = direct.stage(item, Staged(), ignore)
        assert staged.ready
        assert not staged.repeatable
        assert practice.posts(page.page_id, unpublished=True) == []
        assert len(practice.loose_photos(page.page_id)) == 2
        began = datetime.now(UTC)
        assert direct.find(item, staged, began) is None
        practice.fault("feed", "lost_answer")
        with pytest.raises(Unsure):
            direct.commit(item, staged)
        found = direct.find(item, staged, began)
    [post] = practice.posts(page.page_id)
    assert found is not None
    assert found.remote_id == post.id
    assert [photo.alt for photo in post.photos] == ["Satu", ""]
    # Staged before the drill: the way is kept, also when the account has changed meanwhile.
    drilled = Facebook(account, replace(wire, flip_drilled=True))
    with closing(drilled):
        assert not drilled.stage(item, Staged(ids=dict(staged.ids)), ignore).repeatable
        assert drilled.stage(Item("Baru"), Staged(), ignore).repeatable


def test_text_alone(practice_server: PracticeServer, practice: Control) -> None:
    page = practice.make_page()
    account = Credentials(page.page_id, {"token": page.page_token})
    for meta_own in (False, True):
        item = Item(f"Tanpa foto {meta_own}")
        began = datetime.now(UTC)
        with closing(Facebook(account, Wire(practice_server.url, meta_own=meta_own))) as connector:
            staged = connector.stage(item, Staged(), ignore)
            done = connector.commit(item, staged)
            found = connector.find(item, staged, began)
        assert found is not None
        assert found.remote_id == done.remote_id
    assert practice.count(page.page_id) == 2


def test_what_cannot_succeed_is_not_sent(script: Script, facebook: Facebook, make_photo: MakePhoto) -> None:
    missing = make_photo(1)
    missing.path.unlink()
    for item, code in (
        (Item(" \n"), "empty_post"),
        (Item("x" * 63_207), "caption_too_long"),
        (Item("🌾" * 31_604), "caption_too_long"),
        (Item("x", tuple(make_photo(n) for n in range(2, 13))), "too_many_photos"),
        (Item("x", (missing,)), "photo_missing"),
    ):
        with pytest.raises(Refused) as caught:
            facebook.stage(item, Staged(), ignore)
        assert caught.value.code == code
    assert script.seen == []


def test_a_refused_photo_is_named(script: Script, facebook: Facebook, make_photo: MakePhoto) -> None:
    script.on("POST", "/photos", Says({"id": "11"}), once=True)
    script.on("POST", "/photos", error(324, 2069019, "Missing or invalid image file"))
    kept: list[Staged] = []
    with pytest.raises(Refused) as caught:
        facebook.stage(Item("x", (make_photo(1), make_photo(2))), Staged(), kept.append)
    assert (caught.value.code, caught.value.facts["photo"]) == ("photo_bad", 2)
    assert [dict(one.ids) for one in kept] == [{"photo_1": "11"}]


def test_a_slow_line_does_not_outlive_a_lease(script: Script, make_photo: MakePhoto, hand: Hand) -> None:
    """Each upload takes more than half of a call's time: one photo a round, and nothing is sent twice."""

    def slowly(_: Seen) -> Says:
        hand.turn(12)
        return Says({"id": str(len(script.seen))})

    script.on("POST", "/photos", slowly)
    script.on("POST", "/feed", Says({"id": "1_2"}))
    item, staged = Item("x", (make_photo(1), make_photo(2), make_photo(3))), Staged()
    with closing(Facebook(script.page(), script.wire(timeout_s=20))) as connector:
        for made in (1, 2):
            staged = connector.stage(item, staged, ignore)
            assert (staged.ready, staged.wait_s, len(staged.ids)) == (False, 0, made)
        assert connector.stage(item, staged, ignore).ready
    assert [one.path.rsplit("/", 1)[1] for one in script.seen] == ["photos"] * 3 + ["feed"]


def test_a_staged_post_that_disappeared(script: Script, facebook: Facebook) -> None:
    script.on("POST", "", GONE)
    with pytest.raises(Busy) as caught:
        facebook.commit(Item("x"), Staged(ids={"post": "1_2"}, ready=True))
    assert (caught.value.code, caught.value.limit, caught.value.unreached) == ("staged_gone", False, False)


@pytest.mark.parametrize("live", [True, False])
def test_a_refused_repetition_of_a_commit_that_worked(live: bool, script: Script, facebook: Facebook) -> None:
    script.on("POST", "", error(100, None, "(#100) This post is already published"))
    script.on("GET", "", Says({"is_published": live, "permalink_url": "https://fb/1"}))
    if live:
        done = facebook.commit(Item("x"), Staged(ids={"post": "1_2"}, ready=True))
        assert done == Published("1_2", "https://fb/1")
    else:
        with pytest.raises(Refused):
            facebook.commit(Item("x"), Staged(ids={"post": "1_2"}, ready=True))


def test_a_commit_of_a_staged_post_is_one_call(script: Script, facebook: Facebook) -> None:
    """Where it is to be seen is asked for afterwards: the account's next post waits for the end of a commit."""
    script.on("POST", "", Says({"success": True}))
    assert facebook.commit(Item("x"), Staged(ids={"post": "1_2"}, ready=True)) == Published("1_2", None)
    assert [one.method for one in script.seen] == ["POST"]
    script.on("GET", "", Says({"permalink_url": "/1/posts/2"}), once=True)
    assert facebook.permalink("1_2") == "https://www.facebook.com/1/posts/2"
    script.on("GET", "", Says({"id": "1_2"}), once=True)
    assert facebook.permalink("1_2") is None
    script.on("GET", "", Says(b"<html>", 502, "text/html"))
    with pytest.raises(Busy):
        facebook.permalink("1_2")


def test_no_success_is_unsure(script: Script, facebook: Facebook) -> None:
    script.on("POST", "", Says({"success": False}))
    with pytest.raises(Unsure):
        facebook.commit(Item("x"), Staged(ids={"post": "1_2"}, ready=True))
    with pytest.raises(Unsure):
        facebook.hide("1_3", True)


def photos(count: int) -> dict[str, Any]:
    parts = [{"media_type": "photo"}] * count
    album = {"media_type": "album", "subattachments": {"data": parts}}
    return {"data": [album if count > 1 else {"media_type": "photo"}]} if count else {"data": []}


def listed(post_id: str, message: str | None, *, age_s: int = 0, attachments: Any = None) -> dict[str, Any]:
    row = {"id": post_id, "message": message, "created_time": graph_time(NOW - timedelta(seconds=age_s))}
    return {key: value for key, value in (row | {"attachments": attachments}).items() if value is not None}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([listed("1", "Halo  warga\n", attachments=photos(2))], "1"),
        ([listed("1", "Halo warga", attachments=photos(1))], None),
        ([listed("1", "Halo warga", attachments=photos(0))], None),
        ([listed("1", "Halo warga lain", attachments=photos(2))], None),
        ([listed("1", None, attachments=photos(2))], None),
        ([listed("1", "Halo warga", age_s=100, attachments=photos(2))], "1"),
        ([listed("1", "Halo warga", age_s=600, attachments=photos(2))], None),
        ([listed("1", "Halo warga")], "1"),
        ([listed("1", "Halo warga", attachments={"data": [{"media_type": "album"}]})], "1"),
        ([listed("9", "Lain", attachments=photos(2)), listed("1", "Halo warga", attachments=photos(2))], "1"),
        (
            [
                listed("2", "Halo warga", attachments=photos(2)),
                listed("1", "Halo warga", age_s=60, attachments=photos(2)),
            ],
            "1",
        ),
        ([{"id": "1", "message": "Halo warga"}], None),
    ],
)
def test_looking_in_the_list(
    rows: list[dict[str, Any]], expected: str | None, script: Script, facebook: Facebook, make_photo: MakePhoto
) -> None:
    script.on("GET", "/published_posts", Says({"data": rows}))
    item = Item("Halo warga", (make_photo(1), make_photo(2)))
    found = facebook.find(item, Staged(ids={"photo_1": "1", "photo_2": "2", "way": "direct"}), NOW)
    assert (found.remote_id if found else None) == expected
    assert abs(int(script.seen[0].query["since"]) - (NOW.timestamp() - 120)) <= 1


def test_the_list_is_asked_for_less_when_a_field_is_refused(script: Script, facebook: Facebook) -> None:
    def answer(seen: Seen) -> Says:
        refused = "attachments" in seen.query["fields"]
        return UNKNOWN_FIELD if refused else Says({"data": [listed("1", "Halo")]})

    script.on("GET", "/published_posts", answer)
    found = facebook.find(Item("Halo"), Staged(), NOW)
    assert found == Published("1")


def test_a_post_not_seen_by_its_id_is_looked_for(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/1_2", GONE)
    script.on("GET", "/published_posts", Says({"data": []}), once=True)
    script.on("GET", "/published_posts", Says({"data": [listed("1_9", "Halo")]}))
    staged = Staged(ids={"post": "1_2"}, ready=True)
    assert facebook.find(Item("Halo"), staged, NOW) is None
    assert facebook.find(Item("Halo"), staged, NOW) == Published("1_9")


def test_a_refused_list_is_not_a_refused_post(script: Script, facebook: Facebook) -> None:
    for answer in (UNKNOWN_FIELD, GONE):
        script.on("GET", "", answer, once=True)
        script.on("GET", "", answer, once=True)
        script.on("GET", "", answer, once=True)
        with pytest.raises(Busy) as caught:
            facebook.find(Item("Halo"), Staged(), NOW)
        assert caught.value.code == "unreadable"


def test_photos_that_were_posted_already_speak_for_a_lost_commit(script: Script, facebook: Facebook) -> None:
    script.on("POST", "/feed", error(100, 1366051, "These photos were already posted."))
    with pytest.raises(Unsure):
        facebook.commit(Item("x"), Staged(ids={"way": "direct"}, ready=True))


def test_an_unreadable_list_is_not_an_absence(script: Script, facebook: Facebook) -> None:
    script.on(
        "GET", "", Says({"data": [listed("8", "x")], "paging": {"next": "y", "cursors": {"after": "2"}}}), once=True
    )
    script.on("GET", "", error(2, None, "later", 500))
    with pytest.raises(Busy):
        facebook.find(Item("Halo"), Staged(), NOW)


# -- discarding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "deleted"),
    [
        (Says({"is_published": True}), []),
        (Says({"is_published": False}), ["1_2", "11", "12"]),
        (Says({"id": "1_2"}), []),
        (GONE, ["11", "12"]),
    ],
)
def test_discard_reads_before_it_deletes(answer: Says, deleted: list[str], script: Script, facebook: Facebook) -> None:
    script.on("GET", "/1_2", answer)
    script.on("DELETE", "", Says({"success": True}))
    facebook.discard(Staged(ids={"photo_1": "11", "photo_2": "12", "post": "1_2"}))
    assert [one.path.rsplit("/", 1)[1] for one in script.asked("DELETE")] == deleted


def test_discard_of_the_direct_way_spares_photos_of_a_live_post(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/11", Says({"id": "11", "page_story_id": f"{PAGE}_5"}))
    script.on("GET", "/12", Says({"id": "12"}))
    script.on("DELETE", "", Says({"success": True}))
    facebook.discard(Staged(ids={"photo_1": "11", "photo_2": "12", "way": "direct"}))
    assert [one.path for one in script.asked("DELETE")] == ["/v25.0/12"]


def test_discard_says_when_it_cannot_know(script: Script, facebook: Facebook) -> None:
    script.on("GET", "", error(2, None, "later", 500))
    with pytest.raises(Busy):
        facebook.discard(Staged(ids={"photo_1": "11", "post": "1_2"}))
    assert script.asked("DELETE") == []


# -- who we are -----------------------------------------------------------------------------------------------------


def test_a_persons_token_is_told_apart(practice_server: PracticeServer, practice: Control) -> None:
    page = practice.make_page()
    account = Credentials(page.page_id, {"token": page.user_token})
    with closing(Facebook(account, Wire(practice_server.url))) as connector, pytest.raises(SignInAgain) as caught:
        connector.check()
    assert caught.value.code == "user_token"


@pytest.mark.parametrize("answer", [UNKNOWN_FIELD, Says(b"<html>", 404, "text/html"), Says({"data": []}), GONE])
def test_a_server_that_does_not_tell_permissions(answer: Says, script: Script, facebook: Facebook) -> None:
    script.on("GET", "/me", Says({"id": PAGE, "name": "IPSM"}))
    script.on("GET", "/me/permissions", answer)
    facts = facebook.check()
    assert (facts.name, facts.missing, facts.expires_at) == ("IPSM", (), None)


def test_missing_permissions_are_named(script: Script, facebook: Facebook) -> None:
    granted = [{"permission": name, "status": "granted"} for name in Facebook.needed if name != "read_insights"]
    script.on("GET", "/me", Says({"id": PAGE}))
    declined = {"permission": "read_insights", "status": "declined"}
    script.on("GET", "/me/permissions", Says({"data": [*granted, declined]}))
    assert facebook.check().missing == ("read_insights",)


def test_a_dead_token_at_the_permissions_is_not_overlooked(script: Script, facebook: Facebook) -> None:
    script.on("GET", "/me", Says({"id": PAGE}))
    script.on("GET", "/me/permissions", error(190, 463, "expired"))
    with pytest.raises(SignInAgain):
        facebook.check()


def debugged(script: Script, answer: Says) -> Facebook:
    script.on("GET", "/me", Says({"id": PAGE}))
    script.on("POST", "/debug_token", answer)
    return Facebook(script.page(), script.wire(app_id="7", app_secret="geheim"))


def test_debug_token_tells_the_end(script: Script) -> None:
    end = int(NOW.timestamp()) + 86_400
    data = {"is_valid": True, "expires_at": end, "scopes": list(Facebook.needed[1:])}
    with closing(debugged(script, Says({"data": data}))) as connector:
        facts = connector.check()
    assert facts.expires_at == datetime.fromtimestamp(end, UTC)
    assert facts.missing == (Facebook.needed[0],)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"is_valid": False, "error": {"code": 190, "subcode": 460, "message": "x"}}, "password_changed"),
        ({"is_valid": False, "error": {"code": 190, "error_subcode": 460, "message": "x"}}, "password_changed"),
        ({"is_valid": False}, "token_invalid"),
        ({"is_valid": True, "expires_at": int(NOW.timestamp()) - 60}, "token_expired"),
    ],
)
def test_debug_token_tells_a_dead_one(data: dict[str, Any], code: str, script: Script) -> None:
    with closing(debugged(script, Says({"data": data}))) as connector, pytest.raises(SignInAgain) as caught:
        connector.check()
    assert caught.value.code == code


@pytest.mark.parametrize("answer", [error(190, None, "Invalid app token"), Says(b"", 405), Says({"data": [1]})])
def test_a_server_without_debug_token(answer: Says, script: Script) -> None:
    script.on("GET", "/me/permissions", UNKNOWN_FIELD)
    with closing(debugged(script, answer)) as connector:
        assert connector.check().expires_at is None


def test_the_form_of_a_post_is_the_documented_one(script: Script, facebook: Facebook, make_photo: MakePhoto) -> None:
    script.on("POST", "/photos", Says({"id": "11"}), once=True)
    script.on("POST", "/photos", Says({"id": "12"}), once=True)
    script.on("POST", "/feed", Says({"id": "1_2"}))
    facebook.stage(Item("A & b\n#c 🌾", (make_photo(1, "Alt “satu”"), make_photo(2))), Staged(), ignore)
    form = dict(script.asked("POST", "/feed")[0].form)
    form.pop("access_token")
    assert [json.loads(form.pop(f"attached_media[{n}]")) for n in (0, 1)] == [
        {"media_fbid": "11"},
        {"media_fbid": "12"},
    ]
    assert form == {"message": "A & b\n#c 🌾", "published": "false"}
    upload = script.asked("POST", "/photos")[0]
    assert b'name="source"; filename="photo_1.jpg"' in upload.body
    assert "Alt “satu”".encode() in upload.body
    assert b'name="published"\r\n\r\nfalse' in upload.body


def test_check_on_a_server_without_me(script: Script, facebook: Facebook) -> None:
    no_path = error(2500, None, "Unknown path components: /me", status=404)
    script.on("GET", "/me", no_path)
    script.on("GET", "/permissions", no_path)
    script.on("GET", f"/{PAGE}", Says({"id": PAGE, "name": "IPSM"}))
    facts = facebook.check()
    assert (facts.remote_id, facts.name, facts.missing) == (PAGE, "IPSM", ())


def test_photos_as_one_array_where_indexed_keys_are_refused(
    script: Script, facebook: Facebook, make_photo: MakePhoto
) -> None:
    def feed(seen: Seen) -> Says:
        return Says({"id": "1_2"}) if "attached_media" in seen.form else error(100, None, "(#100) Invalid parameter")

    script.on("POST", "/photos", Says({"id": "p1"}), once=True)
    script.on("POST", "/photos", Says({"id": "p2"}))
    script.on("POST", "/feed", feed)
    staged = facebook.stage(Item("Foto", (make_photo(1), make_photo(2))), Staged(), ignore)
    assert staged.ready
    assert staged.ids["post"] == "1_2"
    form = script.asked("POST", "/feed")[-1].form
    assert json.loads(form["attached_media"]) == [{"media_fbid": "p1"}, {"media_fbid": "p2"}]
    assert form["published"] == "false"
    assert not [key for key in form if "[" in key]
