"""One account's worker: holds the account, looks at its folders, reads what is new, then back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from krmd.app.reading import Reader, folders_row
from krmd.app.reading_plan import FolderView, ReadingPlan
from krmd.app.rules import RulesChangedError
from krmd.app.standing import State, note_read
from krmd.base.errors import (
    FolderRefusedError,
    KrmdError,
    StoreError,
    TryLaterError,
    UnreachableError,
)
from krmd.base.instant import Instant
from krmd.daemon.account import Account, recording
from krmd.daemon.backfill import Backfill
from krmd.daemon.job import Session
from krmd.daemon.watcher import Watchers
from krmd.logs import get_logger
from krmd.store.engine import explain
from krmd.store.holding import AccountTakenError, Hold

log = get_logger()


class Worker:
    """The first of an account's threads, which starts and ends the others.

    `hold` is the account already held, if it is; `rules_changed` is called when the settings must
    be read again, after which a new worker will take this one's place.
    """

    def __init__(
        self, account: Account, *, hold: Hold | None, rules_changed: Callable[[], None]
    ) -> None:
        self._account = account
        self._hold = hold
        self._rules_changed = rules_changed
        self._stop = account.new_stop()
        self._said_waiting = ""
        self._failing: dict[str, str] = {}
        self._backfill: Backfill | None = None
        self.watchers = Watchers(account)
        self.thread = threading.Thread(
            target=self._run, name=f"imap-{account.job.name}", daemon=True
        )

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._work()
        finally:
            self._account.ended()

    def _work(self) -> None:
        """Hold the account for as long as that is possible; decide how to go on after that."""
        name = self._account.job.name
        try:
            hold = self._take_hold()
            if hold is None:
                return
            with hold:
                try:
                    self._read_while_held(self._account.job.plan(hold))
                finally:
                    self._account.plan = None
                    self._account.beat()
                    self.watchers.stop(self._account.pace.stop_at_all)
        except AccountTakenError:
            log.warning("account.taken", account=name)
        except RulesChangedError:
            log.info("rules.changed", account=name)
            self._account.doing = "waiting for other settings"
            self._rules_changed()
            self._rest(600.0)
        except KrmdError as error:
            log.warning("account.failed", account=name, error=error.message, kind=error.kind)
            self._rest(self._account.pace.bug_again)
        except Exception:
            self._account.doing = "stopped by a bug"
            log.exception("account.bug", account=name)
            self._rest(self._account.pace.bug_again)

    def _take_hold(self) -> Hold | None:
        """The account, as soon as nobody else holds it; None when asked to stop before."""
        hold, self._hold = self._hold, None
        while hold is None and not self._stop.is_set():
            self._account.beat()
            try:
                hold = _held(self._account)
            except (TryLaterError, StoreError) as error:
                self._account.doing = "waiting to hold the account"
                if error.message != self._said_waiting:
                    self._said_waiting = error.message
                    log.info(
                        "account.waiting", account=self._account.job.name, reason=error.message
                    )
                self._rest(self._account.pace.hold_again)
        if hold is not None and self._said_waiting:
            self._said_waiting = ""
            log.info("account.held", account=self._account.job.name)
        return hold

    def _read_while_held(self, plan: ReadingPlan) -> None:
        self._account.plan = plan
        while not self._stop.is_set():
            rest = 0.0
            with self._account.connected(self._stop, "worker") as session:
                if session is None:
                    return
                try:
                    rest = self._read(session, plan)
                except UnreachableError as error:
                    self._account.lost(session, error)
            self._sleep(rest)

    def _read(self, session: Session, plan: ReadingPlan) -> float:
        """Look and read again and again; gives back how long to do without a connection."""
        account = self._account
        reader = account.reader(session, plan, self._stop)
        self._backfill = backfill = Backfill(
            account.job.name,
            account.store,
            reader,
            every=account.pace.progress_every,
            told=self._slice_went,
        )
        while not self._stop.is_set():
            due = time.monotonic() + account.job.poll_seconds
            pause = self._once(reader, backfill, plan, due=due)
            left = due - time.monotonic() if pause is None else pause
            if left > account.pace.longest_silence:
                return left
            self._sleep(left)
        return 0.0

    def _once(
        self, reader: Reader, backfill: Backfill, plan: ReadingPlan, *, due: float
    ) -> float | None:
        """One look at everything; the seconds to wait where the store failed, else None."""
        account = self._account
        account.beat()
        try:
            started = account.clock.now()
            views = reader.look()
            self.watchers.follow(views, plan)
            unread = {v.folder.wire for v in views if v.is_new_mail_there or not v.row.is_complete}
            self._failing = {wire: why for wire, why in self._failing.items() if wire in unread}
            new_is_read = self._read_new(reader, views) and not self._stop.is_set()
            unfinished = going_back = backfill.look(views)
            self._note(plan, unfinished=unfinished, read_to=started if new_is_read else None)
            if going_back:
                account.doing = backfill.words
                unfinished = not backfill.read(views, self._stop, until=due)
            if account.store_trouble.over() or going_back:
                self._note(plan, unfinished=unfinished, read_to=None)
            account.doing = backfill.words if unfinished else "ok"
            if not unfinished:
                reader.read_signatures(views)
        except UnreachableError:
            raise
        except (TryLaterError, StoreError) as error:
            return account.store_trouble.failed(error)
        return None

    def _note(self, plan: ReadingPlan, *, unfinished: bool, read_to: Instant | None) -> None:
        why = self._trouble()
        state: State = "error" if why else "reading" if unfinished else "ok"
        now = self._account.clock.now()
        note_read(self._account.store, plan, state, why=why, read_to=read_to, when=now)

    def _read_new(self, reader: Reader, views: list[FolderView]) -> bool:
        """Read what is new in each folder; whether all of it could be read.

        A folder that fails doesn't keep the others from being read.
        """
        whole = True
        for view in views:
            if not view.is_new_mail_there:
                continue
            self._account.beat()
            try:
                self._read_new_of(reader, view)
            except FolderRefusedError as error:
                self._folder_went(view, error)
                whole = False
            else:
                self._folder_went(view, None)
                # A folder made anew since the look is left for the next one.
                row = folders_row(self._account.store, view.row)
                whole &= row.high >= view.state.uidnext - 1
        return whole

    def _read_new_of(self, reader: Reader, view: FolderView) -> None:
        with self._account.reading_up(view, self._stop) as mine:
            if mine:
                with recording(self._account.job.name, reader, view):
                    reader.read_new(view)

    def _slice_went(self, view: FolderView, error: FolderRefusedError | None) -> None:
        """A slice of a folder was read back, or the folder isn't opened."""
        self._folder_went(view, error)
        if self._backfill is not None:
            self._account.doing = self._backfill.words

    def _folder_went(self, view: FolderView, error: FolderRefusedError | None) -> None:
        """A folder was read (None), or isn't opened."""
        if error is None:
            self._failing.pop(view.folder.wire, None)
        elif self._failing.get(view.folder.wire) != error.message:
            self._failing[view.folder.wire] = error.message
            log.warning(
                "folder.failed",
                account=self._account.job.name,
                folder=view.folder.name,
                error=error.message,
            )

    def _trouble(self) -> str | None:
        """What goes wrong although the account is read."""
        if self._account.door.trouble is not None:
            return self._account.door.trouble.message
        return self._account.store_trouble.now or next(iter(self._failing.values()), None)

    def _sleep(self, seconds: float) -> None:
        """Sleep, unless somebody wants the worker to look at once."""
        if seconds > 0 and not self._stop.is_set():
            self._account.beat(seconds)
            self._account.nudge.wait(seconds)
            self._account.nudge.clear()

    def _rest(self, seconds: float) -> None:
        self._account.beat(seconds)
        self._stop.wait(seconds)


def _held(account: Account) -> Hold:
    try:
        return account.job.hold()
    except SQLAlchemyError as error:  # the lock's own connection, before any transaction
        raise explain(error, account.store.where) or error from error
