"""The entries behind contacts' last contacted: what was said or written then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from krmd.ledger.interaction import Kind
from krmd.store.engine import Transaction


class LastEntry(NamedTuple):
    """The part of an identity that a contact claims, under the display name seen, in an entry that
    counts and is as old as their last contacted.
    """

    contact: int
    identity: int
    name: str
    high: int
    low: int
    kind: Kind
    summary: str | None


# From the few contacts on; the other way round all entries would be read.
_ENTRIES = (
    "SELECT r.subject_id, p.identity_id, p.name, i.high, i.low, i.kind, i.summary"
    " FROM recency r CROSS JOIN claims c CROSS JOIN participants p CROSS JOIN interactions i"
    " WHERE r.subject = 'contact' AND c.contact_id = r.subject_id"
    " AND p.identity_id = c.identity_id AND p.counts AND p.rule <> 'owner'"
    " AND i.id = p.interaction_id AND i.at = r.last_contacted"
    " AND i.undone IS NULL AND i.reach IS NOT NULL AND r.subject_id {among}"
)


def last_entries(tx: Transaction, contacts: Sequence[int]) -> list[LastEntry]:
    """Those of these contacts, in no particular order."""
    return [LastEntry._make(row) for row in tx.among(_ENTRIES, contacts)]
