"""Where each connector rehearses: a context manager per connector name, giving a probe of the platform behind it.

A connector that is found in the folder and is missing here fails ``test_contract.py``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from connectors import Connector, Credentials, Wire
from connectors.facebook import Facebook
from connectors.instagram import Instagram
from connectors.practice.control import Control, Logged, PracticePage
from connectors.practice.server import PracticeServer
from tests.connectors import rehearse_instagram_private as private
from tests.connectors.rehearse_website import WebsiteProbe
from tests.connectors.shown import Shown
from tests.fixtures.private_instagram import SESSION, PrivateInstagram


class Probe(Protocol):
    """The other side of a connector: looks at the platform, plays the residents, and breaks things."""

    @property
    def secret(self) -> str:
        """What must never be seen in a text, a log or an address."""

    def open(self) -> Connector:
        """A new connector of the same account, as after a restart."""

    def made(self) -> int:
        """How many objects staging has made there so far."""

    def left(self) -> int:
        """How many staged objects lie there that a connector could delete."""

    def public(self) -> list[Shown]:
        """Public posts, newest first."""

    def comment(self, post_id: str, author: str, text: str) -> str:
        """A resident comments; the comment's id as the connector names it."""

    def answer(self, comment_id: str, author: str, text: str) -> str:
        """A resident replies to a comment."""

    def lose_commit(self) -> None:
        """The next commit is done, its answer does not arrive."""

    def lose_reply(self) -> None:
        """The next reply is written, its answer does not arrive."""

    def lose_delete(self) -> None:
        """The next deletion is done, its answer does not arrive."""

    def blind(self) -> None:
        """The key still opens, and sees nothing from now on: each object "does not exist"."""

    def end_token(self) -> None:
        """The key does not open from now on."""

    def refuse_metric(self) -> str | None:
        """One metric is refused from now on; its name in METRICS, None where metrics come in one answer."""

    def addresses(self) -> list[str]:
        """Every address that was called, with its query."""


class _Graph:
    """A practice Page and its Instagram account."""

    def __init__(self, server: PracticeServer, control: Control, page: PracticePage) -> None:
        self.control = control
        self.page = page
        self.wire = Wire(server.url, timeout_s=20)

    def made(self) -> int:
        writes = [entry for entry in self._log() if entry.method == "POST" and entry.status == 200]
        return sum(entry.path.rsplit("/", 1)[-1] in ("photos", "feed", "media") for entry in writes)

    def left(self) -> int:
        loose = len(self.control.loose_photos(self.page.page_id))
        return loose + len(self.control.posts(self.page.page_id, unpublished=True))

    def comment(self, post_id: str, author: str, text: str) -> str:
        return self.control.comment(post_id, author, text)

    answer = comment

    def lose_reply(self) -> None:
        self.control.fault("reply", "lost_answer")

    def lose_delete(self) -> None:
        self.control.fault("delete", "lost_answer")

    def blind(self) -> None:
        self.control.fault("any", "refused", None, code=100, subcode=33)

    def addresses(self) -> list[str]:
        # The log of the platform leaves tokens out and says where they stood.
        return [f"{call.path} {call.params} {self.secret if call.token_where == 'url' else ''}" for call in self._log()]

    @property
    def secret(self) -> str:
        return self.page.page_token

    def _log(self) -> list[Logged]:
        return self.control.log()

    def _shown(self, account_id: str) -> list[Shown]:
        posts = self.control.posts(account_id)
        return [Shown(post.caption, tuple(photo.alt for photo in post.photos)) for post in posts]

    def _refuse_first_metric(self) -> None:
        # All at once, then the first one alone: refused; the others are given.
        message = "(#100) The value must be a valid insights metric"
        self.control.fault("insights", "refused", 2, code=100, message=message)


class FacebookProbe(_Graph):
    def open(self) -> Connector:
        return Facebook(Credentials(self.page.page_id, {"token": self.secret}), self.wire)

    def public(self) -> list[Shown]:
        return self._shown(self.page.page_id)

    def lose_commit(self) -> None:
        self.control.fault("flip", "lost_answer")

    def end_token(self) -> None:
        self.control.end_token(self.secret)

    def refuse_metric(self) -> str | None:
        self._refuse_first_metric()
        return "views"


class InstagramProbe(_Graph):
    @property
    def secret(self) -> str:
        return self.page.ig_token

    def open(self) -> Connector:
        return Instagram(Credentials(self.page.ig_id, {"token": self.secret}), self.wire)

    def public(self) -> list[Shown]:
        return self._shown(self.page.ig_id)

    def lose_commit(self) -> None:
        self.control.fault("publish", "lost_answer")

    def end_token(self) -> None:
        self.control.end_token(self.secret)

    def refuse_metric(self) -> str | None:
        self._refuse_first_metric()
        return "reach"


class PrivateProbe:
    """The local server of the unofficial connector."""

    secret: str = SESSION

    def __init__(self, site: PrivateInstagram) -> None:
        self.site = site

    def open(self) -> Connector:
        return private.connector_for(self.site)

    def made(self) -> int:
        return len(self.site.asked("/rupload_igphoto/"))

    def left(self) -> int:
        return 0

    def public(self) -> list[Shown]:
        posts = sorted(self.site.posts, key=lambda post: -post.taken_at)
        return [Shown(post.caption, tuple(post.alt_texts)) for post in posts]

    def comment(self, post_id: str, author: str, text: str) -> str:
        media = f"{post_id.split('_')[0]}_{self.site.user_id}"
        return f"{media}:{self.site.write(media, text, author)}"

    def answer(self, comment_id: str, author: str, text: str) -> str:
        media, top = comment_id.split(":")[:2]
        return f"{comment_id}:{self.site.write(media, text, author, parent=top)}"

    def lose_commit(self) -> None:
        self.site.fail("/configure", "lost")

    def lose_reply(self) -> None:
        self.site.fail("/comment/", "lost")

    def lose_delete(self) -> None:
        self.site.fail("/delete/", "lost")

    def blind(self) -> None:
        self.site.fail("/", "missing", times=200)

    def end_token(self) -> None:
        self.site.fail("/", "login", times=200)

    def refuse_metric(self) -> str | None:
        return None

    def addresses(self) -> list[str]:
        return [f"{call.path} {call.query}" for call in self.site.calls]


@contextmanager
def _practice(kind: type[FacebookProbe] | type[InstagramProbe]) -> Iterator[Probe]:
    with tempfile.TemporaryDirectory() as folder, PracticeServer(Path(folder) / "practice.sqlite3") as server:
        control = Control(server.url)
        control.container_s(0.05)
        yield kind(server, control, control.make_page())


@contextmanager
def _private() -> Iterator[Probe]:
    with private.rehearsal() as (_, site):
        yield PrivateProbe(site)


@contextmanager
def _website() -> Iterator[Probe]:
    yield WebsiteProbe()


REHEARSALS: dict[str, Callable[[], AbstractContextManager[Probe]]] = {
    "facebook": lambda: _practice(FacebookProbe),
    "instagram": lambda: _practice(InstagramProbe),
    "instagram_private": _private,
    "website": _website,
}
