"""When a feed's calendar is joined anew: once a change, and not while most of it is yet to come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from krmd.app.feed_edition import IN_MEMORY, Edition, collect
from krmd.app.feed_shelf import Shelf
from krmd.base.errors import TryLaterError
from krmd.base.instant import Clock, Instant
from krmd.store import feeds
from krmd.store.engine import Store, Transaction
from krmd.store.feeds import FeedRow
from krmd.store.passing import reading_through

Pieces = Callable[[Transaction, FeedRow], Iterator[bytes]]
"""The whole calendar of a feed as it stands, in pieces."""

_CREDIT_SECONDS = 3.0
_CREDIT_RATE = 0.2
"""Joining may take three seconds at once, and a fifth of the time where changes never end."""
_ROOM_AGAIN = 300.0
_PART_AGAIN = 10.0
"""So often the unfinished calendar of a new feed is joined, for who can't wait any longer."""


class Joiner:
    """Brings onto the shelf what stands in the store. For one thread.

    `folder` is where large calendars lie, in files without a name; None: where the system has them.
    """

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        pieces: Pieces,
        *,
        clock: Clock,
        folder: Path | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._pieces = pieces
        self._clock = clock
        self._folder = folder
        self._now = now
        self._credit = _CREDIT_SECONDS
        self._credited = now()
        self._part_joined: dict[str, float] = {}
        self._no_room_until = 0.0
        self.feeds = 0
        self.is_behind = False

    def join(self, *, stop: Callable[[], bool] = lambda: False) -> list[Edition]:
        """Join each feed that changed; gives back those whose octets are others now.

        `feeds` says how many there are then, `is_behind` whether any was left for later. Raises
        KrmdError of the store, and TryLaterError where there is no room for a file.
        """
        rows = self._shelf.refresh()
        self.feeds, self.is_behind = len(rows), False
        joined, refusal = [], None
        for row in rows:
            held = self._shelf.edition(row.uuid)
            if held is not None and _is_told(held, row):
                continue
            if stop() or not self._is_due(row, held):
                self.is_behind = True
                continue
            try:
                if (edition := self._join(row.uuid, held)) is not None:
                    joined.append(edition)
            except OSError as error:  # the others may be small enough
                refusal = error
        self._shelf.is_stocked = True
        if refusal is not None:
            where = self._folder or "the system's temporary folder"
            raise TryLaterError(
                f"a calendar can't be kept in {where}: {refusal.strerror}; make room there"
            ) from refusal
        if not joined and not stop():
            self._compress_one(rows)
        self.is_behind |= any(self._lacks_gzip(row) for row in rows)
        return joined

    def _is_due(self, row: FeedRow, held: Edition | None) -> bool:
        if held is None:
            return True
        if held.is_whole and not is_whole(row):
            return False  # half of the old and half of the new would be neither
        now = self._now()
        if not is_whole(row):
            return now >= self._part_joined.get(row.uuid, 0.0) + _PART_AGAIN
        earned = (now - self._credited) * _CREDIT_RATE
        self._credit = min(self._credit + earned, _CREDIT_SECONDS)
        self._credited = now
        return self._credit > 0 or not held.is_whole

    def _join(self, uuid: str, held: Edition | None) -> Edition | None:
        """The edition that is on the shelf now; None where its octets are those of before."""
        began = self._now()
        edition = self._read(uuid, held)
        ended = self._now()
        self._credit -= ended - began
        self._part_joined[uuid] = ended
        if edition is None:
            return None  # revoked meanwhile
        if held is not None and held.digest == edition.digest:
            same = replace(edition, modified=held.modified, plain=held.plain, gzip=held.gzip)
            self._shelf.put(uuid, same)
            return None
        if edition.plain.size <= IN_MEMORY:
            edition = edition.compressed(self._folder)
        self._shelf.put(uuid, edition)
        return edition

    def _lacks_gzip(self, row: FeedRow) -> bool:
        held = self._shelf.edition(row.uuid)
        return (
            held is not None and held.is_whole and held.gzip is None and held.plain.size > IN_MEMORY
        )

    def _compress_one(self, rows: Sequence[FeedRow]) -> None:
        """One that lacks it; that takes longer than joining, so whatever changed goes first."""
        for row in rows:
            held = self._shelf.edition(row.uuid)
            if held is not None and self._lacks_gzip(row):
                try:
                    self._shelf.put(row.uuid, held.compressed(self._folder))
                except OSError:  # no room: it is sent as it is
                    self._no_room_until = self._now() + _ROOM_AGAIN
                return

    def _read(self, uuid: str, held: Edition | None) -> Edition | None:
        with reading_through(self._store) as tx:
            row = feeds.by_uuid(tx, uuid)
            if row is None:
                return None
            content, digest = collect(self._pieces(tx, row), self._folder)
        # A build that changes a feed more than once a second lets its time run ahead.
        modified = min(row.modified, self._clock.now())
        if held is not None and held.digest != digest:
            # Two states within one second would be one to who asks by Last-Modified alone.
            modified = Instant(max(modified, held.modified + 1))
        return Edition(row.name, row.revision, digest, modified, is_whole(row), content)


def is_whole(row: FeedRow) -> bool:
    """Whether everybody stands in a feed, be it as it was before; in trouble it stays so."""
    return row.trouble is not None or (bool(row.made_for) and row.reached == 0)


def _is_told(edition: Edition, row: FeedRow) -> bool:
    return (edition.revision, edition.name, edition.is_whole) == (
        row.revision,
        row.name,
        is_whole(row),
    )
