"""The Graph API side: which call this is, whether it may, what it answers, and the switches that spoil it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.practice import (
    faults,
    images,
    instagram_side,
    outside,  # noqa: F401  its fields are there once it is imported
    page_side,
    talk_side,
    tokens,
    webhooks,
)
from connectors.practice.context import Context
from connectors.practice.errors import GraphError, gone, invalid
from connectors.practice.fields import Field
from connectors.practice.nodes import EDGES, asked_fields, comment_kind, render
from connectors.practice.store import Row, Store
from connectors.practice.usage import Meter
from connectors.practice.wire import GraphRequest

#: Parameters that hold a key: the log says only that they came.
_SECRET = frozenset({"input_token", "fb_exchange_token", "client_secret", "appsecret_proof"})


@dataclass(slots=True)
class Answer:
    """What goes out. ``drop``: close without a byte. ``cut``: send half of the body. ``wait_s``: before sending."""

    status: int
    body: bytes
    content_type: str | None = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    cut: bool = False
    wait_s: float = 0.0


@dataclass(slots=True)
class Call:
    """One call, understood: kind (a word of ``faults.PLACES``), whose account, what to fetch first, what to do."""

    kind: str
    account_id: str | None
    run: Callable[[bytes | None], Any]
    fetch: str | None = None


class Graph:
    """Serves Graph requests on one store. ``written`` is called after each call that changed something."""

    def __init__(self, store: Store, written: Callable[[], None]) -> None:
        self._store = store
        self._written = written
        self._meter = Meter(store)

    def serve(self, request: GraphRequest) -> Answer:
        now = self._store.now()
        entry: dict[str, Any] = {
            "at": now,
            "method": request.method,
            "path": request.path,
            "params": json.dumps(
                {name: "***" if name in _SECRET else value for name, value in request.params.items()}
                | {name: f"<{len(f.data)} bytes>" for name, f in request.files.items()}
            ),
            "token_where": request.token_where,
            "acted": 0,
        }
        answer = self._serve(request, entry, now)
        answer.headers = {
            "facebook-api-version": request.version,
            "Cache-Control": "private, no-cache, no-store, must-revalidate",
            **self._meter.headers(entry.get("account_id")),
            **answer.headers,
        }
        entry["status"] = None if answer.drop else answer.status
        self._store.write_log(entry)
        if entry["acted"] and request.method != "GET":
            self._written()
        return answer

    def _serve(self, request: GraphRequest, entry: dict[str, Any], now: float) -> Answer:
        fault: faults.Fault | None = None
        try:
            with self._store.transaction() as db:
                ctx = Context(self._store, db, request, now)
                call = understand(ctx)
                entry.update(kind=call.kind, account_id=call.account_id)
                fault = faults.take(db, call.kind, call.account_id)
                if fault is not None:
                    entry["fault"] = fault.what
                if fault is not None and not fault.acts:
                    return _spoil(fault, None, call.account_id, entry)
                answer = None if call.fetch else _act(ctx, call, None, entry)
            if answer is None:
                answer = self._fetch_and_act(request, call.fetch or "", now, entry)
        except GraphError as error:
            answer = _refuse(error, entry)
        if fault is None:
            return answer
        if entry["acted"]:
            with self._store.transaction() as db:
                faults.afflict(db, fault, json.loads(answer.body))
        return _spoil(fault, answer, entry.get("account_id"), entry)

    def _fetch_and_act(self, request: GraphRequest, url: str, now: float, entry: dict[str, Any]) -> Answer:
        """Fetch outside any transaction (the address may be our own), then look at everything anew and act."""
        data = images.fetch(url)
        with self._store.transaction() as db:
            ctx = Context(self._store, db, request, now)
            return _act(ctx, understand(ctx), data, entry)


def _act(ctx: Context, call: Call, data: bytes | None, entry: dict[str, Any]) -> Answer:
    """Run inside a savepoint, so that a refusal leaves nothing behind but the used-up switch."""
    ctx.db.execute("SAVEPOINT call")
    try:
        answer = Answer(200, _json(call.run(data)))
    except GraphError as error:
        ctx.db.execute("ROLLBACK TO call")
        ctx.db.execute("RELEASE call")
        return _refuse(error, entry)
    ctx.db.execute("RELEASE call")
    entry["acted"] = 1
    return answer


def _refuse(error: GraphError, entry: dict[str, Any]) -> Answer:
    entry.update(code=error.code, subcode=error.subcode)
    return Answer(error.status, _json(error.body()))


def _json(value: Any) -> bytes:
    """Compact JSON with escaped unicode and slashes, as Meta writes it."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def _spoil(fault: faults.Fault, answer: Answer | None, account_id: str | None, entry: dict[str, Any]) -> Answer:
    error = fault.refusal()
    if error is not None:
        entry.update(code=error.code, subcode=error.subcode)
        return Answer(error.status, _json(error.body()), headers=fault.usage(account_id))
    if fault.what in ("html_502", "html_502_acted"):
        page = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
        return Answer(502, page, content_type="text/html; charset=utf-8")
    answer = answer or Answer(200, b"", drop=True)
    if fault.what == "lost_answer":
        answer.drop = True
    elif fault.what == "truncated":
        answer.cut = True
    elif fault.what == "empty":
        answer.body = b""
    elif fault.what == "untyped":
        answer.content_type = str(fault.params.get("type", "text/html")) or None
    elif fault.what == "behind":
        answer.body = _json(faults.behind(json.loads(answer.body)))
    elif fault.what in ("slow", "stalled"):
        answer.wait_s = float(fault.params.get("seconds") or 5)
    return answer


