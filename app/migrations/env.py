"""Alembic's entry. The connection is handed in by ``app/migrate.py``; there is no alembic.ini."""

from alembic import context
from sqlmodel import SQLModel

import app.models  # noqa: F401  the tables register themselves

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
