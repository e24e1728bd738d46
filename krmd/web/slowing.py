"""How long who asks for what isn't there waits for the answer: longer each time, and alone.

No token can be guessed; this is so that trying costs more than it does here. Nobody waits who asks
for what is there, and nobody waits for another's sake.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 4.0
MOST_WAITING = 64
"""More aren't kept waiting: each of them would hold a connection."""

_MOST_KNOWN = 1024
_FORGOTTEN_AFTER = 60.0


class Slowing:
    """Who asked in vain lately, and how often. The `first` time they wait so many seconds."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, *, first: float = FIRST_SECONDS
    ) -> None:
        self._now = now
        self._first = first
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._waiting = 0

    async def wait(self, whom: str) -> bool:
        """Wait as long as they must; False where there are too many already."""
        seconds = self.seconds(whom)
        if self._waiting >= MOST_WAITING:
            return False
        self._waiting += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._waiting -= 1
        return True

    def seconds(self, whom: str) -> float:
        """They asked in vain once more: how long the answer takes."""
        times, last = self._known.pop(whom, (0, 0.0))
        now = self._now()
        if now - last > _FORGOTTEN_AFTER:
            times = 0
        self._known[whom] = (times + 1, now)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return min(self._first * float(1 << min(times, 10)), LONGEST_SECONDS)
