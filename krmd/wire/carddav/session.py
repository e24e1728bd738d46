"""An address book on a CardDAV server, opened for one pass: everything krmd may do with it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import structlog

from krmd.base.errors import UnreachableError
from krmd.intake.address_book import BookChanges, Collection, FailedCard, FetchedCard
from krmd.wire.carddav.authorization import Authorization, Credentials
from krmd.wire.carddav.cards import fetch_cards
from krmd.wire.carddav.changes import changes_of
from krmd.wire.carddav.client import DavClient
from krmd.wire.carddav.connection import Timeouts
from krmd.wire.carddav.discovery import Book, find_books
from krmd.wire.carddav.place import Place, place_of

log = structlog.get_logger()


def open_carddav(
    url: str,
    credentials: Credentials,
    *,
    ca_file: Path | None = None,
    timeouts: Timeouts | None = None,
    nonce: Callable[[], str] = secrets.token_hex,
) -> CardDavBooks:
    """The address books that a URL leads to; nothing is sent before the first question.

    With `ca_file` only the certificates in that file are trusted. Raises UserError for a URL that
    isn't https (or http on this machine).
    """
    place = place_of(url)
    client = DavClient(
        place.origin,
        Authorization(credentials, nonce),
        ca_file=ca_file,
        timeouts=timeouts or Timeouts(),
    )
    return CardDavBooks(client, place)


class CardDavBooks:
    """What `open_carddav` gives. Every method may raise CertificateError, LoginError or
    UnreachableError; what was said before then stands, and a new pass may go on from it.
    """

    def __init__(self, client: DavClient, start: Place) -> None:
        self._client = client
        self._start = start
        self._books: dict[str, Book] = {}
        self._etags: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def collections(self) -> tuple[Collection, ...]:
        """Every book there is, with the mark of its state now; never empty."""
        books = find_books(self._client, self._start)
        self._books = {book.place.path: book for book in books}
        log.info("carddav.connected", host=self._start.origin.name, books=len(books))
        return tuple(Collection(path, book.name, book.token) for path, book in self._books.items())

    def changes(
        self, collection: Collection, since: str | None, known: Mapping[str, str]
    ) -> BookChanges:
        """What became of a book since the token `since`, when it held `known` (href to etag)."""
        changes = changes_of(self._client, self._book(collection), since, known)
        self._etags |= dict(changes.changed)
        return changes

    def fetch(
        self, collection: Collection, hrefs: Iterable[str]
    ) -> Iterator[FetchedCard | FailedCard]:
        """These cards of a book, in any order; who is gone meanwhile isn't there."""
        for card in fetch_cards(self._client, self._book(collection), hrefs):
            if isinstance(card, FetchedCard) and not card.etag:
                # Not every server repeats it; the one from the listing is older, never newer.
                yield card._replace(etag=self._etags.get(card.href, ""))
            else:
                yield card

    def cancel(self) -> None:
        """From another thread: what is under way ends at once in UnreachableError."""
        self._client.cut()

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _book(self, collection: Collection) -> Book:
        if not self._books:
            self.collections()
        book = self._books.get(collection.href)
        if book is None:
            raise UnreachableError(
                f"{self._start.at(collection.href)} isn't among the address books any more"
            )
        return book
