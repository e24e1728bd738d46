"""Who stands in an address field: the quick way for ordinary fields, the careful one for the rest.

Both give the same; correspondents repeat, so what a field says is remembered by its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

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
"""Of a field's value, and how many addresses of a long one are wanted at most."""


def party_reader(field: Field) -> PartyReader:
    """A reader of one field's values, which remembers the plain mailboxes in them."""
    plain = lru_cache(maxsize=8192)(partial(_plain_party, field))

    def read(value: str, limit: int = MAX_COUNTED) -> tuple[Party, ...]:
        if len(value) <= REMEMBERED_LENGTH and value.count("@") == 1:
            party = plain(value)
            if party is not None:
                return (party,)
        elif _has_few_parts(value):
            parts = _BETWEEN_COMMAS.findall(value)
            if max(map(len, parts), default=0) <= REMEMBERED_LENGTH:
                parties = [party for party in map(plain, parts) if party is not None]
                if len(parties) == len(parts):
                    return _each_once(parties)
        return tuple(
            [Party(field, address, name) for address, name in read_mailboxes(value, limit)]
        )

    return read


def _each_once(parties: list[Party]) -> tuple[Party, ...]:
    """The first of each address, but rather one with a name than one without."""
    if len({party.address for party in parties}) == len(parties):
        return tuple(parties)
    found: dict[str, Party] = {}
    for party in parties:
        if not (known := found.get(party.address)) or not known.name:
            found[party.address] = party
    return tuple(found.values())


def _plain_party(field: Field, value: str) -> Party | None:
    found = _PLAIN.match(value)
    if found is None:
        return None
    words, quoted, angle, bare, comment = found.groups()
    address = parse_address(angle or bare)
    if address is None:
        return None
    return Party(field, address, display_name(words or quoted or comment or "", address))


def _has_few_parts(value: str) -> bool:
    """Whether the careful reader would come to the end of it, with the name of each."""
    commas = value.count(",")
    return (
        commas < PARTIES_KEPT
        and commas + value.count(" ") <= _MOST_GAPS
        and value.count('"') % 2 == 0
    )


_read_from = party_reader("from")


def mailboxes(value: str, limit: int = MAX_COUNTED) -> tuple[Mailbox, ...]:
    """The mailboxes of an address field, as `read_mailboxes` gives them."""
    return tuple([Mailbox(address, name) for _, address, name in _read_from(value, limit)])
