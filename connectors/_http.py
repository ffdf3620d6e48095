"""The wire under the SDK: one address per account, one bound for the whole call, nothing repeated by itself.

facebook-sdk writes ``https://graph.facebook.com/`` in front of every path from a module global. Two accounts of one
process may live on different servers, so the prefix is exchanged here, per session, and the global stays untouched.
"""

from __future__ import annotations

import itertools
import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from connectors._errors import Busy
from connectors._types import Wire

#: What facebook-sdk 3.1.0 puts in front of each path (``facebook.FACEBOOK_GRAPH_URL``).
SDK_PREFIX = "https://graph.facebook.com/"
#: Bytes of one answer, decoded. A page of 100 comments is about 100 kB; more than this is not an answer to us.
MAX_BODY = 8 * 1024 * 1024
#: Seconds for asking what time it is there.
ASK_S = 5.0
#: Seconds for the connection alone; a machine that is there answers a SYN at once.
CONNECT_S = 10.0

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class TooLarge(requests.RequestException):
    """The answer has more than MAX_BODY bytes."""


def date_of(wire: Wire) -> datetime | None:
    """What time it is at the platform, by the Date header of whatever it answers; None when it does not say.

    Needs no key, and is one short call: HEAD on the base address, within ``ASK_S`` seconds. Busy("unreached") when
    nobody answers.
    """
    try:
        with requests.Session() as session:
            session.trust_env = (urlsplit(wire.base_url).hostname or "") not in _LOOPBACK
            answer = session.head(wire.base_url, timeout=min(ASK_S, wire.timeout_s), allow_redirects=False)
    except (requests.RequestException, HTTPError, OSError):
        raise Busy("unreached", unreached=True) from None
    try:
        return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


class _Deadlines:
    """The thread that minds the deadlines of all calls. One for each call would cost as much as the call itself when
    fifty are made in the same second."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: dict[int, tuple[float, Callable[[], None]]] = {}
        self._numbers = itertools.count()
        self._next = math.inf
        self._thread: threading.Thread | None = None

    def watch(self, deadline: float, expire: Callable[[], None]) -> int:
        """Call ``expire`` at that monotonic second unless ``forget`` is told the number before."""
        with self._changed:
            number = next(self._numbers)
            self._calls[number] = (deadline, expire)
            if self._thread is None:
                self._thread = threading.Thread(target=self._mind, name="deadlines", daemon=True)
                self._thread.start()
            elif deadline < self._next:
                self._changed.notify()
            return number

    def forget(self, number: int) -> None:
        """The call has ended. Once this returned, its ``expire`` is not called any more."""
        with self._changed:
            self._calls.pop(number, None)

    def _mind(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for number, (deadline, expire) in list(self._calls.items()):
                    if deadline <= now:
                        del self._calls[number]
                        expire()
                self._next = min((deadline for deadline, _ in self._calls.values()), default=math.inf)
                self._changed.wait(None if self._next == math.inf else max(0.0, self._next - now))


_deadlines = _Deadlines()


class _Watch:
    """One call's clock. At the deadline the socket is shut down, whatever the peer is dripping at that moment.

    requests' own time-outs are per read: a server that sends one byte a second never meets them.
    """

    def __init__(self) -> None:
        self.sent = False
        self.expired = False
        self._lock = threading.Lock()
        self._sock: socket.socket | None = None
        self._deadline = 0.0

    @contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        self.sent = self.expired = False
        self._sock = None
        self._deadline = time.monotonic() + seconds
        number = _deadlines.watch(self._deadline, self._expire)
        try:
            yield
        finally:
            _deadlines.forget(number)

    def sending(self, sock: socket.socket) -> None:
        """From here on the other side may have heard us. Raises TimeoutError where the time ran out connecting."""
        with self._lock:
            if self.expired and not self.sent:
                raise TimeoutError("no connection in time")
            self._sock = sock
            self.sent = True
        # urllib3 leaves the short connect time-out on the socket while it sends; an upload may take the whole call.
        sock.settimeout(max(0.05, self._deadline - time.monotonic()))

    def over(self) -> bool:
        """Whether the time of the call is up, also where the timer's thread has not come to say so yet."""
        self.expired = self.expired or time.monotonic() >= self._deadline
        return self.expired

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            if self._sock is not None:
                with suppress(OSError):
                    # Not SSLSocket.shutdown, which takes the TLS object away from under the reading thread.
                    socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    watch: ClassVar[_Watch]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.watch.sending(self.sock)
        super().send(data)


