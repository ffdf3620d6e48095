"""The HTTP server: one process or thread, loopback only, HTTP/1.1 with keep-alive, standard library.

Paths: ``/latihan/api/...`` control (JSON), ``/cdn/...`` photos, ``/``, ``/facebook/ID``, ``/instagram/ID``, ``/saklar``
pages for people, everything else the Graph API.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.practice.api import Api
from connectors.practice.errors import GraphError
from connectors.practice.graph import Answer, Graph
from connectors.practice.people import PagesForPeople
from connectors.practice.residents import Residents
from connectors.practice.store import Store
from connectors.practice.webhooks import Messenger
from connectors.practice.wire import read_request

_HOST = "127.0.0.1"
_LARGEST_BODY = 32 * 1024 * 1024
_IDLE_S = 75.0


def real_clock() -> datetime:
    return datetime.now(UTC)


class PracticeServer:
    """The platform on one SQLite file. ``port`` 0 takes a free one; ``clock`` gives aware times and is seen in Date.

    residents: whether they come to new posts by themselves; speed: see ``residents.SPEEDS``. A context manager.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        port: int = 0,
        clock: Callable[[], datetime] = real_clock,
        residents: bool = False,
        speed: str = "latihan",
        seed: int = 1,
    ) -> None:
        self.store = Store(Path(path), clock)
        self.residents = Residents(self.store, on=residents, speed=speed, seed=seed)
        self.messenger = Messenger(self.store)
        self.graph = Graph(self.store, self._written)
        self.api = Api(self.store, self.residents, self.messenger)
        self.people = PagesForPeople(self.store, self.residents)
        self.stopping = threading.Event()
        try:
            self._http = _Http((_HOST, port), self)
        except (OSError, OverflowError):
            self.store.close()
            raise
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """Base address without a trailing slash."""
        return f"http://{_HOST}:{self.port}"

    def start(self) -> PracticeServer:
        """Serve in a thread; answers from now on."""
        self.residents.start()
        self.messenger.look()
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="practice", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, cut open connections, close the file. May be called twice."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join(10)
        self._http.server_close()
        self._http.cut_all()
        self.residents.stop()
        self.messenger.stop()
        self.store.close()

    def _written(self) -> None:
        self.residents.look()
        self.messenger.look()

    def __enter__(self) -> PracticeServer:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], practice: PracticeServer) -> None:
        self.practice = practice
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut_all(self) -> None:
        """End idle keep-alive connections, as a stopped process would; wait for the threads to let go."""
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + 2
        while self._open and time.monotonic() < deadline:
            time.sleep(0.005)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no event; anything else is printed by the base class."""
        if isinstance(sys.exception(), ConnectionError | TimeoutError):
            return
        super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "latihan"
    sys_version = ""
    timeout = _IDLE_S
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Http

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: an address may carry a token; the request log in the database has none."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The practice clock in the Date header."""
        moment = self.server.practice.store.now() if timestamp is None else timestamp
        return format_datetime(datetime.fromtimestamp(int(moment), UTC), usegmt=True)

    def _serve(self, method: str) -> None:
        body = self._read_body()
        if body is None:
            return
        practice = self.server.practice
        path = urlsplit(self.path).path
        if path.startswith("/latihan/api/"):
            answer = practice.api.serve(method, path, body) if self._same_site() else _forbidden()
        elif path.startswith("/cdn/"):
            answer = practice.people.photo(path)
        elif practice.people.owns(method, self.path):
            same = method == "GET" or self._same_site()
            answer = practice.people.serve(method, self.path, body) if same else _forbidden()
        else:
            answer = self._graph(method, body)
        self._send(answer)

    def _graph(self, method: str, body: bytes) -> Answer:
        practice = self.server.practice
        now = datetime.fromtimestamp(practice.store.now(), UTC)
        try:
            request = read_request(method, self.path, dict(self.headers.items()), body, now=now, base_url=practice.url)
        except GraphError as error:
            return Answer(error.status, _encode(error))
        return practice.graph.serve(request)

    def _read_body(self) -> bytes | None:
        """The body, or None after an answer was sent because it cannot be read."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        text = self.headers.get("Content-Length", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 12) or int(text) > _LARGEST_BODY:
            self._refuse_body()
            return None
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            self.close_connection = True
            return None
        return body

    def _read_chunks(self) -> bytes | None:
        data = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(1024).split(b";")[0], 16)
            except ValueError:
                self._refuse_body()
                return None
            if size + len(data) > _LARGEST_BODY:
                self._refuse_body()
                return None
            data += self.rfile.read(size)
            self.rfile.readline(1024)
            if size == 0:
                return bytes(data)

    def _refuse_body(self) -> None:
        self.close_connection = True
        self._send(Answer(413, _encode(GraphError(1, "Request body is too large or has no readable length"))))

    def _same_site(self) -> bool:
        """A foreign web page must not drive the platform through somebody's browser, nor by a re-bound name."""
        host = self.headers.get("Host", "")
        if host.partition(":")[0] not in ("127.0.0.1", "localhost"):
            return False
        origin = self.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == host

    def _send(self, answer: Answer) -> None:
        if answer.wait_s:
            self.server.practice.stopping.wait(answer.wait_s)
        if answer.drop:
            self._cut_off()
            return
        self.send_response(answer.status)
        if answer.content_type is not None:
            self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        self.wfile.flush()
        if answer.cut:
            self._cut_off()

    def _cut_off(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _forbidden() -> Answer:
    return Answer(403, b'{"error":"hanya dari komputer ini"}', content_type="application/json")


def _encode(error: GraphError) -> bytes:
    return json.dumps(error.body()).encode()
