"""Tracking codes: short, said aloud without a doubt, not to be guessed, and stored only as a keyed hash.

Twelve signs in groups of four, "7F4K-29QX-MHR3": eleven of 29 signs (53 bits) and one that checks them. The alphabet
leaves out what looks alike (0 O, 1 I L, 5 S, 8 B: of each pair one or none), and 29 is a prime, so that the weighted
sum finds every single wrong sign and every swap of two. A code is derived from what the form knew when it was sent, so
a second tap on a weak line shows the same code and nothing has to be kept to do so.
"""

from __future__ import annotations

import hashlib
import hmac

ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXYZ"
_BASE = len(ALPHABET)
LENGTH = 12
#: Signs that are not in the alphabet, and what whoever wrote them saw.
_MEANT = str.maketrans({"B": "8", "S": "5"})


def derive(key: bytes, seed: bytes) -> str:
    """The code of a seed, without hyphens."""
    number = int.from_bytes(hmac.digest(key, b"code\0" + seed, hashlib.sha256), "big")
    places = []
    for _ in range(LENGTH - 1):
        number, place = divmod(number, _BASE)
        places.append(place)
    return "".join(ALPHABET[place] for place in [*places, _check(places)])


def shown(code: str) -> str:
    """As people read it: "7F4K-29QX-MHR3"."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def read(text: str) -> str | None:
    """A code as it was typed, in any case and with any gaps; None where a sign is missing or wrong."""
    plain = "".join(sign for sign in text[:200].upper() if sign.isalnum()).translate(_MEANT)
    if len(plain) != LENGTH or not all(sign in ALPHABET for sign in plain):
        return None
    places = [ALPHABET.index(sign) for sign in plain]
    return plain if _check(places[:-1]) == places[-1] else None


def digest(key: bytes, code: str) -> str:
    """What is stored of a code: nobody who reads the database learns it."""
    return hmac.digest(key, b"stored\0" + code.encode("ascii"), hashlib.sha256).hex()


def _check(places: list[int]) -> int:
    return sum(weight * place for weight, place in enumerate(places, 2)) % _BASE
