"""One engine per dialect, and the transaction: the only ways to the database.

One writer at a time, on both dialects: SQLite by BEGIN IMMEDIATE, PostgreSQL by an advisory lock
held until the transaction ends. So a transaction may read, decide and write without a race.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, CursorResult, Engine, Executable, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from krmd.base.errors import StoreError, TryLaterError

BUSY_SECONDS = 20.0
"""So long a transaction waits for another writer; backfill commits take well under a second."""

_NO_LIMIT = -1
"""Threads bound the connections. With fewer than there are threads, some wait for one until they
give up, and where each account held has one for itself, there is none left."""

_WRITER_LOCK = 0x6B726D64
"""PostgreSQL's advisory lock of the one writer: "krmd" in ASCII."""

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # Outbox and cursor must survive a power cut, not only a crash of the process.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-8192",
    "PRAGMA temp_store=MEMORY",
    # Pages a backfill changes again and again are copied back a quarter as often; the log grows
    # to some 16 MB.
    "PRAGMA wal_autocheckpoint=4000",
)


Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""The parameters of one statement, or a list of them to run it for each."""


class Transaction:
    """An open transaction. Repositories take it; it commits when its `with` block ends well.

    `connection` is SQLAlchemy's; `is_sqlite` tells the dialect where a statement must differ.
    """

    __slots__ = ("connection", "is_sqlite")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"

    def execute(
        self, statement: Executable, values: Values | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run one Core statement; a list of values runs it for each."""
        return self.connection.execute(statement, values)

    def among(
        self, statement: str, values: Sequence[int] | Sequence[str]
    ) -> Iterator[Sequence[Any]]:
        """Rows of a literal SELECT whose `{among}` stands behind a column: any of `values`.

        One parameter whatever their number, where IN with thousands of them costs more to compile
        than to run.
        """
        if not values:
            return iter(())
        if self.is_sqlite:
            statement = statement.replace("{among}", "IN (SELECT value FROM json_each(?))")
            rows = self.connection.exec_driver_sql(statement, (json.dumps(list(values)),))
            return iter(rows.all())
        statement = statement.replace("{among}", "= ANY(%s)")
        return iter(self.connection.exec_driver_sql(statement, (list(values),)).all())

    def insert_rows(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Run a literal INSERT with `?` placeholders for each of the rows (the fast way in)."""
        if not rows:
            return
        if not self.is_sqlite:
            statement = statement.replace("?", "%s")
        self.connection.exec_driver_sql(statement, rows)


class Store:
    """A database krmd keeps its ledger in. `where` names it for people, without a password."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url: URL = make_url(url)
        self.engine: Engine = _engine(self.url, busy_seconds)
        self._busy = f"{int(busy_seconds * 1000)}ms"
        self.where = self.url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file; None for a server."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A writing transaction; the only writer while it lasts.

        Raises TryLaterError when the database is busy, full or away, StoreError when a person must
        do something about it.
        """
        with self.explained(), self.engine.connect() as connection:
            connection.execution_options(krmd_write=True)
            with connection.begin():
                if not self.is_sqlite:
                    # No longer than on SQLite: the other writer may be a stopped process.
                    connection.exec_driver_sql(
                        f"SELECT set_config('lock_timeout', '{self._busy}', true),"
                        f" pg_advisory_xact_lock({_WRITER_LOCK})"
                    )
                yield Transaction(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads: one consistent view, beside a writer."""
        with self.explained(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield Transaction(connection)

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what the database raises within the block into what `transaction` raises."""
        try:
            yield
        except SQLAlchemyError as error:
            raise explain(error, self.where) or error from error


def _engine(url: URL, busy_seconds: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, busy_seconds)
    if url.get_backend_name() == "postgresql":
        return sqlalchemy.create_engine(
            url,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=_NO_LIMIT,
            # A link that is dropped in silence is noticed within a minute, not after two hours.
            connect_args={
                "connect_timeout": 10,
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
                "tcp_user_timeout": 30_000,
            },
        )
    raise StoreError(
        f"[store] url: krmd knows sqlite:///… and postgresql+psycopg://…, "
        f"not {url.get_backend_name()}"
    )


def _sqlite_engine(url: URL, busy_seconds: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("[store] url: name a file, as in sqlite:////var/lib/krmd/krmd.sqlite3")
    engine = sqlalchemy.create_engine(
        url, max_overflow=_NO_LIMIT, connect_args={"timeout": busy_seconds}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # BEGIN is ours (below): the driver's own would come too late and be DEFERRED.
        connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("krmd_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def make_place_for(store: Store) -> None:
    """Make the folder and the file of a SQLite store, readable by its owner alone.

    Raises StoreError where that can't be done.
    """
    path = store.path
    if path is None:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"the store {path} can't be opened: {error.strerror}") from error


def explain(error: SQLAlchemyError, where: str) -> StoreError | TryLaterError | None:
    """The plain sentence for a database error, or None if it looks like a bug of krmd's."""
    if not isinstance(error, DBAPIError):
        return None
    words = str(error.orig).strip()
    lowered = words.lower()
    for token, sentence, later in _EXPLAINED:
        if token in lowered:
            kind = TryLaterError if later else StoreError
            return kind(f"{sentence.format(where=where)} ({words.splitlines()[0]})")
    if isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error):
        return TryLaterError(f"the database {where} can't be reached ({words.splitlines()[0]})")
    return None


_EXPLAINED: tuple[tuple[str, str, bool], ...] = (
    ("database is locked", "the store {where} is busy; try again in a moment", True),
    ("lock timeout", "the store {where} is busy; try again in a moment", True),
    ("disk is full", "the disk that holds {where} is full; make room, nothing is lost", True),
    ("no space left", "the disk that holds {where} is full; make room, nothing is lost", True),
    ("disk i/o error", "the disk that holds {where} reports an error", True),
    ("readonly database", "the store {where} is read-only; check its owner and mode", False),
    ("read-only transaction", "the store {where} is read-only", False),
    ("unable to open database", "the store {where} can't be opened; check the path", False),
    (
        "not a database",
        "the store {where} is no SQLite file or is damaged; restore a backup, or move it away",
        False,
    ),
    ("malformed", "the store {where} is damaged; restore a backup", False),
    ("password authentication failed", "the database {where} refuses the login", False),
)
