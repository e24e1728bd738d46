"""A source may be read again and again: it changes its mind about its own and nothing else."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import count
from uuid import UUID

import pytest

from krmd.app.importing import Imported, Importer
from krmd.base.address import AddressSet
from krmd.base.command import Actor, AddContact, Drop, EditContact, MergeContacts, Undo
from krmd.base.errors import UserError
from krmd.formats.reading import Raw, Skipped
from krmd.ledger.portrait import Portrait
from krmd.store.contacts import everyone
from krmd.store.tombstones import spelled_key
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail
from tests.app.test_perform import everything
from tests.fakes.people import FakePeople, portrait

NUMBERS = count(1)

ADA = portrait(
    "Ada Example",
    "uid-ada",
    email=["ada@home.example", "ada@work.example"],
    phone="+49 30 123456",
    birthday="--12-10",
    category=["Japan", "Friends"],
    company="Engines",
)
BOB = portrait("Bob Example", "uid-bob", email="bob@b.example")
PLAIN = portrait("Cy Plain", email="cy@c.example", role="baker")


def importer(book: Book) -> Importer:
    """What imports into a book, with numbers for ids."""
    return Importer(
        book.store,
        book.clock,
        lambda: UUID(int=(next(NUMBERS) << 100) + 7),
        AddressSet([OWNER], tags=True),
    )


def bring(
    book: Book, *portraits: Portrait, source: str = "vcard", dry_run: bool = False, version: int = 1
) -> Imported:
    """Import a file with these people."""
    reader = FakePeople(portraits, source, version)
    return importer(book).read(reader, Actor("cli", "file"), dry_run=dry_run)


def counted(done: Imported) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, left out."""
    return done.created, done.updated, done.unchanged, len(done.left_out)


def names(book: Book) -> list[str]:
    """Who is kept, by name."""
    with book.store.reading() as tx:
        return [row.name for row in everyone(tx) if row.kept]


def test_people_come_with_all_that_is_said_of_them(book: Book) -> None:
    """Addresses in the order the source prefers, categories, dates; and once only."""
    assert (3, 0, 0, 0) == counted(bring(book, ADA, BOB, PLAIN))
    card = book.show("Ada Example")
    assert ["ada@home.example", "ada@work.example"] == [it.address for it in card.addresses]
    assert ("Friends", "Japan") == card.categories
    assert ("--12-10", ("+49 30 123456",)) == (card.birthday, card.phones)
    assert ("Engines",) == tuple(it.fact.value for it in card.facts if it.fact.field == "company")
    before = everything(book)
    assert (0, 0, 3, 0) == counted(bring(book, ADA, BOB, PLAIN))
    assert before == everything(book)
    book.assert_right()


def test_another_version_of_the_reader_finds_nothing_new(book: Book) -> None:
    """It reads every piece again, and what is said is what was said."""
    bring(book, ADA, BOB, PLAIN)
    before = everything(book)
    assert (0, 0, 3, 0) == counted(bring(book, ADA, BOB, PLAIN, version=2))
    assert {**before, "keys": None} == {**everything(book), "keys": None}


def test_a_newer_file_changes_what_the_older_said(book: Book) -> None:
    """Added, taken away, renamed; and whoever is no longer in it stays."""
    bring(book, ADA, BOB)
    newer = portrait(
        "Ada Lovelace",
        "uid-ada",
        email=["ada@home.example", "ada@new.example"],
        birthday="1985-12-10",
        category=["Japan"],
    )
    assert (0, 1, 0, 0) == counted(bring(book, newer))
    card = book.show("Ada Lovelace")
    assert ["ada@home.example", "ada@new.example"] == [it.address for it in card.addresses]
    assert (("Japan",), "1985-12-10", ()) == (card.categories, card.birthday, card.phones)
    assert ["Ada Lovelace", "Bob Example"] == names(book)


def test_what_the_owner_says_stands(book: Book) -> None:
    """Edited by hand, taken away by hand: a newer file doesn't bring it back."""
    bring(book, ADA)
    book.do(
        EditContact(
            "Ada Example",
            name="Ada Byron",
            birthday="1985-12-10",
            remove_addresses=("ada@work.example",),
            remove_categories=("friends",),
            remove_phones=("(030) 123456",),
            add_categories=("poets",),
            say=(("company", "Byron & Co", ""),),
        )
    )
    newer = Portrait(ADA.name, (*ADA.facts, *portrait("", role="Countess").facts), ADA.key)
    assert (0, 1, 0, 0) == counted(bring(book, newer))
    card = book.show("Ada Byron")
    assert ["ada@home.example"] == [it.address for it in card.addresses]
    assert (("Japan", "poets"), "1985-12-10", ()) == (card.categories, card.birthday, card.phones)
    said = {it.fact.field: it.fact.value for it in card.facts}
    assert ("Byron & Co", "Countess") == (said["company"], said["role"])


