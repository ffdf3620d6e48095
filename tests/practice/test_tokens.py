"""Who may ask what: token kinds, dead tokens, permissions, versions."""

from __future__ import annotations

import pytest

from connectors.practice import APP_ID, APP_SECRET
from connectors.practice.context import SCOPES, appsecret_proof
from connectors.practice.control import Control, PracticePage
from tests.practice.caller import Caller


def test_the_token_is_found_in_address_body_and_header(practice: Control, page: PracticePage) -> None:
    bare = Caller(practice.url, None)
    bare.get("me", access_token=page.page_token)
    bare.post(f"{page.page_id}/feed", message="Halo", access_token=page.page_token)
    Caller(practice.url, page.page_token).get("me")
    bare.call("GET", "me", headers={"Authorization": f"OAuth {page.page_token}"})
    assert [entry.token_where for entry in practice.log()] == ["url", "body", "header", "header"]
    assert all(entry.status == 200 for entry in practice.log())
    assert page.page_token not in repr(practice.log())


@pytest.mark.parametrize(
    ("token", "code"),
    [(None, 2500), ("EAAG1234", 190), ("latihan-page-tidakada", 190), ("", 2500)],
)
def test_no_token_and_foreign_tokens(practice: Control, page: PracticePage, token: str | None, code: int) -> None:
    assert Caller(practice.url, token).error("GET", "me")[0] == code


@pytest.mark.parametrize("subcode", [458, 460, 463, 467])
def test_a_dead_token_says_why_and_can_live_again(
    practice: Control, page: PracticePage, graph: Caller, subcode: int
) -> None:
    practice.end_token(page.page_token, subcode)
    assert graph.error("GET", "me") == (190, subcode)
    practice.end_token(page.page_token, None)
    graph.get("me")


def test_a_user_token_is_no_page_token(practice: Control, page: PracticePage, graph: Caller) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    user = Caller(practice.url, page.user_token)
    assert user.get(page.page_id, fields="name,followers_count")["name"] == page.name
    feed = f"{page.page_id}/feed"
    for method, path in [("POST", feed), ("GET", feed), ("GET", f"{post}/comments"), ("DELETE", post)]:
        assert user.error(method, path, message="x") == (190, 2069032)
    assert practice.count(page.page_id) == 1


def test_another_pages_token_sees_nothing(practice: Control, page: PracticePage, graph: Caller) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    other = Caller(practice.url, practice.make_page("Desa lain", "desa.lain").page_token)
    assert other.error("GET", post) == (100, 33)
    assert other.error("POST", f"{page.page_id}/feed", message="x") == (200, None)
    assert other.error("GET", f"{page.ig_id}/media") == (100, 33)


@pytest.mark.parametrize(
    ("missing", "method", "path", "code"),
    [
        ("pages_manage_posts", "POST", "{page}/feed", 200),
        ("pages_manage_posts", "POST", "{page}/photos", 200),
        ("pages_read_engagement", "GET", "{page}/feed", 10),
        ("pages_read_user_content", "GET", "{post}/comments", 10),
        ("pages_manage_engagement", "POST", "{post}/comments", 200),
        ("read_insights", "GET", "{post}/insights?metric=post_clicks", 10),
        ("instagram_basic", "GET", "{ig}", 10),
        ("instagram_content_publish", "POST", "{ig}/media", 10),
        ("instagram_manage_insights", "GET", "{ig}/insights?metric=reach", 10),
    ],
)
def test_each_permission_is_needed(
    practice: Control, page: PracticePage, graph: Caller, missing: str, method: str, path: str, code: int
) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Halo")["id"]
    practice.set_scopes(page.page_token, [scope for scope in SCOPES if scope != missing])
    assert graph.error(method, path.format(page=page.page_id, post=post, ig=page.ig_id), message="x")[0] == code
    granted = {row["permission"]: row["status"] for row in graph.get("me/permissions")["data"]}
    assert granted.pop(missing) == "declined"
    assert set(granted.values()) == {"granted"}


def test_accounts_come_in_pages_with_tokens(practice: Control) -> None:
    pages = [practice.make_page(f"Desa {n}", f"desa.{n}") for n in range(5)]
    user = Caller(practice.url, pages[0].user_token)
    found, address = [], "me/accounts?limit=2&fields=id,name,access_token,tasks,instagram_business_account"
    while address:
        answer = user.get(address)
        found += answer["data"]
        address = answer["paging"].get("next", "").partition("/v25.0/")[2]
    assert [row["id"] for row in found] == [page.page_id for page in pages]
    assert [row["instagram_business_account"]["id"] for row in found] == [page.ig_id for page in pages]
    assert found[0]["access_token"] == pages[0].page_token


def test_debug_token_and_exchange(practice: Control, page: PracticePage) -> None:
    app = Caller(practice.url, f"{APP_ID}|{APP_SECRET}")
    facts = app.get("debug_token", input_token=page.page_token)["data"]
    assert (facts["is_valid"], facts["type"], facts["profile_id"]) == (True, "PAGE", page.page_id)
    assert app.get("debug_token", input_token="latihan-x")["data"]["is_valid"] is False
    form = {"client_id": APP_ID, "client_secret": APP_SECRET, "grant_type": "fb_exchange_token"}
    made = app.get("oauth/access_token", **form, fb_exchange_token=page.user_token)
    assert made["expires_in"] == 60 * 86400
    fresh = Caller(practice.url, made["access_token"])
    fresh.get("me")
    practice.set_clock(61 * 86400)
    assert fresh.error("GET", "me") == (190, 463)
    assert app.get("debug_token", input_token=made["access_token"])["data"]["error"]["subcode"] == 463


def test_appsecret_proof(page: PracticePage, graph: Caller) -> None:
    graph.get("me", appsecret_proof=appsecret_proof(page.page_token))
    assert graph.error("GET", "me", appsecret_proof="00") == (100, None)


@pytest.mark.parametrize(
    ("asked", "served"), [("v25.0", "v25.0"), ("v26.0", "v26.0"), ("v19.0", "v21.0"), ("v99.0", "v21.0"), ("", "v21.0")]
)
def test_a_dead_version_is_served_by_the_oldest_living(
    practice: Control, page: PracticePage, asked: str, served: str
) -> None:
    practice.set_clock(1_795_000_000 - practice_now(practice))  # 2026-11-18
    caller = Caller(practice.url, page.page_token, asked)
    answer = caller.session.get(f"{caller.base}/me", timeout=10)
    assert answer.headers["facebook-api-version"] == served
    assert answer.status_code == 200


def test_versions_die_by_the_practice_clock(practice: Control, page: PracticePage) -> None:
    practice.set_clock(1_801_000_000 - practice_now(practice))  # 2027-01-27: v21.0 has ended
    answer = Caller(practice.url, page.page_token, "v21.0").session.get(
        f"{practice.url}/v21.0/me", params={"access_token": page.page_token}, timeout=10
    )
    assert answer.headers["facebook-api-version"] == "v22.0"
    assert "2027" in answer.headers["Date"]


def practice_now(practice: Control) -> float:
    """The practice clock now, read from the time of a logged call."""
    Caller(practice.url, None).call("GET", "me")
    return practice.log()[-1].at
