"""Bytes and their place become a mail understood: what header and folder say together."""

from __future__ import annotations

from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.intake.mailbox import RawMail
from krmd.intake.message import Message
from krmd.intake.parse import parse_header
from krmd.ledger.facts import Mark


class ReadMail(NamedTuple):
    """A mail understood, with its place. `marks` are the message's and the place's together.

    `with_forgotten`: somebody was on it who was forgotten and isn't any more (`keeping_out`).
    """

    uid: int
    received: Instant
    message: Message
    marks: int
    with_forgotten: bool = False


# As plain numbers: members of an IntFlag are slow to join, and this is done for every mail.
_DRAFT, _IN_OTHER = int(Mark.DRAFT), int(Mark.IN_OTHER)
_RECEIVED, _RECEIVED_UNKNOWN = int(Mark.RECEIVED), int(Mark.RECEIVED_UNKNOWN)
_PLACES: dict[str, int] = {
    "inbox": int(Mark.IN_INBOX),
    "sent": int(Mark.IN_SENT),
    "drafts": int(Mark.IN_DRAFTS),
    "junk": int(Mark.IN_JUNK),
    "trash": int(Mark.IN_TRASH),
    "outbox": int(Mark.IN_OUTBOX),
}
_LABELS: dict[str, int] = {
    "\\inbox": int(Mark.IN_INBOX),
    "\\sent": int(Mark.IN_SENT),
    "\\draft": _DRAFT,
    "\\drafts": _DRAFT,
    "\\junk": int(Mark.IN_JUNK),
    "\\spam": int(Mark.IN_JUNK),
    "\\trash": int(Mark.IN_TRASH),
}


def understand(raw: RawMail, role: str, authserv_id: str | None) -> ReadMail:
    """The mail that bytes from a folder of that role make; total, as the parser is."""
    message = parse_header(raw.header, authserv_id)
    marks = message.marks | _place(raw, role)
    if raw.draft:
        marks |= _DRAFT
    if raw.has_received:
        marks |= _RECEIVED
    elif raw.has_received is None and not marks & _RECEIVED:
        marks |= _RECEIVED_UNKNOWN
    return ReadMail(raw.uid, raw.received, message, marks)


def _place(raw: RawMail, role: str) -> int:
    if role != "all":
        return _PLACES.get(role, _IN_OTHER)
    marks = 0
    for label in raw.labels:
        marks |= _LABELS.get(label.lower(), 0)
    # \All without a label is Gmail's archive: an ordinary place.
    return marks or _IN_OTHER
