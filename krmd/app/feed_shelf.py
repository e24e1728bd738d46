"""What the web serves feeds from: their secrets, and an edition of each, held ready.

One thread builds and puts, the event loop finds; neither waits for the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from krmd.app.feed_edition import Edition
from krmd.app.feed_tokens import feed_token, same_token
from krmd.base.instant import Clock, Instant
from krmd.base.key import Key
from krmd.store import feeds
from krmd.store.engine import Store
from krmd.store.feeds import Client, FeedRow

MOST_NOTED = 200
"""So many programs are noted at once: whoever has an address may call themselves anything."""


class OnShelf(NamedTuple):
    """A feed that is served; `edition` is None until there is one."""

    uuid: str
    edition: Edition | None


@dataclass(slots=True)
class _Fetches:
    """A program's fetches of a feed since they were written down last."""

    address: str
    first: Instant
    last: Instant
    number: int


class Shelf:
    """The feeds there are. `key` gives krmd's key, and may raise UserError."""

    def __init__(self, store: Store, clock: Clock, key: Callable[[], Key]) -> None:
        self._store = store
        self._clock = clock
        self._key = key
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._editions: dict[str, Edition] = {}
        self._order: tuple[tuple[str, str], ...] = ()
        self._standing: tuple[tuple[str, ...], tuple[OnShelf, ...]] = ((), ())
        self._fetched: dict[tuple[str, str], _Fetches] = {}
        self.is_stocked = False
        """Whether all that stood in the store when krmd started can be served."""

    def find(self, token: str) -> OnShelf | None:
        """The feed with that secret; takes as long for any that it isn't."""
        tokens, found = self._standing
        place = same_token(token, tokens)
        return None if place is None else found[place]

    def refresh(self) -> list[FeedRow]:
        """Read again which feeds there are under which secrets, and give them back.

        Blocks; any thread may call. Raises KrmdError of the store and the key, and all stays as
        it was.
        """
        with self._reading:  # who asked last has read last
            with self._store.reading() as tx:
                rows = feeds.all_of_them(tx)
            order = tuple((it.uuid, feed_token(self._key(), it)) for it in rows)
            present = {it.uuid for it in rows}
            with self._lock:
                self._order = order
                self._editions = {
                    uuid: edition for uuid, edition in self._editions.items() if uuid in present
                }
                self._stand()
        return rows

    def edition(self, uuid: str) -> Edition | None:
        """What is served of a feed now."""
        return self._editions.get(uuid)

    def put(self, uuid: str, edition: Edition) -> None:
        """Serve this from now on."""
        with self._lock:
            self._editions[uuid] = edition
            self._stand()

    def note_fetch(self, uuid: str, agent: str, address: str) -> None:
        """A program fetched a feed just now; both texts are one line each."""
        now = self._clock.now()
        with self._lock:
            fetches = self._fetched.get((uuid, agent))
            if fetches is not None:
                fetches.address, fetches.last = address, now
                fetches.number += 1
            elif len(self._fetched) < MOST_NOTED:
                self._fetched[uuid, agent] = _Fetches(address, now, now, 1)

    def keep_fetches(self) -> None:
        """Write down who fetched since the last time; raises KrmdError, and nothing is lost."""
        with self._lock:
            taken, self._fetched = self._fetched, {}
        if not taken:
            return
        clients: dict[str, list[Client]] = {}
        for (uuid, agent), it in taken.items():
            clients.setdefault(uuid, []).append(
                Client(agent, it.address, it.first, it.last, it.number)
            )
        try:
            with self._store.transaction() as tx:
                for row in feeds.all_of_them(tx):
                    if row.uuid in clients:
                        feeds.note_clients(tx, row.id, clients[row.uuid])
        except BaseException:
            self._take_back(taken)
            raise

    def _take_back(self, taken: dict[tuple[str, str], _Fetches]) -> None:
        with self._lock:
            for place, old in taken.items():
                newer = self._fetched.get(place)
                if newer is None:
                    self._fetched[place] = old
                else:
                    newer.first = old.first
                    newer.number += old.number

    def _stand(self) -> None:
        self._standing = (
            tuple(token for _, token in self._order),
            tuple(OnShelf(uuid, self._editions.get(uuid)) for uuid, _ in self._order),
        )
