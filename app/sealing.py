"""Keys and sealed secrets. One secret key makes all others, each for one use only (HKDF)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.problems import Problem
from app.settings import Settings

KEY_FILE = "secret.key"


def make_key(home: Path) -> None:
    """Make the installation's secret key if there is none; readable by its owner only.

    It appears with its whole content or not at all: a second process must never read an empty key.
    """
    path = home / KEY_FILE
    home.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    handle, draft = tempfile.mkstemp(prefix=f".{KEY_FILE}-", dir=home)  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link never takes the place of the key that another process has just made.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Sealer:
    """Seals with the newest key, opens with any; rotate by putting a new key in front of KENTONGAN_SECRET_KEY."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, b"seal"))) for key in keys])

    def seal(self, values: Mapping[str, str]) -> str:
        """Text safe to store."""
        return self._fernet.encrypt(json.dumps(dict(values)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """What was sealed; Problem("sealed_with_other_key") when no key opens it."""
        try:
            opened: dict[str, str] = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            raise Problem("sealed_with_other_key") from None
        return opened

    def key_for(self, use: str) -> bytes:
        """32 bytes for one other use ("session", "links", "password_salt"), from the newest key."""
        return _derive(self._keys[0], use.encode())

    def keys_for(self, use: str) -> list[bytes]:
        """The same of every key, newest first: for what was made with an older one and is still to be known."""
        return [_derive(key, use.encode()) for key in self._keys]


def sealer(settings: Settings) -> Sealer:
    """The sealer of this installation; Problem("no_key") before `kentongan db upgrade`, "key_empty" when damaged."""
    keys = [key.strip() for key in settings.secret_key.split(",") if key.strip()]
    if not keys:
        try:
            keys = [(settings.home / KEY_FILE).read_text("utf-8").strip()]
        except (OSError, UnicodeDecodeError):
            raise Problem("no_key") from None
        if not keys[0]:
            # Half a copy, a full disk: sealing with nothing would be no seal.
            raise Problem("key_empty", path=settings.home / KEY_FILE)
    return Sealer(keys)


def _derive(key: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kentongan:" + use).derive(key.encode())
