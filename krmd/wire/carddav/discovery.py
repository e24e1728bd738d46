"""Finding the books: from a book, a principal, a home or a bare server (RFC 6764 6, RFC 6352 6, 7).

DNS SRV and TXT records aren't asked: the URL in the settings names the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

import structlog

from krmd.base.errors import UnreachableError
from krmd.wire.carddav import queries
from krmd.wire.carddav.client import DavClient
from krmd.wire.carddav.multistatus import Response
from krmd.wire.carddav.place import Place, as_folder, resolved
from krmd.wire.carddav.refusal import AnsweredError
from krmd.wire.imap.throttle import spoken

log = structlog.get_logger()

_WELL_KNOWN = "/.well-known/carddav"
_MOST_HOMES = 20
_MOST_FOLDERS = 50
_DEEPEST = 3

_MADE_BY_THE_SERVER = ("z-server-generated--", "z-app-generated--")
"""Nextcloud shows everybody on the server, and everybody lately written to, as books of one's own.
Nobody put those people there, so they are read only where the URL names the book itself.
"""


class Book(NamedTuple):
    """An address book on the server. `token` is its state now, marked with its kind
    (`sync:…`, `ctag:…`); `syncs` says whether it claims to answer sync-collection.
    """

    place: Place
    name: str
    token: str | None
    syncs: bool


class _Described(NamedTuple):
    """What one place says of itself and of where else to look."""

    book: Book | None
    principal: Place | None
    homes: tuple[Place, ...]
    place: Place


def find_books(client: DavClient, start: Place) -> tuple[Book, ...]:
    """All address books that `start` leads to: itself, those right below, or the user's own.

    Never empty. Raises LoginError, AnsweredError or UnreachableError.
    """
    books: tuple[Book, ...] = ()
    for place in (start, start.at(_WELL_KNOWN)):
        described = _describe_or_none(client, place)
        books = _led_to(client, described) if described is not None else ()
        if books:
            break
    if not books:
        raise UnreachableError(
            f"{start} shows no address book to {client.user}: "
            "is it the address that the server gives for CardDAV?"
        )
    return books


def _describe_or_none(client: DavClient, place: Place) -> _Described | None:
    """What a place is; None where a bare server only says that it is no place for such questions.

    A path that somebody wrote down must be there: were it passed over, a book that is gone would
    make room for all others of the same user.
    """
    try:
        return _describe(client, place)
    except AnsweredError as error:
        no_place = error.status in {405, 501} or place.path == "/"
        if not no_place and not (place.path == _WELL_KNOWN and error.status < 500):
            raise
        log.debug("carddav.not_here", host=place.origin.name, status=error.status)
        return None


def _describe(client: DavClient, place: Place) -> _Described:
    said: list[Response] = []
    answered = client.ask(queries.describe(0), place, said.append)
    if not said:
        raise AnsweredError(f"{place} says nothing of itself", 207)
    at = answered.place
    own = next((each for each in said if _is_at(each, at)), said[0])
    principals = _places(client, own.hrefs(queries.PRINCIPAL), at)
    homes = _places(client, own.hrefs(queries.HOME_SET), at)
    return _Described(_book(own, at), next(principals, None), tuple(homes), at)


def _led_to(client: DavClient, described: _Described) -> tuple[Book, ...]:
    if described.book is not None:
        return (described.book,)
    if described.homes:
        return _below(client, described.homes)
    if described.place.path != "/":
        books = _below(client, (described.place,))
        if books:
            return books
    if described.principal is None or described.principal == described.place:
        return ()
    return _below(client, _describe(client, described.principal).homes)


def _below(client: DavClient, folders: tuple[Place, ...]) -> tuple[Book, ...]:
    """The books in some folders and in the plain folders therein, each once."""
    books: dict[str, Book] = {}
    waiting = [(folder, 1) for folder in folders[:_MOST_HOMES]]
    seen: set[Place] = set()
    while waiting and len(seen) < _MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        if folder in seen:
            continue
        seen.add(folder)
        said: list[Response] = []
        at = client.ask(queries.describe(1), folder, said.append).place
        for response, place in _members(said, at):
            book = _book(response, place)
            if book is not None and not _made_by_the_server(place):
                books.setdefault(book.place.path, book)
            elif book is None and depth < _DEEPEST and _is_plain_folder(response):
                waiting.append((place, depth + 1))
    return tuple(books.values())


def _members(said: Iterable[Response], folder: Place) -> Iterator[tuple[Response, Place]]:
    own = as_folder(folder.path)
    for response in said:
        place = resolved(response.href, folder)
        if place is None:
            continue
        path = as_folder(place.path)
        if path == own:
            book = _book(response, folder)
            if book is not None:  # a home that is a book at the same time
                yield response, folder
        elif path.startswith(own):
            # Whatever host the href names: the folder answered from here.
            yield response, Place(folder.origin, path)


def _book(said: Response, place: Place) -> Book | None:
    kinds = said.names(queries.RESOURCE_TYPE)
    if queries.IS_BOOK not in kinds:
        return None
    path = as_folder(place.path)
    sync, ctag = said.text(queries.SYNC_TOKEN), said.text(queries.CTAG)
    token = f"sync:{sync}" if sync else f"ctag:{ctag}" if ctag else None
    syncs = bool(sync) or queries.SYNC_REPORT in said.names(queries.REPORTS)
    name = spoken(said.text(queries.DISPLAY_NAME)) or _last_name(path)
    return Book(Place(place.origin, path), name, token, syncs)


def _is_at(said: Response, place: Place) -> bool:
    found = resolved(said.href, place)
    return found is not None and as_folder(found.path) == as_folder(place.path)


def _is_plain_folder(said: Response) -> bool:
    kinds = said.names(queries.RESOURCE_TYPE) - {queries.RESOURCE_TYPE}
    return kinds == {queries.IS_COLLECTION}


def _made_by_the_server(place: Place) -> bool:
    return _last_segment(place.path).startswith(_MADE_BY_THE_SERVER)


def _last_name(path: str) -> str:
    return spoken(unquote(_last_segment(path))) or "contacts"


def _last_segment(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _places(client: DavClient, hrefs: list[str], base: Place) -> Iterator[Place]:
    for href in hrefs:
        if href:
            yield client.checked(resolved(href, base), href, base)
