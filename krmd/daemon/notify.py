"""Telling the service manager how things stand: sd_notify(3), by its datagram socket alone."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping


class Notifier:
    """Sends states to `address` (NOTIFY_SOCKET; `@` begins an abstract name), or to nobody.

    `watchdog_seconds` is how often a WATCHDOG=1 is due at the latest, None where none is awaited.
    Never raises: a manager that is gone must not take the daemon along.
    """

    def __init__(self, address: str | None = None, watchdog_seconds: float | None = None) -> None:
        self._address = "\0" + address[1:] if address and address[0] == "@" else address
        self.watchdog_seconds = watchdog_seconds

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Notifier:
        """As the environment says (sd_notify(3), sd_watchdog_enabled(3))."""
        return cls(environ.get("NOTIFY_SOCKET"), _watchdog(environ))

    def ready(self, status: str) -> None:
        """All is started, or settings are read again."""
        self._send("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Settings are read again; `ready` must follow (systemd.service(5): notify-reload)."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={text}")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        text = "\n".join(" ".join(line.splitlines()) for line in lines)
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as way,
        ):
            way.settimeout(1.0)
            way.sendto(text.encode(errors="replace"), self._address)


def _watchdog(environ: Mapping[str, str]) -> float | None:
    spelled = environ.get("WATCHDOG_USEC", "")
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(spelled) / 1_000_000 if spelled.isdigit() and int(spelled) > 0 else None
