"""Who an event of a calendar names: attendees and the organizer (RFC 5545 3.8.4.1, 3.8.4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from krmd.base.address import EmailAddress, parse_address
from krmd.formats.content_lines import ContentLine
from krmd.ledger.portrait import clean

_MAILTO = re.compile(r"mailto:(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited, or the organizer. `answer`, `kind`, `role` are PARTSTAT, CUTYPE and ROLE in
    capitals, "" where the event doesn't say; `name` is CN.
    """

    address: EmailAddress
    name: str
    answer: str
    kind: str
    role: str
    organizes: bool


def attendees_of(*lines: ContentLine) -> tuple[Attendee, ...]:
    """Everybody whom lines of ATTENDEE and ORGANIZER name by an address, each once: the organizer
    may be among those invited, or not.
    """
    found: dict[EmailAddress, Attendee] = {}
    for line in lines:
        address = _address(line)
        if address is None:
            continue
        organizes = line.head.name == "ORGANIZER"
        if address in found:
            organizes |= found[address].organizes
            found[address] = replace(found[address], organizes=organizes)
            continue
        answer, kind, role = (
            (line.head.parameter(it) or "").upper() for it in ("PARTSTAT", "CUTYPE", "ROLE")
        )
        name = clean(line.head.parameter("CN") or "")
        found[address] = Attendee(address, name, answer, kind, role, organizes)
    return tuple(found.values())


def _address(line: ContentLine) -> EmailAddress | None:
    """The address of somebody: `mailto:`, else EMAIL (RFC 7986 6.2; Apple's values are paths), else
    a name that is one (Outlook's `invalid:nomail`).
    """
    mailto = _MAILTO.match(line.value.strip())
    if mailto is not None:
        address = parse_address(unquote(mailto[1].partition("?")[0]).strip().strip("<>"))
        if address is not None:
            return address
    for text in (line.head.parameter("EMAIL"), line.value, line.head.parameter("CN")):
        address = parse_address((text or "").strip().strip("'\""))
        if address is not None:
            return address
    return None
