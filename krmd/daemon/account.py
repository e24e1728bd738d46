"""What the threads of one account share: the way in, the plan, the stop, and what is said of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from krmd.app.reading import Reader
from krmd.app.reading_plan import FolderView, Progress, ReadingPlan
from krmd.app.rules import RulesChangedError
from krmd.app.standing import State, note_trouble
from krmd.base.errors import KrmdError, LoginError
from krmd.base.instant import Clock
from krmd.daemon.door import Door
from krmd.daemon.heartbeat import Heartbeats
from krmd.daemon.job import AccountJob, Session
from krmd.daemon.pace import Pace
from krmd.daemon.store_trouble import StoreTrouble
from krmd.logs import get_logger
from krmd.store.engine import Store
from krmd.store.holding import AccountTakenError

log = get_logger()


class Account:
    """One account at work. `plan` is there while it is held; `nudge` wakes its worker early."""

    def __init__(
        self,
        job: AccountJob,
        store: Store,
        *,
        clock: Clock,
        pace: Pace,
        beats: Heartbeats,
        trouble: StoreTrouble,
    ) -> None:
        self.job = job
        self.store = store
        self.clock = clock
        self.pace = pace
        self.beats = beats
        self.store_trouble = trouble
        self.plan: ReadingPlan | None = None
        self.nudge = threading.Event()
        self.stopped = False
        self.doing = "starting"
        self.door = Door(
            job.connect,
            pace.backoff(job.name),
            beats=beats,
            longest_step=pace.longest_step,
            told=self._tell,
        )
        self._lock = threading.Lock()
        self._stops: list[threading.Event] = []
        self._sessions: set[Session] = set()
        self._upward: dict[str, threading.Lock] = {}

    def new_stop(self) -> threading.Event:
        """An event for one thread; set with all others when the account stops."""
        stop = threading.Event()
        with self._lock:
            self._stops.append(stop)
            if self.stopped:
                stop.set()
        return stop

    def forget_stop(self, stop: threading.Event) -> None:
        """The thread has ended."""
        with self._lock, contextlib.suppress(ValueError):
            self._stops.remove(stop)

    def stop_all(self) -> None:
        """Ask every thread of the account to end."""
        with self._lock:
            self.stopped = True
            for stop in self._stops:
                stop.set()
        self.nudge.set()

    def cut_all(self) -> None:
        """End every connection at once; their threads keep what they have read, and end."""
        with self._lock:
            for session in self._sessions:
                session.cancel()

    @contextlib.contextmanager
    def connected(self, stop: threading.Event, purpose: str) -> Iterator[Session | None]:
        """A connection for the time of the block, waited for; None when `stop` comes first.

        Must not be left by an error of the connection without `door.lost` being told.
        """
        session = self.door.enter(stop)
        if session is None:
            yield None
            return
        with self._lock:
            self._sessions.add(session)
        try:
            log.debug("account.connected", account=self.job.name, purpose=purpose)
            yield None if stop.is_set() else session
        finally:
            with self._lock:
                self._sessions.discard(session)
            self.door.leave(session)
            self.beat()
            session.logout()

    def lost(self, session: Session, error: KrmdError) -> None:
        """A connection broke: it is tried again when the door allows."""
        if not self.stopped and self.door.lost(session, error):
            log.info("account.disconnected", account=self.job.name, error=error.message)
            if getattr(error, "retry_after", None) is not None:
                # The server asks for patience; that isn't a line that went dead for a moment.
                log.warning("account.failed", account=self.job.name, error=error.message)
                self._note(error)

    def reader(self, session: Session, plan: ReadingPlan, stop: threading.Event) -> Reader:
        """A reader that shows with each range that its thread lives."""

        def alive(_: Progress) -> None:
            self.beat()

        return Reader(self.store, session, plan, clock=self.clock, stop=stop, progress=alive)

    @contextlib.contextmanager
    def reading_up(self, view: FolderView, stop: threading.Event) -> Iterator[bool]:
        """The right to read what is new in a folder; False when `stop` comes first.

        Two threads would do no harm, but the work twice.
        """
        with self._lock:
            turn = self._upward.setdefault(view.folder.wire, threading.Lock())
        while not turn.acquire(timeout=0.2):
            self.beat()
            if stop.is_set():
                yield False
                return
        try:
            self.beat()
            yield True
        finally:
            turn.release()

    def beat(self, more: float = 0.0) -> None:
        """The calling thread lives, and may block for one step and so many seconds more."""
        self.beats.beat(self.pace.longest_step + more)

    def ended(self) -> None:
        """The calling thread has nothing more to do with the account."""
        self.beats.end()
        self.store_trouble.forget()

    def _tell(self, error: KrmdError | None, seconds: float) -> None:
        if error is None:
            log.info("account.recovered", account=self.job.name)
            self.nudge.set()
            return
        log.warning(
            "account.failed",
            account=self.job.name,
            error=error.message,
            kind=error.kind,
            retry_seconds=round(seconds),
        )
        self._note(error)

    def _note(self, error: KrmdError) -> None:
        plan = self.plan
        if plan is None:
            return
        state: State = "parked" if isinstance(error, LoginError) else "error"
        # Whatever the store says to that, the worker will hear it too.
        with contextlib.suppress(KrmdError, AccountTakenError, RulesChangedError):
            note_trouble(self.store, plan, state, error.message, when=self.clock.now())


def said(reader: Reader, folder: str) -> tuple[int, int, int]:
    """What a reader has done in a folder so far: mails seen, recorded, set aside."""
    report = reader.reports.get(folder)
    if report is None:
        return (0, 0, 0)
    return (report.recorded.seen, report.recorded.recorded, report.recorded.quarantined)


@contextlib.contextmanager
def recording(account: str, reader: Reader, view: FolderView) -> Iterator[None]:
    """Log what was recorded of a folder within the block, if anything, even if it ends badly."""
    before = said(reader, view.folder.name)
    try:
        yield
    finally:
        seen, recorded, quarantined = (
            now - then for now, then in zip(said(reader, view.folder.name), before, strict=True)
        )
        if seen or quarantined:
            log.info(
                "mail.recorded",
                account=account,
                folder=view.folder.name,
                mails=seen,
                recorded=recorded,
                quarantined=quarantined,
            )