# --- understanding ----------------------------------------------------------------------------------------------
def understand(ctx: Context) -> Call:
    """Which call this is. Checks token, object and right; raises GraphError."""
    request = ctx.request
    if request.method not in ("GET", "POST", "DELETE"):
        raise GraphError(100, f"Unsupported method {request.method}")
    if request.parts == ["oauth", "access_token"]:
        return Call("read", None, lambda data: tokens.oauth(ctx))
    token = ctx.open_token()
    if request.parts == ["debug_token"]:
        return Call("read", None, lambda data: tokens.debug(ctx))
    if not request.parts and "ids" in request.params:
        return Call("read", None, lambda data: _by_ids(ctx))
    if not request.parts:
        raise invalid("Unknown path components: /")
    if request.parts[0] == "me":
        if token["kind"] == "user":
            return tokens_call(ctx, token)
        if token["kind"] == "app":
            raise GraphError(2500, "An active access token must be used to query information about the current user.")
        if request.parts[1:] == ["permissions"]:
            return Call("read", token["page_id"], lambda data: tokens.permissions(ctx))
        request.parts = [token["page_id"], *request.parts[1:]]
    return _object_call(ctx)


def tokens_call(ctx: Context, token: Row) -> Call:
    """/me and its edges for a user token."""
    rest = ctx.request.parts[1:]
    if ctx.request.method != "GET" or rest not in ([], ["accounts"], ["permissions"]):
        raise gone("me", ctx.request.method)
    user = ctx.one("SELECT * FROM users WHERE id = ?", token["user_id"])
    assert user is not None
    if rest == ["accounts"]:
        return Call("read", None, lambda data: tokens.accounts(ctx))
    if rest == ["permissions"]:
        return Call("read", None, lambda data: tokens.permissions(ctx))
    return Call("read", None, lambda data: render(ctx, "user", user, asked_fields(ctx)))


def _object_call(ctx: Context) -> Call:
    request = ctx.request
    kind, row = ctx.find(request.parts[0])
    if kind == "comment":
        kind = comment_kind(row["id"])
    owner = ctx.owner_of("comment" if kind == "ig_comment" else kind, row)
    edge = request.parts[1] if len(request.parts) == 2 else None
    if len(request.parts) > 2:
        raise invalid("Unknown path components: /" + "/".join(request.parts[2:]))
    if owner["kind"] == "ig":
        ctx.need_instagram(owner)
        ctx.need("instagram_basic", 10)
    elif not (kind == "page" and edge is None and request.method == "GET"):
        ctx.need_page(owner["id"], request.method.lower())
    if request.method == "GET":
        return _read_call(ctx, kind, row, edge, owner["id"])
    if request.method == "DELETE":
        return _delete_call(ctx, kind, row, edge, owner["id"])
    return _write_call(ctx, kind, row, edge, owner)


