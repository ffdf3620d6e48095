"""A comment as counted features: words, pairs and pieces of words, sorts of words, and signs; each knows its tokens.

Own counting instead of the library's, so that a stored model answers without the library (1.5 s and 113 MB to import),
and so that every weight can be shown on the words as the resident wrote them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.language.evidence import signs
from app.language.groups import order
from app.language.normal import Normal, normalise
from app.language.offers import shapes

#: Characters of a comment that are read: a platform's comment holds at most 8,000; what matters stands at its two ends.
HEAD, TAIL = 3_000, 1_000
_PIECES = range(2, 6)
_SIGN_SCALE = 0.22
#: How much each block says: pieces, words with pairs, sorts.
_LENGTHS = {"c": 1.0, "w": 1.0, "k": 0.4}


@dataclass(frozen=True)
class Counted:
    """text: what was read. feature → tokens in which it was found; sign → (strength, tokens).

    The prefix of a feature names its block: w word, b pair, c piece, k sorts of words in their order.
    """

    text: str
    normal: Normal
    features: dict[str, list[int]]
    strengths: dict[str, tuple[float, tuple[int, ...]]]


def count(text: str) -> Counted:
    """Features of one comment. Never raises."""
    text = text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} {text[-TAIL:]}"
    normal = normalise(text)
    features: dict[str, list[int]] = {}
    flat = [(word, i) for i, token in enumerate(normal.tokens) for word in token.words]
    for place, (word, i) in enumerate(flat):
        features.setdefault(f"w:{word}", []).append(i)
        before = flat[place - 1][0] if place else "^"
        features.setdefault(f"b:{before} {word}", []).append(i)
        if word[0].isalnum():
            for piece in (*_pieces(word), *_bones(word)):
                features.setdefault(f"c:{piece}", []).append(i)
    if flat:
        features.setdefault(f"b:{flat[-1][0]} $", []).append(flat[-1][1])
    features |= {f"k:{name}": at for name, at in order(normal).items()}
    return Counted(text, normal, features, signs(normal, text) | shapes(normal, text))


def _pieces(word: str) -> Iterable[str]:
    framed = f"_{word[:24]}_"
    for size in _PIECES:
        for start in range(len(framed) - size + 1):
            yield framed[start : start + size]


def _bones(word: str) -> tuple[str, ...]:
    """The consonants of a word, three or more: "pmrintah", "pamarentah" and "pemerentahe" have nearly the same."""
    bones = "".join(char for char in word[:24] if char not in "aiueo")
    return (f"={bones}",) if len(bones) > 2 else ()


def vector(
    counted: Counted, columns: Mapping[str, int], idf: Sequence[float]
) -> list[tuple[int, float, tuple[int, ...]]]:
    """(column, value, tokens) of the features that the model knows. Each block has its own length (L2)."""
    blocks: dict[str, list[tuple[int, float, tuple[int, ...]]]] = {block: [] for block in _LENGTHS}
    for feature, at in counted.features.items():
        column = columns.get(feature)
        if column is not None:
            once = feature[0] == "k"  # a sort is there or not; its tokens are only shown
            value = idf[column] if once else (1 + math.log(len(at))) * idf[column]
            blocks[feature[0] if feature[0] in _LENGTHS else "w"].append((column, value, tuple(at)))
    out = []
    for block, rows in blocks.items():
        length = (math.sqrt(sum(value * value for _, value, _ in rows)) or 1.0) / _LENGTHS[block]
        out += [(column, value / length, at) for column, value, at in rows]
    for sign, (strength, places) in counted.strengths.items():
        column = columns.get(f"h:{sign}")
        if column is not None:
            out.append((column, strength * _SIGN_SCALE, places))
    return out
