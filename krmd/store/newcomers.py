"""Many contacts at once: the rows of people whom a source brings and nobody knew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from krmd.base.address import EmailAddress
from krmd.base.instant import Instant
from krmd.ledger.identity import ANY_NAME
from krmd.ledger.portrait import Fact
from krmd.store import identities
from krmd.store.engine import Transaction


class Newcomer(NamedTuple):
    """A contact to be: what a source says of them under its key, and which addresses are theirs
    alone. `categories` are ids; `facts` has the name among them.
    """

    uuid: str
    name: str
    name_key: str
    key: str
    digest: str
    facts: tuple[Fact, ...]
    addresses: tuple[EmailAddress, ...]
    categories: tuple[int, ...]
    columns: Mapping[str, Any]


_CONTACT = (
    "INSERT INTO contacts (id, uuid, name, name_key, kept, attention, no_mailings, deceased,"
    " cadence_days, added, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SELF = "INSERT INTO identities (id, kind, value) VALUES (?, 'self', ?)"
_CLAIM = "INSERT INTO claims (identity_id, name_key, contact_id, since) VALUES (?, ?, ?, ?)"
_FACT = (
    "INSERT INTO contact_facts (contact_id, field, value, label, source, source_key, since)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_MEMBER = "INSERT INTO memberships (contact_id, category_id, since, source) VALUES (?, ?, ?, ?)"
_KEY = (
    "INSERT INTO source_keys (source, key, contact_id, digest, seen) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (source, key) DO UPDATE SET contact_id = excluded.contact_id,"
    " digest = excluded.digest, seen = excluded.seen"
)


def add(tx: Transaction, people: Sequence[Newcomer], *, source: str, now: Instant) -> set[int]:
    """Make contacts of these people; returns the identities they claim that were known before."""
    known = _known(tx, people)
    first = _next(tx, "contacts")
    ids = range(first, first + len(people))
    tx.insert_rows(
        _CONTACT, [_contact(id_, it, source, now) for id_, it in zip(ids, people, strict=True)]
    )
    first_self = _next(tx, "identities")
    tx.insert_rows(_SELF, [(first_self + at, it.uuid) for at, it in enumerate(people)])
    claims = [(first_self + at, ANY_NAME, id_, now) for at, id_ in enumerate(ids)]
    _advance(tx, "contacts", "identities")
    # In the order of the source, which names the address it prefers first.
    wanted = dict.fromkeys(it for one in people for it in one.addresses)
    theirs = identities.email_ids(tx, list(wanted))
    claims += [
        (theirs[address], ANY_NAME, id_, now)
        for id_, it in zip(ids, people, strict=True)
        for address in it.addresses
    ]
    tx.insert_rows(_CLAIM, claims)
    say(
        tx,
        [(id_, it.key, it.facts) for id_, it in zip(ids, people, strict=True)],
        source=source,
        now=now,
    )
    tx.insert_rows(
        _MEMBER,
        [
            (id_, where, now, source)
            for id_, it in zip(ids, people, strict=True)
            for where in it.categories
        ],
    )
    tx.insert_rows(
        _KEY,
        [
            (source, it.key, id_, it.digest, now)
            for id_, it in zip(ids, people, strict=True)
            if it.key
        ],
    )
    return known


def say(
    tx: Transaction,
    said: Sequence[tuple[int, str, Sequence[Fact]]],
    *,
    source: str,
    now: Instant,
) -> None:
    """Record what a source says: (contact, its key for them, facts); what it said already stays."""
    tx.insert_rows(
        _FACT,
        [
            (contact, field, value, label, source, key, now)
            for contact, key, facts in said
            for field, value, label in facts
        ],
    )


def _contact(id_: int, it: Newcomer, source: str, now: Instant) -> tuple[Any, ...]:
    column = it.columns.get
    return (
        id_,
        it.uuid,
        it.name,
        it.name_key,
        column("kept", True),
        column("attention", "normal"),
        column("no_mailings", False),
        column("deceased", False),
        column("cadence_days"),
        column("added", now),
        source,
    )


def _known(tx: Transaction, people: Sequence[Newcomer]) -> set[int]:
    addresses = {it for one in people for it in one.addresses}
    rows = tx.among(
        "SELECT id FROM identities WHERE kind = 'email' AND value {among}", list(addresses)
    )
    return {row[0] for row in rows}


def _next(tx: Transaction, table: str) -> int:
    """The id the next row gets: safe, since there is one writer at a time."""
    greatest = tx.connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}")
    return int(greatest.scalar_one()) + 1


def _advance(tx: Transaction, *tables: str) -> None:
    """Let PostgreSQL's own counters go on behind ids that were given here."""
    if tx.is_sqlite:
        return
    for table in tables:
        tx.connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )
