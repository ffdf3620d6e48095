"""Hide most of what looks like a phone number, a NIK or an e-mail address, for lists.

Careful rather than clever: eight digits or more with the usual separators between them are a number of somebody
(phone, NIK, KK, bank account), unless they are plainly an amount, a date, hours or a span of years. Pure functions.
"""

from __future__ import annotations

import re

DOT = "•"
#: Invisible characters that people put between digits to get past filters.
_UNSEEN = "\u200b-\u200f\u2060\ufeff\u00ad"
_NUMBER = re.compile(rf"\+?\d(?:[\s.,/()\-\u2010-\u2015·_*{_UNSEEN}]{{0,3}}\d){{7,}}")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
#: Digits that belong to nobody: an amount in rupiah, a date, hours, years from-to.
_AMOUNT_BEFORE = re.compile(r"(?:rp|idr)\.?\s{0,2}$", re.IGNORECASE)
_AMOUNT_INSIDE = re.compile(r"\d{1,3}(?:\.\d{3}){2,4}(?:,\d{1,2})?")
_PUBLIC = re.compile(
    r"\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d"
    r"|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[.:]\d\d\s?[-\u2013]\s?\d{1,2}[.:]\d\d"
    r"|(?:19|20)\d\d\s?[-/\u2013]\s?(?:19|20)\d\d"
)


def mask(text: str) -> str:
    """The text with such numbers reduced to their first two and last two digits, addresses to their first two."""
    return _NUMBER.sub(_number, _EMAIL.sub(_email, text))


def _number(found: re.Match[str]) -> str:
    whole = found.group()
    amount = _AMOUNT_INSIDE.fullmatch(whole) and _AMOUNT_BEFORE.search(found.string[: found.start()][-6:])
    if amount or _PUBLIC.fullmatch(whole):
        return whole
    places = [index for index, sign in enumerate(whole) if sign.isdecimal()]
    hidden = set(places[2:-2])
    return "".join(DOT if index in hidden else sign for index, sign in enumerate(whole))


def _email(found: re.Match[str]) -> str:
    name, _, domain = found.group().partition("@")
    return f"{name[:2]}{DOT * 3}@{domain}"
