"""However many threads and held accounts there are, none waits for a connection of its own."""

import contextlib

from krmd.store import meta
from krmd.store.engine import Store
from krmd.store.holding import Hold

MANY = 20


def test_accounts_that_are_held_leave_connections_for_reading_and_writing(store: Store) -> None:
    """On PostgreSQL each holds one for as long as it is read."""
    with contextlib.ExitStack() as stack:
        for number in range(MANY):
            stack.enter_context(Hold(store, f"account{number}"))
        for _ in range(MANY):
            stack.enter_context(store.reading())
        with store.transaction() as tx:
            meta.write(tx, "tried", "yes")
    with store.reading() as tx:
        assert meta.read(tx, "tried") == "yes"
