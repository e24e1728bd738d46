"""`krmd run`: starts and ends all threads, reads settings again, tells the service manager."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import partial

from krmd.base.errors import EXIT_DONE, EXIT_INTERRUPTED, KrmdError, SettingsError, TryLaterError
from krmd.base.instant import Clock
from krmd.daemon.account_threads import AccountThreads, Workshop
from krmd.daemon.aside import aside
from krmd.daemon.books import BookJob, BookThread
from krmd.daemon.feeds import FeedJob, FeedThread
from krmd.daemon.job import AccountJob
from krmd.daemon.listening import Listening, ListenJob
from krmd.daemon.notify import Notifier
from krmd.daemon.pace import Pace
from krmd.daemon.signals import signals
from krmd.daemon.watchdog import watch
from krmd.logs import get_logger
from krmd.store.engine import Store
from krmd.store.holding import Hold

log = get_logger()

_STATUS_SECONDS = 5.0
_RARELY = 600.0
"""Two processes with different settings on one store would judge all mail again for ever; so the
pause between two reloads for that reason doubles up to this."""
_LISTENING_SECONDS = 5.0
"""So long "ready" waits until krmd can be reached."""

Job = AccountJob | BookJob | FeedJob | ListenJob
Threads = AccountThreads | BookThread | FeedThread | Listening


class Daemon:
    """Reads all accounts and address books and serves feeds until a signal ends it.

    `reload` reads the settings again, judges by them where they are others, and gives the jobs
    anew; it blocks, and raises SettingsError or another KrmdError where they can't be used.
    """

    def __init__(
        self,
        store: Store,
        jobs: Sequence[Job],
        *,
        clock: Clock,
        reload: Callable[[], Sequence[Job]],
        notify: Notifier,
        pace: Pace | None = None,
    ) -> None:
        self._jobs = tuple(jobs)
        self._reload_jobs = reload
        self._notify = notify
        self._pace = pace or Pace()
        self._workshop = Workshop(store, clock, self._pace)
        self._threads: dict[str, Threads] = {}
        self._leaving: list[Threads] = []
        self._rules_pause = self._pace.rules_again
        self._reloaded_at = -_RARELY

    async def run(self) -> int:
        """Until SIGTERM (0) or SIGINT (130). Must run in the main thread.

        Raises TryLaterError where no account can be had on SQLite: another krmd holds the store.
        """
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[signal.Signals] = self._loop.create_future()
        self._asked = asyncio.Event()
        self._rules_are_others = False
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(signals(self._loop, end=self._end, reload=self._asked.set))
            await stack.enter_async_context(self._running())
            await self._until_reached()
            stack.callback(self._notify.stopping)
            self._notify.ready(self._words())
            read = [job for job in self._jobs if isinstance(job, AccountJob | BookJob)]
            log.info("daemon.started", accounts=_called(read))
            for timer in (
                self._reloading(),
                self._telling(),
                watch(self._notify, self._workshop.beats),
            ):
                await stack.enter_async_context(_task(timer))
            number = await self._ended
            log.info("daemon.stopping", signal=number.name)
        log.info("daemon.stopped")
        return EXIT_INTERRUPTED if number is signal.SIGINT else EXIT_DONE

    def _end(self, number: signal.Signals) -> None:
        if not self._ended.done():
            self._ended.set_result(number)

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        holds = await aside(self._hold_all, name="holding")
        try:
            for job in self._jobs:
                self._start(job, holds.get(_call(job)))
            yield
        finally:
            await self._stop([*self._threads.values(), *self._leaving])

    async def _until_reached(self) -> None:
        """A service that says it is ready can be reached, or has said why not."""
        tried = asyncio.gather(
            *(each.tried.wait() for each in self._threads.values() if isinstance(each, Listening))
        )
        await asyncio.wait(
            (tried, self._ended), timeout=_LISTENING_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        tried.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tried

    def _hold_all(self) -> dict[str, Hold]:
        """The accounts that can be held at once; the others are waited for by their threads.

        On SQLite that would be for ever: who holds the store now is another daemon.
        """
        holds: dict[str, Hold] = {}
        refusal: TryLaterError | None = None
        if not self._workshop.store.is_sqlite:
            return holds
        for job in self._jobs:
            if not isinstance(job, AccountJob):
                continue  # a book is read by whoever comes first, and the other notices
            try:
                holds[_call(job)] = job.hold()
            except TryLaterError as error:
                refusal = error
        if refusal is not None and not holds:
            raise refusal
        return holds

    def _start(self, job: Job, hold: Hold | None = None) -> None:
        self._threads[_call(job)] = threads = self._threads_of(job, hold)
        threads.start()

    def _threads_of(self, job: Job, hold: Hold | None) -> Threads:
        match job:
            case BookJob():
                return BookThread(job, self._workshop)
            case FeedJob():
                return FeedThread(job, self._workshop)
            case ListenJob():
                return Listening(job, self._workshop)

        def rules_changed() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._take_in_rules, threads)

        threads = self._workshop.threads(job, hold=hold, rules_changed=rules_changed)
        return threads

    async def _stop(self, leaving: Sequence[Threads]) -> None:
        began = time.monotonic()
        for threads in leaving:
            threads.ask_to_stop()
        await asyncio.gather(
            *(aside(partial(threads.wait, began), name="stopping") for threads in leaving)
        )

    def _take_in_rules(self, threads: AccountThreads) -> None:
        """An account's thread says the ledger stands under other rules than its own.

        Those on their way out say so too, of rules that are known here by now.
        """
        if self._threads.get(_call(threads.job)) is threads:
            self._rules_are_others = True
            self._asked.set()

    async def _reloading(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            if self._rules_are_others:
                await self._wait_for_rules()
            self._notify.reloading()
            if not await self._reload() and self._rules_are_others:
                self._asked.set()
            self._notify.ready(self._words())

    async def _wait_for_rules(self) -> None:
        """Not at once, if that was done lately; a SIGHUP in between ends the wait."""
        since = time.monotonic() - self._reloaded_at
        if since > 2 * self._rules_pause:
            self._rules_pause = self._pace.rules_again
        left = self._rules_pause - since
        if left > 0:
            self._rules_pause = min(2 * self._rules_pause, _RARELY)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), left)
            self._asked.clear()

    async def _reload(self) -> bool:
        """Read the settings again and start what is new; False where they can't be used."""
        self._reloaded_at = time.monotonic()
        try:
            jobs = await aside(self._reload_jobs, name="settings")
        except KrmdError as error:
            _say_unusable(error)
            return False
        except Exception:
            log.exception("settings.bug")
            return False
        others, self._rules_are_others = self._rules_are_others, False
        await self._replace(jobs, all_of_them=others)
        return True

    async def _replace(self, jobs: Sequence[Job], *, all_of_them: bool) -> None:
        wanted = {_call(job): job for job in jobs}
        leaving = [
            threads
            for name, threads in self._threads.items()
            if (all_of_them and isinstance(threads, AccountThreads | BookThread))
            or name not in wanted
            or not threads.is_well
            or not threads.job.does_as(wanted[name])
        ]
        for threads in leaving:
            del self._threads[_call(threads.job)]
        self._leaving = leaving
        await self._stop(leaving)
        self._leaving = []
        started = [job for job in jobs if _call(job) not in self._threads]
        for job in started:
            self._start(job)
        self._jobs = tuple(jobs)
        log.info(
            "settings.reloaded",
            stopped=_called([threads.job for threads in leaving]),
            started=_called(started),
        )

    async def _telling(self) -> None:
        said = ""
        while True:
            await asyncio.sleep(_STATUS_SECONDS)
            words = self._words()
            if words != said:
                self._notify.status(words)
                said = words

    def _words(self) -> str:
        trouble = self._workshop.trouble.now
        each = "; ".join(words for it in self._threads.values() if (words := it.words))
        return f"{trouble}; {each}" if trouble else each or "no accounts"


def _call(job: Job) -> str:
    """What a job is called here: an account and an address book may bear one name."""
    match job:
        case BookJob():
            return f"contacts.{job.name}"
        case FeedJob():
            return "calendar.feeds"
        case ListenJob():
            return f"web.{job.name}"
    return job.name


def _called(jobs: Sequence[Job]) -> list[str]:
    return [_call(job) for job in jobs]


def _say_unusable(error: KrmdError) -> None:
    """Each problem on its own; the old settings stay in use."""
    problems = error.problems if isinstance(error, SettingsError) else (error.message,)
    for problem in problems:
        log.error("settings.unusable", problem=str(problem))


@contextlib.asynccontextmanager
async def _task(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """A task for the time of the block; it ends with the block, its bug is raised there."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def run_daemon(daemon: Daemon) -> int:
    """Run it in this process until it ends; gives back the exit code. Raises as Daemon.run."""
    return asyncio.run(daemon.run())
