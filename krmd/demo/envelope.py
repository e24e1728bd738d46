"""How a demo mail is spelled in bytes: header fields in the charsets of their writers, CR LF lines.

A small writer of its own, since the standard library's is twenty times slower and refuses to make
the broken mails that real mailboxes hold.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from krmd.demo.person import Writing

_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")
_WORD_OCTETS: Final = 42
_FOLD_AT: Final = 72

Mailbox = tuple[str, str]
"""A display name ("" for none) and an address."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a mail says before it is spelled. `date` None leaves the field out; `fields` are further
    header fields, already spelled, in their order; `trace` those a server put on top; `body` has
    bare LFs.
    """

    sender: Mailbox
    to: Sequence[Mailbox]
    subject: str
    body: str
    message_id: str | None
    date: datetime | str | None
    cc: Sequence[Mailbox] = ()
    references: Sequence[str] = ()
    fields: Sequence[tuple[str, str]] = ()
    writing: Writing = "utf-8"
    trace: Sequence[tuple[str, str]] = ()


def spell(draft: Draft) -> bytes:
    """The mail's bytes: trace fields first, as servers prepend them (RFC 5321 4.4)."""
    writing = draft.writing
    fields: list[tuple[str, bytes]] = [(name, value.encode()) for name, value in draft.trace]
    fields.append(("From", _mailboxes([draft.sender], writing)))
    if draft.to:
        fields.append(("To", _mailboxes(draft.to, writing)))
    if draft.cc:
        fields.append(("Cc", _mailboxes(draft.cc, writing)))
    fields.append(("Subject", _text(draft.subject, writing)))
    if draft.date is not None:
        date = draft.date if isinstance(draft.date, str) else format_datetime(draft.date)
        fields.append(("Date", date.encode("ascii")))
    if draft.message_id is not None:
        fields.append(("Message-ID", f"<{draft.message_id}>".encode("ascii")))
    if draft.references:
        fields.append(("In-Reply-To", f"<{draft.references[-1]}>".encode("ascii")))
        fields.append(("References", b" ".join(f"<{r}>".encode("ascii") for r in draft.references)))
    fields += [(name, value.encode()) for name, value in draft.fields]
    charset, body = _body(draft.body, writing)
    if not any(name == "Content-Type" for name, _ in draft.fields):
        fields.append(("Content-Type", f"text/plain; charset={charset}".encode("ascii")))
    fields.append(("MIME-Version", b"1.0"))
    fields.append(("Content-Transfer-Encoding", b"7bit" if body.isascii() else b"8bit"))
    head = b"".join(_folded(name, value, writing) for name, value in fields)
    return head + b"\r\n" + body.replace(b"\n", b"\r\n")


def _body(text: str, writing: Writing) -> tuple[str, bytes]:
    if text.isascii():
        return "us-ascii", text.encode("ascii")
    if writing in ("iso-2022-jp", "koi8-r", "windows-1252"):
        try:
            return writing, text.encode(writing)
        except UnicodeEncodeError:
            pass
    return "utf-8", text.encode()


def _mailboxes(mailboxes: Iterable[Mailbox], writing: Writing) -> bytes:
    return b", ".join(_mailbox(name, address, writing) for name, address in mailboxes)


def _mailbox(name: str, address: str, writing: Writing) -> bytes:
    if not name:
        return address.encode("ascii")
    if name.isascii():
        phrase = name if _ATOMS.match(name) else '"' + name.replace('"', r"\"") + '"'
        return f"{phrase} <{address}>".encode("ascii")
    return _text(name, writing) + f" <{address}>".encode("ascii")


def _text(text: str, writing: Writing) -> bytes:
    """Encoded words of at most 75 octets (RFC 2047 2), each holding whole characters."""
    if text.isascii():
        return text.encode("ascii")
    if writing == "raw":
        return text.encode("latin-1", "replace")
    charset = "utf-8" if writing == "folded" else writing
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    words: list[str] = []
    piece = ""
    for character in text:
        if piece and len((piece + character).encode(charset)) > _WORD_OCTETS:
            words.append(piece)
            piece = ""
        piece += character
    words.append(piece)
    return b" ".join(_encoded_word(word, charset) for word in words)


def _encoded_word(text: str, charset: str) -> bytes:
    encoded = base64.b64encode(text.encode(charset))
    return b"=?" + charset.encode("ascii") + b"?B?" + encoded + b"?="


def _folded(name: str, value: bytes, writing: Writing) -> bytes:
    """The field with its line breaks (RFC 5322 2.2.3); who writes `folded` breaks at every blank,
    some of them with a tab.
    """
    if writing == "folded":
        value = value.replace(b" ", b"\r\n ", 1).replace(b", ", b",\r\n\t")
        return name.encode("ascii") + b": " + value + b"\r\n"
    lines = [name.encode("ascii") + b":"]
    for word in value.split(b" "):
        if len(lines[-1]) + len(word) >= _FOLD_AT and not lines[-1].endswith(b":"):
            lines.append(b"")
        lines[-1] += b" " + word
    return b"\r\n".join(lines) + b"\r\n"
