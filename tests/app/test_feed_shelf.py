"""What is ready to be served: joined once a change, in memory or in files without names."""

import gc
import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from krmd.app.feed_edition import IN_MEMORY, collect
from krmd.app.feed_joining import Joiner
from krmd.app.feed_shelf import MOST_NOTED, Shelf
from krmd.app.feed_tokens import feed_token
from krmd.base.command import AddFeed, RevokeFeed, RotateFeed
from krmd.base.errors import TryLaterError, UserError
from krmd.base.instant import Instant
from krmd.base.key import Key
from krmd.store import feeds
from krmd.store.engine import Transaction
from krmd.store.feeds import Client, FeedRow
from krmd.store.tables import feeds as feeds_table
from tests.app.conftest import NOW, Book

KEY = Key(bytes(32))
LARGE = IN_MEMORY + 1000


@dataclass
class Desk:
    """A shelf over a book whose calendars a test writes itself."""

    book: Book
    folder: Path
    octets: dict[str, bytes] = field(default_factory=dict)
    joins: int = 0
    time: float = 1000.0

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.book.store, self.book.clock, lambda: KEY)
        self.joiner = Joiner(
            self.book.store,
            self.shelf,
            self._pieces,
            clock=self.book.clock,
            folder=self.folder,
            now=lambda: self.time,
        )

    def _pieces(self, _tx: Transaction, feed: FeedRow) -> Iterator[bytes]:
        self.joins += 1
        octets = self.octets.get(feed.name, b"empty")
        for start in range(0, len(octets), 400_000):
            yield octets[start : start + 400_000]
        self.time += 0.5

    def write(self, octets: bytes, name: str = "All", **columns: object) -> None:
        """A feed's calendar is another one now, and whole."""
        self.octets[name] = octets
        row = self.row(name)
        values = {
            "revision": row.revision + 1,
            "modified": row.modified,
            "made_for": "now",
            "reached": 0,
            **columns,
        }
        with self.book.store.transaction() as tx:
            feeds.change(tx, row.id, values)

    def row(self, name: str = "All") -> FeedRow:
        """A feed's row."""
        with self.book.store.reading() as tx:
            found = feeds.find(tx, name.casefold())
        assert found is not None
        return found

    def token(self, name: str = "All") -> str:
        """A feed's secret."""
        return feed_token(KEY, self.row(name))

    def served(self, name: str = "All") -> bytes:
        """What is served of it."""
        edition = self.shelf.edition(self.row(name).uuid)
        assert edition is not None
        return b"".join(edition.plain.slices(10_000))

    def is_behind(self) -> bool:
        """Whether something is left to be done."""
        return self.joiner.is_behind

    def clients(self, name: str = "All") -> list[Client]:
        """Who is written down for it."""
        with self.book.store.reading() as tx:
            return feeds.clients_of(tx, self.row(name).id)


@pytest.fixture
def desk(book: Book, tmp_path: Path) -> Desk:
    """One feed, of which nothing was drawn yet."""
    folder = tmp_path / "large"
    folder.mkdir()
    made = Desk(book, folder)
    book.do(AddFeed("All"))
    return made


def test_a_feed_is_joined_once_a_change(desk: Desk) -> None:
    """However often it is asked for."""
    desk.write(b"first")
    for _ in range(3):
        desk.joiner.join()
    assert (1, b"first") == (desk.joins, desk.served())

    desk.write(b"second")
    for _ in range(3):
        desk.joiner.join()
    assert (2, b"second") == (desk.joins, desk.served())


def test_another_edition_has_another_tag_and_a_later_time(desk: Desk) -> None:
    """Even within one second; the same octets are the same edition, whatever was written."""
    desk.write(b"first")
    (first,) = desk.joiner.join()
    desk.write(b"first")
    assert [] == desk.joiner.join()
    desk.write(b"second")
    (second,) = desk.joiner.join()

    assert first.etag != second.etag
    assert first.modified < second.modified
    assert {'"'} == {tag[0] for tag in (first.etag, first.gzip_etag)}
    assert 4 == len({first.etag, first.gzip_etag, second.etag, second.gzip_etag})


