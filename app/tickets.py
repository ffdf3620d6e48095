"""A ticket of a public form: unguessable, signed, with the time it was given out; nothing is stored, no cookie is set.

A resident's page must work in a browser that keeps nothing, and a form that was open for a day must still be taken.
Pure functions.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

_FORM = re.compile(r"([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,11})\.([A-Za-z0-9_-]{43})\Z")


@dataclass(frozen=True, slots=True)
class Ticket:
    """nonce: 128 bits of chance. age_s: seconds since it was given out, by our clock."""

    nonce: str
    age_s: float


def issue(key: bytes, use: str, now: datetime) -> str:
    """A new ticket for one use, as it stands in the form."""
    nonce, at = secrets.token_urlsafe(16), str(int(now.timestamp()))
    return f"{nonce}.{at}.{_signature(key, use, nonce, at)}"


def read(key: bytes, use: str, text: str, now: datetime) -> Ticket | None:
    """The ticket, if we gave it out for this use."""
    found = _FORM.match(text)
    if found is None:
        return None
    nonce, at, signature = found.groups()
    if not hmac.compare_digest(signature.encode(), _signature(key, use, nonce, at).encode()):
        return None
    return Ticket(nonce, now.timestamp() - int(at))


def _signature(key: bytes, use: str, nonce: str, at: str) -> str:
    digest = hmac.digest(key, f"ticket\0{use}\0{nonce}\0{at}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
