"""What an address book says of itself: its collections, what changed in them, and their cards.

Cards are octets here; `formats` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LARGEST_CARD = 8 << 20
"""Octets. A card with a large photo has a fiftieth of it; more is refused, card by card."""

MOST_CARDS = 100_000
"""In one collection. A server that lists more is not believed."""


class CardState(NamedTuple):
    """One card of a collection without its content: its name there, and a mark that changes with
    the content. `etag` is opaque and kept as it came; "" means that there is none to be had, which
    never counts as unchanged.
    """

    href: str
    etag: str


@dataclass(frozen=True, slots=True)
class Collection:
    """One book of an address book. `href` is its identity, `name` is for people.

    `token` is the mark of its state now, or None where it has none: to be kept and handed to the
    next pass, never to be understood.
    """

    href: str
    name: str
    token: str | None


@dataclass(frozen=True, slots=True)
class BookChanges:
    """What became of a collection since it was known.

    `changed` are new and altered cards, `removed` the hrefs that were known and are gone; both
    already compared with what was known. `token` is what the next pass begins from. `complete`
    tells that everything in the collection was listed now; else only what changed since the token
    was, or the listing was cut short by a server that says so (then nothing is in `removed`).
    """

    token: str | None
    changed: tuple[CardState, ...]
    removed: tuple[str, ...]
    complete: bool


class FetchedCard(NamedTuple):
    """A card as it lies there, with the mark it had when it was read."""

    href: str
    etag: str
    octets: bytes


class FailedCard(NamedTuple):
    """A card that is there and could not be had, and the reason in plain words."""

    href: str
    reason: str
