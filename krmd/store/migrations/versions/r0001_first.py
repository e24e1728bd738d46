"""The first shape of the store."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_at", sa.BigInteger(), nullable=True),
        sa.Column("read_to", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_accounts")),
        comment="One row a mailbox: how reading it goes, and the epoch of whoever holds it.",
    )
    op.create_table(
        "categories",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("cadence_days", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cadence_days > 0", name=op.f("ck_categories_cadence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("name_key", name=op.f("uq_categories_name_key")),
        comment="Named sets of contacts.",
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("attention", sa.Text(), server_default="normal", nullable=False),
        sa.Column("no_mailings", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deceased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("cadence_days", sa.Integer(), nullable=True),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "attention IN ('less', 'normal', 'more', 'muted')", name=op.f("ck_contacts_attention")
        ),
        sa.CheckConstraint("cadence_days > 0", name=op.f("ck_contacts_cadence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("uuid", name=op.f("uq_contacts_uuid")),
        comment="The people the owner keeps, and those no longer kept (history stays).",
    )
    op.create_index(op.f("ix_contacts_name_key"), "contacts", ["name_key"], unique=False)
    op.create_table(
        "identities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_weight", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="ok", nullable=False),
        sa.Column("state_since", sa.BigInteger(), nullable=True),
        sa.Column("declined", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('email', 'phone', 'handle', 'self')", name=op.f("ck_identities_kind")
        ),
        sa.CheckConstraint(
            "state IN ('ok', 'bounced', 'suppressed')", name=op.f("ck_identities_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("value", "kind", name=op.f("uq_identities_value_kind")),
        comment="Addresses, phones, handles and selves, with the best display name seen (derived).",
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("inverse", sa.Text(), nullable=False),
        sa.Column("undone", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("uuid", name=op.f("uq_journal_uuid")),
        comment="Every command that changed something, and how to take it back (JSON).",
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
        comment="The store's own facts: instance, rules fingerprint, epoch.",
    )
    op.create_table(
        "recency",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("last_contacted", sa.BigInteger(), nullable=True),
        sa.Column("last_outbound", sa.BigInteger(), nullable=True),
        sa.Column("last_inbound", sa.BigInteger(), nullable=True),
        sa.Column("last_mailed", sa.BigInteger(), nullable=True),
        sa.Column("email_outbound", sa.Integer(), nullable=False),
        sa.Column("email_inbound", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.Integer(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("mailing", sa.Integer(), nullable=False),
        sa.CheckConstraint("subject IN ('contact', 'identity')", name=op.f("ck_recency_subject")),
        sa.PrimaryKeyConstraint("subject", "subject_id", name=op.f("pk_recency")),
        comment="Derived: the fold of each contact and of each identity.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claims",
        sa.Column(
            "identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_claims_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], name=op.f("fk_claims_identity_id_identities")
        ),
        sa.PrimaryKeyConstraint("identity_id", "name_key", "contact_id", name=op.f("pk_claims")),
        comment="Which contact says an identity is theirs; name_key '' for any display name.",
    )
    op.create_index(op.f("ix_claims_contact_id"), "claims", ["contact_id"], unique=False)
    op.create_table(
        "contact_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("edited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_facts_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_facts")),
        sa.UniqueConstraint(
            "contact_id",
            "field",
            "value",
            "source",
            name=op.f("uq_contact_facts_contact_id_field_value_source"),
        ),
        comment="One row a fact about a person, with where it comes from.",
    )
    op.create_index(
        op.f("ix_contact_facts_contact_id"), "contact_facts", ["contact_id"], unique=False
    )
    op.create_table(
        "folders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("wire", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("modseq", sa.BigInteger(), nullable=True),
        sa.Column("read_back_to", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("messages", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("low <= high + 1", name=op.f("ck_folders_interval")),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.name"], name=op.f("fk_folders_account_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
        sa.UniqueConstraint(
            "account", "wire", "uidvalidity", name=op.f("uq_folders_account_wire_uidvalidity")
        ),
        comment="A folder under one UIDVALIDITY, with the interval of UIDs read, [low, high].",
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_memberships_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_memberships_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        comment="Who was in which category from when until when.",
    )
    op.create_index(
        op.f("ix_memberships_category_id"), "memberships", ["category_id"], unique=False
    )
    op.create_index(
        op.f("ix_memberships_contact_id_category_id"),
        "memberships",
        ["contact_id", "category_id"],
        unique=False,
    )
    op.create_table(
        "interactions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("reach", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("marks", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("thread", sa.BigInteger(), nullable=True),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.Column("undone", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_interactions_folder_id_folders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interactions")),
        comment="The ledger: facts of mails, entries by hand; direction, reach, rule are derived.",
    )
    op.create_index("ix_interactions_high_low", "interactions", ["high", "low"], unique=True)
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["folder_id"], ["folders.id"], name=op.f("fk_quarantine_folder_id_folders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint(
            "account", "place", "uid", name=op.f("uq_quarantine_account_place_uid")
        ),
        sa.UniqueConstraint("uuid", name=op.f("uq_quarantine_uuid")),
        comment="Mails that were not understood, with the reason; never their contents.",
    )
    op.create_table(
        "locations",
        sa.Column(
            "folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column(
            "interaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.PrimaryKeyConstraint("folder_id", "uid", name=op.f("pk_locations")),
        comment="Where each mail was read, so that later features can fetch from it.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "participants",
        sa.Column(
            "interaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "interaction_id", "identity_id", "field", name=op.f("pk_participants")
        ),
        comment="Who took part, in which field, under which name; rule and counts are derived.",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_participants_identity_id", "participants", ["identity_id"], unique=False)
    # ### end Alembic commands ###
