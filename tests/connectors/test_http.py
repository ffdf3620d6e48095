"""The wire: bounded whole calls, no redirects, no repeats, and a token that stands in no address and no log."""

from __future__ import annotations

import json
import logging
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import facebook
import pytest

from connectors import Busy, ConnectorError, Credentials, Item, Refused, SignInAgain, Staged, Unsure, Usage
from connectors._graph import Graph, usage_from
from connectors._http import MAX_BODY
from connectors.facebook import Facebook
from tests.connectors import scripted as s
from tests.connectors.scripted import TOKEN, Says, Script, error


@pytest.fixture
def graph(script: Script) -> Iterator[Graph]:
    with closing(Graph(script.page(), script.wire(), "page")) as one:
        yield one


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

#: Everything that leaves us without knowledge of what happened there, and the key of its error.
LIARS: dict[str, tuple[Says, str]] = {
    "hangs up": (Says(act=s.hang_up), "dropped"),
    "cut off": (Says(act=s.cut_off), "unreadable"),
    "silent": (Says(act=lambda _: time.sleep(20)), "timeout"),
    "drips a body": (Says(act=s.drip(HEAD + b"Content-Length: 9999\r\n\r\n")), "timeout"),
    "drips without length": (Says(act=s.drip(HEAD + b"\r\n")), "timeout"),
    "drips headers": (Says(act=s.drip(HEAD + b"X-Long: ")), "timeout"),
    "html 502": (Says(b"<html>Bad Gateway</html>", 502, "text/html"), "server_error"),
    "html 200": (Says(b"<html>Sign in to the hotel</html>", 200, "text/html"), "unreadable"),
    "html 404": (Says(b"<html>Not here</html>", 404, "text/html"), "unreadable"),
    "empty": (Says(b""), "unreadable"),
    "empty 500": (Says(b"", 500), "server_error"),
    "broken json": (Says(b'{"id": '), "unreadable"),
    "no content type": (Says(b"nothing", content=None), "unreadable"),
    "json 503": (Says({"message": "try later"}, 503), "server_error"),
    "a list": (Says([1, 2]), "unreadable"),
    "no id": (Says({"success": True}), "unreadable"),
    "code 1": (error(1, 99, "An unknown error occurred", 500), "server_error"),
    "code 2": (error(2, None, "An unexpected error has occurred. Please retry", 500), "server_error"),
    "transient": (error(99999, None, "hm", is_transient=True), "server_error"),
    "redirect": (Says(b"", 302, "text/html", {"Location": "http://127.0.0.1:9/x"}), "unreadable"),
    "an image": (Says(b"\xff\xd8\xff", 200, "image/jpeg"), "unreadable"),
    "too long": (Says(b'{"id":"' + b"1" * (MAX_BODY + 10) + b'"}'), "unreadable"),
}


@pytest.mark.parametrize("name", LIARS)
def test_unclear_is_unsure_for_a_commit_and_busy_for_the_rest(name: str, script: Script) -> None:
    answer, key = LIARS[name]
    script.on("*", "", answer)
    began = time.monotonic()
    # Long enough to be heard by the server in any case, on a machine that is busy with other things too.
    wire = script.wire(timeout_s=2) if key == "timeout" else script.wire()

    def caught(commits: bool) -> ConnectorError | None:
        with closing(Graph(script.page(), wire, "page")) as graph:
            try:
                graph.created("1", "feed", {"message": "x"}, commits=commits)
            except ConnectorError as error:
                return error
        return None

    with ThreadPoolExecutor() as both:
        unsure, busy = both.map(caught, (True, False))
    assert isinstance(unsure, Unsure)
    assert isinstance(busy, Busy)
    assert (unsure.code, busy.code) == (key, key)
    assert not busy.unreached
    assert time.monotonic() - began < 15, "bounded: some of these answers never end by themselves"
    assert len(script.seen) == 2, "nothing is repeated by itself"


def test_a_json_body_is_an_answer_whatever_its_label(script: Script, graph: Graph) -> None:
    for content in ("text/javascript; charset=UTF-8", "text/html", None):
        script.on("GET", "/me", Says({"id": "7"}, content=content), once=True)
        assert graph.get("me") == {"id": "7"}
    refusal = error(190, 463).body
    script.on("GET", "/me", Says(refusal, 400, None))
    with pytest.raises(SignInAgain):
        graph.get("me")


