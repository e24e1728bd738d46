"""A mailbox in memory, with everything a real server may do to its reader.

`FakeMailbox` is the server's side: deliveries, removals, other UIDVALIDITYs, refusals, silence.
`FakeSession`, which its `connect` gives, is what krmd holds: `krmd.daemon.job.Session`. It obeys
the same contract as `krmd.wire.imap.session`, down to what it refuses: fetching without an opened
folder, another command while a fetch is under way, use after the line is cut.
"""

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from krmd.app.mailbox import Stop
from krmd.base.errors import KrmdError, TryLaterError, UnreachableError
from krmd.base.instant import Instant
from krmd.intake.mailbox import (
    FailedUid,
    FetchedRange,
    Folder,
    FolderRole,
    FolderState,
    RawMail,
    UidRange,
)

_ROLES: dict[str, FolderRole] = {
    "INBOX": "inbox",
    "Sent": "sent",
    "Drafts": "drafts",
    "Junk": "junk",
    "Trash": "trash",
    "Archive": "archive",
    "[Gmail]/All Mail": "all",
}
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

    def state(self) -> FolderState:
        """Its counters now."""
        return FolderState(self.uidvalidity, self.uidnext, len(self.mails), self.modseq)

    def changed(self) -> None:
        """Let everybody who waits hear of it."""
        self.modseq += 1
        self.changes += 1


class FakeMailbox:
    """One mailbox on one server; any number of sessions, from any thread."""

    def __init__(self, *folders: str) -> None:
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._folders: dict[str, FakeFolder] = {}
        self._validity = itertools.count(1_000)
        self._numbers = itertools.count(1)
        self._sessions: list[FakeSession] = []
        self._refusal: KrmdError | None = None
        self._failures: list[tuple[str, KrmdError | Exception]] = []
        self._silent = threading.Event()
        self.commands: list[Command] = []
        self.logins = 0
        self.tells_news = True
        for name in folders or ("INBOX", "Sent"):
            self.add_folder(name)

    # The mailbox's owner and other clients.

    def add_folder(
        self, name: str, role: FolderRole | None = None, *, holds_mail: bool = True
    ) -> None:
        """An empty folder; its role follows from the usual names unless given."""
        with self._lock:
            folder = Folder(name, name, role or _ROLES.get(name, "none"), "/", holds_mail)
            self._folders[name] = FakeFolder(folder, next(self._validity))

    def deliver(
        self,
        raw: bytes,
        folder: str = "INBOX",
        *,
        received: int | None = None,
        draft: bool = False,
        labels: tuple[str, ...] = (),
    ) -> int:
        """Lay a mail there (header and, if any, body); gives back its UID."""
        with self._news:
            place = self._folders[folder]
            uid = place.uidnext
            place.uidnext += 1
            came = Instant(int(time.time()) if received is None else received)
            header = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\r\n"
            by_net = re.search(rb"(?im)^received:", header) is not None
            place.mails[uid] = RawMail(uid, came, header, draft, by_net, labels)
            place.changed()
            self._news.notify_all()
            return uid

    def deliver_many(self, raws: Iterable[bytes], folder: str = "INBOX") -> None:
        """Lay many mails there, a minute of arrival apart, the last one now."""
        mails = list(raws)
        newest = int(time.time())
        for number, raw in enumerate(mails):
            self.deliver(raw, folder, received=newest - 60 * (len(mails) - 1 - number))

    def expunge(self, folder: str, uid: int) -> None:
        """Remove a mail for good."""
        with self._news:
            place = self._folders[folder]
            del place.mails[uid]
            place.changed()
            self._news.notify_all()

    def move(self, uid: int, folder: str, to: str) -> int:
        """Move a mail to another folder; gives back the UID it has there."""
        with self._news:
            mail = self._folders[folder].mails.pop(uid)
            target = self._folders[to]
            new = target.uidnext
            target.uidnext += 1
            target.mails[new] = mail._replace(uid=new)
            self._folders[folder].changed()
            target.changed()
            self._news.notify_all()
            return new

    def remove_folder(self, name: str) -> None:
        """Delete a folder with all its mails."""
        with self._lock:
            del self._folders[name]

    def rename_folder(self, name: str, to: str) -> None:
        """Rename a folder; most servers keep UIDVALIDITY and UIDs."""
        with self._lock:
            place = self._folders.pop(name)
            place.folder = replace(place.folder, wire=to, name=to)
            self._folders[to] = place

    def renumber(self, name: str) -> int:
        """Give a folder another UIDVALIDITY and its mails other UIDs; sessions on it are ended."""
        with self._lock:
            place = self._folders[name]
            place.uidvalidity = next(self._validity)
            ordered = [place.mails[uid] for uid in sorted(place.mails)]
            place.mails = {uid: mail._replace(uid=uid) for uid, mail in enumerate(ordered, 1)}
            place.uidnext = len(ordered) + 1
            place.poison.clear()
            for session in self._sessions:
                if session.opened == name:
                    session.cut("the folder's UIDVALIDITY changed")
            return place.uidvalidity

    def state(self, name: str) -> FolderState:
        """A folder's counters."""
        with self._lock:
            return self._folders[name].state()

    # The server's moods.

    def poison(self, folder: str, uid: int, reason: str = "internal error") -> None:
        """Refuse to hand out one mail from now on."""
        self._folders[folder].poison[uid] = reason

    def lock(self, folder: str) -> None:
        """Let a folder be listed and counted, but not opened, as an ACL does."""
        self._folders[folder].locked = True

    def unlock(self, folder: str) -> None:
        """Let it be opened again."""
        self._folders[folder].locked = False

    def refuse(self, error: KrmdError | None) -> None:
        """Refuse every connection with this error; None lets them in again."""
        self._refusal = error

    def fail_next(self, method: str, error: KrmdError | Exception) -> None:
        """Let the next call of a session's method raise this, once."""
        with self._lock:
            self._failures.append((method, error))

    def disconnect(self, reason: str = "the server goes down") -> None:
        """End every session."""
        with self._news:
            for session in self._sessions:
                session.cut(reason)
            self._news.notify_all()

    def fall_silent(self) -> None:
        """Answer nothing any more, as a stopped process does, until `speak`."""
        self._silent.set()

    def speak(self) -> None:
        """Answer again."""
        self._silent.clear()

    # What tests look at.

    @property
    def live_sessions(self) -> int:
        """How many connections are open now."""
        with self._lock:
            return sum(session.is_open for session in self._sessions)

    def asked(self, name: str) -> int:
        """How often a method was called, of all sessions together."""
        return Counter(command.name for command in self.commands)[name]

    # What krmd does.

    def connect(self) -> "FakeSession":
        """Log in; raises what `refuse` was told."""
        with self._lock:
            self.logins += 1
            if self._refusal is not None:
                raise self._refusal
            session = FakeSession(self, next(self._numbers))
            self._sessions.append(session)
            return session


