"""The tables. Integers are keys among themselves and never leave the store.

Instants are whole seconds since 1970 UTC. What is derived from facts and can be recomputed is
marked *derived*; `krmd rebuild` compares it with a fold over the rest.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite makes a rowid of INTEGER PRIMARY KEY only."""


def _key() -> Column[int]:
    return Column("id", _Key, primary_key=True)


meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="The store's own facts: instance, rules fingerprint, epoch.",
)

identities = Table(
    "identities",
    metadata,
    _key(),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("name_weight", BigInteger, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="ok"),
    Column("state_since", BigInteger),
    Column("declined", BigInteger),
    UniqueConstraint("value", "kind"),
    CheckConstraint("kind IN ('email', 'phone', 'handle', 'self')", name="kind"),
    CheckConstraint("state IN ('ok', 'bounced', 'suppressed')", name="state"),
    comment="Addresses, phones, handles and selves, with the best display name seen (derived).",
)

contacts = Table(
    "contacts",
    metadata,
    _key(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, index=True),
    Column("kept", Boolean, nullable=False),
    Column("attention", Text, nullable=False, server_default="normal"),
    Column("no_mailings", Boolean, nullable=False, server_default=false()),
    Column("deceased", Boolean, nullable=False, server_default=false()),
    Column("cadence_days", Integer),
    Column("added", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("merged_into", _Key, ForeignKey("contacts.id"), index=True),
    CheckConstraint("attention IN ('less', 'normal', 'more', 'muted')", name="attention"),
    CheckConstraint("cadence_days > 0", name="cadence"),
    comment="The people the owner keeps, and those no longer kept (history stays).",
)

contact_facts = Table(
    "contact_facts",
    metadata,
    _key(),
    Column("contact_id", _Key, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False),
    Column("source_key", Text, nullable=False, server_default=""),
    Column("since", BigInteger, nullable=False),
    Column("withdrawn", BigInteger),
    UniqueConstraint("contact_id", "field", "value", "label", "source", "source_key"),
    comment="One row a fact, with who says so; withdrawn: the owner says it isn't so.",
)

source_keys = Table(
    "source_keys",
    metadata,
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("contact_id", _Key, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),
    PrimaryKeyConstraint("source", "key"),
    comment="Which contact a source means by its own key, and what it said of them last.",
)

books = Table(
    "books",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default="new"),
    Column("error", Text),
    Column("error_at", BigInteger),
    Column("read_to", BigInteger),
    comment="One row an address book that is read besides: how reading it goes.",
)

