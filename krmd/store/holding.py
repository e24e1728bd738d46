"""Who holds an account: the one process that may read and send for it.

On SQLite a lock file beside the store, which the system lets go of when the holder dies; on
PostgreSQL an advisory lock of a session, and an epoch in the account's row, since a session may be
lost without its owner noticing: whoever writes checks that the epoch is still theirs.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import SQLAlchemyError

from krmd.base.errors import TryLaterError
from krmd.store import folders
from krmd.store.engine import Store, Transaction
from krmd.store.tables import accounts

_LOCK_CLASS = 0x6B72
"""The first half of PostgreSQL's two-part advisory lock keys: "kr" in ASCII."""


class AccountTakenError(Exception):
    """Another process holds the account now: stop reading it, and ask again later."""


class Hold:
    """An account held until closed. Not to be shared between processes."""

    def __init__(self, store: Store, account: str) -> None:
        self.account = account
        self._store = store
        self._file: int | None = None
        self._session: Connection | None = None
        if store.path is not None:
            self._file = _lock_file(_lock_path(store.path, account), account)
        else:
            with store.explained():
                self._session = _lock_session(store, account)
        try:
            self.epoch = self._begin_epoch()
        except BaseException:
            self.close()
            raise

    def require(self, tx: Transaction) -> None:
        """Raise AccountTakenError where another holder has begun an epoch since."""
        epoch = tx.execute(
            select(accounts.c.epoch).where(accounts.c.name == self.account)
        ).scalar_one_or_none()
        if epoch != self.epoch:
            raise AccountTakenError(self.account)

    def close(self) -> None:
        """Let go of the account."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._session is not None:
            with contextlib.suppress(SQLAlchemyError):
                # The server notices the end of a session only after a moment, and whoever asks
                # within it would hear that the account is held.
                self._session.exec_driver_sql(
                    "SELECT pg_advisory_unlock(%s, %s)", (_LOCK_CLASS, _lock_key(self.account))
                )
            with contextlib.suppress(SQLAlchemyError):
                self._session.invalidate()
            self._session.close()
            self._session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin_epoch(self) -> int:
        with self._store.transaction() as tx:
            epoch = folders.ensure_account(tx, self.account).epoch + 1
            tx.execute(update(accounts).where(accounts.c.name == self.account).values(epoch=epoch))
        return epoch


def _lock_path(store: Path, account: str) -> Path:
    return store.with_name(f"{store.name}.{crc32(account.encode()):08x}.lock")


def _lock_file(path: Path, account: str) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
        os.close(handle)
        raise TryLaterError(
            f"the account {account} is held by {holder or 'another krmd'}; stop it first, or wait"
        ) from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
    return handle


def _lock_session(store: Store, account: str) -> Connection:
    session = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    got = session.exec_driver_sql(
        "SELECT pg_try_advisory_lock(%s, %s)", (_LOCK_CLASS, _lock_key(account))
    ).scalar()
    if not got:
        session.close()
        raise TryLaterError(f"the account {account} is held by another krmd on this database")
    return session


def _lock_key(account: str) -> int:
    """The second half of the lock's key, a signed integer of 32 bits."""
    return crc32(account.encode()) - (1 << 31)
