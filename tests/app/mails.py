"""Mails for tests of the ledger, written as few words as the test is about."""

import itertools
from email.utils import format_datetime

from krmd.base.instant import Instant, to_datetime
from krmd.intake.mailbox import RawMail

OWNER = "kim@example.org"
_serial = itertools.count(1)


def header(
    sender: str = OWNER,
    to: str = "",
    *,
    date: Instant | None = None,
    message_id: str | None = None,
    **fields: str,
) -> bytes:
    """A header block; `fields` name further fields, with _ for -. No id: a fresh one is made."""
    if message_id is None:
        message_id = f"<made{next(_serial)}@mail.example>"
    lines = [f"From: {sender}"]
    if to:
        lines.append(f"To: {to}")
    if date is not None:
        lines.append(f"Date: {format_datetime(to_datetime(date))}")
    if message_id:
        lines.append(f"Message-ID: {message_id}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def mail(block: bytes, *, received: Instant, uid: int = 0, arrived: bool = True) -> RawMail:
    """The header block as a mailbox hands it out; `arrived` says whether it has Received."""
    return RawMail(uid or next(_serial), received, block, False, arrived, ())
