"""What a server is asked about its folders: which there are, and how much lies in each.

What a server announces and then refuses is done without: SPECIAL-USE, LIST-STATUS, CONDSTORE.
"""

import contextlib
import re
from collections.abc import Iterable
from datetime import timedelta

from krmd.base.errors import FolderRefusedError, UnreachableError
from krmd.base.instant import Instant, to_datetime
from krmd.intake.mailbox import HIGHEST_UID, Folder, FolderState
from krmd.wire.imap.counters import Counters, examined, statuses
from krmd.wire.imap.exchange import Exchange
from krmd.wire.imap.folders import Listing, folders_of
from krmd.wire.imap.gate import mailbox_name
from krmd.wire.imap.grammar import Untagged, parse
from krmd.wire.imap.kolab import without_mail

_MONTHS = (
    b"Jan",
    b"Feb",
    b"Mar",
    b"Apr",
    b"May",
    b"Jun",
    b"Jul",
    b"Aug",
    b"Sep",
    b"Oct",
    b"Nov",
    b"Dec",
)
_MIN = re.compile(rb" MIN (\d+)", re.IGNORECASE)


class Survey:
    """Asks one server; `able` are its capabilities. A folder it refuses is a FolderRefusedError.

    `moved` tells that another folder was opened on the way; whoever opens the next sets it back.
    """

    __slots__ = ("_able", "_exchange", "_is_exchange", "moved")

    def __init__(self, exchange: Exchange, able: frozenset[str], *, is_exchange: bool) -> None:
        self._exchange = exchange
        self._able = able
        self._is_exchange = is_exchange
        self.moved = False

    def folders(self) -> tuple[Folder, ...]:
        """All folders, roles told or guessed; raises UnreachableError where none are listed."""
        responses = self._listed()
        listing = Listing(exchange=self._is_exchange)
        found = folders_of(responses, listing)
        if not found:
            # Not an empty mailbox: nobody must forget folders for it.
            raise UnreachableError(f"{self._exchange.host} lists no folders at all")
        if "METADATA" in self._able:
            other = without_mail(self._exchange, [f.wire for f in found if f.holds_mail])
            found = folders_of(responses, Listing(self._is_exchange, other))
        return found

    def examine(self, folder: Folder) -> FolderState:
        """Open read-only and count."""
        name = mailbox_name(folder.wire)
        responses = None
        if "CONDSTORE" in self._able:
            # Unless asked so, Dovecot may keep HIGHESTMODSEQ to itself.
            responses = self._try(b"EXAMINE " + name + b" (CONDSTORE)")
        if responses is None:
            responses = self._of(folder, b"EXAMINE " + name)
        counters = examined(responses)
        if counters.uidnext is None:  # Courier and others
            counters.complete(self._status(folder))
        if counters.uidnext is None:
            counters.uidnext = self._last_uid(counters) + 1
        return counters.state()

    def state(self, folder: Folder) -> FolderState:
        """Count by STATUS."""
        return self._status(folder).state()

    def oldest_since(self, since: Instant) -> int | None:
        """The least UID of the open folder that arrived since; above all UIDs where none did.

        By ESEARCH (RFC 4731) alone, whose answer is one number: a list of all UIDs may be longer
        than a line may be. A day is taken off, since SEARCH looks at the day in the arrival's own
        zone (RFC 3501 6.4.4).
        """
        if "ESEARCH" not in self._able:
            return None
        day = to_datetime(since) - timedelta(days=1)
        spelled = b"%d-%s-%d" % (day.day, _MONTHS[day.month - 1], day.year)
        for response in self._try(b"UID SEARCH RETURN (MIN) SINCE " + spelled) or []:
            if response.text.upper().startswith(b"ESEARCH"):
                least = _MIN.search(response.text)
                return int(least[1]) if least else HIGHEST_UID + 1
        return None

    def states(self, folders: Iterable[Folder]) -> dict[str, FolderState]:
        """Count many by wire name; those that are gone are absent."""
        wanted = {_identity(folder.wire.encode("latin-1")): folder for folder in folders}
        counted = self._counted_at_once() if len(wanted) > 1 else None
        if counted is None:
            counted = self._counted_each([folder.wire for folder in wanted.values()])
        found = {_identity(raw): counters for raw, counters in counted.items()}
        return {
            folder.wire: self._complete(folder, found[identity])
            for identity, folder in wanted.items()
            if identity in found
        }

    def _complete(self, folder: Folder, counters: Counters) -> FolderState:
        if counters.uidnext is None:
            # STATUS left it out: without it the folder would look as if nothing lay there.
            self.moved = True
            with contextlib.suppress(FolderRefusedError):
                return self.examine(folder)
        return counters.state()

    def _listed(self) -> list[Untagged]:
        if {"SPECIAL-USE", "LIST-EXTENDED"} <= self._able:
            responses = self._try(b'LIST "" "*" RETURN (SPECIAL-USE)')
            if responses is not None:
                return responses
        completion, responses = self._exchange.run(b'LIST "" "*"')
        if not completion.ok:
            raise UnreachableError(f"{self._exchange.host} lists no folders: {completion.text}")
        return responses

    def _counted_at_once(self) -> dict[bytes, Counters] | None:
        if "LIST-STATUS" not in self._able:
            return None
        responses = self._try(b'LIST "" "*" RETURN (STATUS %s)' % self._items())
        return None if responses is None else statuses(responses)

    def _counted_each(self, wires: list[str]) -> dict[bytes, Counters]:
        commands = [b"STATUS " + mailbox_name(wire) + b" " + self._items() for wire in wires]
        found: dict[bytes, Counters] = {}
        understood = True
        for completion, responses in self._exchange.run_all(commands):
            self._exchange.patient(completion)
            understood &= completion.status != "BAD"
            found.update(statuses(responses))
        if understood:
            return found
        # NO is a folder that is gone; BAD must not make all of them look so.
        if "CONDSTORE" not in self._able:
            raise UnreachableError(f"{self._exchange.host} doesn't understand STATUS")
        self._able -= {"CONDSTORE"}
        return self._counted_each(wires)

    def _status(self, folder: Folder) -> Counters:
        command = b"STATUS " + mailbox_name(folder.wire) + b" " + self._items()
        found = statuses(self._of(folder, command))
        if not found:
            raise FolderRefusedError(f"the server says nothing of the folder {folder.name!r}")
        return next(iter(found.values()))

    def _last_uid(self, counters: Counters) -> int:
        if not counters.messages:
            return 0
        uids = [0]
        for response in self._try(b"UID FETCH * (UID)") or []:
            with contextlib.suppress(ValueError, IndexError, TypeError):
                attributes = parse(response.parts)[2]
                assert isinstance(attributes, list)
                uids.append(int(attributes[attributes.index(b"UID") + 1]))  # type: ignore[arg-type]
        return max(uids)

    def _items(self) -> bytes:
        modseq = b" HIGHESTMODSEQ" if "CONDSTORE" in self._able else b""
        return b"(MESSAGES UIDNEXT UIDVALIDITY" + modseq + b")"

    def _try(self, command: bytes) -> list[Untagged] | None:
        completion, responses = self._exchange.run(command)
        return responses if completion.ok else None

    def _of(self, folder: Folder, command: bytes) -> list[Untagged]:
        completion, responses = self._exchange.run(command)
        if completion.status == "BAD" and "CONDSTORE" in self._able:
            # Announced, and not understood: from now on without.
            self._able -= {"CONDSTORE"}
            completion, responses = self._exchange.run(command.replace(b" HIGHESTMODSEQ", b""))
        if not completion.ok:
            raise FolderRefusedError(f"the folder {folder.name!r} can't be read: {completion.text}")
        return responses


def _identity(raw: bytes) -> bytes:
    """A folder's wire bytes as they are compared: INBOX in any case (RFC 3501 5.1)."""
    return b"INBOX" if raw.upper() == b"INBOX" else raw
