"""A book that is read besides: people come, change and go with their cards."""

import pytest

from krmd.app.address_books import BookReport, read_book
from krmd.base.command import Drop, EditContact, MergeContacts, Undo
from krmd.base.errors import UnreachableError, UserError
from krmd.base.instant import Instant
from krmd.store import books
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail
from tests.app.test_importing import importer, names
from tests.app.test_perform import everything
from tests.fakes.address_book import FakeBook, card

ADA = card("Ada Example", "ada", "EMAIL:ada@a.example", "BDAY:--1210", "CATEGORIES:Japan")
BOB = card("Bob Example", "bob", "EMAIL:bob@b.example", "TEL:+49 30 1234567")


def read(book: Book, phone: FakeBook, *, believe_emptied: bool = False) -> BookReport:
    """One pass over the phone's book."""
    return read_book("phone", phone, importer(book), believe_emptied=believe_emptied)


def counted(report: BookReport) -> tuple[int, int, int]:
    """Created, updated, skipped."""
    return report.created, report.updated, len(report.skipped)


@pytest.fixture(params=[False, True], ids=["listing", "tokens"])
def phone(request: pytest.FixtureRequest) -> FakeBook:
    """A book with two people, that lists all or tells what changed since a token."""
    return FakeBook({"/main/": {"/main/ada.vcf": ADA, "/main/bob.vcf": BOB}}, delta=request.param)


def test_people_arrive_with_birthdays_and_categories(book: Book, phone: FakeBook) -> None:
    """And the second pass asks for no card again."""
    assert (2, 0, 0) == counted(read(book, phone))
    ada = book.show("Ada Example")
    assert (("Japan",), "--12-10") == (ada.categories, ada.birthday)
    phone.fetched.clear()
    before = everything(book)
    assert (0, 0, 0) == counted(read(book, phone))
    assert [] == phone.fetched
    assert before == everything(book)
    book.assert_right()


def test_edits_and_deletions_are_followed(book: Book, phone: FakeBook) -> None:
    """Who is deleted on the phone is dropped with the history, and back when the card is back."""
    at = Instant(NOW - 5)
    book.read(mail(header("bob@b.example", OWNER, date=at), received=at))
    read(book, phone)
    phone.lying["/main/"]["/main/ada.vcf"] = ADA.replace(b"--1210", b"1985-12-10")
    gone = phone.lying["/main/"].pop("/main/bob.vcf")
    phone.lying["/main/"]["/main/cy.vcf"] = card("Cy Example", "cy")
    assert (1, 2, 0) == counted(read(book, phone))
    assert "1985-12-10" == book.show("Ada Example").birthday
    assert ["Ada Example", "Cy Example"] == names(book)
    assert book.show("Bob Example").recency.last_inbound == at
    phone.lying["/main/"]["/main/again.vcf"] = gone
    assert (0, 1, 0) == counted(read(book, phone))
    assert ["Ada Example", "Bob Example", "Cy Example"] == names(book)
    book.assert_right()


def test_who_is_known_otherwise_stays_when_the_card_goes(book: Book, phone: FakeBook) -> None:
    """The owner said something of them; what only the phone said goes."""
    read(book, phone)
    book.do(EditContact("Bob Example", note="likes Riesling", add_addresses=("bob@home.example",)))
    phone.lying["/main/"].pop("/main/bob.vcf")
    read(book, phone)
    bob = book.show("Bob Example")
    assert bob.kept
    assert (("likes Riesling",), ()) == (bob.notes, bob.phones)
    assert ["bob@home.example"] == [it.address for it in bob.addresses]


def test_who_the_owner_dropped_stays_dropped(book: Book, phone: FakeBook) -> None:
    """However often the phone changes the card."""
    read(book, phone)
    book.do(Drop("Bob Example"))
    phone.lying["/main/"]["/main/bob.vcf"] = BOB.replace(b"1234567", b"7654321")
    read(book, phone)
    assert ["Ada Example"] == names(book)


def test_an_emptied_book_drops_nobody(book: Book, phone: FakeBook) -> None:
    """It is said, again at each pass, until the owner says that it is meant or it is full again."""
    read(book, phone)
    full = phone.lying["/main/"]
    phone.lying["/main/"] = {}
    for _ in range(2):
        report = read(book, phone)
        assert report.doubt is not None
        assert "is empty and had 2 cards" in report.doubt
        assert ["Ada Example", "Bob Example"] == names(book)
        with book.store.reading() as tx:
            assert ("doubted", report.doubt) == books.all_books(tx)["phone"][1:3]
    phone.lying["/main/"] = {**full, "/main/cy.vcf": card("Cy Example", "cy")}
    assert (1, 0, 0) == counted(read(book, phone))
    phone.lying["/main/"] = {}
    assert read(book, phone, believe_emptied=True).doubt is None
    assert [] == names(book)