def test_an_address_that_somebody_else_says_too_stays(book: Book) -> None:
    """The phone drops it, Google has it still."""
    bring(book, ADA)
    bring(book, portrait("Ada Example", email="ada@work.example"), source="google")
    bring(book, portrait("Ada Example", "uid-ada", email="ada@home.example"))
    addresses = [it.address for it in book.show("Ada Example").addresses]
    assert ["ada@home.example", "ada@work.example"] == addresses


@pytest.mark.parametrize("how", ["created", "updated"])
def test_an_import_is_one_command_that_undo_takes_back(book: Book, how: str) -> None:
    """Whoever was made goes, whatever was changed is as it was."""
    book.do(AddContact("Cy Plain", ("cy@c.example",), ("bakers",)))
    if how == "updated":
        bring(book, ADA, BOB)
    before = everything(book)
    newer = portrait("Ada King", "uid-ada", email="ada@king.example", category="Poets")
    bring(book, newer, PLAIN, BOB)
    assert before != everything(book)
    book.assert_right()
    book.do(Undo())
    assert before == everything(book)
    book.assert_right()


def test_a_dry_run_tells_all_and_changes_nothing(book: Book) -> None:
    """Person by person."""
    bring(book, ADA)
    before = everything(book)
    newer = portrait("Ada Example", "uid-ada", email=["ada@home.example", "ada@new.example"])
    done = bring(book, newer, BOB, dry_run=True)
    assert (1, 1, 0, 0) == counted(done)
    told = {it.name: it for it in done.people}
    assert "+ email: ada@new.example" in told["Ada Example"].details
    assert "− phone: +49 30 123456" in told["Ada Example"].details
    assert before == everything(book)


def test_whoever_is_known_by_an_address_is_completed(book: Book) -> None:
    """A contact added by hand, a correspondent with a history, and no double of either."""
    at = NOW
    book.read(mail(header("Bob <bob@b.example>", OWNER, date=at), received=at))
    ada = book.do(AddContact("Ada", ("ada@home.example",))).subject
    assert (1, 1, 0, 0) == counted(bring(book, ADA, BOB))
    assert ada == book.show("ada@work.example").id
    assert book.show("Bob Example").recency.last_inbound == at
    book.assert_right()


def test_a_family_at_one_address_stays_a_family(book: Book) -> None:
    """Two names at one address are two people, told apart by name; the same name is one."""
    ada = portrait("Ada Home", email="home@h.example")
    carl = portrait("Carl Home", email=["home@h.example", "carl@h.example"])
    again = portrait("Home, Ada", email="home@h.example", phone="+49 30 5555555")
    assert (2, 1, 0, 0) == counted(bring(book, ada, carl, again))
    assert ["Ada Home", "Carl Home"] == names(book)
    assert [True] == [it.shared for it in book.show("Ada Home").addresses]
    book.assert_right()


def test_two_of_one_name_without_address_stay_two(book: Book) -> None:
    """And each is known again by what was said of them, in whatever order they come."""
    one = portrait("John Smith", phone="+1 212 5550101")
    two = portrait("John Smith", phone="+1 415 5550102")
    assert (2, 0, 0, 0) == counted(bring(book, one, two))
    assert (0, 0, 2, 0) == counted(bring(book, two, one))
    moved = portrait("John Smith", phone=["+1 415 5550102", "+1 415 5550103"])
    assert (0, 1, 1, 0) == counted(bring(book, moved, one))
    with book.store.reading() as tx:
        assert 2 == len(everyone(tx))


def test_one_key_for_two_people_is_refused(book: Book) -> None:
    """Both lines are named, and nothing is taken in; one person twice is passed over."""
    before = everything(book)
    with pytest.raises(UserError, match="line 1 and line 2 both claim to be uid-ada: Ada Example"):
        bring(book, ADA, portrait("Eve Other", "uid-ada", email="eve@e.example"))
    assert before == everything(book)
    done = bring(book, ADA, portrait("Example, Ada", "uid-ada", email="ada@e.example"))
    assert (1, 0, 0, 1) == counted(done)
    assert "line 1" in done.left_out[0].reason


