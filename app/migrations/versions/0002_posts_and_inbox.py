"""The loop: posts on their way, comments that come back, answers, readings."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("caption", sqltypes.AutoString(), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sent_back", sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'in_review', 'scheduled', 'publishing', 'published', 'partly', 'failed', 'cancelled', 'withdrawn')",
            name=op.f("ck_post_state"),
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_post_activity_id_activity")),
        sa.ForeignKeyConstraint(["approver_id"], ["person.id"], name=op.f("fk_post_approver_id_person")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_post_author_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_post_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_state"), ["state"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("wake_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("unsure_since", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("error_code", sqltypes.AutoString(), nullable=True),
        sa.Column("error_facts", sa.JSON(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=True),
        sa.Column("confirmed_by", sqltypes.AutoString(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("staged", sa.JSON(), nullable=False),
        sa.Column("staged_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("staged_of", sqltypes.AutoString(), nullable=True),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.Column("permalink", sqltypes.AutoString(), nullable=True),
        sa.Column("published_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("commit_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("reading_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("collect_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(state in ('staging', 'committing')) = (lease_until is not null)",
            name=op.f("ck_delivery_lease_only_while_worked_on"),
        ),
        sa.CheckConstraint(
            "state <> 'published' or remote_id is not null or confirmed_by is not null",
            name=op.f("ck_delivery_published_has_proof"),
        ),
        sa.CheckConstraint(
            "state in ('queued', 'staging', 'committing', 'published', 'handed', 'held', 'unsure', 'needs_person', 'failed', 'missed', 'cancelled', 'withdrawing', 'withdrawn', 'gone')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_delivery_account_id_account")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_delivery_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("post_id", "account_id", name=op.f("uq_delivery_post_id_account_id")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_collect_at"), ["collect_at"], unique=False)
        batch_op.create_index("ix_delivery_look", ["state", "wake_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_reading_at"), ["reading_at"], unique=False)
        batch_op.create_index(
            "uq_delivery_one_commit",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("state = 'committing'"),
            postgresql_where=sa.text("state = 'committing'"),
        )

    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sqltypes.AutoString(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt_text", sqltypes.AutoString(), nullable=False),
        sa.Column("crop", sa.JSON(), nullable=True),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("consent", sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(alt_text) <= 1000", name=op.f("ck_photo_alt_text")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_photo_sha256")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_photo_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("post_id", "position", name=op.f("uq_photo_post_id_position")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_post_id"), ["post_id"], unique=False)

    op.create_table(
        "target",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_target_account_id_account")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_target_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "account_id", name=op.f("pk_target")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=False),
        sa.Column("author_name", sqltypes.AutoString(), nullable=True),
        sa.Column("author_id", sqltypes.AutoString(), nullable=True),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("permalink", sqltypes.AutoString(), nullable=True),
        sa.Column("said_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("seen_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deleted_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_comment_account_id_account")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_comment_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("account_id", "remote_id", name=op.f("uq_comment_account_id_remote_id")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("planned_age_s", sa.Integer(), nullable=True),
        sa.Column("reactions", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("shares", sa.Integer(), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=True),
        sa.Column("reach", sa.Integer(), nullable=True),
        sa.Column("views", sa.Integer(), nullable=True),
        sa.Column("clicks", sa.Integer(), nullable=True),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.CheckConstraint("delivery_id is null or followers is null", name=op.f("ck_reading_followers_of_accounts")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reading_account_id_account")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_reading_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index("ix_reading_account", ["account_id", "read_at"], unique=False)
        batch_op.create_index("ix_reading_delivery", ["delivery_id", "read_at"], unique=False)

    op.create_table(
        "aspiration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("source", sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("kind_by", sqltypes.AutoString(), nullable=True),
        sa.Column("suggested_kind", sqltypes.AutoString(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("status", sqltypes.AutoString(), nullable=False),
        sa.Column("author", sqltypes.AutoString(), nullable=True),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("said_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deadline", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(comment_id is null) = (source in ('formulir', 'catatan'))", name=op.f("ck_aspiration_comment_or_hand")
        ),
        sa.CheckConstraint(
            "kind in ('aspirasi', 'kritik', 'keluhan', 'pertanyaan', 'pujian', 'spam', 'perlu dipilah')",
            name=op.f("ck_aspiration_kind"),
        ),
        sa.CheckConstraint(
            "source in ('facebook', 'instagram', 'instagram_private', 'website', 'formulir', 'catatan')",
            name=op.f("ck_aspiration_source"),
        ),
        sa.CheckConstraint(
            "status in ('belum ditanggapi', 'sudah ditanggapi', 'ditindaklanjuti', 'diteruskan', 'menunggu warga', 'selesai', 'dibuka lagi', 'diarsipkan')",
            name=op.f("ck_aspiration_status"),
        ),
        sa.CheckConstraint(
            "confidence is null or (confidence >= 0 and confidence <= 1)", name=op.f("ck_aspiration_confidence")
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_aspiration_assignee_id_person")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_aspiration_comment_id_comment")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_aspiration_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aspiration")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_aspiration_comment_id")),
    )
    with op.batch_alter_table("aspiration", schema=None) as batch_op:
        batch_op.create_index("ix_aspiration_newest", ["organisation_id", "said_at"], unique=False)
        batch_op.create_index("ix_aspiration_queue", ["organisation_id", "status", "deadline"], unique=False)

    op.create_table(
        "outgoing",
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("wake_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("unsure_since", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("error_code", sqltypes.AutoString(), nullable=True),
        sa.Column("error_facts", sa.JSON(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=True),
        sa.Column("confirmed_by", sqltypes.AutoString(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("aspiration_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("action", sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqltypes.AutoString(), nullable=True),
        sa.Column("commit_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("published_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("action <> 'reply' or length(text) > 0", name=op.f("ck_outgoing_reply_has_text")),
        sa.CheckConstraint("action in ('reply', 'hide', 'unhide', 'delete')", name=op.f("ck_outgoing_action")),
        sa.CheckConstraint(
            "state in ('queued', 'staging', 'committing', 'published', 'handed', 'held', 'unsure', 'needs_person', 'failed', 'missed', 'cancelled', 'withdrawing', 'withdrawn', 'gone')",
            name=op.f("ck_outgoing_state"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outgoing_account_id_account")),
        sa.ForeignKeyConstraint(
            ["aspiration_id"], ["aspiration.id"], name=op.f("fk_outgoing_aspiration_id_aspiration")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_outgoing_author_id_person")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_outgoing_comment_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
    )
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_aspiration_id"), ["aspiration_id"], unique=False)
        batch_op.create_index("ix_outgoing_look", ["state", "wake_at"], unique=False)
        batch_op.create_index(
            "uq_outgoing_one_open_reply",
            ["aspiration_id"],
            unique=True,
            sqlite_where=sa.text(
                "action = 'reply' and state in ('queued','staging','committing','held','unsure','needs_person')"
            ),
            postgresql_where=sa.text(
                "action = 'reply' and state in ('queued','staging','committing','held','unsure','needs_person')"
            ),
        )


def downgrade() -> None:
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outgoing_one_open_reply",
            sqlite_where=sa.text(
                "action = 'reply' and state in ('queued','staging','committing','held','unsure','needs_person')"
            ),
            postgresql_where=sa.text(
                "action = 'reply' and state in ('queued','staging','committing','held','unsure','needs_person')"
            ),
        )
        batch_op.drop_index("ix_outgoing_look")
        batch_op.drop_index(batch_op.f("ix_outgoing_aspiration_id"))
        batch_op.drop_index(batch_op.f("ix_outgoing_account_id"))

    op.drop_table("outgoing")
    with op.batch_alter_table("aspiration", schema=None) as batch_op:
        batch_op.drop_index("ix_aspiration_queue")
        batch_op.drop_index("ix_aspiration_newest")

    op.drop_table("aspiration")
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index("ix_reading_delivery")
        batch_op.drop_index("ix_reading_account")

    op.drop_table("reading")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_parent_id"))
        batch_op.drop_index(batch_op.f("ix_comment_delivery_id"))

    op.drop_table("comment")
    op.drop_table("target")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_post_id"))

    op.drop_table("photo")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_delivery_one_commit",
            sqlite_where=sa.text("state = 'committing'"),
            postgresql_where=sa.text("state = 'committing'"),
        )
        batch_op.drop_index(batch_op.f("ix_delivery_reading_at"))
        batch_op.drop_index("ix_delivery_look")
        batch_op.drop_index(batch_op.f("ix_delivery_collect_at"))
        batch_op.drop_index(batch_op.f("ix_delivery_account_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_state"))
        batch_op.drop_index(batch_op.f("ix_post_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_post_due_at"))

    op.drop_table("post")
