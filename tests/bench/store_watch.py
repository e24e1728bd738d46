"""Looking at krmd's SQLite store from outside: is that mail committed, how many transactions?"""

import sqlite3
import struct
import time
from pathlib import Path
from typing import Self

POLL_SECONDS = 0.001
WAL_HEADER = 32
FRAME_HEADER = 24


class StoreWatch:
    """A reader of its own on the store's file; a context manager."""

    def __init__(self, store: Path) -> None:
        self._wal = store.with_name(store.name + "-wal")
        self._database = sqlite3.connect(f"file:{store}?mode=ro", uri=True, isolation_level=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def newest(self) -> int:
        """The key of the newest entry of the ledger, 0 where there is none."""
        row = self._database.execute("SELECT coalesce(max(id), 0) FROM interactions").fetchone()
        return int(row[0])

    def wait_for(self, token: str, *, after: int, seconds: float = 30.0) -> float | None:
        """When (time.perf_counter) an entry after `after` naming `token` became visible.

        The token stands in the mail's Message-ID or Subject. None when it did not come in time.
        """
        deadline = time.perf_counter() + seconds
        query = (
            "SELECT 1 FROM interactions WHERE id > ?"
            " AND (instr(message_id, ?) > 0 OR instr(summary, ?) > 0)"
        )
        while (now := time.perf_counter()) < deadline:
            if self._database.execute(query, (after, token, token)).fetchone():
                return now
            time.sleep(POLL_SECONDS)
        return None

    def feeds_are_built(self) -> bool:
        """Whether there are feeds, and everybody stands in each."""
        row = self._database.execute(
            "SELECT count(*), coalesce(sum(made_for = '' OR reached <> 0), 0) FROM feeds"
        ).fetchone()
        return bool(row[0] > 0 and row[1] == 0)

    def commits(self) -> tuple[bytes, int]:
        """The write-ahead log's salt and how many commits lie in it since it was begun anew.

        Counts differ meaningfully only while the salt stays the same (SQLite's file format,
        section 4.1: a frame whose database size isn't 0 ends a transaction).
        """
        try:
            log = self._wal.read_bytes()
        except FileNotFoundError:
            return b"", 0
        if len(log) < WAL_HEADER:
            return b"", 0
        (page_size,) = struct.unpack_from(">I", log, 8)
        salt = log[16:24]
        commits = 0
        step = FRAME_HEADER + page_size
        for at in range(WAL_HEADER, len(log) - step + 1, step):
            (size_after,) = struct.unpack_from(">I", log, at + 4)
            if log[at + 8 : at + 16] != salt:
                break
            commits += size_after != 0
        return salt, commits
