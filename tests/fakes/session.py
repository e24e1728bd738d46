"""krmd's side of the fake: a connection, and the state of the server behind it.

A session obeys the same contract as `krmd.wire.imap.session` (tests/fakes/test_contract.py), down
to what it refuses: fetching without an opened folder, another command while a fetch is under way,
use after the line is cut.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from krmd.app.mailbox import Stop
from krmd.base.errors import FolderRefusedError, UnreachableError
from krmd.base.instant import Instant
from krmd.intake.mailbox import (
    FailedUid,
    FetchedRange,
    Folder,
    FolderState,
    MailText,
    RawMail,
    UidRange,
)

_SLICE = 0.02
"""How often a wait looks at its stop event, in seconds."""


class Command(NamedTuple):
    """What a session was asked: its number, the method, the folder or what else it was about."""

    session: int
    name: str
    about: str


@dataclass(slots=True)
class FakeFolder:
    """A folder on the server. `changes` counts what a client would hear of by IDLE."""

    folder: Folder
    uidvalidity: int
    uidnext: int = 1
    modseq: int = 1
    changes: int = 0
    mails: dict[int, RawMail] = field(default_factory=dict)
    poison: dict[int, str] = field(default_factory=dict)
    locked: bool = False
    muted: bool = False

    def state(self) -> FolderState:
        """Its counters now."""
        return FolderState(self.uidvalidity, self.uidnext, len(self.mails), self.modseq)

    def changed(self) -> None:
        """Let everybody who waits hear of it."""
        self.modseq += 1
        self.changes += 1


class Server:
    """What all sessions of one mailbox see. `commands` is all that was ever asked, in order;
    without `tells_news` nobody hears of new mail.
    """

    def __init__(self) -> None:
        self.guard = threading.RLock()
        self.news = threading.Condition(self.guard)
        self._folders: dict[str, FakeFolder] = {}
        self.failures: list[tuple[str, Exception]] = []
        self.silent = threading.Event()
        self.commands: list[Command] = []
        self.tells_news = True
        self.texts: dict[int, MailText] = {}


class FakeSession:
    """A connection to a FakeMailbox; of one thread, but for `cancel`."""

    def __init__(self, server: Server, number: int) -> None:
        self._server = server
        self._number = number
        self._ended: str | None = None
        self._seen = 0
        self._fetching = False
        self.opened: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended it."""
        return self._ended is None

    def folders(self) -> tuple[Folder, ...]:
        """Every folder there is."""
        with self._asked("folders"):
            return tuple(place.folder for place in self._server._folders.values())

    def states(self, folders: Sequence[Folder]) -> dict[str, FolderState]:
        """The counters of these, but of those that are gone."""
        with self._asked("states"):
            known = self._server._folders
            there = [f.wire for f in folders if f.wire in known and not known[f.wire].muted]
            return {wire: known[wire].state() for wire in there}

    def open(self, folder: Folder) -> FolderState:
        """EXAMINE; a folder that is gone is refused."""
        with self._asked("open", folder.wire):
            place = self._server._folders.get(folder.wire)
            if place is None:
                self.opened = None
                raise FolderRefusedError(f"the folder {folder.name!r} can't be read: it is gone")
            if place.locked:
                self.opened = None
                raise FolderRefusedError(f"the folder {folder.name!r} can't be read: no permission")
            self.opened = folder.wire
            self._seen = place.changes
            return place.state()

    def oldest_since(self, since: Instant) -> int | None:
        """ESEARCH, by the second."""
        self._require_open()
        with self._asked("oldest_since", self.opened or ""):
            place = self._server._folders[self.opened or ""]
            uids = [uid for uid, mail in place.mails.items() if mail.received >= since]
            return min(uids, default=1 << 32)

    def fetch(
        self, ranges: Iterable[UidRange], *, header_fields: tuple[str, ...]
    ) -> Iterator[FetchedRange]:
        """The mails of the opened folder, range by range, pulled lazily."""
        wanted = frozenset(name.lower() for name in header_fields)
        assert self.opened is not None, "open a folder first"
        self._fetching = True
        try:
            for asked in ranges:
                self._fetching = False
                with self._asked("fetch", f"{self.opened} {asked.low}:{asked.high}"):
                    part = self._range(asked, wanted)
                self._fetching = True
                yield part
        finally:
            self._fetching = False

    def text(self, uid: int) -> MailText | None:
        """The body a mail was given by `FakeMailbox.write`, None where it has none."""
        with self._asked("text", str(uid)):
            self._require_open()
            return self._server.texts.get(uid)

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait for something new in the opened folder."""
        assert self.opened is not None, "open a folder first"
        with self._asked("wait", self.opened):
            pass
        ends = time.monotonic() + seconds
        with self._server.news:
            while not stop.is_set():
                self._require_open()
                place = self._server._folders.get(self.opened)
                if place is not None and place.changes > self._seen and self._server.tells_news:
                    self._seen = place.changes
                    return True
                left = ends - time.monotonic()
                if left <= 0:
                    return False
                self._server.news.wait(min(_SLICE, left))
        return False

    def logout(self) -> None:
        """Say goodbye."""
        self.cut("logged out")

    def close(self) -> None:
        """Close without a word."""
        self.cut("closed")

    def cancel(self) -> None:
        """From any thread: whatever this session does ends at once in UnreachableError."""
        self.cut("the connection was cut from this side")

    def cut(self, reason: str) -> None:
        """End it, by whichever side."""
        if self._ended is None:
            self._ended = reason

    def _range(self, asked: UidRange, wanted: frozenset[str]) -> FetchedRange:
        assert self.opened is not None
        place = self._server._folders.get(self.opened)
        if place is None:
            raise UnreachableError("the server ended the session: the folder is gone")
        # A thin range of four thousand million UIDs is walked by its mails.
        uids = sorted(uid for uid in place.mails if asked.low <= uid <= asked.high)
        mails = tuple(
            _handed_out(place.mails[uid], wanted, sent=place.folder.role == "sent")
            for uid in uids
            if uid not in place.poison
        )
        failed = tuple(FailedUid(uid, place.poison[uid]) for uid in uids if uid in place.poison)
        return FetchedRange(asked, mails, failed)

    def _asked(self, name: str, about: str = "") -> threading.RLock:
        """Note a command, and let the server have its moods; the lock is for the answer."""
        assert not self._fetching, "a fetch is still under way"
        server = self._server
        server.commands.append(Command(self._number, name, about))
        while server.silent.is_set():
            self._require_open()
            time.sleep(_SLICE)
        self._require_open()
        with server.guard:
            for place, (method, error) in enumerate(server.failures):
                if method == name:
                    del server.failures[place]
                    if isinstance(error, UnreachableError):
                        self.cut(error.message)
                    raise error
        return server.guard

    def _require_open(self) -> None:
        if self._ended is not None:
            raise UnreachableError(f"the connection broke off: {self._ended}")


def _handed_out(mail: RawMail, wanted: frozenset[str], *, sent: bool) -> RawMail:
    """The mail with only the fields asked for; in Sent nobody asks for Received."""
    kept = [
        whole
        for whole in re.split(rb"\r?\n(?![ \t])", mail.header)
        if whole.split(b":", 1)[0].strip().lower().decode("latin-1") in wanted
    ]
    header = b"".join(one + b"\r\n" for one in kept) + b"\r\n"
    return mail._replace(header=header, has_received=None if sent else mail.has_received)
