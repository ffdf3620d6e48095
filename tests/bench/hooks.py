"""A burst of 2,000 notifications at `/webhooks/meta` while they are worked off: how long each waits for its answer.

Real HTTP against a real `kentongan serve` (waitress, SQLite with synchronous=FULL, the worker in a process of its own
that writes at the same time), from a process of its own with some connections that stay open, as Meta's do. The bar
(issue 4): 50 ms at the 99th percentile.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from app import clock, migrate
from app.db import Database
from app.models import Account, Comment, Delivery, Hook, Organisation, Post
from app.sealing import make_key
from app.settings import load
from connectors.practice.webhooks import signature

CHANGES, BEFORE, CONNECTIONS, POSTS = 2000, 600, 8, 10
SECRET = "rahasia"
BAR_MS = 50.0


def run() -> None:
    """Print the percentiles and what was worked off when the last answer came."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        home = Path(folder)
        db = _installation(home)
        port = _free_port()
        environment = {
            **os.environ, "KENTONGAN_HOME": folder, "KENTONGAN_META_APP_SECRET": SECRET,
            # Nobody answers there: polls are put off, as in an outage.
            "KENTONGAN_GRAPH_URL": "http://127.0.0.1:9",
        }  # fmt: skip
        command = [str(Path(sys.executable).parent / "kentongan"), "serve", "--port", str(port)]
        with (home / "log").open("wb") as log:
            serve = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                _wait_for(port, db)
                # Begun before the burst, so that the worker has its hands full from the first one on.
                _burst(port, _bodies(1, BEFORE))
                _measure(port, db)
            finally:
                serve.terminate()
                serve.wait(60)
        db.close()


def _measure(port: int, db: Database) -> None:
    while (before := _count(db)) == 0:
        time.sleep(0.02)
    began = time.perf_counter()
    waits = sorted(_burst(port, _bodies(BEFORE + 1, CHANGES)))
    took = time.perf_counter() - began
    done = _count(db)
    while _count(db) < CHANGES + BEFORE and time.perf_counter() - began < 120:
        time.sleep(0.05)
    p50, p99 = (1000 * waits[int(len(waits) * share)] for share in (0.50, 0.99))
    print(
        f"{CHANGES} notifications over {CONNECTIONS} connections in {took:.1f} s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
        f"longest {1000 * waits[-1]:.1f} ms (bar {BAR_MS:.0f}); worked off meanwhile {done - before}, "
        f"all after {time.perf_counter() - began:.1f} s, load {os.getloadavg()[0]:.1f}"
    )
    with db.read() as session:
        comments = session.execute(select(func.count(col(Comment.id)))).scalar_one()
    print(f"comments: {comments} of {CHANGES + BEFORE}")


def _burst(port: int, bodies: list[bytes]) -> list[float]:
    """Seconds that each notification waited for its answer."""
    waits: list[float] = []
    waiting = list(reversed([(body, signature(SECRET, body)) for body in bodies]))

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            try:
                body, sign = waiting.pop()
            except IndexError:
                break
            began = time.perf_counter()
            headers = {"X-Hub-Signature-256": sign, "Content-Type": "application/json"}
            connection.request("POST", "/webhooks/meta", body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            waits.append(time.perf_counter() - began)
            assert answer.status == 200, answer.status
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits


def _bodies(first: int, count: int) -> list[bytes]:
    made = []
    for number in range(first, first + count):
        value = {
            "item": "comment", "verb": "add", "post_id": f"615_{number % POSTS}", "parent_id": f"615_{number % POSTS}",
            "comment_id": f"{number % POSTS}_{number}", "created_time": int(time.time()),
            "message": f"Jalan di RT {number} rusak, mohon dibantu",
            "from": {"id": str(number % 300), "name": f"Warga {number % 300}"},
        }  # fmt: skip
        entry = {"id": "615", "time": int(time.time()), "changes": [{"field": "feed", "value": value}]}
        made.append(json.dumps({"object": "page", "entry": [entry]}, separators=(",", ":")).encode())
    return made


def _installation(home: Path) -> Database:
    make_key(home)
    db = Database(load({}, home=home).database)
    migrate.upgrade(db)
    at = clock.now() - timedelta(days=2)
    with db.write() as session:
        session.add(Organisation(id=1, name="IPSM", category="organisasi"))
        session.flush()
        session.add(Account(id=1, organisation_id=1, connector="facebook", remote_id="615", name="IPSM"))
        session.flush()
        for number in range(POSTS):
            session.add(Post(id=number + 1, organisation_id=1, state="published"))
            session.flush()
            session.add(
                Delivery(
                    post_id=number + 1, account_id=1, due_at=at, published_at=at, state="published",
                    remote_id=f"615_{number}",
                )
            )  # fmt: skip
    return db


def _count(db: Database) -> int:
    with db.read() as session:
        return int(session.execute(select(func.count(col(Hook.id))).where(col(Hook.done_at).is_not(None))).scalar_one())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, db: Database) -> None:
    """Until the web answers and the worker lives."""
    from app.queries import health

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1), db.read() as session:
                if health.machine(session, clock.now()).worker_alive:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("serve did not start")
