"""A user's Maildir++ tree, written and looked at behind the IMAP server's back."""

import contextlib
import datetime as dt
import itertools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from imapclient import imap_utf7

from tests.servers.processes import Identity

FLAG_LETTERS = {
    "\\Draft": "D",
    "\\Flagged": "F",
    "\\Passed": "P",
    "\\Answered": "R",
    "\\Seen": "S",
    "\\Deleted": "T",
}


@dataclass(frozen=True, slots=True)
class Maildir:
    """A tree of folders under `root`: INBOX is the root itself, Lists/Dev is .Lists.Dev."""

    root: Path
    owner: Identity
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def folder(self, name: str) -> Path:
        """Where a folder of that (decoded) name lies, existing or not."""
        if name.upper() == "INBOX":
            return self.root
        wire: bytes = imap_utf7.encode(name)
        return self.root / ("." + wire.decode("ascii").replace("/", "."))

    def create(self, name: str) -> Path:
        """Make a folder; nothing if it exists."""
        place = self.folder(name)
        for path in (place, *(place / part for part in ("cur", "new", "tmp"))):
            if not path.exists():
                path.mkdir(parents=True)
                self.owner.own(path)
        if place != self.root:
            marker = place / "maildirfolder"
            marker.touch()
            self.owner.own(marker)
        return place

    def put(
        self,
        name: str,
        raw: bytes,
        *,
        internaldate: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> Path:
        r"""Lay a message into a folder, made if absent, as a delivery agent would.

        UIDs follow the order of the calls. INTERNALDATE is the file's time; absent: now. With
        flags the file goes to cur/, without to new/ (and is \Recent until somebody SELECTs).
        """
        place = self.create(name)
        letters = "".join(sorted(FLAG_LETTERS[flag] for flag in flags))
        size, wire_size = len(raw), len(raw) + bare_line_feeds(raw)
        # Dovecot numbers new files by the time in their name, then by the microseconds.
        serial = next(self._serial)
        file_name = (
            f"{1_000_000_000 + serial // 1_000_000}.M{serial % 1_000_000:06}P{os.getpid()}"
            f".test,S={size},W={wire_size}"
        )
        part, suffix = ("cur", f":2,{letters}") if letters else ("new", "")
        temporary, final = place / "tmp" / file_name, place / part / (file_name + suffix)
        temporary.write_bytes(raw)
        if internaldate is not None:
            moment = internaldate.timestamp()
            os.utime(temporary, (moment, moment))
        self.owner.own(temporary)
        temporary.rename(final)
        return final

    def files(self, name: str) -> list[Path]:
        """The message files of a folder, unsorted."""
        place = self.folder(name)
        return [path for part in ("cur", "new") for path in (place / part).iterdir()]

    def remove_index(self, name: str | None = None) -> None:
        """Delete Dovecot's index and cache of one folder or of all; UIDs and UIDVALIDITY stay."""
        places = [self.folder(name)] if name else [self.root, *self.root.glob(".[!.]*")]
        for place in places:
            for path in place.glob("dovecot.index*"):
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

    def forget_uids(self, name: str) -> None:
        """Delete a folder's list of UIDs and its index, so that every message gets a new UID."""
        self.remove_index(name)
        with contextlib.suppress(FileNotFoundError):
            (self.folder(name) / "dovecot-uidlist").unlink()

    def set_uidvalidity(self, name: str, value: int) -> None:
        """Write another UIDVALIDITY into a folder's list of UIDs; the UIDs stay."""
        self.remove_index(name)
        listing = self.folder(name) / "dovecot-uidlist"
        head, _, rest = listing.read_text().partition("\n")
        listing.write_text(re.sub(r"\bV\d+", f"V{value}", head, count=1) + "\n" + rest)


def bare_line_feeds(raw: bytes) -> int:
    """How many line feeds lack their carriage return: IMAP's RFC822.SIZE counts one for each."""
    return raw.count(b"\n") - raw.count(b"\r\n")
