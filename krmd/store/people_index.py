"""What whole books are searched by: addresses, phones, what a source says of many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from krmd.ledger.portrait import Fact
from krmd.store.engine import Transaction


def email_ids(tx: Transaction, addresses: Collection[str]) -> dict[int, str]:
    """The addresses of these that are known, by identity."""
    rows = tx.among(
        "SELECT id, value FROM identities WHERE kind = 'email' AND value {among}", list(addresses)
    )
    return {row[0]: row[1] for row in rows}


def claimed(tx: Transaction, identities: Sequence[int]) -> set[int]:
    """Which of these identities anybody claims."""
    rows = tx.among("SELECT DISTINCT identity_id FROM claims WHERE identity_id {among}", identities)
    return {row[0] for row in rows}


def phones(tx: Transaction) -> Iterator[tuple[int, str]]:
    """Every phone number that stands: (contact, as it is spelled)."""
    rows = tx.connection.exec_driver_sql(
        "SELECT contact_id, value FROM contact_facts WHERE field = 'phone' AND withdrawn IS NULL"
    )
    return ((row[0], row[1]) for row in rows)


def said_by(
    tx: Transaction, source: str, contacts: Sequence[int]
) -> dict[tuple[int, str], set[Fact]]:
    """What a source says of these contacts, by contact and its key; what was withdrawn too."""
    found: dict[tuple[int, str], set[Fact]] = {}
    rows = tx.among(
        "SELECT contact_id, source_key, source, field, value, label FROM contact_facts"
        " WHERE contact_id {among}",
        contacts,
    )
    for contact, key, said_by_, field, value, label in rows:
        if said_by_ == source:
            found.setdefault((contact, key), set()).add(Fact(field, value, label))
    return found


def others_say(tx: Transaction, contact: int, fact: Fact, *, but: tuple[str, str]) -> bool:
    """Whether anybody but that source, under that key, says a fact that wasn't withdrawn."""
    rows = tx.among(
        "SELECT source, source_key, value FROM contact_facts"
        f" WHERE field = '{fact.field}' AND withdrawn IS NULL AND contact_id {{among}}",
        [contact],
    )
    return any(row[2] == fact.value and (row[0], row[1]) != but for row in rows)
