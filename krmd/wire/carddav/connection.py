"""One HTTP connection to one server: TLS that proves who it is, limits of time and size.

urllib3's connection object speaks HTTP; its pools, retries and redirects aren't used, since what
may be repeated and where the password may go is decided one floor up.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from krmd import __version__
from krmd.base.errors import UnreachableError
from krmd.wire.carddav.place import Origin
from krmd.wire.carddav.refusal import AnsweredError
from krmd.wire.imap.certificate import explained, tls_context
from krmd.wire.imap.endpoint import Endpoint, is_loopback

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.response import HTTPResponse

LARGEST_ANSWER = 64 << 20
"""Octets, after decompression."""

_PIECE = 65536

_CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What asking on a connection looks like that the server closed while nobody used it."""

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds: for a connection, for the next octets, for a whole answer.

    A server may think for minutes before it tells the first sync token of a large book (Radicale).
    """

    connect: float = 30.0
    read: float = 180.0
    answer: float = 600.0


class Request(NamedTuple):
    """What is sent: the method, the path, header fields besides the usual ones, and the body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is still on the line. `body` gives it once, decompressed, and raises
    UnreachableError where it breaks off and AnsweredError where it is too large.
    """

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


class Connection:
    """Made at the first request and kept for the next. One thread's own, but for `cut`."""

    def __init__(self, origin: Origin, *, ca_file: Path | None, timeouts: Timeouts) -> None:
        self._origin = origin
        self._ca_file = ca_file
        self._timeouts = timeouts
        self._http: HTTPConnection | None = None
        self._line: socket.socket | None = None
        self._late = False
        self._cut = False

    @contextlib.contextmanager
    def exchange(self, request: Request, *, limit: int = LARGEST_ANSWER) -> Generator[Answer]:
        """Ask, and give the answer while the block lasts; a body left unread costs the connection.

        A kept connection that turns out to be closed is made anew, once: all that is ever asked
        may be asked twice. Raises UnreachableError or CertificateError.
        """
        alarm = threading.Timer(self._timeouts.answer, self._expire)
        alarm.daemon = True
        self._late = False
        alarm.start()
        response: HTTPResponse | None = None
        try:
            response = self._answered(request)
            yield Answer(response.status, response.headers, self._pieces(response, limit))
        finally:
            alarm.cancel()
            if response is None or not response.closed:
                self.close()
            if response is not None:
                response.close()

    def cut(self) -> None:
        """From another thread: what is under way ends at once in UnreachableError."""
        self._cut = True
        self._hang_up()

    def close(self) -> None:
        """Give the connection back; the next request makes another."""
        if self._http is not None:
            self._http.close()
        self._http = self._line = None

    def _answered(self, request: Request) -> HTTPResponse:
        kept = self._http is not None and self._http.is_connected
        try:
            return self._ask(request)
        except UnreachableError as error:
            self.close()
            if not kept or self._late or self._cut or not isinstance(_root(error), _CLOSED):
                raise
        return self._ask(request)

    def _ask(self, request: Request) -> HTTPResponse:
        with self._translated():
            connection = self._connected()
            headers = {
                "User-Agent": f"krmd/{__version__}",
                "Accept-Encoding": "gzip",
                **request.headers,
            }
            connection.request(
                request.method,
                request.target,
                body=request.body,
                headers=headers,
                preload_content=False,
            )
            try:
                return connection.getresponse()
            except BaseException:
                _let_go(self._line)
                raise

    def _pieces(self, response: HTTPResponse, limit: int) -> Iterator[bytes]:
        total = 0
        while True:
            with self._translated():
                # read1, since read waits until it has all it was asked for.
                piece = response.read1(_PIECE)
            if not piece:
                response.close()
                if self._late or self._cut:  # which looks like the end where no length was given
                    raise self._explained(OSError("cut"))
                return
            total += len(piece)
            if total > limit:
                raise AnsweredError(
                    f"{self._origin.name} sends more than {limit >> 20} MB at once",
                    response.status,
                )
            yield piece

    def _connected(self) -> HTTPConnection:
        if self._http is not None and self._http.is_connected:
            return self._http
        self.close()
        connection = self._made()
        self._http = connection
        connection.connect()
        # An answer without a length takes the socket over, and still must end in time.
        self._line = connection.sock
        self._check_peer(connection)
        connection.timeout = self._timeouts.read
        if self._late or self._cut:
            raise OSError("cut while it was made")
        return connection

    def _made(self) -> HTTPConnection:
        from urllib3.connection import HTTPConnection, HTTPSConnection

        origin, timeout = self._origin, self._timeouts.connect
        if origin.scheme == "http":
            return HTTPConnection(origin.host, origin.port, timeout=timeout)
        return HTTPSConnection(
            origin.host,
            origin.port,
            timeout=timeout,
            cert_reqs="CERT_REQUIRED",
            ssl_context=tls_context(self._endpoint()),
        )

    def _check_peer(self, connection: HTTPConnection) -> None:
        # "localhost" could be made to mean another machine in a hosts file.
        if self._origin.scheme == "http" and connection.sock is not None:
            address = str(connection.sock.getpeername()[0])
            if not is_loopback(address):
                raise UnreachableError(
                    f"{self._origin.name} isn't this machine but {address}: use https://"
                )

    def _endpoint(self) -> Endpoint:
        return Endpoint(self._origin.host, self._origin.port, "tls", self._ca_file)

    def _expire(self) -> None:
        self._late = True
        self._hang_up()

    def _hang_up(self) -> None:
        line = self._line
        if line is not None:
            # Not SSLSocket.shutdown, which would take the TLS state away from under the reader.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        from urllib3.exceptions import HTTPError

        try:
            yield
        # ValueError is what reading from a connection says that another thread has ended.
        except (OSError, http.client.HTTPException, HTTPError, ValueError) as error:
            raise self._explained(error) from error

    def _explained(self, error: Exception) -> UnreachableError:
        name, cause = self._origin.name, _root(error)
        if self._cut:
            return UnreachableError(f"the connection to {name} was ended by krmd")
        if self._late:
            return UnreachableError(
                f"{name} doesn't answer within {self._timeouts.answer:.0f} seconds"
            )
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            return self._not_encrypted(cause)
        if isinstance(cause, socket.gaierror):
            return UnreachableError(
                f"the host name {self._origin.host} isn't known: look for a misspelling, "
                "or is this machine offline?"
            )
        if isinstance(cause, ConnectionRefusedError):
            return UnreachableError(f"{name} refuses connections: is it the right port, is it up?")
        if isinstance(cause, TimeoutError):
            return UnreachableError(f"{name} doesn't answer in time")
        if isinstance(cause, http.client.RemoteDisconnected):
            return UnreachableError(f"{name} ends the connection without an answer")
        if isinstance(cause, http.client.IncompleteRead | ConnectionError | ssl.SSLEOFError):
            return UnreachableError(f"{name} breaks off in the middle of its answer")
        if isinstance(cause, http.client.HTTPException):
            return UnreachableError(f"{name} doesn't speak HTTP: is it the right port?")
        if isinstance(cause, OSError) and cause.strerror:
            return UnreachableError(f"{name} can't be reached: {cause.strerror}")
        return UnreachableError(f"{name} sends an answer that can't be read")

    def _not_encrypted(self, cause: ssl.SSLError) -> UnreachableError:
        name = self._origin.name
        if isinstance(cause, ssl.SSLCertVerificationError):
            return explained(cause, self._endpoint())
        if cause.reason in _NOT_TLS:
            return UnreachableError(f"{name} doesn't speak TLS: is it the right port?")
        reason = (cause.reason or "the connection broke off").replace("_", " ").lower()
        return UnreachableError(f"no encrypted connection to {name}: {reason}")


def _let_go(line: socket.socket | None) -> None:
    # An answer whose head is refused (two lengths) has the socket, and nobody has the answer.
    descriptor = line.detach() if line is not None else -1
    if descriptor >= 0:
        os.close(descriptor)


def _root(error: BaseException) -> BaseException:
    """What lies at the bottom: urllib3 wraps what the socket said."""
    seen = 0
    while error.__cause__ is not None and seen < 10:
        error, seen = error.__cause__, seen + 1
    return error
