"""What a mailbox says of itself: its folders, their state, and the mails as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from krmd.base.instant import Instant

FolderRole = Literal["inbox", "sent", "drafts", "junk", "trash", "archive", "all", "outbox", "none"]
"""What a folder is for: RFC 6154 special use, the INBOX, an Outbox, or nothing in particular."""


@dataclass(frozen=True, slots=True)
class Folder:
    r"""A folder of a mailbox. `wire` is its name as the server spells it (modified UTF-7, RFC 3501
    5.1.3) and its identity; `name` is for people. `holds_mail` is false for \Noselect and for
    folders that hold calendars, contacts or notes.
    """

    wire: str
    name: str
    role: FolderRole
    delimiter: str | None
    holds_mail: bool


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder's counters (RFC 3501 2.3.1.1): the UID the next mail will get, how many mails lie
    there, and HIGHESTMODSEQ where the server has CONDSTORE (RFC 7162). `uidvalidity` 0: none.
    """

    uidvalidity: int
    uidnext: int
    messages: int
    modseq: int | None


class RawMail(NamedTuple):
    r"""One mail as a mailbox hands it out: its place, its time of arrival and its header block.

    `received` is INTERNALDATE (whole seconds UTC). `has_received` tells whether a Received field is
    there, None where nobody asked. `labels` are Gmail's (X-GM-LABELS), decoded; `draft` is the
    \Draft flag.
    """

    uid: int
    received: Instant
    header: bytes
    draft: bool
    has_received: bool | None
    labels: tuple[str, ...]


HIGHEST_UID = (1 << 32) - 1
"""UIDs are 32 bits wide (RFC 3501 2.3.1.1)."""


class UidRange(NamedTuple):
    """The UIDs from `low` to `high`, both included."""

    low: int
    high: int


class FailedUid(NamedTuple):
    """A mail the server would not hand out, and its reason in the server's words."""

    uid: int
    reason: str


class FetchedRange(NamedTuple):
    """What came of one range: its mails by ascending UID, and those that could not be had.

    Mails that were expunged meanwhile are simply not there.
    """

    asked: UidRange
    mails: tuple[RawMail, ...]
    failed: tuple[FailedUid, ...]


class MailText(NamedTuple):
    """The beginning of a mail's body, with the two fields of its header that tell how to read it.

    Held in memory only, and only where the owner let krmd read bodies.
    """

    content_type: str
    transfer_encoding: str
    octets: bytes
