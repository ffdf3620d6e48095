"""The real facebook-sdk 3.1.0 against the platform, unchanged but for its base address."""

from __future__ import annotations

import io
import json
import threading

import facebook
import pytest

from connectors.practice.control import Control, PracticePage
from connectors.practice.server import PracticeServer
from tests.practice.caller import Caller, picture


@pytest.fixture
def sdk(practice: Control, page: PracticePage, monkeypatch: pytest.MonkeyPatch) -> facebook.GraphAPI:
    monkeypatch.setattr(facebook, "FACEBOOK_GRAPH_URL", f"{practice.url}/")
    api = facebook.GraphAPI(page.page_token, timeout=10)
    api.version = "v25.0"
    return api


def test_the_loop_with_the_real_sdk(practice: Control, page: PracticePage, sdk: facebook.GraphAPI) -> None:
    photos = [
        sdk.put_photo(io.BytesIO(picture()), f"{page.page_id}/photos", published="False", alt_text_custom=f"Foto {n}")
        for n in range(2)
    ]
    media = json.dumps([{"media_fbid": photo["id"]} for photo in photos])
    post = sdk.put_object(page.page_id, "feed", message="Halo warga", attached_media=media, published=False)
    assert practice.count(page.page_id) == 0
    assert sdk.request(f"v25.0/{post['id']}", post_args={"is_published": "true"}) == {"success": True}
    comment = practice.comment(post["id"], "Ani", "Kapan lagi?")
    for n in range(30):
        practice.comment(post["id"], "Budi", f"Komentar {n}")
    listed = list(sdk.get_all_connections(post["id"], "comments", order="chronological", limit=7))
    assert len(listed) == 31
    reply = sdk.put_comment(comment, "Minggu depan")
    assert sdk.get_object(reply["id"], fields="parent{id}")["parent"]["id"] == comment
    assert sdk.get_objects([comment, reply["id"]], fields="message")[reply["id"]]["message"] == "Minggu depan"
    sdk.request(f"v25.0/{listed[1]['id']}", post_args={"is_hidden": "true"})
    sdk.delete_object(listed[2]["id"])
    seen = practice.posts(page.page_id)[0]
    assert [photo.alt for photo in seen.photos] == ["Foto 0", "Foto 1"]
    assert seen.comments[0].replies[0].text == "Minggu depan"
    assert (seen.comments[1].hidden, len(seen.comments)) == (True, 30)


def test_the_sdk_sees_our_errors(practice: Control, page: PracticePage, sdk: facebook.GraphAPI) -> None:
    with pytest.raises(facebook.GraphAPIError) as caught:
        sdk.get_object(page.page_id, fields="nonsense")
    assert caught.value.code == 100
    practice.fault("read", "html_502")
    with pytest.raises(facebook.GraphAPIError, match="Maintype"):
        sdk.get_object("me")
    practice.end_token(page.page_token, 463)
    with pytest.raises(facebook.GraphAPIError) as caught:
        sdk.put_object(page.page_id, "feed", message="x")
    assert caught.value.result["error"]["error_subcode"] == 463


def test_many_threads_lose_nothing(practice_server: PracticeServer, practice: Control, page: PracticePage) -> None:
    def work(number: int) -> None:
        graph = Caller(practice.url, page.page_token)
        for n in range(10):
            made = graph.post(f"{page.page_id}/feed", message=f"{number}.{n}")
            graph.post(f"{made['id']}/comments", message="Halo")
        graph.session.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    posts = practice.posts(page.page_id)
    assert len({post.id for post in posts}) == len({post.caption for post in posts}) == 80
    assert all(len(post.comments) == 1 for post in posts)
