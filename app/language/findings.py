"""Personal data in a text: the one function for captions, replies, lists and exports. Standard library, no database.

`find(text)` → `Finding(type, start, end)`: `type` is one of `TYPES` (a stable contract, design.md section 13), offsets
are characters of the text as given, end exclusive. Sorted, never overlapping: where two claim the same place, the one
earlier in `PRECEDENCE` has it. Never raises; the time is linear in the length of the text.

How the ambiguous ones are decided:
- 16 digits that are a valid NIK are `nik`; beside «KK» or «kartu keluarga» they are `kk`, whatever their date part says
  (its number has the form of a man's NIK: only the word tells).
- A number with the form of a mobile phone is `rekening` right after DANA, OVO, GoPay, ShopeePay, LinkAja, a bank or
  «norek»; else `telepon`.
- «RT 03 RW 05» alone and a bare village are no `alamat`; the words «share lokasi» alone are no `lokasi`; a year alone
  is no `tanggal_lahir`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from app.language import (
    personal_addresses,
    personal_births,
    personal_names,
    personal_numbers,
    personal_online,
    personal_plates,
    personal_words,
)
from app.language.personal_text import Reading, read

TYPES = ("nik", "kk", "telepon", "rekening", "alamat", "lokasi", "plat", "email", "tanggal_lahir")
#: Who has a place that two claim.
PRECEDENCE = ("lokasi", "email", "nik", "kk", "rekening", "telepon", "tanggal_lahir", "alamat", "plat")
#: Only of `names_in_need`.
_NAME = "nama"
_RANK = {name: rank for rank, name in enumerate(PRECEDENCE)}

#: Without any of these there is nothing to find: most comments end here.
_ANYTHING = re.compile(r"[0-9@°º]|://|///|\.ly/|goo\.gl|maps")
_SPELLED = re.compile(
    r"nol|kosong|zero|enol|lapan|wolu|gmail|yahoo|hotmail|outlook|titik|\bdot\b|[(\[{<] ?(?:at|et|a) ?[)\]}>]|w3w"
    r"|what3words"
)


class Finding(NamedTuple):
    """One piece of personal data: `text[start:end]`, in characters."""

    type: str
    start: int
    end: int


def find(text: str) -> list[Finding]:
    """All personal data in a text, sorted, without overlap. Most comments hold none and cost microseconds."""
    reading = read(text)
    figures = _ANYTHING.search(reading.low) is not None
    if not figures and _SPELLED.search(reading.low) is None:
        return []
    spans = [*personal_online.emails(reading), *personal_words.find(reading)]
    if figures:
        numbers = personal_numbers.find(reading)
        spans += [*numbers, *personal_births.told_by_identity(reading, numbers)]
        for module in (personal_births, personal_addresses, personal_plates):
            spans += module.find(reading)
        spans += personal_online.places(reading)
    return _apart(reading, spans)


def names_in_need(text: str) -> list[Finding]:
    """Names of persons beside a word of health, aid or violence, as type `nama`: for use inside the program only.

    «Ibu Siti Aminah yang sakit TBC» → the name without its title. A hint for people, no part of the contract.
    """
    reading = read(text)
    return [Finding(_NAME, *reading.original(start, end)) for start, end in personal_names.beside_need(reading.cased)]


def _apart(reading: Reading, spans: list[tuple[str, int, int]]) -> list[Finding]:
    """The spans that nothing of higher precedence overlaps, in the order of the text."""
    kept: list[Finding] = []
    taken = bytearray(len(reading.low))
    for kind, start, end in sorted(spans, key=lambda span: (_RANK[span[0]], span[1], -span[2])):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append(Finding(kind, *reading.original(start, end)))
    return sorted(kept, key=lambda finding: finding.start)
