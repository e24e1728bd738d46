"""The octets of each contact's events in each feed, with what each event stands for; derived.

Several may render at once: each reads `settled` with what it renders from, and writes only where
nobody settled anything meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from krmd.base.instant import Instant
from krmd.store import meta
from krmd.store.engine import Transaction
from krmd.store.tables import contacts, feed_parts, feeds

_SETTLED = "feeds.settled"
_AT_ONCE = 250
"""So many rows are read at once of a whole feed: about 400 kB."""


class Event(NamedTuple):
    """One event of a row: `digest` of what it says, its stamp, and how many octets it takes."""

    uid: str
    digest: str
    sequence: int
    modified: Instant
    length: int


class PartRow(NamedTuple):
    """What stands of a contact in a feed, but for the octets; `good_until` is the ordinal of the
    day on which it must be made again.
    """

    events: tuple[Event, ...]
    good_until: int | None


class Part(NamedTuple):
    """A contact's row in a feed as it shall be; `octets` are those of its events, joined."""

    contact: int
    uuid: str
    events: tuple[Event, ...]
    octets: bytes
    good_until: int | None


def settled(tx: Transaction) -> str:
    """Another value whenever somebody wrote what they rendered."""
    return meta.read(tx, _SETTLED) or "0"


def settle(tx: Transaction, marks: Mapping[int, int]) -> None:
    """Note that these contacts are rendered as they were under these marks, and that something
    was written. Whoever changed since stays marked.
    """
    meta.write(tx, _SETTLED, str(int(settled(tx)) + 1))
    tx.insert_rows("DELETE FROM feed_stale WHERE contact_id = ? AND mark = ?", list(marks.items()))


def is_stale(tx: Transaction) -> bool:
    """Whether anybody waits to be rendered anew."""
    return tx.connection.exec_driver_sql("SELECT 1 FROM feed_stale LIMIT 1").first() is not None


def count_stale(tx: Transaction) -> int:
    """How many wait to be rendered anew."""
    return int(tx.connection.exec_driver_sql("SELECT count(*) FROM feed_stale").scalar_one())


def stale(tx: Transaction, most: int) -> dict[int, int]:
    """Contacts to be rendered anew with their marks, by id, `most` of them."""
    rows = tx.connection.exec_driver_sql(
        f"SELECT contact_id, mark FROM feed_stale ORDER BY contact_id LIMIT {most:d}"
    )
    return {row[0]: row[1] for row in rows}


def expired(tx: Transaction, feed: int, day: int, most: int) -> list[int]:
    """Contacts whose rows must be made again on that day (an ordinal), those of long ago first."""
    rows = tx.execute(
        select(feed_parts.c.contact_id)
        .where(feed_parts.c.feed_id == feed, feed_parts.c.good_until <= day)
        .order_by(feed_parts.c.good_until)  # by an index, however many rows there are
        .limit(most)
    )
    return list(rows.scalars())


def is_expired(tx: Transaction, feed: int, day: int) -> bool:
    """Whether any row of a feed must be made again on that day."""
    wanted = select(feed_parts.c.contact_id).where(
        feed_parts.c.feed_id == feed, feed_parts.c.good_until <= day
    )
    return tx.execute(wanted.limit(1)).first() is not None


def rows_of(tx: Transaction, feed: int, ids: Sequence[int]) -> dict[int, PartRow]:
    """What stands of these contacts in a feed; who has no row is absent."""
    rows = tx.among(
        "SELECT contact_id, events, good_until FROM feed_parts"
        f" WHERE feed_id = {feed:d} AND contact_id {{among}}",
        ids,
    )
    return {row[0]: PartRow(events_of(row[1]), row[2]) for row in rows}


def octets_of(tx: Transaction, feed: int, ids: Sequence[int]) -> dict[int, bytes]:
    """The octets that stand of these contacts in a feed."""
    rows = tx.among(
        f"SELECT contact_id, octets FROM feed_parts WHERE feed_id = {feed:d}"
        " AND contact_id {among}",
        ids,
    )
    return {row[0]: bytes(row[1]) for row in rows}


def contacts_behind(tx: Transaction, after: int, upto: int | None, most: int) -> list[int]:
    """The contacts there are behind an id, up to another, ascending, `most` of them."""
    wanted = select(contacts.c.id).where(contacts.c.id > after)
    if upto is not None:
        wanted = wanted.where(contacts.c.id <= upto)
    return list(tx.execute(wanted.order_by(contacts.c.id).limit(most)).scalars())


