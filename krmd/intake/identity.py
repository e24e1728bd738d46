"""Which mail a mail is: message ids, the mails it answers, and the key under which it is kept."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from uuid import UUID

from krmd.intake.words import has_unwanted
from krmd.ledger.facts import MailKey

MAX_MESSAGE_ID = 500
"""Octets in the longest message id; a longer one counts as none."""

_LOOKED_AT = 4000
_INT64 = Struct(">q")

# What nine in ten are: <left@right>, printable ASCII, nothing else in the field.
_PLAIN = re.compile(r" ?<((?!=\?)[!-;=?-~]{3,250})>\Z")
_PLAIN_FIRST = re.compile(r" ?<((?!=\?)[!-;=?-~]{3,250})>")
_IN_BRACKETS = re.compile(r"<([^<>]*+)>")
_LEADING_COMMENT = re.compile(r"\s*+\([^()]*+\)")
# Without brackets only what can hardly be anything else: something@something, or one long token.
_BARE = re.compile(r"[^\s<>(),;:\"@]++@[^\s<>(),;:\"@]++\Z|[A-Za-z0-9._$+/=-]{16,}\Z")


def normalise_id(value: str) -> str | None:
    """The message id in a Message-ID field (RFC 5322 3.6.4), or None where there is no usable one.

    Without brackets, blanks and comments, case kept. Ids without @ and without brackets occur and
    are taken; words that are no id are not.
    """
    if found := _PLAIN.match(value):
        return found[1]
    return next(iter(read_ids(value)), None)


def read_ids(value: str) -> list[str]:
    """All message ids in a field's value, in order; with care and without haste."""
    value = _LEADING_COMMENT.sub("", value.strip(), count=1)
    spelled = _IN_BRACKETS.findall(value) or [w for w in value.split() if _BARE.match(w)]
    if "<" not in value and len(spelled) != len(value.split()):
        return []  # words, not ids: "Your message of Tuesday from ada@example.org"
    ids = ("".join(text.split()) for text in spelled)
    return [text for text in ids if _usable(text)]


def _usable(text: str) -> bool:
    return (
        len(text) >= 3
        and not text.startswith("=?")
        and len(text.encode()) <= MAX_MESSAGE_ID
        and not has_unwanted(text)
    )


def first_id(value: str) -> str | None:
    """The first message id of In-Reply-To or References."""
    if found := _PLAIN_FIRST.match(value):
        return found[1]
    return next(iter(read_ids(value[:_LOOKED_AT])), None)


def last_id(value: str) -> str | None:
    """The last message id of References."""
    ids = read_ids(value[-_LOOKED_AT:])
    return ids[-1] if ids else None


@lru_cache(maxsize=4096)
def reference_key(message_id: str) -> int:
    """The `MailKey.high` of the mail with this (normalised) message id."""
    return _with_version(_digest(message_id))


def mail_key(message_id: str | None, *, moment: str, authors: str, rest: str) -> MailKey:
    """The key of a mail: by its message id, date and authors, or without an id by `rest` too.

    `moment` is the date as krmd understood it (else as it was written), `authors` the addresses in
    From, `rest` those in To and Cc, and the subject. The time of arrival is no part of it, since
    each copy has its own: two mails without id and date are two only if those differ.
    """
    low = f"{moment}\0{authors}"
    if message_id is not None:
        return MailKey(reference_key(message_id), _with_variant(_digest(low)))
    every = f"{low}\0{rest}"
    return MailKey(
        _with_version(_digest(every + "\0high")), _with_variant(_digest(every + "\0low"))
    )


def uuid_of(key: MailKey) -> UUID:
    """The key as a UUID of version 8 (RFC 9562 5.8)."""
    return UUID(int=(key.high & 0xFFFF_FFFF_FFFF_FFFF) << 64 | key.low & 0xFFFF_FFFF_FFFF_FFFF)


def _digest(text: str) -> int:
    number: int = _INT64.unpack(blake2b(text.encode(), digest_size=8).digest())[0]
    return number


def _with_version(number: int) -> int:
    """Version 8 in the bits 12 to 15 of the upper half."""
    return number & ~0xF000 | 0x8000


def _with_variant(number: int) -> int:
    """Variant 10 in the two topmost bits of the lower half: as a signed number, negative."""
    return number & 0x3FFF_FFFF_FFFF_FFFF | -0x8000_0000_0000_0000
