"""All threads of one account: started together, stopped together."""

from __future__ import annotations

import time
from collections.abc import Callable

from krmd.base.instant import Clock
from krmd.daemon.account import Account
from krmd.daemon.heartbeat import Heartbeats
from krmd.daemon.job import AccountJob
from krmd.daemon.pace import Pace
from krmd.daemon.store_trouble import StoreTrouble
from krmd.daemon.worker import Worker
from krmd.logs import get_logger
from krmd.store.engine import Store
from krmd.store.holding import Hold

log = get_logger()


class Workshop:
    """What all accounts of a daemon have in common; makes the threads of each."""

    def __init__(self, store: Store, clock: Clock, pace: Pace) -> None:
        self.store = store
        self.clock = clock
        self.pace = pace
        self.beats = Heartbeats()
        self.trouble = StoreTrouble(pace.store_again)

    def threads(
        self, job: AccountJob, *, hold: Hold | None, rules_changed: Callable[[], None]
    ) -> AccountThreads:
        """The threads of one account, not started yet."""
        account = Account(
            job,
            self.store,
            clock=self.clock,
            pace=self.pace,
            beats=self.beats,
            trouble=self.trouble,
        )
        return AccountThreads(account, hold=hold, rules_changed=rules_changed)


class AccountThreads:
    """One account's worker and watchers, as the supervisor handles them."""

    def __init__(
        self, account: Account, *, hold: Hold | None, rules_changed: Callable[[], None]
    ) -> None:
        self._account = account
        self._worker = Worker(account, hold=hold, rules_changed=rules_changed)

    @property
    def job(self) -> AccountJob:
        """What they do."""
        return self._account.job

    @property
    def is_well(self) -> bool:
        """Whether they read, and nothing new in the settings could help them."""
        return self._account.plan is not None and self._account.door.trouble is None

    @property
    def words(self) -> str:
        """What they do now, for people."""
        trouble = self._account.door.trouble
        return f"{self.job.name}: {self._account.doing if trouble is None else trouble.kind}"

    def start(self) -> None:
        """Start the worker, which starts the others."""
        self._worker.thread.start()

    def ask_to_stop(self) -> None:
        """Let all of them end soon; returns at once."""
        self._account.stop_all()

    def wait(self, began: float) -> None:
        """Wait until they have ended, cutting their connections if they take too long.

        `began` is the time.monotonic() of the stop. What still blocks then is left behind: a thread
        that can't be interrupted (name lookup, a password command) has nothing in hand.
        """
        pace = self._account.pace
        self._join(began + pace.stop_politely)
        self._account.cut_all()
        self._join(began + pace.stop_at_all)
        for thread in (self._worker.thread, *self._worker.watchers.threads):
            if thread.is_alive():
                self._account.beats.forget(thread)
                log.warning("account.thread_left_behind", thread=thread.name)

    def _join(self, deadline: float) -> None:
        for thread in (self._worker.thread, *self._worker.watchers.threads):
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
