"""Transactions: one writer, one consistent view for readers, plain sentences for troubles."""

import sqlite3
import threading
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError, SQLAlchemyError

from krmd.base.errors import KrmdError, StoreError, TryLaterError
from krmd.store import meta
from krmd.store.engine import BUSY_SECONDS, Store, explain
from tests.servers.postgres import Postgres


def test_the_pragmas_are_in_force_on_every_connection(tmp_path: Path) -> None:
    """WAL, full synchronisation, foreign keys, a patient wait for other writers."""
    store = Store(f"sqlite:///{tmp_path}/krmd.sqlite3")
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": int(BUSY_SECONDS * 1000),
    }
    with store.transaction() as one, store.reading() as other:
        for tx in (one, other):
            found = {
                name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted
            }
            assert wanted == found
    store.close()


def test_writers_take_turns_and_none_loses_what_it_read(store: Store) -> None:
    """Six threads read a number and write it one higher, fifty times each."""
    with store.transaction() as tx:
        meta.write(tx, "count", "0")

    def raise_it() -> None:
        for _ in range(50):
            with store.transaction() as tx:
                meta.write(tx, "count", str(int(meta.read(tx, "count") or "0") + 1))

    threads = [threading.Thread(target=raise_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        assert "300" == meta.read(tx, "count")


def test_a_reader_sees_one_moment_beside_a_writer(store: Store) -> None:
    """What is committed meanwhile is seen by the next reader only; the writer doesn't wait."""
    with store.transaction() as tx:
        meta.write(tx, "word", "old")
    with store.reading() as reader:
        assert "old" == meta.read(reader, "word")
        with store.transaction() as tx:
            meta.write(tx, "word", "new")
        assert "old" == meta.read(reader, "word")
    with store.reading() as reader:
        assert "new" == meta.read(reader, "word")


def test_what_fails_within_leaves_nothing(store: Store) -> None:
    """An exception rolls all of it back, and is raised as it is."""
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:  # noqa: PT012 - as in use
        meta.write(tx, "word", "half")
        raise ZeroDivisionError
    with store.reading() as tx:
        assert meta.read(tx, "word") is None


def test_a_writer_waits_for_another(store: Store) -> None:
    """And goes on when that one has committed."""
    inside, order = threading.Event(), []

    def slowly() -> None:
        with store.transaction():
            inside.set()
            time.sleep(0.3)
            order.append("first")

    thread = threading.Thread(target=slowly)
    thread.start()
    inside.wait(5)
    with store.transaction():
        order.append("second")
    thread.join()
    assert ["first", "second"] == order


@pytest.mark.parametrize(
    ("words", "kind", "part"),
    [
        ("database is locked", TryLaterError, "busy"),
        ("database or disk is full", TryLaterError, "full"),
        ("disk I/O error", TryLaterError, "disk"),
        ("attempt to write a readonly database", StoreError, "read-only"),
        ("unable to open database file", StoreError, "can't be opened"),
        ("file is not a database", StoreError, "no SQLite file"),
        ("database disk image is malformed", StoreError, "damaged"),
    ],
)
def test_what_sqlite_says_becomes_a_sentence(words: str, kind: type[KrmdError], part: str) -> None:
    """With the store's place, and whether to wait or to act."""
    found = explain(OperationalError("x", {}, sqlite3.OperationalError(words)), "the place")
    assert isinstance(found, kind)
    assert part in found.message
    assert "the place" in found.message


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ('could not extend file "base/1": No space left on device', TryLaterError),
        ("the database system is starting up", TryLaterError),
        ("server closed the connection unexpectedly\n\tThis probably means", TryLaterError),
        ("cannot execute INSERT in a read-only transaction", StoreError),
        ('password authentication failed for user "kim"', StoreError),
    ],
)
def test_what_postgresql_says_becomes_a_sentence(words: str, kind: type[KrmdError]) -> None:
    """Of one line, however many it says."""
    found = explain(OperationalError("x", {}, psycopg.OperationalError(words)), "the place")
    assert isinstance(found, kind)
    assert "\n" not in found.message


def test_a_bug_is_not_explained_away() -> None:
    """Wrong SQL isn't the owner's business."""
    wrong = sqlite3.OperationalError("no such column: colour")
    assert explain(OperationalError("x", {}, wrong), "the place") is None
    assert explain(SQLAlchemyError("x"), "the place") is None
    typo = psycopg.errors.UndefinedColumn("column colour does not exist")
    assert explain(ProgrammingError("x", {}, typo), "the place") is None


def test_a_wrong_statement_is_raised_as_it_is(store: Store) -> None:
    """On either database."""
    with pytest.raises(DatabaseError), store.reading() as tx:
        tx.execute(text("SELECT colour FROM meta"))


def test_a_password_is_never_named(tmp_path: Path) -> None:
    """`where` is for people and logs."""
    store = Store("postgresql+psycopg://kim:secret-word@127.0.0.1:9/krmd")
    assert "secret-word" not in store.where
    with pytest.raises(TryLaterError) as caught, store.reading():
        pass
    assert "secret-word" not in caught.value.message
    store.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_a_store_must_be_a_file_or_postgresql(url: str) -> None:
    """What would be lost at the end, or isn't known, is refused."""
    with pytest.raises(StoreError, match=r"\[store\] url"):
        Store(url)


def test_cut_connections_are_told_and_made_anew(postgres: Postgres) -> None:
    """A failover in the middle of a transaction: try later; the next one works."""
    url = postgres.create_database()
    store = Store(url)
    with store.transaction() as tx:
        tx.execute(text("CREATE TABLE words (word TEXT)"))
    with pytest.raises(TryLaterError), store.transaction() as tx:  # noqa: PT012 - as in use
        tx.execute(text("INSERT INTO words VALUES ('half')"))
        postgres.end_sessions(url)
        tx.execute(text("INSERT INTO words VALUES ('whole')"))
    with store.reading() as tx:
        assert [] == tx.execute(text("SELECT * FROM words")).all()
    store.close()
    postgres.drop_database(url)


def test_many_values_are_one_parameter(store: Store) -> None:
    """`among` takes none, and more than a database takes parameters, of either type."""
    with store.transaction() as tx:
        tx.insert_rows(
            "INSERT INTO meta (name, value) VALUES (?, ?)",
            [(f"n{number}", str(number)) for number in range(5)],
        )
    with store.reading() as tx:
        assert [] == list(tx.among("SELECT name FROM meta WHERE name {among}", []))
        wanted = [f"n{number}" for number in range(1, 40_000)]
        found = tx.among("SELECT name FROM meta WHERE name {among} ORDER BY name", wanted)
        assert [("n1",), ("n2",), ("n3",), ("n4",)] == [tuple(row) for row in found]
