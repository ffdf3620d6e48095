"""The making of tokens."""

from __future__ import annotations

import json
import secrets

from connectors.practice import TOKEN_PREFIX
from connectors.practice.context import SCOPES
from connectors.practice.store import Store


def make(
    store: Store,
    kind: str,
    *,
    user_id: str | None,
    page_id: str | None = None,
    scopes: tuple[str, ...] = SCOPES,
    expires: float = 0,
) -> str:
    """A new token; expires in unix seconds on the practice clock, 0 never."""
    token = f"{TOKEN_PREFIX}{kind}-{secrets.token_urlsafe(30)}"
    with store.transaction() as db:
        db.execute(
            "INSERT INTO tokens (token, kind, user_id, page_id, scopes, expires) VALUES (?, ?, ?, ?, ?, ?)",
            (token, kind, user_id, page_id, json.dumps(scopes), expires),
        )
    return token
