"""Who the invented people are: what the address book says of them, and how their letters go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

OWNER_NAME: Final = "Ada Example"
OWNER_ADDRESS: Final = "ada@example.org"
OWNER_ADDRESSES: Final = (OWNER_ADDRESS, "@ada.example")
OWNER_OTHER: Final = "hello@ada.example"
OWNER_ZONE: Final = "Europe/Berlin"

Tongue = Literal["en", "de", "fr", "es", "ja", "ru"]
Writing = Literal["utf-8", "iso-2022-jp", "koi8-r", "windows-1252", "raw", "folded"]
"""How a person's mail program spells what isn't ASCII: an encoded word in a charset (RFC 2047),
bare 8-bit latin-1 in the header (`raw`), or UTF-8 in lines folded at every chance (`folded`)."""

Shape = Literal["steady", "tapering", "they_write", "you_write"]
"""Even letters both ways; letters ever further apart; only theirs, unanswered; only the owner's."""

Trap = Literal["auto_reply", "bounce", "invitation", "list", "group", "cc", "newsletter"]
"""Something newer than the last letter that looks like one and isn't."""


@dataclass(frozen=True, slots=True)
class Category:
    """A circle of the owner's, and how often they want to be in touch with its people, in days."""

    name: str
    cadence_days: int


@dataclass(frozen=True, slots=True)
class Card:
    """A person as the owner's address book has them. `birthday` is `YYYY-MM-DD`, or `--MM-DD`
    without a year, or None; `cadence_days` the person's own, over their categories'.
    """

    name: str
    addresses: tuple[str, ...]
    categories: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    birthday: str | None = None
    met: str = ""
    cadence_days: int | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a person's letters go, in days: `every` so many at first, from `since` days ago until
    `silent` days ago, the newest personal mail either way.
    """

    shape: Shape
    every: int
    silent: int
    since: int = 1080


@dataclass(frozen=True, slots=True)
class Celebration:
    """A birthday that is near whenever the demo runs: in so many days, and the age reached."""

    in_days: int
    age: int


@dataclass(frozen=True, slots=True)
class Person:
    """One of the people around the owner. `kept` is false for those the address book lacks;
    `called` is how the owner calls them, where that isn't the first word of their name. Whoever
    `celebrates` has their birthday from that, and the address book says when.
    """

    card: Card
    rhythm: Rhythm
    tongue: Tongue = "en"
    writing: Writing = "utf-8"
    traps: tuple[Trap, ...] = ()
    kept: bool = True
    called: str = ""
    celebrates: Celebration | None = None

    @property
    def name(self) -> str:
        """As the address book and their mail program have it."""
        return self.card.name

    @property
    def first_name(self) -> str:
        """What stands behind "Dear" in a letter to them, and under a letter from them."""
        return self.called or self.card.name.split()[0]


CATEGORIES: Final = (
    Category("family", 30),
    Category("personal", 90),
    Category("technology", 120),
    Category("japan", 150),
    Category("business", 180),
    Category("old school", 365),
)


def cadence_days(card: Card) -> int | None:
    """The person's own cadence, else the strictest of their categories', else None."""
    if card.cadence_days is not None:
        return card.cadence_days
    days = [category.cadence_days for category in CATEGORIES if category.name in card.categories]
    return min(days, default=None)
