"""A feed's octets out of its rows: as one calendar in pieces, or event by event."""

from __future__ import annotations

from collections.abc import Iterator

from krmd.outputs.calendar import CALENDAR_TAIL, calendar_head
from krmd.store import feed_parts
from krmd.store.engine import Transaction
from krmd.store.feeds import FeedRow


def pieces(tx: Transaction, feed: FeedRow) -> Iterator[bytes]:
    """The whole calendar in pieces of some 400 kB, its events by their contacts' UUIDs.

    The transaction is read from until the last piece.
    """
    yield calendar_head(feed.name)
    yield from feed_parts.all_octets(tx, feed.id)
    yield CALENDAR_TAIL


def single_events(tx: Transaction, feed: FeedRow) -> Iterator[tuple[str, bytes]]:
    """Each event by its UID, as the octets of a VEVENT, in the same order."""
    return feed_parts.all_events(tx, feed.id)
