"""When the store fails: said once, tried again with patience, and said when it is over."""

from __future__ import annotations

import threading
import time

from krmd.base.errors import KrmdError
from krmd.logs import get_logger

log = get_logger()

_SHORTEST = 1.0


class StoreTrouble:
    """The store's health as all threads of a daemon see it; any may call."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._since: float | None = None
        self._said = ""

    @property
    def now(self) -> str | None:
        """What is wrong at present, in a sentence."""
        return None if self._since is None else self._said

    def failed(self, error: KrmdError) -> float:
        """Note a failure; gives back the seconds until the next attempt.

        Half as long as it has lasted, so that a full disk is looked at again soon and seldom.
        """
        with self._lock:
            now = time.monotonic()
            if self._since is None:
                self._since = now
            if error.message != self._said:
                self._said = error.message
                log.error("store.failed", error=error.message, kind=error.kind)
            return max(min(_SHORTEST, self._longest), min((now - self._since) / 2, self._longest))

    def over(self) -> None:
        """A transaction went well."""
        if self._since is None:
            return
        with self._lock:
            if self._since is not None:
                lasted = round(time.monotonic() - self._since, 1)
                self._since, self._said = None, ""
                log.info("store.recovered", seconds=lasted)
