"""Canonical JSON: the same content is always the same bytes, so that a SHA-256 tells whether anything was changed.

UTF-8, keys sorted by code point, no spaces, numbers with at most 4 decimals written without exponent or trailing zeros,
no NaN. RFC 8785 has the same aim; it sorts keys beyond the basic plane differently, and calculates in floats.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any, NoReturn

from app.awarding import exact
from app.awarding.exact import Unusable

#: Beyond this a float's shortest writing is no longer the decimal that was meant.
_MOST = 10**11
_TEXT = frozenset({str})
_AS_IT_IS = frozenset({str, int, bool, type(None)})


def dump(content: Any) -> bytes:
    """The canonical bytes of dicts, lists, texts, numbers, booleans and None.

    Unusable("canonical_content") for anything else: another type, a key that is no text, NaN, a number with more than 4
    decimals (which is how a sum of floats betrays itself), half a surrogate pair.

    >>> dump({"b": Decimal("1.50"), "a": [1, None, "é", 0.75, Decimal("2.0")]}).decode()
    '{"a":[1,null,"é",0.75,2],"b":1.5}'
    """
    try:
        floats: list[str] = []
        _check(content, "", floats)
        text = json.dumps(
            _without_floats(content) if floats else content,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
            sort_keys=True,
            default=_plain,
        )
        return text.encode("utf-8")
    except Unusable:
        raise
    except (ValueError, RecursionError) as trouble:
        raise Unusable("canonical_content", where="", reason=str(trouble)) from trouble


def sha256(content: Any) -> str:
    """The SHA-256 of the canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(dump(content)).hexdigest()


def load(content: bytes | str) -> Any:
    """What was written, numbers with decimals as Decimal. Unusable("canonical_json") for what is no JSON, and NaN."""
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as trouble:
        raise Unusable("canonical_json", reason=str(trouble)) from trouble


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _plain(value: object) -> int | float:
    """A Decimal as what the encoder writes; a float's shortest writing is that decimal (see ``_check``)."""
    assert isinstance(value, Decimal)
    return int(value) if value == value.to_integral_value() else float(value)


def _without_floats(content: Any) -> Any:
    """A copy with Decimals, so that 2.0 is written as 2 whoever wrote it."""
    if isinstance(content, dict):
        return {key: _without_floats(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_floats(value) for value in content]
    return exact.decimal(content) if isinstance(content, float) else content


def _check(content: Any, where: str, floats: list[str]) -> None:
    """Refuse what has no canonical form; note where floats stand. where: the path so far, "" or ".posts[3]"."""
    kind = type(content)
    if kind in _AS_IT_IS:
        return
    if kind is dict:
        for key in content if set(map(type, content)) - _TEXT else ():
            if type(key) is not str:
                raise Unusable("canonical_content", where=where, reason=repr(key)[:80])
        if set(map(type, content.values())) - _AS_IT_IS:
            for key, value in content.items():
                _check(value, f"{where}.{key}", floats)
    elif kind is list or kind is tuple:
        for position, value in enumerate(content):
            _check(value, f"{where}[{position}]", floats)
    else:
        read = exact.decimal(content) if kind is float or kind is Decimal else None
        if read is None or not exact.fits(read) or abs(read) >= _MOST:
            raise Unusable("canonical_content", where=where, reason=repr(content)[:80])
        if kind is float:
            floats.append(where)
