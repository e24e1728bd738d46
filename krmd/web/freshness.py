"""Whether the shelf knows what the store knows, so that a rotated secret counts no more at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from krmd.app.feed_shelf import Shelf
from krmd.base.errors import KrmdError
from krmd.logs import get_logger
from krmd.web.beside import Aside

log = get_logger()

REFRESH_SECONDS = 2.0
"""So long a request waits for the store to say which feeds there are; then it is as it was."""

_BELIEVED_SECONDS = 0.001
"""Under thousands of requests a second the store isn't looked at for each of them."""
_AFTER_FAILURE = 1.0


class Freshness:
    """Keeps a shelf as fresh as the store. `version` is another number when the store changed; it
    must not block.
    """

    def __init__(self, shelf: Shelf, version: Callable[[], int], aside: Aside) -> None:
        self._shelf = shelf
        self._version = version
        self._aside = aside
        self._looked = 0.0
        self._seen: int | None = None
        self._not_before = 0.0
        self._refreshing: asyncio.Future[None] | None = None

    def is_stale(self) -> bool:
        """Whether the store changed since it was read last."""
        now = time.monotonic()
        if now - self._looked < _BELIEVED_SECONDS:
            return False
        if self._version() != self._seen:
            return now >= self._not_before
        self._looked = now
        return False

    async def refresh(self) -> None:
        """Learn which secrets count now; who comes meanwhile waits for the same answer."""
        wanted = self._version()
        for _ in range(2):  # what is under way already may have begun before the change
            if self._refreshing is None:
                self._refreshing = asyncio.ensure_future(self._read_again())
            # If this is given up it goes on, and is there for the next.
            done, _ = await asyncio.wait((self._refreshing,), timeout=REFRESH_SECONDS)
            if not done or self._seen == wanted or time.monotonic() < self._not_before:
                return

    async def _read_again(self) -> None:
        seen = self._version()
        try:
            await self._aside(self._shelf.refresh, name="feeds-refresh")
            self._seen = seen
        except KrmdError:  # the feeds' own thread says so
            self._not_before = time.monotonic() + _AFTER_FAILURE
        except Exception:
            log.exception("web.bug")
            self._not_before = time.monotonic() + _AFTER_FAILURE
        finally:
            self._refreshing = None
