"""WHO: contacts and correspondents alike, and nothing is guessed."""

import pytest

from krmd.app.who import Correspondent, find_person
from krmd.base.command import AddContact, Drop
from krmd.base.errors import UserError
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail


def _wrote(book: Book, *senders: str) -> None:
    book.read(*(mail(header(sender, OWNER, date=NOW), received=NOW) for sender in senders))


def _found(book: Book, who: str) -> str:
    with book.store.reading() as tx:
        person = find_person(tx, who)
    return person.identity.value if isinstance(person, Correspondent) else person.name


def _candidates(book: Book, who: str) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        _found(book, who)
    return caught.value.candidates


def test_part_of_a_name_means_contacts_and_correspondents_alike(book: Book) -> None:
    """No contact is picked silently where a correspondent may be meant."""
    book.do(AddContact("Nuria Tõnisson", ("nt@a.example",)))
    _wrote(book, "Nuria D'Amico <nd@b.example>", "Bo <bo@b.example>")
    found = _candidates(book, "nuria")
    assert ["Nuria D'Amico <nd@b.example>", "Nuria Tõnisson <nt@a.example> c_"] == [
        found[0],
        found[1][: found[1].index("c_") + 2],
    ]
    assert "nd@b.example" == _found(book, "damico")
    assert "Nuria Tõnisson" == _found(book, "tonisson nuria")


def test_the_full_name_of_a_contact_is_the_contact(book: Book) -> None:
    """A correspondent of that very name is most likely another address of theirs."""
    book.do(AddContact("Ada Example", ("ada@a.example",)))
    _wrote(book, "Ada Example <ada@b.example>")
    assert "Ada Example" == _found(book, "ada example") == _found(book, "ada")


def test_a_full_name_goes_before_part_of_one(book: Book) -> None:
    """Whether it is spelled exactly or not."""
    book.do(AddContact("Ada"))
    book.do(AddContact("Ada Lovelace"))
    _wrote(book, "Zoë Müller <zoe@b.example>", "Zoe Muller-Lang <lang@b.example>")
    assert "Ada" == _found(book, "ada")
    assert "zoe@b.example" == _found(book, "zoe muller")


def test_two_addresses_under_one_name_are_two_candidates(book: Book) -> None:
    """Nothing says yet that they are one person."""
    _wrote(book, "Bo Example <bo@a.example>", "Bo Example <bo@b.example>")
    assert ("Bo Example <bo@a.example>", "Bo Example <bo@b.example>") == _candidates(book, "bo")


def test_who_was_dropped_is_meant_where_nobody_else_can_be(book: Book) -> None:
    """So that `keep` finds them, and `log` finds the others."""
    book.do(AddContact("Ada Example"))
    book.do(AddContact("Ada Lovelace"))
    book.do(Drop("Ada Lovelace"))
    assert "Ada Example" == _found(book, "ada")
    assert "Ada Lovelace" == _found(book, "lovelace") == _found(book, "ADA LOVELACE")


@pytest.mark.parametrize("who", ["nuria*", "nuria?", "%nuria", "*", "uria"])
def test_there_are_no_wildcards(book: Book, who: str) -> None:
    """A name is typed, not searched for."""
    book.do(AddContact("Nuria Tõnisson"))
    _wrote(book, "Nuria D'Amico <nd@b.example>")
    with pytest.raises(UserError):
        _found(book, who)
    assert () == _candidates(book, who)


def test_a_star_in_a_name_stands_for_itself(book: Book) -> None:
    """Who is called so is found so."""
    book.do(AddContact("Stella *"))
    book.do(AddContact("Stella"))
    assert "Stella *" == _found(book, "Stella *")
