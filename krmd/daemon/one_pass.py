"""One pass over the accounts, each in its own thread; one that fails doesn't stop the others."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from krmd.app.reading import Reader
from krmd.app.reading_plan import FolderReport, Progress, ReadingPlan
from krmd.app.rules import RulesChangedError
from krmd.app.standing import State, note_trouble
from krmd.base.errors import KrmdError, LoginError, TryLaterError
from krmd.base.instant import Clock
from krmd.daemon.job import AccountJob, Session
from krmd.logs import get_logger
from krmd.store.engine import Store
from krmd.store.holding import AccountTakenError

log = get_logger()


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
                self._read_held(job, job.plan(hold), result)
        except KrmdError as error:
            result.error = error
        except AccountTakenError:
            result.error = TryLaterError(f"another krmd took the account {job.name} over")
        except RulesChangedError:
            result.error = TryLaterError(
                "another krmd judges by other settings now; run it again with those"
            )
        except BaseException as error:  # noqa: BLE001 - the caller's thread tells of bugs
            self._bugs.append(error)
        if result.error is not None:
            log.warning("account.failed", account=job.name, error=result.error.message)

    def _read_held(self, job: AccountJob, plan: ReadingPlan, result: AccountResult) -> None:
        """Note trouble only here: who holds the account beside us has its own say."""
        try:
            self._read_through(job.connect(), plan, result)
        except KrmdError as error:
            state: State = "parked" if isinstance(error, LoginError) else "error"
            with contextlib.suppress(KrmdError):  # the store may be what fails
                note_trouble(self._store, plan, state, error.message, when=self._clock.now())
            raise

    def _read_through(self, session: Session, plan: ReadingPlan, result: AccountResult) -> None:
        try:
            reader = Reader(
                self._store,
                session,
                plan,
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
