"""Fetching cards: fifty at a time, and one by one where a server answers that badly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import structlog

from krmd.intake.address_book import LARGEST_CARD, FailedCard, FetchedCard
from krmd.wire.carddav import queries
from krmd.wire.carddav.client import DavClient, etag_of
from krmd.wire.carddav.discovery import Book
from krmd.wire.carddav.multistatus import Response
from krmd.wire.carddav.place import resolved
from krmd.wire.carddav.refusal import AnsweredError

log = structlog.get_logger()

AT_ONCE = 50

_GONE = frozenset({404, 410})
_UNSUPPORTED = frozenset({400, 403, 405, 415, 501})
"""Answers that mean the question, not one of the cards asked for."""


def fetch_cards(
    client: DavClient, book: Book, hrefs: Iterable[str]
) -> Iterator[FetchedCard | FailedCard]:
    """The cards of these hrefs, in any order; those that are gone meanwhile are simply not there.

    Nothing is on the line while a card is handed out. Raises LoginError or UnreachableError.
    """
    waiting = iter(hrefs)
    many = True
    while batch := list(dict.fromkeys(islice(waiting, AT_ONCE))):
        found: dict[str, FetchedCard | FailedCard | None] = {}
        if many and len(batch) > 1:
            found, many = _many(client, book, batch)
        for href in batch:
            card = found[href] if href in found else _one(client, book, href)
            if card is not None:
                yield card


def _many(
    client: DavClient, book: Book, batch: list[str]
) -> tuple[dict[str, FetchedCard | FailedCard | None], bool]:
    """What the server gave of a batch (None: it is gone), and whether to ask that way again."""
    asked = set(batch)
    found: dict[str, FetchedCard | FailedCard | None] = {}

    def take(said: Response) -> None:
        place = resolved(said.href, book.place)
        if place is None or place.path not in asked:
            return
        if said.status in _GONE:
            found[place.path] = None
        elif queries.ADDRESS_DATA in said.properties:
            data = said.properties[queries.ADDRESS_DATA].text or ""
            found[place.path] = _card(
                place.path, etag_of(said.text(queries.ETAG)), data.encode("utf-8", "replace")
            )

    try:
        client.ask(queries.cards(batch), book.place, take)
    except AnsweredError as error:
        log.info("carddav.multiget_refused", host=book.place.origin.name, status=error.status)
        # Control characters in one card spoil the XML of all; what came before them is good.
        return found, error.status not in _UNSUPPORTED
    # An answer about none of them speaks of hrefs in another way: one by one is quicker.
    return found, bool(found)


def _one(client: DavClient, book: Book, href: str) -> FetchedCard | FailedCard | None:
    try:
        got = client.get(book.place.at(href))
    except AnsweredError as error:
        return None if error.status in _GONE else FailedCard(href, error.message)
    return _card(href, got.etag, got.octets)


def _card(href: str, etag: str, octets: bytes) -> FetchedCard | FailedCard:
    if len(octets) > LARGEST_CARD:
        return FailedCard(href, f"it is larger than {LARGEST_CARD >> 20} MB")
    return FetchedCard(href, etag, octets)
