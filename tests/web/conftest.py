"""Feeds of a real store, served on loopback by a loop in a thread, asked with plain sockets."""

import asyncio
import contextlib
import http.client
import io
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import structlog

from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_joining import Joiner
from krmd.app.feed_octets import pieces
from krmd.app.feed_shelf import Shelf
from krmd.app.feed_style import FeedStyle
from krmd.app.feed_tokens import feed_path, feed_token
from krmd.app.perform import Performer
from krmd.base.address import AddressSet
from krmd.base.command import Actor, AddContact, AddFeed, Command
from krmd.base.instant import Instant
from krmd.base.key import Key
from krmd.daemon.aside import aside
from krmd.logs import configure
from krmd.outputs.calendar import write_events
from krmd.store import feeds
from krmd.store.changed import Changed
from krmd.store.engine import Store
from krmd.store.feeds import Client
from krmd.store.migrate import upgrade
from krmd.web.connections import Limits
from krmd.web.feeds import Feeds
from krmd.web.listening import TcpPlace, listening
from krmd.web.slowing import Slowing

ZONE = ZoneInfo("Europe/Berlin")
NOW = Instant(1_790_000_000)
KEY = Key(bytes(range(32)))


@dataclass
class SetClock:
    """A clock that moves when it is told to."""

    instant: Instant = NOW

    def now(self) -> Instant:
        """The time set."""
        return self.instant


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def names(self) -> set[str]:
        """The names of its header fields, lowered."""
        return {name.lower() for name in self.headers}


class LoopThread:
    """An event loop in a thread, with one thing open in it while the block lasts."""

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        self._opened = opened
        self._ready: threading.Event = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self.seconds_to_end = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10.0)
        if self._failed is not None:
            self._thread.join()
            raise self._failed
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        began = time.monotonic()
        self.loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10.0)
        self.seconds_to_end = time.monotonic() - began
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        try:
            async with self._opened() as self.it:
                self._ready.set()
                await self._over.wait()
        except BaseException as error:
            self._failed = error
            if self._ready.is_set():
                raise
        finally:
            self._ready.set()


@dataclass
class Library:
    """A store with people and feeds, and what is served of them."""

    store: Store
    folder: Path
    clock: SetClock = field(default_factory=SetClock)
    patience: float = 20.0
    first_wait: float = 0.0005
    limits: Limits = field(default_factory=Limits)
    path: str = "/krmd"
    port: int = 0

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.store, self.clock, lambda: KEY)
        self.joiner = Joiner(self.store, self.shelf, pieces, clock=self.clock, folder=self.folder)
        style = FeedStyle(ZONE)
        self.builder = FeedBuilder(self.store, self.clock, style, write_events)

    def do(self, command: Command) -> None:
        """Perform a command of the owner, as another process would."""
        own = AddressSet(["kim@example.org"])
        performer = Performer(self.store, self.clock, uuid4, ZONE, own, lambda: KEY)
        performer.perform(command, Actor("cli", "kim"))

    def add_people(self, *names: str) -> None:
        """People whose birthdays are known."""
        for number, name in enumerate(names):
            self.do(
                AddContact(name=name, birthday=f"19{50 + number % 50}-03-{1 + number % 28:02d}")
            )

    def add_feed(self, name: str = "Birthdays") -> str:
        """A feed; gives back its path."""
        self.do(AddFeed(name))
        return self.path_of(name)

    def path_of(self, name: str = "Birthdays") -> str:
        """Where a feed is now."""
        with self.store.reading() as tx:
            row = feeds.find(tx, name.casefold())
        assert row is not None
        return feed_path(feed_token(KEY, row))

    def build(self) -> None:
        """Draw and join until nothing is left."""
        self.builder.run()
        self.joiner.join()

    def clients(self, name: str = "Birthdays") -> list[Client]:
        """Who is known to have fetched a feed."""
        self.shelf.keep_fetches()
        with self.store.reading() as tx:
            row = feeds.find(tx, name.casefold())
            assert row is not None
            return feeds.clients_of(tx, row.id)

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator[asyncio.Server]:
        with contextlib.closing(Changed(self.store)) as changed:
            served = Feeds(
                self.shelf,
                version=changed.version,
                aside=aside,
                path=self.path,
                patience=self.patience,
                slowing=Slowing(first=self.first_wait),
            )
            place = TcpPlace("127.0.0.1", 0)
            async with listening(place, served.answer, self.limits) as site:
                self.port = site.sockets[0].getsockname()[1]
                yield site

    def serving(self) -> LoopThread:
        """Serve it while the block lasts."""
        return LoopThread(self._open)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """A request on a connection of its own; `_` in a header's name stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10.0)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(connection):
            connection.request(method, path, headers=named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def connect(self) -> socket.socket:
        """A connection that nothing was said on."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10.0)


@pytest.fixture
def library(store_url: str, tmp_path: Path) -> Iterator[Library]:
    """Nobody and nothing yet, on each database."""
    store = Store(store_url)
    upgrade(store)
    yield Library(store, tmp_path)
    store.close()


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Library]:
    """As `library`, on SQLite alone, where the database makes no difference."""
    store = Store(f"sqlite:///{tmp_path}/krmd.sqlite3")
    upgrade(store)
    yield Library(store, tmp_path)
    store.close()


@pytest.fixture
def small(bare: Library) -> Iterator[Library]:
    """Three people in one feed that is built and served."""
    bare.add_people("Ada Example", "Bo Example", "Cy Example")
    bare.add_feed()
    bare.build()
    with bare.serving():
        yield bare


@dataclass(frozen=True)
class Events:
    """What was logged during the test."""

    stream: io.StringIO

    @property
    def text(self) -> str:
        """All of it."""
        return self.stream.getvalue()

    def named(self, name: str) -> list[dict[str, object]]:
        """The events of that name, in order."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line["event"] == name]


@pytest.fixture(autouse=True)
def events() -> Iterator[Events]:
    """Every test's log, for itself; shown when the test fails."""
    heard = Events(io.StringIO())
    configure(as_json=True, stream=heard.stream)
    yield heard
    structlog.reset_defaults()
    print(heard.stream.getvalue())
