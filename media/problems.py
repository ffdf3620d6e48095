"""What this package may refuse with. No words for people here: ``code`` names the reason, ``facts`` carry numbers."""

from __future__ import annotations

from typing import Any


class PhotoProblem(Exception):
    """A photo that cannot be taken in or made ready.

    code, with its facts:
      empty             the file holds no bytes
      unreadable        the path cannot be opened as an ordinary file
      too_large         limit (bytes)
      not_a_photo       kind: what the content looks like ("gif", "pdf", "svg", "html", "text", "video", "unknown", ...)
      animated          kind: a moving PNG or WebP; one still of it would not say what its maker meant
      too_many_pixels   width, height, limit (pixels), kind
      too_small         width, height, least (pixels of the shorter edge)
      broken            kind: truncated, damaged, or its decoder died
      too_heavy         the decoder asked for more memory than it may have
      too_slow          limit (seconds)
      busy              too many photos at once, or no child process could be started: come again
      no_room           the disk or its quota is full
      missing           sha256: the store holds no such photo (any more)
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: dict[str, Any] = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class LinkProblem(Exception):
    """A public link that opens nothing. code: "expired" or "bad" (tampered, foreign, malformed)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
