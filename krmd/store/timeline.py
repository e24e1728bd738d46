"""Entries as a person's timeline needs them: the entry, the part in it, the place it was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.interaction import Direction, Kind, Reach
from krmd.store.engine import Transaction


class EntryRow(NamedTuple):
    """One identity's part in one entry."""

    id: int
    high: int
    low: int
    at: Instant
    kind: Kind
    direction: Direction | None
    reach: Reach | None
    summary: str | None
    message_id: str | None
    undone: Instant | None
    identity: int
    field: str
    name: str
    rule: str
    counts: bool
    account: str | None
    folder: str | None


_ENTRIES = (
    "SELECT i.id, i.high, i.low, i.at, i.kind, i.direction, i.reach, i.summary, i.message_id,"
    " i.undone, p.identity_id, p.field, p.name, p.rule, p.counts, f.account, f.name"
    " FROM participants p JOIN interactions i ON i.id = p.interaction_id"
    " LEFT JOIN folders f ON f.id = i.folder_id"
    " WHERE p.field <> 'delivered_to' AND i.reach IS NOT NULL AND p.identity_id {among}"
)


def entries(tx: Transaction, identities: Sequence[int]) -> list[EntryRow]:
    """Every part these identities have in entries of the ledger, in no particular order."""
    return [
        EntryRow._make((*row[:14], bool(row[14]), *row[15:]))
        for row in tx.among(_ENTRIES, identities)
    ]
