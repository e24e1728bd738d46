"""One address krmd is reached at: opened, tried again where it can't be had, closed in time."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from krmd.base.errors import KrmdError
from krmd.logs import get_logger

if TYPE_CHECKING:
    from krmd.daemon.account_threads import Workshop

log = get_logger()

_FIRST_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class ListenJob:
    """What is reached at one address. `open` listens there for as long as its block lasts, and
    raises KrmdError where it can't. `may_open` says whether there is anything to show yet.
    `address` is for people; `is_exposed`: other machines can reach it. `made_of` as for accounts.
    """

    name: str
    address: str
    open: Callable[[], AbstractAsyncContextManager[object]]
    may_open: Callable[[], bool] = lambda: True
    is_exposed: bool = False
    made_of: object = None

    def does_as(self, other: object) -> bool:
        """Whether the other would show the same at the same address."""
        return (
            isinstance(other, ListenJob)
            and self.made_of is not None
            and (self.name, self.made_of) == (other.name, other.made_of)
        )


class Listening:
    """One address, as the supervisor handles it; `start` and `ask_to_stop` belong to the loop."""

    def __init__(self, job: ListenJob, workshop: Workshop) -> None:
        self.job = job
        self._pace = workshop.pace
        self._stop = asyncio.Event()
        self._ended = threading.Event()
        self._trouble: str | None = None
        self._task: asyncio.Task[None] | None = None
        self.tried = asyncio.Event()

    @property
    def is_well(self) -> bool:
        """Whether it can be reached there."""
        return self._trouble is None

    @property
    def words(self) -> str:
        """What is wrong, for people; nothing while all is well."""
        return "" if self._trouble is None else f"{self.job.name}: {self._trouble}"

    def start(self) -> None:
        """Begin to listen, soon."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name=self.job.name)

    def ask_to_stop(self) -> None:
        """Let it end: nobody new is let in; returns at once."""
        self._stop.set()

    def wait(self, began: float) -> None:
        """Wait until it has ended; in another thread than the loop's."""
        if self._task is not None:
            self._ended.wait(max(0.0, began + self._pace.stop_at_all - time.monotonic()))

    async def _run(self) -> None:
        pause = min(_FIRST_PAUSE, self._pace.listen_again)
        try:
            while not self.job.may_open() and not self._stop.is_set():
                await self._pause(0.05)
            while not self._stop.is_set():
                if await self._once():
                    return
                await self._pause(pause)
                pause = min(2 * pause, self._pace.listen_again)
        finally:
            self.tried.set()
            self._ended.set()

    async def _once(self) -> bool:
        """Listen until the end is asked for; False where that couldn't begin."""
        try:
            async with self.job.open():
                self._opened()
                await self._stop.wait()
        except KrmdError as error:
            self._failed(error.message)
            return False
        except Exception:
            log.exception("web.bug", name=self.job.name)
            self._failed("stopped by a bug")
            return False
        return True

    def _opened(self) -> None:
        if self._trouble is not None:
            log.info("web.recovered", name=self.job.name, address=self.job.address)
        self._trouble = None
        log.info("web.listening", name=self.job.name, address=self.job.address)
        if self.job.is_exposed:
            log.warning(
                "web.exposed",
                name=self.job.name,
                address=self.job.address,
                hint="other machines reach it unencrypted; listen on 127.0.0.1 behind a proxy",
            )
        self.tried.set()

    def _failed(self, words: str) -> None:
        if words != self._trouble:
            log.error("web.failed", name=self.job.name, address=self.job.address, error=words)
        self._trouble = words
        self.tried.set()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
