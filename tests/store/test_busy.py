"""Another writer is waited for, but not for ever; a database that is away is one plain sentence."""

import time

import pytest

from krmd.base.errors import TryLaterError
from krmd.store.engine import Store
from krmd.store.holding import Hold
from tests.servers.postgres import Postgres


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(store: Store) -> None:
    """A process that was stopped in the middle of its transaction, say."""
    hasty = Store(store.url.render_as_string(hide_password=False), busy_seconds=0.3)
    began = time.monotonic()
    with store.transaction(), pytest.raises(TryLaterError, match="busy"), hasty.transaction():
        pass
    assert time.monotonic() - began < 10
    with hasty.transaction():
        pass
    hasty.close()


def test_an_account_can_be_asked_for_where_the_database_is_away(postgres: Postgres) -> None:
    """It is nobody's bug, and time mends it."""
    url = postgres.create_database()
    store = Store(url)
    postgres.stop()
    try:
        with pytest.raises(TryLaterError, match="can't be reached"):
            Hold(store, "home")
    finally:
        postgres.start()
        store.close()
        postgres.drop_database(url)
