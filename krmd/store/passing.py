"""Reading through very much of the store once, without keeping it in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from krmd.store.engine import Store, Transaction

_CACHE_KIB = 512


@contextlib.contextmanager
def reading_through(store: Store) -> Iterator[Transaction]:
    """As `Store.reading`, for what is read once in its order.

    SQLite keeps the pages that were read last, some 8 MB for each connection, and a pooled
    connection lives on: what passes through would stay there for good.
    """
    with store.reading() as tx:
        if not tx.is_sqlite:
            yield tx
            return
        usual = tx.connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
        try:
            yield tx
        finally:
            tx.connection.exec_driver_sql(f"PRAGMA cache_size={usual:d}")


def let_go(store: Store) -> None:
    """Close the connections nobody uses, each of which keeps some 8 MB of what it read last."""
    if store.is_sqlite:
        store.engine.dispose()
