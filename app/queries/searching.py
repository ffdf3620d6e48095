"""What somebody looks for in the inbox, from the words as they were typed to a condition on the full-text index.

Words must all occur, in any of their forms; "words in quotes" stand beside each other exactly so; word* is a beginning;
-word must not occur. Short forms and other names of the same thing are looked for too (jln: jalan; PMKS: PPKS). Nothing
that is typed can be a syntax error: only letters and digits reach the index, and operators are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, cast, column, func, literal_column, select, table, true
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlmodel import Session

from app.fulltext import BITS, EPOCH, NAME, token
from app.language.normal import lexicon
from app.language.stem import stem, words

#: Names of the same thing. The first words of a row are one word each; what has several is looked for as a phrase.
SAME = (
    ("pmks", "ppks"),
    ("dtks", "dtsen"),
    ("keluhan", "mengeluh", "keluh", "dikeluhkan", "mengeluhkan"),
    ("bansos", "bantuan sosial"),
    ("lansia", "manula", "lanjut usia"),
    ("difabel", "disabilitas"),
    ("pkh", "program keluarga harapan"),
    ("blt", "bantuan langsung tunai"),
    ("bpnt", "bantuan pangan non tunai"),
    ("rtlh", "rumah tidak layak huni"),
    ("odgj", "orang dengan gangguan jiwa"),
    ("kdrt", "kekerasan dalam rumah tangga"),
    ("ktp", "kartu tanda penduduk"),
)
#: Words that are heeded, other spellings of one word that are tried, letters of one word.
MOST_TERMS, MOST_ALIKE, MOST_LETTERS = 8, 10, 60
_PIECE = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_QUOTES = str.maketrans("“”„«»", '"' * 5)


@dataclass(frozen=True)
class Term:
    """One condition. ways: each a row of words; one of them must occur. exact: as written, not as stems."""

    ways: tuple[tuple[str, ...], ...]
    exact: bool = False
    beginning: bool = False
    excluded: bool = False


def parse(said: str, *, typing: bool = False) -> list[Term]:
    """The conditions in what was typed. typing: the last word may be unfinished. Never raises for any string."""
    terms: list[Term] = []
    said = said[:500].translate(_QUOTES)
    for found in _PIECE.finditer(said):
        minus, quoted, bare = found.groups()
        row = tuple(word[:MOST_LETTERS] for word in words(quoted if bare is None else bare)[:MOST_LETTERS])
        if not row:
            continue
        unfinished = bare is not None and (bare.endswith("*") or (typing and found.end() == len(said)))
        exact = bare is None or len(row) > 1
        ways = (row,) if exact or unfinished else alike(row[0])
        terms.append(Term(ways, exact=exact, beginning=unfinished, excluded=bool(minus)))
    return terms[:MOST_TERMS]


def alike(word: str) -> tuple[tuple[str, ...], ...]:
    """The word and what else it may be written as, itself first."""
    standard, spellings = _spellings()
    meant = standard.get(word, (word,))
    rows = [(word,), meant, *spellings.get(meant, ())]
    rows += [other for row in list(rows) for other in _same().get(row, ())]
    return tuple(dict.fromkeys(rows))[:MOST_ALIKE]


@cache
def _spellings() -> tuple[dict[str, tuple[str, ...]], dict[tuple[str, ...], list[tuple[str, ...]]]]:
    single, _ = lexicon()
    spellings: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for variant, meant in single.items():
        spellings.setdefault(meant, []).append((variant,))
    return single, spellings


@cache
def _same() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    groups = [[tuple(name.split()) for name in row] for row in SAME]
    return {name: [other for other in group if other != name] for group in groups for name in group}


@dataclass(frozen=True)
class Found:
    """Rows of the index for which something holds. id: of the item; newest: ORDER BY; matches: WHERE."""

    rows: Any
    id: Any
    matches: Any
    newest: tuple[Any, ...]
    sqlite: bool
    query: Any = None  # tsquery

    def after(self, at: datetime, last: int) -> Any:
        """What comes after this item, the newest first (on SQLite to the second)."""
        if self.sqlite:
            return self.rows.c.rowid < _key(at, last)
        newer = self.rows.c.at
        return and_(newer <= at, (newer < at) | (self.rows.c.id < last))

    def among_newest(self, organisation_id: int, most: int) -> Found:
        """Only among so many newest rows of an organisation (PostgreSQL): quick for words that many items have."""
        row = self.rows.c
        near = (
            select(row.id, row.at, row.words)
            .where(row.organisation_id == organisation_id)
            .order_by(row.at.desc(), row.id.desc())
            .limit(most)
            .subquery("near")
        )
        matches = true() if self.query is None else near.c.words.op("@@")(self.query)
        return Found(near, near.c.id, matches, (near.c.at.desc(), near.c.id.desc()), sqlite=False)

    def key(self, at: datetime, last: int) -> Any:
        """Where an item stands in the order of time, as ``inbox_counts.Met.at`` says it."""
        return _key(at, last) if self.sqlite else (at, last)

    def ids(self) -> Any:
        """SELECT of the items' numbers."""
        return select(self.id).select_from(self.rows).where(self.matches)


