"""``kentongan serve``: the web in this process, the jobs in one supervised child, the practice platform in another.

Children are spawned, never forked, and end when this process does.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import waitress
from sqlmodel import col, select

from app import create_app
from app.models import Account
from app.parts import Parts
from app.problems import Problem
from app.settings import PREFIX, Settings
from app.settled import settle
from connectors.practice import process as practice_process

log = logging.getLogger(__name__)

THREADS = 8
#: Ten photos of 40 MB and the form around them.
MOST_BODY = 420 * 1000**2
_CHECK_S = 1.0
#: A child that keeps dying is started ever more slowly, up to this many seconds apart.
_SLOWEST_S = 30.0
#: One that lived this long did not die of its start: the count begins anew.
_LIVED_S = 60.0


def serve(
    parts: Parts, *, host: str, port: int, jobs: bool, demo: bool = False, ready: Callable[[str], None] | None = None
) -> None:
    """Serve until a signal. ready is called with the address once the port is taken. Problem("port_taken")."""
    listener = _listen(host, port)
    supervisor = Supervisor(parts, jobs=jobs, demo=demo)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    server = None
    try:
        supervisor.start()
        pages = create_app(parts.settings)
        settle()
        server = waitress.create_server(
            pages,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            max_request_body_size=MOST_BODY,
            **_proxy(parts.settings.trusted_proxy),
        )
        if ready:
            ready(f"http://{host}:{listener.getsockname()[1]}/")
        _answer(server)
    except KeyboardInterrupt:
        pass
    finally:
        if server is not None:
            _close_all(server)
        supervisor.stop()


def _answer(server: Any) -> None:
    """Answer until a signal.

    waitress' own ``run`` is ended by an exception out of the signal's handler, wherever it is at that moment; a
    connection that is just being taken or given up would stay open, known to nobody. Here the signal sets a word, and
    wakes the loop, which reads it between two rounds.
    """
    ending = threading.Event()

    def end(*_: object) -> None:
        ending.set()
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not ending.is_set():
        server.asyncore.loop(
            timeout=server.adj.asyncore_loop_timeout, use_poll=server.adj.asyncore_use_poll, map=server._map, count=1
        )
    for number in (signal.SIGTERM, signal.SIGINT):
        # Who is tired of waiting for what is under way says so again.
        signal.signal(number, _interrupt)


def _close_all(server: Any) -> None:
    """End the threads that answer, then close what is still open: visitors' connections, and the port."""
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map, ignore_all=True)


def _proxy(trusted: str) -> dict[str, Any]:
    """Behind a proxy every visitor comes from its address, and one who guesses passwords would lock all others out.

    Only that address is believed, and only these headers; from anybody else they are thrown away.
    """
    if not trusted:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": trusted,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


class Supervisor:
    """Keeps the children alive: the worker, and the practice platform once a practice account exists."""

    def __init__(self, parts: Parts, *, jobs: bool, demo: bool) -> None:
        self.parts = parts
        self._jobs = jobs
        self._demo = demo
        self._worker: subprocess.Popen[bytes] | None = None
        self._practice: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._deaths = 0
        self._not_before = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start what is needed; the practice platform first, the worker talks to it."""
        try:
            self._keep()
        except Exception:
            # The web is of use without them, and says that no worker lives; the watch tries again.
            log.exception("the children could not be started")
        self._thread.start()

    def stop(self) -> None:
        """End the children in order: the worker finishes what it has under way."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        for child in (self._worker, self._practice):
            if child is None or child.poll() is not None:
                continue
            child.terminate()
            try:
                child.wait(self.parts.settings.http_timeout_s + 5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            _close(child)

    def _watch(self) -> None:
        while not self._stopping.wait(_CHECK_S):
            try:
                self._keep()
            except Exception:
                # The watch must outlive what it watches over; it looks again in a moment.
                log.exception("the supervisor could not look after its children")

    def _keep(self) -> None:
        home = self.parts.settings.home
        dead = self._practice is None or self._practice.poll() is not None
        if dead and self._needs_practice() and practice_process.find(home) is None:
            self._practice = practice_process.start(home, demo=self._demo)
        if self._jobs and (self._worker is None or self._worker.poll() is not None):
            self._start_worker()

    def _start_worker(self) -> None:
        present = time.monotonic()
        if self._worker is not None:
            lived = present - self._started
            self._deaths = 1 if lived > _LIVED_S else self._deaths + 1
            log.error("the worker ended with %s after %.0f s", self._worker.returncode, lived)
            _close(self._worker)
            self._worker = None
            # At once after the first time, then ever later.
            self._not_before = present + min(2.0 ** (self._deaths - 1) - 1, _SLOWEST_S)
        if present < self._not_before:
            return
        self._started = present
        self._worker = spawn_worker(self.parts.settings)

    def _needs_practice(self) -> bool:
        with self.parts.db.read() as session:
            query = select(Account.id).where(col(Account.practice), col(Account.active)).limit(1)
            return self._demo or session.exec(query).first() is not None


def spawn_worker(settings: Settings) -> subprocess.Popen[bytes]:
    """A worker as a child; it ends when our end of its standard input closes, that is when we die."""
    # In the same folder as we are, so that it reads the same .env; found by our path, whatever lies in that folder.
    found = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, PREFIX + "HOME": str(settings.home), "PYTHONPATH": found}
    return subprocess.Popen([sys.executable, "-P", "-m", "jobs.worker"], env=environment, stdin=subprocess.PIPE)


def _close(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        with suppress(OSError):
            child.stdin.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError):
        listener.close()
        raise Problem("port_taken", port=port) from None
    return listener


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
