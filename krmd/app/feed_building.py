"""Feeds kept up with the book, the ledger and the day: a slice of contacts at a time.

A slice is read in one transaction, drawn in none and written in another, short one. So it may be
stopped anywhere and goes on from there; and of several who build at once one writes, while the
others see that and read anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from krmd.app.feed_rows import finish
from krmd.app.feed_slices import MOST_DRAWN, Progress, Renewed, Slice, read_slice
from krmd.app.feed_style import FeedStyle
from krmd.app.feed_work import State, is_work, next_work, states_of
from krmd.base.instant import Clock, Instant, local_date
from krmd.outputs.event import Stamped
from krmd.store import feed_parts, feed_watch, feeds
from krmd.store.engine import Store, Transaction
from krmd.store.feed_parts import Part

Draw = Callable[[Sequence[Stamped]], list[bytes]]
"""Makes the octets of each event, in their order."""

MOST_CONTACTS = 500
"""So many contacts are in a slice at the most."""

__all__ = ["MOST_CONTACTS", "Draw", "FeedBuilder", "Progress"]


class FeedBuilder:
    """Renders feeds. `draw` makes octets, which takes most of the time and may be elsewhere."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        style: FeedStyle,
        draw: Draw,
        *,
        most_drawn: int = MOST_DRAWN,
    ) -> None:
        self._store = store
        self._clock = clock
        self._style = style
        self._draw = draw
        self._most_drawn = most_drawn
        self._at_once = MOST_CONTACTS
        self._is_watched = False

    def is_needed(self) -> bool:
        """Whether there is anything to do: a few queries, however many people there are."""
        if not self._is_watched:
            return True
        today = local_date(self._clock.now(), self._style.zone)
        with self._store.reading() as tx:
            return is_work(tx, states_of(tx, self._style, today), today)

    def run(
        self,
        progress: Callable[[Progress], None] = lambda _: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Build until nothing is left; False where it was stopped before. Raises as `step`."""
        while not stop():
            done = self.step()
            if done is None:
                return True
            progress(done)
        return False

    def step(self) -> Progress | None:
        """Build one slice; None where nothing is left. Raises TryLaterError and StoreError, and
        what `draw` raises; nothing is changed then.
        """
        self._watch()
        now = self._clock.now()
        found = self._read(now)
        if isinstance(found, Slice):
            events = list(found.drawn)
            octets = iter(self._draw(events) if events else ())
            parts = [[finish(row, octets) for row in feed.rows] for feed in found.feeds]
            with self._store.transaction() as tx:
                _write(tx, found, parts, now)
            return found.progress
        if not found:
            return None
        with self._store.transaction() as tx:
            _note_trouble(tx, found)
        return Progress(found[0].feed.name, 0, 0)

    def _watch(self) -> None:
        """Once: where there are no feeds any more let nothing be noted; where changes went unnoted
        begin anew.
        """
        if self._is_watched:
            return
        with self._store.reading() as tx:
            blind = bool(feed_watch.missing(tx))
            are_there = bool(feeds.all_of_them(tx))
        if blind and are_there:
            with self._store.transaction() as tx:
                feed_watch.watch_again(tx)
        self._is_watched = True

    def _read(self, now: Instant) -> Slice | list[State]:
        """The next slice; or before it the feeds whose trouble is another than is noted, none where
        nothing is left.
        """
        today = local_date(now, self._style.zone)
        with self._store.reading() as tx:
            states = states_of(tx, self._style, today)
            if troubled := [it for it in states if it.trouble != it.feed.trouble]:
                return troubled
            work = next_work(tx, states, today, self._at_once)
            if work is None:
                return []
            found = read_slice(tx, work, self._style, now, most_drawn=self._most_drawn)
        self._at_once = (
            max(1, found.people) if found.was_cut else min(MOST_CONTACTS, 2 * self._at_once)
        )
        return found


def _note_trouble(tx: Transaction, states: Sequence[State]) -> None:
    """What changes meanwhile isn't followed, so all of such a feed is made once it can be."""
    for it in states:
        feeds.change(tx, it.feed.id, {"trouble": it.trouble, "made_for": "", "reached": 0})


def _write(tx: Transaction, read: Slice, parts: Sequence[Sequence[Part]], now: Instant) -> None:
    """Write what was made, unless others wrote meanwhile: it may be of what they knew better."""
    if not feeds.all_of_them(tx):
        feed_watch.rest(tx)
        return
    if feed_parts.settled(tx) != read.settled:
        return
    for renewed, made in zip(read.feeds, parts, strict=True):
        _write_feed(tx, renewed, made, now)
    feed_parts.settle(tx, read.marks)


def _write_feed(tx: Transaction, renewed: Renewed, made: Sequence[Part], now: Instant) -> None:
    """Write a feed's rows, unless the owner changed it meanwhile, or took it away."""
    was, feed = renewed.feed, feeds.by_uuid(tx, renewed.feed.uuid)
    if feed is None or (was.plan, was.made_for, was.reached) != (
        feed.plan, feed.made_for, feed.reached
    ):  # fmt: skip
        return
    rows = list(zip(renewed.rows, made, strict=True))
    there = feed_parts.still_there(tx, [row.contact for row, _ in rows])
    rows = [(row, part) for row, part in rows if row.contact in there]
    feed_parts.remove(tx, feed.id, [row.contact for row, _ in rows if row.is_gone])
    feed_parts.put(tx, feed.id, [part for row, part in rows if not row.is_gone])
    values: dict[str, object] = {}
    if any(row.is_another for row, _ in rows):
        values["revision"] = feed.revision + 1
        values["modified"] = max(now, feed.modified + 1)
    if renewed.reached is not None:
        values |= {"made_for": renewed.made_for, "reached": renewed.reached}
    if values:
        feeds.change(tx, feed.id, values)
