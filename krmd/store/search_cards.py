"""What the search index reads of contacts: what is said of them, and their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.portrait import Fact, FactField
from krmd.store.engine import Transaction


class SaidOf(NamedTuple):
    """A fact about a contact that wasn't withdrawn, who says it, and since when."""

    fact: Fact
    source: str
    since: Instant


def said_of(
    tx: Transaction, ids: Sequence[int], fields: Sequence[FactField]
) -> dict[int, list[SaidOf]]:
    """What is said of these contacts in some fields, by contact, oldest first."""
    among = ", ".join(f"'{field}'" for field in fields)
    rows = tx.among(
        "SELECT contact_id, field, value, label, source, since FROM contact_facts"
        f" WHERE withdrawn IS NULL AND field IN ({among}) AND contact_id {{among}} ORDER BY id",
        ids,
    )
    found: dict[int, list[SaidOf]] = {}
    for contact, field, value, label, source, since in rows:
        said = SaidOf(Fact(field, value, label), source, since)
        found.setdefault(contact, []).append(said)
    return found


def addresses_of(tx: Transaction, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The email addresses of these contacts with their states, in the order they were claimed."""
    rows = tx.among(
        "SELECT c.contact_id, d.value, d.state FROM claims c"
        " JOIN identities d ON d.id = c.identity_id"
        " WHERE d.kind = 'email' AND c.contact_id {among} ORDER BY c.since, d.id",
        ids,
    )
    found: dict[int, dict[str, str]] = {}
    for contact, address, state in rows:
        found.setdefault(contact, {})[address] = state
    return found
