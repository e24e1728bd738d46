"""What the process does on signals: SIGTERM and SIGINT end it, SIGHUP reads the settings again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator

_ENDING = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def signals(
    loop: asyncio.AbstractEventLoop,
    *,
    end: Callable[[signal.Signals], None],
    reload: Callable[[], None],
) -> Iterator[None]:
    """Handle them for the time of the block, which must run in the main thread.

    The first that ends is obeyed in order; for a second one the system's own way stands: the
    process is gone at once. What is committed stays, what isn't was never begun.
    """
    before = {number: signal.getsignal(number) for number in (*_ENDING, signal.SIGHUP)}

    def first(number: signal.Signals) -> None:
        for each in _ENDING:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        end(number)

    for number in _ENDING:
        loop.add_signal_handler(number, first, number)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
