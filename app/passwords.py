"""Is this the password? The hash is made by app/services/people.hash_password (Argon2id, RFC 9106's second choice).

At most two are compared at once in a process: each takes 64 MiB, and hammering the door must not take the machine.
"""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.services.people import PASSWORD_MOST

_hasher = PasswordHasher()
_slots = threading.BoundedSemaphore(2)
#: Compared with when there is no such person: the answer then takes as long as for a wrong password.
#: Nothing was hashed for it: the numbers in front alone say what comparing costs, and no password gives 32 zero bytes.
_NOBODY = "$argon2id$v=19$m={0.memory_cost},t={0.time_cost},p={0.parallelism}${1}${2}".format(
    _hasher, "A" * 22, "A" * 43
)


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password. Without a stored hash: False, after the same work."""
    with _slots:
        try:
            _hasher.verify(stored or _NOBODY, password[: PASSWORD_MOST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None
