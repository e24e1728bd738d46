"""What is to be rendered next: which feeds are behind, of whom; whether audiences can be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from krmd.app.audience import Audience, read_audience
from krmd.app.feed_style import FeedStyle
from krmd.base.errors import UserError
from krmd.store import feed_parts, feeds
from krmd.store.engine import Transaction
from krmd.store.feeds import FeedRow

_LONGEST_TROUBLE = 300


class State(NamedTuple):
    """A feed as it is, and what it shall be made for. `audience` None: everybody. `trouble` says
    why the audience can't be read; such a feed keeps what it has.
    """

    feed: FeedRow
    made_for: str
    audience: Audience | None
    trouble: str | None

    @property
    def cursor(self) -> int:
        """The contact up to whom it is made as it shall be, 0 for none."""
        return self.feed.reached if self.feed.made_for == self.made_for else 0

    @property
    def is_behind(self) -> bool:
        """Whether it isn't made for what it shall be, or not to its end."""
        return self.feed.made_for != self.made_for or self.feed.reached > 0

    def is_made(self, contact: int) -> bool:
        """Whether it is made as it shall be where a contact is concerned; else that comes yet."""
        return not self.is_behind or contact <= self.cursor


class Task(NamedTuple):
    """Contacts to be rendered for a feed, whose cursor comes to `reached` then; None: it stays."""

    state: State
    contacts: tuple[int, ...]
    reached: int | None = None


class Work(NamedTuple):
    """A slice: contacts by id, `marks` of those who were noted, and what each feed needs of it."""

    contacts: tuple[int, ...]
    marks: dict[int, int]
    tasks: tuple[Task, ...]


def states_of(tx: Transaction, style: FeedStyle, today: date) -> list[State]:
    """Each feed with what it shall be made for."""
    return [_state(tx, feed, style.made_for(feed.plan, today)) for feed in feeds.all_of_them(tx)]


def is_work(tx: Transaction, states: Sequence[State], today: date) -> bool:
    """Whether anything is to be done."""
    return (
        feed_parts.is_stale(tx)
        or any(it.trouble != it.feed.trouble for it in states)
        or any(
            it.is_behind or feed_parts.is_expired(tx, it.feed.id, today.toordinal())
            for it in states
            if it.trouble is None
        )
    )


def next_work(tx: Transaction, states: Sequence[State], today: date, most: int) -> Work | None:
    """The next slice of `most` contacts, None where nothing is left.

    Whoever changed comes first, so that a feed that is made for the first time keeps nobody waiting
    for the others.
    """
    right = [it for it in states if it.trouble is None]
    marks = feed_parts.stale(tx, most)
    if marks:
        ids = tuple(marks)
        tasks = (Task(it, tuple(who for who in ids if it.is_made(who))) for it in right)
        return Work(ids, marks, tuple(task for task in tasks if task.contacts))
    return _expired(tx, right, today, most) or _all(tx, right, most)


def _state(tx: Transaction, feed: FeedRow, made_for: str) -> State:
    if feed.plan.audience is None:
        return State(feed, made_for, None, None)
    try:
        return State(feed, made_for, read_audience(tx, feed.plan.audience, suggest=False), None)
    except UserError as error:
        return State(feed, made_for, None, str(error)[:_LONGEST_TROUBLE])


def _expired(tx: Transaction, states: Sequence[State], today: date, most: int) -> Work | None:
    found = {it: feed_parts.expired(tx, it.feed.id, today.toordinal(), most) for it in states}
    found = {it: [who for who in ids if it.is_made(who)] for it, ids in found.items()}
    ids = sorted({who for theirs in found.values() for who in theirs})[:most]
    if not ids:
        return None
    taken = set(ids)
    tasks = (Task(it, tuple(sorted(taken.intersection(theirs)))) for it, theirs in found.items())
    return Work(tuple(ids), {}, tuple(task for task in tasks if task.contacts))


def _all(tx: Transaction, states: Sequence[State], most: int) -> Work | None:
    """Go on with the feeds that are behind, up to where another of them is, so that they meet."""
    behind = [it for it in states if it.is_behind]
    if not behind:
        return None
    cursor = min(it.cursor for it in behind)
    upto = min((it.cursor for it in behind if it.cursor > cursor), default=None)
    ids = tuple(feed_parts.contacts_behind(tx, cursor, upto, most))
    # Where none is left behind these, all of it is made.
    reached = ids[-1] if len(ids) == most else upto or 0
    tasks = (Task(it, ids, reached) for it in behind if it.cursor == cursor)
    return Work(ids, {}, tuple(tasks))
