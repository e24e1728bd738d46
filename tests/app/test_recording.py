"""Mail comes in, last contacted comes out."""

from krmd.base.command import AddContact, EditContact
from krmd.base.instant import Instant
from krmd.intake.mailbox import RawMail
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail

DAY = 86_400
ADA = "Ada Example <ada@example.com>"


def _at(days_ago: int) -> Instant:
    return Instant(NOW - days_ago * DAY)


def _from_ada(days_ago: int, **fields: str) -> RawMail:
    return mail(header(ADA, OWNER, date=_at(days_ago), **fields), received=_at(days_ago))


def _to_ada(days_ago: int, **fields: str) -> RawMail:
    block = header(OWNER, ADA, date=_at(days_ago), **fields)
    return mail(block, received=_at(days_ago), arrived=False)


def test_a_letter_each_way_gives_both_dates(book: Book) -> None:
    """Last contacted is the newer of the two, whoever wrote it."""
    book.read(_from_ada(10))
    book.read(_to_ada(3), folder="sent")
    seen = book.show("ada@example.com").recency
    assert (seen.last_contacted, seen.last_outbound, seen.last_inbound) == (_at(3), _at(3), _at(10))
    assert (seen.email_outbound, seen.email_inbound) == (1, 1)
    book.assert_right()


def test_the_same_mail_twice_is_recorded_once(book: Book) -> None:
    """Reading is idempotent, in one batch and over two."""
    twice = _from_ada(5)
    assert book.read(twice, twice).recorded == 1
    assert book.read(twice).recorded == 0
    assert book.show("ada@example.com").recency.email_inbound == 1
    book.assert_right()


def test_a_copy_in_sent_proves_what_the_owner_wrote(book: Book) -> None:
    """From alone proves nothing; the copy in Sent does, whichever is read first."""
    block = header(OWNER, ADA, date=_at(4))
    book.read(mail(block, received=_at(4)), folder="inbox")
    assert book.show("ada@example.com").recency.last_outbound is None
    book.read(mail(block, received=_at(4), arrived=False), folder="sent")
    assert book.show("ada@example.com").recency.last_outbound == _at(4)
    book.assert_right()


def test_two_mails_that_abuse_one_message_id_are_two(book: Book) -> None:
    """A program that numbers all its mails alike loses none of them."""
    one = _from_ada(9, message_id="<same@broken.example>")
    other = _from_ada(2, message_id="<same@broken.example>")
    assert book.read(one, other).recorded == 2
    assert book.show("ada@example.com").recency.email_inbound == 2


def test_a_date_in_the_future_gives_way_to_the_arrival(book: Book) -> None:
    """A broken clock doesn't make anybody contacted tomorrow."""
    block = header(ADA, OWNER, date=Instant(NOW + 400 * DAY))
    book.read(mail(block, received=_at(7)))
    assert book.show("ada@example.com").recency.last_contacted == _at(7)


def test_the_earliest_arrival_of_all_copies_is_the_arrival(book: Book) -> None:
    """A mail moved to an archive arrives there later and happened no later."""
    block = header(ADA, OWNER)
    book.read(mail(block, received=_at(2)), folder="inbox")
    book.read(mail(block, received=_at(8)), folder="archive")
    assert book.show("ada@example.com").recency.last_contacted == _at(8)
    book.assert_right()


def test_a_newsletter_is_no_contact(book: Book) -> None:
    """It is recorded, and moves nothing."""
    book.read(_from_ada(1, List_Unsubscribe="<mailto:off@example.com>"))
    assert book.show("ada@example.com").recency.last_contacted is None
    assert [entry.rule for entry in book.timeline("ada@example.com")] == ["bulk"]


def test_history_follows_an_address_into_a_contact(book: Book) -> None:
    """Who is added today has been written to for years, and the other way round."""
    book.read(_from_ada(30), _from_ada(20))
    book.do(AddContact("Ada", ("ada@example.com",)))
    assert book.show("Ada").recency.last_inbound == _at(20)
    book.read(_from_ada(1))
    assert book.show("Ada").recency.last_inbound == _at(1)
    book.do(EditContact("Ada", remove_addresses=("ada@example.com",)))
    assert book.show("Ada").recency.last_contacted is None
    assert book.show("ada@example.com").recency.email_inbound == 3
    book.assert_right()


