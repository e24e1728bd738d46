"""What the tests of `wire` share: short patience, and a session on a scripted server."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from krmd.intake.mailbox import FetchedRange, Folder, UidRange
from krmd.wire.imap.endpoint import Endpoint, Login, Timeouts
from krmd.wire.imap.session import ImapSession, connect
from tests.servers.scripted import ScriptedImap

QUICK = Timeouts(connect=2.0, read=2.0, command=4.0, done=1.0, poll=0.3)
FIELDS = ("From", "To", "Subject", "Message-ID")
INBOX = Folder("INBOX", "INBOX", "inbox", "/", holds_mail=True)
NOW = 1_790_000_000.0
PASSWORD = "secret"

Meet = Callable[[ScriptedImap], ImapSession]


def endpoint_of(server: ScriptedImap) -> Endpoint:
    """Where a scripted server listens."""
    return Endpoint("127.0.0.1", server.port, "plain")


def login(user: str = "ada", password: str = PASSWORD) -> Login:
    """A login by password."""
    return Login(user, lambda: password)


@pytest.fixture
def meet() -> Iterator[Meet]:
    """Starts a scripted server and gives a session on it; both end with the test."""
    with contextlib.ExitStack() as stack:

        def start(server: ScriptedImap) -> ImapSession:
            stack.enter_context(server)
            session = connect(endpoint_of(server), login(), timeouts=QUICK, now=lambda: NOW)
            stack.callback(session.close)
            return session

        yield start


def fetch_all(session: ImapSession, low: int = 1, high: int = 100) -> FetchedRange:
    """One range of the INBOX."""
    session.open(INBOX)
    (fetched,) = session.fetch([UidRange(low, high)], header_fields=FIELDS)
    return fetched
