"""Reading back: a slice of one folder after the other, always where the newest unread mail lies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from krmd.app.reading import Reader, folders_row
from krmd.app.reading_plan import FIRST_LOOK, FolderView
from krmd.base.errors import FolderRefusedError
from krmd.daemon.pace import SLICE
from krmd.logs import get_logger
from krmd.store.engine import Store
from krmd.store.folders import FolderRow

log = get_logger()

_LARGEST = 64 * SLICE
"""Where UIDs are thin (some servers number by the clock), slices grow to this."""


class Backfill:
    """What is left to read back of an account's folders, on one connection.

    A slice is committed as a whole, so it may be left at any moment and is resumed from the store.
    `told` hears of each folder that was read (None) or isn't opened (why).
    """

    def __init__(
        self,
        account: str,
        store: Store,
        reader: Reader,
        *,
        every: float,
        told: Callable[[FolderView, FolderRefusedError | None], None],
    ) -> None:
        self._account = account
        self._store = store
        self._reader = reader
        self._every = every
        self._told = told
        self._sizes: dict[int, int] = {}
        self._began = self._said = time.monotonic()
        self._read = 0
        self._left = 0

    def look(self, views: Sequence[FolderView]) -> bool:
        """Take in how the folders stand now; whether anything is left."""
        self._left = sum(view.unread for view in views)
        return any(not view.row.is_complete for view in views)

    def read(self, views: Sequence[FolderView], stop: threading.Event, *, until: float) -> bool:
        """Read slices until time.monotonic() is `until`; True when nothing is left.

        A folder that fails is left alone until the next call. Raises as Reader.read_back.
        """
        rows = {view.row.id: view.row for view in views}
        at = {view.row.id: view for view in views}
        failed: set[int] = set()
        while not stop.is_set() and time.monotonic() < until:
            unfinished = [row for row in rows.values() if not row.is_complete]
            if not unfinished:
                self._finish()
                return True
            readable = [row for row in unfinished if row.id not in failed]
            if not readable:
                return False
            row = max(readable, key=_newest_first)
            went = self._read_slice(at[row.id], row)
            rows[row.id] = folders_row(self._store, row)
            if not went or rows[row.id].low == row.low:  # made anew meanwhile: the next look sees
                failed.add(row.id)
            self._tell()
        return False

    def _read_slice(self, view: FolderView, row: FolderRow) -> bool:
        size = self._sizes.get(row.id, FIRST_LOOK)
        try:
            count = self._reader.read_back(view, at_most=size)
        except FolderRefusedError as error:
            self._told(view, error)
            return False
        thin = count * 4 < size
        self._sizes[row.id] = min(size * 4, _LARGEST) if thin else SLICE
        self._read += count
        self._left = max(0, self._left - count)
        self._told(view, None)
        return True

    @property
    def words(self) -> str:
        """How far it has come, for people."""
        return f"reading back, {self._read} of about {self._read + self._left} mails"

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._said < self._every:
            return
        self._said = now
        rate = self._read / max(0.001, now - self._began)
        log.info(
            "backfill.progressed",
            account=self._account,
            read=self._read,
            left=self._left,
            per_second=round(rate),
            seconds_left=round(self._left / rate) if rate else None,
        )

    def _finish(self) -> None:
        if self._read:
            seconds = round(time.monotonic() - self._began, 1)
            log.info("backfill.finished", account=self._account, read=self._read, seconds=seconds)
        self._read = 0


def _newest_first(row: FolderRow) -> tuple[bool, int]:
    """Folders nobody has looked into come first, then the one whose next mail is the newest."""
    return (row.read_back_to is None, row.read_back_to or 0)
