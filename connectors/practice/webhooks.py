"""Notifications as Meta sends them: signed, to one address, about Pages whose app subscription was asked for.

What happens to comments is written down as changes in the same transaction; a thread sends them, or they are held for
a test that sends them itself, in what order and how often it likes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import requests

from connectors.practice import APP_ID, APP_SECRET
from connectors.practice.context import Context
from connectors.practice.errors import invalid
from connectors.practice.store import Row, Store

#: Fields of a Page that an app may subscribe to, as far as they matter here.
FIELDS = frozenset({"feed", "mention", "messages", "ratings"})
_TIMEOUT_S = 5.0
_LOOK_S = 0.5
#: Seconds before a refused notification is sent again: at once, then ever more rarely.
_AGAIN_S = (0.0, 1.0, 5.0, 30.0, 300.0, 3600.0)
_MOST = 100


# --- the app's subscription -------------------------------------------------------------------------------------
def subscribe(ctx: Context, page: Row) -> dict[str, Any]:
    """POST /{page}/subscribed_apps."""
    fields = [each.strip() for each in ctx.request.text("subscribed_fields").split(",") if each.strip()]
    if not fields or not set(fields) <= FIELDS:
        raise invalid("Param subscribed_fields must be an array of valid fields")
    ctx.store.put("subscribed", {**ctx.store.get("subscribed", {}), page["id"]: fields})
    return {"success": True}


def subscribed(ctx: Context, page: Row, _field: Any = None) -> dict[str, Any]:
    """GET /{page}/subscribed_apps."""
    ctx.need("pages_manage_metadata")
    fields = ctx.store.get("subscribed", {}).get(page["id"])
    return {"data": [{"id": APP_ID, "name": "latihan", "subscribed_fields": fields}] if fields else []}


# --- what happened ----------------------------------------------------------------------------------------------
def say(ctx: Context, verb: str, comment: Row) -> None:
    """A comment was made (add), edited, removed, hidden or shown; nothing where nobody wants to hear of it."""
    if not ctx.store.get("webhooks", {}).get("url"):
        return
    post = ctx.one("SELECT * FROM posts WHERE id = ?", comment["post_id"])
    if post is None:
        return
    account = ctx.account(post["account_id"])
    instagram = account["kind"] == "ig"
    page_id = account["linked_id"] if instagram else account["id"]
    # Instagram tells of new comments only, once the linked Page has the app for any field.
    if page_id not in ctx.store.get("subscribed", {}) or (instagram and verb != "add"):
        return
    change = _instagram(comment) if instagram else _page(verb, post, comment)
    kind = "instagram" if instagram else "page"
    ctx.db.execute(
        "INSERT INTO told (account_id, object, verb, comment_id, change, at, due) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (account["id"], kind, verb, comment["id"], json.dumps(change), ctx.now, ctx.now),
    )


def _page(verb: str, post: Row, comment: Row) -> dict[str, Any]:
    value: dict[str, Any] = {
        "item": "comment", "verb": verb, "comment_id": comment["id"], "post_id": post["id"],
        "parent_id": comment["parent_id"] or post["id"], "created_time": int(comment["created"]),
        "post": {"id": post["id"], "is_published": True},
    }  # fmt: skip
    if not comment["anonymous"]:
        value["from"] = {"id": comment["author_id"], "name": comment["author_name"]}
    if verb in ("add", "edited"):
        value["message"] = comment["message"]
    return {"field": "feed", "value": value}


def _instagram(comment: Row) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": comment["id"], "text": comment["message"],
        "media": {"id": comment["post_id"], "media_product_type": "FEED"},
    }  # fmt: skip
    if not comment["anonymous"]:
        value["from"] = {"id": comment["author_id"], "username": comment["author_name"]}
    if comment["parent_id"]:
        value["parent_id"] = comment["parent_id"]
    return {"field": "comments", "value": value}


# --- sending ----------------------------------------------------------------------------------------------------
def bodies(rows: Sequence[Row]) -> list[bytes]:
    """One body an object in a row, one entry an account and second, JSON escaped as Meta writes it."""
    made = []
    for kind, of_kind in groupby(rows, key=lambda row: str(row["object"])):
        entries = [
            {"id": account, "time": second, "changes": [json.loads(row["change"]) for row in some]}
            for (account, second), some in groupby(of_kind, key=lambda row: (row["account_id"], int(row["at"])))
        ]
        text = json.dumps({"object": kind, "entry": entries}, separators=(",", ":")).replace("/", "\\/")
        made.append(text.encode())
    return made


def signature(secret: str, body: bytes) -> str:
    """The value of ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Messenger:
    """Sends what is due in a thread of its own, which begins when there is something to send."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._session = requests.Session()

    def look(self) -> None:
        """Something may have happened."""
        self._wake.set()
        hooks = self._store.get("webhooks", {})
        if self._thread is None and hooks.get("url") and not hooks.get("hold"):
            self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_TIMEOUT_S + 1)
        self._session.close()

    def tell(self, ids: Sequence[int], batch: int = 1) -> list[int]:
        """Send these changes, in this order and as often as they are named; the status of each call (0: no answer)."""
        with self._store.transaction() as db:
            marks = ", ".join("?" for _ in ids)
            found = db.execute(f"SELECT * FROM told WHERE id IN ({marks})", tuple(ids)).fetchall()  # noqa: S608  marks only
        rows = {row["id"]: row for row in found}
        parcels = [[rows[each] for each in ids[start : start + batch]] for start in range(0, len(ids), batch)]
        return [self._post(body) for parcel in parcels for body in bodies(parcel)]

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._store.get("webhooks", {}).get("hold"):
                self._send_due()
            self._wake.wait(_LOOK_S)
            self._wake.clear()

    def _send_due(self) -> None:
        now, due = self._store.now(), "SELECT * FROM told WHERE NOT sent AND due <= ? ORDER BY id LIMIT ?"
        with self._store.transaction() as db:
            rows = db.execute(due, (now, _MOST)).fetchall()
        for kind in ("page", "instagram"):
            some = [row for row in rows if row["object"] == kind]
            if not some or self._stop.is_set():
                continue
            sent = self._post(bodies(some)[0]) // 100 == 2
            with self._store.transaction() as db:
                for row in some:
                    values = (sent, now + _AGAIN_S[min(row["tries"], len(_AGAIN_S) - 1)], row["id"])
                    db.execute("UPDATE told SET sent = ?, tries = tries + 1, due = ? WHERE id = ?", values)

    def _post(self, body: bytes) -> int:
        hooks = self._store.get("webhooks", {})
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": signature(hooks.get("secret") or APP_SECRET, body),
        }
        try:
            return self._session.post(hooks["url"], data=body, headers=headers, timeout=_TIMEOUT_S).status_code
        except requests.RequestException:
            return 0
