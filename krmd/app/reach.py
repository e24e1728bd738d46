"""The reach statistics: how many of the confirmed contacts were reached, and through what.

People and interactions are counted apart and never mixed. The deceased are no contacts here, and
neither are those who were dropped or merged into another.
"""

from __future__ import annotations

from dataclasses import dataclass

from krmd.app.folding import contact_of
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.store import identities
from krmd.store import reach as counting
from krmd.store.engine import Transaction
from krmd.store.reach import InteractionCount, Owned, Window

MOST_DAYS = 36_500
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Interactions:
    """Personal interactions with confirmed contacts, each counted once whoever took part.

    `responded` are those of `email_inbound` that a mail of the owner's answers.
    """

    call: int = 0
    meeting: int = 0
    email_outbound: int = 0
    email_inbound: int = 0
    responded: int = 0
    message: int = 0
    letter: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """The sum of the kinds."""
        emails = self.email_outbound + self.email_inbound
        return self.call + self.meeting + emails + self.message + self.letter + self.other


@dataclass(frozen=True, slots=True)
class Reach:
    """The `days` of 24 hours before `until`. All but `interactions` are people."""

    days: int
    until: Instant
    contacts: int
    confirmed: int
    reached: int
    one_to_one: int
    interactions: Interactions

    @property
    def one_to_many(self) -> int:
        """Those reached, but not personally."""
        return self.reached - self.one_to_one

    @property
    def reach_rate(self) -> float:
        """The fraction of the confirmed who were reached; 0 where nobody is."""
        return self.reached / self.confirmed if self.confirmed else 0.0


def reach(tx: Transaction, *, days: int, now: Instant) -> Reach:
    """Whom the owner reached in the last `days` days (1 to MOST_DAYS), ending now."""
    if not 1 <= days <= MOST_DAYS:
        raise UserError(f"{days} days: name a number from 1 to {MOST_DAYS:,}")
    window = Window(Instant(now - days * _DAY), now)
    people, kinds = counting.count(tx, window, _shared(tx, window))
    return Reach(
        days=days,
        until=now,
        contacts=people.contacts,
        confirmed=people.confirmed,
        reached=people.reached,
        one_to_one=people.one_to_one,
        interactions=_interactions(kinds),
    )


def _shared(tx: Transaction, window: Window) -> list[Owned]:
    """Whose the shared addresses of the window are, by the names they were seen under."""
    seen = counting.shared_names(tx, window)
    claims = identities.claims_on(tx, list({identity for identity, _ in seen}))
    owners = ((who, name, contact_of(claims[who], name)) for who, name in seen)
    return [Owned(who, name, contact) for who, name, contact in owners if contact is not None]


def _interactions(kinds: list[InteractionCount]) -> Interactions:
    numbers: dict[str, int] = {}
    for it in kinds:
        name: str = it.kind
        if it.kind == "email":
            # A mail logged as mutual is the owner's too, as in the counts of a card.
            name = "email_inbound" if it.direction == "inbound" else "email_outbound"
        numbers[name] = numbers.get(name, 0) + it.number
    return Interactions(**numbers, responded=sum(it.answered for it in kinds))
