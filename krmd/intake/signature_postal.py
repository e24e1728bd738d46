"""A postal address among the lines of a signature: a street with its number, and code and town.

Nothing where only one of them is found, or in an unknown form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from krmd.intake.signature_words import COUNTRIES
from krmd.ledger.portrait import compound

_TOWN = r"[^\W\d_][^\d,;:@|/]{1,38}[^\W\d_]"
_CODE_AND_TOWN = re.compile(
    r"(?:[A-Z]{1,3}[- –])?(\d{4,5}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2})\s+"
    rf"({_TOWN})"
)
_AMERICAN = re.compile(rf"(?:({_TOWN}),?\s+)?([A-Z]{{2}})\s+(\d{{5}}(?:-\d{{4}})?)")
_BRITISH = re.compile(rf"(?:({_TOWN}),?\s+)?([A-Z]{{1,2}}\d[A-Z\d]?\s\d[A-Z]{{2}})")
_STREET = re.compile(
    r"[^\W\d_][^\d@:]{2,48}\s\d{1,4}(?:\s?[a-zA-Z])?(?:\s?[-/–]\s?\d{1,4}[a-zA-Z]?)?"
    r"|\d{1,5}[a-zA-Z]?(?:[-/]\d{1,4})?,?\s[^\W\d_][^\d@:]{2,48}"
)
_APART = re.compile(r"\s*(?:[|•·▪●,;]|\s[-–—]\s|\s{3,})\s*")
_MOST_PIECES = 60


class _Place(NamedTuple):
    """What a code stands beside; `street` isn't looked at yet."""

    street: str
    town: str
    region: str
    code: str


def postal_address(lines: Sequence[str]) -> str | None:
    """The `compound` value of the first address (RFC 6350 6.3.1), None for none."""
    pieces = [it for line in lines for it in _APART.split(line) if it][:_MOST_PIECES]
    for number in range(1, len(pieces)):
        place = _place(pieces, number)
        if place is not None and _STREET.fullmatch(place.street):
            following = pieces[number + 1].strip(" .") if number + 1 < len(pieces) else ""
            country = following if following.lower() in COUNTRIES else ""
            return compound(("", "", *place, country))
    return None


def _place(pieces: Sequence[str], number: int) -> _Place | None:
    """Where a piece is a code with its town, or with the town in the piece before."""
    piece, before = pieces[number], pieces[number - 1]
    earlier = pieces[number - 2] if number > 1 else ""
    continental = _CODE_AND_TOWN.fullmatch(piece)
    if continental is not None:
        return _Place(before, continental[2], "", continental[1])
    american = _AMERICAN.fullmatch(piece)
    british = None if american else _BRITISH.fullmatch(piece)
    found = american or british
    if found is None:
        return None
    region, code = (found[2], found[3]) if american else ("", found[2])
    if found[1] is None:
        return _Place(earlier, before, region, code)
    return _Place(before, found[1], region, code)
