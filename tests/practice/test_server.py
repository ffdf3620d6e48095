"""The server itself: its clock, its file, odd requests."""

from __future__ import annotations

import http.client
import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from connectors.practice.control import Control, PracticePage
from connectors.practice.server import PracticeServer
from tests.practice.caller import Caller, staged_photo


def test_the_clock_is_injected_seen_and_can_be_moved(tmp_path: Path) -> None:
    moment = datetime(2026, 8, 17, 3, 0, tzinfo=UTC)
    with PracticeServer(tmp_path / "p.sqlite3", clock=lambda: moment) as server:
        control = Control(server.url)
        page = control.make_page()
        graph = Caller(server.url, page.page_token)
        answer = graph.session.get(f"{server.url}/v25.0/me", timeout=30)
        assert answer.headers["Date"] == "Mon, 17 Aug 2026 03:00:00 GMT"
        control.set_clock(90)
        post = graph.post(f"{page.page_id}/feed", message="Merdeka")["id"]
        assert graph.get(post, fields="created_time")["created_time"] == "2026-08-17T03:01:30+0000"
        since = int(moment.timestamp()) + 90
        assert len(graph.get(f"{page.page_id}/feed", since=since)["data"]) == 1
        assert graph.get(f"{page.page_id}/feed", since=since + 1)["data"] == []
        assert graph.get(f"{page.page_id}/feed", until="2026-08-17T10:01:29+07:00")["data"] == []


def test_a_naive_clock_is_refused(tmp_path: Path) -> None:
    naive = datetime(2026, 8, 17)  # noqa: DTZ001  the wrong kind on purpose
    with pytest.raises(ValueError, match="aware"):
        PracticeServer(tmp_path / "p.sqlite3", clock=lambda: naive)


def test_the_file_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "p.sqlite3"
    with PracticeServer(path) as server:
        control = Control(server.url)
        page = control.make_page()
        graph = Caller(server.url, page.page_token)
        photo = staged_photo(graph, page, alt="Balai desa")
        made = graph.post(
            f"{page.page_id}/feed", message="x", **{"attached_media[0]": json.dumps({"media_fbid": photo})}
        )
        comment = control.comment(made["id"], "Ani", "Halo")
        control.react(made["id"], "Ani", "LOVE")
        control.hide_comment(comment)
        control.fault("flip", "lost_answer", times=3, skip=1)
        control.set_clock(3600)
        before = control.posts(page.page_id), control.log(), control.faults()
    with PracticeServer(path) as server:
        control = Control(server.url)
        posts, log, faults = control.posts(page.page_id), control.log(), control.faults()
        assert [(p.id, p.comments, p.reactions, p.photos[0].alt) for p in posts] == [
            (p.id, p.comments, p.reactions, p.photos[0].alt) for p in before[0]
        ]
        assert (log, faults) == before[1:]
        assert control.photo_bytes(posts[0].photos[0])
        later = Caller(server.url, page.page_token).post(f"{page.page_id}/feed", message="y")["id"]
        assert later != made["id"]
        assert 3500 < control.posts(page.page_id)[0].created - posts[0].created < 3700


def test_a_refused_call_changes_nothing_at_all(practice: Control, page: PracticePage, graph: Caller) -> None:
    post = graph.post(f"{page.page_id}/feed", message="Lama", published="false")["id"]
    assert graph.error("POST", post, message="Baru", is_published="entahlah") == (100, None)
    assert graph.get(post, fields="message,is_published") == {"id": post, "message": "Lama", "is_published": False}


def test_a_connection_is_kept(practice: Control, page: PracticePage) -> None:
    connection = http.client.HTTPConnection(practice.url.removeprefix("http://"), timeout=30)
    for _ in range(3):
        connection.request("GET", f"/v25.0/me?access_token={page.page_token}")
        assert connection.getresponse().read()
        assert connection.sock is not None
    connection.close()


@pytest.mark.parametrize("length", ["99999999999", "-1", "banyak"])
def test_unreadable_lengths_are_refused(practice: Control, length: str) -> None:
    host, port = practice.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as raw:
        raw.sendall(f"POST /v25.0/me HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode())
        assert raw.recv(64).startswith(b"HTTP/1.1 413")


def test_a_half_sent_body_does_nothing(practice: Control, page: PracticePage) -> None:
    host, port = practice.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as raw:
        head = f"POST /v25.0/{page.page_id}/feed?access_token={page.page_token} HTTP/1.1\r\nHost: {host}\r\n"
        raw.sendall(
            f"{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\nmessage=x".encode()
        )
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(64) == b""
    assert practice.count(page.page_id) == 0


def test_chunked_bodies_and_json_bodies_are_read(practice: Control, page: PracticePage, graph: Caller) -> None:
    address = f"{graph.base}/{page.page_id}/feed"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert graph.session.post(address, data=iter([b"message=", b"potong"]), headers=form, timeout=30).status_code == 200
    assert graph.session.post(address, json={"message": "json", "published": True}, timeout=30).status_code == 200
    assert (
        graph.session.post(address, data=b"{", headers={"Content-Type": "application/json"}, timeout=30).status_code
        == 400
    )
    assert [post.caption for post in practice.posts(page.page_id)] == ["json", "potong"]


def test_stop_ends_open_connections_and_may_be_repeated(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path / "p.sqlite3").start()
    session = requests.Session()
    session.get(f"{server.url}/latihan/api/alive", timeout=30)
    server.stop()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        session.get(f"{server.url}/latihan/api/alive", timeout=30)
    session.close()
