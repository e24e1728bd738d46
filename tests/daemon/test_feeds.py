"""The feeds' thread and the addresses krmd listens on, in a daemon that is in a hurry."""

import contextlib
import http.client
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_joining import Joiner
from krmd.app.feed_octets import pieces
from krmd.app.feed_shelf import Shelf
from krmd.app.feed_style import FeedStyle
from krmd.app.feed_tokens import feed_path, feed_token
from krmd.app.perform import Performer
from krmd.base.address import AddressSet
from krmd.base.command import Actor, AddContact, AddFeed, Command, EditContact
from krmd.base.errors import TryLaterError
from krmd.base.instant import Instant, from_datetime, local_date
from krmd.base.key import Key
from krmd.daemon.aside import aside
from krmd.daemon.daemon import Daemon, Job
from krmd.daemon.feeds import Builder, FeedJob, Progress
from krmd.daemon.listening import ListenJob
from krmd.outputs.calendar import write_events
from krmd.outputs.event import Stamped
from krmd.store import feeds
from krmd.store.changed import Changed
from krmd.web.feeds import Feeds
from krmd.web.listening import TcpPlace, listening
from tests.daemon.conftest import HURRIED, Events, Home, eventually, while_running

KEY = Key(bytes(32))
ZONE = ZoneInfo("Pacific/Auckland")
PACE = replace(HURRIED, feeds_again=0.02, fetches_again=0.2, listen_again=0.1)


@dataclass
class Hands:
    """A clock to be set."""

    instant: Instant = field(
        default_factory=lambda: from_datetime(datetime(2026, 12, 31, 10, 59, 50, tzinfo=UTC))
    )

    def now(self) -> Instant:
        """The time set."""
        return self.instant


class Failing:
    """A builder that raises for a while, then does what another does."""

    def __init__(self, builder: Builder, *errors: Exception) -> None:
        self._builder = builder
        self._errors = list(errors)

    def is_needed(self) -> bool:
        """Whether anything is to be drawn."""
        return bool(self._errors) or self._builder.is_needed()

    def step(self) -> Progress | None:
        """Fail, or draw."""
        if self._errors:
            raise self._errors.pop(0)
        return self._builder.step()


class Publisher:
    """What a daemon needs to build and serve the feeds of a home's store."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home = home
        self.folder = folder
        self.clock = Hands()
        self.shelf = Shelf(home.store, self.clock, lambda: KEY)
        self.drawn = 0
        self.port = 0

    def do(self, command: Command) -> None:
        """Perform a command of the owner, as another process would."""
        own = AddressSet(["ada@example.org"])
        performer = Performer(self.home.store, self.clock, uuid4, ZONE, own, lambda: KEY)
        performer.perform(command, Actor("cli", "ada"))

    def path(self) -> str:
        """Where the first feed is."""
        with self.home.store.reading() as tx:
            return feed_path(feed_token(KEY, feeds.all_of_them(tx)[0]))

    def builder(self) -> FeedBuilder:
        """What draws."""
        return FeedBuilder(self.home.store, self.clock, FeedStyle(ZONE), self._draw)

    def _draw(self, stamped: Sequence[Stamped]) -> list[bytes]:
        self.drawn += len(stamped)
        return write_events(stamped)

    def feed_job(self, builder: Builder | None = None) -> FeedJob:
        """The thread's job."""
        return FeedJob(
            builder=builder or self.builder(),
            joiner=Joiner(
                self.home.store, self.shelf, pieces, clock=self.clock, folder=self.folder
            ),
            shelf=self.shelf,
            changed=Changed(self.home.store),
            today=lambda: local_date(self.clock.now(), ZONE),
            made_of="settings",
        )

    def listen_job(self, port: int = 0, *, is_exposed: bool = False) -> ListenJob:
        """The address's job."""

        @contextlib.asynccontextmanager
        async def there() -> AsyncIterator[None]:
            with contextlib.closing(Changed(self.home.store)) as changed:
                served = Feeds(self.shelf, version=changed.version, aside=aside)
                async with listening(TcpPlace("127.0.0.1", port), served.answer) as site:
                    self.port = site.sockets[0].getsockname()[1]
                    yield

        return ListenJob(
            "feeds",
            f"127.0.0.1:{port}",
            there,
            may_open=lambda: self.shelf.is_stocked,
            is_exposed=is_exposed,
            made_of=port,
        )

    def daemon(self, *jobs: Job, reload: Callable[[], Sequence[Job]] | None = None) -> Daemon:
        """A daemon that does nothing else."""
        return Daemon(
            self.home.store,
            jobs or (self.feed_job(), self.listen_job()),
            clock=self.clock,
            reload=reload or (lambda: jobs),
            notify=self.home.notices,
            pace=PACE,
        )

    def get(self, path: str | None = None) -> tuple[int, bytes]:
        """Status and octets, as soon as it is served."""
        eventually(lambda: self.port > 0)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port)) as line:
            line.request("GET", path or self.path(), headers={"User-Agent": "Test/1"})
            answer = line.getresponse()
            return answer.status, answer.read()


@pytest.fixture
def publisher(home: Home, tmp_path: Path) -> Publisher:
    """Somebody whose birthday is known, and a feed; on each database."""
    made = Publisher(home, tmp_path)
    made.do(AddContact(name="Ada Example", birthday="1985-03-12"))
    made.do(AddFeed("Birthdays"))
    return made


@pytest.fixture
def quick(sqlite_home: Home, tmp_path: Path) -> Publisher:
    """As `publisher`, on SQLite alone."""
    made = Publisher(sqlite_home, tmp_path)
    made.do(AddContact(name="Ada Example", birthday="1985-03-12"))
    made.do(AddFeed("Birthdays"))
    return made


