"""Watching one folder on a connection of its own: what arrives is read at once."""

from __future__ import annotations

import threading

from krmd.app.reading import Reader
from krmd.app.reading_plan import FolderView, ReadingPlan
from krmd.app.rules import RulesChangedError
from krmd.base.errors import (
    FolderRefusedError,
    KrmdError,
    StoreError,
    TryLaterError,
    UnreachableError,
)
from krmd.daemon.account import Account, recording
from krmd.daemon.job import Session
from krmd.logs import get_logger
from krmd.store.holding import AccountTakenError

log = get_logger()

WATCHED = ("inbox", "sent", "all")
"""The roles of folders that are watched; all others are looked at now and then."""


class Watcher:
    """A thread that waits on one folder under one UIDVALIDITY."""

    def __init__(self, account: Account, view: FolderView, plan: ReadingPlan) -> None:
        self._account = account
        self._plan = plan
        self.view = view
        self.stop = account.new_stop()
        self.thread = threading.Thread(
            target=self._run, name=f"imap-{account.job.name}-{view.folder.name}", daemon=True
        )

    def _run(self) -> None:
        try:
            while not self.stop.is_set():
                self._watch()
        finally:
            self._account.forget_stop(self.stop)
            self._account.ended()

    def _watch(self) -> None:
        """One connection's life; whatever ends it, it is decided here how to go on."""
        name = self._account.job.name
        try:
            with self._account.connected(self.stop, self.view.folder.name) as session:
                if session is None:
                    return
                try:
                    self._listen(session)
                except UnreachableError as error:
                    self._account.lost(session, error)
        except (AccountTakenError, RulesChangedError):
            # The worker meets the same at its next look, and does what is to be done.
            self._end()
        except KrmdError as error:
            log.warning("folder.failed", account=name, folder=self._name, error=error.message)
            self._account.nudge.set()
            self._rest(self._account.pace.folder_again)
        except Exception:
            log.exception("account.bug", account=name, folder=self._name)
            self._rest(self._account.pace.bug_again)

    def _listen(self, session: Session) -> None:
        account = self._account
        reader = account.reader(session, self._plan, self.stop)
        account.beat()
        state = session.open(self.view.folder)
        if state.uidvalidity != self.view.row.uidvalidity:
            self._end()  # the worker begins the folder anew, and a new watcher on it
            return
        fresh = self.view._replace(state=state)
        self._take_in(reader, fresh, opened=False)
        while not self.stop.is_set():
            account.beat(account.job.idle_seconds)
            session.wait(account.job.idle_seconds, self.stop)
            # Looked at even if nothing was said: some servers forget to tell.
            if not self.stop.is_set():
                self._take_in(reader, fresh, opened=True)

    def _take_in(self, reader: Reader, view: FolderView, *, opened: bool) -> None:
        """Read what is new, for as long as it takes the store to accept it."""
        account = self._account
        while not self.stop.is_set():
            try:
                with (
                    account.reading_up(view, self.stop) as mine,
                    recording(account.job.name, reader, view),
                ):
                    if mine and opened:
                        reader.read_arrived(view)
                    elif mine:
                        reader.read_new(view)
            except (UnreachableError, FolderRefusedError):
                raise
            except (TryLaterError, StoreError) as error:
                pause = account.store_trouble.failed(error)
            else:
                account.store_trouble.over()
                return
            self._rest(pause)

    @property
    def _name(self) -> str:
        return self.view.folder.name

    def _end(self) -> None:
        self.stop.set()
        self._account.nudge.set()

    def _rest(self, seconds: float) -> None:
        self._account.beat(seconds)
        self.stop.wait(seconds)


class Watchers:
    """The watchers of one account, one for each folder to watch; handled by the worker's thread."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._watchers: dict[str, Watcher] = {}

    def follow(self, views: list[FolderView], plan: ReadingPlan) -> None:
        """Watch what is to be watched of these, and nothing else."""
        wanted = {view.folder.wire: view for view in views if view.folder.role in WATCHED}
        for wire, watcher in list(self._watchers.items()):
            view = wanted.get(wire)
            if view is None or view.row.id != watcher.view.row.id or not watcher.thread.is_alive():
                watcher.stop.set()
                del self._watchers[wire]
        for wire, view in wanted.items():
            if wire not in self._watchers:
                self._watchers[wire] = watcher = Watcher(self._account, view, plan)
                watcher.thread.start()

    def stop(self, seconds: float) -> None:
        """End all of them; returns when they have ended, or after so many seconds."""
        for watcher in self._watchers.values():
            watcher.stop.set()
        for watcher in self._watchers.values():
            watcher.thread.join(seconds)
        self._watchers.clear()

    @property
    def threads(self) -> list[threading.Thread]:
        """The threads that were started and not ended yet."""
        return [watcher.thread for watcher in list(self._watchers.values())]
