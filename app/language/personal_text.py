"""A text as the checks for personal data read it: what disguises a digit or a letter undone, every place kept.

Three layers of the same length stand for one text, one sign each: `cased` (folded, letters as written), `low`
(small letters) and `digits` (small letters; the letters O, l and i within numbers read as 0 and 1). `at` leads back
to the original. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_GONE = "\0"
_DASHES = "‐‑‒–—―−﹘﹣－"
#: Letters of other alphabets that stand for O, I and l in numbers, and quotes that stand for minutes and seconds.
_LOOKALIKE = {
    "О": "O",
    "о": "o",
    "Ο": "O",
    "ο": "o",
    "І": "I",
    "і": "i",
    "İ": "I",
    "′": "'",
    "″": '"',
    "’": "'",
    "”": '"',
}
_CACHED = 20_000


class _Folds(dict[int, str]):
    """One sign for each sign: its plain form, or `_GONE` for what nobody sees (joiners, marks, keycaps)."""

    def __missing__(self, code: int) -> str:
        sign = _fold(chr(code))
        if len(self) < _CACHED:  # a text of a million odd signs must not fill the memory of the process
            self[code] = sign
        return sign


def _fold(sign: str) -> str:
    if sign in _DASHES:
        return "-"
    if sign in _LOOKALIKE:
        return _LOOKALIKE[sign]
    category = unicodedata.category(sign)
    if category in ("Cf", "Mn", "Me") or sign == _GONE:
        return _GONE
    if category == "Zs":
        return " "
    value = unicodedata.digit(sign, None)
    if value is not None:
        return str(value)
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 and len(plain.lower()) == 1 else sign


_FOLDS = _Folds()
#: A word of digits and of letters that look like digits.
_DISGUISED = re.compile(r"(?<![a-z0-9])[0-9oil]{2,}(?![a-z0-9])")
#: Groups of digits joined by x: a phone or an identity number, «0812x3344x5566»; «120x300» is a size.
_CROSSED = re.compile(r"(?<![a-z0-9])(?:[0-9]{2,8}[ ]?x[ ]?){1,5}[0-9]{2,8}(?![a-z0-9])")
_UNDISGUISED = str.maketrans("oil", "011")


def vocabulary(*rows: str) -> frozenset[str]:
    """The words of some rows."""
    return frozenset(word for row in rows for word in row.split())


@dataclass(frozen=True, slots=True)
class Reading:
    """The layers of one text. `at[i]` is the place in the original of the i-th sign; None where nothing was left"
    " out."""

    text: str
    cased: str
    low: str
    digits: str
    at: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of a layer stands in the original text; marks upon its last sign belong to it."""
        if self.at is None:
            return start, end
        first, last = self.at[start], self.at[end - 1] + 1
        while last < len(self.text) and unicodedata.category(self.text[last]) in ("Mn", "Me"):
            last += 1
        return first, last


def read(text: str) -> Reading:
    """The layers of a text. Never raises; the time is linear in the length."""
    at = None
    cased = text
    if not text.isascii() or _GONE in text:
        cased = text.translate(_FOLDS)
        if _GONE in cased:
            at = [place for place, sign in enumerate(cased) if sign != _GONE]
            cased = cased.replace(_GONE, "")
    low = cased.lower()
    digits = _DISGUISED.sub(_undisguise, low)
    return Reading(text, cased, low, _CROSSED.sub(_uncross, digits) if "x" in digits else digits, at)


def _uncross(found: re.Match[str]) -> str:
    written = found.group()
    figures = "".join(sign for sign in written if sign.isdecimal())
    owned = len(figures) == 16 or (len(figures) >= 10 and figures.startswith(("08", "62")))
    return written.replace("x", "-") if owned else written


def _undisguise(found: re.Match[str]) -> str:
    word = found.group()
    return word.translate(_UNDISGUISED) if any(sign.isdecimal() for sign in word) else word