def test_a_large_calendar_lies_in_a_file_without_a_name(desk: Desk) -> None:
    """Compressed a moment later; the file is gone with the last who reads it."""
    octets = os.urandom(1000) * (LARGE // 1000)
    desk.write(octets)
    (edition,) = desk.joiner.join()

    assert edition.plain.memory is None
    assert octets == desk.served()
    assert [] == list(desk.folder.iterdir())
    assert desk.is_behind()
    desk.joiner.join()
    assert not desk.is_behind()
    packed = desk.shelf.edition(desk.row().uuid)
    assert packed is not None
    assert packed.gzip is not None
    assert octets == gzip.decompress(b"".join(packed.gzip.slices(1000)))

    file = edition.plain.file
    assert file is not None
    reading = edition.plain.slices(1000)
    next(reading)
    desk.write(b"small now")
    desk.time += 100
    desk.joiner.join()
    del edition, packed
    gc.collect()
    assert not file.closed
    assert octets[1000:] == b"".join(reading)
    del reading
    gc.collect()
    assert file.closed


def test_the_same_octets_are_compressed_to_the_same(tmp_path: Path) -> None:
    """So that their tag says so."""
    first, digest = collect([b"a" * 1000, b"b"], None)
    second, same = collect([b"a" * 500, b"a" * 500 + b"b"], tmp_path)

    assert digest == same
    assert first.memory == second.memory


def test_half_a_rebuild_is_not_served_where_there_is_a_whole(desk: Desk) -> None:
    """Of a new feed it is, from time to time, for who can't wait any longer."""
    desk.joiner.join()
    assert b"empty" == desk.served()
    desk.write(b"half", reached=7)
    desk.joiner.join()
    assert b"empty" == desk.served()
    desk.time += 11
    desk.joiner.join()
    assert b"half" == desk.served()
    desk.write(b"whole")
    desk.joiner.join()
    assert b"whole" == desk.served()

    desk.write(b"half of another", reached=7, made_for="other")
    desk.time += 100
    desk.joiner.join()
    assert b"whole" == desk.served()
    desk.write(b"other", reached=0, made_for="other")
    desk.joiner.join()
    assert b"other" == desk.served()


def test_changes_without_end_do_not_take_all_the_time(desk: Desk) -> None:
    """Some are joined at once, then a fifth of the time goes into it."""
    began, joined = desk.time, 0
    for number in range(1000):
        desk.write(str(number).encode())
        joined += len(desk.joiner.join())
        desk.time += 0.1

    spent = 0.5 * joined
    assert 3.0 < spent
    assert spent < 4.0 + 0.2 * (desk.time - began)


def test_no_room_for_one_leaves_the_others(desk: Desk) -> None:
    """They are served, and what to do is told."""
    desk.book.do(AddFeed("Small"))
    desk.write(b"x" * LARGE)
    desk.write(b"small", "Small")
    desk.folder.rmdir()

    with pytest.raises(TryLaterError, match=r"can't be kept in .*large"):
        desk.joiner.join()

    assert b"small" == desk.served("Small")
    assert desk.shelf.is_stocked


def test_only_present_secrets_are_found(desk: Desk) -> None:
    """Rotated and revoked ones aren't, as soon as the store was read again."""
    old = desk.token()
    desk.joiner.join()
    assert desk.shelf.find(old) is not None
    desk.book.do(RotateFeed("All"))
    desk.shelf.refresh()
    new = desk.token()

    assert desk.shelf.find(old) is None
    found = desk.shelf.find(new)
    assert found is not None
    assert found.edition is not None
    assert [None] * 3 == [desk.shelf.find(it) for it in ("", new[:-1], new + "é\udc80")]
    desk.book.do(RevokeFeed("All"))
    desk.shelf.refresh()
    assert desk.shelf.find(new) is None


def test_a_key_that_can_not_be_read_leaves_all_as_it_was(desk: Desk) -> None:
    """What is served already goes on being served."""
    desk.joiner.join()
    token = desk.token()

    def no_key() -> Key:
        raise UserError("the key is unreadable")

    desk.shelf._key = no_key
    with pytest.raises(UserError):
        desk.shelf.refresh()

    assert desk.shelf.find(token) is not None


def test_fetches_are_counted_and_written_down_together(desk: Desk) -> None:
    """Each program with its first and last time and its last address."""
    uuid = desk.row().uuid
    for second in range(3):
        desk.book.clock.instant = Instant(NOW + second)
        desk.shelf.note_fetch(uuid, "Thunderbird", f"192.0.2.{second}")
    assert [] == desk.clients()
    desk.shelf.keep_fetches()
    desk.shelf.note_fetch(uuid, "Thunderbird", "192.0.2.9")
    desk.shelf.keep_fetches()
    desk.shelf.keep_fetches()

    (client,) = desk.clients()
    assert Client("Thunderbird", "192.0.2.9", NOW, Instant(NOW + 2), 4) == client


def test_fetches_that_could_not_be_written_are_kept(desk: Desk) -> None:
    """For the next time, with what came meanwhile."""
    uuid = desk.row().uuid
    desk.shelf.note_fetch(uuid, "Thunderbird", "192.0.2.1")
    with desk.book.store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE feed_clients RENAME TO gone")
    with pytest.raises(Exception, match="feed_clients"):
        desk.shelf.keep_fetches()
    with desk.book.store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE gone RENAME TO feed_clients")
    desk.shelf.note_fetch(uuid, "Thunderbird", "192.0.2.2")
    desk.shelf.keep_fetches()

    assert [("192.0.2.2", 2)] == [(it.address, it.fetches) for it in desk.clients()]


def test_who_invents_names_fills_nothing(desk: Desk) -> None:
    """So many programs are noted at once, and fewer are kept."""
    uuid = desk.row().uuid
    for number in range(10 * MOST_NOTED):
        desk.shelf.note_fetch(uuid, f"x{number}", "192.0.2.1")
    assert MOST_NOTED == len(desk.shelf._fetched)
    desk.shelf.keep_fetches()
    assert feeds.MOST_CLIENTS == len(desk.clients())


def test_fetches_of_a_feed_that_is_no_more_are_nobodys(desk: Desk) -> None:
    """Nothing is written for it."""
    uuid = desk.row().uuid
    desk.shelf.note_fetch(uuid, "Thunderbird", "192.0.2.1")
    desk.book.do(RevokeFeed("All"))
    desk.shelf.keep_fetches()
    with desk.book.store.reading() as tx:
        assert [] == list(tx.execute(feeds_table.select()))
