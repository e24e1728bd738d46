"""What the daemon's tests share: jobs on fake mailboxes, a daemon in a hurry, the store's sight."""

import asyncio
import io
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
import structlog
from sqlalchemy import select

from krmd.app.reading_plan import ReadingPlan
from krmd.app.rules import mark_judged, require_rules
from krmd.base.address import AddressSet
from krmd.base.instant import Instant
from krmd.daemon.aside import aside
from krmd.daemon.daemon import Daemon
from krmd.daemon.job import AccountJob, Session
from krmd.daemon.notify import Notifier
from krmd.daemon.pace import Pace
from krmd.intake.classify import Judge
from krmd.logs import configure
from krmd.store import folders
from krmd.store.engine import Store, Transaction
from krmd.store.folders import AccountRow, FolderRow
from krmd.store.holding import Hold
from krmd.store.migrate import upgrade
from krmd.store.tables import interactions, quarantine
from krmd.wire.retry import Backoff
from tests.fakes.mailbox import FakeMailbox

T = TypeVar("T")

HURRY = 100.0


class WallClock:
    """The machine's time."""

    def now(self) -> Instant:
        """The present."""
        return Instant(int(time.time()))


class HurriedBackoff(Backoff):
    """The real policy, a hundred times as fast."""

    def __init__(self, account: str) -> None:
        super().__init__(account, lambda: time.monotonic() * HURRY)

    def next_delay(self, error: BaseException) -> float:
        """Seconds to wait."""
        return super().next_delay(error) / HURRY


HURRIED = Pace(
    backoff=HurriedBackoff,
    longest_step=30.0,
    hold_again=0.1,
    rules_again=0.2,
    bug_again=0.1,
    store_again=0.3,
    folder_again=0.2,
    progress_every=0.5,
    stop_politely=0.3,
    stop_at_all=2.0,
)


@dataclass
class Notices(Notifier):
    """Keeps what the service manager would hear."""

    watchdog_seconds: float | None = None
    heard: list[str] = field(default_factory=list)

    def _send(self, *lines: str) -> None:
        self.heard.extend(lines)

    def count(self, line: str) -> int:
        """How often a line was sent."""
        return self.heard.count(line)


class Ledger:
    """A look at a store, whoever writes it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def recorded(self) -> list[str]:
        """The Message-IDs in the ledger, sorted."""
        with self.store.reading() as tx:
            found = tx.execute(select(interactions.c.message_id)).scalars().all()
        return sorted(key.strip("<>").split("@")[0] for key in found if key)

    def account(self, name: str = "home") -> AccountRow:
        """How reading an account goes."""
        with self.store.reading() as tx:
            never = AccountRow(name, "new", None, None, None, 0)
            return folders.all_accounts(tx).get(name, never)

    def folders(self, name: str = "home") -> dict[str, FolderRow]:
        """The folders that are there, by name."""
        with self.store.reading() as tx:
            return {row.name: row for row in folders.present(tx, name)}

    def quarantined(self) -> list[int]:
        """The UIDs set aside."""
        with self.store.reading() as tx:
            return list(tx.execute(select(quarantine.c.uid)).scalars())


class Home(Ledger):
    """One owner's store, with as many accounts as a test wants."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.clock = WallClock()
        self.notices = Notices()
        self.judge = Judge(AddressSet(["ada@example.org"], tags=True), AddressSet([]), 12)
        self.rules = "first"
        with store.transaction() as tx:
            mark_judged(tx, self.rules)

    def job(
        self,
        mailbox: FakeMailbox,
        name: str = "home",
        *,
        connect: Callable[[], Session] | None = None,
        idle_seconds: int = 60,
        poll_seconds: int = 60,
        made_of: object = "settings",
    ) -> AccountJob:
        """An account that reads the fake mailbox under the rules that count now."""
        rules = self.rules
        return AccountJob(
            name,
            connect or mailbox.connect,
            lambda: Hold(self.store, name),
            lambda hold: self._plan(name, hold, rules),
            idle_seconds,
            poll_seconds,
            (made_of, rules),
        )

    def _plan(self, name: str, hold: Hold, rules: str) -> ReadingPlan:
        def guard(tx: Transaction) -> None:
            hold.require(tx)
            require_rules(tx, rules)

        return ReadingPlan(name, self.judge, guard=guard)

    def daemon(
        self,
        *jobs: AccountJob,
        reload: Callable[[], Sequence[AccountJob]] | None = None,
        pace: Pace = HURRIED,
    ) -> Daemon:
        """A daemon in a hurry over these jobs."""
        return Daemon(
            self.store,
            jobs,
            clock=self.clock,
            reload=reload or (lambda: jobs),
            notify=self.notices,
            pace=pace,
        )


@pytest.fixture
def home(store_url: str) -> Iterator[Home]:
    """A fresh store, judged by the first rules; on each database."""
    store = Store(store_url)
    upgrade(store)
    yield Home(store)
    store.close()


@pytest.fixture
def sqlite_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """As `home`, on SQLite alone, where the database makes no difference."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store')}/krmd.sqlite3")
    upgrade(store)
    yield Home(store)
    store.close()


@dataclass(frozen=True)
class Events:
    """What was logged during the test."""

    stream: io.StringIO

    def named(self, name: str) -> list[dict[str, object]]:
        """The events of that name, in order."""
        lines = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return [line for line in lines if line["event"] == name]


@pytest.fixture(autouse=True)
def events() -> Iterator[Events]:
    """Every test's log, for itself; shown when the test fails."""
    heard = Events(io.StringIO())
    configure(as_json=True, stream=heard.stream)
    yield heard
    structlog.reset_defaults()
    print(heard.stream.getvalue())


def while_running(daemon: Daemon, script: Callable[[], T]) -> tuple[int, T]:
    """Run the daemon in this thread and the script in another; then SIGTERM ends the daemon.

    Gives back the exit code and the script's result; raises what either raises.
    """

    async def both() -> tuple[int, T]:
        running = asyncio.ensure_future(daemon.run())
        playing = asyncio.ensure_future(aside(script, name="script"))
        await asyncio.wait({running, playing}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            os.kill(os.getpid(), signal.SIGTERM)
        code = await running
        return code, await playing

    return asyncio.run(both())


def eventually(what: Callable[[], bool], seconds: float = 10.0) -> None:
    """Return as soon as it is so; fails when it doesn't come to pass in time."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.01)


def imap_threads() -> list[str]:
    """The names of the threads that own IMAP connections."""
    return sorted(each.name for each in threading.enumerate() if each.name.startswith("imap-"))
