"""One mail of the demo's mailbox, and the folders there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

INBOX: Final = "INBOX"
SENT: Final = "Sent"
ARCHIVE: Final = "Archive"
DRAFTS: Final = "Drafts"
JUNK: Final = "Junk"
NEWSLETTERS: Final = "Newsletters"
FOLDERS: Final = (INBOX, SENT, ARCHIVE, DRAFTS, JUNK, NEWSLETTERS)


@dataclass(frozen=True, slots=True)
class DemoMail:
    """A mail as it lies in a folder: INTERNALDATE (aware, whole seconds), bytes with CRLF, flags
    with their backslash.
    """

    folder: str
    received: datetime
    raw: bytes
    flags: tuple[str, ...] = ()
