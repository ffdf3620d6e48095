"""What all tables share: constraint names (Alembic needs them), JSON columns, the columns of something that is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL for a CHECK: the column holds one of these."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Sending(SQLModel):
    """Columns of everything that leaves for a platform under a lease: deliveries, replies, hides, deletes."""

    state: str = "queued"
    due_at: datetime  # promised; never moved by us
    wake_at: datetime | None = None  # the next look; None: nothing will happen by itself
    fence: int = 0  # raised by each claim; a result is written only under it
    lease_until: datetime | None = None
    attempts: int = 0
    looks: int = 0
    unsure_since: datetime | None = None
    error_code: str | None = None
    error_facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    remote_id: str | None = None
    confirmed_by: str | None = None  # who said so, when a person confirmed instead of the platform
