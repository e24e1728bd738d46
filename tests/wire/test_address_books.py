"""What every address book promises, wherever it lies; the fake of the use cases among them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import pytest

from krmd.app.address_books import AddressBook
from krmd.intake.address_book import FetchedCard
from krmd.wire.vdir import open_vdir
from tests.fakes.address_book import FakeBook
from tests.fakes.address_book import card as fake_card
from tests.servers.radicale import RadicaleBook, card
from tests.wire.books import Follower, opened


class Shelf(ABC):
    """Where the cards lie, and how a test changes them."""

    book: AddressBook

    @abstractmethod
    def put(self, name: str, full_name: str) -> None:
        """Write a card."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Delete it."""


class Server(Shelf):
    """On Radicale."""

    def __init__(self, book: AddressBook, lying: RadicaleBook) -> None:
        self.book, self._lying = book, lying

    def put(self, name: str, full_name: str) -> None:
        """By PUT."""
        self._lying.put(name, full_name)

    def delete(self, name: str) -> None:
        """By DELETE."""
        self._lying.delete(name)


class Folder(Shelf):
    """In files."""

    def __init__(self, path: Path) -> None:
        self.book, self._path = open_vdir(path), path

    def put(self, name: str, full_name: str) -> None:
        """Beside its place, then into it."""
        (self._path / "new.tmp").write_text(card(name, full_name))
        (self._path / "new.tmp").rename(self._path / f"{name}.vcf")

    def delete(self, name: str) -> None:
        """A file."""
        (self._path / f"{name}.vcf").unlink()


class Memory(Shelf):
    """The fake."""

    def __init__(self) -> None:
        self._fake = FakeBook({"/b/": {}})
        self.book = self._fake

    def put(self, name: str, full_name: str) -> None:
        """Into a dictionary."""
        self._fake.lying["/b/"][f"/b/{name}"] = fake_card(full_name)

    def delete(self, name: str) -> None:
        """Out of it."""
        del self._fake.lying["/b/"][f"/b/{name}"]


@pytest.fixture(params=["carddav", "vdir", "fake"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """An empty address book of each kind, with one collection."""
    if request.param == "carddav":
        lying: RadicaleBook = request.getfixturevalue("dav_book")
        with opened(lying.url, user=lying.owner.name) as books:
            yield Server(books, lying)
    else:
        yield Folder(tmp_path) if request.param == "vdir" else Memory()


def test_an_empty_book_has_one_collection_without_cards(shelf: Shelf) -> None:
    """Nothing is new, nothing gone."""
    (changes,) = Follower().look(shelf.book)
    assert ((), ()) == (changes.changed, changes.removed)


def test_every_difference_is_named_once(shelf: Shelf) -> None:
    """New, altered and deleted cards; and after that nothing."""
    follower = Follower()
    for name in ("Ada", "Kim", "Lou"):
        shelf.put(name, name)
    follower.look(shelf.book)
    assert ["Ada", "Kim", "Lou"] == follower.names()
    shelf.put("Kim", "Kim Park")
    shelf.delete("Lou")
    shelf.put("Zoe", "Zoe")
    (changes,) = follower.look(shelf.book)
    assert (2, 1) == (len(changes.changed), len(changes.removed))
    assert ["Ada", "Kim Park", "Zoe"] == follower.names()
    (changes,) = follower.look(shelf.book)
    assert ((), ()) == (changes.changed, changes.removed)


def test_a_listing_without_a_token_is_whole(shelf: Shelf) -> None:
    """Compared with what is known, whatever that is."""
    shelf.put("Ada", "Ada")
    (collection,) = shelf.book.collections()
    first = shelf.book.changes(collection, None, {})
    (state,) = first.changed
    again = shelf.book.changes(collection, None, {state.href: state.etag, "gone": "1"})
    assert (True, True) == (first.complete, again.complete)
    assert ((), ("gone",)) == (again.changed, again.removed)


def test_what_is_fetched_bears_the_mark_of_the_listing(shelf: Shelf) -> None:
    """So that it counts as known from then on."""
    shelf.put("Ada", "Ada")
    (collection,) = shelf.book.collections()
    (state,) = shelf.book.changes(collection, None, {}).changed
    (fetched,) = shelf.book.fetch(collection, [state.href])
    assert isinstance(fetched, FetchedCard)
    assert state == (fetched.href, fetched.etag)


def test_a_card_known_without_a_mark_is_named_with_each_pass(shelf: Shelf) -> None:
    """It could not be had, and no token would speak of it."""
    shelf.put("Ada", "Ada")
    (collection,) = shelf.book.collections()
    first = shelf.book.changes(collection, None, {})
    (state,) = first.changed
    again = shelf.book.changes(collection, first.token, {state.href: ""})
    assert [state.href] == [changed.href for changed in again.changed]
