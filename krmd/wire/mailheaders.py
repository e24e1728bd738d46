"""The few things the reader of files needs to know of a header block before it is understood."""

import email.errors
import email.header
import re

from krmd.wire.usual_names import ROLE_OF_NAME, comparable

_END = re.compile(rb"(?:\A|\n)\r?\n")
_PINE = re.compile(rb"^X-Status[ \t]*:[^\n]*T", re.IGNORECASE | re.MULTILINE)
_LABELS = re.compile(rb"^X-Gmail-Labels[ \t]*:((?:[^\n]|\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_LONGEST_LABELS = 4096

_LABEL_OF_ROLE = {"sent": "\\Sent", "drafts": "\\Draft", "junk": "\\Junk", "trash": "\\Trash"}


def header_of(head: bytes) -> bytes:
    """A mail's first octets up to the blank line and with it, line breaks as IMAP has them."""
    end = _END.search(head)
    block = head[: end.end()] if end else head
    if block.startswith(b">From "):  # left there by some who stored a stored mail again
        block = block.partition(b"\n")[2]
    return block.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def says_received(header: bytes) -> bool:
    """Whether there is a Received field."""
    return _has_field(header, b"received")


def is_pine_draft(header: bytes) -> bool:
    """Whether `X-Status` holds T, as Pine, mutt and Dovecot mark drafts in an mbox."""
    return _has_field(header, b"x-status") and _PINE.search(header) is not None


def gmail_labels(header: bytes) -> tuple[str, ...]:
    r"""The labels of a mail that Google Takeout wrote, those of the system as IMAP spells them.

    Takeout puts all mail into one file, so that only the labels tell sent from received; it writes
    them in the user's language (`Gesendet` becomes \Sent).
    """
    found = _LABELS.search(header) if _has_field(header, b"x-gmail-labels") else None
    if found is None:
        return ()
    try:
        text = str(email.header.make_header(email.header.decode_header(_unfolded(found[1]))))
    except (ValueError, LookupError, email.errors.MessageError):
        return ()
    return tuple(_as_imap(label.strip(' "')) for label in text.split(",") if label.strip(' "'))


def _has_field(header: bytes, name: bytes) -> bool:
    """By plain search, since a pattern that ignores case takes thirty times as long."""
    lowered = b"\n" + header.lower()
    return b"\n" + name + b":" in lowered or b"\n" + name + b" " in lowered


def _unfolded(value: bytes) -> str:
    return re.sub(r"\r?\n[ \t]+", " ", value[:_LONGEST_LABELS].decode("utf-8", "replace")).strip()


def _as_imap(label: str) -> str:
    name = comparable(label)
    if name in {"inbox", "posteingang", "boîte de réception", "posta in arrivo", "postvak in"}:
        return "\\Inbox"
    return _LABEL_OF_ROLE.get(ROLE_OF_NAME.get(name, "none"), label)
