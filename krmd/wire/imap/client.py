"""imapclient on our stream: greeting, capabilities, STARTTLS, login, ID and logout are its work.

imaplib names five routines that may be replaced to bring one's own connection (`open`, `read`,
`readline`, `send`, `shutdown`); by them it reads from `Stream` and keeps no buffer of its own.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from krmd.base.errors import KrmdError, UnreachableError
from krmd.wire.imap.certificate import tls_context
from krmd.wire.imap.endpoint import Endpoint, Timeouts
from krmd.wire.imap.stream import Stream
from krmd.wire.imap.throttle import goodbye, retry_after, spoken

_REPR_OF_BYTES = re.compile(r"""b(['"])(.*)\1""", re.DOTALL)
_WORDLESS = (b" OK", b" NO", b" BAD")


class _Connection(imaplib.IMAP4):
    """imaplib's protocol engine on a stream that is already connected."""

    def __init__(self, stream: Stream, endpoint: Endpoint) -> None:
        self.stream = stream
        self.endpoint = endpoint
        super().__init__(endpoint.host, endpoint.port)

    def open(self, host: str = "", port: int = 143, _timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock = self.stream.socket

    def read(self, size: int) -> bytes:
        return self.stream.read(size)

    def readline(self) -> bytes:
        line = self.stream.readline().rstrip(b"\r\n")
        # imaplib would wait on for the answer to its command and hear only the end of the line.
        if line[:5].upper() == b"* BYE" and self.state != "LOGOUT":
            raise goodbye(self.endpoint.host, line[5:])
        # It refuses a bare line feed, and an answer without a text.
        return line + (b" \r\n" if line.endswith(_WORDLESS) else b"\r\n")

    def send(self, data: Any) -> None:  # noqa: ANN401 - as in imaplib
        self.stream.send(bytes(data))

    def shutdown(self) -> None:
        self.stream.close()

    def starttls(  # imaplib's own would wrap the socket and read past the stream
        self, ssl_context: ssl.SSLContext | None = None
    ) -> tuple[Any, list[Any]]:
        assert ssl_context is not None
        kind, data = self._simple_command("STARTTLS")
        if kind != "OK":
            raise self.error(data[-1])
        self.stream.upgrade(ssl_context, self.endpoint)
        self.sock = self.stream.socket
        self._get_capabilities()
        return kind, data


class MailClient(IMAPClient):
    """An IMAPClient over a dialled stream; constructing it reads the greeting."""

    def __init__(self, stream: Stream, endpoint: Endpoint, timeouts: Timeouts) -> None:
        self._dialled = _Connection, stream, endpoint
        super().__init__(
            endpoint.host,
            endpoint.port,
            ssl=False,  # the stream is encrypted already where it shall be from the first byte
            timeout=SocketTimeout(timeouts.connect, timeouts.read),  # type: ignore[arg-type]
        )

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - imapclient's own name
        make, stream, endpoint = self._dialled
        return make(stream, endpoint)

    @property
    def preauthenticated(self) -> bool:
        """Whether the server greeted with PREAUTH (RFC 3501 7.1.4): LOGIN must not follow."""
        return bool(self._imap.state == "AUTH")

    def offered(self) -> tuple[bytes, ...]:
        """The capabilities the server announced last, in capitals."""
        return tuple(self.capabilities())  # type: ignore[no-untyped-call]

    def secure(self, endpoint: Endpoint) -> None:
        """STARTTLS, or an error: a connection that somebody stripped of it isn't used."""
        if self.preauthenticated:
            raise UnreachableError(
                f"{endpoint.host} calls us logged in before anything is encrypted: "
                "somebody between may be listening, use imaps://"
            )
        if b"STARTTLS" not in self.offered():
            raise UnreachableError(
                f"{endpoint.host} doesn't offer STARTTLS on port {endpoint.port}, "
                "and krmd doesn't log in without encryption: use imaps://"
            )
        self.starttls(tls_context(endpoint))


@contextlib.contextmanager
def translated(host: str) -> Iterator[None]:
    """Turns what imapclient and imaplib raise into UnreachableError, in the server's words."""
    try:
        yield
    except KrmdError:
        raise
    except (imaplib.IMAP4.error, OSError, ValueError, UnicodeError) as error:
        words = server_words(error)
        raise UnreachableError(
            f"{host} ends the conversation: {words}", retry_after=retry_after(words)
        ) from error


def is_abort(error: imaplib.IMAP4.error) -> bool:
    """Whether the protocol broke: imapclient calls that a refused login too."""
    return isinstance(_first(error), imaplib.IMAP4.abort)


def is_bad(error: imaplib.IMAP4.error) -> bool:
    """Whether the command was answered BAD, that is not understood, and not NO."""
    return "command error: BAD" in str(_first(error))


def _first(error: BaseException) -> BaseException:
    return error.__context__ if isinstance(error.__context__, imaplib.IMAP4.error) else error


def server_words(error: BaseException) -> str:
    """What the server said, out of imapclient's exceptions, which hold it in several wrappings."""
    said = _first(error)
    text = said.args[0] if said.args else type(said).__name__
    if isinstance(text, bytes):
        return spoken(text)
    wrapped = _REPR_OF_BYTES.search(str(text))
    return spoken(wrapped[2] if wrapped else str(text))
