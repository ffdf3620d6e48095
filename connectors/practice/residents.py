"""Residents (see ``cast.py``)."""

from __future__ import annotations

from connectors.practice.store import Store


class Residents:
    """Who comes to new posts; filled in with the cast."""

    def __init__(self, store: Store, *, on: bool, speed: str, seed: int) -> None:
        self._store = store

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def look(self) -> None: ...
    def switch(self, on: bool, speed: str | None) -> None: ...
