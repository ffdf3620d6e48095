"""A server's last step before its first request: what stays for good is loaded, and left out of garbage collection.

A pass over everything that a process keeps (mappings, templates, dictionaries of spellings) takes 120 to 160 ms on the
project's kind of machine and met one search in fifty (python -m tests.bench inbox); frozen, it is not walked again.
"""

from __future__ import annotations

import gc

from app.queries import searching


def settle() -> None:
    """Once, when all is wired and before the first request."""
    searching.alike("lansia")  # reads the spellings
    gc.collect()
    gc.freeze()
