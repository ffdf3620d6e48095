"""What is wrong with one row of a table that was handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be taken, and why: a code of app/words.py with its facts. line: from 1, as Excel counts."""

    line: int
    code: str
    facts: dict[str, Any]
