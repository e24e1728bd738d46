"""Which threads are alive in earnest: each says before it blocks for how long it may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Heartbeats:
    """The promises of all threads; every method may be called from any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due: dict[threading.Thread, float] = {}

    def beat(self, allowed: float) -> None:
        """The calling thread lives, and will say so again within so many seconds."""
        self._due[threading.current_thread()] = self._now() + allowed

    def end(self) -> None:
        """The calling thread ends in order."""
        self._due.pop(threading.current_thread(), None)

    def forget(self, thread: threading.Thread) -> None:
        """A thread was left behind on purpose: nothing is expected of it any more."""
        self._due.pop(thread, None)

    def overdue(self) -> list[threading.Thread]:
        """The threads that broke their promise."""
        now = self._now()
        return [thread for thread, due in list(self._due.items()) if due < now]
