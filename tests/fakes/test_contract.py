"""The fake mailbox keeps what the real connection promises: one suite, held against both."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from krmd.base.errors import TryLaterError, UnreachableError
from krmd.daemon.job import Session
from krmd.intake.mailbox import Folder, UidRange
from krmd.intake.parse import header_fields
from krmd.wire.imap.endpoint import Endpoint, Login
from krmd.wire.imap.session import connect
from tests.fakes.mailbox import FakeMailbox, letter
from tests.servers.dovecot import Mailbox

FIELDS = header_fields(None)
ENDLESS = 4_294_967_295


@dataclass(frozen=True)
class Pair:
    """A connection, and how mail is laid into the mailbox behind its back."""

    session: Session
    deliver: Callable[[bytes, str], object]

    def folder(self, name: str) -> Folder:
        """A folder by its name."""
        return next(folder for folder in self.session.folders() if folder.name == name)


@pytest.fixture(params=["fake", pytest.param("dovecot", marks=pytest.mark.dovecot)])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Either of the two, with INBOX, Sent and Junk."""
    if request.param == "fake":
        fake = FakeMailbox("INBOX", "Sent", "Junk")
        yield Pair(fake.connect(), fake.deliver)
        return
    box: Mailbox = request.getfixturevalue("mailbox")
    session = connect(
        Endpoint("127.0.0.1", box.server.port, "plain"), Login(box.user, lambda: box.password)
    )
    yield Pair(session, box.append)
    session.logout()


def fetched(pair: Pair, low: int, high: int) -> list[int]:
    """The UIDs that a range brings of the open folder."""
    (part,) = pair.session.fetch([UidRange(low, high)], header_fields=FIELDS)
    assert UidRange(low, high) == part.asked
    return [mail.uid for mail in part.mails]


def test_folders_have_their_roles_and_states(pair: Pair) -> None:
    """Special use is known, counters come without opening, who isn't there is absent."""
    pair.deliver(letter(key="one"), "Sent")
    sent = pair.folder("Sent")
    gone = Folder("Gone", "Gone", "none", "/", holds_mail=True)

    states = pair.session.states([pair.folder("INBOX"), sent, gone])

    assert ("sent", True) == (sent.role, sent.holds_mail)
    assert "junk" == pair.folder("Junk").role
    assert {"INBOX", "Sent"} == set(states)
    assert (2, 1) == (states["Sent"].uidnext, states["Sent"].messages)
    assert states["Sent"].uidvalidity == pair.session.open(sent).uidvalidity


def test_a_mail_comes_with_its_header_and_its_marks(pair: Pair) -> None:
    """The fields asked for and no others; in Sent nobody asks for Received."""
    raw = letter(key="one", more=b"Received: from mx.example\r\nX-Other: no\r\n")
    for name, had_received in (("INBOX", True), ("Sent", None)):
        pair.deliver(raw, name)
        pair.session.open(pair.folder(name))
        (part,) = pair.session.fetch([UidRange(1, ENDLESS)], header_fields=FIELDS)
        (mail,) = part.mails
        assert had_received is mail.has_received
        assert b"Message-ID: <one@example.net>" in mail.header
        assert b"X-Other" not in mail.header
        assert abs(mail.received - time.time()) < 60


def test_ranges_are_pulled_as_they_are_needed_and_may_be_left(pair: Pair) -> None:
    """Few ranges are taken ahead; after a fetch that was left early the session goes on."""
    for number in range(20):
        pair.deliver(letter(key=f"mail{number}"), "INBOX")
    pair.session.open(pair.folder("INBOX"))
    pulled: list[int] = []

    def ranges() -> Iterator[UidRange]:
        for uid in range(1, 21):
            pulled.append(uid)
            yield UidRange(uid, uid)

    first = next(iter(pair.session.fetch(ranges(), header_fields=FIELDS)))

    assert [1] == [mail.uid for mail in first.mails]
    assert len(pulled) <= 5
    assert [19, 20] == fetched(pair, 19, 30)
    assert [] == fetched(pair, 21, ENDLESS)


def test_waiting_hears_of_new_mail_and_of_nothing_else(pair: Pair) -> None:
    """True soon after a delivery, once; False when the time is over."""
    pair.session.open(pair.folder("INBOX"))
    go_on = threading.Event()
    threading.Timer(0.2, lambda: pair.deliver(letter(key="new"), "INBOX")).start()

    began = time.monotonic()
    assert pair.session.wait(10, go_on)
    assert time.monotonic() - began < 5
    assert [1] == fetched(pair, 1, ENDLESS)
    assert not pair.session.wait(0.2, go_on)


def test_a_wait_ends_when_asked_to(pair: Pair) -> None:
    """The stop event is seen within half a second."""
    pair.session.open(pair.folder("INBOX"))
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()

    began = time.monotonic()
    pair.session.wait(30, stop)
    assert time.monotonic() - began < 2


def test_a_cancelled_wait_ends_in_an_error_and_so_does_all_after_it(pair: Pair) -> None:
    """`cancel` may come from any thread."""
    pair.session.open(pair.folder("INBOX"))
    threading.Timer(0.2, pair.session.cancel).start()

    with pytest.raises(UnreachableError):
        pair.session.wait(30, threading.Event())
    with pytest.raises(UnreachableError):
        pair.session.folders()


def test_a_folder_that_is_not_there_is_tried_later(pair: Pair) -> None:
    """It is no fault of the connection, which goes on."""
    with pytest.raises(TryLaterError):
        pair.session.open(Folder("Gone", "Gone", "none", "/", holds_mail=True))

    assert 0 == pair.session.open(pair.folder("INBOX")).messages
