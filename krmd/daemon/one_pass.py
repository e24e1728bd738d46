"""One pass over the accounts, each in its own thread; one that fails doesn't stop the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from krmd.app.reading import FolderReport, Progress, Reader
from krmd.base.errors import KrmdError
from krmd.base.instant import Clock
from krmd.daemon.job import AccountJob, Session
from krmd.store import folders
from krmd.store.engine import Store

log = structlog.get_logger()


@dataclass(slots=True)
class AccountResult:
    """What one pass did for one account; `complete` is false when it was stopped before the end."""

    account: str
    folders: list[FolderReport] = field(default_factory=list)
    error: KrmdError | None = None
    complete: bool = False


class Pass:
    """One pass over some accounts; `stop` may be called from a signal handler's thread."""

    def __init__(
        self,
        store: Store,
        jobs: Sequence[AccountJob],
        *,
        clock: Clock,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._jobs = tuple(jobs)
        self._clock = clock
        self._progress = progress
        self._stop = threading.Event()
        self._sessions: dict[str, Session] = {}
        self._bugs: list[BaseException] = []

    def run(self) -> list[AccountResult]:
        """Read all accounts to the end; raises what is a bug, after all have ended."""
        results = [AccountResult(job.name) for job in self._jobs]
        threads = [
            threading.Thread(target=self._read, args=(job, result), name=f"imap-{job.name}")
            for job, result in zip(self._jobs, results, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._bugs:
            raise self._bugs[0]
        return results

    def stop(self) -> None:
        """End soon: what is read is kept, the rest is left for the next pass."""
        self._stop.set()

    def _read(self, job: AccountJob, result: AccountResult) -> None:
        try:
            with job.hold() as hold:
                session = job.connect()
                try:
                    reader = Reader(
                        self._store,
                        session,
                        job.plan(hold),
                        clock=self._clock,
                        stop=self._stop,
                        progress=self._progress,
                    )
                    try:
                        result.complete = reader.read_everything()
                    finally:
                        result.folders = list(reader.reports.values())
                finally:
                    session.logout()
        except KrmdError as error:
            result.error = error
            log.warning("account.failed", account=job.name, error=error.message)
            self._note(job.name, error)
        except BaseException as error:  # carried to the caller's thread, where bugs are told
            self._bugs.append(error)

    def _note(self, account: str, error: KrmdError) -> None:
        try:
            with self._store.transaction() as tx:
                folders.ensure_account(tx, account)
                folders.set_state(tx, account, "error", error=error.message, when=self._clock.now())
        except KrmdError as told:
            log.warning("account.state_not_kept", account=account, error=told.message)
