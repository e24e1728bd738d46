"""What was deleted leaves the store's files; who can't be had yet is named, and nothing is lost."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from krmd.base.errors import StoreError
from krmd.store import meta, tables
from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from krmd.store.shredding import shred

MARKER = "zwiebelring-4711"


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Store:
    """A SQLite store alone in a folder."""
    store = Store(f"sqlite:///{tmp_path}/krmd.sqlite3")
    upgrade(store)
    return store


def write_and_delete(store: Store) -> None:
    """Many rows with the marker in them, and none left; most of the pages are freed."""
    with store.transaction() as tx:
        tx.execute(
            tables.meta.insert(),
            [{"name": f"{MARKER}-{n}", "value": f"{MARKER} " * 40} for n in range(200)],
        )
        meta.write(tx, "kept", "kept")
    with store.transaction() as tx:
        tx.execute(tables.meta.delete().where(tables.meta.c.name != "kept"))


def holding(store: Store) -> list[str]:
    """The files beside the store that hold the marker."""
    assert store.path is not None
    files = sorted(store.path.parent.iterdir())
    return [it.name for it in files if MARKER.encode() in it.read_bytes()]


def test_nothing_deleted_is_left_in_the_files(sqlite_store: Store) -> None:
    """Neither in free pages nor in the write-ahead log; what stands stays."""
    write_and_delete(sqlite_store)
    assert [] != holding(sqlite_store)
    assert shred(sqlite_store) is None
    assert [] == holding(sqlite_store)
    with sqlite_store.reading() as tx:
        assert "kept" == meta.read(tx, "kept")
        # What was set for it holds for nobody else.
        assert 2 == tx.connection.exec_driver_sql("PRAGMA temp_store").scalar()
    sqlite_store.close()


def test_every_database_is_written_anew(store: Store) -> None:
    """PostgreSQL too, as often as is asked."""
    write_and_delete(store)
    assert shred(store) is None
    assert shred(store) is None
    with store.reading() as tx:
        assert ["kept"] == [
            it for it in tx.execute(select(tables.meta.c.name)).scalars() if it == "kept"
        ]


def test_who_reads_meanwhile_is_waited_for(sqlite_store: Store) -> None:
    """For a while; then it is said that traces may be left, and the next time does it."""
    write_and_delete(sqlite_store)
    with sqlite_store.reading() as tx:
        meta.read(tx, "kept")
        trouble = shred(sqlite_store, patience=0.2)
    assert trouble is not None
    assert "krmd" in trouble
    assert shred(sqlite_store) is None
    assert [] == holding(sqlite_store)
    sqlite_store.close()


def test_who_writes_meanwhile_is_waited_for(store: Store) -> None:
    """On both databases; a short one is over in time."""
    write_and_delete(store)
    with store.transaction() as tx:
        meta.write(tx, "kept", "once more")
        assert shred(store, patience=0.2) is not None
    inside, done = threading.Event(), threading.Event()

    def shortly() -> None:
        with store.transaction() as tx:
            meta.write(tx, "kept", "again")
            inside.set()
            done.wait(0.3)

    thread = threading.Thread(target=shortly)
    thread.start()
    inside.wait(5)
    assert shred(store, patience=20.0) is None
    thread.join()


def test_a_full_disk_leaves_the_store_as_it_was(sqlite_store: Store) -> None:
    """In a sentence; a limit on a file's size stands for the disk."""
    write_and_delete(sqlite_store)
    assert sqlite_store.path is not None
    path = sqlite_store.path
    sqlite_store.close()
    program = (
        "import resource, signal, sys\n"
        "from krmd.store.engine import Store\n"
        "from krmd.store.shredding import shred\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "print(shred(Store(sys.argv[1]), patience=0.2))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{path}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "the disk that holds" in done.stdout
    again = Store(f"sqlite:///{path}")
    with again.reading() as tx:
        assert "kept" == meta.read(tx, "kept")
    assert shred(again) is None
    assert [] == holding(again)
    again.close()


def test_a_store_that_is_none_is_told(tmp_path: Path) -> None:
    """A folder in its place."""
    (tmp_path / "krmd.sqlite3").mkdir()
    store = Store(f"sqlite:///{tmp_path}/krmd.sqlite3")
    with pytest.raises(StoreError, match="can't be opened"):
        shred(store)
    store.close()
