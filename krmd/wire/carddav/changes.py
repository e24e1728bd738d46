"""What changed in a book: by sync token (RFC 6578), else by listing every card.

A listing that isn't whole removes nobody: each way here proves that it heard the end.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from krmd.intake.address_book import MOST_CARDS, BookChanges, CardState
from krmd.wire.carddav import queries
from krmd.wire.carddav.client import DavClient, etag_of
from krmd.wire.carddav.discovery import Book
from krmd.wire.carddav.multistatus import Response
from krmd.wire.carddav.place import as_folder, resolved
from krmd.wire.carddav.refusal import AnsweredError

log = structlog.get_logger()

_SYNC, _CTAG = "sync:", "ctag:"
_MOST_ROUNDS = 1000
_GONE = frozenset({404, 410})
_PASSING = frozenset({401, 404, 410})
"""Answers to a sync report that a plain listing would get as well. Any other refusal may only mean
that the token is too old (403, 409, 410, 412 and 507 are all in use beside DAV:valid-sync-token) or
that the server can't do it.
"""


def changes_of(
    client: DavClient, book: Book, since: str | None, known: Mapping[str, str]
) -> BookChanges:
    """What became of a book since the state `since`, in which it held `known` (href to etag).

    Without `since`, or where the server doesn't know it any more, everything is listed. Raises
    LoginError, AnsweredError or UnreachableError, and then nothing is known of any change.
    """
    if since is not None and since == book.token:
        return BookChanges(since, _unread(known, set()), (), complete=False)
    if since is not None and since.startswith(_SYNC):
        try:
            return _delta(client, book, since.removeprefix(_SYNC), known)
        except AnsweredError as error:
            log.info("carddav.token_refused", host=book.place.origin.name, status=error.status)
    if book.syncs:
        try:
            return _synced(client, book, known)
        except AnsweredError as error:
            if error.status in _PASSING:
                raise
            log.info("carddav.sync_refused", host=book.place.origin.name, status=error.status)
    return _listed(client, book, known)


class _Members:
    """Gathers the cards of one book from responses."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._outside = 0
        self.states: dict[str, str] = {}
        self.gone: set[str] = set()
        self.named_itself = False
        self.cut_short = False

    def take(self, said: Response) -> None:
        """One response of the server."""
        place = resolved(said.href, self._book.place)
        own = self._book.place.path
        if place is None or not place.path.startswith(own.rstrip("/")):
            self._outside += 1
        elif as_folder(place.path) == own:
            self.named_itself = True
            # RFC 6578 3.6: the collection's own status tells that there is more.
            self.cut_short = self.cut_short or said.status == 507
        elif not place.path.startswith(own) or place.path.endswith("/"):
            return  # a folder in the book, or another book with a longer name
        elif said.status in _GONE:
            self.gone.add(place.path)
            self.states.pop(place.path, None)
        elif queries.IS_COLLECTION not in said.names(queries.RESOURCE_TYPE):
            # Without an etag, or with an error of its own, it is still there: to be fetched.
            self.states[place.path] = etag_of(said.text(queries.ETAG))
            self.gone.discard(place.path)
        if len(self.states) + len(self.gone) > MOST_CARDS:
            raise AnsweredError(f"{self._book.place} lists more than {MOST_CARDS:,} cards", 200)

    def check(self) -> None:
        """Raises AnsweredError where all that was listed lies elsewhere."""
        if self._outside and not self.states and not self.gone:
            raise AnsweredError(
                f"{self._book.place} lists cards that lie elsewhere: "
                "does a proxy in front of it change its paths?",
                207,
            )

    def changed(self, known: Mapping[str, str]) -> tuple[CardState, ...]:
        """Those that are new or differ."""
        return tuple(
            CardState(href, etag)
            for href, etag in self.states.items()
            if not etag or known.get(href) != etag
        )


def _delta(client: DavClient, book: Book, token: str, known: Mapping[str, str]) -> BookChanges:
    members, token = _rounds(client, book, token)
    removed = tuple(href for href in members.gone if href in known)
    changed = members.changed(known)
    changed += _unread(known, members.gone | members.states.keys())
    return BookChanges(_SYNC + token, changed, removed, complete=False)


def _unread(known: Mapping[str, str], named: set[str]) -> tuple[CardState, ...]:
    """Cards known without a mark, such as those that couldn't be had: no token speaks of them."""
    return tuple(
        CardState(href, "") for href, etag in known.items() if not etag and href not in named
    )


def _synced(client: DavClient, book: Book, known: Mapping[str, str]) -> BookChanges:
    members, token = _rounds(client, book, "")
    removed = tuple(href for href in known if href not in members.states)
    return BookChanges(_SYNC + token, members.changed(known), removed, complete=True)


def _rounds(client: DavClient, book: Book, token: str) -> tuple[_Members, str]:
    """Ask until the server says that this is all."""
    members = _Members(book)
    for _ in range(_MOST_ROUNDS):
        members.cut_short = False
        answered = client.ask(queries.changes_since(token), book.place, members.take)
        if not answered.token:
            raise AnsweredError(f"{book.place} gives changes without a sync token", 207)
        if not members.cut_short:
            members.check()
            return members, answered.token
        if answered.token == token:
            break
        token = answered.token
    raise AnsweredError(f"{book.place} never comes to the end of its changes", 207)


def _listed(client: DavClient, book: Book, known: Mapping[str, str]) -> BookChanges:
    members = _Members(book)
    client.ask(queries.list_cards(), book.place, members.take)
    members.check()
    if not members.named_itself and not members.states:
        # RFC 4918 9.1: the collection itself is always there. A bare <multistatus/> is no listing.
        raise AnsweredError(f"{book.place} lists nothing, not even itself", 207)
    if members.cut_short:
        return BookChanges(None, members.changed(known), (), complete=False)
    # The ctag was read before the listing, so that what came in between is seen next time.
    token = book.token if book.token and book.token.startswith(_CTAG) else None
    removed = tuple(href for href in known if href not in members.states)
    return BookChanges(token, members.changed(known), removed, complete=True)
