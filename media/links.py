"""Signed, expiring public names for renditions: NAME.EXPIRES.SIGNATURE.jpg, ASCII that needs no escaping.

Instagram fetches a photo by a direct US-ASCII URL without signing in (content-publishing guide), so the name itself
must be unguessable and stop working. The signature covers name and time; nothing is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime

from media.problems import LinkProblem

_NAME = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,200})\.([1-9][0-9]{0,11})\.([A-Za-z0-9_-]{43})\.jpg\Z")
_PURPOSE = b"kentongan public photo 1\x00"
"""Keeps a signature made with the same key for something else from opening a photo."""


def sign(name: str, *, key: bytes, expires: datetime) -> str:
    """The last part of a public path for ``name`` (a rendition's reference) until ``expires``, aware, whole seconds.

    ValueError: a name with other characters than letters, digits, "_" and "-"; a naive time or one before 1970;
    a key under 16 bytes.
    """
    if not _NAME.match(name):
        raise ValueError("a name is letters, digits, _ and -")
    moment = int(_aware(expires).timestamp())
    if not 0 < moment < 10**12:
        raise ValueError("no time for a link")
    return f"{name}.{moment}.{_signature(name, str(moment), key)}.jpg"


def verify(token: str, *, key: bytes, now: datetime) -> str:
    """The name behind a token of ``sign``. LinkProblem("bad") or, for a genuine one past its time, ("expired")."""
    found = _TOKEN.match(token)
    if not found:
        raise LinkProblem("bad")
    name, moment, signature = found.groups()
    if not hmac.compare_digest(signature.encode(), _signature(name, moment, key).encode()):
        raise LinkProblem("bad")
    if _aware(now).timestamp() >= int(moment):
        raise LinkProblem("expired")
    return name


def _signature(name: str, moment: str, key: bytes) -> str:
    if len(key) < 16:
        raise ValueError("a key of at least 16 bytes is needed")
    digest = hmac.digest(key, _PURPOSE + f"{name}.{moment}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
