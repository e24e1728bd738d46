"""Reading a mailbox: what is asked for, how far back, and what is tried again."""

import threading
from collections.abc import Callable

import pytest

from krmd.app.quarantining import bug
from krmd.app.reading import Reader
from krmd.app.reading_plan import FIRST_LOOK, Progress, ReadingPlan
from krmd.app.status import account_status
from krmd.base.errors import TryLaterError, UserError
from krmd.base.instant import Instant
from krmd.intake.mailbox import Folder
from krmd.store import folders, quarantine
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header
from tests.fakes.mailbox import FakeMailbox

DAY = 86_400


def _reader(
    book: Book,
    mailbox: FakeMailbox,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    since: Instant | None = None,
    wants: Callable[[Folder], bool | None] = lambda _: None,
) -> Reader:
    return Reader(
        book.store,
        mailbox.connect(),
        ReadingPlan(account="home", judge=book.judge, since=since, wants=wants),
        clock=book.clock,
        stop=threading.Event(),
        progress=progress,
    )


def _years_of_mail(mailbox: FakeMailbox, count: int) -> None:
    for day in range(count, 0, -1):
        sender = f"friend{day}@example.com"
        mailbox.deliver(header(sender, OWNER, date=_ago(day)), received=_ago(day))


def _ago(days: int) -> Instant:
    return Instant(NOW - days * DAY)


def test_reading_back_ends_where_all_is_older_than_wanted(book: Book) -> None:
    """A mailbox of decades isn't read for one year of it."""
    mailbox = FakeMailbox("INBOX")
    _years_of_mail(mailbox, 4 * FIRST_LOOK)
    seen: list[Progress] = []
    reader = _reader(book, mailbox, seen.append, since=_ago(10))
    assert reader.read_everything()
    assert seen[-1].read <= 2 * FIRST_LOOK
    assert book.show("friend10@example.com").recency.email_inbound == 1
    assert not _is_known(book, "friend11@example.com")
    again = _reader(book, mailbox, since=_ago(10))
    assert again.read_everything()
    assert again.reports == {}


def test_an_older_since_reads_what_was_left_out(book: Book) -> None:
    """The setting may be changed at any time."""
    mailbox = FakeMailbox("INBOX")
    _years_of_mail(mailbox, 50)
    _reader(book, mailbox, since=_ago(10)).read_everything()
    assert not _is_known(book, "friend30@example.com")
    _reader(book, mailbox, since=_ago(40)).read_everything()
    assert _is_known(book, "friend30@example.com")
    assert not _is_known(book, "friend41@example.com")


def test_a_mail_the_server_refused_is_read_when_it_is_tried_again(book: Book) -> None:
    """Set aside with the server's words; understood later; then no longer set aside."""
    mailbox = FakeMailbox("INBOX")
    mailbox.deliver(header("ada@example.com", OWNER, date=_ago(2)), received=_ago(2))
    bad = mailbox.deliver(header("bob@example.com", OWNER, date=_ago(1)), received=_ago(1))
    mailbox.poison("INBOX", bad, "[UNAVAILABLE] the disk hums")
    assert _reader(book, mailbox).read_everything()
    assert _is_known(book, "ada@example.com")
    (mail,) = _waiting(book)
    assert (mail.uid, "disk hums" in mail.reason) == (bad, True)

    assert _reader(book, mailbox).retry([mail]) == []
    assert _waiting(book)[0].tries == 2

    mailbox.heal("INBOX", bad)
    assert _reader(book, mailbox).retry(_waiting(book)) == [_tried_twice(mail)]
    assert _waiting(book) == []
    assert _is_known(book, "bob@example.com")
    book.assert_right()


def test_a_mail_stays_in_quarantine_while_nothing_is_said_of_its_folder(book: Book) -> None:
    """The server answers NO to STATUS today; that doesn't mean that the mail is gone."""
    mailbox = FakeMailbox("INBOX")
    bad = mailbox.deliver(header("bob@example.com", OWNER, date=_ago(1)), received=_ago(1))
    mailbox.poison("INBOX", bad)
    assert _reader(book, mailbox).read_everything()
    mailbox.mute("INBOX")
    assert _reader(book, mailbox).retry(_waiting(book)) == []
    assert len(_waiting(book)) == 1
    mailbox.remove_folder("INBOX")
    mailbox.add_folder("Archive")
    assert len(_reader(book, mailbox).retry(_waiting(book))) == 1
    assert _waiting(book) == []


