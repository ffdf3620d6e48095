"""What a rehearsal's other side shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """A public post as a visitor sees it."""

    caption: str
    alt_texts: tuple[str | None, ...]
