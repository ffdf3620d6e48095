"""A million comments of residents, made up from our own examples: 300 organisations, one of them with a tenth of all.

Words are drawn by their rank (common ones often, some thousand rare ones seldom), 3 to 19 a comment. Rows are written
past the services, and the full-text index is built at the end, as after a restore.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import text
from sqlmodel import SQLModel

from app import fulltext, migrate
from app.db import Database
from app.language.stem import words
from app.models import Account, Aspiration, Comment, Delivery, Organisation, Person, Post

ITEMS, ORGANISATIONS, LARGE = 1_000_000, 300, 1
POSTS_EACH = 20
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_EXAMPLES = Path(__file__).parents[2] / "app" / "language" / "examples"
_KINDS = (
    ("keluhan", 30),
    ("pertanyaan", 24),
    ("pujian", 16),
    ("aspirasi", 14),
    ("spam", 8),
    ("kritik", 5),
    ("perlu dipilah", 3),
)
_NAMES = ("Siti", "Asep", "Neng", "Budi", "Yanti", "Ujang", "Dewi", "Agus", "Rina", "Cecep", "Iis", "Dadang")


def vocabulary() -> list[str]:
    """Words, the most common first: of our examples, then 20,000 made of syllables."""
    counted: dict[str, int] = {}
    for path in sorted(_EXAMPLES.glob("*.txt")):
        for word in words("".join(row for row in path.open(encoding="utf-8") if not row.startswith("#"))):
            counted[word] = counted.get(word, 0) + 1
    common = sorted((word for word in counted if len(word) > 1), key=lambda word: (-counted[word], word))
    syllables = [a + b for a in "bcdgjklmnprst" for b in ("a", "i", "u", "e", "o", "an", "ang")]
    numbers = np.random.default_rng(3).integers(0, len(syllables), (20_000, 3))
    return list(dict.fromkeys(common + ["".join(syllables[n] for n in row) for row in numbers]))


def fill(db: Database) -> None:
    """Everything into a fresh database; a minute or two."""
    migrate.upgrade(db)
    with db.write() as session:
        session.add(Person(id=1, email="dedi@uji.example", name="Dedi", fs_uniquifier="dedi"))
        session.flush()
        for number in range(1, ORGANISATIONS + 1):
            session.add(Organisation(id=number, name=f"IPSM {number}", category="organisasi"))
        session.flush()
        for number in range(1, ORGANISATIONS + 1):
            session.add(
                Account(id=number, organisation_id=number, connector="facebook", remote_id=str(number), name="IPSM")
            )
        session.flush()
        for number in range(ORGANISATIONS * POSTS_EACH):
            owner = number // POSTS_EACH + 1
            session.add(Post(id=number + 1, organisation_id=owner, caption="Bakti sosial " * 30, state="published"))
        session.flush()
        for number in range(ORGANISATIONS * POSTS_EACH):
            account = number // POSTS_EACH + 1
            session.add(Delivery(id=number + 1, post_id=number + 1, account_id=account, due_at=NOW, state="published",
                                 published_at=NOW, remote_id=f"p{number}"))  # fmt: skip
    indexes = [
        index for table in (Comment, Aspiration) for index in SQLModel.metadata.tables[str(table.__tablename__)].indexes
    ]
    with db.engine.begin() as connection:
        fulltext.lift(connection)
        if not db.sqlite:
            connection.execute(text("drop index ix_itemsearch_words"))
        for index in indexes:
            index.drop(connection)
    comments, items = _rows()
    if db.sqlite:
        _into_sqlite(db, comments, items)
    else:
        _into_postgresql(db, comments, items)
    with db.engine.begin() as connection:
        for index in indexes:
            index.create(connection)
        fulltext.install(connection)
        fulltext.rebuild(connection)
        if not db.sqlite:
            connection.execute(
                text(
                    "create index ix_itemsearch_words on itemsearch using gin (words) "
                    "with (gin_pending_list_limit = 256)"
                )
            )
            for name in ("comment", "aspiration"):
                connection.execute(text(f"select setval(pg_get_serial_sequence('{name}', 'id'), {ITEMS})"))
    if not db.sqlite:
        with psycopg.connect(_raw_url(db), autocommit=True) as raw:
            raw.execute("vacuum analyze")


def _rows() -> tuple[Iterator[tuple[Any, ...]], Iterator[tuple[Any, ...]]]:
    """Columns are arrays; rows are put together when they are written."""
    chance = np.random.default_rng(7)
    owners = chance.integers(2, ORGANISATIONS + 1, ITEMS)
    owners[chance.random(ITEMS) < 0.1] = LARGE
    seconds = np.sort(chance.integers(0, 3 * 365 * 86_400, ITEMS)) + chance.integers(0, 86_400, ITEMS)
    said = np.datetime64("2023-11-01T00:00:00", "us") + seconds.astype("timedelta64[s]")
    names, weights = zip(*_KINDS, strict=True)
    kinds = np.array(names)[chance.choice(len(names), ITEMS, p=np.array(weights) / 100)]
    status = np.where(
        chance.random(ITEMS) < 0.15,
        "belum ditanggapi",
        np.where(chance.random(ITEMS) < 0.5, "selesai", "sudah ditanggapi"),
    )
    status[np.isin(kinds, ("pujian", "spam"))] = "belum ditanggapi"
    urgent = chance.random(ITEMS) < 0.002
    assigned = chance.random(ITEMS) < 0.02
    posts = (owners - 1) * POSTS_EACH + chance.integers(0, POSTS_EACH, ITEMS) + 1
    texts = list(_texts(chance, ITEMS))
    authors = [
        f"{_NAMES[a]} {chr(65 + b)}."
        for a, b in zip(chance.integers(0, 12, ITEMS), chance.integers(0, 26, ITEMS), strict=True)
    ]
    at = [one.replace("T", " ") for one in np.datetime_as_string(said)]
    deadlines = [one.replace("T", " ") for one in np.datetime_as_string(said + np.timedelta64(86_400, "s"))]
    # What the model takes undecided ones for.
    guesses = [names[n % 6] if kind == "perlu dipilah" else None for n, kind in enumerate(kinds.tolist())]
    number = range(1, ITEMS + 1)
    comments = (
        (n, owner, post, f"k{n}", who, said_by, when, json.dumps([{"text": said_by}]), when)
        for n, owner, post, who, said_by, when in zip(
            number, owners.tolist(), posts.tolist(), authors, texts, at, strict=True
        )
    )
    danger = ["anak" if one else None for one in urgent]
    whose = [1 if one else None for one in assigned]
    items = zip(number, owners.tolist(), number, kinds.tolist(), guesses, status.tolist(), authors, texts, at,
                deadlines, danger, whose, at, strict=True)  # fmt: skip
    return comments, items


def some_texts(how_many: int) -> Iterator[str]:
    """Comments that are not among the million."""
    return _texts(np.random.default_rng(11), how_many)


def _texts(chance: np.random.Generator, how_many: int) -> Iterator[str]:
    known = np.array(vocabulary(), dtype=object)
    weights = 1 / (np.arange(len(known)) + 8.0)
    edges = np.cumsum(weights / weights.sum())
    lengths = chance.integers(3, 20, how_many)
    drawn = known[np.minimum(np.searchsorted(edges, chance.random(int(lengths.sum()))), len(known) - 1)]
    start = 0
    for length in lengths.tolist():
        yield " ".join(drawn[start : start + length])
        start += length


_COMMENT = ("id", "account_id", "delivery_id", "remote_id", "author_name", "text", "said_at", "versions", "seen_at")
_ITEM = (
    "id",
    "organisation_id",
    "comment_id",
    "kind",
    "suggested_kind",
    "status",
    "author",
    "text",
    "said_at",
    "deadline",
    "urgent",
    "assignee_id",
    "created_at",
)


def _constant(model: type[SQLModel], given: Sequence[str]) -> dict[str, Any]:
    """What every row has in the other columns that may not be NULL: the model's own defaults."""
    found: dict[str, Any] = {"source": "facebook"} if model is Aspiration else {}
    for name, field in model.model_fields.items():
        if name in given or name in found or field.is_required():
            continue
        value = field.get_default(call_default_factory=True)
        if value is not None and not isinstance(value, datetime):
            found[name] = json.dumps(value) if isinstance(value, (list, dict)) else value
    return found


