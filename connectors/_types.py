"""What goes into a connector and what comes out: frozen dataclasses, plain values, times aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Ability = Literal[
    "photos",
    "carousel",
    "alt_text",
    "comments",
    "reply",
    "private_reply",
    "hide",
    "unhide",
    "delete_comment",
    "delete_post",
    "counts",
    "followers",
    "recent",
    "discover",
]

#: The metrics every reading has, in this order. A metric that the platform did not give is None, never 0.
METRICS = ("reactions", "comments", "shares", "saves", "reach", "views", "clicks")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the platform accepts. The composer draws its counters and warnings from these.

    caption, alt_text: characters (the larger of code points and UTF-16 units is compared). photo_bytes: bytes.
    ratio: (narrowest, widest) width / height of a photo, or None when any goes. photo_edge: longest edge in pixels.
    """

    caption: int
    photos: int
    min_photos: int = 0
    hashtags: int | None = None
    mentions: int | None = None
    alt_text: int = 1000
    ratio: tuple[float, float] | None = None
    one_ratio: bool = False
    photo_bytes: int = 4_000_000
    photo_edge: int = 2048


@dataclass(frozen=True, slots=True)
class Credentials:
    """One account, opened. ``secrets`` hold {"token": ...} or a session; neither is ever shown (see ``__repr__``)."""

    remote_id: str
    secrets: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Credentials(remote_id={self.remote_id!r})"


@dataclass(frozen=True, slots=True)
class Wire:
    """How to reach the platform. Chosen per account by the caller; connectors read no settings.

    base_url: without version and with or without a trailing slash ("https://graph.facebook.com").
    timeout_s: bounds one whole call in seconds. meta_own: the address is Meta's own and not a rehearsal or a test.
    """

    base_url: str
    version: str = "v25.0"
    timeout_s: float = 30.0
    app_id: str | None = None
    app_secret: str | None = field(default=None, repr=False)
    meta_own: bool = False
    flip_drilled: bool = False


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One finished rendition on disk. url: a public address of the same bytes, when the installation has one."""

    path: Path
    alt_text: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One post as it leaves for one account."""

    caption: str
    photos: Sequence[PhotoFile] = ()


@dataclass(frozen=True, slots=True)
class Staged:
    """Where staging stands. ``ids`` are remote ids by a connector's own names and survive a restart as JSON.

    ready: only ``commit`` is left. wait_s: look again after this many seconds (a container is not finished).
    repeatable: ``commit`` may be called again without harm after an unclear answer and a look. tried: a commit may have
    been begun before; only where that is surely not so may it leave out to look first.
    """

    ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ready: bool = False
    wait_s: float | None = None
    repeatable: bool = True
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """A public post. permalink is cosmetic: None where the answer did not hold it (see ``Connector.permalink``)."""

    remote_id: str
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteComment:
    """A comment as the platform gave it. parent_id None: top level. ``own``: written by the account itself."""

    remote_id: str
    text: str
    created_at: datetime | None
    author_name: str | None = None
    author_id: str | None = None
    parent_id: str | None = None
    hidden: bool = False
    own: bool = False
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Engagement of one post at one time, metrics by the names in METRICS; missing ones are None.

    refused: metric names of the platform that it would not give, for the log and the page ("tidak tersedia").
    dead: of these the ones it said just now it does not know at all; worth no further call for a while.
    """

    metrics: Mapping[str, int | None]
    refused: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemotePost:
    """A public post as an account's list gives it. metrics: those that came with the list, by names in METRICS."""

    remote_id: str
    published_at: datetime
    text: str = ""
    permalink: str | None = None
    metrics: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discovered:
    """An account that is read from outside. handle: its name now; followers: None where not told."""

    remote_id: str
    handle: str | None = None
    name: str | None = None
    followers: int | None = None
    posts: tuple[RemotePost, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the platform says of an account when asked.

    name, handle: as shown there. expires_at: end of the token, None when it has none or it is not known.
    missing: permissions that are not granted, by the platform's names. page_id: the Page of an Instagram account.
    subscribed: whether it tells us of comments by itself; None: not asked.
    """

    remote_id: str
    name: str | None = None
    handle: str | None = None
    expires_at: datetime | None = None
    missing: tuple[str, ...] = ()
    page_id: str | None = None
    subscribed: bool | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """How full one allowance is, by the usage headers: percent, and seconds until access comes back if given."""

    percent: float = 0.0
    regain_s: float | None = None

    def fuller(self, other: Usage) -> Usage:
        """The worse of two words about the same allowance."""
        return Usage(max(self.percent, other.percent), max(self.regain_s or 0.0, other.regain_s or 0.0) or None)
