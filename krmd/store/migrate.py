"""Bringing a store to the shape this version needs, and refusing one from a newer version."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import inspect

from krmd.base.errors import StoreError
from krmd.store import feed_watch, search
from krmd.store.engine import Store, Transaction, make_place_for
from krmd.store.tables import metadata

HEAD = "0003"
"""The newest revision in `migrations/versions`; a test holds the two together."""

REVISIONS = ("0001", "0002", "0003")
"""Every revision this version knows, oldest first."""

VERSION_TABLE = "alembic_version"

Shape = Literal["empty", "older", "current"]


def shape(store: Store) -> Shape:
    """How the store stands to this version; StoreError where a newer krmd wrote it.

    One query and no Alembic, since every command asks.
    """
    with store.reading() as tx:
        return _shape(tx, store.where)


def _shape(tx: Transaction, where: str) -> Shape:
    there = inspect(tx.connection)
    if not there.has_table(VERSION_TABLE):
        if there.get_table_names():
            raise StoreError(f"{where} holds tables that are not krmd's; name another")
        return "empty"
    found = tx.connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    if found == HEAD:
        return "current"
    if found in REVISIONS:
        return "older"
    raise StoreError(
        f"{where} was written by a newer krmd (revision {found}, this one knows {HEAD});"
        " install that version again, or restore a backup made before"
    )


def upgrade(store: Store) -> Shape:
    """Bring the store to HEAD where it isn't; returns the shape it had. Safe to race."""
    make_place_for(store)
    found = shape(store)
    if found == "current":
        return found
    with store.transaction() as tx:
        # Once more, now that nobody else writes: another process may have been faster.
        now = _shape(tx, store.where)
        if now == "empty":
            _make(tx)
        elif now == "older":
            _migrate(tx)
    return found


def _make(tx: Transaction) -> None:
    """An empty store begins at HEAD; a test holds this and the revisions to the same tables.

    Alembic takes a quarter of a second to import and to run, and a first run has none to lose.
    """
    metadata.create_all(tx.connection, checkfirst=False)
    tx.connection.exec_driver_sql(
        f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL,"
        f" CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"
    )
    tx.insert_rows(f"INSERT INTO {VERSION_TABLE} (version_num) VALUES (?)", [(HEAD,)])


def _migrate(tx: Transaction) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "krmd.store:migrations")
    config.attributes["connection"] = tx.connection
    # Derived, and in the way of tables that are made anew; whoever searches next makes it again.
    search.drop(tx)
    # In the way likewise; feeds are made again, and keep what they serve meanwhile.
    feed_watch.unwatch(tx)
    command.upgrade(config, HEAD)
    feed_watch.watch_again(tx)
