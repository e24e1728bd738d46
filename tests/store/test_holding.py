"""Who holds an account: one process, until it ends in whatever way."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from krmd.base.errors import TryLaterError
from krmd.store.engine import Store
from krmd.store.holding import AccountTakenError, Hold
from tests.servers.postgres import Postgres

_HOLDER = """
import sys, time
from krmd.store.engine import Store
from krmd.store.holding import Hold
with Hold(Store(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(store: Store, account: str = "home") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds an account."""
    url = store.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, url, account], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_holder_is_refused_and_the_first_named(store: Store) -> None:
    """By its process, where that lives on this machine for certain."""
    with holder(store) as other:
        with pytest.raises(TryLaterError, match="account home is held by") as caught:
            Hold(store, "home")
        if store.is_sqlite:
            assert f"process {other.pid}" in caught.value.message
        with Hold(store, "work"):
            pass


def test_a_holder_that_is_killed_holds_nothing(store: Store) -> None:
    """SIGKILL: neither lock file nor session outlives it."""
    with holder(store) as other:
        other.kill()
        other.wait()
        with _eventually(store) as hold, store.reading() as tx:
            hold.require(tx)


def _eventually(store: Store) -> Hold:
    """PostgreSQL takes a moment to notice that its client is dead."""
    for _ in range(200):
        try:
            return Hold(store, "home")
        except TryLaterError:
            subprocess.run(["sleep", "0.02"], check=True)
    return Hold(store, "home")


def test_a_hold_let_go_is_free_and_each_begins_an_epoch(store: Store) -> None:
    """Who held before sees that it is over."""
    first = Hold(store, "home")
    first.close()
    with Hold(store, "home") as second, store.reading() as tx:
        assert first.epoch + 1 == second.epoch
        second.require(tx)
        with pytest.raises(AccountTakenError):
            first.require(tx)


def test_closing_twice_is_no_error(store: Store) -> None:
    """A daemon that stops in a hurry may."""
    hold = Hold(store, "home")
    hold.close()
    hold.close()


def test_a_lost_session_is_noticed_by_the_epoch(postgres: Postgres) -> None:
    """PostgreSQL lets go of the lock when it loses the session; the next holder begins an epoch,
    and the first, who still believes, may write nothing more.
    """
    from krmd.store.migrate import upgrade

    url = postgres.create_database()
    store = Store(url)
    upgrade(store)
    first = Hold(store, "home")
    postgres.end_sessions(url)
    second = Hold(store, "home")
    with store.transaction() as tx:
        second.require(tx)
        with pytest.raises(AccountTakenError):
            first.require(tx)
    second.close()
    first.close()
    store.close()
    postgres.drop_database(url)


def test_names_of_accounts_may_be_anything(store: Store) -> None:
    """They make neither paths nor keys that meet."""
    names = ["../../etc/passwd", "a/b", "日本", "a b", "x" * 200]
    holds = [Hold(store, name) for name in names]
    for name in names:
        with pytest.raises(TryLaterError):
            Hold(store, name)
    for hold in holds:
        hold.close()
