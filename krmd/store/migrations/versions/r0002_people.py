"""The address book: facts by source, books read besides, merges, suggestions, tombstones."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_FACTS_UNIQUE = "uq_contact_facts_contact_id_field_value_source"
_FACTS_UNIQUE_NEW = "uq_contact_facts_contact_id_field_value_label_source_source_key"


def upgrade() -> None:
    _contacts()
    _contact_facts()
    _sources()
    _books()
    _suggestions()
    op.create_table(
        "tombstones",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("suppressed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('email', 'phone', 'handle', 'contact', 'source_key')",
            name=op.f("ck_tombstones_kind"),
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_tombstones")),
        comment="Who was forgotten, as HMACs under krmd's key; suppressed: no mailings either.",
    )


def _contacts() -> None:
    # Not in a batch: SQLite can't put a table that others refer to in another's place.
    of_sqlite = op.get_context().dialect.name == "sqlite"
    op.execute(
        f"ALTER TABLE contacts ADD COLUMN merged_into {'INTEGER' if of_sqlite else 'BIGINT'}"
        " CONSTRAINT fk_contacts_merged_into_contacts REFERENCES contacts (id)"
    )
    op.create_index(op.f("ix_contacts_merged_into"), "contacts", ["merged_into"], unique=False)


def _contact_facts() -> None:
    with op.batch_alter_table("contact_facts") as batch:
        batch.add_column(sa.Column("label", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("withdrawn", sa.BigInteger(), nullable=True))
        batch.drop_column("edited")
        batch.drop_constraint(_FACTS_UNIQUE, type_="unique")
        batch.create_unique_constraint(
            op.f(_FACTS_UNIQUE_NEW),
            ["contact_id", "field", "value", "label", "source", "source_key"],
        )
    if op.get_context().dialect.supports_comments:
        op.create_table_comment(
            "contact_facts",
            "One row a fact, with who says so; withdrawn: the owner says it isn't so.",
        )
    # What was claimed so far was the owner's word: from now on it is a fact like all others.
    op.execute(
        "INSERT INTO contact_facts (contact_id, field, value, label, source, source_key, since)"
        " SELECT c.contact_id, 'email', d.value, '', 'owner', '', min(c.since)"
        " FROM claims c JOIN identities d ON d.id = c.identity_id WHERE d.kind = 'email'"
        " GROUP BY c.contact_id, d.value"
    )


def _sources() -> None:
    op.create_table(
        "source_keys",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("contact_id", _KEY, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_source_keys_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_source_keys")),
        comment="Which contact a source means by its own key, and what it said of them last.",
    )
    op.create_index(op.f("ix_source_keys_contact_id"), "source_keys", ["contact_id"], unique=False)


def _books() -> None:
    op.create_table(
        "books",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_at", sa.BigInteger(), nullable=True),
        sa.Column("read_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_books")),
        comment="One row an address book that is read besides: how reading it goes.",
    )
    op.create_table(
        "collections",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["book"], ["books.name"], name=op.f("fk_collections_book_books")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("book", "href", name=op.f("uq_collections_book_href")),
        comment="The parts of a book, each with the token of what was read last (RFC 6578).",
    )
    op.create_table(
        "cards",
        sa.Column("collection_id", _KEY, nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_cards_collection_id_collections")
        ),
        sa.PrimaryKeyConstraint("collection_id", "href", name=op.f("pk_cards")),
        comment="What lies in a collection, as it was read; reason: why a card gave nobody.",
    )


def _suggestions() -> None:
    op.create_table(
        "noticed",
        sa.Column("contact_id", _KEY, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_noticed_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("contact_id", "field", "value", name=op.f("pk_noticed")),
        comment="What a signature says of a contact and nobody else does: to be proposed.",
    )
    op.create_table(
        "signatures",
        sa.Column("contact_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_signatures_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_signatures")),
        comment="Up to when a contact's mails were looked at for a signature.",
    )
    op.create_table(
        "declined_suggestions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_declined_suggestions")),
        comment="Suggestions the owner said no to, by a digest of what they say.",
    )
