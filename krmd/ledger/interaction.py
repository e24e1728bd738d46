"""One entry of the ledger: its kind, direction and reach, and what the rules say of it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["email", "call", "meeting", "message", "letter", "other"]
Direction = Literal["outbound", "inbound", "mutual"]
Reach = Literal["one_to_one", "group", "one_to_many"]

KINDS: tuple[Kind, ...] = ("email", "call", "meeting", "message", "letter", "other")
DIRECTIONS: tuple[Direction, ...] = ("outbound", "inbound", "mutual")
REACHES: tuple[Reach, ...] = ("one_to_one", "group", "one_to_many")


class Role(NamedTuple):
    """What the rules say of one party: the rule, and whether it moves last contacted.

    `rule` is "owner" for the owner's own addresses.
    """

    rule: str
    counts: bool


class Verdict(NamedTuple):
    """What the rules say of a mail; `roles` in the order of `Facts.parties`.

    `reach` is None where it is no interaction at all. `direction` is None where the owner neither
    wrote it nor got it from its author in a way that tells (a third person's mail). `rule` names
    the rule that decided on the mail as a whole.
    """

    rule: str
    reach: Reach | None
    direction: Direction | None
    roles: tuple[Role, ...]