def test_a_vanished_collection_is_an_emptied_book(book: Book, phone: FakeBook) -> None:
    """A server that lists none of its books for an hour costs nobody."""
    read(book, phone)
    lying = dict(phone.lying)
    phone.lying.clear()
    assert read(book, phone).doubt is not None
    phone.lying.update(lying)
    assert (0, 0, 0) == counted(read(book, phone))
    assert ["Ada Example", "Bob Example"] == names(book)


def test_half_of_a_large_book_at_once_is_doubted_too(book: Book, phone: FakeBook) -> None:
    """New people are taken in all the same."""
    many = {f"/main/{n}.vcf": card(f"Person {n}", f"p{n}") for n in range(40)}
    phone.lying["/main/"] = dict(many)
    read(book, phone)
    phone.lying["/main/"] = {
        "/main/new.vcf": card("New One", "new"),
        "/main/0.vcf": many["/main/0.vcf"],
    }
    report = read(book, phone)
    assert report.doubt is not None
    assert 41 == len(names(book))


def test_a_cut_connection_costs_nothing(book: Book, phone: FakeBook) -> None:
    """Nothing is half taken in; the next pass is whole."""
    phone.cut = True
    before = everything(book)
    with pytest.raises(UnreachableError):
        read(book, phone)
    assert before == everything(book)
    phone.cut = False
    assert (2, 0, 0) == counted(read(book, phone))


def test_a_token_nobody_knows_is_no_reason_to_read_twice(book: Book, phone: FakeBook) -> None:
    """A restored server begins to count anew: the cards are compared, nobody is doubled."""
    read(book, phone)
    phone.delta = False
    before = everything(book)
    assert (0, 0, 0) == counted(read(book, phone))
    assert before == everything(book)


def test_a_card_that_cannot_be_had_is_asked_for_again(book: Book, phone: FakeBook) -> None:
    """It is named, and whom it meant stays."""
    phone.failing.add("/main/bob.vcf")
    assert (1, 0, 1) == counted(read(book, phone))
    phone.failing.clear()
    assert (1, 0, 0) == counted(read(book, phone))
    phone.lying["/main/"]["/main/bob.vcf"] = b"BEGIN:VCARD\nrubbish"
    assert (0, 0, 1) == counted(read(book, phone))
    assert ["Ada Example", "Bob Example"] == names(book)


def test_one_card_in_two_collections_is_one_person(book: Book, phone: FakeBook) -> None:
    """As long as one of them is there."""
    phone.lying["/other/"] = {"/other/ada.vcf": ADA}
    read(book, phone)
    assert ["Ada Example", "Bob Example"] == names(book)
    phone.lying["/main/"].pop("/main/ada.vcf")
    read(book, phone)
    assert ["Ada Example", "Bob Example"] == names(book)
    phone.lying["/other/"].pop("/other/ada.vcf")
    read(book, phone)
    assert ["Bob Example"] == names(book)


def test_groups_are_categories_of_their_members(book: Book, phone: FakeBook) -> None:
    """Also when only the group changes."""
    group = card("Old School", "g1", "X-ADDRESSBOOKSERVER-KIND:group")
    member = b"X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:bob\n"
    phone.lying["/main/"]["/main/g.vcf"] = group
    read(book, phone)
    assert () == book.show("Bob Example").categories
    phone.lying["/main/"]["/main/g.vcf"] = group.replace(b"END", member + b"END")
    read(book, phone)
    assert ("Old School",) == book.show("Bob Example").categories
    phone.lying["/main/"].pop("/main/g.vcf")
    read(book, phone)
    assert () == book.show("Bob Example").categories
    assert ["Ada Example", "Bob Example"] == names(book)


def test_what_a_book_says_is_not_undone(book: Book, phone: FakeBook) -> None:
    """It would say so again; undo takes back the owner's last command."""
    read(book, phone)
    with pytest.raises(UserError, match="nothing to undo"):
        book.do(Undo())


def test_merged_people_follow_both_their_cards(book: Book, phone: FakeBook) -> None:
    """The deletion of one card leaves the person."""
    read(book, phone)
    book.do(MergeContacts("Bob Example", "Ada Example"))
    phone.lying["/main/"].pop("/main/bob.vcf")
    read(book, phone)
    assert ["Ada Example"] == names(book)
    assert ["ada@a.example"] == [it.address for it in book.show("Ada Example").addresses]
