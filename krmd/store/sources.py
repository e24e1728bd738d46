"""What the sources of facts call people: which contact each means by its own key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select, update

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import contact_facts, source_keys


class SourceKey(NamedTuple):
    """A source's key for a contact, with the digest of what it said last ("" for no more)."""

    source: str
    key: str
    contact_id: int
    digest: str
    seen: Instant


_COLUMNS = tuple(source_keys.c[field] for field in SourceKey._fields)
_PUT = (
    "INSERT INTO source_keys (source, key, contact_id, digest, seen) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (source, key) DO UPDATE SET contact_id = excluded.contact_id,"
    " digest = excluded.digest, seen = excluded.seen"
)


def find(tx: Transaction, source: str, key: str) -> SourceKey | None:
    """What a source means by a key."""
    row = tx.execute(
        select(*_COLUMNS).where(source_keys.c.source == source, source_keys.c.key == key)
    ).first()
    return None if row is None else SourceKey._make(row)


def of_source(tx: Transaction, source: str) -> list[SourceKey]:
    """All keys of one source."""
    rows = tx.execute(select(*_COLUMNS).where(source_keys.c.source == source))
    return [SourceKey._make(row) for row in rows]


def of_contact(tx: Transaction, contact: int) -> list[SourceKey]:
    """All keys by which sources mean a contact."""
    rows = tx.execute(select(*_COLUMNS).where(source_keys.c.contact_id == contact))
    return [SourceKey._make(row) for row in rows]


def put(tx: Transaction, rows: Iterable[SourceKey]) -> None:
    """Note what sources mean by their keys."""
    tx.insert_rows(_PUT, list(rows))


def remove(tx: Transaction, source: str, key: str) -> None:
    """Let a source mean nobody by a key."""
    tx.execute(delete(source_keys).where(source_keys.c.source == source, source_keys.c.key == key))


def move(
    tx: Transaction, keys: Sequence[tuple[str, str]], contact: int, to: int
) -> list[tuple[str, str]]:
    """Let these keys of one contact mean another, with all that is said under them."""
    moved = []
    for source, key in keys:
        there = (source_keys.c.source == source, source_keys.c.key == key)
        done = tx.execute(
            update(source_keys)
            .where(*there, source_keys.c.contact_id == contact)
            .values(contact_id=to)
        )
        if not done.rowcount:
            continue
        moved.append((source, key))
        tx.execute(
            update(contact_facts)
            .where(
                contact_facts.c.contact_id == contact,
                contact_facts.c.source == source,
                contact_facts.c.source_key == key,
            )
            .values(contact_id=to)
        )
    return moved