def test_an_error_in_a_good_status_is_an_error(script: Script, graph: Graph) -> None:
    script.on("GET", "/me", Says(error(36003, 2207009).body, 200))
    with pytest.raises(Refused) as caught:
        graph.get("me")
    assert caught.value.code == "photo_ratio"


def _refusing_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.mark.parametrize("base", ["refused", "http://name.invalid", "nonsense", "http://"])
def test_no_connection_is_busy_even_for_a_commit(base: str, script: Script) -> None:
    url = f"http://127.0.0.1:{_refusing_port()}" if base == "refused" else base
    with closing(Graph(script.page(), script.wire(base_url=url), "page")) as graph, pytest.raises(Busy) as caught:
        graph.post("1", None, {"is_published": "true"}, commits=True)
    assert caught.value.unreached
    assert caught.value.code == "unreached"


def test_the_prefix_is_exchanged_and_the_module_stays(script: Script) -> None:
    script.on("GET", "", Says({"id": "1"}))
    for base in (script.url, script.url + "/", script.url + "/under/path/"):
        with closing(Graph(script.page(), script.wire(base_url=base, version="24.0"), "page")) as graph:
            graph.get("me")
    assert [one.path for one in script.seen] == ["/v24.0/me", "/v24.0/me", "/under/path/v24.0/me"]
    assert facebook.FACEBOOK_GRAPH_URL == "https://graph.facebook.com/"


def test_ids_cannot_change_the_path(script: Script, graph: Graph) -> None:
    script.on("GET", "", Says({"id": "1"}))
    graph.get("../me?access_token=1#x")
    assert script.seen[0].path == "/v25.0/..%2Fme%3Faccess_token%3D1%23x"


def test_no_redirect_is_followed_not_even_to_the_same_server(script: Script, graph: Graph) -> None:
    for status in (301, 302, 303, 307, 308):
        script.on("*", "/feed", Says(b"", status, "text/html", {"Location": "/v25.0/elsewhere"}), once=True)
        script.on("*", "/elsewhere", Says({"id": "1"}))
        with pytest.raises(Unsure):
            graph.created("1", "feed", {"message": "x"}, commits=True)
    assert not [one for one in script.seen if one.path.endswith("elsewhere")]
    assert len(script.seen) == 5


def test_any_token_is_taken_out_of_a_text(script: Script) -> None:
    account = Credentials(s.PAGE, {"token": "latihan-page-xyz/+1"})
    with closing(Graph(account, script.wire(app_id="1", app_secret="app-geheim"), "page")) as graph:
        text = graph.redact("a latihan-page-xyz/+1 b app-geheim c EAAGabcdefgh123 d access_token=other&e")
    assert text == "a *** b *** c *** d access_token=***&e"