collections = Table(
    "collections",
    metadata,
    _key(),
    Column("book", Text, ForeignKey("books.name"), nullable=False),
    Column("href", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("token", Text),
    UniqueConstraint("book", "href"),
    comment="The parts of a book, each with the token of what was read last (RFC 6578).",
)

cards = Table(
    "cards",
    metadata,
    Column("collection_id", _Key, ForeignKey("collections.id"), nullable=False),
    Column("href", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("reason", Text),
    PrimaryKeyConstraint("collection_id", "href"),
    comment="What lies in a collection, as it was read; reason: why a card gave nobody.",
)

noticed = Table(
    "noticed",
    metadata,
    Column("contact_id", _Key, ForeignKey("contacts.id"), nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("contact_id", "field", "value"),
    comment="What a signature says of a contact and nobody else does: to be proposed.",
)

signatures = Table(
    "signatures",
    metadata,
    Column("contact_id", _Key, ForeignKey("contacts.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    comment="Up to when a contact's mails were looked at for a signature.",
)

declined_suggestions = Table(
    "declined_suggestions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    comment="Suggestions the owner said no to, by a digest of what they say.",
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("mark", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("suppressed", Boolean, nullable=False, server_default=false()),
    CheckConstraint("kind IN ('email', 'phone', 'handle', 'contact', 'source_key')", name="kind"),
    comment="Who was forgotten, as HMACs under krmd's key; suppressed: no mailings either.",
)

claims = Table(
    "claims",
    metadata,
    Column("identity_id", _Key, ForeignKey("identities.id"), nullable=False),
    Column("name_key", Text, nullable=False),
    Column("contact_id", _Key, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("since", BigInteger, nullable=False),
    PrimaryKeyConstraint("identity_id", "name_key", "contact_id"),
    comment="Which contact says an identity is theirs; name_key '' for any display name.",
)

categories = Table(
    "categories",
    metadata,
    _key(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("cadence_days", Integer),
    Column("description", Text, nullable=False, server_default=""),
    Column("added", BigInteger, nullable=False),
    CheckConstraint("cadence_days > 0", name="cadence"),
    comment="Named sets of contacts.",
)

memberships = Table(
    "memberships",
    metadata,
    _key(),
    Column("contact_id", _Key, ForeignKey("contacts.id"), nullable=False),
    Column("category_id", _Key, ForeignKey("categories.id"), nullable=False, index=True),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("source", Text, nullable=False),
    Index(None, "contact_id", "category_id"),
    comment="Who was in which category from when until when.",
)

feeds = Table(
    "feeds",
    metadata,
    _key(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("kinds", Text, nullable=False),
    Column("audience", Text),
    Column("detail", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("alarm_minutes", Integer),
    Column("added", BigInteger, nullable=False),
    Column("made_for", Text, nullable=False, server_default=""),
    Column("reached", BigInteger, nullable=False, server_default="0"),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("modified", BigInteger, nullable=False),
    Column("trouble", Text),
    CheckConstraint("detail IN ('name', 'brief', 'full')", name="detail"),
    comment="Calendars under secret addresses, and how far each is rendered.",
)

feed_parts = Table(
    "feed_parts",
    metadata,
    Column("feed_id", _Key, ForeignKey("feeds.id"), nullable=False),
    Column("contact_id", _Key, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("uuid", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    Column("good_until", Integer),
    PrimaryKeyConstraint("feed_id", "contact_id"),
    Index("ix_feed_parts_feed_id_uuid", "feed_id", "uuid"),
    Index("ix_feed_parts_feed_id_good_until", "feed_id", "good_until"),
    comment="Derived: each contact's events in each feed, rendered, with what each stands for.",
)

feed_stale = Table(
    "feed_stale",
    metadata,
    Column("contact_id", _Key, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, nullable=False),
    comment="Contacts of whom a feed may have to tell something else; noted by triggers.",
)

feed_clients = Table(
    "feed_clients",
    metadata,
    Column("feed_id", _Key, ForeignKey("feeds.id"), nullable=False),
    Column("agent", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("fetches", BigInteger, nullable=False),
    PrimaryKeyConstraint("feed_id", "agent"),
    comment="Who fetches each feed: the program's name for itself, its last address, when.",
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default="new"),
    Column("error", Text),
    Column("error_at", BigInteger),
    Column("read_to", BigInteger),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    comment="One row a mailbox: how reading it goes, and the epoch of whoever holds it.",
)

folders = Table(
    "folders",
    metadata,
    _key(),
    Column("account", Text, ForeignKey("accounts.name"), nullable=False),
    Column("wire", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("low", BigInteger, nullable=False),
    Column("high", BigInteger, nullable=False),
    Column("modseq", BigInteger),
    Column("read_back_to", BigInteger),
    Column("since", BigInteger),
    Column("messages", BigInteger, nullable=False, server_default="0"),
    Column("gone", BigInteger),
    UniqueConstraint("account", "wire", "uidvalidity"),
    CheckConstraint("low <= high + 1", name="interval"),
    comment="A folder under one UIDVALIDITY, with the interval of UIDs read, [low, high].",
)

interactions = Table(
    "interactions",
    metadata,
    _key(),
    Column("high", BigInteger, nullable=False),
    Column("low", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("date", BigInteger),
    Column("direction", Text),
    Column("reach", Text),
    Column("rule", Text, nullable=False),
    Column("marks", BigInteger, nullable=False),
    Column("people", Integer, nullable=False),
    Column("summary", Text),
    Column("message_id", Text),
    Column("parent", BigInteger),
    Column("thread", BigInteger),
    Column("folder_id", _Key, ForeignKey("folders.id")),
    Column("recorded", BigInteger, nullable=False),
    Column("undone", BigInteger),
    Index("ix_interactions_high_low", "high", "low", unique=True),
    comment="The ledger: facts of mails, entries by hand; direction, reach, rule are derived.",
)

participants = Table(
    "participants",
    metadata,
    # No foreign keys here and in locations: a backfill writes millions of these rows, their check
    # costs a quarter of it, and one function writes them. `krmd db check` looks for orphans.
    Column("interaction_id", _Key, nullable=False),
    Column("identity_id", _Key, nullable=False),
    Column("field", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("rule", Text, nullable=False),
    Column("counts", Boolean, nullable=False),
    PrimaryKeyConstraint("interaction_id", "identity_id", "field"),
    Index("ix_participants_identity_id", "identity_id"),
    comment="Who took part, in which field, under which name; rule and counts are derived.",
    sqlite_with_rowid=False,
)

recency = Table(
    "recency",
    metadata,
    Column("subject", Text, nullable=False),
    Column("subject_id", _Key, nullable=False),
    Column("last_contacted", BigInteger),
    Column("last_outbound", BigInteger),
    Column("last_inbound", BigInteger),
    Column("last_mailed", BigInteger),
    Column("email_outbound", Integer, nullable=False),
    Column("email_inbound", Integer, nullable=False),
    Column("call", Integer, nullable=False),
    Column("meeting", Integer, nullable=False),
    Column("message", Integer, nullable=False),
    Column("letter", Integer, nullable=False),
    Column("other", Integer, nullable=False),
    Column("mailing", Integer, nullable=False),
    PrimaryKeyConstraint("subject", "subject_id"),
    CheckConstraint("subject IN ('contact', 'identity')", name="subject"),
    comment="Derived: the fold of each contact and of each identity.",
    sqlite_with_rowid=False,
)

locations = Table(
    "locations",
    metadata,
    Column("folder_id", _Key, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("interaction_id", _Key, nullable=False),
    PrimaryKeyConstraint("folder_id", "uid"),
    comment="Where each mail was read, so that later features can fetch from it.",
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    _key(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("folder_id", _Key, ForeignKey("folders.id")),
    Column("place", Text, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("dropped", BigInteger),
    UniqueConstraint("account", "place", "uid"),
    comment="Mails that were not understood, with the reason; never their contents.",
)

journal = Table(
    "journal",
    metadata,
    _key(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("door", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("inverse", Text, nullable=False),
    Column("undone", BigInteger),
    comment="Every command that changed something, and how to take it back (JSON).",
)
