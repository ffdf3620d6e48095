"""Measuring: regions, what is seen from outside or handed in, rollups, figures of LAPOR!."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region",
        sa.Column("code", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("level", sqltypes.AutoString(), nullable=False),
        sa.Column("parent_code", sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint(
            "level in ('provinsi', 'kabupaten', 'kecamatan', 'kelurahan', 'desa')", name=op.f("ck_region_level")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_region_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "laporimport",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("sha256", sqltypes.AutoString(), nullable=False),
        sa.Column("by_name", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("dropped_at", sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_laporimport_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_laporimport_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laporimport")),
    )
    with op.batch_alter_table("laporimport", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_laporimport_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqltypes.AutoString(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("by_name", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("checked_by", sqltypes.AutoString(), nullable=True),
        sa.Column("checked_at", sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_sheet_sha256")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_sheet_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
    )
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("predecessor_id <> successor_id", name=op.f("ck_succession_two")),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["organisation.id"], name=op.f("fk_succession_predecessor_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["organisation.id"], name=op.f("fk_succession_successor_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint("predecessor_id", "successor_id", name=op.f("uq_succession_predecessor_id_successor_id")),
    )
    with op.batch_alter_table("succession", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_succession_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "accountday",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("interactions", sa.Integer(), nullable=False),
        sa.Column("interaction_posts", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("reach_posts", sa.Integer(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_accountday_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_accountday")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deadmetric",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connector", sqltypes.AutoString(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("found_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("try_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_deadmetric_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadmetric")),
        sa.UniqueConstraint(
            "connector", "account_id", "kind", "name", name=op.f("uq_deadmetric_connector_account_id_kind_name")
        ),
    )
    op.create_table(
        "laporrow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("agency", sqltypes.AutoString(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("followed_up", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Integer(), nullable=False),
        sa.Column("days", sqltypes.AutoString(), nullable=True),
        sa.Column("quality", sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint(
            "received >= 0 and followed_up >= 0 and followed_up <= received", name=op.f("ck_laporrow_counts")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["laporimport.id"], name=op.f("fk_laporrow_import_id_laporimport")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_laporrow_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laporrow")),
        sa.UniqueConstraint("import_id", "agency", name=op.f("uq_laporrow_import_id_agency")),
    )
    op.create_table(
        "watched",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("platform", sqltypes.AutoString(), nullable=False),
        sa.Column("handle", sqltypes.AutoString(), nullable=False),
        sa.Column("reader_account_id", sa.Integer(), nullable=True),
        sa.Column("source", sqltypes.AutoString(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=True),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("look_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("looked_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason_code", sqltypes.AutoString(), nullable=True),
        sa.Column("reason_facts", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("platform in ('facebook', 'instagram', 'website')", name=op.f("ck_watched_platform")),
        sa.CheckConstraint(
            "source in ('own', 'public', 'shared', 'sheet', 'reported')", name=op.f("ck_watched_source")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_watched_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["reader_account_id"], ["account.id"], name=op.f("fk_watched_reader_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched")),
        sa.UniqueConstraint("platform", "handle", name=op.f("uq_watched_platform_handle")),
    )
    with op.batch_alter_table("watched", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watched_look_at"), ["look_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_watched_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "seenpost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("watched_id", sa.Integer(), nullable=True),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("platform", sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqltypes.AutoString(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=False),
        sa.Column("permalink", sqltypes.AutoString(), nullable=True),
        sa.Column("published_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("caption", sqltypes.AutoString(), nullable=False),
        sa.Column("reading_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("gone_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("platform in ('facebook', 'instagram', 'website')", name=op.f("ck_seenpost_platform")),
        sa.CheckConstraint(
            "source in ('own', 'public', 'shared', 'sheet', 'reported')", name=op.f("ck_seenpost_source")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_seenpost_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_seenpost_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_seenpost_sheet_id_sheet")),
        sa.ForeignKeyConstraint(["watched_id"], ["watched.id"], name=op.f("fk_seenpost_watched_id_watched")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seenpost")),
        sa.UniqueConstraint("platform", "remote_id", name=op.f("uq_seenpost_platform_remote_id")),
    )
    with op.batch_alter_table("seenpost", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seenpost_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seenpost_reading_at"), ["reading_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_seenpost_sheet_id"), ["sheet_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seenpost_watched_id"), ["watched_id"], unique=False)
        batch_op.create_index("ix_seenpost_when", ["organisation_id", "published_at"], unique=False)

    op.create_table(
        "postfigure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("seen_post_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("platform", sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqltypes.AutoString(), nullable=False),
        sa.Column("published_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("read_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reactions", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("shares", sa.Integer(), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=True),
        sa.Column("reach", sa.Integer(), nullable=True),
        sa.Column("views", sa.Integer(), nullable=True),
        sa.Column("clicks", sa.Integer(), nullable=True),
        sa.Column("week_how", sqltypes.AutoString(), nullable=True),
        sa.Column("week_read_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("week_reactions", sa.Integer(), nullable=True),
        sa.Column("week_comments", sa.Integer(), nullable=True),
        sa.Column("week_shares", sa.Integer(), nullable=True),
        sa.Column("week_saves", sa.Integer(), nullable=True),
        sa.Column("week_reach", sa.Integer(), nullable=True),
        sa.Column("week_followers", sa.Integer(), nullable=True),
        sa.CheckConstraint("week_how is null or week_how in ('read', 'between')", name=op.f("ck_postfigure_week_how")),
        sa.CheckConstraint("(delivery_id is null) <> (seen_post_id is null)", name=op.f("ck_postfigure_of_one")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_postfigure_account_id_account")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_postfigure_delivery_id_delivery")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_postfigure_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["seen_post_id"], ["seenpost.id"], name=op.f("fk_postfigure_seen_post_id_seenpost")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postfigure")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_postfigure_delivery_id")),
        sa.UniqueConstraint("seen_post_id", name=op.f("uq_postfigure_seen_post_id")),
    )
    with op.batch_alter_table("postfigure", schema=None) as batch_op:
        batch_op.create_index("ix_postfigure_account", ["account_id", "day"], unique=False)
        batch_op.create_index("ix_postfigure_when", ["organisation_id", "day"], unique=False)

    op.create_table(
        "seenreading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seen_post_id", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(["seen_post_id"], ["seenpost.id"], name=op.f("fk_seenreading_seen_post_id_seenpost")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seenreading")),
    )
    with op.batch_alter_table("seenreading", schema=None) as batch_op:
        batch_op.create_index("ix_seenreading_post", ["seen_post_id", "read_at"], unique=False)

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("joined_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))

    op.drop_index("ix_reading_delivery", "reading")
    op.create_index(
        "ix_reading_delivery",
        "reading",
        ["delivery_id", "read_at"],
        sqlite_where=sa.text("delivery_id is not null"),
        postgresql_where=sa.text("delivery_id is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_reading_delivery", "reading")
    op.create_index("ix_reading_delivery", "reading", ["delivery_id", "read_at"])

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("left_on")
        batch_op.drop_column("joined_on")

    with op.batch_alter_table("seenreading", schema=None) as batch_op:
        batch_op.drop_index("ix_seenreading_post")

    op.drop_table("seenreading")
    with op.batch_alter_table("postfigure", schema=None) as batch_op:
        batch_op.drop_index("ix_postfigure_when")
        batch_op.drop_index("ix_postfigure_account")

    op.drop_table("postfigure")
    with op.batch_alter_table("seenpost", schema=None) as batch_op:
        batch_op.drop_index("ix_seenpost_when")
        batch_op.drop_index(batch_op.f("ix_seenpost_watched_id"))
        batch_op.drop_index(batch_op.f("ix_seenpost_sheet_id"))
        batch_op.drop_index(batch_op.f("ix_seenpost_reading_at"))
        batch_op.drop_index(batch_op.f("ix_seenpost_account_id"))

    op.drop_table("seenpost")
    with op.batch_alter_table("watched", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watched_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_watched_look_at"))

    op.drop_table("watched")
    op.drop_table("laporrow")
    op.drop_table("deadmetric")
    op.drop_table("accountday")
    with op.batch_alter_table("succession", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_succession_successor_id"))

    op.drop_table("succession")
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_organisation_id"))

    op.drop_table("sheet")
    with op.batch_alter_table("laporimport", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_laporimport_organisation_id"))

    op.drop_table("laporimport")
    with op.batch_alter_table("region", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_parent_code"))

    op.drop_table("region")
