"""Suggestions: what signatures say of contacts, and what the owner said no to."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from krmd.base.instant import Instant
from krmd.store.engine import Transaction
from krmd.store.tables import declined_suggestions


def declined(tx: Transaction) -> set[str]:
    """The keys of all suggestions the owner said no to."""
    return set(tx.execute(select(declined_suggestions.c.key)).scalars())


def is_declined(tx: Transaction, key: str) -> bool:
    """Whether the owner said no to a suggestion."""
    wanted = select(declined_suggestions.c.at).where(declined_suggestions.c.key == key)
    return tx.execute(wanted).first() is not None


def decline(tx: Transaction, key: str, when: Instant | None) -> None:
    """Note that the owner said no to a suggestion; None takes it back."""
    tx.execute(delete(declined_suggestions).where(declined_suggestions.c.key == key))
    if when is not None:
        tx.execute(insert(declined_suggestions).values(key=key, at=when))
