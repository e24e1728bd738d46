"""A slice of contacts read for the feeds that need them: what must be drawn, and what to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from krmd.app.feed_people import drafts_of
from krmd.app.feed_rows import Renewal, renew
from krmd.app.feed_style import FeedStyle
from krmd.app.feed_work import Task, Work
from krmd.base.instant import Instant, local_date
from krmd.outputs.event import Stamped
from krmd.store import categories, contacts, feed_parts
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.feeds import FeedRow

MOST_DRAWN = 1_200
"""So many events are drawn in a slice, unless one person has more: half a second's work."""


class Progress(NamedTuple):
    """How many contacts are done, of how many, of the feed under way ("" for none)."""

    feed: str
    done: int
    total: int


class Renewed(NamedTuple):
    """The rows of a feed that must be written, and where its cursor comes to; None: it stays."""

    feed: FeedRow
    made_for: str
    rows: tuple[Renewal, ...]
    reached: int | None


class Slice(NamedTuple):
    """What was read. `settled` tells whether others wrote since, `marks` are those of its contacts;
    `people` is how many they are, and `was_cut` whether that is fewer than were asked for.
    `progress` holds once it is written.
    """

    feeds: tuple[Renewed, ...]
    marks: dict[int, int]
    settled: str
    people: int
    was_cut: bool
    progress: Progress

    @property
    def drawn(self) -> Iterator[Stamped]:
        """What must be drawn, feed by feed and row by row."""
        for feed in self.feeds:
            for row in feed.rows:
                yield from row.drawn


class _People(NamedTuple):
    """Contacts by id, and the keys of the categories each is in."""

    rows: Mapping[int, ContactRow]
    inside: Mapping[int, frozenset[str]]


def read_slice(
    tx: Transaction, work: Work, style: FeedStyle, now: Instant, *, most_drawn: int = MOST_DRAWN
) -> Slice:
    """Read what the feeds tell of these contacts, beside what stands of them."""
    people = _People(contacts.by_ids(tx, work.contacts), _categories(tx, work))
    made = [_renewed(tx, task, people, style=style, now=now) for task in work.tasks]
    last = _last_of(work.contacts, made, most_drawn)
    was_cut = bool(work.contacts) and last != work.contacts[-1]
    if was_cut:
        made = [_cut(it, last) for it in made]
    done = sum(who <= last for who in work.contacts)
    return Slice(
        tuple(_with_octets(tx, it) for it in made),
        {who: mark for who, mark in work.marks.items() if who <= last},
        feed_parts.settled(tx),
        done,
        was_cut,
        _progress(tx, work, made, done),
    )


def _categories(tx: Transaction, work: Work) -> Mapping[int, frozenset[str]]:
    """The keys of the categories each is in, where any feed asks."""
    if all(task.state.audience is None for task in work.tasks):
        return {}
    groups = categories.of_contacts(tx, work.contacts)
    return {who: frozenset(it.name_key for it in theirs) for who, theirs in groups.items()}


def _renewed(
    tx: Transaction, task: Task, people: _People, *, style: FeedStyle, now: Instant
) -> Renewed:
    feed, audience = task.state.feed, task.state.audience
    theirs = [people.rows[who] for who in task.contacts if who in people.rows]
    named = [
        it
        for it in theirs
        if audience is None or audience.names(people.inside.get(it.id, frozenset()))
    ]
    made = drafts_of(tx, named, feed.plan, style=style, today=local_date(now, style.zone))
    stood = feed_parts.rows_of(tx, feed.id, task.contacts)
    first = task.reached is not None
    found = (
        renew(row, made.get(row.id), stood.get(row.id), now=now, first=first) for row in theirs
    )
    renewals = tuple(it for it in found if it is not None)
    return Renewed(feed, task.state.made_for, renewals, task.reached)


def _last_of(ids: Sequence[int], made: Sequence[Renewed], most_drawn: int) -> int:
    """The last contact with whom no more is drawn than may be; the first in any case."""
    counts: dict[int, int] = {}
    for feed in made:
        for row in feed.rows:
            counts[row.contact] = counts.get(row.contact, 0) + sum(1 for _ in row.drawn)
    last, drawn = 0, 0
    for who in ids:
        drawn += counts.get(who, 0)
        if drawn > most_drawn and last:
            break
        last = who
    return last


def _cut(made: Renewed, last: int) -> Renewed:
    rows = tuple(it for it in made.rows if it.contact <= last)
    return made._replace(rows=rows, reached=None if made.reached is None else last)


def _with_octets(tx: Transaction, made: Renewed) -> Renewed:
    """With the octets of rows of which some stay as they are."""
    wanted = [it.contact for it in made.rows if it.keeps_some]
    if not wanted:
        return made
    octets = feed_parts.octets_of(tx, made.feed.id, wanted)
    return made._replace(
        rows=tuple(it._replace(octets=octets.get(it.contact, b"")) for it in made.rows)
    )


def _progress(tx: Transaction, work: Work, made: Sequence[Renewed], done: int) -> Progress:
    feed = made[0].feed.name if made else ""
    if work.marks:
        return Progress(feed, done, feed_parts.count_stale(tx))
    reached = made[0].reached if made else None
    if reached is None:
        return Progress(feed, done, done)
    total = feed_parts.count_contacts(tx)
    return Progress(feed, feed_parts.count_contacts(tx, reached) if reached else total, total)
