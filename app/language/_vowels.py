"""Words written without some of their vowels ("bntuan", "prsyaratan", "lmpu") read as the common word they stand for.

Only unknown words that cannot be spoken as Indonesian are touched, and only when every consonant of the common word
stands there in its order, the first letters agree, and the common word holds the letters that were written. Fewer than
three letters say too little. A letter written twice too often ("selamaat") is the other way to be unknown.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

COMMON = Path(__file__).with_name("words") / "umum.txt"
_VOWELS = frozenset("aiueo")
_TWICE = re.compile(r"(.)\1+")
_SPOKEN = re.compile(r"(?:(?:ng|ny|kh|sy|[ptkbdg]r|[b-df-hj-np-tv-z])?[aiueo]+(?:ng|[b-df-hj-np-tv-z])?)+")


def _skeleton(word: str) -> str:
    return "".join(char for char in word if char not in _VOWELS)


@cache
def _common() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """The common words, and skeleton → its words, the commonest first."""
    words = [word for row in COMMON.read_text("utf-8").splitlines() if not row.startswith("#") for word in row.split()]
    by: dict[str, tuple[str, ...]] = {}
    for word in words:
        by[_skeleton(word)] = (*by.get(_skeleton(word), ()), word)
    return frozenset(words), by


def known(word: str) -> bool:
    """Whether it is one of the common words."""
    return word in _common()[0]


@lru_cache(maxsize=8192)
def whole(word: str) -> str | None:
    """The common word that an unknown one stands for, or None."""
    single = _TWICE.sub(r"\1", word)
    if single != word and not known(word) and known(single):
        return single
    skeleton = _skeleton(word)
    if len(skeleton) < 2 or len(word) < 3 or len(word) > 24 or _SPOKEN.fullmatch(word) or known(word):
        return None
    for full in _common()[1].get(skeleton, ()):
        if full[0] == word[0] and len(full) > len(word) and _within(word, full):
            return full
    return None


def _within(short: str, full: str) -> bool:
    """Whether the letters of the short word stand in the full one in their order."""
    letters = iter(full)
    return all(char in letters for char in short)
