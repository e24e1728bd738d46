"""Reading address books besides: a thread each that polls, and one pass for `krmd sync`."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from krmd.app.address_books import AddressBook, BookReport, note_book_trouble
from krmd.base.errors import KrmdError, StoreError, TryLaterError, UnreachableError
from krmd.logs import get_logger

if TYPE_CHECKING:
    from krmd.daemon.account_threads import Workshop

log = get_logger()


class BookSession(AddressBook, Protocol):
    """A book that was opened, and can be ended: by its thread, or at once by another."""

    def close(self) -> None:
        """Let go of it; never raises."""
        ...

    def cancel(self) -> None:
        """End whatever the owning thread waits for; may be called from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class BookJob:
    """How to reach and read one address book. The callables block and may raise KrmdError.

    `made_of` as for accounts. `name` is the book's in settings.
    """

    name: str
    connect: Callable[[], BookSession]
    read: Callable[[AddressBook], BookReport]
    poll_seconds: int = 900
    made_of: object = None

    def does_as(self, other: object) -> bool:
        """Whether the other would read the same book in the same way."""
        return (
            isinstance(other, BookJob)
            and self.made_of is not None
            and (self.name, self.made_of, self.poll_seconds)
            == (other.name, other.made_of, other.poll_seconds)
        )


@dataclass(slots=True)
class BookResult:
    """What one pass did for one book."""

    book: str
    report: BookReport = field(default_factory=BookReport)
    error: KrmdError | None = None


def read_once(jobs: Sequence[BookJob], stopped: Callable[[], bool]) -> list[BookResult]:
    """One pass over some books, one after the other; one that fails doesn't stop the others."""
    results = []
    for job in jobs:
        if stopped():
            break
        result = BookResult(job.name)
        try:
            with contextlib.closing(job.connect()) as session:
                result.report = job.read(session)
        except KrmdError as error:
            result.error = error
            log.warning("book.failed", book=job.name, error=error.message)
        results.append(result)
    return results


class BookThread:
    """One book's thread, as the supervisor handles it."""

    def __init__(self, job: BookJob, workshop: Workshop) -> None:
        self.job = job
        self._shop = workshop
        self._backoff = workshop.pace.backoff(job.name)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._session: BookSession | None = None
        self._trouble: KrmdError | None = None
        self._doing = "starting"
        self._thread = threading.Thread(target=self._run, name=f"book-{job.name}", daemon=True)

    @property
    def is_well(self) -> bool:
        """Whether it reads, and nothing new in the settings could help it."""
        return self._trouble is None

    @property
    def words(self) -> str:
        """What it does now, for people."""
        return f"{self.job.name}: {self._trouble.kind if self._trouble else self._doing}"

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Let it end soon; returns at once."""
        self._stop.set()

    def wait(self, began: float) -> None:
        """Wait until it has ended, cutting its connection if it takes too long (as accounts')."""
        pace = self._shop.pace
        self._join(began + pace.stop_politely)
        with self._lock:
            if self._session is not None:
                self._session.cancel()
        self._join(began + pace.stop_at_all)
        if self._thread.is_alive():
            self._shop.beats.forget(self._thread)
            log.warning("book.thread_left_behind", thread=self._thread.name)

    def _join(self, deadline: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                pause = self._once()
                self._shop.beats.beat(self._shop.pace.longest_step + pause)
                self._stop.wait(pause)
        finally:
            self._shop.beats.end()
            self._shop.trouble.forget()

    def _once(self) -> float:
        """One pass; gives back the seconds until the next."""
        self._shop.beats.beat(self._shop.pace.longest_step)
        try:
            report = self._read()
        except UnreachableError as error:
            return 0.0 if self._stop.is_set() else self._unreachable(error)
        except (TryLaterError, StoreError) as error:
            return self._shop.trouble.failed(error)
        except KrmdError as error:
            self._note(error)
            return self._shop.pace.bug_again
        except Exception:
            self._doing = "stopped by a bug"
            log.exception("book.bug", book=self.job.name)
            return self._shop.pace.bug_again
        self._shop.trouble.over()
        self._tell(report)
        return float(self.job.poll_seconds)

    def _read(self) -> BookReport:
        session = self.job.connect()
        with self._lock:
            self._session = session
        try:
            report = self.job.read(session)
        finally:
            with self._lock:
                self._session = None
            session.close()
        return report

    def _tell(self, report: BookReport) -> None:
        if self._trouble is not None:
            log.info("book.recovered", book=self.job.name)
            self._trouble = None
        self._backoff.connected()
        self._doing = "ok"
        if report.doubt is not None:
            self._doing = "doubted"
            log.warning("book.doubted", book=self.job.name, reason=report.doubt)
        if report.created or report.updated:
            log.info(
                "book.read",
                book=self.job.name,
                created=report.created,
                updated=report.updated,
                skipped=len(report.skipped),
            )

    def _unreachable(self, error: UnreachableError) -> float:
        delay = self._backoff.next_delay(error)
        log.warning(
            "book.failed",
            book=self.job.name,
            error=error.message,
            kind=error.kind,
            retry_seconds=round(delay),
        )
        self._note(error)
        return delay

    def _note(self, error: KrmdError) -> None:
        self._trouble = error
        with contextlib.suppress(KrmdError):  # whatever the store says to that, the pass hears too
            note_book_trouble(self._shop.store, self.job.name, error, when=self._shop.clock.now())
