"""The demo's world at a moment: who there is, what the owner's address book says of them, and the
mailbox they have filled in three years. The same moment and seed give the same world.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from krmd.demo.bulk import bulk_mails, copied, odd_mails
from krmd.demo.history import last_letter_at, letters_with
from krmd.demo.mail import ARCHIVE, INBOX, DemoMail
from krmd.demo.people import CAST
from krmd.demo.person import (
    CATEGORIES,
    OWNER_ADDRESSES,
    OWNER_NAME,
    OWNER_ZONE,
    Card,
    Category,
    Person,
    cadence_days,
)
from krmd.demo.post import Post
from krmd.demo.traps import traps_of
from krmd.ledger.partial_date import partial_date

DEFAULT_SEED: Final = 1
_COPIES_EVERY: Final = 60


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose mailbox it is; `addresses` as `[owner]` in krmd.toml has them, `zone` an IANA name."""

    name: str
    addresses: tuple[str, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class AddressBook:
    """The circles, and the people the owner keeps."""

    categories: tuple[Category, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Everything the demo begins with. `mails` by time of arrival; `last_letters` is the truth that
    krmd has to find: the moment of each person's newest personal mail, in the order of `people`.
    """

    now: datetime
    owner: Owner
    people: tuple[Person, ...]
    mails: tuple[DemoMail, ...]
    last_letters: tuple[datetime, ...]
    address_book: AddressBook


def build_world(now: datetime, seed: int = DEFAULT_SEED) -> World:
    """The world that ends at `now` (aware; rounded down to the second)."""
    now = now.astimezone(UTC).replace(microsecond=0)
    mails: list[DemoMail] = []
    last: list[datetime] = []
    for number, person in enumerate(CAST):
        letters = letters_with(person, Post(now, _chance(seed, number)))
        last.append(last_letter_at(person.rhythm, now, _chance(seed, number)))
        mails += letters
        mails += traps_of(person, CAST, Post(now, _chance(seed, 1000 + number)))
    mails += _twice(mails)
    mails += bulk_mails(Post(now, _chance(seed, 2000)))
    mails += odd_mails(Post(now, _chance(seed, 2001)))
    return World(
        now=now,
        owner=Owner(OWNER_NAME, OWNER_ADDRESSES, OWNER_ZONE),
        people=CAST,
        mails=tuple(sorted(mails, key=lambda mail: mail.received)),
        last_letters=tuple(last),
        address_book=AddressBook(
            CATEGORIES,
            tuple(_card(p, now.astimezone(ZoneInfo(OWNER_ZONE)).date()) for p in CAST if p.kept),
        ),
    )


def _card(person: Person, today: date) -> Card:
    """What the address book says of a person on that day of the owner's."""
    if person.celebrates is None:
        return person.card
    day = today + timedelta(days=person.celebrates.in_days)
    # On a 29 February not everybody can turn so old.
    born = partial_date(day.year - person.celebrates.age, day.month, day.day)
    return replace(person.card, birthday=str(born or f"--{day:%m-%d}"))


def losing(world: World) -> tuple[Person, ...]:
    """The people in the address book whose cadence has run out, most overdue first."""
    overdue = [(_overdue(person), person.name, person) for person in world.people if person.kept]
    return tuple(person for score, _, person in sorted(overdue, reverse=True) if score >= 1)


def _overdue(person: Person) -> float:
    cadence = cadence_days(person.card)
    return person.rhythm.silent / cadence if cadence else 0.0


def _chance(seed: int, part: int) -> random.Random:
    """Chance of its own for each part, so that a new person leaves everybody else's mail alone."""
    return random.Random(seed * 100_003 + part)  # noqa: S311  # an invented world, no secret


def _twice(mails: list[DemoMail]) -> list[DemoMail]:
    """Some mails that lie in the inbox were copied to the archive besides."""
    inbox = [mail for mail in mails if mail.folder == INBOX]
    return [copied(mail, ARCHIVE) for mail in inbox[::_COPIES_EVERY]]
