"""What may happen between two commands of one pass."""

import threading
from collections.abc import Callable

from krmd.app.reading import Reader
from krmd.app.reading_plan import ReadingPlan
from krmd.base.address import AddressSet
from krmd.base.instant import Instant
from krmd.intake.classify import Judge
from krmd.intake.mailbox import Folder, FolderState
from krmd.store import folders
from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from krmd.store.tables import interactions
from tests.fakes.mailbox import FakeMailbox, FakeSession, letter


class StandingClock:
    """It is always the same moment."""

    def now(self) -> Instant:
        """That moment."""
        return Instant(1_790_000_000)


class Meddled:
    """A session beside which another client does something just before each folder is opened."""

    def __init__(self, session: FakeSession, meddle: Callable[[], object]) -> None:
        self._session = session
        self._meddle = meddle
        self.folders, self.states = session.folders, session.states
        self.fetch, self.wait = session.fetch, session.wait
        self.oldest_since, self.text = session.oldest_since, session.text

    def open(self, folder: Folder) -> FolderState:
        """Meddle, then open."""
        self._meddle()
        return self._session.open(folder)


def test_a_folder_made_anew_between_look_and_open_is_read_by_the_next_pass(store_url: str) -> None:
    """Its cursor belongs to the old UIDVALIDITY, so nothing is read under it, and nothing is lost:
    the pass says that it isn't complete.
    """
    server = FakeMailbox("INBOX")
    server.deliver_many([letter(key=f"old{number}") for number in range(5)])
    store = Store(store_url)
    upgrade(store)
    assert read(store, Meddled(server.connect(), lambda: None))

    def made_anew() -> None:
        for uid in list(server._folders["INBOX"].mails):
            server.expunge("INBOX", uid)
        server.deliver_many([letter(key=f"new{number}") for number in range(9)])
        server.renumber("INBOX")

    server.deliver(letter(key="between"))
    assert not read(store, Meddled(server.connect(), made_anew))
    assert 5 == entries(store)
    assert read(store, Meddled(server.connect(), lambda: None))
    assert 14 == entries(store)
    with store.reading() as tx:
        assert [(server.state("INBOX").uidvalidity, 1, 9)] == [
            (row.uidvalidity, row.low, row.high) for row in folders.present(tx)
        ]
    store.close()


def read(store: Store, session: Meddled) -> bool:
    """One pass; whether it is complete."""
    judge = Judge(AddressSet(["ada@example.org"]), AddressSet([]), 12)
    plan = ReadingPlan("home", judge)
    reader = Reader(store, session, plan, clock=StandingClock(), stop=threading.Event())
    return reader.read_everything()


def entries(store: Store) -> int:
    """How many the ledger holds."""
    with store.reading() as tx:
        return len(tx.execute(interactions.select()).all())
