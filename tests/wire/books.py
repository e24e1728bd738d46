"""What the tests of address books share: opening them with little patience, and following them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from krmd.app.address_books import AddressBook
from krmd.intake.address_book import BookChanges, Collection, FetchedCard
from krmd.wire.carddav.authorization import Credentials
from krmd.wire.carddav.connection import Timeouts
from krmd.wire.carddav.session import CardDavBooks, open_carddav
from tests.servers.radicale import PASSWORD

PATIENT = Timeouts(connect=5.0, read=60.0, answer=90.0)
"""Radicale writes a file for each card before it tells a sync token."""

HASTY = Timeouts(connect=2.0, read=1.0, answer=3.0)
"""For servers that say nothing, or never come to an end."""


@contextlib.contextmanager
def opened(
    url: str,
    *,
    user: str = "ada",
    password: str = PASSWORD,
    ca_file: Path | None = None,
    timeouts: Timeouts = PATIENT,
) -> Iterator[CardDavBooks]:
    """The books at a URL, as Ada."""
    credentials = Credentials(user, lambda: password)
    with open_carddav(url, credentials, ca_file=ca_file, timeouts=timeouts) as books:
        yield books


class Follower:
    """Keeps what an owner of krmd would have kept: per collection the token, etags and cards."""

    def __init__(self) -> None:
        self.tokens: dict[str, str | None] = {}
        self.known: dict[str, dict[str, str]] = {}
        self.cards: dict[str, bytes] = {}

    def look(self, books: AddressBook) -> list[BookChanges]:
        """One pass over all collections."""
        return [self.follow(books, collection) for collection in books.collections()]

    def follow(self, books: AddressBook, collection: Collection) -> BookChanges:
        """One pass over one collection."""
        known = self.known.setdefault(collection.href, {})
        changes = books.changes(collection, self.tokens.get(collection.href), known)
        states = dict(changes.changed)
        fetched = list(books.fetch(collection, list(states)))
        for card in fetched:
            assert isinstance(card, FetchedCard), card
            known[card.href] = card.etag or states[card.href]
            self.cards[card.href] = card.octets
        for href in changes.removed:
            del known[href], self.cards[href]
        self.tokens[collection.href] = changes.token
        return changes

    def names(self) -> list[str]:
        """The full names on all cards that are known now."""
        lines = (line for octets in self.cards.values() for line in octets.splitlines())
        return sorted(line[3:].decode() for line in lines if line.startswith(b"FN:"))
