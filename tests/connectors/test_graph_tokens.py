"""The right kind of key: a table of all the wrong ones, and the way from a person's key to the Page's own."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import Busy, ConnectorError, Credentials, Refused, SignInAgain, Wire
from connectors._graph_account import GraphConnector
from connectors.facebook import Facebook
from connectors.instagram import Instagram
from connectors.practice import APP_ID, APP_SECRET
from connectors.practice.context import SCOPES
from connectors.practice.control import Control, PracticePage
from connectors.practice.server import PracticeServer
from tests.connectors.scripted import IG, PAGE, TOKEN, Says, Script, Seen, error

NAMES = ("Halaman A", "Halaman B", "Halaman C")
LONG, OWN = "EAAGlong0000000000000000long", "EAAGpage0000000000000000page"


@pytest.fixture
def page(practice: Control) -> PracticePage:
    return practice.make_page("IPSM Cibinong", "ipsm.cibinong")


@pytest.fixture(params=["facebook", "instagram"])
def kind(request: pytest.FixtureRequest) -> type[GraphConnector]:
    return Facebook if request.param == "facebook" else Instagram


def remote(kind: type[GraphConnector], page: PracticePage) -> str:
    return page.page_id if kind is Facebook else page.ig_id


def wire(url: str, *, app: bool) -> Wire:
    return Wire(url, timeout_s=20, app_id=APP_ID if app else None, app_secret=APP_SECRET if app else None)


def checked(kind: type[GraphConnector], remote_id: str, token: str, where: Wire, **settings: str) -> tuple[Any, Any]:
    with closing(kind(Credentials(remote_id, {"token": token}, settings), where)) as connector:
        facts = connector.check()
        return facts, connector.secrets_changed()


@pytest.mark.parametrize("app", [False, True], ids=["plain", "with the app's secret"])
@pytest.mark.parametrize("whose", ["page", "person", "app", "other page", "other person", "nobody"])
def test_whose_key_it_is(
    practice_server: PracticeServer, practice: Control, page: PracticePage, kind: type[GraphConnector], whose: str,
    app: bool,
) -> None:  # fmt: skip
    other = practice.make_page("Desa Lain", "desa.lain", user="Orang Lain")
    token = {
        "page": page.page_token, "person": page.user_token, "app": f"{APP_ID}|{APP_SECRET}",
        "other page": other.page_token, "other person": other.user_token, "nobody": "latihan-page-bukan",
    }[whose]  # fmt: skip
    expected = {
        "page": None,
        "person": None if app else "user_token",
        "app": "app_token",
        "other page": "other_page" if kind is Facebook else "account_not_visible",
        "other person": "page_not_managed" if app else "user_token",
        "nobody": "token_invalid",
    }[whose]
    where = wire(practice_server.url, app=app)
    if expected is not None:
        with pytest.raises(SignInAgain) as refused:
            checked(kind, remote(kind, page), token, where)
        assert refused.value.code == expected
        assert token not in str(refused.value)
        if expected in ("other_page", "page_not_managed"):
            assert "Desa Lain" in refused.value.facts.values()
        return
    facts, fresh = checked(kind, remote(kind, page), token, where)
    assert (facts.remote_id, facts.missing, facts.expires_at) == (remote(kind, page), (), None)
    assert fresh == ({"token": page.page_token} if whose == "person" else None), "a Page's own key stays as it is"


def test_each_missing_permission_is_named(
    practice_server: PracticeServer, practice: Control, page: PracticePage, kind: type[GraphConnector]
) -> None:
    for app in (False, True):
        for missing in kind.needed:
            if missing == "instagram_basic":
                continue  # without it the account cannot even be looked at
            practice.set_scopes(page.page_token, [scope for scope in SCOPES if scope != missing])
            facts, _ = checked(kind, remote(kind, page), page.page_token, wire(practice_server.url, app=app))
            assert facts.missing == (missing,)


def test_a_short_login_becomes_a_key_without_end(
    practice_server: PracticeServer, practice: Control, page: PracticePage, kind: type[GraphConnector],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    soon = datetime.now(UTC) + timedelta(hours=1)
    practice.token_ends(page.user_token, soon.timestamp())
    before = practice.log()[-1].id if practice.log() else 0
    facts, fresh = checked(kind, remote(kind, page), page.user_token, wire(practice_server.url, app=True))
    assert facts.expires_at is None, "without the exchange it would end with the login"
    practice.set_clock(70 * 86400)
    checked(kind, remote(kind, page), fresh["token"], wire(practice_server.url, app=False))
    practice.set_clock(0)
    calls = practice.log(before)
    assert [call.token_where for call in calls if call.method == "GET"].count("url") == 0
    for secret in (page.user_token, page.page_token, APP_SECRET):
        assert secret not in repr(calls)
        assert secret not in caplog.text


def test_the_role_on_the_page_must_do(
    practice_server: PracticeServer, practice: Control, page: PracticePage, kind: type[GraphConnector]
) -> None:
    def said(*tasks: str) -> str:
        practice.set_tasks(page.page_id, *tasks)
        with pytest.raises(SignInAgain) as refused:
            checked(kind, remote(kind, page), page.user_token, wire(practice_server.url, app=True))
        assert refused.value.code == "page_tasks"
        return str(refused.value.facts["tasks"])

    def enough(*tasks: str) -> bool:
        practice.set_tasks(page.page_id, *tasks)
        return checked(kind, remote(kind, page), page.user_token, wire(practice_server.url, app=True))[1] is not None

    assert said("ANALYZE") == "CREATE_CONTENT, MODERATE"
    assert said("CREATE_CONTENT", "ANALYZE") == "MODERATE"
    assert enough("CREATE_CONTENT", "MODERATE")
    assert enough("PROFILE_PLUS_CREATE_CONTENT", "PROFILE_PLUS_MODERATE")
    assert enough("PROFILE_PLUS_FULL_CONTROL")


def test_a_dead_login_says_why(practice_server: PracticeServer, practice: Control, page: PracticePage) -> None:
    practice.end_token(page.user_token, 460)
    with pytest.raises(SignInAgain) as caught:
        checked(Facebook, page.page_id, page.user_token, wire(practice_server.url, app=True))
    assert caught.value.code == "password_changed"


def test_a_page_key_that_ends_is_prolonged(practice_server: PracticeServer, practice: Control) -> None:
    for days, prolonged in ((0.05, True), (20, True), (40, False)):
        page = practice.make_page(f"Desa {days}", f"desa.{days}")
        end = datetime.now(UTC) + timedelta(days=days)
        practice.token_ends(page.page_token, end.timestamp())
        facts, fresh = checked(Facebook, page.page_id, page.page_token, wire(practice_server.url, app=True))
        assert facts.expires_at is not None
        if not prolonged:
            assert fresh is None
            continue
        assert fresh is not None
        assert fresh["token"] != page.page_token
        assert facts.expires_at > datetime.now(UTC) + timedelta(days=59)
        again, later = checked(Facebook, page.page_id, fresh["token"], wire(practice_server.url, app=True))
        assert (again.expires_at, later) == (facts.expires_at, None)


def test_the_end_of_data_access_counts(practice_server: PracticeServer, practice: Control, page: PracticePage) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    practice.token_ends(page.page_token, 0, end.timestamp())
    facts, fresh = checked(Facebook, page.page_id, page.page_token, wire(practice_server.url, app=True))
    assert (facts.expires_at, fresh) == (end, None), "no exchange helps there"
    practice.token_ends(page.page_token, 0, end.timestamp() - 4 * 86400)
    with pytest.raises(SignInAgain) as caught:
        checked(Facebook, page.page_id, page.page_token, wire(practice_server.url, app=True))
    assert caught.value.code == "data_access_ended"


@pytest.mark.parametrize("accounts", [error(100, None, "(#100) Tried accessing nonexisting field"), Says({"data": []})])
def test_a_server_that_knows_fewer_fields_has_not_called_the_key_a_persons(script: Script, accounts: Says) -> None:
    def me(seen: Seen) -> Says:
        if "category" in seen.params["fields"]:
            return error(100, None, "(#100) Tried accessing nonexisting field (category)")
        return Says({"id": PAGE, "instagram_business_account": {"id": IG}})

    script.on("GET", "/me", me)
    script.on("GET", "/me/accounts", accounts)
    script.on("GET", f"/{IG}", Says({"id": IG, "username": "ipsm"}))
    facts, fresh = checked(Instagram, IG, TOKEN, script.wire())
    assert (facts.remote_id, facts.page_id, fresh) == (IG, PAGE, None)


# --- recorded shapes and liars ---------------------------------------------------------------------------------------
def row(number: int, **other: Any) -> dict[str, Any]:
    """One Page as in the recorded answer of /me/accounts."""
    tasks = ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"]
    return {
        "access_token": f"EAAG{number:020}", "category": "Phone/Tablet",
        "category_list": [{"id": "2265", "name": "Phone/Tablet"}], "name": NAMES[number], "id": f"12{number}",
        "tasks": tasks, **other,
    }  # fmt: skip


@pytest.fixture
def person(script: Script) -> Script:
    """A server where TOKEN is a person's, LONG the exchanged one and OWN the Page's."""

    def me(seen: Seen) -> Says:
        token = seen.headers["Authorization"].removeprefix("Bearer ")
        if token == OWN:
            return Says({"id": PAGE, "name": "IPSM", "category": "x", "instagram_business_account": {"id": IG}})
        if "category" in seen.params["fields"]:
            return error(100, None, "(#100) Tried accessing nonexisting field (category)")
        return Says({"id": "7007", "name": "Bu Ani"})

    def listed(seen: Seen) -> Says:
        if seen.params["limit"] == "1":
            return Says({"data": [{"id": row(0)["id"]}]})  # whose key is it? only a person has such a list
        assert seen.headers["Authorization"] == f"Bearer {LONG}"
        if seen.params.get("after") != "QVFI":
            link = f"https://graph.facebook.com/v11.0/4131/accounts?access_token={LONG}&limit=4&after=QVFI"
            cursors = {"before": "before", "after": "QVFI"}
            return Says({"data": [row(0), row(1)], "paging": {"cursors": cursors, "next": link}})
        wanted = row(2, id=PAGE, access_token=OWN, instagram_business_account={"id": IG})
        return Says({"data": [wanted], "paging": {"cursors": {"before": "before", "after": "z"}}})

    script.on("GET", "/me", me)
    script.on("GET", "/me/accounts", listed)
    script.on(
        "POST", "/oauth/access_token", Says({"access_token": LONG, "token_type": "bearer", "expires_in": 5184000})
    )
    script.on("POST", "/debug_token", error(190, None, "Invalid OAuth access token."))
    script.on("GET", f"/{IG}", Says({"id": IG, "username": "ipsm"}))
    return script


def test_the_page_is_found_on_a_later_page_of_the_list(
    person: Script, kind: type[GraphConnector], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    where = person.wire(app_id="77", app_secret="app-geheim")
    facts, fresh = checked(kind, PAGE if kind is Facebook else IG, TOKEN, where)
    assert fresh == {"token": OWN}
    assert facts.remote_id == (PAGE if kind is Facebook else IG)
    (asked,) = person.asked("POST", "/oauth/access_token")
    assert asked.form == {
        "grant_type": "fb_exchange_token", "client_id": "77", "client_secret": "app-geheim", "fb_exchange_token": TOKEN,
    }  # fmt: skip
    secrets = (TOKEN, LONG, OWN, "app-geheim")
    for one in person.seen:
        assert not [secret for secret in secrets if secret in f"{one.path}{one.query}"]
    assert not [secret for secret in secrets if secret in caplog.text]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row(0), row(1)], "page_not_managed"),
        ([], "page_not_managed"),
        ([{"id": PAGE}], "page_key_withheld"),
        ([row(2, id=PAGE, tasks=["ANALYZE"])], "page_tasks"),
        (["?", None, {"name": 7}], "page_not_managed"),
    ],
)
def test_a_list_without_a_usable_page_is_one_sentence(script: Script, rows: list[Any], code: str) -> None:
    script.on("GET", "/me", Says({"id": "7007"}))
    script.on("POST", "/debug_token", Says({"data": {"is_valid": True, "type": "USER"}}))
    script.on("POST", "/oauth/access_token", Says({"access_token": LONG}))
    script.on("GET", "/me/accounts", Says({"data": rows}))
    with pytest.raises(SignInAgain) as caught:
        checked(Facebook, PAGE, TOKEN, script.wire(app_id="77", app_secret="s"))
    assert caught.value.code == code


def test_a_page_owned_by_a_business_opens_though_it_is_not_listed(script: Script) -> None:
    def me(seen: Seen) -> Says:
        return Says({"id": PAGE if OWN in seen.headers["Authorization"] else "7007"})

    script.on("GET", "/me", me)
    script.on("POST", "/debug_token", Says({"data": {"is_valid": True, "type": "USER"}}))
    script.on("POST", "/oauth/access_token", Says({"access_token": LONG}))
    script.on("GET", "/me/accounts", Says({"data": [row(0)]}))
    script.on("GET", f"/{PAGE}", Says({"id": PAGE, "access_token": OWN}))
    _, fresh = checked(Facebook, PAGE, TOKEN, script.wire(app_id="77", app_secret="s"))
    assert fresh == {"token": OWN}


@pytest.mark.parametrize(
    ("answer", "error_class", "code"),
    [
        (error(1, None, "Error validating client secret."), SignInAgain, "app_secret_proof"),
        (error(101, None, "Error validating application."), SignInAgain, "app_secret_proof"),
        (error(190, 463, f"Error validating access token {TOKEN}"), SignInAgain, "token_expired"),
        (error(2, None, "later", 500), Busy, "server_error"),
        (error(4, None, "(#4) limit", 403), Busy, "rate_limit"),
        (Says({"token_type": "bearer"}), Busy, "unreadable"),
        (Says(b"<html>", 502, "text/html"), Busy, "server_error"),
        (error(100, None, "no"), Refused, "unknown_refusal"),
    ],
)
def test_an_exchange_that_fails(person: Script, answer: Says, error_class: type[ConnectorError], code: str) -> None:
    person._rules.insert(0, ("POST", "/oauth/access_token", answer, False))
    with pytest.raises(error_class) as caught:
        checked(Facebook, PAGE, TOKEN, person.wire(app_id="77", app_secret="app-geheim"))
    assert caught.value.code == code
    said = f"{caught.value} {json.dumps(caught.value.facts)}"
    assert not [secret for secret in (TOKEN, "app-geheim") if secret in said]


@pytest.mark.parametrize(
    "answer",
    [error(100, None, "no"), error(2, None, "x", 500), Says({"access_token": "EAAGworse00000000"})],
    ids=["refused", "busy", "not later"],
)
def test_what_cannot_be_prolonged_stays(script: Script, answer: Says) -> None:
    end = int(datetime.now(UTC).timestamp()) + 86_400
    script.on("GET", "/me", Says({"id": PAGE}))
    told = {"is_valid": True, "type": "PAGE", "expires_at": end, "scopes": list(Facebook.needed)}
    script.on("POST", "/debug_token", Says({"data": told}))
    script.on("POST", "/oauth/access_token", answer)
    facts, fresh = checked(Facebook, PAGE, TOKEN, script.wire(app_id="77", app_secret="s"))
    assert (facts.expires_at, fresh) == (datetime.fromtimestamp(end, UTC), None)
    assert len(script.asked("POST", "/oauth/access_token")) == 1
