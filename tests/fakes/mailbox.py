"""A mailbox in memory, with everything a real server may do to its reader.

`FakeMailbox` is the server's side: deliveries, removals, other UIDVALIDITYs, refusals, silence.
Its `connect` gives what krmd holds, a `krmd.daemon.job.Session`.
"""

import itertools
import re
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from krmd.base.errors import KrmdError
from krmd.base.instant import Instant
from krmd.intake.mailbox import Folder, FolderRole, FolderState, RawMail
from tests.fakes.session import FakeFolder, FakeSession, Server

__all__ = ["FakeMailbox", "FakeSession", "letter"]

_ROLES: dict[str, FolderRole] = {
    "INBOX": "inbox",
    "Sent": "sent",
    "Drafts": "drafts",
    "Junk": "junk",
    "Trash": "trash",
    "Archive": "archive",
    "[Gmail]/All Mail": "all",
}


class FakeMailbox(Server):
    """One mailbox on one server; any number of sessions, from any thread."""

    def __init__(self, *folders: str) -> None:
        super().__init__()
        self._validity = itertools.count(1_000)
        self._numbers = itertools.count(1)
        self._sessions: list[FakeSession] = []
        self._refusal: KrmdError | None = None
        self.logins = 0
        for name in folders or ("INBOX", "Sent"):
            self.add_folder(name)

    # The mailbox's owner and other clients.

    def add_folder(
        self, name: str, role: FolderRole | None = None, *, holds_mail: bool = True
    ) -> None:
        """An empty folder; its role follows from the usual names unless given."""
        with self.guard:
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
        with self.news:
            place = self._folders[folder]
            uid = place.uidnext
            place.uidnext += 1
            came = Instant(int(time.time()) if received is None else received)
            header = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\r\n"
            by_net = re.search(rb"(?im)^received:", header) is not None
            place.mails[uid] = RawMail(uid, came, header, draft, by_net, labels)
            place.changed()
            self.news.notify_all()
            return uid

    def deliver_many(self, raws: Iterable[bytes], folder: str = "INBOX") -> None:
        """Lay many mails there, a minute of arrival apart, the last one now."""
        mails = list(raws)
        newest = int(time.time())
        for number, raw in enumerate(mails):
            self.deliver(raw, folder, received=newest - 60 * (len(mails) - 1 - number))

    def skip_uids(self, folder: str, count: int) -> None:
        """Leave so many UIDs unused, as servers do that number by the clock."""
        with self.guard:
            self._folders[folder].uidnext += count

    def expunge(self, folder: str, uid: int) -> None:
        """Remove a mail for good."""
        with self.news:
            place = self._folders[folder]
            del place.mails[uid]
            place.changed()
            self.news.notify_all()

    def move(self, uid: int, folder: str, to: str) -> int:
        """Move a mail to another folder; gives back the UID it has there."""
        with self.news:
            mail = self._folders[folder].mails.pop(uid)
            target = self._folders[to]
            new = target.uidnext
            target.uidnext += 1
            target.mails[new] = mail._replace(uid=new)
            self._folders[folder].changed()
            target.changed()
            self.news.notify_all()
            return new

    def remove_folder(self, name: str) -> None:
        """Delete a folder with all its mails."""
        with self.guard:
            del self._folders[name]

    def rename_folder(self, name: str, to: str) -> None:
        """Rename a folder; most servers keep UIDVALIDITY and UIDs."""
        with self.guard:
            place = self._folders.pop(name)
            place.folder = replace(place.folder, wire=to, name=to)
            self._folders[to] = place

    def renumber(self, name: str) -> int:
        """Give a folder another UIDVALIDITY and its mails other UIDs; sessions on it are ended."""
        with self.guard:
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

    def restore(self, name: str, *, uidnext: int) -> None:
        """Go back to the backup of when the next mail got this UID; UIDVALIDITY is in it too."""
        with self.guard:
            place = self._folders[name]
            place.mails = {uid: mail for uid, mail in place.mails.items() if uid < uidnext}
            place.uidnext = uidnext

    def state(self, name: str) -> FolderState:
        """A folder's counters."""
        with self.guard:
            return self._folders[name].state()

    # The server's moods.

    def poison(self, folder: str, uid: int, reason: str = "internal error") -> None:
        """Refuse to hand out one mail from now on."""
        self._folders[folder].poison[uid] = reason

    def heal(self, folder: str, uid: int) -> None:
        """Hand that mail out again."""
        self._folders[folder].poison.pop(uid)

    def lock(self, folder: str) -> None:
        """Let a folder be listed and counted, but not opened, as an ACL does."""
        self._folders[folder].locked = True

    def mute(self, folder: str) -> None:
        """Answer NO to a folder's STATUS, though it is listed."""
        self._folders[folder].muted = True

    def unlock(self, folder: str) -> None:
        """Let it be opened again."""
        self._folders[folder].locked = False

    def refuse(self, error: KrmdError | None) -> None:
        """Refuse every connection with this error; None lets them in again."""
        self._refusal = error

    def fail_next(self, method: str, error: Exception) -> None:
        """Let the next call of a session's method raise this, once."""
        with self.guard:
            self.failures.append((method, error))

    def disconnect(self, reason: str = "the server goes down") -> None:
        """End every session."""
        with self.news:
            for session in self._sessions:
                session.cut(reason)
            self.news.notify_all()

    def fall_silent(self) -> None:
        """Answer nothing any more, as a stopped process does, until `speak`."""
        self.silent.set()

    def speak(self) -> None:
        """Answer again."""
        self.silent.clear()

    # What tests look at.

    @property
    def live_sessions(self) -> int:
        """How many connections are open now."""
        with self.guard:
            return sum(session.is_open for session in self._sessions)

    def asked(self, name: str) -> int:
        """How often a method was called, of all sessions together."""
        return Counter(command.name for command in self.commands)[name]

    # What krmd does.

    def connect(self) -> "FakeSession":
        """Log in; raises what `refuse` was told."""
        with self.guard:
            self.logins += 1
            if self._refusal is not None:
                raise self._refusal
            session = FakeSession(self, next(self._numbers))
            self._sessions.append(session)
            return session


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
