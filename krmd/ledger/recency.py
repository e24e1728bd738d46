"""When there was contact: last contacted, outbound, inbound, mailed, and how often, of one person.

A fold over the person's moments that doesn't care for their order: any permutation, and any cut
into batches that are merged, gives the same value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

from krmd.base.instant import Instant
from krmd.ledger.interaction import Direction, Kind, Reach


class Moment(NamedTuple):
    """One person's part in one interaction: what the fold reads of it."""

    at: Instant
    kind: Kind
    direction: Direction | None
    reach: Reach | None
    counts: bool


class Recency(NamedTuple):
    """What the ledger says of one person. Times are instants, None for never.

    `email_outbound` and `email_inbound` count personal mails only; `call` to `other` count what was
    logged and moves last contacted; `mailing` counts what went to many.
    """

    last_contacted: Instant | None = None
    last_outbound: Instant | None = None
    last_inbound: Instant | None = None
    last_mailed: Instant | None = None
    email_outbound: int = 0
    email_inbound: int = 0
    call: int = 0
    meeting: int = 0
    message: int = 0
    letter: int = 0
    other: int = 0
    mailing: int = 0

    def merge(self, more: Recency) -> Recency:
        """Both together; they must not share an interaction."""
        return Recency(
            _later(self.last_contacted, more.last_contacted),
            _later(self.last_outbound, more.last_outbound),
            _later(self.last_inbound, more.last_inbound),
            _later(self.last_mailed, more.last_mailed),
            *map(int.__add__, self[4:], more[4:]),
        )

    @property
    def is_empty(self) -> bool:
        """Nothing has happened that would count for anything."""
        return self == NEVER

    @classmethod
    def fold(cls, moments: Iterable[Moment]) -> Self:
        """The recency of these moments, each of another interaction."""
        tally = Tally()
        for moment in moments:
            tally.add(moment)
        return cls(*tally.values)  # type: ignore[arg-type]  # as the places say


NEVER = Recency()
_OUTBOUND, _INBOUND, _MAILING = 4, 5, 11
_PLACE_OF_KIND: dict[str, int] = {"call": 6, "meeting": 7, "message": 8, "letter": 9, "other": 10}


class Tally:
    """A recency in the making, for loops over many moments. `values` are those of a Recency."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: list[Instant | int | None] = [None, None, None, None, 0, 0, 0, 0, 0, 0, 0, 0]

    def add(self, moment: Moment) -> None:
        """Take one moment in. What doesn't count moves nothing but, to many, last mailed."""
        at, kind, direction, reach, counts = moment
        if counts:
            self._move(0, at)
            if direction != "inbound":
                self._move(1, at)
            if direction != "outbound":
                self._move(2, at)
            if kind == "email":
                self._count(_INBOUND if direction == "inbound" else _OUTBOUND)
            else:
                self._count(_PLACE_OF_KIND[kind])
        elif reach == "one_to_many" and direction == "outbound":
            self._move(3, at)
            self._count(_MAILING)

    def _move(self, place: int, at: Instant) -> None:
        known = self.values[place]
        if known is None or at > known:
            self.values[place] = at

    def _count(self, place: int) -> None:
        self.values[place] += 1  # type: ignore[operator]  # counts are never None


def _later(one: Instant | None, other: Instant | None) -> Instant | None:
    if one is None:
        return other
    return one if other is None or one >= other else other


def together(moments: Iterable[Moment]) -> Moment:
    """One person's parts in one interaction, under several addresses, as a single moment."""
    parts = list(moments)
    return next((part for part in parts if part.counts), parts[0])