def test_where_the_token_stands(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script.on("*", "", Says({"id": "1", "success": True, "data": {"is_valid": True}}))
    wire = script.wire(app_id="77", app_secret="app-geheim")
    with closing(Graph(script.page(), wire, "page")) as graph:
        graph.get("me", params={"fields": "id"})
        graph.post("1", "feed", {"message": "a"}, files={"source": ("a.jpg", b"x", "image/jpeg")})
        graph.post("1", "feed", {"message": "a & b=c #d ünï 🌾"})
        graph.delete("1")
        graph.debug_token()
    read, upload, write, delete, debug = script.seen
    for one in script.seen:
        assert TOKEN not in f"{one.path}{one.query}"
        assert "app-geheim" not in f"{one.path}{one.query}"
    assert all(one.headers["Authorization"] == f"Bearer {TOKEN}" for one in (read, upload, write, delete))
    assert write.form["access_token"] == TOKEN
    assert write.form["message"] == "a & b=c #d ünï 🌾"
    assert TOKEN.encode() in upload.body
    assert upload.headers["Content-Type"].startswith("multipart/form-data")
    proofs = [read.query["appsecret_proof"], write.form["appsecret_proof"], delete.query["appsecret_proof"]]
    assert len(set(proofs)) == 1
    assert len(proofs[0]) == 64
    assert debug.form == {"method": "get", "input_token": TOKEN, "access_token": "77|app-geheim"}
    assert debug.headers["Authorization"] == "Bearer 77|app-geheim"
    assert TOKEN not in caplog.text
    assert "app-geheim" not in caplog.text
    assert "app-geheim" not in repr(wire)


@pytest.mark.parametrize(
    "answer",
    [
        error(190, None, f"Malformed access token {TOKEN}", error_user_msg=f"Token {TOKEN} salah"),
        error(100, None, f"Bad https://x/?access_token={TOKEN[:-3]}&a=1"),
        Says(act=s.hang_up),
        Says(f"<html>{TOKEN}</html>".encode(), 502, "text/html"),
    ],
)
def test_no_error_quotes_the_token(answer: Says, script: Script, graph: Graph) -> None:
    script.on("*", "", answer)
    calls: list[Callable[[], object]] = [
        lambda: graph.get("me"),
        lambda: graph.post("1", "feed", {"message": "x"}, commits=True),
        lambda: graph.delete("1", commits=True),
    ]
    for call in calls:
        try:
            call()
        except Exception as caught:
            told = "".join(traceback.format_exception(caught)) + repr(caught) + str(caught.args)
            assert TOKEN[:12] not in told
        else:
            pytest.fail("an error was expected")


def test_without_a_token_nothing_is_sent(script: Script) -> None:
    connector = Facebook(Credentials(s.PAGE, {"token": "  "}), script.wire())
    with closing(connector), pytest.raises(SignInAgain) as caught:
        connector.check()
    assert caught.value.code == "no_token"
    assert script.seen == []


def test_a_netrc_or_proxy_of_the_machine_changes_nothing(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password stolen\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    script.on("GET", "/me", Says({"id": "1"}))
    with closing(Graph(script.page(), script.wire(), "page")) as graph:
        graph.get("me")
    assert script.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_usage_and_server_time_follow_each_answer(script: Script) -> None:
    headers = {
        "X-App-Usage": '{"call_count":28,"total_time":25,"total_cputime":25}',
        "X-Page-Usage": "not json",
        "X-Business-Use-Case-Usage": '{"1":[{"type":"instagram","call_count":97,"total_cputime":1,"total_time":2,'
        '"estimated_time_to_regain_access":19}]}',
    }
    script.on("GET", "", Says({"followers_count": 5}, headers=headers), once=True)
    script.on("GET", "", error(4, None, "(#4) Application request limit reached", 403, is_transient=True))
    with closing(Facebook(script.page(), script.wire())) as connector:
        assert connector.followers() == 5
        assert connector.usage == {"app": Usage(28, None), "ig": Usage(97, 19 * 60)}
        assert connector.server_time is not None
        assert abs((connector.server_time - datetime.now(UTC)).total_seconds()) < 5
        with pytest.raises(Busy) as caught:
            connector.followers()
        assert caught.value.limit
        assert connector.usage["ig"].percent == 97, "what any call of the job said is kept"


def test_the_fullest_word_about_each_allowance_is_kept(script: Script) -> None:
    def says(app: int, page: int, minutes: int) -> Says:
        case = {"type": "pages", "call_count": page, "estimated_time_to_regain_access": minutes}
        other = {"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 60}
        headers = {
            "X-App-Usage": json.dumps({"call_count": 1, "total_time": app, "total_cputime": 2}),
            "X-Page-Usage": json.dumps({"call_count": page - 5}),
            "X-Business-Use-Case-Usage": json.dumps({"99": [case, other]}),
        }
        return Says({"followers_count": 5}, headers=headers)

    for answer in (says(10, 20, 0), says(50, 90, 7), says(30, 15, 0)):
        script.on("GET", "", answer, once=True)
    with closing(Facebook(script.page(), script.wire())) as connector:
        for _ in range(3):
            connector.followers()
        assert connector.usage == {"app": Usage(50, None), "page": Usage(90, 420)}


def test_a_limit_waits_as_long_as_the_platform_says(script: Script, graph: Graph) -> None:
    usage = '{"1":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":7}]}'
    told = error(80001, None, "(#80001) limit", status=400)
    script.on("*", "", Says(told.body, 400, headers={"X-Business-Use-Case-Usage": usage}))
    with pytest.raises(Busy) as caught:
        graph.post("1", None, {"is_published": "true"}, commits=True)
    assert (caught.value.limit, caught.value.scope, caught.value.retry_after) == (True, "page", 420)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        '{"1": 3}',
        '{"1": [4, {"call_count": "x", "type": "pages"}]}',
        "{",
        '{"call_count": true}',
        '{"call_count": NaN}',
        '{"call_count": -1}',
        '{"call_count": 1e999}',
        '{"1": [{"call_count": 100, "type": []}]}',
    ],
)
def test_odd_usage_headers_are_nothing(text: str) -> None:
    names = ("X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage")
    assert usage_from(dict.fromkeys(names, text)) == {}


def test_a_wait_without_end_is_a_day() -> None:
    for minutes in ("1e300", "99999999", "NaN"):
        text = f'{{"1": [{{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": {minutes}}}]}}'
        waits = usage_from({"X-Business-Use-Case-Usage": text})["page"].regain_s
        assert waits in (None, 86_400)


def test_pages_go_by_cursor_and_never_by_the_next_address(script: Script, graph: Graph) -> None:
    paging = {"next": f"http://127.0.0.1:9/v25.0/1/feed?access_token={TOKEN}&limit=2&after=zzz"}
    script.on(
        "GET", "/feed", Says({"data": [{"id": "1"}], "paging": {**paging, "cursors": {"after": "a1"}}}), once=True
    )
    script.on("GET", "/feed", Says({"data": [], "paging": {**paging, "cursors": {"after": "a2"}}}), once=True)
    by_time = {"next": f"http://127.0.0.1:9/x?access_token={TOKEN}&until=99&__paging_token=p"}
    script.on("GET", "/feed", Says({"data": [{"id": "2"}, "odd"], "paging": by_time}), once=True)
    script.on("GET", "/feed", Says({"data": [{"id": "3"}], "paging": {"cursors": {"after": "end"}}}), once=True)
    rows = [row["id"] for page in graph.pages("1", "feed", {"fields": "id"}, limit=2) for row in page]
    assert rows == ["1", "2", "3"]
    asked = [one.query for one in script.seen]
    base = {"fields": "id", "limit": "2"}
    assert asked == [
        base,
        base | {"after": "a1"},
        base | {"after": "a2"},
        base | {"until": "99", "__paging_token": "p"},
    ]


def test_a_list_that_repeats_its_cursor_ends(script: Script, graph: Graph) -> None:
    script.on("GET", "/feed", Says({"data": [{"id": "1"}], "paging": {"next": "x", "cursors": {"after": "same"}}}))
    assert len(list(graph.pages("1", "feed", {}, limit=5))) == 2


def test_too_much_data_is_asked_for_in_smaller_pages(script: Script, graph: Graph) -> None:
    script.on(
        "GET", "", error(1, None, "Please reduce the amount of data you're asking for, then retry", 500), once=True
    )
    script.on("GET", "", Says({"data": [{"id": "1"}]}))
    assert list(graph.pages("1", "comments", {}, limit=100)) == [[{"id": "1"}]]
    assert [one.query["limit"] for one in script.seen] == ["100", "25"]


def test_a_version_that_is_dead_is_said_once(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    script.on("GET", "/me", Says({"id": "1"}, headers={"facebook-api-version": "v21.0"}))
    with closing(Graph(script.page(), script.wire(version="v19.0"), "page")) as graph:
        graph.get("me")
        graph.get("me")
    assert [record.levelname for record in caplog.records if "v19.0" in record.getMessage()] == ["WARNING"]


def test_a_commit_opens_its_own_connection(script: Script) -> None:
    """A kept one may have been closed by the server just now, and the commit would end without a clear answer."""
    ports: list[str] = []
    script.on("GET", "", Says({"id": "1"}))
    script.on("POST", "", Says({"success": True}))
    script.watch = lambda port: ports.append(str(port))
    with closing(Facebook(script.page(), script.wire())) as connector:
        connector.graph.get("me")
        connector.graph.get("me")
        assert connector.commit(Item("x"), Staged(ids={"post": "1_2"}, ready=True)).remote_id == "1_2"
    first, second, commit = ports
    assert first == second != commit
