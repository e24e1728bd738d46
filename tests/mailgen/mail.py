"""The generated mail as a value, and the kinds there are."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple


class Direction(StrEnum):
    """Who wrote to whom."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Kind(StrEnum):
    """What a mail was meant to be; whom it moves is said beside each."""

    LETTER_IN = "letter-in"  # the sender, inbound
    LETTER_OUT = "letter-out"  # the recipient, outbound
    REPLY_IN = "reply-in"  # the sender, inbound; answers a letter-out by References
    REPLY_OUT = "reply-out"  # the recipient, outbound; answers a letter-in
    GROUP_IN = "group-in"  # at most 12 people: the sender alone, inbound
    GROUP_OUT = "group-out"  # at most 12 people: those in To, outbound; not those in Cc
    CC_ME = "cc-me"  # to somebody else, the owner in Cc: the sender, inbound
    CROWD_IN = "crowd-in"  # more than 12 people: nobody
    CROWD_OUT = "crowd-out"  # more than 12 people: nobody
    BCC_ONE = "bcc-one"  # the only person, in Bcc: outbound
    BCC_MANY = "bcc-many"  # several in Bcc: nobody
    BCC_ME = "bcc-me"  # the owner named nowhere: nobody
    SENT_ARCHIVED = "sent-archived"  # the owner's, filed outside Sent, never sent by SMTP: outbound
    SENT_TO_SELF_TOO = "sent-to-self-too"  # in Sent, and come back to INBOX: outbound, once
    LIST = "list"  # nobody
    NEWSLETTER = "newsletter"  # nobody
    NO_REPLY = "no-reply"  # nobody
    BOUNCE = "bounce"  # nobody
    AUTO_REPLY = "auto-reply"  # nobody
    CALENDAR_REPLY = "calendar-reply"  # nobody
    DRAFT = "draft"  # nobody
    SELF = "self"  # nobody
    FORGED = "forged"  # says it is the owner's: nobody
    NO_SENDER = "no-sender"  # From missing or empty: nobody
    JUNK = "junk"  # looks like a letter, lies in Junk: nobody
    TRASH = "trash"  # a letter thrown away: nobody


class GeneratedMail(NamedTuple):
    r"""One message in one folder.

    `raw` has LF line ends, as in a Maildir; `wire()` gives CRLF. `serial` is the same for the
    copies of one mail. `date` is what the Date header means, None where it is missing or absurd.
    `people`: the distinct addresses in From, To, Cc and Bcc that aren't the owner's, lower case.
    `moves`: whose dates this mail moves, and in which direction. `oddity` names what was broken on
    purpose. Times are UTC, whole seconds.
    """

    serial: int
    folder: str
    internaldate: dt.datetime
    flags: tuple[str, ...]
    raw: bytes
    kind: Kind
    date: dt.datetime | None
    message_id: str | None
    people: tuple[str, ...]
    moves: tuple[tuple[str, Direction], ...]
    oddity: str | None

    def wire(self) -> bytes:
        """The bytes with CRLF line ends, as IMAP APPEND wants them."""
        return self.raw.replace(b"\n", b"\r\n")
