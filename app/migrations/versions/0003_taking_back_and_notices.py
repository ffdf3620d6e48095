"""Taking posts back, notices to the people in charge, pauses kept with the allowances alone."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("subject", sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("what", sqltypes.AutoString(), nullable=False),
        sa.Column("wake_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("told_at", sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_wake_at"), ["wake_at"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("address", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("title", sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqltypes.AutoString(), nullable=False),
        sa.Column("wake_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("error_code", sqltypes.AutoString(), nullable=True),
        sa.Column("error_facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_letter_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index("ix_letter_organisation_at", ["organisation_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_wake_at"), ["wake_at"], unique=False)
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdraw_at", sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("withdraw_reason", sqltypes.AutoString(), nullable=True))
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("absent_at", sqltypes.UTCDateTime(), nullable=True))
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_sha256"), ["sha256"], unique=False)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notices", sqltypes.AutoString(), nullable=False, server_default=""))
    with op.batch_alter_table("budget", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pause_s", sa.Float(), nullable=False, server_default="0"))
    # Not by a batch: that would make the table anew and forget its CHECKs.
    op.drop_column("account", "paused_until")
    op.drop_column("account", "usage_percent")


def downgrade() -> None:
    op.add_column("account", sa.Column("usage_percent", sa.Float(), nullable=False, server_default="0"))
    op.add_column("account", sa.Column("paused_until", sqltypes.UTCDateTime(), nullable=True))
    op.drop_column("budget", "pause_s")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("notices")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_sha256"))
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("absent_at")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_column("withdraw_reason")
        batch_op.drop_column("withdraw_at")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_wake_at"))
        batch_op.drop_index("ix_letter_organisation_at")
    op.drop_table("letter")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_wake_at"))

    op.drop_table("notice")