def count_contacts(tx: Transaction, upto: int | None = None) -> int:
    """How many contacts there are, up to an id."""
    wanted = select(func.count()).select_from(contacts)
    if upto is not None:
        wanted = wanted.where(contacts.c.id <= upto)
    return int(tx.execute(wanted).scalar_one())


def still_there(tx: Transaction, ids: Sequence[int]) -> set[int]:
    """Which of these contacts are there still."""
    return {row[0] for row in tx.among("SELECT id FROM contacts WHERE id {among}", ids)}


def put(tx: Transaction, feed: int, parts: Sequence[Part]) -> None:
    """Write rows, in the place of those that stand."""
    tx.insert_rows(
        "INSERT INTO feed_parts (feed_id, contact_id, uuid, events, octets, good_until)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (feed_id, contact_id) DO UPDATE SET"
        " events = excluded.events, octets = excluded.octets, good_until = excluded.good_until",
        [
            (feed, it.contact, it.uuid, _spelled(it.events), it.octets, it.good_until)
            for it in parts
        ],
    )


def remove(tx: Transaction, feed: int, ids: Iterable[int]) -> None:
    """Take rows out of a feed."""
    tx.insert_rows(
        "DELETE FROM feed_parts WHERE feed_id = ? AND contact_id = ?",
        [(feed, contact) for contact in ids],
    )


def let_go(tx: Transaction, contact: int) -> None:
    """Take a contact out of all feeds, which have changed then."""
    gone = delete(feed_parts).where(feed_parts.c.contact_id == contact)
    rows = tx.execute(gone.returning(feed_parts.c.feed_id, func.length(feed_parts.c.octets)))
    _note_changed(tx, [row[0] for row in rows if row[1]])


def blank_stale(tx: Transaction) -> None:
    """Take out at once what is told of everybody who waits to be rendered anew, as nobody may read
    it any more. Which events there are and how often they changed is kept, so that they go on from
    there; what they said isn't.
    """
    rows = tx.connection.exec_driver_sql(
        "SELECT feed_id, contact_id, events FROM feed_parts"
        " WHERE length(octets) > 0 AND contact_id IN (SELECT contact_id FROM feed_stale)"
    ).all()
    tx.insert_rows(
        "UPDATE feed_parts SET events = ?, octets = ? WHERE feed_id = ? AND contact_id = ?",
        [(_spelled(map(_blank, events_of(row[2]))), b"", row[0], row[1]) for row in rows],
    )
    _note_changed(tx, {row[0] for row in rows})


def all_octets(tx: Transaction, feed: int) -> Iterator[bytes]:
    """The octets of a feed's rows by their contacts' UUIDs, many rows at once."""
    wanted = select(feed_parts.c.octets).where(feed_parts.c.feed_id == feed)
    rows = tx.connection.execute(
        wanted.order_by(feed_parts.c.uuid), execution_options={"yield_per": _AT_ONCE}
    )
    with rows:  # whoever reads may stop early, and a server keeps a cursor open for the rest
        for some in rows.scalars().partitions():
            yield b"".join(some)


def all_events(tx: Transaction, feed: int) -> Iterator[tuple[str, bytes]]:
    """Each event of a feed, its UID and octets, in the same order."""
    wanted = select(feed_parts.c.events, feed_parts.c.octets).where(feed_parts.c.feed_id == feed)
    rows = tx.connection.execute(
        wanted.order_by(feed_parts.c.uuid), execution_options={"yield_per": _AT_ONCE}
    )
    with rows:
        for spelled, octets in rows:
            yield from cut(events_of(spelled), octets)


def cut(events: Iterable[Event], octets: bytes) -> Iterator[tuple[str, bytes]]:
    """The octets of a row's events, one by one, with their UIDs."""
    at = 0
    for it in events:
        if it.length:
            yield it.uid, octets[at : at + it.length]
        at += it.length


def events_of(spelled: str) -> tuple[Event, ...]:
    """The events of a row as it keeps them."""
    return tuple(map(Event._make, json.loads(spelled)))


def _spelled(events: Iterable[Event]) -> str:
    return json.dumps(list(events), separators=(",", ":"))


def _blank(event: Event) -> Event:
    return event._replace(digest="", length=0)


def _note_changed(tx: Transaction, which: Collection[int]) -> None:
    if which:
        # No clock here: later than it was is all that who fetched it before must see.
        changed = {"revision": feeds.c.revision + 1, "modified": feeds.c.modified + 1}
        tx.execute(update(feeds).where(feeds.c.id.in_(which)).values(changed))
