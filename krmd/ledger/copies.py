"""What several copies of one mail say together.

Copies of a mail differ: the one in Sent has Bcc, the one that came through a list has List-Id, the
one in the archive arrived later. Merging is associative, commutative and idempotent, so the order
in which folders are read is of no account.
"""

from __future__ import annotations

from krmd.base.address import EmailAddress
from krmd.ledger.facts import PARTIES_KEPT, Facts, Field, Mark, Party

_OF_THE_WAY = int(Mark.LIST | Mark.UNSUBSCRIBE | Mark.BULK)
"""Marks that a copy gets on its way: a letter that also came through a list is still a letter."""

_ARRIVED = int(Mark.RECEIVED | Mark.RECEIVED_UNKNOWN)


def merged(one: Facts, other: Facts) -> Facts:
    """Both copies as one mail. Who is named is taken from the copy nearest to the author.

    That is a copy in Sent or one that never travelled, which nobody but the owner can have put
    there; of two equally near both are believed.
    """
    marks = merged_marks(one.marks, other.marks)
    if _is_authors(one.marks) != _is_authors(other.marks):
        near = one if _is_authors(one.marks) else other
        return Facts(marks, near.parties, near.people)
    if set(one.parties) == set(other.parties):
        return Facts(marks, one.parties, max(one.people, other.people))
    names: dict[tuple[Field, EmailAddress], str] = {}
    for party in (*one.parties, *other.parties):
        key = (party.field, party.address)
        names[key] = max(party.name, names.get(key, ""))
    parties = (Party(field, address, name) for (field, address), name in names.items())
    kept = sorted(parties, key=_from_first)[:PARTIES_KEPT]
    return Facts(marks, tuple(kept), max(one.people, other.people))


def merged_marks(one: int, other: int) -> int:
    """A mark of either stands, but those of the way only if both copies bear them; one copy that
    never travelled is proof that the owner put the mail there.
    """
    marks = (one | other) & ~(_OF_THE_WAY | _ARRIVED) | (one & other & _OF_THE_WAY)
    if one & _ARRIVED and other & _ARRIVED:
        unknown = (one | other) & Mark.RECEIVED_UNKNOWN
        marks |= int(Mark.RECEIVED_UNKNOWN) if unknown else int(Mark.RECEIVED)
    return marks


def _is_authors(marks: int) -> bool:
    return bool(marks & Mark.IN_SENT) or not marks & _ARRIVED


def _from_first(party: Party) -> tuple[bool, Party]:
    return party.field != "from", party
