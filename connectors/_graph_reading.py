"""Values out of Graph answers, and the comparisons that ``find`` needs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

#: Where a relative ``permalink_url`` stands.
FACEBOOK = "https://www.facebook.com/"
INSTAGRAM = "https://www.instagram.com/"
#: Clocks differ and a platform may date a post a little before our call: this much earlier still counts as after.
EARLIER = timedelta(minutes=2)


def moment(value: Any) -> datetime | None:
    """Graph's "2021-08-10T18:45:03+0000" (or ISO 8601, or unix seconds) as aware UTC; None when it is no time."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, ValueError, OSError):
            return None
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def whole(value: Any) -> int | None:
    """A count, or None for anything that is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(value: Any) -> str:
    """A text field; "" when missing."""
    return value if isinstance(value, str) else ""


def link(value: Any, site: str) -> str | None:
    """An address to open in a browser: a relative one stands on ``site``; None for anything but http and https."""
    address = text(value).strip()
    try:
        whole_address = urljoin(site, address) if address else ""
    except ValueError:
        return None
    return whole_address if whole_address.startswith(("https://", "http://")) else None


def ident(value: Any) -> str | None:
    """The ``id`` inside ``{"id": ...}``, or None."""
    inner = value.get("id") if isinstance(value, Mapping) else None
    return str(inner) if isinstance(inner, (str, int)) and str(inner) else None


def same_text(one: str, other: str) -> bool:
    """Equal but for white space and Unicode composition, which platforms rewrite."""
    return _plain(one) == _plain(other)


def after(value: Any, since: datetime) -> bool:
    """Whether a time field lies after ``since``, two minutes of grace given. Without a time: no."""
    when = moment(value)
    return when is not None and when >= since - EARLIER


def _plain(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).split())
