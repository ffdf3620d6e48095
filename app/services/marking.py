"""Whether an item names somebody in need, or alleges a wrong of somebody by name: lists and public views mask it then.

A mark is set when an item arrives and after each edit of its text; it is never taken away by itself, as what an earlier
text named was said. Careful rather than clever: a village head who is thanked by name is not marked, one who is accused
of taking money is.
"""

from __future__ import annotations

import re

from app.language import findings
from app.models import Aspiration

#: Words of an allegation, in the spelling of comments. Of money, of favours, of violence, of falsehood.
_ALLEGED = re.compile(
    r"\b(?:korup\w*|dikorup\w*|pungli|pungutan liar|di ?potong|dipotongin|potong(?:an|in)?|disunat|nyunat|sogok\w*|"
    r"suap\w*|menyuap|disuap|nilep|menilep|ditilep|(?:meng|di)?gelap(?:kan|in)|curi|mencuri|nyuri|dicuri|maling|"
    r"tipu|menipu|nipu|ditipu|penipu\w*|bohong\w*|palsu\w*|memalsu\w*|dipalsu\w*|peras|memeras|meras|diperas|"
    r"ancam|mengancam|ngancam|diancam|pukul|memukul|mukul|dipukul|aniaya|menganiaya|dianiaya|lecehkan|melecehkan|"
    r"dilecehkan|pelecehan|cabul\w*|mencabuli|dicabuli|selingkuh\w*|judi|berjudi|mabuk\w*|narkoba|sabu|"
    r"pilih kasih|tebang pilih|nepotisme|menyalahgunakan|salah ?gunakan|selewengkan|menyelewengkan|diselewengkan|"
    r"makan uang|ambil uang|minta uang|minta duit|makan duit|ambil duit|duitnya (?:kemana|ke mana)|dimakan|pecat)\b",
    re.IGNORECASE,
)
#: Somebody named: a form of address before a name with a capital, or an @name.
_ADDRESS = (
    r"(?:pak|bapak|bpk|bu|ibu|mas|mbak|mba|bang|kang|teh|teteh|haji|hj|h|ustad[z]?|kades|lurah|camat|sekdes|"
    r"bendahara|ketua)"
)
_NAMED = re.compile(
    rf"(?:\b(?i:{_ADDRESS})\.?\s{{1,3}}(?:(?i:{_ADDRESS})\.?\s{{1,3}}){{0,2}}[A-Z][a-z'’]{{2,}}|(?<![\w.])@[\w.]{{3,}})"
)
#: Not a name after a form of address: "Pak RT", "Bu Bidan", "Kades Cibanteng" (an office of a place is no person).
_OFFICE = re.compile(
    r"(?i:desa|kelurahan|kecamatan|rt|rw|bidan|guru|dokter|camat|lurah|kades|bupati|wali|dusun|kampung|kepala|dinas)"
)


def wants_mask(text: str) -> bool:
    """Whether this text names a person in need, or accuses somebody by name."""
    return bool(findings.names_in_need(text)) or accuses(text)


def accuses(text: str) -> bool:
    """Whether a word of an allegation stands in a text that names a person."""
    return _ALLEGED.search(text) is not None and any(
        not _OFFICE.match(found.group().rsplit(None, 1)[-1]) for found in _NAMED.finditer(text)
    )


def mark(item: Aspiration) -> bool:
    """Mask the item where its text wants that; whether it is newly masked. The caller writes it down."""
    if item.masked or not wants_mask(item.text):
        return False
    item.masked = True
    return True
