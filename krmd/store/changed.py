"""Whether somebody changed the store since one looked last: asked often, answered cheaply."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable
from urllib.parse import quote

from krmd.store.engine import Store

_BELIEVED_SECONDS = 0.05
"""On a server each look would be a question across the network: so long none is asked."""


class Changed:
    """`version` is another number once a transaction of anybody else was committed.

    On SQLite it costs some microseconds and never waits (`PRAGMA data_version`, on a connection of
    its own); on PostgreSQL it is another one every 50 ms, whatever happened. Numbers of two of
    these can't be compared. Not for two threads at once.
    """

    def __init__(self, store: Store, *, now: Callable[[], float] = time.monotonic) -> None:
        self._path = store.path
        self._now = now
        self._connection: sqlite3.Connection | None = None
        self._opened = 0
        self._known = -1

    def version(self) -> int:
        """What stands for the store's present state; the last one where that can't be told."""
        if self._path is None:
            return int(self._now() / _BELIEVED_SECONDS)
        try:
            if self._connection is None:
                self._connection = self._open()
            (number,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) not in (
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
            ):
                self.close()
            return self._known
        self._known = (self._opened << 32) + number
        return self._known

    def close(self) -> None:
        """Let go of the connection; the next look opens another."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        # Never made where it is gone: an empty file would look like a store that lost everything.
        connection = sqlite3.connect(
            f"file:{quote(str(self._path))}?mode=rw",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA cache_size=-64")
        self._opened += 1
        return connection
