"""Too many wrong passwords: a pause per e-mail and per address. Also too many forms and codes of the public pages.

Kept in memory: pages are served by one process (design section 12), and a restart that forgets five minutes of
attempts costs an attacker more than it gives. An attempt is counted *before* the password is looked at and given back
when it was right, so that a hundred parallel ones do not all slip through the gap between looking and counting.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from app import clock

WINDOW = timedelta(minutes=5)
PER_EMAIL, PER_ADDRESS = 5, 30
#: Keys kept; the oldest go first, so that made-up e-mails cannot fill the memory.
MOST_KEYS = 20_000


class Throttle:
    """Counts attempts by key within a window. Safe to use from many threads."""

    def __init__(self, now: Callable[[], datetime] = clock.now, window: timedelta = WINDOW) -> None:
        self._now, self._window = now, window
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, list[datetime]] = OrderedDict()

    def take(self, email: str, address: str) -> bool:
        """Count one attempt; False when either has used up its own (nothing is counted then)."""
        return self.count(_keys(email, address))

    def count(self, keys: Iterable[tuple[str, int]]) -> bool:
        """Count one attempt of each (key, how many are allowed); False, and nothing counted, when one is used up."""
        keys = tuple(keys)
        with self._lock:
            now = self._now()
            if any(len(self._fresh(key, now)) >= most for key, most in keys):
                return False
            for key, _ in keys:
                self._tries.setdefault(key, []).append(now)
                self._tries.move_to_end(key)
            while len(self._tries) > MOST_KEYS:
                self._tries.popitem(last=False)
            return True

    def forgive(self, email: str, address: str) -> None:
        """The password was right: the e-mail starts anew, the address gets this one attempt back."""
        (by_email, _), (by_address, _) = _keys(email, address)
        with self._lock:
            self._tries.pop(by_email, None)
            self._give_back(by_address)

    def uncount(self, keys: Iterable[str]) -> None:
        """Give one attempt of each key back: it was a good one."""
        with self._lock:
            for key in keys:
                self._give_back(key)

    def _give_back(self, key: str) -> None:
        if self._tries.get(key):
            self._tries[key].pop()

    def _fresh(self, key: str, now: datetime) -> list[datetime]:
        tries = [at for at in self._tries.get(key, ()) if now - at < self._window]
        if tries:
            self._tries[key] = tries
        else:
            self._tries.pop(key, None)
        return tries


def _keys(email: str, address: str) -> Iterable[tuple[str, int]]:
    return ((f"email {email.strip().casefold()[:200]}", PER_EMAIL), (f"address {address}", PER_ADDRESS))