def _into_sqlite(db: Database, comments: Iterable[Any], items: Iterable[Any]) -> None:
    with sqlite3.connect(str(db.path)) as raw:
        raw.execute("pragma synchronous=off")
        raw.execute("pragma cache_size=-400000")
        for model, given, rows in ((Comment, _COMMENT, comments), (Aspiration, _ITEM, items)):
            rest = _constant(model, given)
            marks = ",".join(["?"] * len(given) + [_literal(value) for value in rest.values()])
            raw.executemany(f"insert into {model.__tablename__} ({','.join((*given, *rest))}) values ({marks})", rows)
    raw.close()


def _literal(value: Any) -> str:
    return str(int(value)) if isinstance(value, (bool, int)) else "'" + str(value) + "'"


def _raw_url(db: Database) -> str:
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _into_postgresql(db: Database, comments: Iterable[Any], items: Iterable[Any]) -> None:
    with psycopg.connect(_raw_url(db), options="-c timezone=UTC") as raw, raw.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        for model, given, rows in ((Comment, _COMMENT, comments), (Aspiration, _ITEM, items)):
            for name, value in (rest := _constant(model, given)).items():
                cursor.execute(f"alter table {model.__tablename__} alter {name} set default '{value}'")
            with cursor.copy(f"copy {model.__tablename__} ({','.join(given)}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
            for name in rest:
                cursor.execute(f"alter table {model.__tablename__} alter {name} drop default")
