"""What was deleted is made to leave the store's files too: free pages, write-ahead log, old rows.

Outside of any transaction, and it may fail and be done again: nothing that stands hangs on it.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import OperationalError

from krmd.base.errors import TryLaterError
from krmd.store.engine import Store, explain

PATIENCE_SECONDS = 5.0
"""So long other processes are waited for."""


def shred(store: Store, *, patience: float = PATIENCE_SECONDS) -> str | None:
    """Rewrite the store's files without what was deleted. None where that is done, else a sentence
    that says why traces may be left. Raises StoreError where a person must do something.
    """
    try:
        if store.is_sqlite:
            return _shred_sqlite(store, patience)
        _shred_postgresql(store, patience)
    except TryLaterError as error:
        return error.message
    return None


def _shred_sqlite(store: Store, patience: float) -> str | None:
    try:
        # Not from the pool: what is set here must not stay.
        connection = store.engine.raw_connection()
        connection.detach()
        try:
            emptied = _rewrite(connection.cursor(), patience)
        finally:
            connection.close()
    except sqlite3.Error as error:
        told = OperationalError(None, None, error)  # the driver's own, which SQLAlchemy never saw
        raise explain(told, store.where) or error from error
    return None if emptied else f"the store {store.where} is read by another krmd"


def _rewrite(cursor: DBAPICursor, patience: float) -> bool:
    """Whether the write-ahead log is empty in the end."""
    cursor.execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
    # Pages that VACUUM takes from the cache would hold what stood in them before.
    cursor.execute("PRAGMA secure_delete=ON")
    # In memory, as elsewhere, it would take as much of it as the store is large.
    cursor.execute("PRAGMA temp_store=FILE")
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    busy = cursor.fetchone()
    return busy is not None and busy[0] == 0


def _shred_postgresql(store: Store, patience: float) -> None:
    """Each table of the schema is written anew; PostgreSQL's own log isn't ours to reach."""
    with store.explained():
        connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.detach()
            connection.exec_driver_sql(f"SET lock_timeout = '{round(patience * 1000)}ms'")
            tables = connection.exec_driver_sql(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
                " ORDER BY 1"
            )
            for table in list(tables.scalars()):
                # Statistics hold the most common values as they stand.
                connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table}")
        finally:
            connection.close()
