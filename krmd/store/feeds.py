"""Calendar feeds: what each tells, how far it is rendered, and who fetches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from krmd.base.instant import Instant
from krmd.ledger.feed import FeedPlan, feed_detail, feed_kinds, feed_language
from krmd.store.engine import Transaction
from krmd.store.tables import feed_clients, feed_parts, feeds

MOST_CLIENTS = 20
"""So many clients of a feed are remembered, those seen last."""


class FeedRow(NamedTuple):
    """One feed. Its secret address follows from `uuid` and `generation` under krmd's key.

    `made_for` says for which settings it is rendered, up to and with contact `reached` (all of them
    where it is 0 and `made_for` isn't empty). `revision` goes up whenever its octets change,
    `modified` says when that was last. `trouble` is why it can't be rendered.
    """

    id: int
    uuid: str
    name: str
    name_key: str
    generation: int
    plan: FeedPlan
    added: Instant
    made_for: str
    reached: int
    revision: int
    modified: Instant
    trouble: str | None


class Client(NamedTuple):
    """A program that fetches a feed, by its name for itself; `address` is where it did last."""

    agent: str
    address: str
    first: Instant
    last: Instant
    fetches: int


_FEED = (
    feeds.c.id, feeds.c.uuid, feeds.c.name, feeds.c.name_key, feeds.c.generation,
    feeds.c.added, feeds.c.made_for, feeds.c.reached, feeds.c.revision, feeds.c.modified,
    feeds.c.trouble, feeds.c.kinds, feeds.c.audience, feeds.c.detail, feeds.c.language,
    feeds.c.alarm_minutes,
)  # fmt: skip


def all_of_them(tx: Transaction) -> list[FeedRow]:
    """Every feed, by name."""
    return [_row(row) for row in tx.execute(select(*_FEED).order_by(feeds.c.name_key))]


def find(tx: Transaction, name_key: str) -> FeedRow | None:
    """The feed of that name."""
    row = tx.execute(select(*_FEED).where(feeds.c.name_key == name_key)).first()
    return None if row is None else _row(row)


def by_uuid(tx: Transaction, uuid: str) -> FeedRow | None:
    """The feed with that UUID (32 hex digits)."""
    row = tx.execute(select(*_FEED).where(feeds.c.uuid == uuid)).first()
    return None if row is None else _row(row)


def add(
    tx: Transaction, *, uuid: str, name: str, name_key: str, plan: FeedPlan, now: Instant
) -> None:
    """Make a feed; nothing of it is rendered."""
    tx.execute(
        insert(feeds).values(
            uuid=uuid, name=name, name_key=name_key, added=now, modified=now, **_columns(plan)
        )
    )


def change(tx: Transaction, feed: int, values: dict[str, object]) -> None:
    """Set columns of a feed."""
    tx.execute(update(feeds).where(feeds.c.id == feed).values(**values))


def change_plan(tx: Transaction, feed: int, plan: FeedPlan) -> None:
    """Let a feed tell something else."""
    change(tx, feed, _columns(plan))


def remove(tx: Transaction, feed: int) -> None:
    """Take a feed away, with all that was rendered for it and who fetched it."""
    for table in (feed_parts, feed_clients):
        tx.execute(delete(table).where(table.c.feed_id == feed))
    tx.execute(delete(feeds).where(feeds.c.id == feed))


def clients_of(tx: Transaction, feed: int) -> list[Client]:
    """Who fetched a feed, last first."""
    columns = tuple(feed_clients.c[field] for field in Client._fields)
    wanted = select(*columns).where(feed_clients.c.feed_id == feed)
    wanted = wanted.order_by(feed_clients.c.last.desc(), feed_clients.c.agent)
    return [Client._make(row) for row in tx.execute(wanted)]


def note_clients(tx: Transaction, feed: int, seen: Sequence[Client]) -> None:
    """Add fetches to what is known of a feed's clients; all but MOST_CLIENTS are forgotten."""
    if tx.execute(select(feeds.c.id).where(feeds.c.id == feed)).first() is None:
        return  # revoked meanwhile
    tx.insert_rows(
        "INSERT INTO feed_clients (feed_id, agent, address, first, last, fetches)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (feed_id, agent) DO UPDATE SET"
        " address = excluded.address, last = excluded.last,"
        " fetches = feed_clients.fetches + excluded.fetches",
        [(feed, *client) for client in seen],
    )
    for client in clients_of(tx, feed)[MOST_CLIENTS:]:
        mine = (feed_clients.c.feed_id == feed, feed_clients.c.agent == client.agent)
        tx.execute(delete(feed_clients).where(*mine))


def _columns(plan: FeedPlan) -> dict[str, object]:
    return {**plan._asdict(), "kinds": " ".join(plan.kinds)}


def _row(row: Sequence[object]) -> FeedRow:
    *own, kinds, audience, detail, language, alarm = row
    plan = FeedPlan(
        feed_kinds(str(kinds).split()),
        None if audience is None else str(audience),
        feed_detail(str(detail)),
        feed_language(str(language)),
        None if alarm is None else int(str(alarm)),
    )
    return FeedRow._make((*own[:5], plan, *own[5:]))
