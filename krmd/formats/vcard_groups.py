"""Group cards, of Apple and of vCard 4, which name their members by UID: groups are categories.

A card tells of one person alone, so the groups' names are written into their members' cards before
those are read; a card whose groups change is thereby another card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from krmd.formats.content_lines import contents_of
from krmd.formats.reading import Octets, Raw, Skipped
from krmd.formats.vcard_text import escaped, unescaped
from krmd.ledger.portrait import clean

Groups = Mapping[str, tuple[str, ...]]
"""The names of the groups that each member (by `member_key`) is in."""

# A cheap look for anything like a group; its first letters are literal, which makes it quick.
_HINTS = (
    re.compile(rb"KIND(?:;[^:\n]{0,99})?:[ \t]*[Gg][Rr]"),
    re.compile(rb"kind(?:;[^:\n]{0,99})?:[ \t]*[Gg][Rr]"),
)
_GROUP = re.compile(
    rb"\n(?:[\w-]+\.)?(?:X-ADDRESSBOOKSERVER-)?KIND(?:;[^:\n]*)?:[ \t]*GROUP[ \t\r]*\n",
    re.IGNORECASE,
)
_KEY = re.compile(rb"\n(?:[\w-]+\.)?UID(?:;[^:\n]*)?:([^\n]*)", re.IGNORECASE)
_MEMBERS = frozenset(("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"))
_LONGEST_KEY = 1000


def may_have_groups(octets: Octets) -> bool:
    """Whether a file looks as if there were a group card in it; takes a second for a gigabyte."""
    return any(hint.search(octets) is not None for hint in _HINTS)


def is_group(card: bytes) -> bool:
    """Whether a card describes a group."""
    return _GROUP.search(card) is not None


def groups_of(pieces: Iterable[Raw | Skipped]) -> Groups:
    """The groups among the cards of a file."""
    found: dict[str, dict[str, None]] = {}
    for piece in pieces:
        if isinstance(piece, Skipped) or not is_group(piece.octets):
            continue
        lines = contents_of(piece.octets).lines
        name = next((clean(unescaped(value)) for head, value in lines if head.name == "FN"), "")
        for head, value in lines if name else ():
            if head.name in _MEMBERS:
                found.setdefault(member_key(unescaped(value)), {})[name] = None
    return {member: tuple(names) for member, names in found.items()}


def member_key(uid: str) -> str:
    """A UID as members and groups have it in common: groups put `urn:uuid:` in front."""
    return uid[:_LONGEST_KEY].strip().casefold().removeprefix("urn:uuid:")


def with_groups(card: Raw, groups: Groups) -> Raw:
    """A card with the groups it is in as categories."""
    found = _KEY.search(card.octets.replace(b"\r", b"").replace(b"\n ", b""))
    if found is None:
        return card
    names = groups.get(member_key(unescaped(found[1].decode("utf-8", "replace"))))
    if not names:
        return card
    categories = f"\nCATEGORIES:{','.join(map(escaped, names))}".encode()
    end = card.octets.rindex(b"\n")
    return Raw(card.line, card.octets[:end] + categories + card.octets[end:])
