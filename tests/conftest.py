"""What every test may ask for: the servers, a fresh mailbox, an empty store.

Servers start when the first test asks for them and belong to one test process, so that workers of
pytest-xdist don't meet. A test that asks for a server is marked with its name by itself.
"""

import contextlib
import itertools
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from tests.servers.calendars import Reader, readers
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import DEFAULT_PASSWORD, Dovecot, Mailbox
from tests.servers.dovecot_conf import DovecotOptions
from tests.servers.nginx import Nginx
from tests.servers.postgres import Postgres
from tests.servers.processes import ServerMissing
from tests.servers.radicale import Radicale, RadicaleBook, RadicaleUser

# Fixture and marker of each server.
SERVERS = {
    "dovecot": "dovecot",
    "cyrus": "cyrus",
    "postgres": "postgresql",
    "nginx": "nginx",
    "calendar_readers": "parsers",
}

DovecotFactory = Callable[[DovecotOptions], Dovecot]


class NginxFactory(Protocol):
    """Starts an nginx; the arguments are its own."""

    def __call__(self, before: str, *, under: str = "", tls: bool = False) -> Nginx:
        """It runs when this returns."""
        ...


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the servers they ask for; first, so that `-m "not dovecot"` sees the marks."""
    for item in items:
        for fixture, marker in SERVERS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI is set, a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and in CI nothing is: {report.longrepr}"
    return report


@contextlib.contextmanager
def needed(server: contextlib.AbstractContextManager[object]) -> Iterator[None]:
    """Turn a missing server into a skip."""
    try:
        with server:
            yield
    except ServerMissing as missing:
        pytest.skip(f"{missing}: `make servers` as root installs it")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for all tests of this process."""
    server = Dovecot()
    with needed(server):
        yield server


@pytest.fixture
def dovecot_with(dovecot: Dovecot) -> Iterator[DovecotFactory]:
    """Makes Dovecots that differ from the ordinary one; they end with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda options: stack.enter_context(Dovecot(options))


@pytest.fixture(scope="session")
def _user_names() -> Iterator[str]:
    return (f"user{number}" for number in itertools.count(1))


@pytest.fixture
def mailbox(dovecot: Dovecot, _user_names: Iterator[str]) -> Mailbox:
    """A fresh user with INBOX, Drafts, Sent, Junk, Trash and Archive, all empty."""
    if not dovecot.running:
        dovecot.start()  # an earlier test killed it and failed before starting it again
    user = next(_user_names)
    dovecot.add_user(user, DEFAULT_PASSWORD)
    return Mailbox(dovecot, user, DEFAULT_PASSWORD)


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """One Cyrus for all tests of this process."""
    server = Cyrus()
    with needed(server):
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of this process."""
    server = Postgres()
    with needed(server):
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty store; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/krmd.sqlite3"
        return
    # Asked for by name: the run without servers must not start it.
    postgres: Postgres = request.getfixturevalue("postgres")
    if not postgres.running:
        postgres.start()  # an earlier test killed it and failed before starting it again
    url = postgres.create_database()
    yield url
    if postgres.running:
        postgres.drop_database(url)


@pytest.fixture(scope="session")
def _made_database(postgres: Postgres) -> str:
    """A store on PostgreSQL with its tables, to be copied: that takes a quarter of making it."""
    url = postgres.create_database()
    store = Store(url)
    upgrade(store)
    store.close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def made_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As `store_url`, of a store that may have its tables already, but nothing in them."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/krmd.sqlite3"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    if not postgres.running:
        postgres.start()
    url = postgres.create_database(like=request.getfixturevalue("_made_database"))
    yield url
    if postgres.running:
        postgres.drop_database(url)


@pytest.fixture(scope="session")
def radicale() -> Iterator[Radicale]:
    """One Radicale for all tests of this process."""
    with Radicale() as server:
        yield server


@pytest.fixture(scope="session")
def _dav_numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def dav_user(radicale: Radicale, _dav_numbers: Iterator[int]) -> RadicaleUser:
    """Somebody new on Radicale, without any book."""
    return radicale.add_user(f"ada{next(_dav_numbers)}@example.org")


@pytest.fixture
def dav_book(dav_user: RadicaleUser) -> RadicaleBook:
    """An empty address book, the only one of its owner."""
    return dav_user.make_book("friends", "Friends")


@pytest.fixture
def nginx() -> Iterator[NginxFactory]:
    """Puts an nginx in front of something, by the example in config/; it ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda before, **how: stack.enter_context(_started(Nginx(before, **how)))


@contextlib.contextmanager
def _started(nginx: Nginx) -> Iterator[Nginx]:
    with needed(nginx):
        yield nginx


@pytest.fixture(scope="session")
def calendar_readers() -> dict[str, Reader]:
    """The parsers of Thunderbird, libical and khal, by name."""
    try:
        return readers()
    except ServerMissing as missing:
        pytest.skip(f"{missing}: `make servers` as root installs it")
