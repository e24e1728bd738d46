"""Which folders hold no mail by their annotations: Kolab keeps calendars and notes in mailboxes.

Kolab's folder-type (KEP 9) lies in METADATA (RFC 5464); elsewhere nobody sets it.
"""

import re
from collections.abc import Iterable

from krmd.wire.imap.exchange import Exchange
from krmd.wire.imap.gate import mailbox_name
from krmd.wire.imap.grammar import UnreadableError, Untagged, parse

_ENTRIES = b" (/shared/vendor/kolab/folder-type /private/vendor/kolab/folder-type)"
_OF_MAIL = re.compile(rb"mail(?:\.|\Z)", re.IGNORECASE)


def without_mail(exchange: Exchange, wires: Iterable[str]) -> frozenset[str]:
    """The wire names of folders annotated as something other than mail.

    One round trip where the server is no Kolab, which is seen by the INBOX's own annotation.
    """
    if not _types(exchange, ["INBOX"]):
        return frozenset()
    found = _types(exchange, list(wires))
    return frozenset(wire for wire, kind in found.items() if not _OF_MAIL.match(kind))


def _types(exchange: Exchange, wires: list[str]) -> dict[str, bytes]:
    commands = [b"GETMETADATA " + mailbox_name(wire) + _ENTRIES for wire in wires]
    found: dict[str, bytes] = {}
    for _, responses in exchange.run_all(commands):
        for response in responses:
            found.update(_annotation(response))
    return found


def _annotation(response: Untagged) -> dict[str, bytes]:
    if response.text[:9].upper() != b"METADATA ":
        return {}
    try:
        values = parse(response.parts)
    except UnreadableError:
        return {}
    if len(values) < 3 or not isinstance(values[1], bytes) or not isinstance(values[2], list):
        return {}
    kinds = [kind for kind in values[2][1::2] if isinstance(kind, bytes)]
    return {values[1].decode("latin-1"): kinds[-1]} if kinds else {}