class FakeSession:
    """A connection to a FakeMailbox; of one thread, but for `cancel`."""

    def __init__(self, server: FakeMailbox, number: int) -> None:
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
            return {f.wire: known[f.wire].state() for f in folders if f.wire in known}

    def open(self, folder: Folder) -> FolderState:
        """EXAMINE; a folder that is gone is a TryLaterError."""
        with self._asked("open", folder.wire):
            place = self._server._folders.get(folder.wire)
            if place is None:
                self.opened = None
                raise TryLaterError(f"the folder {folder.name!r} can't be read: it doesn't exist")
            if place.locked:
                self.opened = None
                raise TryLaterError(f"the folder {folder.name!r} can't be read: no permission")
            self.opened = folder.wire
            self._seen = place.changes
            return place.state()

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

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Wait for something new in the opened folder."""
        assert self.opened is not None, "open a folder first"
        with self._asked("wait", self.opened):
            pass
        ends = time.monotonic() + seconds
        with self._server._news:
            while not stop.is_set():
                self._require_open()
                place = self._server._folders.get(self.opened)
                if place is not None and place.changes > self._seen and self._server.tells_news:
                    self._seen = place.changes
                    return True
                left = ends - time.monotonic()
                if left <= 0:
                    return False
                self._server._news.wait(min(_SLICE, left))
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
        while server._silent.is_set():
            self._require_open()
            time.sleep(_SLICE)
        self._require_open()
        with server._lock:
            for place, (method, error) in enumerate(server._failures):
                if method == name:
                    del server._failures[place]
                    if isinstance(error, UnreachableError):
                        self.cut(error.message)
                    raise error
        return server._lock

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


def letter(
    sender: str = "Bo Example <bo@example.net>",
    to: str = "Ada Example <ada@example.org>",
    *,
    key: str,
    date: str = "Fri, 20 Nov 2026 18:03:00 +0000",
    more: bytes = b"",
) -> bytes:
    """A small mail; `key` makes its Message-ID, `more` holds further header lines."""
    return (
        (
            f"From: {sender}\r\nTo: {to}\r\nDate: {date}\r\nMessage-ID: <{key}@example.net>\r\n"
            f"Subject: {key}\r\n"
        ).encode()
        + more
        + b"\r\nHello.\r\n"
    )