def test_a_feed_is_built_and_follows_the_book(publisher: Publisher) -> None:
    """The first fetch gets all of it; a change stands in it at once."""

    def script() -> None:
        status, body = publisher.get()
        assert (200, 4) == (status, body.count(b"BEGIN:VEVENT"))
        publisher.do(EditContact("Ada Example", birthday="1985-11-12"))
        eventually(lambda: b"DTSTART;VALUE=DATE:20261112" in publisher.get()[1], 5.0)

    code, _ = while_running(publisher.daemon(), script)
    assert 0 == code


def test_the_year_begins_at_the_owners_midnight(publisher: Publisher) -> None:
    """While the daemon runs; in Auckland that is eleven in the morning of UTC's 31 December."""

    def script() -> None:
        assert b"DATE:20290312" not in publisher.get()[1]
        publisher.clock.instant = Instant(publisher.clock.instant + 20)
        eventually(lambda: b"DATE:20290312" in publisher.get()[1])
        assert b"DATE:20250312" not in publisher.get()[1]

    while_running(publisher.daemon(), script)


def test_what_stood_in_the_store_is_served_before_anything_is_drawn(publisher: Publisher) -> None:
    """After a restart the last octets are there, though the builder can do nothing."""
    publisher.builder().run()
    stuck = Failing(publisher.builder(), *[TryLaterError("busy")] * 1000)

    def script() -> None:
        status, body = publisher.get()
        assert (200, 4) == (status, body.count(b"BEGIN:VEVENT"))

    while_running(publisher.daemon(publisher.feed_job(stuck), publisher.listen_job()), script)


def test_nothing_is_drawn_while_nothing_changes(quick: Publisher) -> None:
    """However often it is fetched."""

    def script() -> None:
        first = quick.get()
        drawn = quick.drawn
        assert [first] * 20 == [quick.get() for _ in range(20)]
        assert drawn == quick.drawn

    while_running(quick.daemon(), script)


def test_trouble_with_the_store_and_bugs_are_outlived(quick: Publisher, events: Events) -> None:
    """Each is told, and the feed is built in the end."""
    failing = Failing(
        quick.builder(), TryLaterError("the disk is full"), RuntimeError("a bug"), TypeError("two")
    )

    def script() -> None:
        eventually(lambda: 4 == quick.get()[1].count(b"BEGIN:VEVENT"))

    while_running(quick.daemon(quick.feed_job(failing), quick.listen_job()), script)
    assert ["the disk is full"] == [it["error"] for it in events.named("store.failed")]
    assert 2 == len(events.named("feed.bug"))
    assert ["stopped by a bug"] == [it["error"] for it in events.named("feed.failed")]
    eventually(lambda: 1 == len(events.named("feed.recovered")))


def test_who_fetched_is_written_down_at_the_latest_at_the_end(publisher: Publisher) -> None:
    """Also the fetches of the last seconds."""

    def script() -> None:
        for _ in range(3):
            publisher.get()

    while_running(publisher.daemon(), script)
    with publisher.home.store.reading() as tx:
        (client,) = feeds.clients_of(tx, feeds.all_of_them(tx)[0].id)
    assert ("Test/1", 3) == (client.agent, client.fetches)


def test_an_address_in_use_is_told_and_tried_again(quick: Publisher, events: Events) -> None:
    """The rest of the daemon goes on; when the other program ends, krmd is there."""
    other = socket.create_server(("127.0.0.1", 0))
    port = other.getsockname()[1]

    def script() -> None:
        heard = quick.home.notices.heard
        eventually(lambda: any("in use by another program" in line for line in heard))
        assert 0 == quick.port
        other.close()
        eventually(lambda: quick.port == port)
        assert 200 == quick.get()[0]

    with contextlib.closing(other):
        while_running(quick.daemon(quick.feed_job(), quick.listen_job(port)), script)
    (failed,) = events.named("web.failed")
    assert f"127.0.0.1:{port} is in use" in str(failed["error"])
    assert 1 == len(events.named("web.recovered"))
    assert [] == events.named("web.exposed")


def test_an_address_others_can_reach_is_warned_of(quick: Publisher, events: Events) -> None:
    """Once a start."""
    jobs = (quick.feed_job(), quick.listen_job(is_exposed=True))
    while_running(quick.daemon(*jobs), quick.get)

    (warned,) = events.named("web.exposed")
    assert "127.0.0.1" in str(warned["hint"])


def test_a_reload_changes_the_address_and_keeps_what_is_served(quick: Publisher) -> None:
    """The old one is closed, the new one opened; nothing is joined again."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    jobs = (quick.feed_job(), quick.listen_job())

    def script() -> None:
        first = quick.get()
        old = quick.port
        os.kill(os.getpid(), signal.SIGHUP)
        eventually(lambda: quick.port == port)
        assert first == quick.get()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", old), timeout=1.0)

    daemon = quick.daemon(*jobs, reload=lambda: (jobs[0], quick.listen_job(port)))
    while_running(daemon, script)


def test_without_feeds_nothing_is_said(sqlite_home: Home, tmp_path: Path) -> None:
    """The service manager hears of accounts alone, and every path is nothing."""
    none = Publisher(sqlite_home, tmp_path)

    def script() -> None:
        assert 404 == none.get("/feed/x.ics")[0]
        eventually(lambda: "STATUS=no accounts" in none.home.notices.heard)

    while_running(none.daemon(), script)