def _read_call(ctx: Context, kind: str, row: Row, edge: str | None, account_id: str) -> Call:
    if edge is None:
        if kind in ("post", "photo", "comment"):
            ctx.need("pages_read_engagement", 10)
        return Call("read", account_id, lambda data: render(ctx, kind, row, asked_fields(ctx)))
    resolver = EDGES.get(kind, {}).get(edge)
    if resolver is None:
        raise invalid(f"Tried accessing nonexisting field ({edge})")
    params = {name: value for name, value in ctx.request.params.items() if name not in ("fields", "as")}
    asked = Field(edge, params, asked_fields(ctx), ctx.request.text("fields"))
    place = {"comments": "comments", "replies": "comments", "insights": "insights"}.get(edge, "read")
    empty: dict[str, Any] = {"data": []}

    def run(data: bytes | None) -> Any:
        found = resolver(ctx, row, asked)
        return found if isinstance(found, dict) else empty

    return Call(place, account_id, run)


def _delete_call(ctx: Context, kind: str, row: Row, edge: str | None, account_id: str) -> Call:
    if edge is not None or kind not in ("post", "photo", "media", "comment", "ig_comment"):
        raise gone(ctx.request.parts[0], "delete")
    need = {
        "comment": "pages_manage_engagement",
        "ig_comment": "instagram_manage_comments",
        "media": "instagram_manage_contents",
    }.get(kind, "pages_manage_posts")
    ctx.need(need, 10 if need.startswith("instagram") else 200)
    return Call("delete", account_id, lambda data: page_side.delete(ctx, kind, row))


def _write_call(ctx: Context, kind: str, row: Row, edge: str | None, owner: Row) -> Call:
    account_id: str = owner["id"]
    if kind == "page" and edge in ("photos", "feed"):
        ctx.need("pages_manage_posts")
        if edge == "feed":
            return Call("feed", account_id, lambda data: page_side.add_post(ctx, row))
        url = None if ctx.request.files else ctx.request.params.get("url")
        return Call("photo", account_id, lambda data: page_side.add_photo(ctx, row, data), fetch=url)
    if kind in ("page", "ig") and edge == "messages":
        ctx.need("pages_messaging" if kind == "page" else "instagram_manage_messages", 200 if kind == "page" else 10)
        return Call("message", account_id, lambda data: talk_side.message(ctx, row))
    if kind == "page" and edge == "subscribed_apps":
        ctx.need("pages_manage_metadata")
        return Call("edit", account_id, lambda data: webhooks.subscribe(ctx, row))
    if kind == "post" and edge is None:
        ctx.need("pages_manage_posts")
        place = "flip" if "is_published" in ctx.request.params else "edit"
        return Call(place, account_id, lambda data: page_side.change_post(ctx, row))
    if kind == "ig" and edge in ("media", "media_publish"):
        ctx.need("instagram_content_publish", 10)
        if edge == "media_publish":
            return Call("publish", account_id, lambda data: instagram_side.publish(ctx, row))
        return Call("container", account_id, lambda data: instagram_side.add_container(ctx, row, data),
                    fetch=instagram_side.wanted_url(ctx))  # fmt: skip
    if (kind, edge) in (
        ("post", "comments"),
        ("comment", "comments"),
        ("media", "comments"),
        ("ig_comment", "replies"),
    ):
        _need_talk(ctx, kind)
        return Call("reply", account_id, lambda data: talk_side.reply(ctx, kind, row))
    if kind in ("comment", "ig_comment") and edge is None:
        _need_talk(ctx, kind)
        place = "hide" if {"is_hidden", "hide"} & set(ctx.request.params) else "edit"
        return Call(place, account_id, lambda data: talk_side.change_comment(ctx, row))
    if kind == "media" and edge is None:
        _need_talk(ctx, kind)
        return Call("edit", account_id, lambda data: instagram_side.change_media(ctx, row))
    raise gone(ctx.request.parts[0], "post")


def _need_talk(ctx: Context, kind: str) -> None:
    if kind in ("media", "ig_comment"):
        ctx.need("instagram_manage_comments", 10)
    else:
        ctx.need("pages_manage_engagement")


def _by_ids(ctx: Context) -> dict[str, Any]:
    """GET /?ids=a,b&fields=...: several objects by id, at most 50."""
    ids = [part.strip() for part in ctx.request.text("ids").split(",") if part.strip()]
    if not 1 <= len(ids) <= 50:
        raise invalid("Param ids must hold 1 to 50 ids")
    answer: dict[str, Any] = {}
    for one in ids:
        ctx.request.parts = [one]
        ctx.request.method = "GET"
        answer[one] = _object_call(ctx).run(None)
    return answer
