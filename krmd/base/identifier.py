"""Public ids: UUIDs with a prefix that says what they name. Integers never leave the store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Prefix = Literal["c", "i", "m", "d", "f", "q", "s", "x"]
"""c contact, i interaction, m mailing, d delivery, f feed, q quarantined mail, s suggestion, x a
command.
"""

MIN_DIGITS = 6
_SPELLED = re.compile(r"(?P<prefix>[cimdfqsx])_(?P<digits>[0-9a-f-]{6,36})\Z")


@dataclass(frozen=True, slots=True)
class PublicId:
    """One thing's id as people see and type it: `i_8f3a…`."""

    prefix: Prefix
    uuid: UUID

    def __str__(self) -> str:
        return f"{self.prefix}_{self.uuid.hex}"


@dataclass(frozen=True, slots=True)
class IdBeginning:
    """What somebody typed of an id: the prefix and at least six hex digits of the UUID.

    `first` and `last` are the least and the greatest UUID that begin so, both included.
    """

    prefix: Prefix
    digits: str

    @property
    def first(self) -> UUID:
        """The least UUID that begins so."""
        return UUID(hex=self.digits.ljust(32, "0"))

    @property
    def last(self) -> UUID:
        """The greatest UUID that begins so."""
        return UUID(hex=self.digits.ljust(32, "f"))


def parse_id(text: str) -> IdBeginning | None:
    """The beginning of an id that `text` spells, or None where it spells none."""
    spelled = _SPELLED.match(text.strip().lower())
    if spelled is None:
        return None
    digits = spelled["digits"].replace("-", "")
    if not MIN_DIGITS <= len(digits) <= 32:
        return None
    prefix: Prefix = spelled["prefix"]  # type: ignore[assignment]  # the pattern admits no other
    return IdBeginning(prefix, digits)


def public_contact(uuid: str) -> str:
    """The id of the contact with that UUID (32 hex digits), as people see it."""
    return f"c_{uuid}"
