"""The database's shape: bring it up to date, ask whether it is.

On SQLite a migration runs with foreign keys off inside one BEGIN IMMEDIATE, and the keys are checked before it counts:
batch mode rebuilds tables, which with keys on would delete the rows that point to them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection
from sqlmodel import SQLModel

import app.models  # noqa: F401  the tables register themselves
from app import fulltext
from app.db import IMMEDIATE, Database
from app.problems import Problem


def upgrade(db: Database, revision: str = "head") -> None:
    """Apply what is missing; safe to call again, and by two processes at once (the second waits).

    The triggers of the full-text index rest meanwhile and are put back as this version writes them.
    Problem("database_newer") when a later version of the program has been here.
    """
    _known(db)

    def apply(config: Config) -> None:
        connection = config.attributes["connection"]
        if fulltext.present(connection):
            fulltext.lift(connection)
        command.upgrade(config, revision)
        if fulltext.present(connection):
            fulltext.install(connection)

    _run(db, apply)


def downgrade(db: Database, revision: str) -> None:
    """Step back; for tests and for mending."""
    _run(db, lambda config: command.downgrade(config, revision))


def behind(db: Database) -> bool:
    """Whether migrations are missing (or the database is a newer program's). Makes nothing: no file, no folder."""
    if db.path is not None and not db.path.is_file():
        return True
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) != set(_script().get_heads())


def differences(db: Database) -> list[object]:
    """What differs between the tables and the models; empty when they agree.

    The full-text index is none of the models' tables; of it only what is missing is told.
    """
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _compared}
        context = MigrationContext.configure(connection, opts=options)
        return [*compare_metadata(context, SQLModel.metadata), *fulltext.missing(connection)]


def _compared(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not str(name).startswith(fulltext.NAME)


def heads() -> list[str]:
    """Revisions without a successor; a test wants exactly one."""
    return list(_script().get_heads())


def _known(db: Database) -> None:
    """Refuse a database whose revision this program has never heard of; stepping on it would break it."""
    if db.path is not None and not db.path.is_file():
        return
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    for revision in current:
        try:
            _script().get_revision(revision)
        except CommandError:
            raise Problem("database_newer") from None


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _run(db: Database, what: Callable[[Config], None]) -> None:
    with db.engine.connect() as connection:
        if not db.sqlite:
            with connection.begin():
                # One migrator at a time: the number is ours alone, the lock ends with the transaction.
                connection.exec_driver_sql("select pg_advisory_xact_lock(7250620)")
                what(_config(connection))
            return
        # The switch works only outside a transaction, so it goes past SQLAlchemy's BEGIN.
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.execution_options(**IMMEDIATE).begin():
                what(_config(connection))
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"foreign keys broken by the migration: {broken[:3]}")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
