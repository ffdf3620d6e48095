"""Who and where: organisations, people, accounts, activities, the history, what workers leave behind."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sqltypes.AutoString(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=False),
        sa.Column("used_percent", sa.Float(), nullable=False),
        sa.Column("paused_until", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("updated_at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint("scope", "remote_id", name=op.f("uq_budget_scope_remote_id")),
    )
    op.create_table(
        "joblease",
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("owner", sqltypes.AutoString(), nullable=False),
        sa.Column("until", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_joblease")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("category", sqltypes.AutoString(), nullable=False),
        sa.Column("region_code", sqltypes.AutoString(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("zone", sqltypes.AutoString(), nullable=False),
        sa.Column("sk_number", sqltypes.AutoString(), nullable=True),
        sa.Column("office_from", sa.Date(), nullable=True),
        sa.Column("office_to", sa.Date(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "category in ('perangkat daerah', 'kecamatan', 'kelurahan', 'desa', 'organisasi')",
            name=op.f("ck_organisation_category"),
        ),
        sa.CheckConstraint(
            "zone in ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')", name=op.f("ck_organisation_zone")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_organisation_parent")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("password", sqltypes.AutoString(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sqltypes.AutoString(), nullable=False),
        sa.Column("login_count", sa.Integer(), nullable=False),
        sa.Column("last_login_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("current_login_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_login_ip", sqltypes.AutoString(), nullable=True),
        sa.Column("current_login_ip", sqltypes.AutoString(), nullable=True),
        sa.Column("tf_primary_method", sqltypes.AutoString(), nullable=True),
        sa.Column("tf_totp_secret", sqltypes.AutoString(), nullable=True),
        sa.Column("tf_phone_number", sqltypes.AutoString(), nullable=True),
        sa.Column("tf_last_counter", sa.Integer(), nullable=False),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "worker",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("beat_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("clock_off_s", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("connector", sqltypes.AutoString(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("handle", sqltypes.AutoString(), nullable=True),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("sealed", sqltypes.AutoString(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("health", sqltypes.AutoString(), nullable=False),
        sa.Column("reason_code", sqltypes.AutoString(), nullable=True),
        sa.Column("reason_facts", sa.JSON(), nullable=False),
        sa.Column("expires_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("checked_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("paused_until", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("usage_percent", sa.Float(), nullable=False),
        sa.Column("last_heard_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("collected_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("collect_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("counted_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "health in ('unchecked', 'connected', 'expiring', 'broken')", name=op.f("ck_account_health")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("connector", "remote_id", name=op.f("uq_account_connector_remote_id")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sqltypes.AutoString(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("village", sqltypes.AutoString(), nullable=True),
        sa.Column("task", sqltypes.AutoString(), nullable=True),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("ppks", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_activity_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("who", sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("subject", sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("what", sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqltypes.AutoString(), nullable=True),
        sa.Column("target", sqltypes.AutoString(), nullable=True),
        sa.Column("why", sqltypes.AutoString(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_subject", ["subject", "subject_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "role in ('petugas', 'koordinator', 'pembina', 'juri', 'kominfo', 'pengelola')",
            name=op.f("ck_membership_role"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("person_id", "organisation_id", name=op.f("uq_membership_person_id_organisation_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_organisation_id"), ["organisation_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_organisation_id"))

    op.drop_table("membership")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject")

    op.drop_table("event")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_organisation_id"))

    op.drop_table("activity")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_organisation_id"))

    op.drop_table("account")
    op.drop_table("worker")
    op.drop_table("person")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_parent_id"))

    op.drop_table("organisation")
    op.drop_table("joblease")
    op.drop_table("budget")
