"""Memory that was needed once and for a short time goes back to the system."""

from __future__ import annotations

import contextlib
import ctypes


def give_back() -> None:
    """Let the C library return what is free: by itself it keeps it for good (malloc_trim(3)).

    Takes some milliseconds, in which others run. Where there is no such function (musl, macOS),
    nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
