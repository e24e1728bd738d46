"""One logged-in connection to one mailbox: everything krmd may do with it, and nothing that writes.

A session belongs to the thread that made it; `cancel` alone may be called from another.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Self

import structlog

from krmd import __version__
from krmd.base.errors import KrmdError
from krmd.base.instant import Instant
from krmd.intake.mailbox import FetchedRange, Folder, FolderState, MailText, UidRange
from krmd.wire.imap.answer import Gathered, items
from krmd.wire.imap.client import MailClient, translated
from krmd.wire.imap.dial import dial
from krmd.wire.imap.endpoint import Endpoint, Login, Timeouts
from krmd.wire.imap.exchange import Exchange
from krmd.wire.imap.fetch import BulkReader
from krmd.wire.imap.idle import Stop, Waiting
from krmd.wire.imap.internaldate import ArrivalTimes
from krmd.wire.imap.login import log_in
from krmd.wire.imap.stream import Stream
from krmd.wire.imap.survey import Survey
from krmd.wire.imap.texts import read_text
from krmd.wire.imap.throttle import spoken

log = structlog.get_logger()


def connect(
    endpoint: Endpoint,
    login: Login,
    *,
    timeouts: Timeouts | None = None,
    now: Callable[[], float] = time.time,
) -> "ImapSession":
    """A session, encrypted as the endpoint demands and logged in.

    Raises CertificateError (never go on), LoginError (don't hammer) or UnreachableError (with
    `retry_after` where the server asks for patience).
    """
    timeouts = timeouts or Timeouts()
    stream = dial(endpoint, timeouts)

    def secret() -> str:
        given = login.secret()
        stream.allow(timeouts.connect + timeouts.read)  # a person may have had to type it
        return given

    try:
        with translated(endpoint.host):
            client = MailClient(stream, endpoint, timeouts)
            if endpoint.security == "starttls":
                client.secure(endpoint)
            log_in(client, endpoint, replace(login, secret=secret))
            session = ImapSession(client, stream, timeouts, now)
    except BaseException:
        stream.close()
        raise
    log.info("imap.connected", host=endpoint.host, security=endpoint.security)
    return session


class ImapSession:
    """What `connect` gives. Every method may raise UnreachableError, after which only `close` is
    of use. `capabilities` are in capitals.
    """

    def __init__(
        self, client: MailClient, stream: Stream, timeouts: Timeouts, now: Callable[[], float]
    ) -> None:
        self._client = client
        self._stream = stream
        self._timeouts = timeouts
        self._now = now
        self._exchange = Exchange(stream, client.host, timeouts.command)
        self._opened: Folder | None = None
        self._reading: BulkReader | None = None
        self._all_mail: bool | None = None
        self.capabilities = self._ask_capabilities()
        is_exchange = self._introduce() or _is_exchange(client.welcome)
        self._survey = Survey(self._exchange, self.capabilities, is_exchange=is_exchange)
        self._waiting = Waiting(self._exchange, timeouts, idles="IDLE" in self.capabilities)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_gmail(self) -> bool:
        r"""Whether labels stand for folders: X-GM-EXT-1, and \All there once folders were asked."""
        return "X-GM-EXT-1" in self.capabilities and self._all_mail is not False

    def folders(self) -> tuple[Folder, ...]:
        """All folders, those too that can't be selected or hold no mail. Never empty: a server
        that lists nothing is an UnreachableError, so that nobody takes it for an empty mailbox.
        """
        found = self._free().folders()
        self._all_mail = any(folder.role == "all" for folder in found)
        return found

    def open(self, folder: Folder) -> FolderState:
        """Open read-only (EXAMINE) for fetch and wait; a folder that is gone is refused."""
        self._opened = None
        state = self._free().examine(folder)
        self._opened = folder
        self._exchange.news = False
        return state

    def state(self, folder: Folder) -> FolderState:
        """A folder's counters by STATUS; a folder that is gone is refused."""
        return self._free().state(folder)

    def states(self, folders: Iterable[Folder]) -> dict[str, FolderState]:
        """The counters of many folders by wire name, in one round trip where the server can
        (RFC 5819). Folders that are gone are absent.
        """
        survey = self._free()
        states = survey.states(folders)
        if survey.moved:
            self._opened, survey.moved = None, False
        return states

    def oldest_since(self, since: Instant) -> int | None:
        """A UID of the opened folder below which all arrived before `since`; None: unknown."""
        assert self._opened is not None, "open a folder first"
        return self._free().oldest_since(since)

    def fetch(
        self, ranges: Iterable[UidRange], *, header_fields: tuple[str, ...]
    ) -> Iterator[FetchedRange]:
        """The header fields of the opened folder's mails, range by range in the order asked.

        `ranges` is pulled lazily, two ahead. Nothing else may be asked of the session until the
        iterator ends or is closed.
        """
        assert self._opened is not None, "open a folder first"
        asked = items(
            header_fields,
            received=self._opened.role != "sent",
            labels="X-GM-EXT-1" in self.capabilities,
        )
        gathered = Gathered(ArrivalTimes(self._now()))
        reader = BulkReader(self._exchange, gathered, items=asked, limit=self._message_limit())
        self._reading = reader
        try:
            yield from reader.read(ranges)
        except KrmdError:
            self.close()
            raise
        finally:
            self._reading = None
            with contextlib.suppress(KrmdError):
                reader.drain()

    def text(self, uid: int) -> MailText | None:
        """The beginning of the body of a mail in the opened folder, None where it is gone."""
        assert self._opened is not None, "open a folder first"
        self._free()
        return read_text(self._exchange, uid)

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait so long for something new in the opened folder; true as soon as there may be.

        IDLE, or NOOP now and then where the server has none. `stop` ends it within half a second.
        """
        assert self._opened is not None, "open a folder first"
        self._free()
        return self._waiting.wait(seconds, stop)

    def noop(self) -> None:
        """Show the server that this side lives, and that it does."""
        self._free()
        self._exchange.run(b"NOOP")

    def logout(self) -> None:
        """Say goodbye if the server still listens, and close."""
        with contextlib.suppress(Exception), self._stream.within(2.0):
            self._client.logout()  # type: ignore[no-untyped-call]
        self.close()

    def close(self) -> None:
        """End the connection without a word."""
        self._stream.close()

    def cancel(self) -> None:
        """From another thread: whatever this session is doing ends at once in UnreachableError."""
        self._stream.cut()

    def _ask_capabilities(self) -> frozenset[str]:
        # Once more after the login: they differ before and after everywhere, and a proxy's first
        # answer may not be the server's (iCloud).
        completion, responses = self._exchange.run(b"CAPABILITY")
        said = [r.text for r in responses if r.text[:11].upper() == b"CAPABILITY "]
        if not completion.ok or not said:
            said = [b" ".join((b"CAPABILITY", *self._client.offered()))]
        return frozenset(said[-1].decode("ascii", "replace").upper().split()[1:])

    def _introduce(self) -> bool:
        """ID (RFC 2971): some refuse to work without. Whether the server calls itself Exchange."""
        if "ID" not in self.capabilities:
            return False
        _, responses = self._exchange.run(
            b'ID ("name" "krmd" "version" "%s")' % __version__.encode()
        )
        return any(_is_exchange(response.text) for response in responses)

    def _free(self) -> Survey:
        assert self._reading is None, "a fetch is still under way"
        return self._survey

    def _message_limit(self) -> int | None:
        for capability in self.capabilities:
            name, _, number = capability.partition("=")
            if name == "MESSAGELIMIT" and number.isdigit() and int(number) > 0:
                return int(number)
        return None


def _is_exchange(words: bytes | None) -> bool:
    return b"microsoft" in (words or b"").lower() and "exchange" in spoken(words or b"").lower()
