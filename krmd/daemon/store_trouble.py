"""When the store fails: said once, tried again with patience, and said when it is over."""

from __future__ import annotations

import threading
import time

from krmd.base.errors import KrmdError
from krmd.logs import get_logger

log = get_logger()

_SHORTEST = 1.0


class StoreTrouble:
    """The store's health as all threads of a daemon see it; any may call.

    It is over for each thread when its own transaction goes well: a small one may find room where
    a large one doesn't.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._since = 0.0
        self._said = ""
        self._failing: set[int] = set()

    @property
    def now(self) -> str | None:
        """What is wrong at present, in a sentence."""
        return self._said if self._failing else None

    def failed(self, error: KrmdError) -> float:
        """Note a failure of the calling thread; gives back the seconds until its next attempt.

        Half as long as it has lasted, so that a full disk is looked at again soon and seldom.
        """
        with self._lock:
            now = time.monotonic()
            if not self._failing:
                self._since, self._said = now, ""
            self._failing.add(threading.get_ident())
            if error.message != self._said:
                self._said = error.message
                log.error("store.failed", error=error.message, kind=error.kind)
            return max(min(_SHORTEST, self._longest), min((now - self._since) / 2, self._longest))

    def over(self) -> bool:
        """The calling thread's transaction went well; whether its last one hadn't."""
        if threading.get_ident() not in self._failing:
            return False
        with self._lock:
            self._failing.discard(threading.get_ident())
            if not self._failing:
                lasted = round(time.monotonic() - self._since, 1)
                log.info("store.recovered", seconds=lasted)
        return True

    def forget(self) -> None:
        """The calling thread ends, whatever became of its last transaction."""
        with self._lock:
            self._failing.discard(threading.get_ident())
