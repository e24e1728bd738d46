"""A store that fails and mends: said once, waited for, gone on with."""

import sqlite3
import time

from sqlalchemy import event

from krmd.store.engine import Store
from tests.daemon.conftest import Events, Home, eventually, while_running
from tests.fakes.mailbox import FakeMailbox, letter


class FullDisk:
    """Lets a SQLite file grow no further, on every connection there is or will be."""

    def __init__(self, store: Store) -> None:
        self._full = False

        @event.listens_for(store.engine, "checkout")
        def limit(connection: sqlite3.Connection, *_: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            most = pages if self._full else 1_073_741_823
            connection.execute(f"PRAGMA max_page_count={most}")

    def fill(self) -> None:
        """From now on there is no room."""
        self._full = True

    def make_room(self) -> None:
        """There is room again."""
        self._full = False


def impatient(store: Store) -> None:
    """Let transactions wait for another writer for a fifth of a second only."""

    @event.listens_for(store.engine, "checkout")
    def shorten(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout=200")


def big(key: str) -> bytes:
    """A mail whose record needs room for itself."""
    people = ", ".join(f"Person {key}{n} <p{n}-{key}@example.net>" for n in range(800))
    return letter(to=f"ada@example.org, {people}", key=key)


def test_a_full_disk_is_said_once_and_reading_goes_on_when_there_is_room(
    sqlite_home: Home, events: Events
) -> None:
    """The daemon stays, keeps its connections, and reads what came as soon as it can."""
    mailbox = FakeMailbox("INBOX", "Sent", "Archive")
    disk = FullDisk(sqlite_home.store)

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2 and sqlite_home.account().state == "ok")
        disk.fill()
        mailbox.deliver(big("inbox"))
        mailbox.deliver(big("archive"), "Archive")
        eventually(lambda: bool(events.named("store.failed")))
        time.sleep(1.5)
        assert [] == sqlite_home.recorded()
        disk.make_room()
        eventually(lambda: sqlite_home.recorded() == ["archive", "inbox"])
        eventually(lambda: bool(events.named("store.recovered")))
        eventually(lambda: sqlite_home.account().state == "ok")

    code, _ = while_running(sqlite_home.daemon(sqlite_home.job(mailbox, poll_seconds=1)), script)

    assert 0 == code
    (said,) = events.named("store.failed")
    assert "is full" in str(said["error"])
    assert 3 == mailbox.logins
    assert [] == sqlite_home.quarantined()
    assert [] == events.named("account.bug")


def test_a_store_that_is_locked_for_long_is_waited_for(sqlite_home: Home, events: Events) -> None:
    """Another process that writes for longer than the patience of a transaction does no harm."""
    mailbox = FakeMailbox()
    impatient(sqlite_home.store)

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2 and sqlite_home.account().state == "ok")
        with sqlite_home.store.transaction():
            mailbox.deliver(letter(key="new"))
            eventually(lambda: bool(events.named("store.failed")))
            time.sleep(0.5)
        eventually(lambda: sqlite_home.recorded() == ["new"])

    code, _ = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert 0 == code
    assert "is busy" in str(events.named("store.failed")[0]["error"])
