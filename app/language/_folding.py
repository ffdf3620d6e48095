"""One character of a comment, seen through its disguise: fullwidth, maths, circled, Cyrillic and Greek lookalikes.

Gambling advertisements write their brands in letters that only look like letters, so that word lists do not meet them.
The letters with a compatibility decomposition come from the Unicode data of the standard library (NFKD); the tables
here hold what Unicode does not relate to Latin letters: other scripts, small capitals, filled circles and squares.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ALIKE = {
    **dict(zip("абвгдезіјкӏмнорсԁтуѵхһԛѕԝәёъьюя", "abbgdeeijklmhopcdtyvxhqswee6bio", strict=False)),
    **dict(zip("αβγδεζηθικλμνξοπρστυφχω", "abydezn0iklmvxonpotuoxw", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True)),
    **dict(zip("øđłħŧƀɑıɡɩȷƒɴƖɐǝɔɹʇʌʍɯɥʞʎ", "odlhtbaigijfnlaecrtvwmhky", strict=True)),
    **{chr(0x1F150 + i): letter for i, letter in enumerate(_LATIN)},
    **{chr(0x1F170 + i): letter for i, letter in enumerate(_LATIN)},
    "ғ": "f",
    "ҝ": "k",
    "ո": "n",
    "օ": "o",
    "ս": "u",
}
#: Joins and variants of emoji and line ends: part of honest writing.
_HONEST = "\u200d\ufe0f\ufe0e\r\n\t"
_SIGNS = ("ª", "º", "²", "³", "¹", "™", "…", "½", "¼", "¾", "№", "℃", "℡")


@lru_cache(maxsize=8192)
def folded(char: str) -> tuple[str, bool]:
    """What one character stands for (perhaps nothing, perhaps several characters), and whether it was a disguise.

    Every character of the answer stands for itself.
    """
    if char.isspace():
        return " ", False
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me", "Cf", "Cc", "Cs") or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return "", kind in ("Me", "Cf") and char not in _HONEST and not 0xE0000 <= ord(char) <= 0xE007F
    if flag := _flag_letter(char):
        return flag, True
    seen, hidden = "", False
    for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold()):
        if unicodedata.category(part) in ("Mn", "Me", "Cf", "Cc", "Cs"):
            continue
        alike = _ALIKE.get(part)
        hidden = hidden or alike is not None
        seen += alike or (" " if part.isspace() else part)
    styled = unicodedata.decomposition(char).startswith("<") and char not in _SIGNS
    return seen, hidden or (styled and any(part.isascii() and part.isalnum() for part in seen))


def _flag_letter(char: str) -> str:
    """The letter of a regional indicator; two of them are a flag, which the caller puts together again."""
    return _LATIN[ord(char) - 0x1F1E6] if 0x1F1E6 <= ord(char) <= 0x1F1FF else ""
