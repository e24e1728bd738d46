"""Reading a mailbox: which folders, what is new, then back from the newest to the oldest.

Everything read is committed with the cursor that says so. The network is asked between
transactions, never inside one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from krmd.app.mailbox import Mailbox, Stop
from krmd.app.quarantining import bug, place_of, set_aside
from krmd.app.reading_plan import (
    COMMIT_MAILS,
    FIRST_LOOK,
    NOT_THE_MAILS,
    FolderReport,
    FolderView,
    Progress,
    ReadingPlan,
    is_read,
)
from krmd.app.recording import Recorded
from krmd.app.uid_ranges import RANGE_MAILS, downward, seen, span, upward
from krmd.app.understanding import ReadMail, understand
from krmd.base.errors import FolderRefusedError, UserError
from krmd.base.instant import Clock, Instant
from krmd.intake.mailbox import HIGHEST_UID, FailedUid, FetchedRange, Folder, FolderState, UidRange
from krmd.intake.parse import header_fields
from krmd.store import folders, ledger, quarantine
from krmd.store.engine import Store, Transaction
from krmd.store.folders import FolderRow
from krmd.store.quarantine import Quarantined


class Reader:
    """Reads one account through one connection. Not to be shared between threads."""

    def __init__(
        self,
        store: Store,
        mailbox: Mailbox,
        plan: ReadingPlan,
        *,
        clock: Clock,
        stop: Stop,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._mailbox = mailbox
        self._plan = plan
        self._clock = clock
        self._stop = stop
        self._progress = progress
        self._read = 0
        self._total = 0
        self._is_behind = False
        self._fields = header_fields(plan.authserv_id)
        self.reports: dict[str, FolderReport] = {}

    def read_everything(self) -> bool:
        """One pass: what is new in every folder, then back to the oldest, newest first.

        True when nothing is left to read; False when it was asked to stop before, or a folder was
        made anew meanwhile. Raises UserError where no folder is read at all, and what the server
        said of a folder it refuses after all others were read.
        """
        started = self._clock.now()
        views = self.look()
        if not views:
            raise UserError(
                f"no folder of the account {self._plan.account} is read: look at its folders = …"
                " in krmd.toml; krmd check names the folders there are"
            )
        self._total = sum(view.unread for view in views)
        refused = self._in_each(views, self.read_new)
        if not (self._stop.is_set() or refused):
            self._set_read_to(started)
        refused += self._in_each(views, lambda view: self.read_back(view, at_most=FIRST_LOOK))
        refused += self._in_each(views, self.read_back)
        while self.read_signatures(views) and not self._stop.is_set():
            pass
        if refused:
            raise refused[0]
        return not (self._stop.is_set() or self._is_behind)

    def _in_each(
        self, views: Sequence[FolderView], read: Callable[[FolderView], object]
    ) -> list[FolderRefusedError]:
        """Read in every folder, also after one that the server refuses; returns the refusals."""
        refused = []
        for view in views:
            try:
                read(view)
            except FolderRefusedError as error:
                refused.append(error)
        return refused

    def look(self) -> list[FolderView]:
        """The folders to read as they are now, inbox and sent first; the store follows.

        A folder that vanished or isn't wanted any more is retired, and one whose UIDVALIDITY
        changed is begun anew; what was read of either stays in the ledger. A server that shows no
        folder at all is not believed.
        """
        listed = tuple(self._as_owner_says(folder) for folder in self._mailbox.folders())
        has_all = any(folder.role == "all" and folder.holds_mail for folder in listed)
        wanted = [
            folder
            for folder in listed
            if is_read(folder, self._plan.wants(folder), has_all=has_all)
        ]
        states, restored = self._counted(wanted)
        with self._store.transaction() as tx:
            self._plan.guard(tx)
            folders.ensure_account(tx, self._plan.account)
            known = {row.wire: row for row in folders.present(tx, self._plan.account)}
            for wire in restored & known.keys():
                self._read_anew(tx, known[wire], states[wire])
                known[wire] = folders.find(tx, known[wire].id)
            views = [
                FolderView(folder, self._row(tx, folder, state, known.get(folder.wire)), state)
                for folder in wanted
                if (state := states.get(folder.wire)) is not None
            ]
            if wanted:
                there = {folder.wire for folder in wanted}
                for wire, row in known.items():
                    if wire not in there:
                        folders.retire(tx, row.id, self._clock.now())
        return sorted(views, key=lambda view: _ORDER.get(view.folder.role, len(_ORDER)))

    def _as_owner_says(self, folder: Folder) -> Folder:
        return replace(folder, role="sent") if folder.name == self._plan.sent else folder

    def _counted(self, wanted: Sequence[Folder]) -> tuple[dict[str, FolderState], set[str]]:
        """The counters of these by wire name, and which give out UIDs once more that were read.

        That is what a server does whose disk was restored; else UIDNEXT never falls (RFC 3501
        2.3.1.1). What STATUS says may be old or a guess, so the folder is opened to make sure.
        """
        with self._store.reading() as tx:
            # Before the server counts: who watches a folder reads on meanwhile.
            rows = folders.present(tx, self._plan.account)
        read = {(row.wire, row.uidvalidity): row.high for row in rows}
        states = dict(self._mailbox.states(wanted)) if wanted else {}
        restored: set[str] = set()
        for folder in wanted:
            state = states.get(folder.wire)
            if state is None or not _has_fallen(folder.wire, state, read):
                continue
            with contextlib.suppress(FolderRefusedError):
                states[folder.wire] = state = self._mailbox.open(folder)
                if _has_fallen(folder.wire, state, read):
                    restored.add(folder.wire)
        return states, restored

    def _read_anew(self, tx: Transaction, row: FolderRow, state: FolderState) -> None:
        ledger.forget_places(tx, row.id)
        folders.fall_back(tx, row.id, high=state.uidnext - 1)

    def _row(
        self, tx: Transaction, folder: Folder, state: FolderState, known: FolderRow | None
    ) -> FolderRow:
        if known is not None and known.uidvalidity != state.uidvalidity:
            ledger.forget_places(tx, known.id)
            folders.forget_cursor(tx, known.id)
            folders.retire(tx, known.id, self._clock.now())
            known = None
        if known is None:
            known = folders.begin(
                tx,
                self._plan.account,
                folders.Found(folder.wire, folder.name, folder.role),
                uidvalidity=state.uidvalidity,
                uidnext=max(1, state.uidnext),
            )
        if known.messages != state.messages:
            folders.set_messages(tx, known.id, state.messages)
        if known.since is not None and (self._plan.since or Instant(0)) < known.since:
            folders.start_over(tx, known.id)
            known = folders.find(tx, known.id)
        return known

    def read_signatures(self, views: Sequence[FolderView]) -> bool:
        """Look at some contacts' newest mails for signatures; False where none is left, or the
        owner didn't let bodies be read.
        """
        if not self._plan.signatures:
            return False
        from krmd.app.signatures import read_signatures

        there = [view.folder for view in views]
        account = self._plan.account
        return read_signatures(self._store, account, self._mailbox, there, clock=self._clock) > 0

    def read_new(self, view: FolderView) -> int:
        """Read what came above the cursor; returns how many mails that were."""
        row = folders_row(self._store, view.row)
        if view.state.uidnext - 1 <= row.high:
            return 0
        ranges = upward(row.high + 1, view.state.uidnext - 1, span(view.state))
        return self._read_ranges(view, ranges, upward=True)

    def read_arrived(self, view: FolderView) -> int:
        """Read what came above the cursor into the folder that the mailbox has open already.

        For who waits on that folder: one round trip and one transaction, none where nothing came.
        Nothing is known of UIDNEXT here, so the cursor goes up to the highest UID that was seen.
        """
        row = folders_row(self._store, view.row)
        ranges = (UidRange(row.high + 1, HIGHEST_UID),)
        return self._fetch_ranges(view, ranges, upward=True)

    def read_back(self, view: FolderView, *, at_most: int | None = None) -> int:
        """Read back from the oldest mail read, `at_most` so many; returns how many they were."""
        row = folders_row(self._store, view.row)
        if row.is_complete:
            return 0
        floor = self._floor(view)
        lowest = floor
        if at_most is not None:
            lowest = max(floor, row.low - at_most * max(1, span(view.state) // RANGE_MAILS))
        ranges = downward(row.low - 1, lowest, span(view.state))
        count = self._read_ranges(view, ranges, upward=False)
        if lowest == floor > 1 and not (self._stop.is_set() or self._is_behind):
            self._end_at_since(view)
        return count

    def _floor(self, view: FolderView) -> int:
        """The UID below which nothing is wanted; 1 where the server can't tell which that is."""
        if self._plan.since is None or self._stop.is_set():
            return 1
        self._mailbox.open(view.folder)
        return self._mailbox.oldest_since(self._plan.since) or 1

    def _end_at_since(self, view: FolderView) -> None:
        with self._store.transaction() as tx:
            self._plan.guard(tx)
            folders.retreat(tx, view.row.id, low=1, read_back_to=None, since=self._plan.since)

    def retry(self, mails: Sequence[Quarantined]) -> list[Quarantined]:
        """Try mails in quarantine once more; returns those that were understood, or are gone.

        What is gone from its folder, or whose folder is gone, can't be understood any more; a
        folder of which the server says nothing now may be there again tomorrow.
        """
        views = {place_of(view.row): view for view in self.look()}
        with self._store.reading() as tx:
            there = {place_of(row) for row in folders.present(tx, self._plan.account)}
        done = []
        for mail in mails:
            view = views.get(mail.place)
            if view is None and mail.place in there:
                continue
            if view is None or self._retried(view, mail):
                with self._store.transaction() as tx:
                    quarantine.release(tx, mail.uuid)
                done.append(mail)
        return done

    def _retried(self, view: FolderView, mail: Quarantined) -> bool:
        if self._mailbox.open(view.folder).uidvalidity != view.row.uidvalidity:
            return False
        batch = _Batch(upward=True)
        ranges = (UidRange(mail.uid, mail.uid),)
        for part in self._mailbox.fetch(ranges, header_fields=self._fields):
            self._take(batch, part, view)
        try:
            with self._store.transaction() as tx:
                self._write(tx, batch.mails, view)
        except NOT_THE_MAILS:
            raise
        except Exception as error:  # noqa: BLE001 - as in a batch; the quarantine names the bug
            batch.failed.append(FailedUid(mail.uid, f"not recorded: {bug(error)}"))
        with self._store.transaction() as tx:
            for failed in batch.failed:
                set_aside(tx, view.row, failed, self._clock.now())
        return not batch.failed

    def _read_ranges(self, view: FolderView, ranges: Iterable[UidRange], *, upward: bool) -> int:
        if self._stop.is_set():
            return 0
        opened = self._mailbox.open(view.folder)
        if opened.uidvalidity != view.state.uidvalidity:
            # Made anew since it was looked at: these UIDs are other mails' now. The next look sees.
            self._is_behind = True
            return 0
        return self._fetch_ranges(view, ranges, upward=upward)

    def _fetch_ranges(self, view: FolderView, ranges: Iterable[UidRange], *, upward: bool) -> int:
        fetched = self._mailbox.fetch(self._until_stopped(ranges), header_fields=self._fields)
        try:
            return self._take_all(fetched, view, upward=upward)
        finally:
            # An error of the store keeps it alive, and nothing else can be asked before its end.
            if isinstance(fetched, Generator):
                fetched.close()

    def _take_all(self, fetched: Iterator[FetchedRange], view: FolderView, *, upward: bool) -> int:
        batch = _Batch(upward=upward)
        count = 0
        try:
            for part in fetched:
                self._take(batch, part, view)
                count += len(part.mails)
                if batch.is_full:
                    self._commit(batch, view)
                    batch = _Batch(upward=upward)
        finally:
            # What was read before the line went dead is read: keep it.
            if batch.ranges:
                self._commit(batch, view)
        return count

    def _until_stopped(self, ranges: Iterable[UidRange]) -> Iterator[UidRange]:
        for asked in ranges:
            if self._stop.is_set():
                return
            yield asked

    def _take(self, batch: _Batch, part: FetchedRange, view: FolderView) -> None:
        if (read := seen(part)) is not None:
            batch.ranges.append(read)
        batch.failed.extend(part.failed)
        role = view.folder.role
        for raw in part.mails:
            if batch.oldest is None or raw.received < batch.oldest:
                batch.oldest = raw.received
            if self._plan.since is not None and raw.received < self._plan.since:
                batch.too_old += 1
                continue
            try:
                batch.mails.append(understand(raw, role, self._plan.authserv_id))
            except Exception as error:  # noqa: BLE001 - one mail must never stop the rest
                batch.failed.append(FailedUid(raw.uid, f"not understood: {bug(error)}"))
        self._read += len(part.mails)
        self._progress(
            Progress(self._plan.account, view.folder.name, self._read, max(self._total, self._read))
        )

    def _commit(self, batch: _Batch, view: FolderView) -> None:
        """Write a batch with its cursor."""
        try:
            with self._store.transaction() as tx:
                done = self._write(tx, batch.mails, view)
                self._move_cursor(tx, batch, view)
        except NOT_THE_MAILS:
            raise
        except Exception:  # noqa: BLE001 - one mail must never stop the rest: find it
            done = self._commit_one_by_one(batch, view)
        report = self.reports.setdefault(view.folder.name, FolderReport(view.folder.name))
        done.quarantined += len(batch.failed)
        report.recorded.add(done)

    def _write(self, tx: Transaction, mails: list[ReadMail], view: FolderView) -> Recorded:
        return self._plan.take_in(tx, view.row.id, mails, self._clock.now())

    def _commit_one_by_one(self, batch: _Batch, view: FolderView) -> Recorded:
        """A mail in the batch can't be written: find it, set it aside, keep the others."""
        done = Recorded()
        for mail in batch.mails:
            try:
                with self._store.transaction() as tx:
                    done.add(self._write(tx, [mail], view))
            except NOT_THE_MAILS:
                raise
            except Exception as error:  # noqa: BLE001 - as above; the quarantine names the bug
                batch.failed.append(FailedUid(mail.uid, f"not recorded: {bug(error)}"))
        with self._store.transaction() as tx:
            self._plan.guard(tx)
            self._move_cursor(tx, batch, view)
        return done

    def _move_cursor(self, tx: Transaction, batch: _Batch, view: FolderView) -> None:
        now = self._clock.now()
        for failed in batch.failed:
            set_aside(tx, view.row, failed, now)
        if batch.upward:
            high = max(asked.high for asked in batch.ranges)
            since = self._plan.since if batch.too_old else None
            folders.advance(tx, view.row.id, high=high, modseq=view.state.modseq, since=since)
            return
        low = min(asked.low for asked in batch.ranges)
        folders.retreat(tx, view.row.id, low=low, read_back_to=batch.oldest, since=self._plan.since)

    def _set_read_to(self, when: Instant) -> None:
        with self._store.transaction() as tx:
            self._plan.guard(tx)
            folders.set_read_to(tx, self._plan.account, when)
            folders.set_state(tx, self._plan.account, "ok", error=None, when=when)


@dataclass(slots=True)
class _Batch:
    upward: bool
    ranges: list[UidRange] = field(default_factory=list)
    mails: list[ReadMail] = field(default_factory=list)
    failed: list[FailedUid] = field(default_factory=list)
    oldest: Instant | None = None
    too_old: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to commit."""
        return len(self.mails) + len(self.failed) + self.too_old >= COMMIT_MAILS


_ORDER = {"inbox": 0, "sent": 1, "all": 2}


def folders_row(store: Store, row: FolderRow) -> FolderRow:
    """The row as it stands now: another thread may have read on meanwhile."""
    with store.reading() as tx:
        return folders.find(tx, row.id)


def _has_fallen(wire: str, state: FolderState, read: Mapping[tuple[str, int], int]) -> bool:
    """Whether UIDs that were read will be given out; where there are more mails than UIDs, UIDNEXT
    isn't known.
    """
    last = state.uidnext - 1
    return read.get((wire, state.uidvalidity), 0) > last >= state.messages
