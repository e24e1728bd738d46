"""Asking a server: login, redirections, and an answer of the right kind or a plain error.

Whatever is asked here only reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import structlog

from krmd.base.errors import UnreachableError
from krmd.intake.address_book import LARGEST_CARD
from krmd.wire.carddav.authorization import Authorization
from krmd.wire.carddav.connection import (
    LARGEST_ANSWER,
    Answer,
    Connection,
    Request,
    Timeouts,
)
from krmd.wire.carddav.multistatus import DAV, BadXmlError, MultistatusReader, Response
from krmd.wire.carddav.place import Origin, Place, may_see_password, resolved
from krmd.wire.carddav.queries import Query
from krmd.wire.carddav.refusal import AnsweredError, login_refused, refused
from krmd.wire.imap.throttle import spoken

log = structlog.get_logger()

T = TypeVar("T")

_MOST_TRIES = 8
"""Redirections and logins of one question together."""

_MOST_CONNECTIONS = 4
_SMALL = 65536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_ETAG = 1024


class Answered(NamedTuple):
    """After the responses of a multistatus: where it was found in the end, and its sync token."""

    place: Place
    token: str


class GotCard(NamedTuple):
    """The answer to a GET."""

    etag: str
    octets: bytes


class DavClient:
    """Asks one configured server, and those it may send us on to. One thread's own, but `cut`."""

    def __init__(
        self,
        configured: Origin,
        authorization: Authorization,
        *,
        ca_file: Path | None,
        timeouts: Timeouts,
    ) -> None:
        self._configured = configured
        self._authorization = authorization
        self._ca_file = ca_file
        self._timeouts = timeouts
        self._connections: dict[Origin, Connection] = {}
        self._cut = False

    @property
    def user(self) -> str:
        """Who is logged in."""
        return self._authorization.user

    def ask(self, query: Query, place: Place, take: Callable[[Response], None]) -> Answered:
        """Hand each response of a multistatus to `take` as it comes.

        Nothing that was handed out counts before this returns: an answer that breaks off is an
        error. Raises LoginError, AnsweredError where the answer isn't a whole multistatus, and
        UnreachableError.
        """

        def read(answer: Answer, at: Place) -> Answered:
            if answer.status != 207:
                raise _unwanted(answer, at)
            return Answered(at, _multistatus(answer, at, take).token)

        request = Request(query.method, "", {"Depth": query.depth, **_IS_XML}, query.body)
        return self._exchange(request, place, LARGEST_ANSWER, read)

    def get(self, place: Place) -> GotCard:
        """One card's octets; raises as `ask` does."""

        def read(answer: Answer, at: Place) -> GotCard:
            if answer.status != 200:
                raise _unwanted(answer, at)
            return GotCard(etag_of(answer.headers.get("ETag", "")), b"".join(answer.body))

        request = Request("GET", "", {"Accept": "text/vcard, */*;q=0.5"}, None)
        return self._exchange(request, place, LARGEST_CARD, read)

    def checked(self, place: Place | None, said: str, base: Place) -> Place:
        """A place that a server named, if the password may go there; raises UnreachableError."""
        if place is None:
            raise UnreachableError(
                f"{base.origin.name} names no usable address: {spoken(said)[:100]!r}"
            )
        if not may_see_password(place.origin, self._configured):
            raise UnreachableError(
                f"{base.origin.name} sends krmd on to {place.origin.name}, which isn't given the "
                "password: if that is right, set carddav to its https address"
            )
        return place

    def cut(self) -> None:
        """From another thread: what is under way ends at once in UnreachableError, for good."""
        self._cut = True
        for connection in tuple(self._connections.values()):
            connection.cut()

    def close(self) -> None:
        """End all connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _exchange(
        self, request: Request, place: Place, limit: int, read: Callable[[Answer, Place], T]
    ) -> T:
        for _ in range(_MOST_TRIES):
            sent = request._replace(
                target=place.path,
                headers={
                    **request.headers,
                    "Authorization": self._authorization.header(request.method, place.path),
                },
            )
            with self._connection(place.origin).exchange(sent, limit=limit) as answer:
                if answer.status in _REDIRECTS:
                    place = self._onward(answer, place)
                elif answer.status == 401:
                    self._answer_challenge(answer, place)
                else:
                    return read(answer, place)
        raise UnreachableError(f"{place.origin.name} sends krmd around in circles")

    def _onward(self, answer: Answer, place: Place) -> Place:
        _drain(answer)
        said = answer.headers.get("Location", "")
        onward = self.checked(resolved(said, place, is_location=True), said, place)
        log.info("carddav.redirected", host=place.origin.name, to=onward.origin.name)
        return onward

    def _answer_challenge(self, answer: Answer, place: Place) -> None:
        _drain(answer)
        challenges = _all(answer, "WWW-Authenticate")
        if not self._authorization.answers(challenges):
            raise login_refused(place, self.user, ", ".join(challenges))

    def _connection(self, origin: Origin) -> Connection:
        if self._cut:
            raise UnreachableError(f"the connection to {origin.name} was ended by krmd")
        if origin not in self._connections:
            if len(self._connections) >= _MOST_CONNECTIONS:
                self.close()
            self._connections[origin] = Connection(
                origin, ca_file=self._ca_file, timeouts=self._timeouts
            )
        return self._connections[origin]


_IS_XML = {"Content-Type": "application/xml; charset=utf-8", "Accept": "application/xml, text/xml"}


def etag_of(said: str) -> str:
    """An ETag as it came, quotes and all; "" for one that can't be kept."""
    said = said.strip()
    return said if len(said) <= _LONGEST_ETAG and said.isprintable() else ""


def _multistatus(
    answer: Answer, place: Place, take: Callable[[Response], None]
) -> MultistatusReader:
    reader = MultistatusReader(take)
    try:
        for piece in answer.body:
            reader.feed(piece)
        reader.close()
        if reader.root != DAV + "multistatus":
            raise BadXmlError("it is an error message")
    except BadXmlError as error:
        raise AnsweredError(
            f"{place.origin.name} sends an answer of no use for {place}: {error}", answer.status
        ) from error
    return reader


def _unwanted(answer: Answer, place: Place) -> UnreachableError:
    if 200 <= answer.status < 300:
        return AnsweredError(
            f"{place} answers as a web page does, not as an address book: is it the right address?",
            answer.status,
        )
    return refused(place, answer.status, answer.headers, _conditions(answer))


def _conditions(answer: Answer) -> frozenset[str]:
    """The preconditions named in an error's body, if it is a small DAV error at all."""
    reader = MultistatusReader(lambda _response: None)
    try:
        for piece in _beginning(answer):
            reader.feed(piece)
    except BadXmlError:
        pass  # whatever it is, the status says enough
    return reader.conditions


def _beginning(answer: Answer) -> Iterator[bytes]:
    total = 0
    for piece in answer.body:
        yield piece
        total += len(piece)
        if total > _SMALL:
            return


def _drain(answer: Answer) -> None:
    """Read a small body to its end, so that the connection can be kept."""
    for _ in _beginning(answer):
        pass


def _all(answer: Answer, name: str) -> list[str]:
    every = getattr(answer.headers, "getlist", None)
    return list(every(name)) if every is not None else [answer.headers.get(name, "")]
