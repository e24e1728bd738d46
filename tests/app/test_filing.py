"""Mail that lies in files: what its times are worth, and that one mail never stops the rest."""

import threading

from krmd.app.filing import FileReader
from krmd.app.reading_plan import FolderReport, ReadingPlan
from krmd.base.instant import Instant
from krmd.intake.mailbox import FailedUid, Folder, RawMail
from krmd.store import quarantine
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail

OLD_MAIL = Folder("/old/mail.mbox", "mail", "none", None, holds_mail=True)
DAY = 86_400


def _read(book: Book, *mails: RawMail | FailedUid) -> FolderReport:
    plan = ReadingPlan(account="files", judge=book.judge)
    reader = FileReader(book.store, plan, clock=book.clock, stop=threading.Event())
    return reader.read(OLD_MAIL, mails)


def test_a_from_line_that_is_older_than_the_date_is_not_believed(book: Book) -> None:
    """Exporting programs write what they like there."""
    written = Instant(NOW - 30 * DAY)
    block = header("ada@example.com", OWNER, date=written)
    _read(book, mail(block, received=Instant(1_000_000_000)))
    assert book.show("ada@example.com").recency.last_inbound == written


def test_a_file_may_be_read_again_and_in_any_place(book: Book) -> None:
    """Known by its key, whatever its number in the file."""
    letters = [
        mail(header(f"friend{n}@example.com", OWNER, date=NOW), received=NOW, uid=n + 1)
        for n in range(3)
    ]
    assert _read(book, *letters).recorded.recorded == 3
    assert _read(book, *reversed(letters)).recorded.recorded == 0


def test_what_cannot_be_read_is_set_aside_and_the_rest_is_taken_in(book: Book) -> None:
    """With its reason, once, however often the file is read."""
    letter = mail(header("ada@example.com", OWNER, date=NOW), received=NOW)
    for _ in range(2):
        report = _read(book, FailedUid(1, "no header"), letter)
        assert report.recorded.quarantined == 1
    assert book.show("ada@example.com").recency.email_inbound == 1
    with book.store.reading() as tx:
        assert [it.reason for it in quarantine.waiting(tx)] == ["no header"]
