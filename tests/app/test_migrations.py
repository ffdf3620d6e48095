"""The database's shape on both databases: up, checked, down and up again; rules too, not only columns."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from app import migrate
from app.db import Database
from app.models import Organisation
from app.problems import Problem


def test_there_is_one_head() -> None:
    assert len(migrate.heads()) == 1


def test_up_check_down_up(empty_url: str) -> None:
    db = Database(empty_url)
    assert migrate.behind(db)
    migrate.upgrade(db)
    assert not migrate.behind(db)
    assert migrate.differences(db) == []
    migrate.upgrade(db)  # again: nothing to do
    migrate.downgrade(db, "base")
    assert migrate.behind(db)
    assert _tables(db) <= {"alembic_version"}
    migrate.upgrade(db)
    assert migrate.differences(db) == []
    with db.write() as session:
        session.add(Organisation(name="Desa Uji", category="desa"))
    db.close()


def test_a_difference_is_seen(db: Database) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("drop index ix_post_due_at"))
        connection.execute(text("alter table joblease add column stray integer"))
    said = str(migrate.differences(db))
    assert "ix_post_due_at" in said
    assert "stray" in said


def test_rules_of_the_migrations_are_those_of_the_models(empty_url: str) -> None:
    """Alembic compares columns and indexes; CHECKs and conditions of indexes it does not see."""
    db = Database(empty_url)
    migrate.upgrade(db)
    migrated = _rules(db)
    migrate.downgrade(db, "base")
    SQLModel.metadata.create_all(db.engine)
    assert migrated == _rules(db)
    assert len([rule for rule in migrated if " check" in rule.lower()]) > 15
    db.close()


def test_a_database_of_a_newer_program_is_said_plainly(db: Database) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    assert migrate.behind(db)
    with pytest.raises(Problem) as problem:
        migrate.upgrade(db)
    assert problem.value.code == "database_newer"


def test_nothing_is_made_by_asking(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'none' / 'here.sqlite3'}")
    assert migrate.behind(db)
    db.close()
    assert list(tmp_path.iterdir()) == []


def test_broken_foreign_keys_undo_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "broken.sqlite3"
    db = Database(f"sqlite:///{path}")
    migrate.upgrade(db)

    def bad(_config: Any, _revision: str) -> None:
        _config.attributes["connection"].exec_driver_sql(
            "insert into membership (person_id, organisation_id, role, created_at) values (1, 1, 'juri', '2026-01-01')"
        )

    monkeypatch.setattr("alembic.command.upgrade", bad)
    with pytest.raises(RuntimeError, match="foreign keys broken"):
        migrate.upgrade(db)
    db.close()
    with sqlite3.connect(path) as raw:
        assert raw.execute("select count(*) from membership").fetchone() == (0,)
    raw.close()


def test_keys_are_on_again_after_a_migration(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'here.sqlite3'}")
    migrate.upgrade(db)
    with db.read() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    db.close()


def _tables(db: Database) -> set[str]:
    from sqlalchemy import inspect

    return set(inspect(db.engine).get_table_names())


def _rules(db: Database) -> set[str]:
    """Every constraint and index as the database itself writes it."""
    with db.read() as session:
        if not db.sqlite:
            rows = session.execute(
                text(
                    "select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) "
                    "from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0 "
                    "union select indexdef from pg_indexes where schemaname = 'public'"
                )
            )
            return {row[0] for row in rows if "alembic_version" not in row[0] and "itemsearch" not in row[0]}
        rows = session.execute(text("select tbl_name, sql from sqlite_master where sql is not null"))
        found: set[str] = set()
        for table, sql in rows:
            if table == "alembic_version" or "itemsearch" in sql:
                continue
            flat = re.sub(r"\s+", " ", sql.replace('"', ""))
            if flat.startswith("CREATE TABLE"):
                found |= {f"{table} {part.strip(' ,)')}" for part in re.split(r",(?= CONSTRAINT )", flat)[1:]}
            else:
                found.add(flat)
        return found
