"""Finding: the full-text index of the inbox, and indexes for its list at a million items."""

import sqlalchemy as sa
from alembic import op

from app import fulltext

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITS = sa.text(
    "status in ('belum ditanggapi', 'dibuka lagi') "
    "and kind in ('aspirasi', 'kritik', 'keluhan', 'pertanyaan', 'perlu dipilah')"
)
_SOME = {
    "ix_aspiration_assigned": (["organisation_id", "assignee_id", "said_at"], "assignee_id is not null"),
    "ix_aspiration_urgent": (["organisation_id", "said_at"], "urgent is not null"),
    "ix_aspiration_secret": (["organisation_id", "said_at"], "secret"),
    "ix_aspiration_by_hand": (["organisation_id", "said_at"], "comment_id is null"),
}


def upgrade() -> None:
    op.drop_index("ix_aspiration_queue", "aspiration")
    op.create_index("ix_aspiration_queue", "aspiration", ["organisation_id", "status", "kind", "deadline", "about_id"])
    op.create_index(
        "ix_aspiration_waiting",
        "aspiration",
        ["organisation_id", "deadline", "id"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    for name, (columns, where) in _SOME.items():
        rule = sa.text(where)
        op.create_index(name, "aspiration", columns, sqlite_where=rule, postgresql_where=rule)
    fulltext.create(op.get_bind())


def downgrade() -> None:
    fulltext.drop(op.get_bind())
    for name in (*_SOME, "ix_aspiration_waiting", "ix_aspiration_queue"):
        op.drop_index(name, "aspiration")
    op.create_index("ix_aspiration_queue", "aspiration", ["organisation_id", "status", "deadline"])
