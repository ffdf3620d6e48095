"""Numbers spelled out: «nol delapan satu dua …», also mixed with digits. A phone number or a NIK by its shape."""

from __future__ import annotations

import re

from app.language.personal_numbers import Span, valid_nik
from app.language.personal_text import Reading

_VALUES = {
    "nol": "0", "kosong": "0", "noll": "0", "enol": "0", "zero": "0", "satu": "1", "hiji": "1", "siji": "1", "dua": "2",
    "tiga": "3", "tilu": "3", "telu": "3", "empat": "4", "opat": "4", "papat": "4", "lima": "5", "enam": "6", "genep": "6",
    "tujuh": "7", "pitu": "7", "delapan": "8", "lapan": "8", "dalapan": "8", "wolu": "8", "sembilan": "9", "salapan": "9",
    "songo": "9", "sanga": "9",
}  # fmt: skip
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
