"""The whole inbox: notifications, handling of items, working calendar, the organisation's own page."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME, _TEXT, _YES_NO = sqltypes.UTCDateTime, sqltypes.AutoString, sa.Boolean
#: What an item gets: (column, its type, what the older ones have; None: nothing).
_OF_ITEM = (
    ("suggested_why", sa.JSON, "[]"),
    ("suggested_at", _TIME, None),
    ("suggested_by", _TEXT, None),
    ("urgent", _TEXT, None),
    ("urgent_by", _TEXT, None),
    ("channel", _TEXT, None),
    ("author_key", _TEXT, None),
    ("village", _TEXT, None),
    ("labels", sa.JSON, "[]"),
    ("secret", _YES_NO, sa.false()),
    ("anonymous", _YES_NO, sa.false()),
    ("masked", _YES_NO, sa.false()),
    ("on_page", _YES_NO, sa.false()),
    ("about_id", sa.Integer, None),
    ("contact", _TEXT, ""),
    ("code_hash", _TEXT, None),
    ("duplicate_of_id", sa.Integer, None),
    ("settle_by", _TIME, None),
    ("settled_at", _TIME, None),
    ("due_from", _TIME, None),
    ("near_told", _TIME, None),
    ("late_told", _TIME, None),
)
_RULES = (
    ("urgent", "urgent is null or urgent in ('bunuh_diri', 'kekerasan', 'anak', 'hilang', 'nyawa')"),
    (
        "channel",
        "channel is null or channel in "
        "('tatap muka', 'telepon', 'surat', 'whatsapp', 'pesan facebook', 'pesan instagram')",
    ),
    ("duplicate", "duplicate_of_id <> id"),
)
_ACTIONS = "action in ('reply', 'private_reply', 'hide', 'unhide', 'delete')"
_ACTIONS_BEFORE = "action in ('reply', 'hide', 'unhide', 'delete')"


def upgrade() -> None:
    op.create_table(
        "hook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("digest", sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqltypes.AutoString(), nullable=False),
        sa.Column("wake_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("why", sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook")),
        sa.UniqueConstraint("digest", name=op.f("uq_hook_digest")),
    )
    with op.batch_alter_table("hook", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hook_look",
            ["wake_at"],
            unique=False,
            sqlite_where=sa.text("wake_at is not null"),
            postgresql_where=sa.text("wake_at is not null"),
        )

    op.create_table(
        "tally",
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tally")),
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("contact", sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_agency_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_agency_organisation_id_name")),
    )
    op.create_table(
        "calendarentry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("friday_closes", sa.Integer(), nullable=True),
        sa.Column("by_name", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'jam' or (opens >= 0 and closes > opens and closes <= 1440)", name=op.f("ck_calendarentry_hours")
        ),
        sa.CheckConstraint("kind in ('libur', 'kerja', 'jam')", name=op.f("ck_calendarentry_kind")),
        sa.CheckConstraint("last >= first", name=op.f("ck_calendarentry_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_calendarentry_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendarentry")),
    )
    with op.batch_alter_table("calendarentry", schema=None) as batch_op:
        batch_op.create_index("ix_calendarentry_days", ["organisation_id", "first", "last"], unique=False)

    op.create_table(
        "canned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_canned_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_canned_organisation_id_name")),
    )
    op.create_table(
        "handle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("connector", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_handle_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handle_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handle")),
        sa.UniqueConstraint(
            "organisation_id", "connector", "name", name=op.f("uq_handle_organisation_id_connector_name")
        ),
    )
    op.create_table(
        "savedview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_savedview_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_savedview_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savedview")),
        sa.UniqueConstraint(
            "organisation_id", "person_id", "name", name=op.f("uq_savedview_organisation_id_person_id_name")
        ),
    )
    op.create_table(
        "tombstone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("remote_id", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_tombstone_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone")),
        sa.UniqueConstraint("account_id", "remote_id", name=op.f("uq_tombstone_account_id_remote_id")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("aspiration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqltypes.AutoString(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind in ('laporan', 'bukti', 'tangkapan')", name=op.f("ck_attachment_kind")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachment_sha256")),
        sa.ForeignKeyConstraint(
            ["aspiration_id"], ["aspiration.id"], name=op.f("fk_attachment_aspiration_id_aspiration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_aspiration_id"), ["aspiration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_sha256"), ["sha256"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("aspiration_id", sa.Integer(), nullable=False),
        sa.Column("agency", sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqltypes.AutoString(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("answer", sqltypes.AutoString(), nullable=False),
        sa.Column("answered_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reminded_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("by_name", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state in ('sent', 'answered', 'returned')", name=op.f("ck_handover_state")),
        sa.ForeignKeyConstraint(
            ["aspiration_id"], ["aspiration.id"], name=op.f("fk_handover_aspiration_id_aspiration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_answer_by"), ["answer_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_aspiration_id"), ["aspiration_id"], unique=False)

    op.create_table(
        "itemnote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("aspiration_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("resident", sa.Boolean(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["aspiration_id"], ["aspiration.id"], name=op.f("fk_itemnote_aspiration_id_aspiration")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_itemnote_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_itemnote")),
    )
    with op.batch_alter_table("itemnote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_itemnote_aspiration_id"), ["aspiration_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("aspiration_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("writing", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["aspiration_id"], ["aspiration.id"], name=op.f("fk_presence_aspiration_id_aspiration"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id_person")),
        sa.PrimaryKeyConstraint("aspiration_id", "person_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("aspiration_id", sa.Integer(), nullable=False),
        sa.Column("outgoing_id", sa.Integer(), nullable=True),
        sa.Column("text", sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("kept_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reminded_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("by_name", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state in ('open', 'kept', 'dropped')", name=op.f("ck_promise_state")),
        sa.ForeignKeyConstraint(["aspiration_id"], ["aspiration.id"], name=op.f("fk_promise_aspiration_id_aspiration")),
        sa.ForeignKeyConstraint(["outgoing_id"], ["outgoing.id"], name=op.f("fk_promise_outgoing_id_outgoing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_aspiration_id"), ["aspiration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_due_on"), ["due_on"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hooked_at", sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("silent_told_at", sqltypes.UTCDateTime(), nullable=True))
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("known_at", sqltypes.UTCDateTime(), nullable=True))
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("collected_at", sqltypes.UTCDateTime(), nullable=True))
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slug", sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("profile", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("rules", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.create_index(batch_op.f("ix_organisation_slug"), ["slug"], unique=True)
    with op.batch_alter_table("aspiration", schema=None) as batch_op:
        for name, kind, before in _OF_ITEM:
            batch_op.add_column(sa.Column(name, kind(), nullable=before is None, server_default=before))
        for name, rule in _RULES:
            batch_op.create_check_constraint(batch_op.f(f"ck_aspiration_{name}"), rule)
        batch_op.create_foreign_key(batch_op.f("fk_aspiration_about_id_person"), "person", ["about_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_aspiration_duplicate_of_id_aspiration"), "aspiration", ["duplicate_of_id"], ["id"]
        )
        batch_op.create_index("ix_aspiration_author", ["organisation_id", "author_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_aspiration_code_hash"), ["code_hash"], unique=True)
        batch_op.create_index(batch_op.f("ix_aspiration_duplicate_of_id"), ["duplicate_of_id"], unique=False)
        unlooked = sa.text("suggested_at is null")
        batch_op.create_index(
            "ix_aspiration_unlooked", ["id"], unique=False, sqlite_where=unlooked, postgresql_where=unlooked
        )
    _rule_of_actions(_ACTIONS)


def _rule_of_actions(rule: str) -> None:
    """SQLite makes the table anew for that; its other rules and its partial index come along."""
    name = op.f("ck_outgoing_action")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, rule)


def downgrade() -> None:
    op.execute("DELETE FROM outgoing WHERE action = 'private_reply'")
    _rule_of_actions(_ACTIONS_BEFORE)
    with op.batch_alter_table("aspiration", schema=None) as batch_op:
        for name in ("unlooked", "duplicate_of_id", "code_hash", "author"):
            batch_op.drop_index(op.f(f"ix_aspiration_{name}"))
        for name, _ in _RULES:
            batch_op.drop_constraint(op.f(f"ck_aspiration_{name}"), type_="check")
        for name in ("duplicate_of_id_aspiration", "about_id_person"):
            batch_op.drop_constraint(op.f(f"fk_aspiration_{name}"), type_="foreignkey")
        for name, *_ in reversed(_OF_ITEM):
            batch_op.drop_column(name)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_slug"))
    for table, names in (
        ("organisation", ("rules", "profile", "slug")),
        ("delivery", ("collected_at",)),
        ("comment", ("known_at", "staff")),
        ("account", ("silent_told_at", "hooked_at")),
    ):
        for name in names:
            op.drop_column(table, name)
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_due_on"))
        batch_op.drop_index(batch_op.f("ix_promise_aspiration_id"))

    op.drop_table("promise")
    op.drop_table("presence")
    with op.batch_alter_table("itemnote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_itemnote_aspiration_id"))

    op.drop_table("itemnote")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_aspiration_id"))
        batch_op.drop_index(batch_op.f("ix_handover_answer_by"))

    op.drop_table("handover")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachment_aspiration_id"))

    op.drop_table("attachment")
    op.drop_table("tombstone")
    op.drop_table("savedview")
    op.drop_table("handle")
    op.drop_table("canned")
    with op.batch_alter_table("calendarentry", schema=None) as batch_op:
        batch_op.drop_index("ix_calendarentry_days")

    op.drop_table("calendarentry")
    op.drop_table("agency")
    op.drop_table("tally")
    with op.batch_alter_table("hook", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_hook_look", sqlite_where=sa.text("wake_at is not null"), postgresql_where=sa.text("wake_at is not null")
        )

    op.drop_table("hook")