class _WatchedTls(HTTPSConnection):
    watch: ClassVar[_Watch]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.watch.sending(self.sock)
        super().send(data)


class _Adapter(HTTPAdapter):
    """requests' adapter with connections that tell the watch about their socket. Retries stay at 0, the default."""

    def __init__(self, watch: _Watch) -> None:
        self._classes = {
            "http": type("Watched", (_Watched,), {"watch": watch}),
            "https": type("WatchedTls", (_WatchedTls,), {"watch": watch}),
        }
        super().__init__(pool_connections=2, pool_maxsize=2, max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = self._classes[pool.scheme]
        return pool


class _Bearer(AuthBase):
    """The token in the header. Being the session's auth it also keeps a ``.netrc`` of the machine out of the way."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class WireSession(requests.Session):
    """A session for one account: fixed address, bounded calls, the last answer's status, headers and body kept.

    base_url: "https://graph.facebook.com" or any other server's, slash or not. timeout_s: seconds for a whole call.
    Raises requests' exceptions; ``requests.Timeout`` at the deadline, ``TooLarge`` for a body over MAX_BODY.
    """

    def __init__(self, base_url: str, token: str, timeout_s: float) -> None:
        super().__init__()
        self._base = base_url.rstrip("/") + "/"
        self._timeout_s = timeout_s
        self._watch = _Watch()
        self.status: int | None = None
        self.answer_headers: Mapping[str, str] = {}
        self.body: bytes | None = None
        self.auth = _Bearer(token)
        # Offices sit behind proxies named in the environment; a server on this very machine never does.
        self.trust_env = (urlsplit(self._base).hostname or "") not in _LOOPBACK
        self.headers["User-Agent"] = "kentongan"
        for prefix in ("https://", "http://"):
            self.mount(prefix, _Adapter(self._watch))
        self.hooks["response"].append(self._note)

    def __repr__(self) -> str:
        return f"WireSession({self._base!r})"

    @property
    def sent(self) -> bool:
        """Whether a byte of the last call left this machine. False proves that nothing happened there."""
        return self._watch.sent

    @property
    def timed_out(self) -> bool:
        """Whether the last call was cut at its deadline."""
        return self._watch.expired

    @contextmanager
    def signed_as(self, token: str) -> Iterator[None]:
        """For the calls inside: another token (the app's own) in the header."""
        before, self.auth = self.auth, _Bearer(token)
        try:
            yield
        finally:
            self.auth = before

    def fresh(self) -> None:
        """Drop kept connections: a write on one that the peer has just closed would end without a clear answer."""
        for adapter in self.adapters.values():
            adapter.close()

    def parsed(self) -> Any:
        """The last body as JSON whatever its label said, None where it is none (HTML, cut off, empty, no answer)."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """What the SDK calls. ``timeout`` (seconds for the whole call) may be lowered, never raised."""
        self.status, self.answer_headers, self.body = None, {}, None
        whole = min(self._timeout_s, kwargs.pop("timeout", None) or self._timeout_s)
        kwargs.update(stream=True, allow_redirects=False, timeout=(min(CONNECT_S, whole), whole))
        with self._watch.running(whole):
            try:
                response = super().request(method, self._address(str(url)), *args, **kwargs)
                with response:
                    self.body = self._read(response)
            except (requests.RequestException, OSError) as error:
                # requests' own time-out may come a moment before ours, which waits for a thread of its own.
                if self._watch.over():
                    raise requests.Timeout(f"no whole answer within {whole:g} s") from error
                raise
        if self._watch.expired:
            self.body = None
            raise requests.Timeout(f"no whole answer within {whole:g} s")
        # The SDK reads response.json() and response.text, which take the body from here.
        response._content = self.body
        return response

    def _address(self, url: str) -> str:
        if not url.startswith(SDK_PREFIX):
            raise requests.exceptions.InvalidURL("only paths of the Graph API are called here")
        return self._base + url[len(SDK_PREFIX) :]

    def _note(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> None:
        self.status, self.answer_headers = response.status_code, response.headers

    @staticmethod
    def _read(response: requests.Response) -> bytes:
        body = bytearray()
        for piece in response.iter_content(65536):
            body += piece
            if len(body) > MAX_BODY:
                raise TooLarge(f"an answer of more than {MAX_BODY} bytes")
        return bytes(body)
