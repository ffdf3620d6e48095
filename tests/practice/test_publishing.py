"""Publishing on both sides, with what Meta is strict about."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from connectors.practice.control import Control, PracticePage
from tests.practice.caller import Caller, image_url, instagram_post, picture, staged_photo


def attached(ids: list[str]) -> dict[str, str]:
    return {f"attached_media[{n}]": json.dumps({"media_fbid": one}) for n, one in enumerate(ids)}


@pytest.mark.parametrize("as_array", [False, True])
def test_photos_stay_invisible_until_the_flip(
    practice: Control, page: PracticePage, graph: Caller, as_array: bool
) -> None:
    bytes_sent = [picture(640, 480, colour="red"), picture(480, 640, colour="blue")]
    ids = [staged_photo(graph, page, data, f"Foto {n}") for n, data in enumerate(bytes_sent)]
    media = {"attached_media": json.dumps([{"media_fbid": one} for one in ids])} if as_array else attached(ids)
    post = graph.post(f"{page.page_id}/feed", message="Kerja bakti", published="false", **media)["id"]
    assert practice.count(page.page_id) == 0
    assert graph.get(f"{page.page_id}/published_posts")["data"] == []
    assert [p["id"] for p in graph.get(f"{page.page_id}/promotable_posts", is_published="false")["data"]] == [post]
    assert graph.get(post, fields="is_published")["is_published"] is False
    for _ in range(2):  # may be repeated
        assert graph.post(post, is_published="true") == {"success": True}
    public = practice.posts(page.page_id)
    assert [photo.alt for photo in public[0].photos] == ["Foto 0", "Foto 1"]
    assert [practice.photo_bytes(photo) for photo in public[0].photos] == bytes_sent
    shown = graph.get(post, fields="attachments{media_type,subattachments{target{id}}}")
    assert [item["target"]["id"] for item in shown["attachments"]["data"][0]["subattachments"]["data"]] == ids


def test_read_after_write_and_permalink(practice: Control, page: PracticePage, graph: Caller) -> None:
    made = graph.post(f"{page.page_id}/feed", message="Halo", fields="id,permalink_url,message")
    assert made["message"] == "Halo"
    assert made["permalink_url"].startswith(f"{practice.url}/facebook/{page.page_id}#")


def test_a_photo_by_itself_is_a_post(practice: Control, page: PracticePage, graph: Caller) -> None:
    made = graph.post(f"{page.page_id}/photos", source=picture(), caption="Satu foto", alt_text_custom="Warga")
    assert made["post_id"].startswith(page.page_id)
    post = practice.posts(page.page_id)[0]
    assert (post.id, post.caption, post.photos[0].alt) == (made["post_id"], "Satu foto", "Warga")


def test_a_photo_can_be_fetched(practice: Control, page: PracticePage, graph: Caller) -> None:
    made = graph.post(f"{page.page_id}/photos", url=image_url(graph, page), published="false")
    assert graph.get(made["id"], fields="width")["width"] == 800


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"message": ""}, (100, 1349125)),
        ({"message": "x" * 63_207}, (100, None)),
        ({"message": "x", "published": "maybe"}, (100, None)),
        ({"message": "x", "scheduled_publish_time": "60", "published": "false"}, (100, 1487056)),
        ({"message": "x", "attached_media": "nonsense"}, (100, None)),
        ({"message": "x", "attached_media": '["1"]'}, (100, None)),
        ({"message": "x", "attached_media[0]": '{"media_fbid":"99"}'}, (100, 33)),
    ],
)
def test_bad_posts(
    practice: Control, page: PracticePage, graph: Caller, form: dict[str, str], error: tuple[int, int]
) -> None:
    assert graph.error("POST", f"{page.page_id}/feed", **form) == error
    assert practice.count(page.page_id) == 0


@pytest.mark.parametrize(
    ("data", "alt", "error"),
    [
        (picture() + b"\0" * 4_000_000, "", (100, 1366046)),
        (b"tidak ada gambar", "", (324, 2069019)),
        (picture()[:2000], "", (324, 2069019)),
        (b"", "", (324, 2069019)),
        (picture(), "x" * 1001, (100, None)),
    ],
)
def test_bad_photos(page: PracticePage, graph: Caller, data: bytes, alt: str, error: tuple[int, int]) -> None:
    assert graph.error("POST", f"{page.page_id}/photos", source=data, alt_text_custom=alt) == error


def test_a_photo_is_posted_once(page: PracticePage, graph: Caller) -> None:
    photo = staged_photo(graph, page)
    graph.post(f"{page.page_id}/feed", message="x", **attached([photo]))
    assert graph.error("POST", f"{page.page_id}/feed", message="y", **attached([photo])) == (100, 1366051)


def test_scheduled_by_the_platform_goes_out_by_its_clock(practice: Control, page: PracticePage, graph: Caller) -> None:
    graph.get("me")
    due = int(practice.log()[-1].at) + 3600
    form = {"message": "Nanti", "published": "false", "scheduled_publish_time": str(due)}
    post = graph.post(f"{page.page_id}/feed", **form)["id"]
    assert [p["id"] for p in graph.get(f"{page.page_id}/scheduled_posts")["data"]] == [post]
    practice.set_clock(3700)
    deadline = time.monotonic() + 30
    while not practice.count(page.page_id) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert practice.posts(page.page_id)[0].id == post


@pytest.mark.parametrize("what", ["post", "photo", "comment", "media"])
def test_the_second_delete_finds_nothing(practice: Control, page: PracticePage, graph: Caller, what: str) -> None:
    makers: dict[str, Callable[[], str]] = {
        "post": lambda: graph.post(f"{page.page_id}/feed", message="x")["id"],
        "photo": lambda: staged_photo(graph, page),
        "comment": lambda: practice.comment(graph.post(f"{page.page_id}/feed", message="x")["id"], "Ani", "Halo"),
        "media": lambda: instagram_post(practice, graph, page),
    }
    made = makers[what]()
    assert graph.call("DELETE", made) == (200, {"success": True})
    assert graph.error("DELETE", made) == (100, 33)
    assert graph.error("GET", made) == (100, 33)


# --- Instagram --------------------------------------------------------------------------------------------------
def test_a_carousel_waits_is_published_once_and_keeps_its_order(
    practice: Control, page: PracticePage, graph: Caller
) -> None:
    practice.container_s(30)
    urls = [image_url(graph, page, picture(colour=colour)) for colour in ("red", "green")]
    items = [
        graph.post(f"{page.ig_id}/media", image_url=url, is_carousel_item="true", alt_text=f"Foto {n}")["id"]
        for n, url in enumerate(urls)
    ]
    assert graph.get(items[0], fields="status_code")["status_code"] == "IN_PROGRESS"
    form = {"media_type": "CAROUSEL", "children": ",".join(items), "caption": "Halo #IPSM"}
    assert graph.error("POST", f"{page.ig_id}/media", **form) == (9007, 2207027)
    practice.set_clock(31)
    whole = graph.post(f"{page.ig_id}/media", **form)["id"]
    assert graph.error("POST", f"{page.ig_id}/media_publish", creation_id=whole) == (9007, 2207027)
    practice.set_clock(62)
    media = graph.post(f"{page.ig_id}/media_publish", creation_id=whole)["id"]
    assert graph.get(whole, fields="status_code,status")["status_code"] == "PUBLISHED"
    assert graph.error("POST", f"{page.ig_id}/media_publish", creation_id=whole) == (24, 2207008)
    assert practice.count(page.ig_id) == 1
    shown = graph.get(media, fields="caption,media_type,permalink,children{id,alt_text,media_url}")
    assert (shown["caption"], shown["media_type"]) == ("Halo #IPSM", "CAROUSEL_ALBUM")
    assert [child["alt_text"] for child in shown["children"]["data"]] == ["Foto 0", "Foto 1"]
    limit = graph.get(f"{page.ig_id}/content_publishing_limit", fields="config,quota_usage")["data"][0]
    assert (limit["quota_usage"], limit["config"]["quota_total"]) == (1, 100)


def test_a_container_dies_after_a_day_or_by_a_fault(practice: Control, page: PracticePage, graph: Caller) -> None:
    first, second = (graph.post(f"{page.ig_id}/media", image_url=image_url(graph, page))["id"] for _ in range(2))
    practice.fail_container(first)
    assert graph.get(first, fields="status_code")["status_code"] == "ERROR"
    practice.set_clock(24 * 3600 + 1)
    assert graph.get(second, fields="status_code")["status_code"] == "EXPIRED"
    for one in (first, second):
        graph.error("POST", f"{page.ig_id}/media_publish", creation_id=one)
    assert practice.count(page.ig_id) == 0


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (picture(kind="PNG"), (36001, 2207005)),
        (picture(kind="WEBP"), (36001, 2207005)),
        (picture(kind="MPO"), (36001, 2207005)),
        (picture()[:1500], (36001, 2207005)),
        (picture(790, 1000), (36003, 2207009)),
        (picture(1930, 1000), (36003, 2207009)),
        (picture() + b"\0" * (8 * 1024 * 1024), (36000, 2207004)),
    ],
    ids=["png", "webp", "mpo", "cut", "narrow", "wide", "heavy"],
)
def test_bad_instagram_photos(page: PracticePage, graph: Caller, data: bytes, error: tuple[int, int]) -> None:
    with Serving(data) as address:
        assert graph.error("POST", f"{page.ig_id}/media", image_url=address) == error


@pytest.mark.parametrize("size", [(800, 1000), (1910, 1000), (1080, 566), (1080, 1350)])
def test_ratios_at_the_edge_pass(page: PracticePage, graph: Caller, size: tuple[int, int]) -> None:
    graph.post(f"{page.ig_id}/media", image_url=image_url(graph, page, picture(*size)))


@pytest.mark.parametrize("kind", ["text/html", None, "redirect-nowhere"])
def test_addresses_that_lead_to_no_photo(page: PracticePage, graph: Caller, kind: str | None) -> None:
    if kind == "text/html":
        with Serving(b"<html>masuk dulu</html>", "text/html") as address:
            assert graph.error("POST", f"{page.ig_id}/media", image_url=address) == (9004, 2207052)
        return
    address = "http://127.0.0.1:1/foto.jpg" if kind else "file:///etc/passwd"
    assert graph.error("POST", f"{page.ig_id}/media", image_url=address) == (9004, 2207052)


@pytest.mark.parametrize(
    "caption", ["x" * 2201, "😀" * 1101, " ".join(f"#t{n}" for n in range(31)), " ".join(f"@o{n}" for n in range(21))]
)
def test_captions_beyond_the_limits(page: PracticePage, graph: Caller, caption: str) -> None:
    form = {"image_url": image_url(graph, page), "caption": caption}
    assert graph.error("POST", f"{page.ig_id}/media", **form) == (36004, 2207010)


@pytest.mark.parametrize("number", [0, 1, 11])
def test_a_carousel_holds_two_to_ten(practice: Control, page: PracticePage, graph: Caller, number: int) -> None:
    practice.container_s(0)
    url = image_url(graph, page)
    ids = [graph.post(f"{page.ig_id}/media", image_url=url, is_carousel_item="true")["id"] for _ in range(number)]
    form = {"media_type": "CAROUSEL", "children": ",".join(ids)}
    assert graph.error("POST", f"{page.ig_id}/media", **form) == (100, 2207028)


def test_the_daily_quota(practice: Control, page: PracticePage, graph: Caller) -> None:
    practice.ig_quota(1)
    instagram_post(practice, graph, page)
    made = graph.post(f"{page.ig_id}/media", image_url=image_url(graph, page))
    assert graph.error("POST", f"{page.ig_id}/media_publish", creation_id=made["id"]) == (9, 2207042)
    practice.set_clock(86401 - 60)
    assert graph.error("POST", f"{page.ig_id}/media_publish", creation_id=made["id"]) == (9, 2207042)


class Serving:
    """A web server of somebody else that gives one answer."""

    def __init__(self, data: bytes, kind: str = "image/jpeg") -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                try:
                    self.wfile.write(data)
                except ConnectionError:  # the fetcher stops reading one byte over the limit
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> str:
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}/foto.jpg"

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
