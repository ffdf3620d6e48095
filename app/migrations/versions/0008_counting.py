"""The index by which the inbox counts knows what is joined to another item, and what an undecided one is taken for."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BEFORE = ["organisation_id", "status", "kind", "deadline", "about_id"]


def upgrade() -> None:
    op.drop_index("ix_aspiration_queue", "aspiration")
    op.create_index("ix_aspiration_queue", "aspiration", [*_BEFORE, "duplicate_of_id", "suggested_kind"])


def downgrade() -> None:
    op.drop_index("ix_aspiration_queue", "aspiration")
    op.create_index("ix_aspiration_queue", "aspiration", _BEFORE)
