"""Whether the store changed, asked very often."""

import sqlite3
from pathlib import Path

from krmd.store import meta
from krmd.store.changed import Changed
from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from krmd.store.passing import reading_through


def _write(store: Store, value: str) -> None:
    with store.transaction() as tx:
        meta.write(tx, "test", value)


def test_a_commit_of_anybody_else_is_another_version(tmp_path: Path) -> None:
    """And nothing else is: no look, no transaction under way, none that was taken back."""
    store, other = (Store(f"sqlite:///{tmp_path}/krmd.sqlite3") for _ in range(2))
    upgrade(store)
    changed = Changed(store)
    first = changed.version()
    assert first == changed.version()

    with store.transaction() as tx:
        meta.write(tx, "test", "1")
        assert first == changed.version()
    second = changed.version()
    _write(other, "2")
    third = changed.version()

    assert 3 == len({first, second, third})
    assert third == changed.version()
    changed.close()
    store.close()
    other.close()


def test_on_a_server_it_is_another_one_twenty_times_a_second(store_url: str) -> None:
    """No question is asked there; on SQLite time doesn't matter."""
    now = [10.0]
    store = Store(store_url)
    upgrade(store)
    changed = Changed(store, now=lambda: now[0])
    first = changed.version()
    now[0] += 0.06
    assert store.is_sqlite == (first == changed.version())
    changed.close()
    store.close()


def test_a_store_that_is_locked_or_gone_counts_as_unchanged(tmp_path: Path) -> None:
    """It never waits and never raises; nor does it make a file where there was one."""
    path = tmp_path / "krmd.sqlite3"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("PRAGMA journal_mode=DELETE")
    changed = Changed(store)
    known = changed.version()
    locker.execute("BEGIN EXCLUSIVE")

    assert known == changed.version()

    locker.execute("ROLLBACK")
    locker.close()
    changed.close()
    path.unlink()
    assert known == changed.version()
    assert not path.exists()


def test_reading_through_much_keeps_little_of_it(store_url: str) -> None:
    """The connection's memory is as it was, also where the block fails."""
    store = Store(store_url)
    upgrade(store)
    with reading_through(store) as tx:
        assert meta.read(tx, "test") is None
    if store.is_sqlite:
        with store.reading() as tx:
            assert -8192 == tx.connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    store.close()
