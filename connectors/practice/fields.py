"""The language of ``fields=``: ``id,comments.limit(0).summary(true).filter(stream),reactions.type(LOVE).as(love)``.

A field may carry modifiers (``.name(arguments)``) and sub-fields (``{...}``), in any order, nested to a sane depth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from connectors.practice.errors import GraphError

_WORD = re.compile(r"[A-Za-z0-9_]+")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Field:
    """One asked-for field: its name, its modifiers by name, its sub-fields; ``key`` is its name in the answer."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    subfields: tuple[Field, ...] = ()
    raw_subfields: str = ""

    @property
    def key(self) -> str:
        return self.modifiers.get("as", self.name)


def parse(text: str) -> tuple[Field, ...]:
    """The fields of one ``fields=`` value. Raises GraphError (code 2500, as Meta's syntax error) on broken syntax."""
    reader = _Reader(text)
    fields = reader.fields(0)
    if reader.at < len(text):
        raise reader.broken()
    return fields


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def broken(self) -> GraphError:
        found = self.text[self.at : self.at + 1] or "end of string"
        return GraphError(2500, f'Syntax error "Expected name instead of {found}." at character {self.at}')

    def peek(self) -> str:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def word(self) -> str:
        self.peek()
        match = _WORD.match(self.text, self.at)
        if match is None:
            raise self.broken()
        self.at = match.end()
        return match.group()

    def fields(self, depth: int) -> tuple[Field, ...]:
        if depth > _DEEPEST:
            raise GraphError(2500, "Fields are nested too deeply")
        found: list[Field] = []
        if self.peek() in ("", "}"):
            return ()
        while True:
            found.append(self.one(depth))
            if self.peek() != ",":
                return tuple(found)
            self.at += 1
            if self.peek() in ("", "}"):  # Meta forgives a trailing comma
                return tuple(found)

    def one(self, depth: int) -> Field:
        name = self.word()
        modifiers: dict[str, str] = {}
        subfields: tuple[Field, ...] = ()
        raw = ""
        while self.peek() in (".", "{"):
            if self.text[self.at] == ".":
                self.at += 1
                modifier = self.word()
                modifiers[modifier] = self.arguments()
            else:
                self.at += 1
                start = self.at
                subfields = self.fields(depth + 1)
                raw = self.text[start : self.at]
                if self.peek() != "}":
                    raise self.broken()
                self.at += 1
        return Field(name, modifiers, subfields, raw)

    def arguments(self) -> str:
        if self.peek() != "(":
            raise self.broken()
        end = self.text.find(")", self.at)
        if end < 0:
            raise self.broken()
        value = self.text[self.at + 1 : end]
        self.at = end + 1
        return value.strip()
