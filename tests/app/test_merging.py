"""Two contacts become one and two again, with all their history where it was."""

import pytest

from krmd.base.command import (
    AddContact,
    EditContact,
    LogInteraction,
    MergeContacts,
    UnmergeContact,
)
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail

DAY = 86_400


def _two_with_history(book: Book) -> tuple[str, str]:
    """Ada, known twice: by her private and by her work address, with mails and calls of each."""
    ada = book.do(
        AddContact("Ada Example", ("ada@home.example",), ("friends",), note="likes Riesling")
    ).subject
    work = book.do(
        AddContact("A. Example", ("ada@work.example",), ("friends", "work"), cadence_days=30)
    ).subject
    assert ada is not None
    assert work is not None
    for sender, days in (("ada@home.example", 9), ("ada@work.example", 3)):
        at = Instant(NOW - days * DAY)
        book.read(mail(header(sender, OWNER, date=at), received=at))
    book.do(LogInteraction((work,), "called", at=Instant(NOW - 5 * DAY)))
    return ada, work


def _seen(book: Book, *ids: str) -> list[object]:
    return [(book.show(it), book.timeline(it), book.why(it)) for it in ids]


def test_what_happened_with_either_is_one_history_and_two_again(book: Book) -> None:
    """Timeline, dates, addresses and facts: after unmerging exactly as before merging."""
    ada, work = _two_with_history(book)
    before = _seen(book, ada, work)
    both = {entry.id for who in (ada, work) for entry in book.timeline(who)}
    book.do(MergeContacts(work, ada))
    card = book.show(ada)
    assert both == {entry.id for entry in book.timeline(ada)}
    assert card == book.show(work)
    assert card.recency.last_contacted == NOW - 3 * DAY
    assert (card.recency.call, card.recency.email_inbound, card.cadence_days) == (1, 2, 30)
    assert ["ada@home.example", "ada@work.example"] == [it.address for it in card.addresses]
    assert ("friends", "work") == card.categories
    book.assert_right()
    book.do(UnmergeContact(ada))
    assert before == _seen(book, ada, work)
    book.assert_right()


def test_an_unmerge_names_who_was_merged_by_their_old_id(book: Book) -> None:
    """That id is what the receipt of the merge says."""
    ada, work = _two_with_history(book)
    before = _seen(book, ada, work)
    book.do(MergeContacts(work, ada))
    book.do(UnmergeContact(work[:14]))
    assert before == _seen(book, ada, work)


def test_what_came_since_stays_with_whom_it_was_said_of(book: Book) -> None:
    """A note on the two as one is on the one they were merged into."""
    ada, work = _two_with_history(book)
    book.do(MergeContacts(work, ada))
    book.do(EditContact(ada, note="moved to Denver", add_categories=("denver",)))
    book.do(LogInteraction((ada,), "met for lunch"))
    book.do(UnmergeContact(ada))
    assert "moved to Denver" in book.show(ada).notes
    assert book.show(ada).recency.meeting == 1
    assert (("friends", "work"), ()) == (book.show(work).categories, book.show(work).notes)
    book.assert_right()


def test_two_who_share_an_address_have_it_alone_as_one(book: Book) -> None:
    """Mail that counted for nobody counts again, and is ambiguous again when they part."""
    at = Instant(NOW - DAY)
    book.read(mail(header("Somebody <home@a.example>", OWNER, date=at), received=at))
    ada = book.do(AddContact("Ada Example", ("home@a.example",))).subject
    bob = book.do(AddContact("Bob Example", ("home@a.example",))).subject
    assert ada is not None
    assert bob is not None
    assert book.show(ada).recency.last_contacted is None
    book.do(MergeContacts(bob, ada))
    assert book.show(ada).recency.last_contacted == at
    book.assert_right()
    book.do(UnmergeContact(bob))
    assert [None, None] == [book.show(it).recency.last_contacted for it in (ada, bob)]
    book.assert_right()


def test_merges_part_in_the_opposite_order(book: Book) -> None:
    """Three become one by two merges; the middle one can't be parted before the last."""
    one, two, three = (
        book.do(AddContact(f"Ada {name}", (f"{name}@a.example",))).subject or ""
        for name in ("one", "two", "three")
    )
    before = _seen(book, one, two, three)
    book.do(MergeContacts(three, two))
    book.do(MergeContacts(two, one))
    assert 3 == len(book.show(three).addresses)
    with pytest.raises(UserError, match="unmerge that first"):
        book.do(UnmergeContact(three))
    book.do(UnmergeContact(two))
    book.do(UnmergeContact(three))
    assert before == _seen(book, one, two, three)
    book.assert_right()


def test_a_circle_of_merges_is_refused(book: Book) -> None:
    """Whoever was merged is the other already."""
    ada, work = _two_with_history(book)
    book.do(MergeContacts(work, ada))
    for who, into in ((ada, work), (work, ada), (ada, ada)):
        with pytest.raises(UserError, match="one and the same"):
            book.do(MergeContacts(who, into))


def test_who_is_merged_is_no_contact_beside_the_other(book: Book) -> None:
    """Lists, names and categories know one person."""
    ada, work = _two_with_history(book)
    book.do(MergeContacts(work, ada))
    assert book.show("Ada Example").id == ada
    with pytest.raises(UserError, match="nobody"):
        book.show("A. Example")
    assert book.show("ada@work.example").id == ada


def test_what_either_forbids_is_forbidden(book: Book) -> None:
    """No mailings to one of them are none to both; they are back when the two part."""
    ada, work = _two_with_history(book)
    book.do(EditContact(work, no_mailings=True))
    book.do(MergeContacts(work, ada))
    assert book.show(ada).no_mailings
    book.do(UnmergeContact(ada))
    assert not book.show(ada).no_mailings
