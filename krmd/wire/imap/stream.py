"""The bytes of one connection: its socket and the only buffer there is.

imaplib reads its lines here too (see `client`), so that nothing ever lies in a buffer where the
bulk reader or an IDLE can't see it; imaplib's own buffer, which differs from Python to Python and
hides lines that came together with others (imapclient#150, #565), isn't used at all.
"""

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator

from krmd.base.errors import UnreachableError
from krmd.wire.imap.certificate import explained
from krmd.wire.imap.endpoint import Endpoint

RECEIVE = 65536
"""Octets a read: with 256 KiB each TLS record of 3 KB would cost an allocation of that size."""

LONGEST_LINE = 1_000_000
LARGEST_SKIP = 64_000_000


class ConnectionCutError(UnreachableError):
    """krmd cut the connection itself, from another thread, because it stops."""

    kind = "cut"


class Stream:
    """A connected socket and what came of it but isn't read yet.

    `buffer[position:]` is unread; readers that frame in bulk move `position` on themselves. One
    thread reads and writes; `cut` alone may be called from another. Every failure of the line is an
    UnreachableError.
    """

    __slots__ = ("_cut", "_deadline", "_name", "_timeout", "buffer", "position", "socket")

    def __init__(self, connected: socket.socket, *, name: str, timeout: float) -> None:
        self.socket = connected
        self.buffer = b""
        self.position = 0
        self._name = name
        self._timeout = timeout
        self._deadline = float("inf")
        self._cut = False

    def allow(self, seconds: float) -> None:
        """From now on, all reading together may take so long: a server that sends a byte a minute
        keeps every single read alive, and isn't.
        """
        self._deadline = time.monotonic() + seconds

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """For the time of the block, every answer must come within so many seconds."""
        usual, self._timeout = self._timeout, seconds
        try:
            with contextlib.suppress(OSError):
                self.socket.settimeout(seconds)
            self.allow(seconds)
            yield
        finally:
            self._timeout = usual
            with contextlib.suppress(OSError):
                self.socket.settimeout(usual)

    def fill(self, least: int = 1) -> None:
        """Read until at least so many octets more are in the buffer."""
        chunks = [self.buffer[self.position :]]
        while least > 0:
            chunk = self._receive()
            chunks.append(chunk)
            least -= len(chunk)
        self.buffer = b"".join(chunks)
        self.position = 0

    def watch(self, seconds: float) -> bool:
        """Wait for more bytes so long and no longer; whether some came."""
        self.socket.settimeout(seconds)
        try:
            chunk = self._receive(patient=False)
        except TimeoutError:
            return False
        finally:
            with contextlib.suppress(OSError):
                self.socket.settimeout(self._timeout)
        self.buffer = self.buffer[self.position :] + chunk
        self.position = 0
        return True

    def readline(self) -> bytes:
        """The next line with its line break."""
        searched = self.position
        end = self.buffer.find(b"\n", searched)
        while end < 0 and len(self.buffer) - self.position <= LONGEST_LINE:
            known = len(self.buffer) - self.position
            self.fill()
            searched = known
            end = self.buffer.find(b"\n", searched)
        if end < 0 or end - self.position > LONGEST_LINE:
            raise UnreachableError(f"{self._name} sends a line without end")
        line = self.buffer[self.position : end + 1]
        self.position = end + 1
        return line

    def has_line(self) -> bool:
        """Whether a whole line waits in the buffer; UnreachableError for one without end."""
        if self.buffer.find(b"\n", self.position) >= 0:
            return True
        if len(self.buffer) - self.position > LONGEST_LINE:
            raise UnreachableError(f"{self._name} sends a line without end")
        return False

    def read(self, size: int) -> bytes:
        """Exactly so many octets."""
        missing = size - (len(self.buffer) - self.position)
        if missing > 0:
            self.fill(missing)
        octets = self.buffer[self.position : self.position + size]
        self.position += size
        return octets

    def skip(self, size: int) -> None:
        """Read so many octets and keep none of them."""
        if size > LARGEST_SKIP:
            raise UnreachableError(f"{self._name} announces {size} octets in one piece")
        while size > 0:
            at_hand = len(self.buffer) - self.position
            if at_hand == 0:
                self.fill()
                continue
            step = min(size, at_hand)
            self.position += step
            size -= step

    def send(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self.socket.sendall(data)
        except (OSError, ValueError) as error:
            raise self._broken(error) from error

    def upgrade(self, context: ssl.SSLContext, endpoint: Endpoint) -> None:
        """Go on in TLS (RFC 3501 6.2.1); raises CertificateError.

        Bytes that came before the handshake were sent by anybody: with them there the connection
        isn't used (CVE-2011-0411 and its many sisters).
        """
        if self.position < len(self.buffer):
            raise UnreachableError(
                f"{self._name} (or somebody between) sent answers ahead of the encryption"
            )
        self.socket = secured(self.socket, context, endpoint)
        self.socket.settimeout(self._timeout)

    def cut(self) -> None:
        """End the connection from any thread: a blocked read returns at once."""
        self._cut = True
        # Not SSLSocket.shutdown, which would take the TLS state away from under the reader.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back; by the owning thread."""
        with contextlib.suppress(OSError):
            self.socket.close()

    def _receive(self, *, patient: bool = True) -> bytes:
        if time.monotonic() > self._deadline:
            raise UnreachableError(f"{self._name} answers too slowly to be of use")
        try:
            chunk = self.socket.recv(RECEIVE)
        except TimeoutError as error:
            if patient:
                raise self._broken(error) from error
            raise
        except (OSError, ValueError) as error:
            raise self._broken(error) from error
        if not chunk:
            raise self._broken(None)
        return chunk

    def _broken(self, error: Exception | None) -> UnreachableError:
        if self._cut:
            return ConnectionCutError(f"the connection to {self._name} was cut from this side")
        if isinstance(error, TimeoutError):
            return UnreachableError(
                f"{self._name} has said nothing for {self._timeout:.0f} seconds"
            )
        if error is None or isinstance(error, ssl.SSLEOFError):
            return UnreachableError(f"{self._name} closed the connection")
        reason = getattr(error, "strerror", None) or type(error).__name__
        return UnreachableError(f"the connection to {self._name} broke off: {reason}")


def secured(plain: socket.socket, context: ssl.SSLContext, endpoint: Endpoint) -> ssl.SSLSocket:
    """The socket in TLS, its peer proven; raises CertificateError, UnreachableError."""
    try:
        return context.wrap_socket(plain, server_hostname=endpoint.host)
    except ssl.SSLError as error:
        raise explained(error, endpoint) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it doesn't answer"
        raise UnreachableError(f"no encrypted connection to {endpoint.host}: {reason}") from error
