"""The facts of a mail that the rules read; stored with it, so that settings can change offline.

NamedTuples rather than frozen dataclasses, since a backfill makes a million of them and a frozen
dataclass costs five times as much to build.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Literal, NamedTuple

from krmd.base.address import EmailAddress

Field = Literal["from", "sender", "reply_to", "to", "cc", "bcc", "delivered_to"]
"""The header field an address stood in."""

PEOPLE: frozenset[Field] = frozenset(("from", "to", "cc", "bcc"))
"""The fields whose addresses are the people of a mail; those in others are evidence."""

PARTIES_KEPT = 100
"""So many addresses of one mail are kept; `Facts.people` still tells how many there were."""


class Party(NamedTuple):
    """One address in one header field, with the display name it was given ("" for none)."""

    field: Field
    address: EmailAddress
    name: str


class Mark(IntFlag):
    """What a mail says of itself and where it lay. The numbers are stored: add, never renumber."""

    LIST = 1
    """List-Id, List-Post, Mailing-List."""
    UNSUBSCRIBE = 2
    """List-Unsubscribe."""
    BULK = 4
    """Precedence: bulk, list or junk, and senders' marks of the same kind."""
    NO_REPLY = 8
    """From is a no-reply sender."""
    AUTO = 16
    """Auto-Submitted other than `no` (RFC 3834), vacation and auto-reply marks."""
    REPORT = 32
    """A delivery report or bounce (RFC 3464), by content type, sender or return path."""
    INVITATION_REPLY = 64
    """An answer to an invitation (RFC 5546, METHOD:REPLY and its like)."""
    KRMD = 128
    """krmd's own mail to the owner: X-Krmd, or a List-Id under krmd.invalid."""
    RECEIVED = 256
    """A Received field is there: it came in over a network."""
    RECEIVED_UNKNOWN = 512
    """Nobody asked whether there is one."""
    DMARC_FAIL = 1024
    """The owner's own server said dmarc=fail (RFC 8601)."""
    AUTH_PASS = 2048
    """The owner's own server said dmarc=pass, or dkim=pass aligned with From."""
    DRAFT = 4096
    """The \\Draft flag, Gmail's label, or only ever seen in Drafts."""
    IN_SENT = 8192
    """It lay in a Sent folder or under a Sent label."""
    IN_INBOX = 16384
    IN_JUNK = 32768
    IN_TRASH = 65536
    IN_OUTBOX = 131072
    INVITATION = 262144
    """An invitation (text/calendar with METHOD:REQUEST)."""
    RESENT = 524288
    """Resent-From is there (RFC 5322 3.6.6)."""
    MAILING = 1048576
    """A copy of a delivery of krmd's own mailing."""
    IN_DRAFTS = 2097152
    IN_OTHER = 4194304
    """It lay in an ordinary folder: an archive, a filter's folder, a file."""


class MailKey(NamedTuple):
    """What makes two copies the same mail; together the 128 bits of the entry's public id.

    `high` comes from the Message-ID, so that answers find what they answer; `low` from Date and
    From, so that two mails which abuse one Message-ID stay two. Where there is no Message-ID, both
    come from Date, From, To, Cc and Subject. Signed 64-bit integers, as databases have them.
    """

    high: int
    low: int


class Facts(NamedTuple):
    """All that the rules read of a mail.

    `parties` holds at most PARTIES_KEPT, From first; `people` counts all distinct addresses in
    From, To, Cc and Bcc, the owner's too, also those beyond the cap.
    """

    marks: int
    parties: tuple[Party, ...]
    people: int
