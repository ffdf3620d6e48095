"""A person of the `web` fixture at a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.fixtures.web import PASSWORD, Web


@contextmanager
def served(web: Web) -> Iterator[str]:
    """The application over HTTP on loopback, as it answers outside of tests; its address."""
    web.app.testing = False
    server = make_server("127.0.0.1", 0, web.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def signed_in(browser: Browser, site: str, role: str, **options: Any) -> Page:
    """At the start page, in a context of their own; what the console complains about is gathered in ``complaints``.

    The door's answers are taken without drawing its page: test_loop.py goes through it by hand.
    """
    page = browser.new_context(base_url=site, **options).new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    door = page.context.request
    (shown,) = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', door.get("/masuk").text())
    values = {"email": f"{role}@uji.example", "password": PASSWORD, "csrf_token": shown}
    assert door.post("/masuk", form=values, max_redirects=0).status == 303
    page.goto("/")
    page.complaints = complaints  # type: ignore[attr-defined]  # travels with the page it belongs to
    return page