def test_uids_given_out_once_more_are_read_once_more(book: Book) -> None:
    """A server whose disk was restored counts on from the backup, under the same UIDVALIDITY."""
    mailbox = FakeMailbox("INBOX")
    _years_of_mail(mailbox, 30)
    assert _reader(book, mailbox).read_everything()
    mailbox.restore("INBOX", uidnext=21)
    mailbox.deliver(header("new@example.com", OWNER, date=_ago(0)), received=_ago(0))
    assert _reader(book, mailbox).read_everything()
    assert _is_known(book, "new@example.com")
    assert book.show("friend20@example.com").recency.email_inbound == 1
    again = _reader(book, mailbox)
    assert again.read_everything()
    assert again.reports == {}


def test_a_folder_not_wanted_any_more_keeps_nobody_waiting(book: Book) -> None:
    """Left out while it is half read, it doesn't count as unread for ever; it may come back."""
    mailbox = FakeMailbox("INBOX", "Lists")
    _years_of_mail(mailbox, 5)
    mailbox.deliver(header("list@example.com", OWNER, date=_ago(1)), "Lists", received=_ago(1))
    _reader(book, mailbox).look()
    assert _reader(book, mailbox, wants=lambda it: it.name != "Lists").read_everything()
    with book.store.reading() as tx:
        assert account_status(tx, "home").complete
    assert _reader(book, mailbox).read_everything()
    assert _is_known(book, "list@example.com")


def test_what_is_committed_late_moves_no_cursor_of_a_folder_that_went(book: Book) -> None:
    """A watcher commits what it read under the old UIDVALIDITY, which may come back one day."""
    mailbox = FakeMailbox("INBOX")
    _years_of_mail(mailbox, 5)
    reader = _reader(book, mailbox)
    assert reader.read_everything()
    (view,) = reader.look()
    with book.store.transaction() as tx:
        folders.forget_cursor(tx, view.row.id)
        folders.retire(tx, view.row.id, NOW)
        folders.advance(tx, view.row.id, high=5, modseq=None)
        assert folders.find(tx, view.row.id).high == 0


def test_the_reason_of_a_bug_holds_nothing_of_the_mail() -> None:
    """Some errors quote all of the text they can't take."""
    with pytest.raises(UnicodeEncodeError) as raised:
        "my secret \udcff".encode()
    assert bug(raised.value).startswith("UnicodeEncodeError")
    assert "secret" not in bug(raised.value)


def _tried_twice(mail: quarantine.Quarantined) -> quarantine.Quarantined:
    return mail._replace(tries=2)


def _waiting(book: Book) -> list[quarantine.Quarantined]:
    with book.store.reading() as tx:
        return quarantine.waiting(tx)


def _is_known(book: Book, address: str) -> bool:
    try:
        book.show(address)
    except UserError:
        return False
    return True


def test_a_folder_the_server_refuses_does_not_stop_the_others(book: Book) -> None:
    """All others are read; the refusal is told; the account isn't said to be complete."""
    mailbox = FakeMailbox("INBOX", "Locked", "Archive")
    for folder in ("INBOX", "Locked", "Archive"):
        block = header(f"{folder}@example.com", OWNER, date=_ago(3))
        mailbox.deliver(block, folder, received=_ago(3))
    mailbox.lock("Locked")
    with pytest.raises(TryLaterError):
        _reader(book, mailbox).read_everything()
    assert _is_known(book, "archive@example.com")
    assert not _is_known(book, "locked@example.com")
    with book.store.reading() as tx:
        assert not account_status(tx, "home").complete
    mailbox.unlock("Locked")
    assert _reader(book, mailbox).read_everything()
    assert _is_known(book, "locked@example.com")


def test_recent_mail_below_old_mail_is_read_too(book: Book) -> None:
    """Old mails moved into an archive have the highest UIDs there; `since` looks at arrivals."""
    mailbox = FakeMailbox("Archive")
    block = header("recent@example.com", OWNER, date=_ago(2))
    mailbox.deliver(block, "Archive", received=_ago(2))
    for number in range(FIRST_LOOK + 100):
        old = header(f"old{number}@example.com", OWNER, date=_ago(900))
        mailbox.deliver(old, "Archive", received=_ago(900))
    assert _reader(book, mailbox, since=_ago(10)).read_everything()
    assert _is_known(book, "recent@example.com")
    assert not _is_known(book, "old1@example.com")
