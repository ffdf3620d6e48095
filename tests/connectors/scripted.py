"""A tiny HTTP server on loopback that answers by a script: recorded shapes of the Graph API, and every kind of liar."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors import Credentials, Wire

TOKEN = "EAAG0secretSECRETsecret0000000000000000"
TOKENS = {"token": TOKEN}
PAGE = "61550000000001"
IG = "17841400000000001"


@dataclass(frozen=True)
class Seen:
    """One request. params: query and form fields together. raw: target and body as they came, for leaks."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        return self.query | self.form


@dataclass(frozen=True)
class Says:
    """One answer. content None: no Content-Type. act: instead of answering, do this with the socket."""

    body: Any = field(default_factory=dict)
    status: int = 200
    content: str | None = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[socket.socket], None] | None = None

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def error(code: int | None, subcode: int | None = None, message: str = "no", status: int = 400, **more: Any) -> Says:
    told = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode, **more}
    told["fbtrace_id"] = "Atrace"
    return Says({"error": {key: value for key, value in told.items() if value is not None}}, status)


GONE = error(100, 33, "Unsupported get request. Object with ID '1' does not exist or missing permissions")
UNKNOWN_FIELD = error(100, None, "(#100) Tried accessing nonexisting field (from)")


def status(code: str, reason: str | None = None) -> Says:
    """A container's status."""
    return Says({"status_code": code, "status": reason} if reason else {"status_code": code})


Answer = Says | Callable[[Seen], Says]


class Script:
    """Rules in order: the first whose method and path end fit answers; ``once`` rules are used up."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: list[Seen] = []
        #: Called with the client's port of each request.
        self.watch: Callable[[int], None] = lambda port: None
        self._rules: list[tuple[str, str, Answer, bool]] = []

    def on(self, method: str, path_end: str, answer: Answer, *, once: bool = False) -> None:
        self._rules.append((method, path_end, answer, once))

    def asked(self, method: str, path_end: str = "") -> list[Seen]:
        return [one for one in self.seen if one.method == method and one.path.endswith(path_end)]

    def answer(self, seen: Seen) -> Says:
        self.seen.append(seen)
        for index, (method, path_end, answer, once) in enumerate(self._rules):
            if method in (seen.method, "*") and seen.path.endswith(path_end):
                if once:
                    del self._rules[index]
                return answer if isinstance(answer, Says) else answer(seen)
        return error(100, None, f"not in the script: {seen.method} {seen.path}")

    def wire(self, **changes: Any) -> Wire:
        return Wire(**{"base_url": self.url, "timeout_s": 20.0, **changes})

    def page(self) -> Credentials:
        return Credentials(PAGE, TOKENS)

    def ig(self, **settings: str) -> Credentials:
        return Credentials(IG, TOKENS, settings)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _serve(self) -> None:
        self.server.script.watch(self.client_address[1])
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        form: dict[str, str] = {}
        if "urlencoded" in self.headers.get("Content-Type", ""):
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        says = self.server.script.answer(Seen(self.command, parts.path, query, form, dict(self.headers), body))
        if says.act is not None:
            with suppress(OSError):
                says.act(self.connection)
            self.close_connection = True
            return
        self.send_response(says.status)
        for name, value in ({"Content-Type": says.content} if says.content else {}).items():
            self.send_header(name, value)
        for name, value in says.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(says.data)))
        self.end_headers()
        self.wfile.write(says.data)

    do_GET = do_POST = do_DELETE = _serve


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: Script

    def handle_error(self, *_: Any) -> None:
        """A client that hung up is part of the tests."""


@contextmanager
def scripted(tls: ssl.SSLContext | None = None) -> Iterator[Script]:
    """The server on a free port for the time of the block; ``tls`` makes it https."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        # The handshake belongs to the thread of its own connection, not to the one that accepts.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.script = Script()
    server.script.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def drip(text: bytes, pause_s: float = 0.05) -> Callable[[socket.socket], None]:
    """Send bytes one by one for ever after ``text``: no single read of the client ever waits long."""

    def act(connection: socket.socket) -> None:
        connection.sendall(text)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            connection.sendall(b"x")
            time.sleep(pause_s)

    return act


def cut_off(connection: socket.socket) -> None:
    """Half of a promised body, then nothing."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"id":"1')
    connection.shutdown(socket.SHUT_RDWR)
