"""A private PostgreSQL cluster on loopback, run by an unprivileged user, that tests may kill."""

import contextlib
import itertools
import signal
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from tests.servers.processes import (
    ServerProcess,
    find_program,
    free_ports,
    run_as_service,
    server_folder,
)

# No test outlives a power failure, so the disk isn't waited for. synchronous_commit stays on:
# without it a SIGKILL loses what was committed.
FAST = ("fsync=off", "full_page_writes=off")


class Postgres:
    """One cluster in its own temporary folder, on the same port for its whole life.

    A context manager: entering starts it, leaving ends it and removes the folder.
    """

    def __init__(self) -> None:
        self._exit = contextlib.ExitStack()
        self._serial = itertools.count(1)

    def __enter__(self) -> Self:
        folders = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"))[::-1]]
        initdb, postgres = find_program("initdb", *folders), find_program("postgres", *folders)
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(server_folder("postgres"))
            data = folder / "data"
            encoding = ["-E", "UTF8", "--locale=C.UTF-8"]
            run_as_service(
                [initdb, "-D", str(data), "-U", "krmd", "-A", "trust", "--no-sync", *encoding],
                cwd=folder,
            )
            (self.port,) = free_ports(1)
            settings = [
                f"port={self.port}",
                "listen_addresses=127.0.0.1",
                f"unix_socket_directories={folder}",
                "max_connections=100",
                *FAST,
            ]
            options = [word for setting in settings for word in ("-c", setting)]
            self._process = ServerProcess(
                [postgres, "-D", str(data), *options],
                cwd=folder,
                log=folder / "postgres.log",
                stop_signal=signal.SIGINT,  # "fast": clients are told and rolled back
            )
            stack.callback(self._process.kill)
            self.start()
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self._process.running

    def start(self) -> None:
        """Start it, and return when it answers a query; raises ServerFailed."""
        self._process.start(self._answers)

    def stop(self) -> None:
        """End it in order; open transactions are rolled back."""
        self._process.stop()

    def kill(self) -> None:
        """SIGKILL all its processes; what was committed is there after the next start."""
        self._process.kill()

    def restart(self) -> None:
        """Stop and start on the same port."""
        self.stop()
        self.start()

    def create_database(self, *, like: str = "template1") -> str:
        """An empty database, or a copy of another; gives back its SQLAlchemy URL, usable as
        `[store] url`. Nobody may be connected to the other.
        """
        name = f"krmd_{next(self._serial)}"
        template = sql.Identifier(like.rpartition("/")[2])
        self._administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template)
        )
        return f"postgresql+psycopg://krmd@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove a database of create_database, ending whoever still uses it."""
        name = url.rpartition("/")[2]
        self._administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def end_sessions(self, url: str) -> None:
        """Cut every connection to a database, as an administrator or a failover would."""
        name = url.rpartition("/")[2]
        self._administer(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
            ).format(sql.Literal(name))
        )

    def log(self) -> str:
        """The end of what it logged."""
        return self._process.log_end()

    def _administer(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="krmd",
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        try:
            with self._connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True
