"""How the feeds are: how far each is drawn, how much it tells, who fetched it."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from krmd.app.feed_style import FeedStyle
from krmd.app.feed_work import State, states_of
from krmd.store import feed_parts, feeds
from krmd.store.engine import Transaction
from krmd.store.feed_figures import Figures, figures
from krmd.store.feeds import Client, FeedRow

Standing = Literal["ready", "building", "trouble"]


class FeedStanding(NamedTuple):
    """How a feed is: `done` of `total` contacts are drawn as they shall be; `trouble` is why it
    can't be drawn. A feed that is drawn anew is served as it was meanwhile.
    """

    feed: FeedRow
    standing: Standing
    done: int
    total: int
    trouble: str | None


class FeedOverview(NamedTuple):
    """How a feed is, how much it tells, and the programs that fetched it, last first."""

    state: FeedStanding
    figures: Figures
    clients: tuple[Client, ...]

    @property
    def feed(self) -> FeedRow:
        """The feed itself."""
        return self.state.feed


def standings(tx: Transaction, style: FeedStyle, today: date) -> list[FeedStanding]:
    """How each feed is, by name."""
    states = states_of(tx, style, today)
    total = feed_parts.count_contacts(tx) if states else 0
    return [_standing(tx, it, total) for it in states]


def overviews(tx: Transaction, style: FeedStyle, today: date) -> list[FeedOverview]:
    """The same with what is told, and to whom."""
    counted = figures(tx)
    return [
        FeedOverview(
            it,
            counted.get(it.feed.id, Figures()),
            tuple(feeds.clients_of(tx, it.feed.id)),
        )
        for it in standings(tx, style, today)
    ]


def _standing(tx: Transaction, state: State, total: int) -> FeedStanding:
    done = feed_parts.count_contacts(tx, state.cursor) if state.is_behind else total
    standing: Standing = "building" if state.is_behind else "ready"
    if state.trouble is not None:
        standing = "trouble"
    return FeedStanding(state.feed, standing, done, total, state.trouble)
