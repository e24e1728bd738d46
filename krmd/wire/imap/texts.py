"""The beginning of one mail's body, for who was told to read bodies; it stays unread there."""

from __future__ import annotations

import re

from krmd.intake.mailbox import MailText
from krmd.wire.imap.exchange import Exchange
from krmd.wire.imap.grammar import UnreadableError, Untagged, Value, parse

LONGEST = 65_536
"""So many octets of a body are asked for."""

_ITEMS = (
    b"(UID BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE CONTENT-TRANSFER-ENCODING)]"
    b" BODY.PEEK[TEXT]<0.%d>)" % LONGEST
)
_FOLD = re.compile(r"\r?\n[ \t]+")
_FIELD = re.compile(
    r"^(content-type|content-transfer-encoding)[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE
)


def read_text(exchange: Exchange, uid: int) -> MailText | None:
    r"""The beginning of a mail's body in the opened folder, None where it is gone or unreadable.

    PEEK, since without it \Seen is set (RFC 3501 6.4.5). Raises UnreachableError.
    """
    completion, responses = exchange.run(b"UID FETCH %d %s" % (uid, _ITEMS))
    if not completion.ok:
        return None
    for response in responses:
        found = _text_of(response, uid)
        if found is not None:
            return found
    return None


def _text_of(response: Untagged, uid: int) -> MailText | None:
    words = response.text.split(b" ", 2)
    if len(words) < 2 or words[1].upper() != b"FETCH":
        return None
    try:
        values = parse(response.parts)[2]
    except (UnreadableError, IndexError):
        return None
    if not isinstance(values, list):
        return None
    named = {
        name.upper(): value
        for name, value in zip(values[::2], values[1::2], strict=False)
        if isinstance(name, bytes)
    }
    header = _octets(named, b"BODY[HEADER.FIELDS")
    body = _octets(named, b"BODY[TEXT]")
    if named.get(b"UID") != b"%d" % uid or header is None or body is None:
        return None
    fields = dict(_FIELD.findall(_FOLD.sub(" ", header.decode("utf-8", "replace"))))
    by_name = {name.lower(): value.strip() for name, value in fields.items()}
    return MailText(
        by_name.get("content-type", ""), by_name.get("content-transfer-encoding", ""), body
    )


def _octets(named: dict[bytes, Value], begins: bytes) -> bytes | None:
    for name, value in named.items():
        if name.startswith(begins):
            return value if isinstance(value, bytes) else None
    return None
