"""Who stands in an address field: the quick way for ordinary fields, the careful one for the rest.

Both give the same; correspondents repeat, so what a field says is remembered by its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from krmd.base.address import parse_address
from krmd.intake.mailboxes import (
    MAX_COUNTED,
    MAX_TOKENS,
    Mailbox,
    display_name,
    read_mailboxes,
)
from krmd.ledger.facts import PARTIES_KEPT, Field, Party

REMEMBERED_LENGTH = 200
"""Only what has so many characters at most is remembered: memory is bounded."""

_WORD = r"[\w!#$%&*+/^`{|}~.'=?-]++"  # with the letters of every script
_ADDRESS = r"[A-Za-z0-9][A-Za-z0-9!#$%&*+/^_`{|}~.=-]*@[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]"
_NAME = rf"(?:({_WORD}(?: ++{_WORD})*+) ++|\"([^\"\\]*+)\" *+)"
# Ada Example <ada@example.org> · "Example, Ada" <…> · <…> · ada@example.org · … (Ada Example)
_PLAIN = re.compile(rf" *+(?:{_NAME}?<({_ADDRESS})>|({_ADDRESS})(?: ++\(([^()\"\\]*+)\))?+) *+\Z")
# At the commas that stand in no quotes. What the grammar has besides makes a part that isn't plain.
_BETWEEN_COMMAS = re.compile(r'(?:[^",]++|"[^"]*")++')
_MOST_GAPS = MAX_TOKENS // 3 - 1
"""Blanks and commas of a value for which the careful reader has tokens enough: a gap is one, and
between two gaps there are two at most."""

PartyReader = Callable[[str, int], tuple[Party, ...]]


def mailboxes(value: str, limit: int = MAX_COUNTED) -> tuple[Mailbox, ...]:
    """The mailboxes of an address field, as `read_mailboxes` gives them."""
    commas = value.count(",")
    if (
        commas >= PARTIES_KEPT  # the names of more are not read
        or commas + value.count(" ") > _MOST_GAPS
        or value.count('"') % 2
    ):
        return read_mailboxes(value, limit)
    found: dict[str, Mailbox] = {}
    for part in _BETWEEN_COMMAS.findall(value):
        mailbox = _remembered_mailbox(part) if len(part) <= REMEMBERED_LENGTH else None
        if mailbox is None:
            return read_mailboxes(value, limit)
        if not (known := found.get(mailbox.address)) or not known.name:
            found[mailbox.address] = mailbox
    return tuple(found.values())


def _plain_mailbox(value: str) -> Mailbox | None:
    found = _PLAIN.match(value)
    if found is None:
        return None
    words, quoted, angle, bare, comment = found.groups()
    address = parse_address(angle or bare)
    if address is None:
        return None
    return Mailbox(address, display_name(words or quoted or comment or "", address))


_remembered_mailbox = lru_cache(maxsize=8192)(_plain_mailbox)


def party_reader(field: Field) -> PartyReader:
    """A reader of one field's values, which remembers those with a single address.

    Its second argument is how many addresses of a long value are wanted at most.
    """

    def read(value: str, limit: int = MAX_COUNTED) -> tuple[Party, ...]:
        return tuple([Party(field, address, name) for address, name in mailboxes(value, limit)])

    remembered = lru_cache(maxsize=8192)(read)

    def read_or_remember(value: str, limit: int) -> tuple[Party, ...]:
        if len(value) <= REMEMBERED_LENGTH and value.count("@") == 1:
            return remembered(value)
        return read(value, limit)

    return read_or_remember
