"""Whether a store is whole: its pages, its keys, and the shape its tables have."""

from __future__ import annotations

from sqlalchemy import inspect

from krmd.store.engine import Store, Transaction
from krmd.store.migrate import shape
from krmd.store.tables import metadata

MOST = 50
"""So many faults are named at the most; a damaged file has thousands."""


def faults(store: Store) -> list[str]:
    """What is wrong with a store, in sentences; empty where it is whole. Changes nothing.

    Raises StoreError and TryLaterError where it can't even be read.
    """
    stands = shape(store)
    if stands != "current":
        return [f"{store.where} is {stands}; run: krmd db upgrade"]
    with store.reading() as tx:
        found = _missing(tx) + _orphans(tx)
        if tx.is_sqlite:
            found += _damaged_pages(tx) + _broken_keys(tx)
    return found[:MOST]


def _missing(tx: Transaction) -> list[str]:
    inspector = inspect(tx.connection)
    there = set(inspector.get_table_names())
    found = []
    for table in metadata.sorted_tables:
        if table.name not in there:
            found.append(f"the table {table.name} is missing")
            continue
        columns = {column["name"] for column in inspector.get_columns(table.name)}
        missing = [column.name for column in table.columns if column.name not in columns]
        found += [f"the column {table.name}.{name} is missing" for name in missing]
    return found


_ORPHANS = (
    ("participants", "interaction_id", "interactions"),
    ("participants", "identity_id", "identities"),
    ("locations", "interaction_id", "interactions"),
    ("locations", "folder_id", "folders"),
)
"""What no foreign key looks after, since it would cost a quarter of every backfill."""


def _orphans(tx: Transaction) -> list[str]:
    found = []
    for table, column, parent in _ORPHANS:
        rows = tx.connection.exec_driver_sql(
            f"SELECT count(*) FROM {table} c WHERE NOT EXISTS"
            f" (SELECT 1 FROM {parent} p WHERE p.id = c.{column})"
        ).scalar()
        if rows:
            found.append(f"{rows} rows of {table} name a row of {parent} that isn't there")
    return found


def _damaged_pages(tx: Transaction) -> list[str]:
    rows = tx.connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars()
    return [str(row) for row in rows if row != "ok"]


def _broken_keys(tx: Transaction) -> list[str]:
    rows = tx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST)
    return [f"row {row[1]} of {row[0]} names a row of {row[2]} that isn't there" for row in rows]
