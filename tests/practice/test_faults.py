"""The switches: what was done, what was answered, what the log says."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from connectors.practice.control import Control, ControlError, PracticePage
from tests.practice.caller import Caller, instagram_post, staged_photo


@pytest.mark.parametrize(
    ("what", "acted"),
    [
        ("lost_answer", True),
        ("error_500_acted", True),
        ("truncated", True),
        ("empty", True),
        ("untyped", True),
        ("html_502_acted", True),
        ("error_500", False),
        ("html_502", False),
        ("dropped", False),
        ("rate_limit", False),
        ("expired_token", False),
        ("permission", False),
        ("refused", False),
    ],
)
def test_each_fault_on_a_post(practice: Control, page: PracticePage, graph: Caller, what: str, acted: bool) -> None:
    practice.fault("feed", what)
    address = f"{practice.url}/v25.0/{page.page_id}/feed"
    answer: requests.Response | None = None
    try:
        answer = graph.session.post(address, data={"message": "Halo"}, timeout=30)
        shape = (answer.status_code, answer.headers["Content-Type"].partition(";")[0])
    except requests.RequestException as error:
        shape = (0, type(error).__name__)
    expected = {
        "lost_answer": (0, "ConnectionError"),
        "truncated": (0, "ChunkedEncodingError"),
        "error_500_acted": (500, "application/json"),
        "error_500": (500, "application/json"),
        "html_502": (502, "text/html"),
        "html_502_acted": (502, "text/html"),
        "empty": (200, "application/json"),
        "untyped": (200, "text/html"),
        "dropped": (0, "ConnectionError"),
        "rate_limit": (403, "application/json"),
        "expired_token": (400, "application/json"),
        "permission": (403, "application/json"),
        "refused": (400, "application/json"),
    }[what]
    assert shape == expected
    assert practice.count(page.page_id) == int(acted)
    entry = practice.log(kind="feed")[-1]
    assert (entry.fault, entry.acted, entry.status) == (
        what,
        acted,
        expected[0] or (200 if what == "truncated" else None),
    )
    graph.post(f"{page.page_id}/feed", message="Lagi")  # used up
    assert practice.count(page.page_id) == int(acted) + 1


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001, 80002])
def test_rate_limits_say_how_long(practice: Control, page: PracticePage, graph: Caller, code: int) -> None:
    practice.fault("read", "rate_limit", code=code, minutes=7)
    answer = graph.session.get(f"{practice.url}/v25.0/{page.page_id}", timeout=30)
    assert answer.json()["error"]["code"] == code
    business = json.loads(answer.headers["X-Business-Use-Case-Usage"])[page.page_id][0]
    assert (business["call_count"], business["estimated_time_to_regain_access"]) == (100, 7)
    if code in (4, 17):
        assert json.loads(answer.headers["X-App-Usage"])["call_count"] == 100


@pytest.mark.parametrize(
    ("what", "params", "error"),
    [
        ("expired_token", {}, (190, 463)),
        ("permission", {"code": 200}, (200, None)),
        ("refused", {"code": 368, "subcode": 1346003}, (368, 1346003)),
        ("error_500", {}, (2, None)),
    ],
)
def test_codes_of_refusals(
    practice: Control, page: PracticePage, graph: Caller, what: str, params: dict[str, Any], error: tuple[int, int]
) -> None:
    practice.fault("any", what, **params)
    assert graph.error("GET", "me") == error


def test_each_kind_of_call_is_recognised(practice: Control, page: PracticePage, graph: Caller) -> None:
    photo = staged_photo(graph, page)
    graph.get(photo, fields="images")
    post = graph.post(f"{page.page_id}/feed", message="x", published="false")["id"]
    graph.post(post, is_published="true")
    graph.post(post, message="y")
    comment = practice.comment(post, "Ani", "Halo")
    graph.get(f"{post}/comments")
    graph.post(f"{comment}/comments", message="Halo")
    graph.post(comment, is_hidden="true")
    graph.get(f"{post}/insights", metric="post_clicks")
    graph.call("DELETE", photo)
    instagram_post(practice, graph, page)
    kinds = [entry.kind for entry in practice.log()]
    assert kinds[:10] == ["photo", "read", "feed", "flip", "edit", "comments", "reply", "hide", "insights", "delete"]
    assert kinds[-2:] == ["container", "publish"]


def test_a_switch_may_wait_name_an_account_and_stay(practice: Control, page: PracticePage, graph: Caller) -> None:
    other = practice.make_page("Desa lain", "desa.lain")
    practice.fault("read", "error_500", times=None, account_id=other.page_id)
    practice.fault("read", "refused", times=2, skip=1, account_id=page.page_id)
    results = [graph.call("GET", page.page_id)[0] for _ in range(4)]
    assert results == [200, 400, 400, 200]
    caller = Caller(practice.url, other.page_token)
    assert [caller.call("GET", other.page_id)[0] for _ in range(3)] == [500] * 3
    assert len(practice.faults()) == 1
    practice.clear_faults()
    assert caller.call("GET", other.page_id)[0] == 200


def test_a_refusal_of_the_content_still_uses_up_a_lost_answer(
    practice: Control, page: PracticePage, graph: Caller
) -> None:
    practice.fault("feed", "lost_answer")
    with pytest.raises(requests.ConnectionError):
        graph.call("POST", f"{page.page_id}/feed", data={"message": ""})
    assert practice.log(kind="feed")[-1].acted is False
    assert practice.faults() == []


def test_lost_media_publish_leaves_the_container_published(
    practice: Control, page: PracticePage, graph: Caller
) -> None:
    practice.container_s(0)
    photo = graph.get(staged_photo(graph, page), fields="images")["images"][0]["source"]
    made = graph.post(f"{page.ig_id}/media", image_url=photo)["id"]
    practice.fault("publish", "lost_answer")
    with pytest.raises(requests.ConnectionError):
        graph.call("POST", f"{page.ig_id}/media_publish", data={"creation_id": made})
    assert graph.get(made, fields="status_code")["status_code"] == "PUBLISHED"
    assert practice.count(page.ig_id) == 1


def test_slow_acts_at_once_and_answers_late(practice: Control, page: PracticePage, graph: Caller) -> None:
    practice.fault("feed", "slow", seconds=30)
    start = time.monotonic()
    with pytest.raises(requests.ReadTimeout):
        graph.session.post(f"{practice.url}/v25.0/{page.page_id}/feed", data={"message": "x"}, timeout=(30, 0.3))
    while not practice.count(page.page_id) and time.monotonic() - start < 20:
        time.sleep(0.02)
    assert practice.count(page.page_id) == 1
    assert time.monotonic() - start < 25, "long before the answer would come"


def test_usage_headers_can_be_fixed(practice: Control, page: PracticePage, graph: Caller) -> None:
    practice.usage(app=81, page=92, ig=40, minutes=3)
    answer = graph.session.get(f"{practice.url}/v25.0/{page.page_id}", timeout=30)
    assert json.loads(answer.headers["X-App-Usage"])["call_count"] == 81
    assert json.loads(answer.headers["X-Page-Usage"])["call_count"] == 92
    answer = graph.session.get(f"{practice.url}/v25.0/{page.ig_id}", timeout=30)
    entry = json.loads(answer.headers["X-Business-Use-Case-Usage"])[page.ig_id][0]
    assert (entry["type"], entry["call_count"], entry["estimated_time_to_regain_access"]) == ("instagram", 40, 3)


@pytest.mark.parametrize(
    ("where", "what", "times"), [("nowhere", "slow", 1), ("any", "nothing", 1), ("any", "slow", 0)]
)
def test_unknown_switches_are_refused(practice: Control, where: str, what: str, times: int) -> None:
    with pytest.raises(ControlError):
        practice.fault(where, what, times=times)


def test_the_control_api_is_for_this_computer_only(practice: Control) -> None:
    address = f"{practice.url}/latihan/api/accounts"
    for headers in ({"Origin": "https://jahat.example"}, {"Host": "jahat.example"}):
        assert requests.post(address, json={}, headers=headers, timeout=30).status_code == 403
    assert requests.post(address, json={}, headers={"Origin": practice.url}, timeout=30).status_code == 200
    assert requests.post(f"{practice.url}/latihan/api/nothing", json={}, timeout=30).status_code == 404
    assert requests.post(f"{practice.url}/latihan/api/make_page", json={"x": 1}, timeout=30).status_code == 400


@pytest.mark.parametrize(
    ("what", "params", "status"),
    [
        ("container_error", {"reason": "2207009"}, "ERROR"),
        ("container_expired", {}, "EXPIRED"),
        ("container_slow", {"seconds": 60}, "IN_PROGRESS"),
    ],
)
def test_containers_that_come_to_nothing(
    practice: Control, page: PracticePage, graph: Caller, what: str, params: dict[str, Any], status: str
) -> None:
    practice.container_s(0)
    photo = staged_photo(graph, page)
    image = graph.get(photo, fields="images")["images"][0]["source"]
    practice.fault("container", what, **params)
    made = graph.post(f"{page.ig_id}/media", image_url=image)
    told = graph.get(made["id"], fields="status_code,status")
    assert told["status_code"] == status
    assert str(params.get("reason", "")) in told["status"]


def test_a_read_that_lags_behind(practice: Control, page: PracticePage, graph: Caller) -> None:
    made = graph.post(f"{page.page_id}/feed", message="Halo")
    for path, shown in ((f"{page.page_id}/published_posts", {"data": []}), (made["id"], {"is_published": False})):
        practice.fault("read", "behind")
        late = graph.get(path, fields="is_published")
        assert {key: late[key] for key in shown} == shown
        assert graph.get(path, fields="is_published") != late