def test_two_addresses_on_one_mail_are_one_contact(book: Book) -> None:
    """A mail to both of somebody's addresses is one mail to one person."""
    book.do(AddContact("Ada", ("ada@example.com", "ada@work.example")))
    block = header(OWNER, "ada@example.com, ada@work.example", date=_at(6))
    book.read(mail(block, received=_at(6), arrived=False), folder="sent")
    assert book.show("Ada").recency.email_outbound == 1
    book.assert_right()


def test_a_shared_address_is_told_apart_by_the_display_name(book: Book) -> None:
    """The family's address is Ada's where Ada's name stands, Bob's where Bob's does."""
    book.do(AddContact("Ada Example", ("home@example.com",)))
    book.do(AddContact("Bob Example", ("home@example.com",)))
    book.read(
        mail(header("Ada Example <home@example.com>", OWNER, date=_at(5)), received=_at(5)),
        mail(header("Bob EXAMPLE <home@example.com>", OWNER, date=_at(3)), received=_at(3)),
        mail(header("The Examples <home@example.com>", OWNER, date=_at(1)), received=_at(1)),
    )
    assert book.show("Ada Example").recency.last_contacted == _at(5)
    assert book.show("Bob Example").recency.last_contacted == _at(3)
    book.assert_right()


def test_a_new_own_address_judges_the_ledger_again(book: Book) -> None:
    """What looked like a correspondent was the owner all along."""
    old = "kim@old.example"
    book.read(mail(header(old, ADA, date=_at(9)), received=_at(9), arrived=False), folder="sent")
    book.read(mail(header(ADA, old, date=_at(8)), received=_at(8)))
    assert book.show("ada@example.com").recency.last_contacted is None
    rebuilt = book.judged_by(owner=(OWNER, old))
    assert rebuilt.verdicts == 2
    seen = book.show("ada@example.com").recency
    assert (seen.last_outbound, seen.last_inbound) == (_at(9), _at(8))
    book.assert_right()


def test_ignoring_hides_and_unignoring_brings_back(book: Book) -> None:
    """The facts stay, the verdicts follow the settings."""
    book.read(_from_ada(4))
    book.judged_by(ignore=("@example.com",))
    assert book.show("ada@example.com").recency.last_contacted is None
    book.assert_right()
    book.judged_by()
    assert book.show("ada@example.com").recency.last_contacted == _at(4)
    book.assert_right()


def test_what_is_ignored_leaves_no_subject(book: Book) -> None:
    """Privacy: of an ignored mail the words are not kept."""
    book.judged_by(ignore=("@example.com",))
    book.read(_from_ada(4, Subject="our secret"))
    book.judged_by()
    assert [entry.summary for entry in book.timeline("ada@example.com")] == [None]


def test_why_names_the_mail_and_the_rule(book: Book) -> None:
    """Each date can name its evidence."""
    book.read(_from_ada(4, message_id="<letter@example.com>"))
    book.read(_to_ada(2, message_id="<answer@example.org>"), folder="sent")
    behind = book.why("ada@example.com")
    assert behind.last_contacted is not None
    assert behind.last_inbound is not None
    assert behind.last_contacted.message_id == "answer@example.org"
    assert (behind.last_contacted.rule, behind.last_contacted.folder) == ("outbound_to", "Sent")
    assert behind.last_inbound.message_id == "letter@example.com"
    assert behind.last_inbound.rule == "inbound"


def test_a_name_that_stands_only_in_a_copy_is_known_too(book: Book) -> None:
    """The blind copy's recipient is named by the copy in Sent alone, read second."""
    ids = {"message_id": "<one@example.org>"}
    plain = header(OWNER, ADA, date=_at(3), **ids)
    book.read(mail(plain, received=_at(3)), folder="archive")
    sent = header(OWNER, ADA, date=_at(3), Bcc="Grace Example <grace@example.net>", **ids)
    book.read(mail(sent, received=_at(3), arrived=False), folder="sent")
    assert book.show("grace@example.net").name == "Grace Example"
    assert book.show("grace@example.net").recency.last_contacted is None
    book.assert_right()


def test_a_copy_that_proves_the_letter_touches_its_people(book: Book) -> None:
    """Contacts made by rule are made when the copy in Sent is read, not only at first sight."""
    block = header(OWNER, ADA, date=_at(4))
    assert book.read(mail(block, received=_at(4)), folder="inbox").touched == set()
    done = book.read(mail(block, received=_at(4), arrived=False), folder="sent")
    assert len(done.touched) >= 1
