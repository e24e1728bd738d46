"""Bringing a store to the shape this version needs, and refusing one from a newer version."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import inspect

from krmd.base.errors import StoreError
from krmd.store.engine import Store, make_place_for

HEAD = "0001"
"""The newest revision in `migrations/versions`; a test holds the two together."""

REVISIONS = ("0001",)
"""Every revision this version knows, oldest first."""

Shape = Literal["empty", "older", "current"]


def shape(store: Store) -> Shape:
    """How the store stands to this version; StoreError where a newer krmd wrote it.

    One query and no Alembic, since every command asks.
    """
    with store.reading() as tx:
        if not inspect(tx.connection).has_table("alembic_version"):
            if inspect(tx.connection).get_table_names():
                raise StoreError(f"{store.where} holds tables that are not krmd's; name another")
            return "empty"
        found = tx.connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found == HEAD:
        return "current"
    if found in REVISIONS:
        return "older"
    raise StoreError(
        f"{store.where} was written by a newer krmd (revision {found}, this one knows {HEAD});"
        " install that version again, or restore a backup made before"
    )


def upgrade(store: Store) -> Shape:
    """Bring the store to HEAD where it isn't; returns the shape it had. Safe to race."""
    make_place_for(store)
    found = shape(store)
    if found == "current":
        return found
    # Alembic takes a tenth of a second to import, and most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config

    with store.transaction() as tx:
        config = Config()
        config.set_main_option("script_location", "krmd.store:migrations")
        config.attributes["connection"] = tx.connection
        command.upgrade(config, HEAD)
    return found
