"""Numbers spelled out: «nol delapan satu dua …», also mixed with digits. A phone number or a NIK by its shape."""

from __future__ import annotations

import re

from app.language.personal_numbers import Span, valid_nik
from app.language.personal_text import Reading

_SAID = (
    "nol kosong noll enol zero",
    "satu hiji siji",
    "dua loro",
    "tiga tilu telu",
    "empat opat papat",
    "lima",
    "enam genep",
    "tujuh pitu",
    "delapan lapan dalapan wolu",
    "sembilan salapan songo sanga",
)
_VALUES = {word: str(digit) for digit, words in enumerate(_SAID) for word in words.split()}
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_ROW = re.compile(rf"(?<![a-z0-9])(?:(?:{_WORD}|[0-9])[ ,.\-_/]{{0,3}}){{9,24}}(?![a-z])")
_PART = re.compile(rf"{_WORD}|[0-9]")
_ANY = re.compile(r"(?:nol|kosong|zero|lapan|wolu|satu|dua|tiga|hiji|siji)[ ,.\-_/]{0,3}(?:[0-9]|[a-z]{3})")
_PHONE = re.compile(r"(?:0|62)8[1-9][0-9]{7,10}")


def find(reading: Reading) -> list[Span]:
    """Rows of spelled digits that are a phone number or a NIK; rows without a single word are not looked at here."""
    if not _ANY.search(reading.digits):
        return []
    found: list[Span] = []
    for row in _ROW.finditer(reading.digits):
        said = row.group()
        parts = _PART.findall(said)
        digits = "".join(_VALUES.get(part, part) for part in parts)
        if not any(len(part) > 1 for part in parts):
            continue
        end = row.start() + len(said.rstrip(" ,.-_/"))
        if _PHONE.fullmatch(digits):
            found.append(("telepon", row.start(), end))
        elif len(digits) == 16 and valid_nik(digits):
            found.append(("nik", row.start(), end))
    return found
