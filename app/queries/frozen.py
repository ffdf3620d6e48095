"""Reading a frozen snapshot piece by piece: a kabupaten's year has tens of megabytes, a page wants one participant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.models import AwardVersion
from app.services.freezing import content_of

#: Quotes inside of texts are escaped, so this cannot stand in one; it comes before any other of the name (sorted keys).
_LIST = '"participants":['
_DECODER = json.JSONDecoder(parse_float=Decimal)


def head(row: AwardVersion) -> dict[str, Any]:
    """Everything but the participants."""
    text = content_of(row).decode("utf-8")
    start = text.index(_LIST) + len(_LIST)
    end = max((stop for _, stop in _each(text, start)), default=start)
    found: dict[str, Any] = _DECODER.decode(text[:start] + text[end:])
    return found


def participant(row: AwardVersion, organisation_id: int) -> dict[str, Any] | None:
    """One participant as it was frozen, None where it did not take part. Those before it are let go one by one."""
    text = content_of(row).decode("utf-8")
    for found, _ in _each(text, text.index(_LIST) + len(_LIST)):
        if found["organisation_id"] == organisation_id:
            return found
    return None


def participants(row: AwardVersion) -> Iterator[dict[str, Any]]:
    """All of them, one at a time."""
    text = content_of(row).decode("utf-8")
    for found, _ in _each(text, text.index(_LIST) + len(_LIST)):
        yield found


def _each(text: str, start: int) -> Iterator[tuple[dict[str, Any], int]]:
    """(a participant, where it ends), from the first sign of the list's content on."""
    while text[start] != "]":
        start += text[start] == ","
        found, start = _DECODER.raw_decode(text, start)
        yield found, start
