"""The store's own facts, a name and a value each: instance, fingerprint of the rules."""

from __future__ import annotations

from sqlalchemy import select

from krmd.store.engine import Transaction
from krmd.store.tables import meta


def read(tx: Transaction, name: str) -> str | None:
    """The value under a name, None where there is none."""
    return tx.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()


def write(tx: Transaction, name: str, value: str) -> None:
    """Set the value under a name."""
    tx.execute(meta.delete().where(meta.c.name == name))
    tx.execute(meta.insert().values(name=name, value=value))
