"""The stem of an Indonesian word: what is left without its particles, possessives, prefixes and suffixes.

The rules are those of F. Z. Tala, "A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia" (2003), as
PostgreSQL's dictionary ``indonesian_stem`` applies them, so that both databases find the same: memperbaiki, diperbaiki,
perbaikan -> baik. A word keeps two syllables (vowels); no list of words is consulted, so some stems are no words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_VOWELS = frozenset("aiueo")
_VOWEL = re.compile("[aiueo]")
_PARTICLES = ("kah", "lah", "pun")
_POSSESSIVES = ("nya", "ku", "mu")
#: First-order prefixes, the longest first: (prefix, group). Groups decide which suffix may go as well.
_ACTIVE, _DERIVED, _NOUN, _BER = 1, 2, 3, 4
_FIRST = (
    ("meng", _ACTIVE), ("meny", _ACTIVE), ("peng", _NOUN), ("peny", _NOUN),
    ("mem", _ACTIVE), ("men", _ACTIVE), ("ter", _ACTIVE), ("pem", _NOUN), ("pen", _NOUN),
    ("me", _ACTIVE), ("di", _ACTIVE), ("ke", _NOUN),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Words of a text as they are looked for: lower case, without accents; letters and digits, nothing else.

    Styled letters (fullwidth, mathematical) count as what they stand for.
    """
    if not text.isascii():
        text = "".join(
            sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) not in ("Mn", "Cf")
        )
    return _WORD.findall(text.lower())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one word in lower case; the word itself where no rule applies. Never raises."""
    if len(_VOWEL.findall(word)) <= 2:
        return word
    word = _without(_without(word, _PARTICLES), _POSSESSIVES)
    if _syllables(word) <= 2:
        return word
    rest, group = _first(word)
    if group == 0:
        rest, group = _second(word)
        return _suffix(rest, group)
    if _syllables(rest) <= 2:
        return rest
    shorter = _suffix(rest, group)
    # The second prefix goes only with a suffix (diperiksa -> periksa), and never where a p came back (pemeriksaan).
    came_back = word[:3] in ("mem", "pem") and rest[0] == "p" and word[3:4] in _VOWELS
    again = shorter != rest and not came_back and _syllables(shorter) > 2
    return _second(shorter)[0] if again else shorter


def _syllables(word: str) -> int:
    return len(_VOWEL.findall(word))


def _without(word: str, endings: tuple[str, ...]) -> str:
    """Without one of these endings, where that leaves a word of more than one syllable."""
    if _syllables(word) <= 2:
        return word
    return next((word[: -len(ending)] for ending in endings if word.endswith(ending)), word)


def _first(word: str) -> tuple[str, int]:
    """Without a first-order prefix; the letter that it swallowed comes back (menyapu -> sapu, memukul -> pukul)."""
    for prefix, group in _FIRST:
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        before_vowel = rest[:1] in _VOWELS
        if prefix in ("meny", "peny"):
            if not before_vowel:
                continue
            return "s" + rest, group
        if prefix in ("mem", "pem") and before_vowel:
            return "p" + rest, group
        return rest, group
    return word, 0


def _second(word: str) -> tuple[str, int]:
    if word.startswith("pelajar"):
        return word[3:], 0
    if word.startswith("belajar"):
        return word[3:], _BER
    if word.startswith("per"):
        return word[3:], _DERIVED
    if word.startswith("pe"):
        return word[2:], _DERIVED
    if word.startswith("ber"):
        return word[3:], _BER
    if re.match("be[^aiueo]er", word):
        return word[2:], _BER
    return word, 0


def _suffix(word: str, group: int) -> str:
    """Without -kan, -an or -i, where the prefix before it allows that."""
    if _syllables(word) <= 2:
        return word
    if word.endswith("kan"):
        return word[:-3] if group not in (_DERIVED, _NOUN) else word[:-2]
    if word.endswith("an"):
        return word[:-2] if group != _ACTIVE else word
    if word.endswith("i") and not word.endswith("si"):
        return word[:-1] if group in (0, _ACTIVE, _DERIVED) else word
    return word
