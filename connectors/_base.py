"""The contract of a connector. One file, one class; ``connectors.load()`` finds it by scanning the folder.

Adding a platform: write ``connectors/NAME.py`` with a subclass, and ``tests/connectors/test_NAME.py``. The contract
test (``tests/connectors/test_contract.py``) runs on it unasked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterator
from datetime import datetime
from typing import ClassVar

from connectors._errors import Unsupported
from connectors._types import (
    Ability,
    AccountFacts,
    Counts,
    Credentials,
    Discovered,
    Item,
    Limits,
    Published,
    RemoteComment,
    RemotePost,
    Staged,
    Usage,
    Wire,
)

#: Called with each new step of staging, so that a remote id is on disk as soon as it is known.
Save = Callable[[Staged], None]


class Connector(ABC):
    """One account of one platform, for one job. Not shared between threads; ``close()`` when done.

    Every method may raise the errors of ``connectors._errors`` and nothing else. During ``commit``, ``reply``,
    ``private_reply``, ``hide`` and ``delete_*`` an unclear outcome (5xx, dropped socket, time-out, unreadable answer)
    is ``Unsure``; during any other method it is ``Busy``.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    can: ClassVar[frozenset[Ability]]
    limits: ClassVar[Limits]
    #: Words (keys of app/words.py) that the owner must accept before the account can be added; None for most.
    warning: ClassVar[str | None] = None
    #: This installation's own page: no key, no network, no clock but ours; it shows what our books call published.
    at_home: ClassVar[bool] = False

    def __init__(self, account: Credentials, wire: Wire) -> None:
        self.account = account
        self.wire = wire
        #: The fullest word of any call of this job about each allowance: "app", "page" or "ig".
        self.usage: dict[str, Usage] = {}
        #: Server time of the last answer's Date header, None before the first call or without the header.
        self.server_time: datetime | None = None
        #: Remote ids that are known to belong to other posts: looking for one by its words never takes them.
        self.taken: Container[str] = frozenset()
        #: Metric names that this platform did not know when last asked: ``counts`` leaves them out.
        self.dead: Container[str] = frozenset()
        #: Remote ids that are public by our own books; all that a connector ``at_home`` has to look at.
        self.shown: Container[str] = frozenset()

    @classmethod
    def secrets_from(cls, text: str, wire: Wire) -> dict[str, str]:
        """What the owner pasted when connecting, as it is to be sealed and kept. May sign in over the network."""
        return {"token": text}

    def close(self) -> None:  # noqa: B027  most connectors hold nothing
        """Give back sockets and files."""

    def secrets_changed(self) -> dict[str, str] | None:
        """New secrets to seal and keep (a refreshed session), or None when nothing changed."""
        return None

    @abstractmethod
    def check(self) -> AccountFacts:
        """Ask the platform who we are; ``SignInAgain`` when the key does not open or is of the wrong kind."""

    @abstractmethod
    def stage(self, item: Item, staged: Staged, save: Save) -> Staged:
        """Do everything that stays invisible, going on from ``staged``. Never blocks to wait: returns ``wait_s``."""

    @abstractmethod
    def commit(self, item: Item, staged: Staged) -> Published:
        """The one call that makes the post public, and nothing after it: the account's next post waits for the end."""

    @abstractmethod
    def find(self, item: Item, staged: Staged, since: datetime) -> Published | None:
        """Read the account back and look for our post; None means readable and not there."""

    def permalink(self, remote_id: str) -> str | None:
        """Where people see a public post; None when the platform does not say. Cosmetic, asked for after the commit."""
        return None

    def discard(self, staged: Staged) -> None:
        """Delete what was staged and never published. Already gone counts as done."""
        raise Unsupported("discard")

    def delete_post(self, remote_id: str) -> None:
        """Take a public post back. Already gone counts as done."""
        raise Unsupported("delete_post")

    def exists(self, remote_id: str) -> bool:
        """Whether a post can still be seen there. ``Busy`` or ``SignInAgain`` where that cannot be told: a key that
        sees nothing any more says "not there" of everything."""
        raise Unsupported("exists")

    def comments(self, remote_id: str) -> Iterator[RemoteComment]:
        """All comments of a post with their replies, parents before children; may be long, so it streams."""
        raise Unsupported("comments")

    def reply(self, comment_id: str, text: str) -> str:
        """Answer a comment publicly; the reply's remote id."""
        raise Unsupported("reply")

    def find_reply(self, comment_id: str, text: str, since: datetime) -> str | None:
        """The id of our own reply with this text written after ``since``; None means readable and not there."""
        raise Unsupported("reply")

    def private_reply(self, comment_id: str, text: str) -> str:
        """Write to a comment's author privately, once a comment; the message's id. Nobody can look whether it arrived:
        after ``Unsure`` it must not be sent again unasked. ``Refused``: private_right (the account may not),
        private_window (too late), private_once, private_unavailable."""
        raise Unsupported("private_reply")

    def hide(self, comment_id: str, hidden: bool) -> None:
        """Hide or show a comment; may be repeated."""
        raise Unsupported("hide")

    def delete_comment(self, comment_id: str) -> None:
        """Delete a comment; already gone counts as done."""
        raise Unsupported("delete_comment")

    def counts(self, remote_id: str) -> Counts:
        """Engagement of a post now. One refused metric does not take the others along."""
        raise Unsupported("counts")

    def recent(self, since: datetime) -> Iterator[RemotePost]:
        """The account's public posts after ``since``, newest first, whoever sent them; may be long, so it streams."""
        raise Unsupported("recent")

    def discover(self, handle: str, since: datetime) -> Discovered:
        """Another account, by its name there, with its public posts after ``since``, as far as our key may read it.
        ``Refused``: not_professional, not_shared, bad_handle."""
        raise Unsupported("discover")

    def subscribe(self) -> bool:
        """Ask the platform to tell us of comments by itself, from now on; may be repeated. Whether it will."""
        raise Unsupported("subscribe")

    def followers(self) -> int | None:
        """Followers now; None when the platform does not say."""
        raise Unsupported("followers")
