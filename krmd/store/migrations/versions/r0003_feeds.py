"""Calendar feeds: their secret addresses, each contact's events rendered, who fetches them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("alarm_minutes", sa.Integer(), nullable=True),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("made_for", sa.Text(), server_default="", nullable=False),
        sa.Column("reached", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.CheckConstraint("detail IN ('name', 'brief', 'full')", name=op.f("ck_feeds_detail")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("name_key", name=op.f("uq_feeds_name_key")),
        sa.UniqueConstraint("uuid", name=op.f("uq_feeds_uuid")),
        comment="Calendars under secret addresses, and how far each is rendered.",
    )
    op.create_table(
        "feed_parts",
        sa.Column("feed_id", _KEY, nullable=False),
        sa.Column("contact_id", _KEY, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("good_until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_feed_parts_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name=op.f("fk_feed_parts_feed_id_feeds")
        ),
        sa.PrimaryKeyConstraint("feed_id", "contact_id", name=op.f("pk_feed_parts")),
        comment="Derived: each contact's events in each feed, rendered, with what each stands for.",
    )
    op.create_index(op.f("ix_feed_parts_contact_id"), "feed_parts", ["contact_id"], unique=False)
    op.create_index("ix_feed_parts_feed_id_uuid", "feed_parts", ["feed_id", "uuid"], unique=False)
    op.create_index(
        "ix_feed_parts_feed_id_good_until", "feed_parts", ["feed_id", "good_until"], unique=False
    )
    op.create_table(
        "feed_stale",
        sa.Column("contact_id", _KEY, autoincrement=False, nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_feed_stale")),
        comment="Contacts of whom a feed may have to tell something else; noted by triggers.",
    )
    op.create_table(
        "feed_clients",
        sa.Column("feed_id", _KEY, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("fetches", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name=op.f("fk_feed_clients_feed_id_feeds")
        ),
        sa.PrimaryKeyConstraint("feed_id", "agent", name=op.f("pk_feed_clients")),
        comment="Who fetches each feed: the program's name for itself, its last address, when.",
    )
