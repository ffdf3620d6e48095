"""Pages for people."""

from __future__ import annotations

import re

from connectors.practice.graph import Answer
from connectors.practice.residents import Residents
from connectors.practice.store import Store

_CDN = re.compile(r"^/cdn/v/[\w.-]+/([\w-]+)_n\.jpg$")


class PagesForPeople:
    def __init__(self, store: Store, residents: Residents) -> None:
        self._store = store

    def photo(self, path: str) -> Answer:
        """A photo's bytes by its unguessable address."""
        match = _CDN.match(path)
        with self._store.transaction() as db:
            row = match and db.execute("SELECT type, data FROM blobs WHERE key = ?", (match.group(1),)).fetchone()
        if not row:
            return Answer(404, b"URL signature mismatch", content_type="text/plain")
        return Answer(200, row["data"], content_type=row["type"])

    def owns(self, method: str, target: str) -> bool:
        return False

    def serve(self, method: str, target: str, body: bytes) -> Answer:
        raise NotImplementedError
