"""The organisation's own public page. Nothing leaves this installation: the page shows what our books call published.

So there is no key, no clock of another machine, and no answer that could get lost: a commit may be repeated as often
as one likes. A post is known there by a short name, made when it is staged; its address is
``BASE/o/SLUG/NAME``, where the slug is the account's remote id and BASE the wire's address ("" where the installation
has none: then the address is a path).
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import ClassVar

from connectors._base import Connector, Save
from connectors._types import Ability, AccountFacts, Credentials, Item, Limits, Published, Staged, Wire

#: Of a post's name: small letters and digits that are not mistaken for one another; 12 of them are 59 bits.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 12


class Website(Connector):
    """One organisation's page. ``shown`` holds the names of the posts that it shows now."""

    name: ClassVar[str] = "website"
    label: ClassVar[str] = "Halaman kami"
    can: ClassVar[frozenset[Ability]] = frozenset({"photos", "carousel", "alt_text", "delete_post"})
    limits: ClassVar[Limits] = Limits(caption=10_000, photos=10, alt_text=1000, photo_bytes=600_000, photo_edge=1600)
    at_home: ClassVar[bool] = True

    @classmethod
    def secrets_from(cls, text: str, wire: Wire) -> dict[str, str]:
        """There is no key; whatever was pasted is not kept."""
        return {}

    def __init__(self, account: Credentials, wire: Wire) -> None:
        super().__init__(account, wire)
        self.server_time = datetime.now(UTC)

    def check(self) -> AccountFacts:
        """It is ours, so it is there."""
        return AccountFacts(self.account.remote_id, name=self.account.remote_id, handle=self.account.remote_id)

    def stage(self, item: Item, staged: Staged, save: Save) -> Staged:
        """Give the post its name, once."""
        name = staged.ids.get("name") or "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        done = Staged({"name": name}, ready=True, repeatable=True)
        save(done)
        return done

    def commit(self, item: Item, staged: Staged) -> Published:
        """The page shows it as soon as this answer is written down."""
        return self._public(staged.ids["name"])

    def find(self, item: Item, staged: Staged, since: datetime) -> Published | None:
        """Whether the page shows it."""
        name = staged.ids.get("name", "")
        return self._public(name) if name in self.shown else None

    def permalink(self, remote_id: str) -> str:
        """See the module's words."""
        return f"{self.wire.base_url.rstrip('/')}/o/{self.account.remote_id}/{remote_id}"

    def discard(self, staged: Staged) -> None:
        """A name alone takes no room."""

    def delete_post(self, remote_id: str) -> None:
        """The page dropped it in the moment in which somebody asked to take it back."""

    def exists(self, remote_id: str) -> bool:
        """Whether the page shows it."""
        return remote_id in self.shown

    def _public(self, name: str) -> Published:
        return Published(name, self.permalink(name))
