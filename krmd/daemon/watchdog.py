"""Feeds the service manager's watchdog while the loop and every thread make progress."""

from __future__ import annotations

import asyncio
import sys
import threading
import traceback

from krmd.daemon.heartbeat import Heartbeats
from krmd.daemon.notify import Notifier
from krmd.logs import get_logger

log = get_logger()

_WITHOUT_MANAGER = 30.0


async def watch(notify: Notifier, beats: Heartbeats) -> None:
    """For ever: feed at a third of the interval asked for, name each thread that is stuck, once."""
    due = notify.watchdog_seconds
    said: set[threading.Thread] = set()
    while True:
        stuck = beats.overdue()
        for thread in stuck:
            if thread not in said:
                log.error("thread.stuck", thread=thread.name, at=_where(thread))
        said = set(stuck)
        if due is not None and not stuck:
            notify.alive()
        await asyncio.sleep(_WITHOUT_MANAGER if due is None else due / 3)


def _where(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - the documented way
    if frame is None:
        return "ended without a word"
    return " < ".join(f"{at.name}:{at.lineno}" for at in reversed(traceback.extract_stack(frame)))
