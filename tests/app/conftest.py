"""A store on each database, a clock that stands still, and the use cases over them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from krmd.app import judging
from krmd.app.cards import Card, show
from krmd.app.perform import Performer
from krmd.app.recording import Recorded, record
from krmd.app.timeline import TimelineEntry, Why, entries_of, why
from krmd.app.understanding import understand
from krmd.app.who import find_person
from krmd.base.address import AddressSet
from krmd.base.command import Actor, Command, Outcome
from krmd.base.instant import Instant
from krmd.intake.classify import Judge
from krmd.intake.mailbox import RawMail
from krmd.store import folders
from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from tests.app.mails import OWNER

NOW = Instant(1_790_000_000)
ZONE = ZoneInfo("Europe/Berlin")


@dataclass
class StandingClock:
    """A clock that moves when it is told to."""

    instant: Instant = NOW

    def now(self) -> Instant:
        """The time set."""
        return self.instant


@dataclass
class Book:
    """The use cases over one store, as a test wants to speak of them."""

    store: Store
    clock: StandingClock
    performer: Performer
    judge: Judge = field(
        default_factory=lambda: Judge(AddressSet([OWNER], tags=True), AddressSet([]), 12)
    )

    def read(self, *mails: RawMail, folder: str = "inbox", subjects: bool = True) -> Recorded:
        """Put mails read from a folder of that role into the ledger, as one batch."""
        with self.store.transaction() as tx:
            folders.ensure_account(tx, "home")
            row = folders.begin(
                tx,
                "home",
                folders.Found(folder.upper(), folder.capitalize(), folder),
                uidvalidity=1,
                uidnext=1_000_000,
            )
            return record(
                tx,
                row.id,
                [understand(it, folder, None) for it in mails],
                judge=self.judge,
                now=self.clock.now(),
                subjects=subjects,
            )

    def do(self, command: Command) -> Outcome:
        """Perform a command that came by the command line."""
        return self.performer.perform(command, Actor("cli"))

    def show(self, who: str) -> Card:
        """The card of somebody."""
        with self.store.reading() as tx:
            return show(tx, who)

    def why(self, who: str) -> Why:
        """What is behind somebody's dates."""
        with self.store.reading() as tx:
            return why(tx, find_person(tx, who))

    def timeline(self, who: str) -> list[TimelineEntry]:
        """Somebody's entries, newest first."""
        with self.store.reading() as tx:
            return entries_of(tx, find_person(tx, who))

    def judged_by(
        self, *, owner: tuple[str, ...] = (OWNER,), ignore: tuple[str, ...] = (), many: int = 12
    ) -> judging.Rebuilt:
        """Change the settings, and judge the ledger again."""
        self.judge = Judge(AddressSet(owner, tags=True), AddressSet(ignore), many)
        return judging.rebuild(self.store, self.judge, repr((owner, ignore, many)))

    def assert_right(self) -> None:
        """All that is derived is what follows from the facts."""
        found, sentences = judging.compare(self.store, self.judge)
        assert found.was_right, sentences


@pytest.fixture
def book(made_store_url: str) -> Iterator[Book]:
    """An empty book, once on SQLite and once on PostgreSQL."""
    store = Store(made_store_url)
    upgrade(store)
    clock = StandingClock()
    numbers = itertools.count(1)
    performer = Performer(store, clock, lambda: UUID(int=(next(numbers) << 96) + 1), ZONE)
    yield Book(store, clock, performer)
    store.close()
