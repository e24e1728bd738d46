"""One logged-in connection to one mailbox: everything krmd may do with it, and nothing that writes.

A session belongs to the thread that made it; `cancel` alone may be called from another.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Self

import structlog

from krmd import __version__
from krmd.base.errors import KrmdError, TryLaterError, UnreachableError
from krmd.intake.mailbox import FetchedRange, Folder, FolderState, UidRange
from krmd.wire.imap.answer import Gathered, items
from krmd.wire.imap.client import MailClient, translated
from krmd.wire.imap.counters import Counters, examined, statuses
from krmd.wire.imap.dial import dial
from krmd.wire.imap.endpoint import Endpoint, Login, Timeouts
from krmd.wire.imap.exchange import Exchange
from krmd.wire.imap.fetch import BulkReader
from krmd.wire.imap.folders import Listing, folders_of
from krmd.wire.imap.gate import mailbox_name
from krmd.wire.imap.grammar import Untagged, parse
from krmd.wire.imap.idle import Stop, Waiting
from krmd.wire.imap.internaldate import ArrivalTimes
from krmd.wire.imap.login import log_in
from krmd.wire.imap.stream import Stream
from krmd.wire.imap.throttle import spoken

log = structlog.get_logger()

_PIPELINED = 10
"""STATUS commands sent at once where there is no LIST-STATUS."""


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
    try:
        with translated(endpoint.host):
            client = MailClient(stream, endpoint, timeouts)
            if endpoint.security == "starttls":
                client.secure(endpoint)
            log_in(client, endpoint, login)
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
        self._exchange_server = _is_exchange(client.welcome) | self._introduce()
        self._condstore = "CONDSTORE" in self.capabilities
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
        returning = b" RETURN (SPECIAL-USE)" if self._lists_use() else b""
        responses = self._answer(b'LIST "" "*"' + returning)
        found = folders_of(responses, Listing(exchange=self._exchange_server))
        if not found:
            raise UnreachableError(f"{self._client.host} lists no folders at all")
        self._all_mail = any(folder.role == "all" for folder in found)
        return found

    def open(self, folder: Folder) -> FolderState:
        """Open read-only (EXAMINE) for fetch and wait; a folder that is gone is a TryLaterError."""
        self._opened = None
        asking = b" (CONDSTORE)" if self._condstore else b""  # else Dovecot may keep it to itself
        counters = examined(self._answer(b"EXAMINE " + mailbox_name(folder.wire) + asking, folder))
        self._opened = folder
        self._exchange.news = False
        if counters.uidnext is None:  # Courier and others
            status = self._status(folder)
            counters.complete(status)
        if counters.uidnext is None:
            counters.uidnext = self._last_uid(counters) + 1
        return counters.state()

    def state(self, folder: Folder) -> FolderState:
        """A folder's counters by STATUS; a folder that is gone is a TryLaterError."""
        return self._status(folder).state()

    def states(self, folders: Iterable[Folder]) -> dict[str, FolderState]:
        """The counters of many folders by wire name, in one round trip where the server can
        (RFC 5819). Folders that are gone are absent.
        """
        wanted = {_identity(folder.wire.encode("latin-1")): folder.wire for folder in folders}
        if not wanted:
            return {}
        if "LIST-STATUS" in self.capabilities and len(wanted) > 1:
            found = statuses(self._answer(b'LIST "" "*" RETURN (STATUS %s)' % self._counted()))
        else:
            found = self._each_status(list(wanted.values()))
        return {
            wanted[_identity(raw)]: counters.state()
            for raw, counters in found.items()
            if _identity(raw) in wanted
        }

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

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait so long for something new in the opened folder; true as soon as there may be.

        IDLE, or NOOP now and then where the server has none. `stop` ends it within half a second.
        """
        assert self._opened is not None, "open a folder first"
        self._settle()
        return self._waiting.wait(seconds, stop)

    def noop(self) -> None:
        """Show the server that this side lives, and that it does."""
        self._answer(b"NOOP")

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

    def _settle(self) -> None:
        assert self._reading is None, "a fetch is still under way"

    def _answer(self, command: bytes, folder: Folder | None = None) -> list[Untagged]:
        self._settle()
        completion, responses = self._exchange.run(command)
        if completion.ok:
            return responses
        if folder is not None:
            raise TryLaterError(f"the folder {folder.name!r} can't be read: {completion.text}")
        raise UnreachableError(f"{self._client.host} refuses: {completion.text}")

    def _lists_use(self) -> bool:
        return {"SPECIAL-USE", "LIST-EXTENDED"} <= self.capabilities

    def _counted(self) -> bytes:
        modseq = b" HIGHESTMODSEQ" if self._condstore else b""
        return b"(MESSAGES UIDNEXT UIDVALIDITY" + modseq + b")"

    def _status(self, folder: Folder) -> Counters:
        command = b"STATUS " + mailbox_name(folder.wire) + b" " + self._counted()
        found = statuses(self._answer(command, folder))
        if not found:
            raise TryLaterError(f"the server says nothing of the folder {folder.name!r}")
        return next(iter(found.values()))

    def _each_status(self, wires: list[str]) -> dict[bytes, Counters]:
        self._settle()
        found: dict[bytes, Counters] = {}
        for first in range(0, len(wires), _PIPELINED):
            tags = [
                self._exchange.send(b"STATUS " + mailbox_name(wire) + b" " + self._counted())
                for wire in wires[first : first + _PIPELINED]
            ]
            for tag in tags:
                responses = [r for r in self._exchange.until(tag) if isinstance(r, Untagged)]
                found.update(statuses(responses))
        return found

    def _last_uid(self, counters: Counters) -> int:
        if not counters.messages:
            return 0
        uids = [0]
        for response in self._answer(b"UID FETCH * (UID)"):
            with contextlib.suppress(ValueError, IndexError, TypeError):
                values = parse(response.parts)
                uids.append(int(values[2][values[2].index(b"UID") + 1]))  # type: ignore[index, union-attr, arg-type]
        return max(uids)

    def _message_limit(self) -> int | None:
        for capability in self.capabilities:
            name, _, number = capability.partition("=")
            if name == "MESSAGELIMIT" and number.isdigit() and int(number) > 0:
                return int(number)
        return None


def _identity(raw: bytes) -> bytes:
    """A folder's wire bytes as they are compared: INBOX in any case (RFC 3501 5.1)."""
    return b"INBOX" if raw.upper() == b"INBOX" else raw


def _is_exchange(words: bytes | None) -> bool:
    return b"microsoft" in (words or b"").lower() and "exchange" in spoken(words or b"").lower()
