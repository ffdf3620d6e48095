"""What a connector may raise: five errors, named by what the caller should do.

No words for people are made here: ``code`` names the reason (``app/words.py`` has the sentence) and ``facts`` carry
what the platform said (code, subcode, trace id, its own text for people). A token never stands in either.
"""

from __future__ import annotations

from typing import Any


class ConnectorError(Exception):
    """The base: ``code`` is a short English key, ``facts`` are JSON-able values for the log and the sentence."""

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: dict[str, Any] = {key: value for key, value in facts.items() if value is not None}

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class Busy(ConnectorError):
    """Nothing happened there; come again.

    retry_after: seconds that the platform asked for, or None when the caller's own back-off decides.
    limit: a rate limit, which costs no attempt; ``scope`` says whose: "app", "page", "ig" or "user".
    unreached: no connection at all (DNS, refused): costs no attempt either, the post may end as missed.
    code "staged_gone": what was staged is no longer there. Drop the staged ids and stage anew; nothing was published.
    """

    def __init__(
        self,
        code: str,
        /,
        *,
        retry_after: float | None = None,
        limit: bool = False,
        scope: str | None = None,
        unreached: bool = False,
        **facts: Any,
    ) -> None:
        super().__init__(code, **facts)
        self.retry_after = retry_after
        self.limit = limit
        self.scope = scope
        self.unreached = unreached


class SignInAgain(ConnectorError):
    """The account's key no longer opens: a person has to connect it again (or grant ``facts["permission"]``).

    key: whatever the caller knows the key by that was refused, so that it is not taken for a newer one.
    """

    key: str | None = None


class Refused(ConnectorError):
    """The platform said no to this content, and would again. ``code`` says why."""


class Gone(Refused):
    """The object does not exist (any more) or is not visible to us: reads mark it gone, deletes count as done."""


class Unsure(ConnectorError):
    """It was sent and no clear answer came. It may be public. Look (``find``) before anything else."""


class Unsupported(ConnectorError):
    """This platform has no such thing (for instance hiding a comment through instagrapi)."""