def test_the_owner_is_not_taken_in(book: Book) -> None:
    """Every phone has a card of its owner."""
    me = portrait("Kim Myself", "me", email=OWNER)
    mixed = portrait("Di Example", "di", email=[OWNER, "di@d.example"])
    done = bring(book, me, mixed)
    assert (1, 0, 0, 1) == counted(done)
    assert ["di@d.example"] == [it.address for it in book.show("Di Example").addresses]
    assert f"{OWNER} is your own" in done.people[0].details


def test_who_was_dropped_stays_dropped(book: Book) -> None:
    """What is said of them is kept up to date all the same."""
    bring(book, ADA, BOB)
    book.do(Drop("Bob Example"))
    bring(book, portrait("Bob Example", "uid-bob", email="bob@new.example"))
    assert ["Ada Example"] == names(book)
    assert not book.show("bob@new.example").kept


def test_who_was_merged_is_not_made_again(book: Book) -> None:
    """The cards of both go on telling of the one they are, and of each when they part."""
    bring(book, ADA, BOB)
    book.do(MergeContacts("Bob Example", "Ada Example"))
    newer = portrait("Bob Example", "uid-bob", email=["bob@b.example", "bob@new.example"])
    assert (0, 1, 0, 0) == counted(bring(book, newer))
    addresses = [it.address for it in book.show("Ada Example").addresses]
    assert {"ada@home.example", "ada@work.example", "bob@b.example", "bob@new.example"} == {
        *addresses
    }
    assert ["Ada Example"] == names(book)


def test_a_category_that_cannot_be_costs_itself(book: Book) -> None:
    """The person comes without it, and a sentence says so."""
    done = bring(book, portrait("Ada Example", "a", category=["x" * 300, "fine"]))
    assert ("fine",) == book.show("Ada Example").categories
    assert any("can't be a category's name" in it for it in done.people[0].details)


def test_ids_of_an_export_are_kept(book: Book) -> None:
    """A key that is a UUID is the contact's own id from then on."""
    uuid = UUID("8f3a1c52-8e0e-4b8e-9d53-1a2b3c4d5e6f")
    bring(book, portrait("Ada Example", f"urn:uuid:{uuid}", email="ada@a.example"), source="krmd")
    assert f"c_{uuid.hex}" == book.show("ada@a.example").id
    bring(book, portrait("Ada E", f"urn:uuid:{uuid}", email="ada@x.example"), source="vcard")
    assert ["ada@a.example", "ada@x.example"] == [
        it.address for it in book.show("Ada Example").addresses
    ]


def test_whoever_was_forgotten_stays_away(book: Book) -> None:
    """By address, by phone, by key."""

    def gone(_kind: str, values: Collection[str]) -> set[str]:
        return {it for it in values if it in ("bob@b.example", spelled_key("vcard", "uid-ada"))}

    reader = FakePeople([ADA, BOB, PLAIN])
    done = replace(importer(book), forgotten=lambda _tx: gone).read(reader, Actor("cli"))
    assert (1, 0, 0, 2) == counted(done)
    assert {"was forgotten; krmd contacts add takes them in again"} == {
        it.reason for it in done.left_out
    }


def test_one_uuid_in_two_spellings_is_one_person(book: Book) -> None:
    """As programs write it with and without the URN's beginning."""
    uuid = "8F3A1C52-8E0E-4B8E-9D53-1A2B3C4D5E6F"
    one = portrait("Ada Example", uuid, email="ada@a.example")
    again = portrait("Ada Example", f"urn:uuid:{uuid.lower()}", email="ada@b.example")
    assert (1, 1, 0, 0) == counted(bring(book, one, again))
    assert ["Ada Example"] == names(book)


def test_a_file_that_ends_in_an_error_changes_nothing(book: Book) -> None:
    """Nothing is half imported."""

    class Broken(FakePeople):
        def pieces(self) -> Iterator[Raw | Skipped]:
            yield from super().pieces()
            raise UserError("the file is cut off")

    before = everything(book)
    with pytest.raises(UserError, match="cut off"):
        importer(book).read(Broken([ADA]), Actor("cli"))
    assert before == everything(book)
