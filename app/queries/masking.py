"""Hide personal data in a text that others read: lists, exports, copies for an agency. `mask` is the one function.

Two passes. What app/language/findings.py knows is hidden by its kind. Then, careful rather than clever, every other row
of eight digits or more that is not plainly an amount, a date, hours, a span of years or a region code: a number that
nobody named may still be somebody's. Pure; a comment without digits, «@» or such words costs microseconds.
"""

from __future__ import annotations

import re

from app.language.findings import Finding, find

DOT = "•"
#: Invisible characters that people put between digits to get past filters.
_UNSEEN = "\u200b-\u200f\u2060\ufeff\u00ad"
_NUMBER = re.compile(rf"(?<![#\d])\+?\d(?:[\s.,/()\-\u2010-\u2015·_*{_UNSEEN}]{{0,3}}\d){{7,}}")
#: Digits that belong to nobody: a dotted amount, a date, hours, years from-to, a region code of the Kemendagri.
_PUBLIC = re.compile(
    r"[1-9]\d{0,2}(?:\.\d{3}){2,5}(?:,\d{1,2})?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d"
    r"|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[.:]\d\d\s?[-\u2013]\s?\d{1,2}[.:]\d\d"
    r"|(?:19|20)\d\d\s?[-/\u2013]\s?(?:19|20)\d\d"
    r"|\d\d\.\d\d\.\d\d\.[12]\d{3}"
)
#: Several of these beside each other, as in «20-08-2026 08.00-15.00», with what may stand between them.
_PUBLIC_ROW = re.compile(rf"(?:{_PUBLIC.pattern})(?:[\s,/()\-]{{1,3}}(?:{_PUBLIC.pattern}))*")
_WEB = re.compile(r"(?:https?://)?[^/\s]+/", re.IGNORECASE)


def mask(text: str) -> str:
    """The text with personal data hidden, as long as before but for e-mail addresses and links of maps.

    Numbers keep their first two and last two digits, e-mail addresses two letters and the domain, street addresses the
    name without house number and RT/RW, plates the letters of the area; places and dates of birth keep nothing.
    """
    pieces, at = [], 0
    for finding in find(text):
        pieces.append(_NUMBER.sub(_number, text[at : finding.start]))
        pieces.append(_hidden(finding, text[finding.start : finding.end]))
        at = finding.end
    rest = text[at:]
    pieces.append(_NUMBER.sub(_number, rest))
    return "".join(pieces)


def _hidden(finding: Finding, said: str) -> str:
    match finding.type:
        case "email":
            name, sign, domain = said.partition("@")
            return f"{name.strip()[:2]}{DOT * 3}@{domain}" if sign else said[:2] + DOT * 3
        case "lokasi":
            host = _WEB.match(said)
            return host.group() + DOT * 3 if host else _dotted(said, 0, 0)
        case "tanggal_lahir":
            return _dotted(said, 0, 0)
        case "plat":
            area = len(said) - len(said.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
            return said[:area] + _dotted(said[area:], 0, 0)
        case "alamat":
            return "".join(DOT if sign.isdecimal() else sign for sign in said)
        case _:
            return _dotted(said, 2, 2)


def _dotted(said: str, first: int, last: int) -> str:
    """Letters and digits hidden but for the first and the last few; what separates them stays."""
    places = [index for index, sign in enumerate(said) if sign.isalnum()]
    hidden = set(places[first : len(places) - last])
    return "".join(DOT if index in hidden else sign for index, sign in enumerate(said))


def _number(found: re.Match[str]) -> str:
    whole = found.group()
    return whole if _PUBLIC_ROW.fullmatch(whole) else _dotted(whole, 2, 2)
