"""Rows of groups of digits in a text, and digits that belong to nobody: amounts, dates, hours, region codes, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from app.language.personal_text import Reading

_GAP = re.compile(r"[ \t.,/()\-_*|~·•:]{0,3}")
_GROUP = re.compile(r"[0-9]+")
LONGEST = 16
#: A dotted amount: groups of three, the first not beginning with 0.
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+(?:[.,](?:[0-9]{1,2}|-))?")
_CLOCK = r"(?:[01]?[0-9]|2[0-4])[.:][0-5][0-9]"
#: Digits that belong to nobody; they also end a row of groups.
_PUBLIC = re.compile(
    r"(?<![a-z])(?:rp|idr|usd|\$)\.?[ :]{0,2}[0-9][0-9.,]*[0-9](?:[,.]-)?"
    r"|(?<![0-9.,])[0-9]{1,3}(?:[.,][0-9]{1,3}){0,5}[ ]?(?:rupiah|ribu|rb|juta|jt|miliar|milyar|triliun"
    r"|perak)(?![a-z])"
    r"|(?<![0-9])(?<![0-9][.\-/])[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[12][0-9]{3}(?!\.?[0-9]|-[0-9])"
    r"|(?<![0-9])(?<![0-9][.\-/])(?:[0-3]?[0-9])(?P<s>[.\-/])(?:0?[1-9]|1[0-2])(?P=s)(?:19"
    r"|20)[0-9]{2}(?![.\-/]?[0-9])"
    r"|(?<![0-9])(?<![0-9][.\-/])(?:19|20)[0-9]{2}(?P<t>[.\-/])(?:0?[1-9]|1[0-2])(?P=t)[0-3]?[0-9](?![.\-/]?[0-9])"
    rf"|(?<![0-9])(?<![0-9][.\-/]){_CLOCK}[ ]?(?:-|s/d|sd|sampai|hingga)[ ]?{_CLOCK}(?![.\-/]?[0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2}[ ]?[-/][ ]?(?:19|20)[0-9]{2}(?![.\-/]?[0-9])"
)
_LINK = re.compile(r"[a-z]+://|www\.|\.(?:com|id|net|org|ly)/|/[^\s/]*[a-z][^\s/]*/")
_TALKING = re.compile(r"wa\.me|whatsapp|tel:|t\.me/\+|wa\.link")


class Row:
    """Groups of digits and what stands between them."""

    def __init__(self, layer: str) -> None:
        self.layer = layer
        found = [(each.start(), each.end()) for each in _GROUP.finditer(layer)]
        self.starts = [start for start, _ in found]
        self.ends = [end for _, end in found]
        self.texts = [layer[start:end] for start, end in found]
        #: None where the row ends; otherwise what separates a group from the next one.
        self.gaps = [_gap(layer, end, start) for (_, end), (start, _) in pairwise(found)] + [None]

    def joined(self, first: int) -> Iterator[tuple[int, str]]:
        """(index of the last group, digits) for rows of at most 16 digits that begin with group `first`."""
        digits = ""
        for last in range(first, min(first + LONGEST, len(self.texts))):
            digits += self.texts[last]
            if len(digits) > LONGEST:
                return
            yield last, digits
            if self.gaps[last] is None:
                return

    def written(self, first: int, last: int) -> str:
        return self.layer[self.starts[first] : self.ends[last]]


def _gap(layer: str, end: int, start: int) -> str | None:
    if start - end > 3:
        return None
    between = layer[end:start]
    return between if _GAP.fullmatch(between) else None


def rows(reading: Reading) -> Row:
    """The groups of digits of a text; digits that belong to nobody end a row and are in none."""
    return Row(_PUBLIC.sub(lambda found: "\1" * len(found.group()), reading.digits))


def only_dates(groups: list[str]) -> bool:
    """«11 01 2022 12 02 2023» is two dates."""
    return len(groups) % 3 == 0 and all(
        len(groups[i]) <= 2
        and len(groups[i + 1]) <= 2
        and groups[i + 2][:2] in ("19", "20")
        and len(groups[i + 2]) == 4
        for i in range(0, len(groups), 3)
    )


def years(row: Row, at: int, last: int) -> bool:
    return all(re.fullmatch(r"(?:19|20)[0-9]{2}", text) for text in row.texts[at : last + 1])


def linked(layer: str, start: int) -> bool:
    """Whether the digits are part of a link that is no link to talk to somebody."""
    word = layer[max(0, start - 120) : start]
    cut = max(word.rfind(" "), word.rfind("\n"), word.rfind("\t"))
    word = word[cut + 1 :]
    return _LINK.search(word) is not None and _TALKING.search(word) is None


_BEFORE_GLUED = re.compile(
    r"(?:^|[^a-z])(?:wa|hp|no|nomor|telp|tlp|hub|ke|tel|call|sms|cp|nope|phone|kontak|di|dan|atau|me)$"
)


def glued(layer: str, start: int) -> bool:
    """Letters right before the digits that are no word of phones: «JP0812345678» is a parcel."""
    before = layer[max(0, start - 8) : start]
    if re.search(r"(?<!wa)(?<!hp)(?<=[a-z])_$|(?<![a-z])(?:po|so|do|inv|trx|spk|reg|id|jp|jx|spx)-$", before):
        return True
    if start == 0 or not layer[start - 1].isalpha():
        return False
    return _BEFORE_GLUED.search(layer[max(0, start - 8) : start]) is None
