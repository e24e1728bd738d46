"""Reading mail that lies in files: whole each time, without a cursor, since a file may change.

What came by IMAP already is known by its key, so a file adds only what is new in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from krmd.app.mailbox import Stop
from krmd.app.quarantining import bug, set_aside
from krmd.app.reading_plan import COMMIT_MAILS, NOT_THE_MAILS, FolderReport, Progress, ReadingPlan
from krmd.app.recording import Recorded
from krmd.app.understanding import ReadMail, understand
from krmd.base.instant import Clock, Instant
from krmd.intake.mailbox import FailedUid, Folder, RawMail
from krmd.store import folders
from krmd.store.engine import Store
from krmd.store.folders import FolderRow


class FileReader:
    """Takes in folders of mail in files, under the name of an account of their own."""

    def __init__(
        self,
        store: Store,
        plan: ReadingPlan,
        *,
        clock: Clock,
        stop: Stop,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._plan = plan
        self._clock = clock
        self._stop = stop
        self._progress = progress
        self._read = 0

    def read(self, folder: Folder, mails: Iterable[RawMail | FailedUid]) -> FolderReport:
        """Record every mail of a folder, a transaction for each few thousand.

        Ends early, keeping what was read, when it is asked to stop.
        """
        report = FolderReport(folder.name)
        row = self._row(folder)
        batch: list[ReadMail] = []
        failed: list[FailedUid] = []
        for mail in mails:
            if isinstance(mail, FailedUid):
                failed.append(mail)
            elif self._plan.since is None or mail.received >= self._plan.since:
                self._understand(mail, folder, batch, failed)
            self._read += 1
            if len(batch) >= COMMIT_MAILS:
                self._commit(row, batch, failed, report)
                batch, failed = [], []
            if self._stop.is_set():
                break
        self._commit(row, batch, failed, report)
        return report

    def _row(self, folder: Folder) -> FolderRow:
        with self._store.transaction() as tx:
            self._plan.guard(tx)
            folders.ensure_account(tx, self._plan.account)
            found = folders.Found(folder.wire, folder.name, folder.role)
            return folders.begin(tx, self._plan.account, found, uidvalidity=0, uidnext=1)

    def _understand(
        self, mail: RawMail, folder: Folder, batch: list[ReadMail], failed: list[FailedUid]
    ) -> None:
        try:
            # Its number in the file is no UID: the next read may find another mail there.
            read = understand(mail._replace(uid=0), folder.role, self._plan.authserv_id)
            batch.append(_arrived_after_it_was_written(read, self._clock.now()))
        except Exception as error:  # noqa: BLE001 - one mail must never stop the rest
            failed.append(FailedUid(mail.uid, f"not understood: {bug(error)}"))

    def _commit(
        self,
        row: FolderRow,
        batch: list[ReadMail],
        failed: list[FailedUid],
        report: FolderReport,
    ) -> None:
        try:
            done = self._write(row, batch)
        except NOT_THE_MAILS:
            raise
        except Exception:  # noqa: BLE001 - one mail must never stop the rest: find it
            done = Recorded()
            for mail in batch:
                self._write_one(row, mail, done, failed)
        now = self._clock.now()
        if failed:
            with self._store.transaction() as tx:
                for it in failed:
                    set_aside(tx, row, it, now)
        done.quarantined = len(failed)
        report.recorded.add(done)
        self._progress(Progress(self._plan.account, row.name, self._read, self._read))

    def _write(self, row: FolderRow, mails: list[ReadMail]) -> Recorded:
        with self._store.transaction() as tx:
            return self._plan.take_in(tx, row.id, mails, self._clock.now())

    def _write_one(
        self, row: FolderRow, mail: ReadMail, done: Recorded, failed: list[FailedUid]
    ) -> None:
        try:
            done.add(self._write(row, [mail]))
        except NOT_THE_MAILS:
            raise
        except Exception as error:  # noqa: BLE001 - as above; the quarantine names the bug
            failed.append(FailedUid(len(failed) + 1, f"not recorded: {bug(error)}"))


def _arrived_after_it_was_written(mail: ReadMail, now: Instant) -> ReadMail:
    """The mail, with its arrival put right where a file name or From_ line is before its Date.

    Exporting programs write what they like there; a server's INTERNALDATE is better evidence, and
    the least of all copies is what counts in the end.
    """
    date = mail.message.date
    if date is None or not mail.received < date <= now:
        return mail
    return mail._replace(received=date)
