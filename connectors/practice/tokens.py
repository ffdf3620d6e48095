"""Who is asking: /me/accounts, /me/permissions, /debug_token, /oauth/access_token."""

from __future__ import annotations

import json
from typing import Any

from connectors.practice import APP_ID, APP_SECRET, paging
from connectors.practice.context import SCOPES, Context, check_alive
from connectors.practice.errors import GraphError, invalid
from connectors.practice.fields import Field
from connectors.practice.minting import make
from connectors.practice.nodes import asked_fields, render
from connectors.practice.store import Row

_LONG_LIVED_S = 60 * 86400


def accounts(ctx: Context) -> dict[str, Any]:
    """GET /me/accounts with a user token."""
    ctx.need("pages_show_list", 10)
    assert ctx.token is not None
    fields = asked_fields(ctx) or tuple(Field(name) for name in ("access_token", "category", "name", "id", "tasks"))
    asked = Field("accounts", {k: v for k, v in ctx.request.params.items() if k != "fields"}, fields,
                  ctx.request.text("fields"))  # fmt: skip
    rows = ctx.all("SELECT * FROM accounts WHERE kind = 'page' AND owner_id = ?", ctx.token["user_id"])
    page, links = paging.cut(ctx, "me", asked, rows, _by_creation, descending=False)
    answer: dict[str, Any] = {"data": [render(ctx, "page", row, fields) for row in page]}
    return answer | ({"paging": links} if links else {})


def _by_creation(row: Row) -> list[Any]:
    return [float(row["created"]), row["id"]]


def permissions(ctx: Context) -> dict[str, Any]:
    """GET /me/permissions: what was granted."""
    granted = set(ctx.scopes())
    names = [*SCOPES, *sorted(granted - set(SCOPES))]
    return {"data": [{"permission": n, "status": "granted" if n in granted else "declined"} for n in names]}


def debug(ctx: Context) -> dict[str, Any]:
    """GET /debug_token?input_token=: facts of a token, asked with the app token or a token of its own user."""
    row = ctx.find_token(ctx.request.text("input_token"))
    if row is None:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"is_valid": False, "error": error, "scopes": []}}
    assert ctx.token is not None
    if ctx.token["kind"] != "app" and ctx.token["user_id"] != row["user_id"]:
        raise invalid("You must provide an app access token, or a user access token that is an owner of the app")
    data: dict[str, Any] = {
        "app_id": APP_ID,
        "type": row["kind"].upper(),
        "application": "Aplikasi latihan",
        "data_access_expires_at": int(ctx.store.get("data_access", {}).get(row["token"], 0)),
        "expires_at": int(row["expires"]),
        "is_valid": True,
        "scopes": json.loads(row["scopes"]),
        "granular_scopes": [{"scope": scope} for scope in json.loads(row["scopes"])],
        "user_id": row["user_id"],
    }
    if row["page_id"]:
        data["profile_id"] = row["page_id"]
    try:
        check_alive(row, ctx.now)
    except GraphError as error:
        data |= {"is_valid": False, "error": {"code": 190, "subcode": error.subcode, "message": error.message}}
    return {"data": data}


def oauth(ctx: Context) -> dict[str, Any]:
    """GET|POST /oauth/access_token: client_credentials, fb_exchange_token; a login code cannot exist here."""
    request = ctx.request
    if request.text("client_id") != APP_ID:
        raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
    if request.text("client_secret") != APP_SECRET:
        raise GraphError(1, "Error validating client secret.")
    grant = request.text("grant_type")
    if grant == "client_credentials":
        return {"access_token": f"{APP_ID}|{APP_SECRET}", "token_type": "bearer"}
    if grant == "fb_exchange_token":
        row = ctx.find_token(request.text("fb_exchange_token"))
        if row is None or row["kind"] not in ("user", "page"):
            raise GraphError(190, "Invalid OAuth access token.")
        check_alive(row, ctx.now)
        token = make(ctx.store, row["kind"], user_id=row["user_id"], page_id=row["page_id"],
                     scopes=tuple(json.loads(row["scopes"])), expires=ctx.now + _LONG_LIVED_S)  # fmt: skip
        return {"access_token": token, "token_type": "bearer", "expires_in": _LONG_LIVED_S}
    raise GraphError(100, "Invalid verification code format.", subcode=36009)