def find(
    session: Session,
    terms: Sequence[Term],
    organisation_id: int | None,
    *,
    labels: Sequence[str] = (),
    village: str = "",
) -> Found:
    """The rows of the index with these words, label and village, of one organisation (None: of all)."""
    scope = [f"o{organisation_id}"] if organisation_id is not None else []
    scope += [token("l", label) for label in labels] + ([token("v", village)] if village else [])
    if session.get_bind().dialect.name == "sqlite":
        return _on_sqlite(terms, scope)
    return _on_postgresql(terms, scope)


@contextmanager
def row_by_row(session: Session, *, by_time: bool = False) -> Iterator[None]:
    """PostgreSQL thinks a word that many items have is rare, and reads all items of the organisation beside it.

    Here it looks up the items of the rows it finds and stops when it has enough. by_time: it walks by time.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    names = ["enable_hashjoin", "enable_mergejoin", "enable_seqscan"]
    names += ["enable_bitmapscan", "enable_sort", "enable_incremental_sort"] if by_time else []
    session.execute(select(*(func.set_config(name, "off", True) for name in names)))
    yield
    # After an error the transaction is over, and with it what was set.
    session.execute(select(*(func.set_config(name, "on", True) for name in names)))


def _on_sqlite(terms: Sequence[Term], scope: Sequence[str]) -> Found:
    rows = table(NAME, column("rowid", Integer), column(NAME))
    wanted = [f'scope : "{name}"' for name in scope]
    said = [_fts5(term) for term in terms if not term.excluded]
    if said:
        wanted.append("{words stems} : (" + " AND ".join(said) + ")")
    unwanted = " OR ".join(_fts5(term) for term in terms if term.excluded)
    number = literal_column(f"({NAME}.rowid & {2**BITS - 1})", Integer)
    index = rows.c[NAME]
    matches: Any = true()
    if wanted:
        query = " AND ".join(wanted)
        matches = index.op("match")(f"({query}) NOT ({{words stems}} : ({unwanted}))" if unwanted else query)
    elif unwanted:
        # A match needs something to be there.
        others = select(rows.c.rowid).where(index.op("match")(f"{{words stems}} : ({unwanted})"))
        matches = rows.c.rowid.not_in(others)
    return Found(rows, number, matches, (rows.c.rowid.desc(),), sqlite=True)


def _fts5(term: Term) -> str:
    rows = list(
        dict.fromkeys(
            'words : "' + " ".join(row) + '"' if term.exact or len(row) > 1 else '"' + _form(term, row[0]) + '"'
            for row in term.ways
        )
    )
    if term.beginning:
        rows = [row + " *" for row in rows]
    return "(" + " OR ".join(rows) + ")"


def _on_postgresql(terms: Sequence[Term], scope: Sequence[str]) -> Found:
    rows = table(NAME, column("id", Integer), column("organisation_id"), column("at"), column("words"))
    query: Any = None
    if scope:
        query = cast(" & ".join(f"'#{name}'" for name in scope), TSQUERY)
    if terms:
        # Through the parser, which may see two words where we see one ("12e3x"): it did so when it made the index.
        said = func.to_tsquery(cast("simple", REGCONFIG), " & ".join(_tsquery(term) for term in terms), type_=TSQUERY)
        query = said if query is None else query.op("&&")(said)
    matches = true() if query is None else rows.c.words.op("@@")(query)
    return Found(rows, rows.c.id, matches, (rows.c.at.desc(), rows.c.id.desc()), sqlite=False, query=query)


def _tsquery(term: Term) -> str:
    rows = []
    for row in term.ways:
        exact = term.exact or len(row) > 1
        marks = ["A" if exact else ""] * len(row)
        if term.beginning:
            marks[-1] = "*" + marks[-1]
        said = row if exact else (_form(term, row[0]),)
        rows.append(
            " <-> ".join(f"'{word}'" + (f":{mark}" if mark else "") for word, mark in zip(said, marks, strict=True))
        )
    either = "(" + " | ".join(f"({row})" for row in dict.fromkeys(rows)) + ")"
    return f"!{either}" if term.excluded else either


def _form(term: Term, word: str) -> str:
    """As it stands in the index: the stem, but of a beginning the letters themselves."""
    return word if term.beginning else stem(word)


def _key(at: datetime, number: int) -> int:
    """The number of an item's row in the index on SQLite (app/fulltext.py)."""
    return (max(0, int(at.timestamp() // 1) - EPOCH) << BITS) | number
