"""The way to an account's server: one attempt at a time, and as often as its backoff allows.

All threads of an account share it, so that one outage is one failure and not one for each of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from krmd.base.errors import KrmdError
from krmd.daemon.heartbeat import Heartbeats
from krmd.daemon.job import Session
from krmd.wire.retry import Backoff

_LOOK_UP = 30.0
"""A thread that waits longer says in between that it lives."""


class Door:
    """`trouble` is why nobody gets in at present, None while all is well or nothing was tried.

    `told` hears of each refusal with the seconds until the next attempt, and None, 0.0 when a
    connection succeeds again after one.
    """

    def __init__(
        self,
        connect: Callable[[], Session],
        backoff: Backoff,
        *,
        beats: Heartbeats,
        longest_step: float,
        told: Callable[[KrmdError | None, float], None],
    ) -> None:
        self._connect = connect
        self._backoff = backoff
        self._beats = beats
        self._longest_step = longest_step
        self._told = told
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._failed_at = -1.0
        self._is_new_round = True
        self._entered: dict[Session, float] = {}
        self.trouble: KrmdError | None = None

    def enter(self, stop: threading.Event) -> Session | None:
        """A new connection, as soon as one can be had; None when `stop` comes first."""
        while not stop.is_set():
            self._beats.beat(self._longest_step)
            if not self._turn.acquire(timeout=0.2):
                continue
            try:
                left = self._not_before - time.monotonic()
                if left <= 0 and (session := self._try()) is not None:
                    return session
            finally:
                self._turn.release()
            pause = min(max(left, 0.0), _LOOK_UP)
            self._beats.beat(self._longest_step + pause)
            stop.wait(pause)
        return None

    def leave(self, session: Session) -> None:
        """The connection was ended from this side."""
        with self._lock:
            self._entered.pop(session, None)

    def lost(self, session: Session, error: KrmdError) -> bool:
        """The connection broke; whether that is news, or only part of an outage known already."""
        with self._lock:
            since = self._entered.pop(session, None)
            if since is None or since <= self._failed_at:
                return False
            self._wait_after(error)
        return True

    def _try(self) -> Session | None:
        try:
            session = self._connect()
        except KrmdError as error:
            with self._lock:
                delay = self._wait_after(error)
                self.trouble = error
            self._told(error, delay)
            return None
        with self._lock:
            self._entered[session] = time.monotonic()
            if self._is_new_round:
                # Once for all threads: it is the outages that are counted, not the connections.
                self._backoff.connected()
                self._is_new_round = False
            recovered = self.trouble is not None
            self.trouble = None
        if recovered:
            self._told(None, 0.0)
        return session

    def _wait_after(self, error: KrmdError) -> float:
        delay = self._backoff.next_delay(error)
        self._failed_at = time.monotonic()
        self._not_before = self._failed_at + delay
        self._is_new_round = True
        return delay
