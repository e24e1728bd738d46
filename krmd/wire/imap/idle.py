"""Waiting for new mail: IDLE (RFC 2177) where there is one, NOOP now and then where there isn't.

imapclient's idle_check spins at EOF, misses lines that came together with others and breaks on
lines that come in pieces; here every octet goes through the one stream.
"""

import time
from typing import Protocol

import structlog

from krmd.base.errors import UnreachableError
from krmd.wire.imap.endpoint import Timeouts
from krmd.wire.imap.exchange import Exchange
from krmd.wire.imap.grammar import Completion, Continuation

log = structlog.get_logger()

_SLICE = 0.5
"""How often the stop event is looked at, in seconds; news wake the wait at once."""


class Stop(Protocol):
    """A threading.Event, or its like."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


class Waiting:
    """Waits on the opened folder of one session."""

    __slots__ = ("_exchange", "_idles", "_timeouts")

    def __init__(self, exchange: Exchange, timeouts: Timeouts, *, idles: bool) -> None:
        self._exchange = exchange
        self._timeouts = timeouts
        self._idles = idles

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait so long, until something may be new, or until `stop`; whether something may be new.

        What the server said since the folder was opened or last waited on counts too. A connection
        that ended is an UnreachableError within the second; one that died silently is noticed at
        the end, by DONE not being answered in time.
        """
        if not self._exchange.news:
            if self._idles:
                self._idle(seconds, stop)
            else:
                self._poll(seconds, stop)
        news, self._exchange.news = self._exchange.news, False
        return news

    def _idle(self, seconds: float, stop: Stop) -> None:
        ends = time.monotonic() + seconds
        tag = self._exchange.send(b"IDLE")
        for response in self._exchange.until(tag):
            # Untagged data may come first (nylas saw it), even the news themselves.
            if isinstance(response, Continuation):
                break
            if isinstance(response, Completion):
                log.warning("imap.idle_refused", host=self._exchange.host, reason=response.text)
                self._idles = False
                self._poll(ends - time.monotonic(), stop)
                return
        self._listen(ends, stop, tag)
        self._done(tag)

    def _listen(self, ends: float, stop: Stop, tag: bytes | None) -> None:
        """Take in lines until there are news, `stop`, or the end of the time."""
        stream = self._exchange.stream
        while not stop.is_set():
            while stream.has_line():
                response = self._exchange.read()
                if isinstance(response, Completion):
                    raise UnreachableError(
                        f"{self._exchange.host} ended the wait by itself: {response.text}"
                        if response.tag == tag
                        else f"{self._exchange.host} answers a command that wasn't given"
                    )
            left = ends - time.monotonic()
            if self._exchange.news or left <= 0:
                return
            stream.allow(left + self._timeouts.read)
            stream.watch(min(_SLICE, left))

    def _done(self, tag: bytes) -> None:
        stream = self._exchange.stream
        stream.send(b"DONE\r\n")
        # Cyrus without idled and others tell their news only now.
        with stream.within(self._timeouts.done):
            for _ in self._exchange.until(tag):
                pass

    def _poll(self, seconds: float, stop: Stop) -> None:
        ends = time.monotonic() + seconds
        while not stop.is_set() and not self._exchange.news:
            left = ends - time.monotonic()
            if left <= 0:
                return
            self._listen(time.monotonic() + min(left, self._timeouts.poll), stop, None)
            if not stop.is_set():
                self._exchange.run(b"NOOP")
