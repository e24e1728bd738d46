"""Feeds over a book: built with octets that a test can read back, event by event."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_style import FeedStyle
from krmd.base.command import AddFeed
from krmd.outputs.event import Draft, Stamp, Stamped
from krmd.store import feed_parts, feeds, tables
from krmd.store.engine import Store
from krmd.store.feeds import FeedRow
from tests.app.conftest import ZONE, Book

STYLE = FeedStyle(ZONE, commands="kim+krmd@example.org")


class Read(NamedTuple):
    """An event as it stands in a feed."""

    draft: Draft
    stamp: Stamp


def draw(stamped: Sequence[Stamped]) -> list[bytes]:
    """Events as lines of JSON."""
    return [json.dumps(it).encode() + b"\n" for it in stamped]


def builder(book: Book, *, style: FeedStyle = STYLE, most_drawn: int = 1_000) -> FeedBuilder:
    """What builds the feeds of a book."""
    return FeedBuilder(book.store, book.clock, style, draw, most_drawn=most_drawn)


def build(book: Book, *, style: FeedStyle = STYLE) -> None:
    """Build until nothing is left."""
    builds = builder(book, style=style)
    assert builds.run()
    assert not builds.is_needed()


def add_feed(book: Book, name: str = "All", **plan: object) -> None:
    """Make a feed, by default of everything, with all that can be told."""
    given = {"kinds": ("everything",), "detail": "full", **plan}
    book.do(AddFeed(name, **given))  # type: ignore[arg-type]  # as the command has them


def feed(book: Book, name: str = "All") -> FeedRow:
    """A feed's row."""
    with book.store.reading() as tx:
        found = feeds.find(tx, name.casefold())
    assert found is not None
    return found


def octets(book: Book, name: str = "All") -> bytes:
    """A feed's octets, without head and tail."""
    with book.store.reading() as tx:
        found = feeds.find(tx, name.casefold())
        assert found is not None
        return b"".join(feed_parts.all_octets(tx, found.id))


def read(book: Book, name: str = "All") -> dict[str, Read]:
    """A feed's events by UID."""
    found = {}
    for line in octets(book, name).splitlines():
        draft, stamp = json.loads(line)
        draft[4] = tuple(draft[4])
        made = Draft._make(draft)
        assert made.uid not in found
        found[made.uid] = Read(made, Stamp._make(stamp))
    return found


def said(book: Book, name: str = "All") -> set[Draft]:
    """What a feed's events say."""
    return {it.draft for it in read(book, name).values()}


def titles(book: Book, name: str = "All") -> dict[str, str]:
    """The titles of a feed's events by their days."""
    return {it.day: it.title for it in said(book, name)}


def anew(book: Book) -> None:
    """Throw away all that was rendered, and build it from nothing."""
    with book.store.transaction() as tx:
        tx.execute(tables.feed_parts.delete())
        tx.execute(tables.feed_stale.delete())
        tx.execute(tables.feeds.update().values(made_for="", reached=0))
    build(book)


def stale(store: Store) -> set[int]:
    """Who waits to be rendered anew."""
    with store.reading() as tx:
        return set(tx.execute(select(tables.feed_stale.c.contact_id)).scalars())
