"""One Graph call while it is served: whose token it is, what it may do, and the objects it names."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from connectors.practice import APP_ID, APP_SECRET, TOKEN_PREFIX
from connectors.practice.errors import GraphError, bad_token, gone, page_token_needed
from connectors.practice.store import Row, Store
from connectors.practice.wire import GraphRequest

#: What a practice token may do unless told otherwise: all that the connectors need.
SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_read_user_content",
    "pages_manage_metadata",
    "pages_messaging",
    "read_insights",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_messages",
    "instagram_manage_insights",
    "instagram_manage_contents",
    "business_management",
)
_TEMPORARY_S = 24 * 3600


@dataclass(slots=True)
class Context:
    """``db`` is inside a transaction for as long as the context lives; ``now`` is the practice clock, unix seconds."""

    store: Store
    db: sqlite3.Connection
    request: GraphRequest
    now: float
    token: Row | None = None

    def one(self, sql: str, *values: Any) -> Row | None:
        row: Row | None = self.db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[Row]:
        return self.db.execute(sql, values).fetchall()

    # --- whose token -------------------------------------------------------------------------------------------
    def open_token(self) -> Row:
        """The call's token, checked. Raises 104/2500 (none), 190 (unknown, expired, dead), 100 (wrong proof)."""
        text = self.request.token
        if not text:
            if self.request.parts[:1] == ["me"]:
                raise GraphError(
                    2500, "An active access token must be used to query information about the current user."
                )
            raise GraphError(104, "An access token is required to request this resource.")
        if not text.startswith(TOKEN_PREFIX):
            raise bad_token("Invalid OAuth access token - Cannot parse access token")
        row = self.find_token(text)
        if row is None:
            raise bad_token("Invalid OAuth access token data.")
        self.token = row
        check_alive(row, self.now)
        proof = self.request.params.get("appsecret_proof")
        if proof is not None and not hmac.compare_digest(proof.encode(), appsecret_proof(text).encode()):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
        return row

    def find_token(self, text: str) -> Row | None:
        if text == f"{APP_ID}|{APP_SECRET}":
            return self.one("SELECT ? AS token, 'app' AS kind, NULL AS user_id, NULL AS page_id, '[]' AS scopes, "
                            "0 AS expires, NULL AS dead_subcode", text)  # fmt: skip
        return self.one("SELECT * FROM tokens WHERE token = ?", text)

    def scopes(self) -> list[str]:
        found: list[str] = json.loads(self.token["scopes"]) if self.token is not None else []
        return found

    def need(self, permission: str, code: int = 200) -> None:
        """Raise code 10 (reads, Instagram) or 200 (writes of Pages) unless the token carries the permission."""
        if permission in self.scopes():
            return
        if code == 10:
            message = f"(#10) This endpoint requires the '{permission}' permission or a reviewable feature."
        else:
            message = f"(#{code}) Requires {permission} permission to manage the object"
        raise GraphError(code, message, status=403)

    def need_page(self, page_id: str, method: str = "get") -> None:
        """The call must carry the Page token of this very Page."""
        if self.token is None or self.token["kind"] != "page":
            raise page_token_needed()
        if self.token["page_id"] != page_id:
            if method == "get" and self.token["page_id"] in self.store.get("shared", {}).get(page_id, []):
                return
            if method == "get":
                raise gone(self.request.parts[0])
            raise GraphError(200, "(#200) The token does not belong to the Page that owns this object.", status=403)

    def need_instagram(self, account: Row) -> None:
        """A user token of the owner or the token of the linked Page opens an Instagram account."""
        if self.token is not None and (
            (self.token["kind"] == "page" and self.token["page_id"] == account["linked_id"])
            or (self.token["kind"] == "user" and self.token["user_id"] == account["owner_id"])
        ):
            return
        raise gone(self.request.parts[0], self.request.method)

    # --- objects -----------------------------------------------------------------------------------------------
    def account(self, account_id: str) -> Row:
        row = self.one("SELECT * FROM accounts WHERE id = ?", account_id)
        if row is None:
            raise gone(account_id, self.request.method)
        return row

    def post(self, post_id: str) -> Row:
        row = self.one("SELECT * FROM posts WHERE id = ? AND NOT deleted", post_id)
        if row is None:
            raise gone(post_id, self.request.method)
        return row

    def find(self, object_id: str) -> tuple[str, Row]:
        """("page" | "ig" | "post" | "media" | "photo" | "child" | "comment" | "container", row). Raises 100/33."""
        for kind, sql in _LOOKUPS:
            row = self.one(sql, object_id)
            if row is None:
                continue
            if kind == "account":
                return row["kind"], row
            if kind == "photo":
                if row["temporary"] and row["post_id"] is None and self.now - row["created"] > _TEMPORARY_S:
                    break
                return ("photo" if self.account(row["account_id"])["kind"] == "page" else "child"), row
            if kind == "post":
                return ("post" if self.account(row["account_id"])["kind"] == "page" else "media"), row
            if kind == "comment" and self.one("SELECT 1 FROM posts WHERE id = ? AND deleted", row["post_id"]):
                break
            return kind, row
        raise gone(object_id, self.request.method)

    def owner_of(self, kind: str, row: Row) -> Row:
        """The account an object belongs to."""
        if kind in ("page", "ig"):
            return row
        if kind == "comment":
            row = self.post(row["post_id"])
        return self.account(row["account_id"])


_LOOKUPS = (
    ("account", "SELECT * FROM accounts WHERE id = ?"),
    ("post", "SELECT * FROM posts WHERE id = ? AND NOT deleted"),
    ("photo", "SELECT * FROM photos WHERE id = ? AND NOT deleted"),
    ("comment", "SELECT * FROM comments WHERE id = ? AND NOT deleted"),
    ("container", "SELECT * FROM containers WHERE id = ?"),
)


def check_alive(row: Row, now: float) -> None:
    """Raise 190 for a token that died or ran out."""
    if row["dead_subcode"] is not None:
        raise bad_token("Error validating access token: the session has been invalidated.", row["dead_subcode"])
    if row["expires"] and row["expires"] <= now:
        raise bad_token("Error validating access token: Session has expired.", 463)


def appsecret_proof(token: str) -> str:
    """Hex HMAC-SHA256 of the token under the app secret."""
    return hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
