"""Which sorts of words follow each other: goods, a price, a contact; or a village's matter, a fault, a question.

A model of words knows only the goods that its examples sold. "sepatu 90rb, chat" and "gurame 30 ribu, japri"
have no word in common, yet the same order of sorts. The lists are readable (``words/golongan.txt``) and our own.
"""

from __future__ import annotations

from functools import cache

from app.language.normal import WORDS, Normal, normalise

GROUPS = WORDS / "golongan.txt"
#: Words between two sorts that still follow each other.
_REACH = 4
#: Sorts of an advertisement, each counted once; and what a resident's comment has instead.
_OFFER = (
    frozenset({"barang", "jasa", "sakit"}),
    frozenset({"uang", "harga"}),
    *(frozenset({name}) for name in ("kontak", "ajak", "janji", "sapa", "penjual", "kerja", "judi", "gaib", "dewasa")),
)
_HOME = frozenset({"desa", "luka", "tanya", "terima"})
_ENDINGS = ("nya", "ku", "kan", "an")


@cache
def _groups() -> dict[str, frozenset[str]]:
    """Word → its sorts. A word of the lists counts in the spelling that ``normalise`` gives it, too."""
    found: dict[str, set[str]] = {}
    for row in GROUPS.read_text("utf-8").splitlines():
        name, _, words = row.partition(" = ")
        for word in () if row.startswith("#") else words.split():
            plain = normalise(word).words
            for spelling in {word, plain[0] if len(plain) == 1 else word}:
                found.setdefault(spelling, set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


def _of(word: str) -> frozenset[str]:
    groups = _groups()
    if word not in groups and len(word) > 5:
        for ending in _ENDINGS:
            if word.endswith(ending) and word.removesuffix(ending) in groups:
                return groups[word.removesuffix(ending)]
    return groups.get(word, frozenset())


def order(normal: Normal) -> dict[str, list[int]]:
    """Feature → tokens: each sort, each sort after another, first and last, and how much of an offer there is."""
    placed = [(word, i) for i, token in enumerate(normal.tokens) for word in token.words]
    sorts = [(place, i, _of(word)) for place, (word, i) in enumerate(placed)]
    sorts = [each for each in sorts if each[2]]
    found: dict[str, list[int]] = {}

    def note(feature: str, *tokens: int) -> None:
        found.setdefault(feature, []).extend(tokens)

    for number, (place, token, names) in enumerate(sorts):
        for name in sorted(names):
            note(name, token)
        if number and place - sorts[number - 1][0] <= _REACH:
            for before in sorted(sorts[number - 1][2]):
                for name in sorted(names):
                    note(f"{before}>{name}", sorts[number - 1][1], token)
    if sorts:
        for name in sorted(sorts[0][2]) if sorts[0][0] < 2 else ():
            note(f"^>{name}", sorts[0][1])
        for name in sorted(sorts[-1][2]):
            note(f"{name}>$", sorts[-1][1])
    for name in _amounts(sorts, len(placed)):
        note(name)
    return found


def _amounts(sorts: list[tuple[int, int, frozenset[str]]], words: int) -> list[str]:
    """How many sorts of an offer meet, whether nothing of a village stands beside them, and how dense they are."""
    there = frozenset().union(*(names for _, _, names in sorts))
    offered = sum(bool(there & part) for part in _OFFER)
    dense = sum(bool(names - _HOME) for _, _, names in sorts) / max(1, words)
    names = [f"tawar {number}" for number in range(1, 7) if offered >= number]
    if not there & _HOME:
        names += [f"hanya tawar {number}" for number in range(1, 7) if offered >= number]
    return names + [f"padat {part}" for part in (3, 5, 7) if dense >= part / 10]
