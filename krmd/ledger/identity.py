"""Whose an address is: identities, the claims of contacts on them, and what ambiguity means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.facts import Field

IdentityKind = Literal["email", "phone", "handle", "self"]
"""`self` is a contact's own identity, on which entries logged by hand hang."""

ANY_NAME = ""
"""The claim on an identity whatever display name it is seen with."""


class Claim(NamedTuple):
    """A contact says: this identity is me, seen under this normalised name (ANY_NAME for any)."""

    identity: int
    name_key: str
    contact: int


class Ambiguous(NamedTuple):
    """Several contacts claim it, or none of those who share it by this name: nobody's."""

    contacts: tuple[int, ...]


def whose(claims: Iterable[Claim], name_key: str) -> int | Ambiguous | None:
    """The contact an identity seen under a name belongs to; None when nobody claims it.

    Two matching claims of different contacts are ambiguous, and so is an identity that is only
    claimed by names of which none is this one. Ambiguous counts for nobody.
    """
    everyone: set[int] = set()
    matching: set[int] = set()
    for claim in claims:
        everyone.add(claim.contact)
        if claim.name_key in (ANY_NAME, name_key):
            matching.add(claim.contact)
    if not everyone:
        return None
    if len(matching) == 1:
        return matching.pop()
    return Ambiguous(tuple(sorted(matching or everyone)))


_FROM_WEIGHT = 1 << 40


def name_weight(field: Field, at: Instant) -> int:
    """What a display name is worth as the name of an address: the newest, and any that somebody
    gives themselves in From more than all that others give them.
    """
    return at + _FROM_WEIGHT if field == "from" else at
