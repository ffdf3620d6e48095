"""The unofficial Instagram connector against the local server: what its own tests and the contract test start from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from connectors import Credentials, Item, PhotoFile, Staged, Wire
from connectors.instagram_private import InstagramPrivate, secrets_from
from tests.fixtures.private_instagram import SESSION, PrivateInstagram, private_instagram

TIMEOUT_S = 3.0


def session_json(**changes: Any) -> str:
    """A session as an owner hands it over, made by the library itself; ``changes`` go over its top level."""
    return json.dumps({**json.loads(_kept_session()), **changes})


@cache
def _kept_session() -> str:
    return secrets_from(SESSION, wire=Wire("http://127.0.0.1:9"))["session"]


def connector_for(site: PrivateInstagram, **settings: str) -> InstagramPrivate:
    account = Credentials("7001", {"session": session_json()}, {"pace": "0", **settings})
    return InstagramPrivate(account, Wire(site.base_url, timeout_s=TIMEOUT_S))


@contextmanager
def rehearsal() -> Iterator[tuple[InstagramPrivate, PrivateInstagram]]:
    """(connector, server): the server is the probe, with ``posts``, ``comments``, ``calls`` and ``fail()``."""
    with private_instagram() as site:
        connector = connector_for(site)
        try:
            yield connector, site
        finally:
            connector.close()


def photo(folder: Path, name: str, size: tuple[int, int] = (1080, 1080), colour: str = "#2f6f4f") -> PhotoFile:
    """A plain JPEG on disk, with alt text."""
    path = folder / name
    Image.new("RGB", size, colour).save(path, "JPEG", quality=90)
    return PhotoFile(path, f"Foto {name}: warga kerja bakti")


def publish(connector: InstagramPrivate, item: Item) -> tuple[Staged, str]:
    """Stage and commit; what was staged and the post's id."""
    staged = connector.stage(item, Staged(), lambda _: None)
    return staged, connector.commit(item, staged).remote_id
