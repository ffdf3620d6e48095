"""What a service says when it cannot do as asked."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """A person can mend this. ``code`` is a key of ``app/words.py``, ``facts`` fill its sentence.

    field: the name of the form field or option the sentence belongs to, when there is one.
    """

    def __init__(self, code: str, /, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.field = field
        self.facts = facts


class Stale(Exception):
    """Somebody else was faster: the record is no longer in the state (or under the fence) that was expected."""
