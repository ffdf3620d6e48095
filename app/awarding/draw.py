"""Which posts the jury sees: drawn by a recorded seed, so that anyone can draw them again.

For every post write ``seed|organisation_id|post id`` as UTF-8, take the SHA-256, and sort by its hexadecimal digits:
the first n are the sample. By hand: ``printf '20260707|12|delivery:41' | sha256sum``. It depends on nothing else: not
on the order of the posts, not on a generator of random numbers, not on who else takes part. Whoever knows the seed
before the posts exist could choose among them: the seed is drawn when the period is over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

#: Between the parts; a seed may not contain it, so that no two draws read the same.
SIGN = "|"


def draw(seed: str, organisation_id: int, post_ids: Iterable[str], n: int) -> list[str]:
    """The n drawn posts in the order of the draw; all of them, in that order, when there are not more.

    A post named twice is drawn once. ValueError for an empty seed or one with "|", and for n below 0.

    The three digests below begin with 9782, ec26 and 5b45:

    >>> draw("20260707", 12, ["delivery:41", "delivery:42", "seen:7"], 2)
    ['seen:7', 'delivery:41']
    """
    if not seed or SIGN in seed:
        raise ValueError("seed")
    if n < 0:
        raise ValueError("n")
    return sorted(set(post_ids), key=lambda post: (digest(seed, organisation_id, post), post))[:n]


def digest(seed: str, organisation_id: int, post_id: str) -> str:
    """The SHA-256 by which a post is drawn, 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}{SIGN}{organisation_id}{SIGN}{post_id}".encode()).hexdigest()
